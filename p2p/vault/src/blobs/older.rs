//! Attachments of before there was another hash: whatever is done with them, they keep theirs.

use super::storing::store_named;
use crate::{
    BackupKey, BackupTo, ConversationId, LockedVault, MessageId, NewPassword, Origin, Page, StorageError, Vault,
    WriteError, backup_address,
    model::{
        About, Account, AccountState, Author, Conversation, ConversationKind, Delivery, NewAttachment, NewMessage,
    },
    restore_backup,
};
use nyx_crypto::{
    kdf::{Password, PasswordParams},
    moving::{Content, Finished, TransferKeys},
    phrase::Phrase,
    root::Root,
    secret::Secret,
};
use nyx_wire::{
    content::HashKind,
    moving::{ChunkHead, Index, ItemKind, Selection},
};
use std::{fs, path::Path};

const NOTES: ConversationId = ConversationId([1; 16]);
const OLD: HashKind = HashKind::Sha256;
const NEW: HashKind = HashKind::Blake3;

fn root() -> Root {
    let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    Root::from_phrase(&Phrase::parse(phrase).unwrap())
}

/// A vault with one attachment of each kind.
fn with_both(home: &Path) -> Vault {
    let typed = Password::new("a password for tests only").unwrap();
    let new = NewPassword { password: &typed, params: PasswordParams::floor() };
    let vault = LockedVault::create(home, &new, &Origin::of(&root())).unwrap();
    let about = About { name: "a.bin".into(), ..About::default() };
    let attachment = |(kind, byte): (HashKind, u8)| {
        let content = vec![byte; 200_000];
        let (blobs, pins) = (vault.home.blobs(), &vault.pins);
        let blob = store_named(&blobs, pins, (kind, kind), &mut content.as_slice(), &mut |_| true).unwrap();
        NewAttachment { blob, about: about.clone() }
    };
    let message = NewMessage {
        id: MessageId([2; 16]),
        conversation: NOTES,
        author: Author::Me,
        at_ms: 1,
        delivery: Delivery::Here,
        body: "two".into(),
        reply_to: None,
        attachments: [(OLD, 1), (NEW, 2)].map(attachment).into(),
        ttl_secs: None,
    };
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_account(&Account {
                aid: [5; 32],
                name: "Ana".into(),
                created_ms: 1,
                state: AccountState::Active,
                backup_public: backup_address(&root().backup_identity()),
                opkey_cert: vec![1],
                device_list: vec![2],
            })?;
            tx.put_conversation(&Conversation {
                id: NOTES,
                kind: ConversationKind::Notes,
                title: String::new(),
                created_ms: 1,
                ttl_secs: 0,
                last_seq: 0,
                read_seq: 0,
            })?;
            tx.add_message(message)
        })
        .unwrap();
    vault
}

fn check(vault: &Vault) -> [u8; 32] {
    let messages = vault.read::<_, StorageError>(|reader| reader.messages(NOTES, Page::Newest, 10)).unwrap();
    let attachments = &messages[0].attachments;
    assert_eq!(attachments.iter().map(|one| one.content.kind()).collect::<Vec<_>>(), [OLD, NEW]);
    for (attachment, byte) in attachments.iter().zip([1, 2]) {
        let mut out = Vec::new();
        vault.save_attachment(attachment.id, &mut out, &mut |_| true).unwrap();
        assert!(out == vec![byte; 200_000]);
        assert_eq!(Content::of(attachment.content.kind(), &out).hash, attachment.content);
    }
    let verdict = vault.verify(&mut |_| true).unwrap();
    assert!(verdict.damages.is_empty(), "{:?}", verdict.damages);
    verdict.content_hash.unwrap()
}

#[test]
fn they_read_verify_and_come_back_from_a_backup_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_both(&dir.path().join("home"));
    let content = check(&vault);
    let (file, to) = (dir.path().join("nyx.age"), backup_address(&root().backup_identity()));
    vault.backup(BackupTo::Phrase(&to), &file, 2, &mut |_| true).unwrap();
    let typed = Password::new("another password").unwrap();
    let new = NewPassword { password: &typed, params: PasswordParams::floor() };
    let mut bytes = fs::File::open(&file).unwrap();
    let home = dir.path().join("restored");
    let restored = restore_backup(&home, &mut bytes, BackupKey::Phrase(&root()), &new, &mut |_| true).unwrap();
    assert_eq!(check(&restored), content);
}

#[test]
fn they_are_announced_and_sent_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_both(&dir.path().join("home"));
    let prepared = vault.prepare_move(Selection::ALL, &mut |_, _| true).unwrap();
    let index = Index::parse(&prepared.index, &prepared.manifest, None).unwrap();
    let keys = TransferKeys::new(Secret::from_bytes([3; 32]), prepared.manifest.transfer);
    let mut kinds = Vec::new();
    for (number, item) in (1..).zip(&index.items).filter(|(_, item)| item.kind == ItemKind::Attachment) {
        let content = Content { bytes: item.bytes, hash: item.hash };
        let (mut source, mut opener) = (vault.outgoing(&keys), keys.opens(&content));
        for chunk in 0..4 {
            let mut sealed = Vec::new();
            source.read(ChunkHead { item: number, chunk }, &content, &mut sealed).unwrap();
            opener.open_chunk(&mut sealed).unwrap();
        }
        assert_eq!(opener.finished(), Finished::Right);
        kinds.push(item.hash.kind());
    }
    kinds.sort_unstable();
    assert_eq!(kinds, [OLD, NEW]);
}

#[test]
fn a_file_that_says_that_its_name_is_of_another_hash_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_both(&dir.path().join("home"));
    check(&vault);
    for shelf in fs::read_dir(vault.home.blobs()).unwrap() {
        for file in fs::read_dir(shelf.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let mut bytes = fs::read(&path).unwrap();
            bytes[7] ^= 3;
            fs::write(&path, bytes).unwrap();
        }
    }
    assert_eq!(vault.verify(&mut |_| true).unwrap().damages.len(), 2);
}
