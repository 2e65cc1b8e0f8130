//! The encrypted vault of Nyx: one database, blobs beside it, and what opens them.
//!
//! Invariants: nothing readable without the password or the phrase lies on the disk, in temporary files and the log
//! neither; one write path ([`Vault::commit`]), durable when it returns; a power cut leaves the old or the new state;
//! nothing is ever deleted or overwritten because it could not be read; readers do not wait for the writer. No async:
//! the engine calls this off its async threads. No clock: times are arguments.
//!
//! Reading order: [`LockedVault`] and [`Vault`]; [`Tx`] and [`Reader`] with the values in [`model`]; then
//! [`Snapshot`], [`write_backup`], [`restore_backup`] and [`Vault::verify`]; then how an account moves:
//! [`Vault::prepare_move`] and [`Arrival`]. The bytes are specified in
//! `p2p/docs/protocol/vault.md`.
#![forbid(unsafe_code)]

pub mod limits;
pub mod model;

mod attachments;
mod backup;
mod blobs;
mod content;
mod database;
mod erasing;
mod error;
mod expiry;
mod files;
mod header;
mod ids;
mod interruptible;
mod locked;
mod moving;
mod opened;
mod origin;
mod reader;
mod rows;
mod schema;
mod scope;
mod sealing;
mod search;
mod snapshot;
mod staging;
mod tidying;
mod tx;
mod vault;
mod verify;

pub use attachments::AttachmentError;
pub use backup::{
    BackupError, BackupKey, BackupTo, RestoreError, backup_address, backup_identity_text, opens_backup, restore_backup,
    write_backup,
};
pub use blobs::{BlobReader, CopyError, StoreError, StoredBlob};
pub use erasing::{EraseError, erase};
pub use error::{Closed, Damage, StorageError};
pub use header::{NewPassword, SlotError};
pub use ids::{ContactId, ConversationId, DeviceId, MessageId, OutboxId};
pub use locked::{ChangePasswordError, FindError, LockedVault, StillLocked, UnlockError};
pub use moving::{
    Arrival, BuildError, ForgetError, KeptMove, LockedArrival, MoveIndexes, MoveSide, MoveSize, OPERATING_KEY,
    OutgoingItems, PrepareError, Prepared, SCHEMA, StillLockedArrival, StoredIndexes, Turn,
};
pub use origin::Origin;
pub use reader::{Outgoing, Page, Reader, Rows};
pub use search::{SearchCursor, SearchPage};
pub use snapshot::{Snapshot, SnapshotError};
pub use staging::CreateError;
pub use tx::{Tx, WriteError};
pub use vault::{Expired, Vault};
pub use verify::{Verdict, VerifyError, VerifyProgress, VerifyStep};

use getrandom::SysRng;
use rand_core::{CryptoRng, UnwrapErr};

/// The operating system's randomness. A machine that has none must not make keys: this is the one place where the
/// program rather stops.
fn random() -> impl CryptoRng {
    UnwrapErr(SysRng)
}
