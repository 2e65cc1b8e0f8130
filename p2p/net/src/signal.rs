//! The client of a signalling service: several rooms on one socket, which comes back by itself.
//!
//! The service is believed in nothing: what it carries is sealed, and what it says of rooms and members is a hint.

mod dial;
mod session;

pub use dial::{NotAService, Service};
pub use nyx_wire::signal::{CloseReason, Number, Refusal, RoomId};

use crate::{
    carrier::Unsent,
    policy::{Grant, IceServer},
};
use nyx_wire::signal::MAX_PAYLOAD;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::timeout,
};

/// One socket to one service. Dropping it ends it, and all its rooms.
#[derive(Debug)]
pub struct SignalClient {
    asks: mpsc::Sender<Ask>,
    standing: watch::Receiver<Standing>,
    task: JoinHandle<()>,
}

/// A seat in a room. Dropping it gives the seat up.
#[derive(Debug)]
pub struct Room {
    id: RoomId,
    asks: mpsc::Sender<Ask>,
    events: mpsc::Receiver<RoomEvent>,
}

/// How the client stands with its service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It is being called.
    Calling,
    /// It answers.
    Connected,
    /// It does not answer; it is called again by itself.
    Waiting,
    /// The policy does not let this service be spoken to.
    Denied,
}

/// What happens in a room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RoomEvent {
    /// The seat is taken, for the first time or again. Again means that what was sent before may be lost.
    Joined {
        /// The other member is there.
        peer: bool,
    },
    /// The other member came, or came back: what was sent to it before may be lost.
    PeerCame,
    /// The other member went.
    PeerWent,
    /// From the other member, if the service is honest.
    Frame(Vec<u8>),
    /// Somebody else knows the room.
    ThirdRefused,
    /// Frames may be lost: send again what matters.
    FramesLost,
    /// The room is over.
    Closed(CloseReason),
    /// The seat was refused, for good.
    Refused(Refusal),
}

/// Why the service did not do what it was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AskFailure {
    /// It refused.
    #[error("the service refused: {why:?}")]
    Refused {
        /// Why.
        why: Refusal,
        /// When it is worth asking again; 0 where it is not, or where nobody knows.
        retry_secs: u32,
    },
    /// The connection ended, or no answer came in time.
    #[error("the service did not answer")]
    NoAnswer,
    /// The payload is larger than the service takes.
    #[error("the payload is too large")]
    TooLarge,
}

/// What the client's task is asked to do.
enum Ask {
    Join { room: RoomId, standing: bool, events: mpsc::Sender<RoomEvent> },
    Leave(RoomId),
    Send { room: RoomId, payload: Vec<u8> },
    Allocate(Answer<(Number, RoomId, u32)>),
    Claim(Number, Answer<RoomId>),
    IceServers(RoomId, Answer<Vec<IceServer>>),
}

type Answer<T> = oneshot::Sender<Result<T, AskFailure>>;

impl SignalClient {
    /// Begins to call the service, if the policy lets it.
    pub fn start(grant: Arc<Grant>, service: Service) -> Self {
        let (asks, asked) = mpsc::channel(ASKS);
        let (standing, seen) = watch::channel(Standing::Calling);
        let task = tokio::spawn(session::run(grant, service, asked, standing));
        Self { asks, standing: seen, task }
    }

    /// How it stands, now and later.
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// Takes a seat in a room and keeps it: after a lost connection it is taken again. A standing room lives while
    /// somebody is in it.
    pub async fn join(&self, room: RoomId, standing: bool) -> Room {
        let (events, heard) = mpsc::channel(ROOM_EVENTS);
        // A client that has ended has ended its rooms: the receiver says so.
        let _ = self.asks.send(Ask::Join { room, standing, events }).await;
        Room { id: room, asks: self.asks.clone(), events: heard }
    }

    /// A short number for a fresh room, and the seconds for which it can be claimed. Join the room yourself.
    pub async fn allocate(&self) -> Result<(Number, RoomId, u32), AskFailure> {
        self.ask(Ask::Allocate).await
    }

    /// The room behind a number, once.
    pub async fn claim(&self, number: Number) -> Result<RoomId, AskFailure> {
        self.ask(|answer| Ask::Claim(number, answer)).await
    }

    /// STUN and TURN servers, for a room with both members in it.
    pub async fn ice_servers(&self, room: RoomId) -> Result<Vec<IceServer>, AskFailure> {
        self.ask(|answer| Ask::IceServers(room, answer)).await
    }

    async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Ask) -> Result<T, AskFailure> {
        let (answer, answered) = oneshot::channel();
        self.asks.send(ask(answer)).await.map_err(|_| AskFailure::NoAnswer)?;
        match timeout(ANSWER_PATIENCE, answered).await {
            Ok(Ok(answer)) => answer,
            _ => Err(AskFailure::NoAnswer),
        }
    }
}

impl Drop for SignalClient {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Room {
    /// Its id.
    pub fn id(&self) -> RoomId {
        self.id
    }

    /// Passes a payload to the other member, now or when it comes. Waits while the service is out of reach.
    pub async fn send(&self, payload: Vec<u8>) -> Result<(), AskFailure> {
        if payload.len() > MAX_PAYLOAD {
            return Err(AskFailure::TooLarge);
        }
        self.asks.send(Ask::Send { room: self.id, payload }).await.map_err(|_| AskFailure::NoAnswer)
    }

    /// Passes a payload on if that needs no waiting.
    pub(crate) fn try_send(&self, payload: &[u8]) -> Result<(), Unsent> {
        if payload.len() > MAX_PAYLOAD {
            return Err(Unsent::TooLarge);
        }
        self.asks.try_send(Ask::Send { room: self.id, payload: payload.to_vec() }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unsent::Busy,
            mpsc::error::TrySendError::Closed(_) => Unsent::Over,
        })
    }

    /// What happens next; `None` once the room or the client has ended.
    pub async fn next(&mut self) -> Option<RoomEvent> {
        self.events.recv().await
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.events.close();
        // If the queue is full, the task notices at the next event that nobody listens.
        let _ = self.asks.try_send(Ask::Leave(self.id));
    }
}

/// A pairing asks for five things; a contact list joins its rooms one by one.
const ASKS: usize = 64;
/// What may wait in a room at the service, twice. Whoever leaves more unread has lost interest.
const ROOM_EVENTS: usize = 64;
/// Includes one more call after a lost connection.
const ANSWER_PATIENCE: Duration = Duration::from_secs(20);
