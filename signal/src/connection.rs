//! One WebSocket: reads requests, writes what waits for it, pings, and ends.

use crate::{
    gate::Permit,
    hub::{Hub, Refused},
    limits::Limits,
    outgoing::{Out, Outgoing},
    private::Guest,
};
use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, WebSocket},
};
use futures_util::SinkExt;
use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use nyx_wire::signal::{Notice, Refusal, Request, RequestKind};
use std::{num::NonZeroU32, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until, timeout};

/// What a small message costs beside its bytes, so that a flood of tiny ones meets the byte rate as well.
const MESSAGE_COST: u32 = 128;
/// Messages written before what the client says gets its turn.
const WRITES_AT_ONCE: usize = 64;
/// How long a closing connection may take to answer.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

/// Why a connection ends.
enum End {
    /// It is gone, or may as well be.
    Gone,
    /// We close it, saying why.
    Close(u16, String),
}

/// Serves one connection until it ends.
pub(crate) async fn serve(socket: WebSocket, hub: Arc<Hub>, permit: Permit) {
    let (id, me) = hub.connect(&permit);
    let mut connection = Connection { pace: Pace::new(&hub.limits), socket, me, hub, permit, id };
    let end = connection.run().await;
    // Saying goodbye may take a while, and nobody is to wait for who is leaving.
    connection.hub.free_seats(&connection.me);
    if let End::Close(code, reason) = end {
        connection.close(code, reason).await;
    }
}

struct Connection {
    socket: WebSocket,
    me: Arc<Outgoing>,
    hub: Arc<Hub>,
    permit: Permit,
    pace: Pace,
    id: u64,
}

// However the task ends, the seats are given back.
impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.disconnect(self.id, &self.me);
    }
}

impl Connection {
    async fn run(&mut self) -> End {
        let ping_every = self.hub.limits.ping();
        let ping = sleep_until(Instant::now() + ping_every);
        tokio::pin!(ping);
        let guest = self.permit.guest();
        let over = Guest::is_over(guest.as_deref());
        tokio::pin!(over);
        let mut heard = true;
        // A message that came faster than the connection may send waits here, and nothing is read meanwhile: the
        // kernel's buffers fill and the sender is held up at its end.
        let mut held: Option<(Option<Bytes>, Instant)> = None;
        loop {
            let due = held.as_ref().map_or_else(Instant::now, |(_, due)| *due);
            let read = tokio::select! {
                out = self.me.next() => {
                    if let Err(end) = self.write(out).await {
                        return end;
                    }
                    continue;
                }
                () = &mut over => return End::Gone,
                () = &mut ping => {
                    if !std::mem::replace(&mut heard, false) {
                        return End::Gone;
                    }
                    ping.as_mut().reset(Instant::now() + ping_every);
                    if self.send(Message::Ping(Bytes::new())).await.is_err() {
                        return End::Gone;
                    }
                    continue;
                }
                () = sleep_until(due), if held.is_some() => held.take().map(|(bytes, _)| bytes),
                message = self.socket.recv() , if held.is_none() => {
                    heard = true;
                    match message {
                        None => return End::Gone,
                        Some(Err(error)) => return refuse_error(error),
                        Some(Ok(Message::Binary(bytes))) => Some(Some(bytes)),
                        Some(Ok(Message::Text(_))) => return End::Close(1003, "binary messages only".to_owned()),
                        Some(Ok(Message::Close(_))) => return End::Gone,
                        // Charged like a message, or a flood of them would be free.
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Some(None),
                    }
                }
            };
            let Some(bytes) = read else { continue };
            match self.pace.charge(bytes.as_ref().map_or(0, Bytes::len)) {
                Some(wait) => held = Some((bytes, Instant::now() + wait)),
                None => {
                    if let Some(bytes) = bytes
                        && let Err(end) = self.handle(bytes).await
                    {
                        return end;
                    }
                }
            }
        }
    }

