//! What travels on a link: messages on lanes, each lane with a purpose and a credit of its own.
//!
//! Each has a data channel. Bulk has QUIC beside it where the path is direct, and nobody who uses the lane sees which of the two
//! carries a message: all of them arrive, in order, each once.

mod ahead;
mod braid;
pub(crate) mod channel;
mod credit;

use async_trait::async_trait;
use bytes::Bytes;
pub use nyx_wire::lane::MAX_MESSAGE;

/// What a lane is for. Each has a stream of its own, so that none waits for another's lost packet.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Purpose {
    /// What the two devices settle between them.
    Control,
    /// Messages of people.
    Chat,
    /// Chunks of files and vaults.
    Bulk,
}

/// A lane of a link: whole messages, in order, none twice, none lost while the link lives.
#[async_trait]
pub trait Lane: Send + Sync {
    /// What it is for.
    fn purpose(&self) -> Purpose;

    /// Queues a message of at most [`MAX_MESSAGE`] bytes. Waits while the other side has no room for more, so a slow
    /// reader slows its writer and nobody's memory fills. Giving up waiting sends nothing.
    async fn send(&self, message: Bytes) -> Result<(), SendFailure>;

    /// The next message; `None` once the other side has closed and everything was taken. Taking a message makes room
    /// for another.
    async fn receive(&self) -> Result<Option<Bytes>, Broken>;
}

/// Why a message can't be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SendFailure {
    /// Larger than [`MAX_MESSAGE`].
    #[error("the message is larger than a lane takes")]
    TooLarge,
    /// The link is closed, or closing.
    #[error("the lane is closed")]
    Closed,
}

/// The link ended before the other side had closed the lane: what it still wanted to say is unknown.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the link ended in the middle")]
pub struct Broken;

impl Purpose {
    /// All of them, as every link has them.
    pub const ALL: [Self; 3] = [Self::Control, Self::Chat, Self::Bulk];

    /// The number of the SCTP stream, agreed by both sides beforehand: nothing is negotiated on the link.
    pub(crate) fn stream(self) -> u16 {
        match self {
            Self::Control => 0,
            Self::Chat => 1,
            Self::Bulk => 2,
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Chat => "chat",
            Self::Bulk => "bulk",
        }
    }

    /// How much may be under way or wait for its reader: the most that a peer can make this side hold.
    pub(crate) fn window(self) -> u64 {
        match self {
            Self::Control => 256 * 1024,
            Self::Chat => 1024 * 1024,
            // 200 MiB/s over 40 ms.
            Self::Bulk => 8 * 1024 * 1024,
        }
    }
}
