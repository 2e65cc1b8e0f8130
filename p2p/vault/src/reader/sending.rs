//! What waits to be sent, and the session rows.

use super::Reader;
use crate::{
    error::{Damage, StorageError},
    ids::{MessageId, OutboxId},
    limits::PAGE_MAX,
    sealing,
};
use rusqlite::params;
use zeroize::Zeroizing;

/// Something that waits to be sent.
#[derive(Debug)]
pub struct Outgoing {
    /// Its name.
    pub id: OutboxId,
    /// To whom; what the bytes mean is the sender's business.
    pub recipient: Vec<u8>,
    /// The message it carries, if any.
    pub message: Option<MessageId>,
    /// What to send.
    pub payload: Zeroizing<Vec<u8>>,
    /// When it came here.
    pub created_ms: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// When to try next.
    pub next_ms: i64,
}

impl Reader<'_> {
    /// What is due at `now_ms`, the longest waiting first.
    pub fn outbox_due(&self, now_ms: i64, limit: usize) -> Result<Vec<Outgoing>, StorageError> {
        self.all(
            "SELECT uid, recipient, message, payload, created_ms, attempts, next_ms, id FROM outbox WHERE next_ms <= ?1 \
             ORDER BY next_ms, id LIMIT ?2",
            params![now_ms, limit.min(PAGE_MAX) as i64],
            |row| {
                let (id, recipient): (OutboxId, Vec<u8>) = (row.get(0)?, row.get(1)?);
                let payload = sealing::open_outgoing(&self.keys.outbox, id, &recipient, row.get_ref(3)?.as_blob()?)
                    .ok_or(StorageError::row("outbox", row.get(7)?))?;
                Ok(Outgoing {
                    id,
                    recipient,
                    message: row.get(2)?,
                    payload,
                    created_ms: row.get(4)?,
                    attempts: row.get(5)?,
                    next_ms: row.get(6)?,
                })
            },
        )
    }

    /// When the next piece of the outbox is due.
    pub fn outbox_next_ms(&self) -> Result<Option<i64>, StorageError> {
        Ok(self.one("SELECT min(next_ms) FROM outbox", [], |row| Ok(row.get(0)?))?.flatten())
    }

    /// Opens a session row for one use; it is wiped when `look` returns. `None`: there is no such row.
    pub fn session<T>(&self, kind: &str, id: &[u8], look: impl FnOnce(Option<&[u8]>) -> T) -> Result<T, StorageError> {
        let wrapped: Option<Vec<u8>> =
            self.one("SELECT value FROM sessions WHERE kind = ?1 AND id = ?2", params![kind, id], |row| {
                Ok(row.get(0)?)
            })?;
        match wrapped {
            None => Ok(look(None)),
            Some(wrapped) => {
                let value = sealing::open_session(&self.keys.sessions, kind, id, &wrapped)
                    .ok_or_else(|| StorageError::Damaged(Damage::Row("sessions", 0)))?;
                Ok(look(Some(&value)))
            }
        }
    }

    /// The ids of the session rows of one kind.
    pub fn session_ids(&self, kind: &str) -> Result<Vec<Vec<u8>>, StorageError> {
        self.all("SELECT id FROM sessions WHERE kind = ?1 ORDER BY id", [kind], |row| Ok(row.get(0)?))
    }
}
