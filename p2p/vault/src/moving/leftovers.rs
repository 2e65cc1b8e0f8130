//! What of a move lies in a home and has no business there any more: preparations without a record, packs of one that was
//! let go or cancelled, and what arrived and has become the vault.

use super::{Transfer, item_name, transfer_name};
use crate::{
    database::{self, Role},
    error::StorageError,
    files::{Home, is_dir, is_regular},
};
use nyx_crypto::vault_keys::VaultKeys;
use rusqlite::Connection;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// Whether a blob with this hash is a message's, or an item of a move that may have to be sent.
pub(crate) fn is_wanted(connection: &Connection, hash: &[u8; 32]) -> Result<bool, StorageError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS(SELECT 1 FROM blobs WHERE hash = ?1) OR EXISTS(SELECT 1 FROM move_items WHERE blob = ?1)",
        )?
        .query_row([hash], |row| row.get(0))?)
}

/// At opening: what a process that died left. A leftover that resists keeps nobody out.
pub(crate) fn tidy_moves(home: &Home, keys: &VaultKeys) {
    if entries(&home.moving()).is_empty() {
        return;
    }
    // With a connection of its own: one that meets a damaged page refuses everything from then on.
    let _ = database::open(&home.database(), &keys.database, Role::Writer)
        .and_then(|connection| drop_unrecorded(home, &connection));
    for path in entries(&home.moving()).into_iter().filter(|path| is_arrived(path)) {
        let _ = fs::remove_file(path);
    }
    // Refused by the system if something else lies in it.
    let _ = fs::remove_dir(home.moving());
}

/// Removes what was prepared and has no record.
pub(super) fn drop_unrecorded(home: &Home, connection: &Connection) -> Result<(), StorageError> {
    connection.execute_batch(
        "DELETE FROM move_items WHERE transfer NOT IN (SELECT transfer FROM moves WHERE record IS NOT NULL); \
         DELETE FROM moves WHERE record IS NULL;",
    )?;
    drop_files(home, connection)
}

/// Removes the files that no row names. Best effort, like every removal: what resists is the next opening's.
pub(super) fn drop_files(home: &Home, connection: &Connection) -> Result<(), StorageError> {
    let mut named: HashSet<PathBuf> = HashSet::new();
    let mut statement = connection.prepare_cached("SELECT transfer, item FROM move_items WHERE blob IS NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (transfer, item): (Transfer, u32) = (row.get(0)?, row.get(1)?);
        named.insert(home.moving().join(transfer_name(&transfer)).join(item_name(item)));
    }
    for dir in entries(&home.moving()).into_iter().filter(|path| is_dir(path) && is_hex(path, TRANSFER_DIGITS)) {
        for path in entries(&dir) {
            if is_regular(&path) && is_hex(&path, ITEM_DIGITS) && !named.contains(&path) {
                let _ = fs::remove_file(path);
            }
        }
        let _ = fs::remove_dir(dir);
    }
    Ok(())
}

/// What an arrival keeps beside the vault that it builds.
fn is_arrived(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    is_regular(path) && (is_hex(path, ITEM_DIGITS) || name == super::arrival::MARK || super::arrival::is_journal(&name))
}

fn is_hex(path: &Path, digits: usize) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.len() == digits && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir).map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect()).unwrap_or_default()
}

const TRANSFER_DIGITS: usize = 32;
const ITEM_DIGITS: usize = 8;
