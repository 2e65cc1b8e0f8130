//! Reading: one consistent view of the vault, whatever is written meanwhile.

mod attached;
mod places;
mod quotes;

pub use places::Rows;

use crate::{
    error::{Damage, StorageError},
    expiry::{self, Bucket, Buckets},
    ids::{ContactId, ConversationId, DeviceId, MessageId, OutboxId},
    limits::{PAGE_BYTES_MAX, PAGE_MAX},
    model::{
        About, Account, AccountState, Attachment, AttachmentId, Author, Contact, ContactState, Conversation,
        ConversationKind, Counts, Delivery, Device, Disappears, Draft, Edit, Message, Pin, Reaction, Setting,
    },
    sealing,
};
use nyx_crypto::{
    purposes::{ContactSecret, ItemKey},
    secret::Secret,
    vault_keys::VaultKeys,
};
use nyx_wire::vault::BucketRecord;
use rusqlite::{Connection, OptionalExtension, Row, params, types::FromSql};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};
use zeroize::Zeroizing;

/// A consistent view of the vault. Made by [`Vault::read`](crate::Vault::read); a transaction is one too.
pub struct Reader<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) keys: &'c VaultKeys,
    pub(crate) buckets: &'c Buckets,
    /// Buckets that were read already: a page of disappearing messages reads each once.
    pub(crate) records: RefCell<HashMap<Bucket, HashMap<MessageId, BucketRecord>>>,
}

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

impl<'c> Reader<'c> {
    pub(crate) fn new(connection: &'c Connection, keys: &'c VaultKeys, buckets: &'c Buckets) -> Self {
        Self { connection, keys, buckets, records: RefCell::default() }
    }

    /// The account, if there is one yet.
    pub fn account(&self) -> Result<Option<Account>, StorageError> {
        self.one(
            "SELECT aid, name, created_ms, state, moved_to, backup_public, opkey_cert, device_list FROM accounts",
            [],
            |row| {
                let state = match (row.get::<_, i64>(3)?, row.get::<_, Option<String>>(4)?) {
                    (0, None) => AccountState::Active,
                    (1, None) => AccountState::Frozen,
                    (2, Some(to)) => AccountState::Moved { to },
                    _ => return Err(StorageError::row("accounts", 1)),
                };
                Ok(Account {
                    aid: row.get(0)?,
                    name: row.get(1)?,
                    created_ms: row.get(2)?,
                    state,
                    backup_public: row.get(5)?,
                    opkey_cert: row.get(6)?,
                    device_list: row.get(7)?,
                })
            },
        )
    }

    /// The devices of the account, this one first.
    pub fn devices(&self) -> Result<Vec<Device>, StorageError> {
        self.all("SELECT id, name, certificate, this, revoked FROM devices ORDER BY this DESC, id", [], |row| {
            Ok(Device {
                id: DeviceId(row.get(0)?),
                name: row.get(1)?,
                certificate: row.get(2)?,
                this: row.get(3)?,
                revoked: row.get(4)?,
            })
        })
    }

    /// Every contact, by name.
    pub fn contacts(&self) -> Result<Vec<Contact>, StorageError> {
        self.all(&format!("{CONTACTS} ORDER BY name, id"), [], contact)
    }

    /// One contact.
    pub fn contact(&self, id: ContactId) -> Result<Option<Contact>, StorageError> {
        self.one(&format!("{CONTACTS} WHERE id = ?1"), [id], contact)
    }

    /// What was agreed with a contact for meeting again.
    pub fn contact_secret(&self, id: ContactId) -> Result<Option<Secret<ContactSecret>>, StorageError> {
        let wrapped: Option<Vec<u8>> =
            self.one("SELECT secret FROM contacts WHERE id = ?1", [id], |row| Ok(row.get(0)?))?.flatten();
        wrapped
            .map(|wrapped| {
                sealing::open_contact_secret(&self.keys.sessions, &id.0, &wrapped)
                    .ok_or(StorageError::row("contacts", 0))
            })
            .transpose()
    }

    /// Every conversation, the one with the newest message first.
    pub fn conversations(&self) -> Result<Vec<Conversation>, StorageError> {
        self.all(
            &format!(
                "{CONVERSATIONS} ORDER BY coalesce((SELECT at_ms FROM messages m WHERE m.conversation = c.id \
                 ORDER BY m.seq DESC LIMIT 1), created_ms) DESC, c.id"
            ),
            [],
            conversation,
        )
    }

    /// One conversation.
    pub fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StorageError> {
        self.one(&format!("{CONVERSATIONS} WHERE uid = ?1"), [id], conversation)
    }

    /// The conversation with oneself.
    pub fn notes(&self) -> Result<Option<Conversation>, StorageError> {
        self.one(&format!("{CONVERSATIONS} WHERE kind = 0 ORDER BY c.id LIMIT 1"), [], conversation)
    }

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

    /// What was begun in a conversation.
    pub fn draft(&self, conversation: ConversationId) -> Result<Option<Draft>, StorageError> {
        self.one(
            "SELECT d.body, d.reply_to, d.updated_ms FROM drafts d JOIN conversations c ON c.id = d.conversation \
             WHERE c.uid = ?1",
            [conversation],
            |row| Ok(Draft { body: row.get(0)?, reply_to: row.get(1)?, updated_ms: row.get(2)? }),
        )
    }

