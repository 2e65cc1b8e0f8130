//! Backups: one age file, so that the `age` command opens it, with a stream of rows and attachments inside. Without
//! sessions, prekeys, outbox and devices, because a backup must not clone a device, and without disappearing messages,
//! because it would keep them.

mod frames;
mod keys;
mod opening;
mod restore;
mod tables;
mod write;

pub use keys::{backup_address, backup_identity_text};
pub use opening::opens_backup;
pub use restore::{BackupKey, RestoreError, restore_backup};
pub use write::{BackupError, BackupTo, write_backup};
