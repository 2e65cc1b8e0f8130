//! Moving an account: the old device ([`Sender`]) and the new one ([`Receiver`]).
//!
//! ```text
//! Sender    Offered → Freezing → Frozen → Releasing → Released → Closed          or Cancelled, before Released
//! Receiver  Waiting → Receiving → Building → Ready → Released → Active → Over    or Cancelled, before Ready
//! ```
//!
//! **Commit before transmit** is in the shape: a step that the other side will rely on is first [`Output::Persist`]. What
//! follows from it, frames as well as effects, does not exist before [`Sender::handle_persisted`]; there is nothing that a
//! driver in a hurry could send. A write that failed is no write: the machine is dropped and made again of the record.
//!
//! A state is said when it is entered and on every new link, from what is durable alone. So a process that died and one whose
//! link broke come back in the same way.
//!
//! The vault's part, as this sees it: [`Output::Chunk`] reads a chunk of a finished stream, turns it into the item's with
//! [`TransferKeys::reseals`](nyx_crypto::moving::TransferKeys::reseals) and sends it in bulk; [`Output::Store`] writes it
//! into the staging as it came, [`Output::Sync`] makes durable what was stored and remembers the place in the same breath, [`Output::Build`]
//! imports the rows, [`Output::Activate`] is the atomic rename.
//!
//! Specified in `p2p/docs/protocol/moving.md`.

mod again;
mod intake;
mod layout;
mod line;
mod outgo;
mod pace;
mod receiver;
mod sender;

pub use again::{Answer, Greeting, Rejoined};
pub use layout::Layout;
pub use line::Stall;
pub use pace::{Pace, Progress};
pub use receiver::{Incoming, Receiver, ReceiverView, Stored};
pub use sender::{Outgoing, Sender, SenderView};

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::ops::Range;
use nyx_crypto::{
    account::OperatingKey,
    moving::{Content, manifest_hash},
    signature::Verified,
};
use nyx_wire::{
    identity::{DeviceList, Signed},
    moving::{ChunkHead, Item, ItemKind, Manifest, StopReason},
};

/// What the driver is to do, in this order.
#[derive(Debug)]
pub enum Output {
    /// Send this frame on the control lane.
    Send(Vec<u8>),
    /// Make this record durable, in one transaction with what else changes; then say `handle_persisted`.
    Persist {
        /// The record, in place of the one before.
        record: Vec<u8>,
        /// What else changes.
        with: With,
    },
    /// S: send this chunk in bulk. Those that come one after another may share a message, as far as they fit in it.
    Chunk {
        /// What stands before it.
        at: ChunkHead,
        /// The content that it is a part of.
        content: Content,
    },
    /// S: nothing changes any more. Put together what changed since the snapshot; then say `handle_delta`.
    Delta,
    /// S: open the operating key for one operation, and say `handle_operating_key`.
    OpenKey,
    /// S: the receipt is here. Show "moved to".
    Moved,
    /// R: write this chunk into the staging.
    Store(Chunk),
    /// R: make durable what is stored before this place, and the place; then say `handle_synced`.
    Sync(u64),
    /// R: hash what is stored of this item; then say `handle_hashed`.
    Hash {
        /// Which.
        item: u32,
    },
    /// R: these items are the account; all are stored, and right. Import the rows, make the content hash of the result; then
    /// say `handle_built`. Once more after a restart.
    Build(Vec<(u32, Item)>),
    /// R: keep the operating key, put the staging into its place; then say `handle_activated`. Once more after a restart.
    Activate(Box<Handed>),
    /// R: the old device knows. The record may go.
    Finished,
    /// It came to nothing; everything is as it was before.
    Stopped(StopReason),
    /// Nothing goes on; show why.
    Stalled(Stall),
    /// It goes on.
    Resumed,
}

/// What changes in the same transaction as the record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum With {
    /// Nothing.
    Nothing,
    /// The account can't be changed any more.
    Freeze,
    /// The operating key is erased, and the account is not active here any more.
    LetGo,
    /// The account can be changed again; the snapshot goes.
    Thaw,
    /// The staging goes.
    Discard,
}

/// A chunk that was opened and found right. What is to be stored is the chunk as it came: so a stream lies on the new
/// device's disk as it lay on the old one's, nothing is sealed there, and after a restart there is no counter to go on with.
#[derive(Debug)]
pub struct Chunk {
    /// Which item and where in it.
    pub at: ChunkHead,
    /// What the item is.
    pub content: Content,
    /// What it is for; none for an index.
    pub kind: Option<ItemKind>,
    sealed: Sealed,
}

impl Chunk {
    /// What is to be stored: sealed under the item's key.
    #[must_use]
    pub fn sealed(&self) -> &[u8] {
        self.sealed.bytes()
    }
}

/// A sealed chunk, where it lies in the message that brought it.
#[derive(Debug)]
struct Sealed {
    message: Arc<Vec<u8>>,
    within: Range<usize>,
}

impl Sealed {
    fn within(message: &Arc<Vec<u8>>, within: Range<usize>) -> Self {
        Self { message: Arc::clone(message), within }
    }

    fn whole(sealed: Vec<u8>) -> Self {
        Self { within: 0..sealed.len(), message: Arc::new(sealed) }
    }

    fn bytes(&self) -> &[u8] {
        self.message.get(self.within.clone()).unwrap_or_default()
    }
}

/// What the new device got with the account.
#[derive(Debug)]
pub struct Handed {
    /// Acts for the account from now on.
    pub opkey: OperatingKey,
    /// Says that this device is the account's.
    pub list: Signed<DeviceList>,
}

/// The other side said what it must not say: the move ends there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Dishonest;

/// The record is not one of this move, or not of this version.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a record of this move")]
pub struct RestoreError;

/// What would be offered does not fit together.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("manifest, index and account do not fit together")]
pub struct PlanError;

/// Whether `last` may follow `first`.
fn continues(first: &Verified<Manifest>, last: &Verified<Manifest>) -> bool {
    first.is_continued_by(last) && last.prev == manifest_hash(first)
}

#[cfg(test)]
mod tests;