    /// A setting.
    pub fn setting(&self, name: &str) -> Result<Option<Setting>, StorageError> {
        self.one("SELECT value, moves FROM settings WHERE name = ?1", [name], |row| {
            Ok(Setting { value: row.get(0)?, moves: row.get(1)? })
        })
    }

    /// Every setting, by name.
    pub fn settings(&self) -> Result<BTreeMap<String, Setting>, StorageError> {
        let settings = self.all("SELECT name, value, moves FROM settings", [], |row| {
            Ok((row.get(0)?, Setting { value: row.get(1)?, moves: row.get(2)? }))
        })?;
        Ok(settings.into_iter().collect())
    }

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

    /// How much there is.
    pub fn counts(&self) -> Result<Counts, StorageError> {
        let counts = self.one(
            "SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM contacts), \
             (SELECT count(*) FROM messages), (SELECT count(*) FROM attachments), \
             (SELECT coalesce(sum(b.size), 0) FROM attachments a JOIN blobs b ON b.id = a.blob)",
            [],
            |row| {
                Ok(Counts {
                    conversations: unsigned(row, 0)?,
                    contacts: unsigned(row, 1)?,
                    messages: unsigned(row, 2)?,
                    attachments: unsigned(row, 3)?,
                    attachment_bytes: unsigned(row, 4)?,
                })
            },
        )?;
        Ok(counts.unwrap_or_default())
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
                    content: row.get(3)?,
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
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(self.buckets.read(bucket)?),
        };
        Ok(bucket.get(&message).cloned())
    }

    pub(crate) fn one<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StorageError>,
    ) -> Result<Option<T>, StorageError> {
        let mut statement = self.connection.prepare_cached(query)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    pub(crate) fn all<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StorageError>,
    ) -> Result<Vec<T>, StorageError> {
        let mut statement = self.connection.prepare_cached(query)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// The number of a conversation's row.
    pub(crate) fn number_of(&self, conversation: ConversationId) -> Result<Option<i64>, StorageError> {
        Ok(self
            .connection
            .prepare_cached("SELECT id FROM conversations WHERE uid = ?1")?
            .query_row([conversation], |row| row.get(0))
            .optional()?)
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader(redacted)")
    }
}

/// A place as SQLite keeps it.
pub(crate) fn stored(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn contact(row: &Row<'_>) -> Result<Contact, StorageError> {
    let damaged = || StorageError::row("contacts", 0);
    let pin = match (row.get::<_, Option<i64>>(5)?, row.get::<_, Option<i64>>(6)?, row.get(7)?) {
        (None, None, None) => None,
        (Some(generation), Some(epoch), Some(hash)) => {
            Some(Pin { generation: generation.cast_unsigned(), epoch: epoch.cast_unsigned(), hash })
        }
        _ => return Err(damaged()),
    };
    Ok(Contact {
        id: row.get(0)?,
        aid: row.get(1)?,
        name: row.get(2)?,
        state: ContactState::from_stored(row.get(3)?).ok_or_else(damaged)?,
        verified: row.get(4)?,
        pin,
        device_list: row.get(8)?,
        profile: row.get(9)?,
        created_ms: row.get(10)?,
    })
}

fn conversation(row: &Row<'_>) -> Result<Conversation, StorageError> {
    let kind = match (row.get::<_, i64>(1)?, row.get(2)?) {
        (0, None) => ConversationKind::Notes,
        (1, Some(contact)) => ConversationKind::Direct(contact),
        _ => return Err(StorageError::row("conversations", 0)),
    };
    Ok(Conversation {
        id: row.get(0)?,
        kind,
        title: row.get(3)?,
        created_ms: row.get(4)?,
        ttl_secs: row.get(5)?,
        last_seq: unsigned(row, 6)?,
        read_seq: unsigned(row, 7)?,
    })
}

fn author(row: &Row<'_>, column: usize) -> Option<Author> {
    Author::from_bytes(row.get_ref(column).ok()?.as_blob().ok()?)
}

pub(crate) fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, StorageError> {
    let value = i64::column_result(row.get_ref(column)?)?;
    u64::try_from(value).map_err(|_| StorageError::Damaged(Damage::Database("a negative count".into())))
}

const CONTACTS: &str = "SELECT id, aid, name, state, verified, pin_gen, pin_epoch, pin_hash, device_list, profile, \
    created_ms FROM contacts";
const CONVERSATIONS: &str =
    "SELECT uid, kind, contact, title, created_ms, ttl_secs, last_seq, read_seq FROM conversations c";
const MESSAGES: &str = "SELECT m.id, m.uid, c.uid, m.seq, m.author, m.at_ms, m.state, m.body, m.sealed, m.reply_to, \
    m.edited_ms, m.ttl_secs, m.expires_ms, m.bucket, (SELECT coalesce(sum(coalesce(length(a.preview), 0) + \
    coalesce(length(a.sealed), 0)), 0) FROM attachments a WHERE a.message = m.id) FROM messages m JOIN conversations c ON c.id = m.conversation";
