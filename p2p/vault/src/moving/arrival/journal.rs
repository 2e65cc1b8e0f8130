//! What an arrival remembers: the record, how far everything is durable, and which items are there. A database of its own,
//! because the vault's is begun anew each time it is built.

use crate::{
    database::{self, Role},
    error::StorageError,
    files::{Home, create_private, sync_parent},
    moving::Transfer,
    reader::stored,
};
use nyx_crypto::{purposes::DatabaseKey, secret::Secret};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::PathBuf;

/// The journal of one arrival.
#[derive(Debug)]
pub(super) struct Journal(Connection);

/// What was written down last.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) transfer: Transfer,
    pub(super) record: Vec<u8>,
    /// Wrapped.
    pub(super) keys: Vec<u8>,
    pub(super) heard_ms: i64,
}

/// An item that is there as a whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    pub(super) item: u32,
    /// What it will be called if it becomes a blob.
    pub(super) blob: [u8; 32],
}

impl Journal {
    pub(super) fn create(staging: &Home, key: &Secret<DatabaseKey>) -> Result<Self, StorageError> {
        let path = path(staging);
        create_private(&path)?;
        sync_parent(&path)?;
        let connection = database::open(&path, key, Role::Writer)?;
        connection.execute_batch(TABLES)?;
        Ok(Self(connection))
    }

    pub(super) fn open(staging: &Home, key: &Secret<DatabaseKey>) -> Result<Self, StorageError> {
        Ok(Self(database::open(&path(staging), key, Role::Writer)?))
    }

    pub(super) fn keep(&self, kept: &Kept) -> Result<(), StorageError> {
        let Kept { transfer, record, keys, heard_ms } = kept;
        self.0
            .prepare_cached("UPDATE state SET transfer = ?1, record = ?2, keys = ?3, heard_ms = ?4")?
            .execute(params![transfer, record, keys, heard_ms])?;
        Ok(())
    }

    pub(super) fn heard(&self, now_ms: i64) -> Result<(), StorageError> {
        self.0.prepare_cached("UPDATE state SET heard_ms = ?1")?.execute([now_ms])?;
        Ok(())
    }

    pub(super) fn kept(&self) -> Result<Option<Kept>, StorageError> {
        let kept = self
            .0
            .query_row("SELECT transfer, record, keys, heard_ms FROM state WHERE record IS NOT NULL", [], |row| {
                Ok(Kept { transfer: row.get(0)?, record: row.get(1)?, keys: row.get(2)?, heard_ms: row.get(3)? })
            })
            .optional()?;
        Ok(kept)
    }

    pub(super) fn set_note(&self, note: &[u8]) -> Result<(), StorageError> {
        self.0.prepare_cached("UPDATE state SET note = ?1")?.execute([note])?;
        Ok(())
    }

    pub(super) fn note(&self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.0.query_row("SELECT note FROM state", [], |row| row.get(0))?)
    }

    /// Remembers items that are there, and that all before `place` is durable.
    pub(super) fn arrive(&mut self, items: &[Arrived], place: u64) -> Result<(), StorageError> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for Arrived { item, blob } in items {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO arrived(item, blob) VALUES(?1, ?2)")?
                .execute(params![item, blob])?;
        }
        transaction.prepare_cached("UPDATE state SET place = max(place, ?1)")?.execute([stored(place)])?;
        Ok(transaction.commit()?)
    }

    pub(super) fn place(&self) -> Result<u64, StorageError> {
        Ok(self.0.query_row("SELECT place FROM state", [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// One look at all of it, for as long as this is held: to begin one for each of 100,000 items costs more than the looking.
    pub(super) fn view(&self) -> Result<Transaction<'_>, StorageError> {
        Ok(self.0.unchecked_transaction()?)
    }

    /// What an item is called as a blob; none if it is not there.
    pub(super) fn arrived(&self, item: u32) -> Result<Option<[u8; 32]>, StorageError> {
        Ok(self
            .0
            .prepare_cached("SELECT blob FROM arrived WHERE item = ?1")?
            .query_row([item], |row| row.get(0))
            .optional()?)
    }

    pub(super) fn is_built(&self) -> Result<bool, StorageError> {
        Ok(self.0.query_row("SELECT built FROM state", [], |row| row.get(0))?)
    }

    /// Whether the database in the staging is whole.
    pub(super) fn set_built(&self, built: bool) -> Result<(), StorageError> {
        self.0.execute("UPDATE state SET built = ?1", [built])?;
        Ok(())
    }
}

/// Whether this is the name of a journal, or of what SQLite keeps beside it.
pub(in crate::moving) fn is_journal(name: &str) -> bool {
    name.strip_prefix(NAME).is_some_and(|end| ["", "-wal", "-shm", "-journal"].contains(&end))
}

fn path(staging: &Home) -> PathBuf {
    staging.moving().join(NAME)
}

const NAME: &str = "journal.db";
const TABLES: &str = "
    BEGIN;
    CREATE TABLE state(
        one INTEGER PRIMARY KEY CHECK(one = 1), transfer BLOB, record BLOB, keys BLOB, heard_ms INTEGER NOT NULL,
        place INTEGER NOT NULL, built INTEGER NOT NULL, note BLOB
    ) STRICT;
    CREATE TABLE arrived(item INTEGER PRIMARY KEY, blob BLOB NOT NULL) STRICT;
    INSERT INTO state(one, heard_ms, place, built) VALUES(1, 0, 0, 0);
    COMMIT;
";
