//! Messages, with everything that belongs to them.

use super::{Called, Reader, stored, unsigned};
use crate::{
    error::StorageError,
    expiry::{self, Bucket},
    ids::{ConversationId, MessageId},
    limits::{PAGE_BYTES_MAX, PAGE_MAX},
    model::{About, Attachment, AttachmentId, Author, Delivery, Disappears, Edit, Message, Reaction},
    sealing,
};
use nyx_crypto::{purposes::ItemKey, secret::Secret};
use nyx_wire::vault::BucketRecord;
use rusqlite::{Row, params};
use std::collections::{HashMap, hash_map::Entry};

/// Which part of a conversation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Page {
    /// The newest messages.
    Newest,
    /// The messages just before this place.
    Before(u64),
    /// The messages just after this place.
    After(u64),
}

impl Reader<'_> {
    /// Up to `limit` messages of a conversation, oldest first. Fewer if they are long ([`PAGE_BYTES_MAX`]); there are no more
    /// only if there is none. No message twice and none left out when pages follow each
    /// other by the places of their ends, however many messages come in meanwhile.
    pub fn messages(
        &self,
        conversation: ConversationId,
        page: Page,
        limit: usize,
    ) -> Result<Vec<Message>, StorageError> {
        let (from, to, order) = match page {
            Page::Newest => (0, i64::MAX, "DESC"),
            Page::Before(seq) => (0, stored(seq).saturating_sub(1), "DESC"),
            Page::After(seq) => (stored(seq).saturating_add(1), i64::MAX, "ASC"),
        };
        let mut messages = self.page_where(
            &format!(
                "WHERE m.conversation = (SELECT id FROM conversations WHERE uid = ?1) AND m.seq BETWEEN ?2 AND ?3 \
                 ORDER BY m.seq {order} LIMIT ?4"
            ),
            params![conversation, from, to, limit.min(PAGE_MAX) as i64],
        )?;
        if order == "DESC" {
            messages.reverse();
        }
        Ok(messages)
    }

    /// One message.
    pub fn message(&self, id: MessageId) -> Result<Option<Message>, StorageError> {
        Ok(self.messages_where("WHERE m.uid = ?1", [id])?.pop())
    }

    /// One attachment.
    pub fn attachment(&self, id: AttachmentId) -> Result<Option<Attachment>, StorageError> {
        let message =
            self.messages_where("WHERE m.id = (SELECT message FROM attachments WHERE id = ?1)", [id.0])?.pop();
        Ok(message.and_then(|message| message.attachments.into_iter().find(|attachment| attachment.id == id)))
    }

    /// How many messages of a conversation come after what was read, at most `limit`.
    pub fn unread(&self, conversation: ConversationId, limit: u32) -> Result<u32, StorageError> {
        let count = self.one(
            "SELECT count(*) FROM (SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation \
             WHERE c.uid = ?1 AND m.seq > c.read_seq AND m.author <> x'' LIMIT ?2)",
            params![conversation, limit],
            |row| Ok(row.get(0)?),
        )?;
        Ok(count.unwrap_or(0))
    }

    /// The earlier texts of a message, oldest first.
    pub fn edits(&self, id: MessageId) -> Result<Vec<Edit>, StorageError> {
        self.all(
            "SELECT e.at_ms, e.body, e.sealed, e.revision, m.id, m.bucket FROM edits e JOIN messages m ON m.id = e.message \
             WHERE m.uid = ?1 ORDER BY e.revision",
            [id],
            |row| {
                let place = sealing::edit_place(id, row.get(3)?);
                let body = match row.get::<_, Option<i64>>(5)? {
                    None => row.get(1)?,
                    Some(bucket) => match (self.item_key(bucket, id)?, row.get::<_, Option<Vec<u8>>>(2)?) {
                        (Some(key), Some(sealed)) => Some(
                            sealing::open_text(&key, &sealed, &place)
                                .ok_or(StorageError::row("edits", row.get(4)?))?,
                        ),
                        _ => None,
                    },
                };
                Ok(Edit { at_ms: row.get(0)?, body })
            },
        )
    }

    /// Messages with everything that belongs to them, in the order of the query.
    pub(crate) fn messages_where(
        &self,
        condition: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Message>, StorageError> {
        self.messages_within(usize::MAX, condition, params)
    }

    /// The same, up to the size of a page.
    pub(crate) fn page_where(
        &self,
        condition: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Message>, StorageError> {
        self.messages_within(PAGE_BYTES_MAX, condition, params)
    }

    /// The first of the messages that have so many bytes together; one in any case.
    fn messages_within(
        &self,
        bytes_max: usize,
        condition: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Message>, StorageError> {
        let (mut numbers, mut messages, mut bytes) = (Vec::new(), Vec::new(), 0_usize);
        {
            let mut statement = self.connection.prepare_cached(&format!("{MESSAGES} {condition}"))?;
            let mut rows = statement.query(params)?;
            while let Some(row) = rows.next()? {
                let message = self.message_in(row)?;
                let about: i64 = row.get(14)?;
                bytes = bytes
                    .saturating_add(message.body.as_ref().map_or(0, String::len))
                    .saturating_add(usize::try_from(about).unwrap_or(usize::MAX));
                if bytes > bytes_max && !messages.is_empty() {
                    break;
                }
                numbers.push(row.get(0)?);
                messages.push(message);
            }
        }
        self.add_attachments(&numbers, &mut messages)?;
        self.add_reactions(&numbers, &mut messages)?;
        Ok(messages)
    }

    fn message_in(&self, row: &Row<'_>) -> Result<Message, StorageError> {
        let number: i64 = row.get(0)?;
        let damaged = || StorageError::row("messages", number);
        let id = row.get(1)?;
        let bucket: Option<Bucket> = row.get(13)?;
        let body = match bucket {
            None => row.get(7)?,
            Some(bucket) => match self.item_key(bucket, id)? {
                None => None,
                Some(key) => {
                    let sealed = row.get_ref(8)?.as_blob().map_err(|_| damaged())?;
                    Some(sealing::open_text(&key, sealed, &sealing::body_place(id)).ok_or_else(damaged)?)
                }
            },
        };
        let disappears = match row.get::<_, Option<u32>>(11)? {
            None => None,
            Some(ttl_secs) => Some(Disappears { ttl_secs, at_ms: row.get(12)? }),
        };
        Ok(Message {
            id,
            conversation: row.get(2)?,
            seq: unsigned(row, 3)?,
            author: author(row, 4).ok_or_else(damaged)?,
            at_ms: row.get(5)?,
            delivery: Delivery::from_stored(row.get(6)?).ok_or_else(damaged)?,
            body,
            reply_to: row.get(9)?,
            edited_ms: row.get(10)?,
            disappears,
            attachments: Vec::new(),
            reactions: Vec::new(),
        })
    }

    fn add_attachments(&self, numbers: &[i64], messages: &mut [Message]) -> Result<(), StorageError> {
        self.each_of(
            "SELECT a.message, a.id, b.size, b.content, m.bucket, a.position, a.sealed, a.name, a.media_type, a.width, \
             a.height, a.duration_ms, a.preview FROM attachments a JOIN blobs b ON b.id = a.blob \
             JOIN messages m ON m.id = a.message WHERE a.message",
            "ORDER BY a.message, a.position",
            numbers,
            |at, row| {
                let number: i64 = row.get(1)?;
                let damaged = || StorageError::row("attachments", number);
                let about = match row.get::<_, Option<Bucket>>(4)? {
                    None => Some(About {
                        name: row.get(7)?,
                        media_type: row.get(8)?,
                        width: row.get(9)?,
                        height: row.get(10)?,
                        duration_ms: row.get::<_, Option<i64>>(11)?.map(i64::unsigned_abs),
                        preview: row.get(12)?,
                    }),
                    Some(bucket) => match self.item_key(bucket, messages[at].id)? {
                        None => None,
                        Some(key) => {
                            let place = sealing::about_place(messages[at].id, row.get(5)?);
                            let sealed = row.get_ref(6)?.as_blob().map_err(|_| damaged())?;
                            Some(sealing::open_about(&key, sealed, &place).ok_or_else(damaged)?)
                        }
                    },
                };
                messages[at].attachments.push(Attachment {
                    id: AttachmentId(number),
                    about,
                    size: unsigned(row, 2)?,
                    content: row.get::<_, Called>(3)?.0,
                });
                Ok(())
            },
        )
    }

    fn add_reactions(&self, numbers: &[i64], messages: &mut [Message]) -> Result<(), StorageError> {
        self.each_of(
            "SELECT message, author, emoji, at_ms FROM reactions WHERE message",
            "ORDER BY message, at_ms, author, emoji",
            numbers,
            |at, row| {
                messages[at].reactions.push(Reaction {
                    author: author(row, 1).ok_or(StorageError::row("reactions", numbers[at]))?,
                    emoji: row.get(2)?,
                    at_ms: row.get(3)?,
                });
                Ok(())
            },
        )
    }

    /// Rows that belong to some messages; `visit` hears which of `numbers` it is.
    fn each_of(
        &self,
        select: &str,
        order: &str,
        numbers: &[i64],
        mut visit: impl FnMut(usize, &Row<'_>) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        if numbers.is_empty() {
            return Ok(());
        }
        let at: HashMap<i64, usize> = numbers.iter().enumerate().map(|(at, number)| (*number, at)).collect();
        // Numbers of rows and nothing else go into the text.
        let list = numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let mut statement = self.connection.prepare(&format!("{select} IN ({list}) {order}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(at) = at.get(&row.get(0)?) {
                visit(*at, row)?;
            }
        }
        Ok(())
    }

    /// The key of a disappearing message; `None` once it is gone.
    pub(crate) fn item_key(&self, bucket: Bucket, message: MessageId) -> Result<Option<Secret<ItemKey>>, StorageError> {
        Ok(match self.bucket_record(bucket, message)? {
            None => None,
            // A record that does not open was torn or changed: the message is as good as gone, and `verify` names the file.
            Some(record) => expiry::key_in(&record, &self.keys.sessions),
        })
    }

    pub(crate) fn bucket_record(
        &self,
        bucket: Bucket,
        message: MessageId,
    ) -> Result<Option<BucketRecord>, StorageError> {
        let mut records = self.records.borrow_mut();
        let bucket = match records.entry(bucket) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(self.buckets.read(bucket)?),
        };
        Ok(bucket.get(&message).cloned())
    }
}

pub(super) fn author(row: &Row<'_>, column: usize) -> Option<Author> {
    Author::from_bytes(row.get_ref(column).ok()?.as_blob().ok()?)
}

pub(super) const MESSAGES: &str = "SELECT m.id, m.uid, c.uid, m.seq, m.author, m.at_ms, m.state, m.body, m.sealed, m.reply_to, \
    m.edited_ms, m.ttl_secs, m.expires_ms, m.bucket, (SELECT coalesce(sum(coalesce(length(a.preview), 0) + \
    coalesce(length(a.sealed), 0)), 0) FROM attachments a WHERE a.message = m.id) FROM messages m JOIN conversations c ON c.id = m.conversation";
