//! Reading: one consistent view of the vault, whatever is written meanwhile.

mod attached;
mod messages;
mod places;
mod quotes;
mod sending;

pub use messages::Page;
pub use places::Rows;
pub use sending::Outgoing;

use crate::{
    error::{Damage, StorageError},
    expiry::{Bucket, Buckets},
    ids::{ContactId, ConversationId, DeviceId, MessageId},
    model::{
        Account, AccountState, Contact, ContactState, Conversation, ConversationKind, Counts, Device, Draft, Pin,
        Setting,
    },
    sealing,
};
use nyx_crypto::{purposes::ContactSecret, secret::Secret, vault_keys::VaultKeys};
use nyx_wire::content::ContentHash;
use nyx_wire::vault::BucketRecord;
use rusqlite::{
    Connection, OptionalExtension, Row,
    types::{FromSql, FromSqlError, FromSqlResult, ValueRef},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

/// A consistent view of the vault. Made by [`Vault::read`](crate::Vault::read); a transaction is one too.
pub struct Reader<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) keys: &'c VaultKeys,
    pub(crate) buckets: &'c Buckets,
    /// Buckets that were read already: a page of disappearing messages reads each once.
    pub(crate) records: RefCell<HashMap<Bucket, HashMap<MessageId, BucketRecord>>>,
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

/// What content is called, out of a column.
pub(crate) struct Called(pub(crate) ContentHash);

impl FromSql for Called {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        ContentHash::from_bytes(value.as_blob()?).map(Self).ok_or(FromSqlError::InvalidType)
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

pub(crate) fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, StorageError> {
    let value = i64::column_result(row.get_ref(column)?)?;
    u64::try_from(value).map_err(|_| StorageError::Damaged(Damage::Database("a negative count".into())))
}

const CONTACTS: &str = "SELECT id, aid, name, state, verified, pin_gen, pin_epoch, pin_hash, device_list, profile, \
    created_ms FROM contacts";
const CONVERSATIONS: &str =
    "SELECT uid, kind, contact, title, created_ms, ttl_secs, last_seq, read_seq FROM conversations c";
