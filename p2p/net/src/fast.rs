//! Bulk over QUIC, on the socket and the pair that the WebRTC stack chose: `p2p/docs/link.md`.
//!
//! One task follows the pair. For each pair it has an endpoint of its own, so that nothing that was learned of one path is believed
//! of another; a pair that changes takes its connection along. The side that made the offer connects, again and again with longer
//! rests; the other side waits. While a connection is up the bulk lane uses it, and whenever it ends the lane goes on over its
//! channel. Nothing here ever ends the link, except a peer that is proven and breaks the rules.
//!
//! Reading order: `endpoint` (limits, who may connect), `knock` (how the other device is known before a handshake), `pin` (how
//! after), `hybrid` (the key exchange), `socket` and `outbox` (where datagrams go), `crew` (who does the work), `carry` (messages on a
//! connection), `congestion`.

mod carry;
mod congestion;
mod crew;
mod endpoint;
mod hybrid;
mod knock;
mod outbox;
mod pin;
mod socket;

pub(crate) use endpoint::Ends;
pub(crate) use knock::Knock;

use crate::{
    lane::channel::Strand,
    socket::switch::{Pair, Switch},
};
use endpoint::{Door, Failed, HANDSHAKE, within};
use quinn::{Connection, VarInt};
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};

/// What carries bulk at the moment, for those who want to know it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum BulkCarrier {
    /// The data channel.
    #[default]
    Channel,
    /// QUIC beside it, on the same pair.
    Quic,
}

/// What decides how fast QUIC sends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Congestion {
    /// Our own: as much as goes without a queue.
    #[default]
    DelayAware,
    /// RFC 9438, as quinn has it: what most of the Internet does.
    Cubic,
    /// quinn's BBR.
    Bbr,
}

/// The task that follows the pair.
pub(crate) struct Fast {
    pub(crate) switch: Arc<Switch>,
    /// The pair of the link, as long as it is up and no relay is on it.
    pub(crate) pair: watch::Receiver<Option<Pair>>,
    pub(crate) bulk: Bulk,
    pub(crate) ends: Ends,
}

/// The lane, and who wants to know what carries it.
#[derive(Clone)]
pub(crate) struct Bulk {
    pub(crate) strand: Strand,
    pub(crate) carrier: watch::Sender<BulkCarrier>,
}

/// A connection at work, and what comes after it.
struct Carrying {
    bulk: Bulk,
    connection: Connection,
    attempt: u32,
}

impl Fast {
    pub(crate) async fn run(self) {
        let Self { switch, mut pair, bulk, ends } = self;
        let mut attempt = 0;
        loop {
            let Ok(Some(chosen)) = pair.wait_for(Option::is_some).await.map(|pair| *pair) else { return };
            let changed = async {
                let is_over = pair.wait_for(|pair| *pair != Some(chosen)).await.is_err();
                // The connection goes now, and another may come in a moment.
                bulk.strand.hold();
                is_over
            };
            let is_over = if switch.set(Some(chosen)) {
                tracing::debug!("QUIC may run on the pair of the link");
                let in_time = async {
                    sleep(HANDSHAKE).await;
                    bulk.strand.release();
                };
                tokio::select! {
                    biased;
                    is_over = changed => is_over,
                    _ = async { tokio::join!(serve(&ends, &switch, &bulk, &mut attempt), in_time) } => false,
                }
            } else {
                bulk.strand.release();
                changed.await
            };
            switch.set(None);
            if is_over {
                return;
            }
        }
    }
}

/// Has connections on one pair, for ever.
async fn serve(ends: &Ends, switch: &Arc<Switch>, bulk: &Bulk, attempt: &mut u32) {
    let mut rest = Rest::default();
    loop {
        let ended = match Door::new(ends, switch) {
            Ok((door, mut crew)) => {
                let served = async {
                    if door.is_client() {
                        reach(&door, bulk, attempt, &mut rest).await
                    } else {
                        await_knocks(&door, bulk, attempt).await
                    }
                };
                tokio::select! {
                    // What has come is there before anybody looks for it.
                    biased;
                    () = crew.work() => Failed::Ended,
                    ended = served => ended,
                }
            }
            Err(failed) => failed,
        };
        tracing::warn!(%ended, "an endpoint for bulk has ended");
        rest.take().await;
    }
}

/// Connects until the endpoint ends.
async fn reach(door: &Door, bulk: &Bulk, attempt: &mut u32, rest: &mut Rest) -> Failed {
    loop {
        *attempt += 1;
        match door.connect(*attempt).await {
            Ok(connection) => {
                *rest = Rest::default();
                Carrying::new(bulk, connection, *attempt).work().await;
            }
            Err(failed) if failed.is_of_the_endpoint() => return failed,
            Err(failed) => {
                tracing::info!(%failed, "bulk stays on the data channel");
                bulk.strand.release();
            }
        }
        rest.take().await;
    }
}

/// Takes the other side's connections until the endpoint ends. A new one takes the place of the one before: the other side would
/// not make it if that were any good.
async fn await_knocks(door: &Door, bulk: &Bulk, attempt: &mut u32) -> Failed {
    let (mut shaking, mut working): (Option<Waiting<'_, _>>, Option<Waiting<'_, ()>>) = (None, None);
    loop {
        tokio::select! {
            knocked = door.knocked(attempt) => match knocked {
                Ok((number, connecting)) => {
                    shaking = Some(Box::pin(async move { (number, within(connecting).await) }));
                }
                Err(failed) if failed.is_of_the_endpoint() => return failed,
                Err(failed) => tracing::debug!(%failed, "a connection for bulk ended before it began"),
            },
            (number, shaken) = waiting(&mut shaking) => {
                shaking = None;
                match shaken {
                    Ok(connection) => {
                        // The one before lets go of the lane first.
                        drop(working.take());
                        working = Some(Box::pin(Carrying::new(bulk, connection, number).work()));
                    }
                    Err(failed) => tracing::info!(%failed, "bulk stays on the data channel"),
                }
            },
            () = waiting(&mut working) => working = None,
        }
    }
}

type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

async fn waiting<T>(future: &mut Option<Waiting<'_, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

impl Carrying {
    fn new(bulk: &Bulk, connection: Connection, attempt: u32) -> Self {
        Self { bulk: bulk.clone(), connection, attempt }
    }

    async fn work(self) {
        let attempt = self.attempt.into();
        carry::begin(&self.connection, attempt, &self.bulk.strand);
        self.bulk.carrier.send_replace(BulkCarrier::Quic);
        tracing::debug!(attempt, "bulk goes over QUIC");
        let ended = carry::carry(&self.connection, attempt, &self.bulk.strand).await;
        tracing::info!(%ended, "bulk goes on over the data channel");
    }
}

/// However it ends, the lane goes on over its channel.
impl Drop for Carrying {
    fn drop(&mut self) {
        self.bulk.strand.end(self.attempt.into());
        self.connection.close(VarInt::from_u32(0), b"");
        self.bulk.carrier.send_replace(BulkCarrier::Channel);
    }
}

/// Longer after each time in a row.
struct Rest(Duration);

impl Rest {
    async fn take(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST_REST);
    }
}

impl Default for Rest {
    fn default() -> Self {
        Self(FIRST_REST)
    }
}

/// What stopped for a moment works again soon.
const FIRST_REST: Duration = Duration::from_secs(5);
/// A path that lets no QUIC through seldom begins to. A try costs some ten packets.
const LONGEST_REST: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
