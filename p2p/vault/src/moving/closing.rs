//! An account that is being moved, or lives elsewhere, can be read and not changed.

use crate::error::{Closed, StorageError};
use rusqlite::{Connection, OptionalExtension};

/// Refuses to write to an account that is frozen or gone. What would be written would be lost.
pub(crate) fn refuse_closed(connection: &Connection) -> Result<(), StorageError> {
    let state: Option<(i64, Option<String>)> = connection
        .prepare_cached("SELECT state, moved_to FROM accounts")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match state {
        None | Some((ACTIVE, _)) => Ok(()),
        Some((MOVED, Some(to))) => Err(StorageError::Closed(Closed::Moved { to })),
        Some(_) => Err(StorageError::Closed(Closed::Moving)),
    }
}

/// As `accounts.state` says it.
pub(super) const ACTIVE: i64 = 0;
pub(super) const FROZEN: i64 = 1;
pub(super) const MOVED: i64 = 2;
