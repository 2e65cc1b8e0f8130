//! Connections to the encrypted database.

use crate::{
    error::{Damage, StorageError},
    limits::{READER_CACHE_KIB, WRITER_CACHE_KIB},
};
use nyx_crypto::{purposes::DatabaseKey, secret::Secret};
use rusqlite::{Connection, OpenFlags};
use std::{fmt::Write, path::Path, time::Duration};
use zeroize::Zeroizing;

/// What a connection is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// The one that writes.
    Writer,
    /// One of those that read, beside the writer.
    Reader,
    /// A copy that nobody else opens: no journal file beside it.
    Copy,
}

/// Opens the database at `path`, which must exist (an empty file becomes an empty database).
pub(crate) fn open(path: &Path, key: &Secret<DatabaseKey>, role: Role) -> Result<Connection, StorageError> {
    // SQLCipher would start OpenSSL so that it is torn down when `main` returns, below a thread that is still closing a
    // database. Whoever starts it first decides; this way it stays until the process is gone.
    openssl_sys::init();
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // SQLCipher would write warnings to stderr, into the middle of a terminal program's JSON.
    // Its keys SQLCipher locks and wipes anyway. `cipher_memory_security` would do so with every allocation of SQLite: that
    // makes a page of messages five times as dear (see `vault.md`), and what is on the screen is in memory all the same.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key_pragma(key))?;
    // The first read: a wrong key shows here. The key came out of an authenticated slot, so it is the database that changed.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)).map_err(|error| {
        match StorageError::from(error) {
            StorageError::Database(error) => StorageError::Damaged(Damage::Database(error.to_string())),
            other => other,
        }
    })?;
    let cache_kib = if role == Role::Reader { READER_CACHE_KIB } else { WRITER_CACHE_KIB };
    connection.execute_batch(&format!("PRAGMA cache_size = -{cache_kib};{EVERYWHERE}"))?;
    match role {
        Role::Writer => connection.execute_batch(DURABLE)?,
        Role::Reader => connection.execute_batch("PRAGMA query_only = ON;")?,
        Role::Copy => connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?,
    }
    Ok(connection)
}

/// `PRAGMA key = "x'…'"`: the raw key. SQLCipher's own derivation from a passphrase would be slower and weaker than ours.
fn key_pragma(key: &Secret<DatabaseKey>) -> Zeroizing<String> {
    let mut pragma = Zeroizing::new(String::with_capacity(96));
    pragma.push_str("PRAGMA key = \"x'");
    for byte in key.expose() {
        // Into reserved memory: never grows, so leaves no copy behind. Writing to a string never fails.
        let _ = write!(pragma, "{byte:02x}");
    }
    pragma.push_str("'\";");
    pragma
}

/// Every connection: nothing in temporary files, deleted content overwritten, nothing in the schema trusted to run code.
const EVERYWHERE: &str = "
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;";

/// The writer: readers beside it (WAL), and a commit that has reached the disk when it returns (FULL syncs the log at
/// each commit). The log is cut back after a checkpoint so that old frames do not linger.
const DURABLE: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA journal_size_limit = 4194304;";

/// Only a checkpoint can make anybody wait for another connection of this process, and only for moments.
const BUSY: Duration = Duration::from_secs(10);
/// As many different statements as there are.
const STATEMENTS: usize = 96;
