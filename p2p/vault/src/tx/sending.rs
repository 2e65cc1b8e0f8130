//! The outbox and the session rows: what leaves the device, and what it is encrypted with. Both change in the same
//! transaction as the history, so that nothing leaves that was not written, and no key is used twice.

use super::{Tx, WriteError, within};
use crate::{
    error::StorageError,
    ids::{MessageId, OutboxId},
    limits::{NAME_BYTES_MAX, OUTBOX_BYTES_MAX, VALUE_BYTES_MAX},
    random, sealing,
};
use rusqlite::params;

impl Tx<'_> {
    /// Puts something into the outbox, due at once. Only after the commit may it be sent. What is for a contact has the
    /// contact's id as `recipient`, and goes with the contact if that is deleted; with the message too.
    pub fn enqueue(
        &mut self,
        recipient: &[u8],
        message: Option<MessageId>,
        payload: &[u8],
        now_ms: i64,
    ) -> Result<OutboxId, WriteError> {
        within("recipient", recipient.len(), NAME_BYTES_MAX)?;
        within("payload", payload.len(), OUTBOX_BYTES_MAX)?;
        let id = OutboxId::new(now_ms, &mut random());
        let payload = sealing::seal_outgoing(&self.reader.keys.outbox, id, recipient, payload);
        self.execute(
            "INSERT INTO outbox(uid, recipient, message, payload, created_ms, next_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?5)",
            params![id, recipient, message, payload, now_ms],
        )?;
        Ok(id)
    }

    /// It arrived, or nobody wants it any more.
    pub fn outbox_done(&mut self, id: OutboxId) -> Result<(), StorageError> {
        self.execute("DELETE FROM outbox WHERE uid = ?1", [id])?;
        Ok(())
    }

    /// It was tried; the next time is `next_ms`.
    pub fn outbox_retry(&mut self, id: OutboxId, next_ms: i64) -> Result<(), StorageError> {
        self.execute("UPDATE outbox SET attempts = attempts + 1, next_ms = ?2 WHERE uid = ?1", params![id, next_ms])?;
        Ok(())
    }

    /// Writes a session row, wrapped once more under the sessions key. Also the place of the operating key and of the
    /// private halves of prekeys. Never part of a snapshot or backup: cloned state would use message keys twice.
    pub fn put_session(&mut self, kind: &str, id: &[u8], value: &[u8]) -> Result<(), WriteError> {
        within("kind of a session row", kind.len(), NAME_BYTES_MAX)?;
        within("id of a session row", id.len(), NAME_BYTES_MAX)?;
        within("session row", value.len(), VALUE_BYTES_MAX)?;
        let wrapped = sealing::seal_session(&self.reader.keys.sessions, kind, id, value);
        self.execute(
            "INSERT OR REPLACE INTO sessions(kind, id, value) VALUES(?1, ?2, ?3)",
            params![kind, id, wrapped],
        )?;
        Ok(())
    }

    /// Removes a session row.
    pub fn remove_session(&mut self, kind: &str, id: &[u8]) -> Result<(), StorageError> {
        self.execute("DELETE FROM sessions WHERE kind = ?1 AND id = ?2", params![kind, id])?;
        Ok(())
    }
}
