//! Moving the account: what of it touches the disk, on both sides. The protocol is `nyx-proto`'s, and who drives it hands
//! its records in and does what it says; this side makes sure that each of them is durable together with what it changes.
//!
//! The old device: [`Vault::prepare_move`] lays packs of rows down as finished streams, in the folder `moving` of the home;
//! attachments are sent as they lie. [`Vault::outgoing`] hands chunks out, [`Vault::move_delta`] says what changed since,
//! and [`Vault::keep_move`] writes records. The new device: an [`Arrival`] beside the home, which becomes the home.
//!
//! What came is kept as it came, sealed under the item's key: nothing is sealed twice under one key on the new device,
//! because nothing is sealed there at all. Decision record 53. Specified in `p2p/docs/protocol/vault.md` and `moving.md`.

mod arrival;
mod closing;
mod disappearing;
mod keeping;
mod leftovers;
mod packing;
mod preparing;
mod sending;
mod sizes;
mod spool;
mod tables;

pub use arrival::{Arrival, BuildError, LockedArrival, StillLockedArrival, StoredIndexes};
pub(crate) use closing::refuse_closed;
pub use keeping::{ForgetError, KeptMove, MoveIndexes, MoveSide, Turn};
pub(crate) use leftovers::{is_wanted, tidy_moves};
pub use preparing::{PrepareError, Prepared};
pub use sending::OutgoingItems;
pub use sizes::MoveSize;

use crate::schema;

/// The rows that this program sends, and the newest ones that it takes.
pub const SCHEMA: u64 = schema::VERSION as u64;
/// The kind of the session row that holds the operating key: it leaves the vault together with the account.
pub const OPERATING_KEY: &str = "operating-key";

/// The id of a move.
pub(crate) type Transfer = [u8; 16];

/// What a file of an item is called.
fn item_name(item: u32) -> String {
    format!("{item:08x}")
}

/// What the folder of an outgoing move is called.
fn transfer_name(transfer: &Transfer) -> String {
    format!("{:032x}", u128::from_be_bytes(*transfer))
}
