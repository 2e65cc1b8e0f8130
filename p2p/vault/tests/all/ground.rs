//! The ground the tests stand on: a vault to open, and things to put into it.

use nyx_crypto::{
    kdf::{Password, PasswordParams},
    phrase::Phrase,
    root::Root,
};
use nyx_vault::{
    ContactId, ConversationId, LockedVault, MessageId, NewPassword, Origin, Vault, WriteError,
    model::{
        About, Author, Contact, ContactState, Conversation, ConversationKind, Delivery, Gone, NewAttachment, NewMessage,
    },
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "a password for tests only";
pub(crate) const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
pub(crate) const NOTES: ConversationId = ConversationId([1; 16]);
/// 2026-11-20, in milliseconds.
pub(crate) const NOW_MS: i64 = 1_795_132_800_000;

pub(crate) fn password(typed: &str) -> Password {
    Password::new(typed).unwrap()
}

pub(crate) fn new_password(password: &Password) -> NewPassword<'_> {
    NewPassword { password, params: PasswordParams::floor() }
}

pub(crate) fn root() -> Root {
    Root::from_phrase(&Phrase::parse(PHRASE).unwrap())
}

/// A home that is not there yet, in a folder that goes away.
pub(crate) fn home() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    (dir, home)
}

pub(crate) fn create(home: &Path) -> Vault {
    let password = password(PASSWORD);
    let vault = LockedVault::create(home, &new_password(&password), &Origin::of(&root())).unwrap();
    vault.commit(|tx| tx.put_conversation(&notes())).unwrap();
    vault
}

/// Opens by the phrase: the same database as by the password, without the time that Argon2 takes.
pub(crate) fn open(home: &Path) -> Vault {
    LockedVault::find(home).unwrap().unlock_with_phrase(&root()).unwrap()
}

pub(crate) fn notes() -> Conversation {
    Conversation {
        id: NOTES,
        kind: ConversationKind::Notes,
        title: "Notes".into(),
        created_ms: NOW_MS,
        ttl_secs: 0,
        last_seq: 0,
        read_seq: 0,
    }
}

pub(crate) fn somebody(id: ContactId) -> Contact {
    Contact {
        id,
        aid: None,
        name: "Somebody".into(),
        state: ContactState::Accepted,
        verified: false,
        pin: None,
        device_list: None,
        profile: None,
        created_ms: NOW_MS,
    }
}

/// A conversation with somebody.
pub(crate) fn with(contact: ContactId, number: u8) -> Conversation {
    Conversation { id: ConversationId([number; 16]), kind: ConversationKind::Direct(contact), ..notes() }
}

pub(crate) fn message_id(number: u64) -> MessageId {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    MessageId(id)
}

pub(crate) fn note(number: u64, body: &str) -> NewMessage {
    NewMessage {
        id: message_id(number),
        conversation: NOTES,
        author: Author::Me,
        at_ms: NOW_MS + number as i64,
        delivery: Delivery::Here,
        body: body.into(),
        reply_to: None,
        attachments: Vec::new(),
        ttl_secs: None,
    }
}

pub(crate) fn add(vault: &Vault, message: NewMessage) -> u64 {
    vault.commit(|tx| tx.add_message(message)).unwrap()
}

pub(crate) fn attachment(vault: &Vault, name: &str, content: &[u8]) -> NewAttachment {
    let blob = vault.store_blob(&mut &*content, &mut |_| true).unwrap();
    NewAttachment { blob, about: About { name: name.into(), media_type: "text/plain".into(), ..About::default() } }
}

pub(crate) fn bodies(vault: &Vault) -> Vec<String> {
    vault
        .read::<_, WriteError>(|reader| Ok(reader.messages(NOTES, nyx_vault::Page::Newest, 1000)?))
        .unwrap()
        .into_iter()
        .map(|message| message.body.unwrap_or_default())
        .collect()
}

pub(crate) fn search(vault: &Vault, query: &str) -> Vec<String> {
    vault
        .read::<_, WriteError>(|reader| Ok(reader.search(query, None, None, 1000)?))
        .unwrap()
        .found
        .into_iter()
        .map(|message| message.body.unwrap_or_default())
        .collect()
}

pub(crate) fn ids(gone: Vec<Gone>) -> Vec<MessageId> {
    gone.into_iter().map(|gone| gone.id).collect()
}
