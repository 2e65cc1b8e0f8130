//! Writing: the one path. What a transaction did is there as a whole once `commit` returned, or not at all.

mod messages;
mod people;
mod removing;
mod sending;

use crate::{
    blobs::Placed,
    error::StorageError,
    expiry::{Bucket, Buckets},
    ids::{ConversationId, MessageId},
    limits::NAME_BYTES_MAX,
    reader::Reader,
};
use nyx_crypto::vault_keys::VaultKeys;
use nyx_wire::vault::BucketRecord;
use rusqlite::{OptionalExtension, Transaction, params};
use std::{
    collections::{BTreeMap, HashMap},
    ops::Deref,
};

/// A transaction. It reads what it wrote; nobody else sees anything before the commit.
pub struct Tx<'t> {
    transaction: &'t Transaction<'t>,
    reader: Reader<'t>,
    /// Conversations that got messages: their row, and the last place given.
    places: HashMap<ConversationId, Place>,
    /// Keys of disappearing messages to be made durable before the commit.
    new_keys: BTreeMap<Bucket, Vec<BucketRecord>>,
    after: After,
}

/// Why something was not written. The transaction goes on as if it had not been asked, unless the cause was the disk.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is no such conversation.
    #[error("no such conversation")]
    NoConversation,
    /// There is no such message.
    #[error("no such message")]
    NoMessage,
    /// There is no such contact.
    #[error("no such contact")]
    NoContact,
    /// There is a message, contact or blob of this name already, or another one where there can be only one: an account,
    /// this device, the conversation with oneself.
    #[error("it exists already")]
    Exists,
    /// The conversation with oneself is always there; its messages can be removed.
    #[error("the conversation with oneself stays")]
    NotesStay,
    /// Something is longer than the vault takes; which limit.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// The key of this disappearing message is gone.
    #[error("the message has disappeared")]
    Disappeared,
    /// The disk or the database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl<'t> Deref for Tx<'t> {
    type Target = Reader<'t>;

    fn deref(&self) -> &Reader<'t> {
        &self.reader
    }
}

impl<'t> Tx<'t> {
    pub(crate) fn new(transaction: &'t Transaction<'t>, keys: &'t VaultKeys, buckets: &'t Buckets) -> Self {
        Self {
            transaction,
            reader: Reader::new(transaction, keys, buckets),
            places: HashMap::new(),
            new_keys: BTreeMap::new(),
            after: After::default(),
        }
    }

    /// Writes what was put off. Keys of disappearing messages are durable before the rows that need them.
    pub(crate) fn finish(self) -> Result<After, StorageError> {
        for place in self.places.values().filter(|place| place.is_new) {
            self.transaction
                .prepare_cached("UPDATE conversations SET last_seq = ?2 WHERE id = ?1")?
                .execute([place.number, place.last_seq])?;
        }
        for (bucket, records) in &self.new_keys {
            self.reader.buckets.put(*bucket, records)?;
        }
        Ok(self.after)
    }

    pub(crate) fn execute(&self, statement: &str, params: impl rusqlite::Params) -> Result<usize, StorageError> {
        Ok(self.transaction.prepare_cached(statement)?.execute(params)?)
    }

    /// The row of a conversation, and the last place in it.
    fn place(&mut self, conversation: ConversationId) -> Result<&mut Place, WriteError> {
        if !self.places.contains_key(&conversation) {
            let found = self
                .transaction
                .prepare_cached("SELECT id, last_seq FROM conversations WHERE uid = ?1")
                .and_then(|mut statement| {
                    statement
                        .query_row([conversation], |row| {
                            Ok(Place { number: row.get(0)?, last_seq: row.get(1)?, is_new: false })
                        })
                        .optional()
                })
                .map_err(StorageError::from)?;
            self.places.insert(conversation, found.ok_or(WriteError::NoConversation)?);
        }
        self.places.get_mut(&conversation).ok_or(WriteError::NoConversation)
    }

    /// Takes a message out of the full-text index, before its text changes.
    fn unindex(&self, number: i64) -> Result<(), StorageError> {
        self.execute(
            "INSERT INTO search(search, rowid, text) SELECT 'delete', id, text FROM search_source WHERE id = ?1",
            [number],
        )?;
        Ok(())
    }

    /// Puts a message into the full-text index, after its text changed.
    fn index(&self, number: i64) -> Result<(), StorageError> {
        self.execute("INSERT INTO search(rowid, text) SELECT id, text FROM search_source WHERE id = ?1", [number])?;
        Ok(())
    }

    /// The row of a message and the bucket of its key, if it disappears.
    fn message_row(&self, id: MessageId) -> Result<(i64, Option<Bucket>), WriteError> {
        self.reader
            .one("SELECT id, bucket FROM messages WHERE uid = ?1", params![id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .ok_or(WriteError::NoMessage)
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx(redacted)")
    }
}

/// What is done once the commit is durable. If the process dies before, the next opening or sweep does it.
#[derive(Debug, Default)]
pub(crate) struct After {
    /// Blobs that no row names any more.
    pub(crate) blobs: Vec<[u8; 32]>,
    /// Keys that nothing needs any more.
    pub(crate) keys: Vec<(Bucket, MessageId)>,
    /// Blobs that got a row. No sweep takes them before the commit; without one they go.
    pub(crate) placed: Vec<Placed>,
}

struct Place {
    number: i64,
    last_seq: i64,
    is_new: bool,
}

fn within(what: &'static str, length: usize, max: usize) -> Result<(), WriteError> {
    if length > max { Err(WriteError::TooLong(what)) } else { Ok(()) }
}

fn name_within(name: &str) -> Result<(), WriteError> {
    within("name", name.len(), NAME_BYTES_MAX)
}

/// A unique name that is taken already, told apart from everything else that can go wrong.
fn unless_taken(error: rusqlite::Error) -> WriteError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => WriteError::Exists,
        _ => WriteError::Storage(error.into()),
    }
}