    async fn handle(&mut self, bytes: Bytes) -> Result<(), End> {
        let request = Request::decode(&bytes).map_err(|_| {
            self.hub.metrics.malformed.inc();
            End::Close(1002, "not a message of nyx.signal.v1".to_owned())
        })?;
        // The socket is not part of this: it must not be borrowed while a request waits.
        let Self { hub, me, permit, .. } = self;
        let (what, room, outcome) = match request {
            Request::Join { room, seat, standing } => {
                (RequestKind::Join, Some(room), hub.join(me, permit, room, seat, standing).await)
            }
            Request::Leave { room } => {
                hub.leave(me, room);
                return Ok(());
            }
            Request::Send { payload, .. } if payload.len() > hub.limits.frame_bytes => {
                return Err(End::Close(1009, "frame too large".to_owned()));
            }
            Request::Send { room, payload } => {
                (RequestKind::Send, Some(room), hub.relay(me, room, bytes.slice_ref(payload)))
            }
            Request::Allocate => (RequestKind::Allocate, None, hub.allocate(me, permit).await),
            Request::Claim { number } => (RequestKind::Claim, None, hub.claim(me, permit, number).await),
            Request::IceServers { room } => (RequestKind::IceServers, Some(room), hub.ice_servers(me, room)),
        };
        // A request that was granted has been answered by the hub, in order with what others say.
        if let Err(Refused { why, retry_secs }) = outcome {
            hub.metrics.refuse_request(why);
            let retry_secs = if why == Refusal::Draining { 1 } else { retry_secs };
            me.notify(&Notice::Refused { what, room, why, retry_secs }, &hub.metrics);
        }
        Ok(())
    }

    /// Writes what waits, in as few packets as it takes, and returns to the other side after a fair share.
    async fn write(&mut self, first: Out) -> Result<(), End> {
        let limit = Duration::from_secs(self.hub.limits.write_secs);
        let (socket, me) = (&mut self.socket, &self.me);
        let written = async {
            let mut next = Some(first);
            for _ in 0..WRITES_AT_ONCE {
                match next {
                    Some(Out::Message(message)) => match timeout(limit, socket.feed(Message::Binary(message))).await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) | Err(_) => return Err(End::Gone),
                    },
                    Some(Out::Close(code, reason)) => return Err(End::Close(code, reason)),
                    Some(Out::CutOff) => return Err(End::Gone),
                    None => break,
                }
                next = me.try_next();
            }
            if let Some(unwritten) = next {
                me.put_back(unwritten);
            }
            match timeout(limit, socket.flush()).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(End::Gone),
            }
        };
        tokio::select! {
            written = written => written,
            () = me.cut_off() => Err(End::Gone),
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), ()> {
        let limit = Duration::from_secs(self.hub.limits.write_secs);
        match timeout(limit, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(()),
        }
    }

    async fn close(&mut self, code: u16, reason: String) {
        if self.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await.is_ok() {
            // Until the other side has read the reason; closing with unread input would reset the connection under it.
            let _ = timeout(CLOSE_PATIENCE, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
        }
    }
}

fn refuse_error(error: axum::Error) -> End {
    use tungstenite::Error;
    match error.into_inner().downcast::<Error>().as_deref() {
        Ok(Error::Capacity(_)) => End::Close(1009, "message too large".to_owned()),
        Ok(Error::Protocol(_) | Error::Utf8(_)) => End::Close(1002, "not WebSocket as RFC 6455 has it".to_owned()),
        _ => End::Gone,
    }
}

/// How fast one connection may send.
struct Pace(DefaultDirectRateLimiter);

impl Pace {
    fn new(limits: &Limits) -> Self {
        let at_least_one = |value: u32| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
        // One message always fits the burst, or it could never be sent.
        let message = u32::try_from(limits.frame_bytes).unwrap_or(u32::MAX).saturating_add(2 * MESSAGE_COST);
        let quota = Quota::per_second(at_least_one(limits.bytes_per_second))
            .allow_burst(at_least_one(limits.burst_bytes.max(message)));
        Self(RateLimiter::direct(quota))
    }

    /// Charges for a message of this size, or says how long it must wait before it is asked about again.
    fn charge(&self, bytes: usize) -> Option<Duration> {
        let cost = u32::try_from(bytes).unwrap_or(u32::MAX).saturating_add(MESSAGE_COST);
        match self.0.check_n(NonZeroU32::new(cost)?) {
            Ok(Ok(())) => None,
            Ok(Err(refused)) => Some(refused.wait_time_from(DefaultClock::default().now())),
            // Larger than any burst: it is refused by its size when it is handled.
            Err(_) => None,
        }
    }
}
