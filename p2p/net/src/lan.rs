//! Meeting on a network that both devices are on: no server, no route, no names. `p2p/docs/protocol/lan.md`.
//!
//! Each side listens under a transport identity that it has for this meeting alone, and says so by multicast. What it
//! says shows those who know the room that it knows it too, and nothing to others; so strangers are not even called.
//! Whoever calls proves the same, bound to both identities, before a frame passes. And still nothing is believed: the
//! frames are sealed.

mod announce;
mod exchange;
mod limits;
mod peer;
mod proof;
mod task;

use crate::{
    carrier::{Carrier, CarrierEvent, Unsent},
    policy::Grant,
    signal::RoomId,
};
use async_trait::async_trait;
use nyx_wire::lan::MAX_FRAME;
use std::{fmt, net::SocketAddr, sync::Arc};
use task::{Ask, Task};
use tokio::sync::{mpsc, watch};

/// A meeting on this network. Dropping it ends it, once what was handed over is on its way.
pub struct Lan {
    asks: mpsc::Sender<Ask>,
    events: mpsc::Receiver<CarrierEvent>,
    addresses: watch::Receiver<Vec<SocketAddr>>,
}

/// Why a meeting on this network does not begin.
#[derive(Debug, thiserror::Error)]
pub enum LanFailure {
    /// The policy does not let it.
    #[error("meeting on the local network is not granted")]
    NotGranted,
    /// The transport could not be set up.
    #[error("the transport could not be set up")]
    Transport,
    /// The network of this machine does not do what is asked of it.
    #[error("the network of this machine failed: {0}")]
    Io(#[from] std::io::Error),
}

impl Lan {
    /// Listens, announces, and calls whoever announces the same room. `hints` are addresses to call in any
    /// case.
    pub async fn start(grant: Arc<Grant>, room: RoomId, hints: &[SocketAddr]) -> Result<Self, LanFailure> {
        if !grant.drivers.lan_discovery {
            return Err(LanFailure::NotGranted);
        }
        let (asks, asked) = mpsc::channel(limits::ASKS);
        let (tell, events) = mpsc::channel(limits::EVENTS);
        let (publish, addresses) = watch::channel(Vec::new());
        let mut task = Task::new(grant, room, asked, tell, publish)?;
        task.listen().await?;
        for hint in hints {
            task.call_at(*hint);
        }
        tokio::spawn(task.run());
        Ok(Self { asks, events, addresses })
    }

    /// Where it listens now: to be told to the other side. IPv4 first.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.addresses.borrow().clone()
    }

    /// Calls at an address that came later.
    pub async fn call_at(&self, address: SocketAddr) {
        // A task that has ended calls nobody any more.
        let _ = self.asks.send(Ask::Call(address)).await;
    }
}

#[async_trait]
impl Carrier for Lan {
    fn send(&self, frame: &[u8]) -> Result<(), Unsent> {
        if frame.is_empty() || frame.len() > MAX_FRAME {
            return Err(Unsent::TooLarge);
        }
        self.asks.try_send(Ask::Send(frame.to_vec())).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unsent::Busy,
            mpsc::error::TrySendError::Closed(_) => Unsent::Over,
        })
    }

    async fn next(&mut self) -> Option<CarrierEvent> {
        self.events.recv().await
    }
}

impl fmt::Debug for Lan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lan(..)")
    }
}
