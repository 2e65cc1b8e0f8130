//! The account, its devices, contacts, conversations and settings.

use super::{Tx, WriteError, name_within, unless_taken, within};
use crate::{
    error::StorageError,
    ids::ContactId,
    limits::{NAME_BYTES_MAX, TTL_SECS_MAX, VALUE_BYTES_MAX},
    model::{Account, AccountState, Contact, Conversation, ConversationKind, Device, Setting},
    sealing,
};
use nyx_crypto::{purposes::ContactSecret, secret::Secret};
use rusqlite::params;

impl Tx<'_> {
    /// Writes the account. A vault has one: another account's is refused.
    pub fn put_account(&mut self, account: &Account) -> Result<(), WriteError> {
        name_within(&account.name)?;
        within("operating key certificate", account.opkey_cert.len(), VALUE_BYTES_MAX)?;
        within("device list", account.device_list.len(), VALUE_BYTES_MAX)?;
        if self.reader.account()?.is_some_and(|present| present.aid != account.aid) {
            return Err(WriteError::Exists);
        }
        let (state, moved_to) = match &account.state {
            AccountState::Active => (0, None),
            AccountState::Frozen => (1, None),
            AccountState::Moved { to } => (2, Some(to)),
        };
        self.execute(
            "INSERT INTO accounts(aid, name, created_ms, state, moved_to, backup_public, opkey_cert, device_list) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(aid) DO UPDATE SET name = excluded.name, \
             created_ms = excluded.created_ms, state = excluded.state, moved_to = excluded.moved_to, \
             backup_public = excluded.backup_public, opkey_cert = excluded.opkey_cert, device_list = excluded.device_list",
            params![
                account.aid,
                account.name,
                account.created_ms,
                state,
                moved_to,
                account.backup_public,
                account.opkey_cert,
                account.device_list,
            ],
        )?;
        Ok(())
    }

    /// Writes a device of the account. One of them is this one: a second is refused.
    pub fn put_device(&mut self, device: &Device) -> Result<(), WriteError> {
        name_within(&device.name)?;
        within("certificate", device.certificate.len(), VALUE_BYTES_MAX)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO devices(id, name, certificate, this, revoked) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(id) DO \
                 UPDATE SET name = excluded.name, certificate = excluded.certificate, this = excluded.this, \
                 revoked = excluded.revoked",
            )
            .and_then(|mut statement| {
                statement.execute(params![device.id, device.name, device.certificate, device.this, device.revoked])
            })
            .map_err(unless_taken)?;
        Ok(())
    }

    /// Writes a contact.
    pub fn put_contact(&mut self, contact: &Contact) -> Result<(), WriteError> {
        name_within(&contact.name)?;
        within("device list", contact.device_list.as_ref().map_or(0, Vec::len), VALUE_BYTES_MAX)?;
        within("profile", contact.profile.as_ref().map_or(0, Vec::len), VALUE_BYTES_MAX)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO contacts(id, aid, name, state, verified, pin_gen, pin_epoch, pin_hash, device_list, profile, \
                 created_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT(id) DO UPDATE SET \
                 aid = excluded.aid, name = excluded.name, state = excluded.state, verified = excluded.verified, \
                 pin_gen = excluded.pin_gen, pin_epoch = excluded.pin_epoch, pin_hash = excluded.pin_hash, \
                 device_list = excluded.device_list, profile = excluded.profile",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    contact.id,
                    contact.aid,
                    contact.name,
                    contact.state as i64,
                    contact.verified,
                    contact.pin.map(|pin| pin.generation.cast_signed()),
                    contact.pin.map(|pin| pin.epoch.cast_signed()),
                    contact.pin.map(|pin| pin.hash),
                    contact.device_list,
                    contact.profile,
                    contact.created_ms,
                ])
            })
            .map_err(unless_taken)?;
        Ok(())
    }

    /// Keeps what was agreed with a contact for meeting again, wrapped once more; `None` forgets it. Moves to another
    /// device and into backups with the contact.
    pub fn set_contact_secret(
        &mut self,
        id: ContactId,
        secret: Option<&Secret<ContactSecret>>,
    ) -> Result<(), WriteError> {
        let wrapped =
            secret.map(|secret| sealing::seal_contact_secret(&self.reader.keys.sessions, &id.0, secret.expose()));
        let changed = self.execute("UPDATE contacts SET secret = ?2 WHERE id = ?1", params![id, wrapped])?;
        if changed == 0 { Err(WriteError::NoContact) } else { Ok(()) }
    }

    /// Writes a conversation: its title and timer; the places in it belong to the vault. One is with oneself: a second
    /// is refused.
    pub fn put_conversation(&mut self, conversation: &Conversation) -> Result<(), WriteError> {
        name_within(&conversation.title)?;
        within("time to live", conversation.ttl_secs as usize, TTL_SECS_MAX as usize)?;
        let (kind, contact) = match conversation.kind {
            ConversationKind::Notes => (0, None),
            ConversationKind::Direct(contact) => (1, Some(contact)),
        };
        if let Some(contact) = contact {
            self.require_contact(contact)?;
        }
        let Conversation { id, title, created_ms, ttl_secs, .. } = conversation;
        self.transaction
            .prepare_cached(
                "INSERT INTO conversations(uid, kind, contact, title, created_ms, ttl_secs) VALUES(?1, ?2, ?3, ?4, ?5, ?6) \
                 ON CONFLICT(uid) DO UPDATE SET title = excluded.title, ttl_secs = excluded.ttl_secs",
            )
            .and_then(|mut statement| statement.execute(params![id, kind, contact, title, created_ms, ttl_secs]))
            .map_err(unless_taken)?;
        Ok(())
    }

    /// Writes a setting.
    pub fn put_setting(&mut self, name: &str, setting: &Setting) -> Result<(), WriteError> {
        within("name of a setting", name.len(), NAME_BYTES_MAX)?;
        within("setting", setting.value.len(), VALUE_BYTES_MAX)?;
        self.execute(
            "INSERT OR REPLACE INTO settings(name, value, moves) VALUES(?1, ?2, ?3)",
            params![name, setting.value, setting.moves],
        )?;
        Ok(())
    }

    /// Removes a setting.
    pub fn remove_setting(&mut self, name: &str) -> Result<(), StorageError> {
        self.execute("DELETE FROM settings WHERE name = ?1", [name])?;
        Ok(())
    }

    pub(super) fn require_contact(&self, contact: ContactId) -> Result<(), WriteError> {
        self.reader.contact(contact)?.map(|_| ()).ok_or(WriteError::NoContact)
    }
}
