//! Messages: adding, editing, reacting, disappearing.

use super::{Tx, WriteError, name_within, unless_taken, within};
use crate::{
    error::StorageError,
    expiry::{self, Bucket, UNREAD, bucket_of},
    ids::{ConversationId, MessageId},
    limits::{
        ATTACHMENTS_MAX, BODY_BYTES_MAX, EDITS_MAX, EMOJI_BYTES_MAX, PREVIEW_BYTES_MAX, REACTIONS_MAX, TTL_SECS_MAX,
    },
    model::{Author, Delivery, Draft, NewAttachment, NewMessage},
    random,
    reader::stored,
    sealing::{self, BlobKek},
};
use nyx_crypto::{purposes::ItemKey, secret::Secret};
use rusqlite::params;

impl Tx<'_> {
    /// Adds a message at the end of its conversation and tells its place. A disappearing one waits as unread: its time
    /// runs from [`start_timer`](Self::start_timer) on.
    pub fn add_message(&mut self, message: NewMessage) -> Result<u64, WriteError> {
        within("message", message.body.len(), BODY_BYTES_MAX)?;
        within("list of attachments", message.attachments.len(), ATTACHMENTS_MAX)?;
        for attachment in &message.attachments {
            name_within(&attachment.about.name)?;
            name_within(&attachment.about.media_type)?;
            within("preview", attachment.about.preview.as_ref().map_or(0, Vec::len), PREVIEW_BYTES_MAX)?;
        }
        within("time to live", message.ttl_secs.unwrap_or(0) as usize, TTL_SECS_MAX as usize)?;
        let key = message.ttl_secs.map(|_| Secret::<ItemKey>::random(&mut random()));
        let sealed = key.as_ref().map(|key| sealing::seal_text(key, &message.body, &sealing::body_place(message.id)));
        let body = if key.is_none() { Some(message.body.as_str()) } else { None };
        let place = self.place(message.conversation)?;
        let conversation = place.number;
        let seq = place.last_seq.checked_add(1).ok_or(StorageError::row("conversations", conversation))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO messages(conversation, seq, uid, author, at_ms, state, reply_to, body, sealed, ttl_secs, bucket) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    conversation,
                    seq,
                    message.id,
                    message.author.as_bytes(),
                    message.at_ms,
                    message.delivery as i64,
                    message.reply_to,
                    body,
                    sealed,
                    message.ttl_secs,
                    key.as_ref().map(|_| UNREAD),
                ])
            })
            .map_err(unless_taken)?;
        let number = self.transaction.last_insert_rowid();
        // Only now: a refused message leaves no gap and no key behind.
        if let Some(place) = self.places.get_mut(&message.conversation) {
            place.last_seq = seq;
            place.is_new = true;
        }
        if let Some(key) = &key {
            self.keep_key(UNREAD, message.id, key)?;
        }
        let mut text = message.body;
        for (position, attachment) in message.attachments.into_iter().enumerate() {
            text.push('\n');
            text.push_str(&attachment.about.name);
            self.attach(number, message.id, position as i64, attachment, key.as_ref())?;
        }
        if key.is_none() {
            // The same text as `search_source` gives, without asking for it: this is the hot path.
            text.push_str("\u{2}\u{2}");
            self.execute("INSERT INTO search(rowid, text) VALUES(?1, ?2)", params![number, text])?;
        }
        Ok(seq.unsigned_abs())
    }

    /// Replaces the text of a message; the earlier one is kept. Refused for a message that was edited too often.
    pub fn edit_message(&mut self, id: MessageId, body: &str, at_ms: i64) -> Result<(), WriteError> {
        within("message", body.len(), BODY_BYTES_MAX)?;
        let (number, bucket) = self.message_row(id)?;
        let revision: i64 =
            self.reader
                .one("SELECT coalesce(max(revision), 0) + 1 FROM edits WHERE message = ?1", [number], |row| {
                    Ok(row.get(0)?)
                })?
                .unwrap_or(1);
        if revision > EDITS_MAX {
            return Err(WriteError::TooLong("list of edits"));
        }
        match bucket {
            None => {
                self.unindex(number)?;
                self.execute(
                    "INSERT INTO edits(message, revision, at_ms, body) SELECT id, ?2, ?3, body FROM messages WHERE id = ?1",
                    params![number, revision, at_ms],
                )?;
                self.execute(
                    "UPDATE messages SET body = ?2, edited_ms = ?3 WHERE id = ?1",
                    params![number, body, at_ms],
                )?;
                self.index(number)?;
            }
            Some(bucket) => {
                let key = self.reader.item_key(bucket, id)?.ok_or(WriteError::Disappeared)?;
                let earlier =
                    self.reader.message(id)?.and_then(|message| message.body).ok_or(WriteError::Disappeared)?;
                let earlier = sealing::seal_text(&key, &earlier, &sealing::edit_place(id, revision));
                self.execute(
                    "INSERT INTO edits(message, revision, at_ms, sealed) VALUES(?1, ?2, ?3, ?4)",
                    params![number, revision, at_ms, earlier],
                )?;
                let sealed = sealing::seal_text(&key, body, &sealing::body_place(id));
                self.execute(
                    "UPDATE messages SET sealed = ?2, edited_ms = ?3 WHERE id = ?1",
                    params![number, sealed, at_ms],
                )?;
            }
        }
        Ok(())
    }

    /// Tells how far a message has come.
    pub fn set_delivery(&mut self, id: MessageId, delivery: Delivery) -> Result<(), WriteError> {
        let changed = self.execute("UPDATE messages SET state = ?2 WHERE uid = ?1", params![id, delivery as i64])?;
        if changed == 0 { Err(WriteError::NoMessage) } else { Ok(()) }
    }

    /// Adds a reaction; the same one again changes nothing. One person has so many to a message and no more.
    pub fn react(&mut self, id: MessageId, author: Author, emoji: &str, at_ms: i64) -> Result<(), WriteError> {
        within("reaction", emoji.len(), EMOJI_BYTES_MAX)?;
        let (number, _) = self.message_row(id)?;
        let others: Option<u32> = self.reader.one(
            "SELECT count(*) FROM reactions WHERE message = ?1 AND author = ?2 AND emoji <> ?3",
            params![number, author.as_bytes(), emoji],
            |row| Ok(row.get(0)?),
        )?;
        within("list of reactions", others.unwrap_or(0) as usize + 1, REACTIONS_MAX as usize)?;
        self.execute(
            "INSERT INTO reactions(message, author, emoji, at_ms) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            params![number, author.as_bytes(), emoji, at_ms],
        )?;
        Ok(())
    }

    /// Takes a reaction back.
    pub fn unreact(&mut self, id: MessageId, author: Author, emoji: &str) -> Result<(), WriteError> {
        let (number, _) = self.message_row(id)?;
        self.execute(
            "DELETE FROM reactions WHERE message = ?1 AND author = ?2 AND emoji = ?3",
            params![number, author.as_bytes(), emoji],
        )?;
        Ok(())
    }

    /// The person has read up to here. Never goes back, and what is to come is not read yet.
    pub fn mark_read(&mut self, conversation: ConversationId, seq: u64) -> Result<(), WriteError> {
        let place = self.place(conversation)?;
        let (number, seq) = (place.number, stored(seq).min(place.last_seq));
        self.execute("UPDATE conversations SET read_seq = max(read_seq, ?2) WHERE id = ?1", [number, seq])?;
        Ok(())
    }

    /// Lets the time of a disappearing message run from `now_ms` on: for one's own when it is sent, otherwise when it is
    /// read. Does nothing if it runs already or the message stays. Tells when the message is over.
    pub fn start_timer(&mut self, id: MessageId, now_ms: i64) -> Result<Option<i64>, WriteError> {
        let (number, bucket) = self.message_row(id)?;
        let timer = self.reader.one("SELECT ttl_secs, expires_ms FROM messages WHERE id = ?1", [number], |row| {
            Ok((row.get::<_, Option<u32>>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
        match (bucket, timer) {
            (Some(UNREAD), Some((Some(ttl_secs), None))) => {
                let expires_ms = now_ms.saturating_add(i64::from(ttl_secs) * 1000);
                let key = self.reader.item_key(UNREAD, id)?.ok_or(WriteError::Disappeared)?;
                let bucket = bucket_of(expires_ms);
                self.execute(
                    "UPDATE messages SET expires_ms = ?2, bucket = ?3 WHERE id = ?1",
                    params![number, expires_ms, bucket],
                )?;
                self.keep_key(bucket, id, &key)?;
                self.forget_key(UNREAD, id);
                Ok(Some(expires_ms))
            }
            (_, Some((_, expires_ms))) => Ok(expires_ms),
            (_, None) => Err(WriteError::NoMessage),
        }
    }

    /// Keeps what was begun in a conversation; an empty text removes it.
    pub fn set_draft(&mut self, conversation: ConversationId, draft: &Draft) -> Result<(), WriteError> {
        within("draft", draft.body.len(), BODY_BYTES_MAX)?;
        let number = self.place(conversation)?.number;
        if draft.body.is_empty() && draft.reply_to.is_none() {
            self.execute("DELETE FROM drafts WHERE conversation = ?1", [number])?;
        } else {
            self.execute(
                "INSERT INTO drafts(conversation, body, reply_to, updated_ms) VALUES(?1, ?2, ?3, ?4) \
                 ON CONFLICT(conversation) DO UPDATE SET body = excluded.body, reply_to = excluded.reply_to, \
                 updated_ms = excluded.updated_ms",
                params![number, draft.body, draft.reply_to, draft.updated_ms],
            )?;
        }
        Ok(())
    }

    fn attach(
        &mut self,
        message: i64,
        id: MessageId,
        position: i64,
        attachment: NewAttachment,
        item: Option<&Secret<ItemKey>>,
    ) -> Result<(), WriteError> {
        let NewAttachment { blob, about } = attachment;
        let kek = item.map_or(BlobKek::Vault(&self.reader.keys.blobs), BlobKek::Message);
        let key = sealing::wrap_blob_key(kek, &blob.key, &blob.hash);
        self.transaction
            .prepare_cached("INSERT INTO blobs(hash, key, size, content) VALUES(?1, ?2, ?3, ?4)")
            .and_then(|mut statement| {
                statement.execute(params![blob.hash, key, stored(blob.size), blob.content.as_bytes()])
            })
            .map_err(unless_taken)?;
        let number = self.transaction.last_insert_rowid();
        match item {
            Some(item) => self.execute(
                "INSERT INTO attachments(message, position, blob, sealed) VALUES(?1, ?2, ?3, ?4)",
                params![message, position, number, sealing::seal_about(item, &about, &sealing::about_place(id, position))],
            )?,
            None => self.execute(
                "INSERT INTO attachments(message, position, blob, name, media_type, width, height, duration_ms, preview) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    message,
                    position,
                    number,
                    about.name,
                    about.media_type,
                    about.width,
                    about.height,
                    about.duration_ms.map(stored),
                    about.preview,
                ],
            )?,
        };
        self.after.placed.push(blob.placed);
        Ok(())
    }

    fn keep_key(&mut self, bucket: Bucket, id: MessageId, key: &Secret<ItemKey>) -> Result<(), StorageError> {
        // Reads the bucket's other records first, so that this one is not taken for all of them.
        self.reader.bucket_record(bucket, id)?;
        if let Some(record) = expiry::record(id, key, &self.reader.keys.sessions) {
            if let Some(known) = self.reader.records.borrow_mut().get_mut(&bucket) {
                known.insert(id, record.clone());
            }
            self.new_keys.entry(bucket).or_default().push(record);
        }
        Ok(())
    }

    pub(super) fn forget_key(&mut self, bucket: Bucket, id: MessageId) {
        if let Some(new) = self.new_keys.get_mut(&bucket) {
            new.retain(|record| record.message != id.0);
        }
        self.after.keys.push((bucket, id));
    }
}
