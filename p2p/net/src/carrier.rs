//! What carries the sealed frames of a meeting, whichever way the two devices met.
//!
//! A carrier is believed in nothing: it may lose, double, delay and reorder frames, and invent them. Whoever meets says
//! the same frames on every carrier that there is, and again while nothing comes back.

mod lane;

pub use lane::LaneCarrier;

use crate::signal::{CloseReason, Refusal, Room, RoomEvent};
use async_trait::async_trait;
use std::fmt;

/// A way to the other device. Dropping it gives the way up.
#[async_trait]
pub trait Carrier: fmt::Debug + Send {
    /// Hands a frame over and never waits. What is handed over may still be lost, so an error is no reason to end.
    fn send(&self, frame: &[u8]) -> Result<(), Unsent>;

    /// What happens next; `None` once the way has ended, for good. Nothing is lost by giving up on it, as `select!` does.
    async fn next(&mut self) -> Option<CarrierEvent>;
}

/// What happens on a carrier.
#[derive(Clone, Eq, PartialEq)]
pub enum CarrierEvent {
    /// The way is open, and nobody is there yet: what is said now may wait there.
    Opened,
    /// Somebody is there, or is there again; most likely the other device.
    Came,
    /// It went. It may come back.
    Went,
    /// A frame, from anybody who knows this way.
    Frame(Vec<u8>),
    /// Frames may be lost.
    FramesLost,
    /// Somebody else knows this way too.
    Stranger,
    /// The way has ended, for good.
    Ended(End),
}

/// Why a way ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// Nobody came in time.
    Alone,
    /// Its time was up.
    Expired,
    /// Two others are there already.
    Full,
    /// It is no longer to be had.
    Unavailable,
}

/// Why a frame was not handed over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unsent {
    /// Larger than a carrier takes.
    #[error("the frame is too large")]
    TooLarge,
    /// As much waits already as may wait.
    #[error("too much waits to be carried")]
    Busy,
    /// The way has ended.
    #[error("the way has ended")]
    Over,
}

impl CarrierEvent {
    /// Whether to say again, on this carrier and now, whatever matters.
    pub fn asks_again(&self) -> bool {
        matches!(self, Self::Opened | Self::Came | Self::FramesLost)
    }
}

/// A frame shows nothing but its length.
impl fmt::Debug for CarrierEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened => f.write_str("Opened"),
            Self::Came => f.write_str("Came"),
            Self::Went => f.write_str("Went"),
            Self::Frame(frame) => write!(f, "Frame({} bytes)", frame.len()),
            Self::FramesLost => f.write_str("FramesLost"),
            Self::Stranger => f.write_str("Stranger"),
            Self::Ended(end) => write!(f, "Ended({end:?})"),
        }
    }
}

#[async_trait]
impl Carrier for Room {
    fn send(&self, frame: &[u8]) -> Result<(), Unsent> {
        self.try_send(frame)
    }

    async fn next(&mut self) -> Option<CarrierEvent> {
        Room::next(self).await.map(CarrierEvent::from)
    }
}

impl From<RoomEvent> for CarrierEvent {
    fn from(event: RoomEvent) -> Self {
        match event {
            RoomEvent::Joined { peer: false } => Self::Opened,
            RoomEvent::Joined { peer: true } | RoomEvent::PeerCame => Self::Came,
            RoomEvent::PeerWent => Self::Went,
            RoomEvent::Frame(frame) => Self::Frame(frame),
            RoomEvent::ThirdRefused => Self::Stranger,
            RoomEvent::FramesLost => Self::FramesLost,
            RoomEvent::Closed(CloseReason::Alone) => Self::Ended(End::Alone),
            RoomEvent::Closed(CloseReason::Expired) => Self::Ended(End::Expired),
            RoomEvent::Refused(Refusal::RoomFull) => Self::Ended(End::Full),
            RoomEvent::Closed(_) | RoomEvent::Refused(_) => Self::Ended(End::Unavailable),
        }
    }
}
