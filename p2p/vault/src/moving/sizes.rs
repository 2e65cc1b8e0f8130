//! How much would go along, before anything is prepared.

use crate::{error::StorageError, reader::unsigned, vault::Vault};
use rusqlite::params;

/// How much of the account is younger than some moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct MoveSize {
    /// Messages.
    pub messages: u64,
    /// Bytes of everything but attachments, estimated by the size of the database.
    pub row_bytes: u64,
    /// Attachments.
    pub attachments: u64,
    /// Bytes of them.
    pub attachment_bytes: u64,
}

impl Vault {
    /// How much would be moved, for each choice of what is old (`None`: nothing is). A pass over messages and attachments for
    /// each: a lane's work, and not an engine's.
    pub fn move_sizes(&self, since_ms: &[Option<i64>]) -> Result<Vec<MoveSize>, StorageError> {
        let database = std::fs::metadata(self.home.database())?.len();
        self.read(|reader| {
            let all = reader.counts()?.messages;
            let size = |since: &Option<i64>| {
                let since = since.unwrap_or(i64::MIN);
                let messages = reader
                    .one("SELECT count(*) FROM messages WHERE at_ms >= ?1", [since], |row| unsigned(row, 0))?
                    .unwrap_or(0);
                let (attachments, attachment_bytes) = reader
                    .one(ATTACHED, params![since], |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))?
                    .unwrap_or_default();
                let share = u128::from(database) * u128::from(messages) / u128::from(all.max(1));
                let row_bytes = u64::try_from(share).unwrap_or(database);
                Ok(MoveSize { messages, row_bytes, attachments, attachment_bytes })
            };
            since_ms.iter().map(size).collect()
        })
    }
}

const ATTACHED: &str = "SELECT count(*), coalesce(sum(b.size), 0) FROM attachments a \
    JOIN messages m ON m.id = a.message JOIN blobs b ON b.id = a.blob WHERE m.at_ms >= ?1";
