//! Backups: out, in again, and everything that must not get in.

use crate::ground::*;
use nyx_crypto::{phrase::Phrase, root::Root, secret::Secret};
use nyx_vault::{
    BackupError, BackupKey, BackupTo, ContactId, ConversationId, RestoreError, StorageError, Vault, WriteError,
    backup_address, backup_identity_text,
    model::{
        Account, AccountState, Author, Contact, ContactState, Conversation, ConversationKind, Draft, NewMessage, Pin,
        Setting,
    },
    restore_backup,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn a_restored_vault_holds_the_same_content_under_keys_of_its_own() {
    let (dir, home) = home();
    let vault = full(&home);
    let before = hash(&vault);
    let file = dir.path().join("nyx.age");
    let length = vault.backup(BackupTo::Phrase(&address()), &file, NOW_MS, &mut |_| true).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), length);
    assert!(matches!(
        vault.backup(BackupTo::Phrase(&address()), &file, NOW_MS, &mut |_| true),
        Err(BackupError::Exists)
    ));
    let (old_id, second) = (vault.vault_id(), password("another password"));
    drop(vault);

    let other = dir.path().join("restored");
    let mut bytes = fs::File::open(&file).unwrap();
    let restored =
        restore_backup(&other, &mut bytes, BackupKey::Phrase(&root()), &new_password(&second), &mut |_| true).unwrap();
    assert_eq!(hash(&restored), before);
    assert_ne!(restored.vault_id(), old_id);
    assert_eq!(search(&restored, "sarapan"), ["jangan lupa sarapan"]);
    restored
        .read::<_, StorageError>(|reader| {
            assert!(reader.session_ids("ratchet")?.is_empty(), "a backup must not clone a session");
            assert!(reader.outbox_due(i64::MAX, 10)?.is_empty());
            assert!(reader.devices()?.is_empty());
            assert!(reader.setting("window")?.is_none(), "stays on its device");
            Ok(())
        })
        .unwrap();
    let verdict = restored.verify(&mut |_| true).unwrap();
    assert_eq!((verdict.damages, verdict.content_hash), (vec![], Some(before)));
    assert_eq!(add(&restored, note(77, "life goes on")), 5);
    // The old password opens nothing here, the new one and the phrase do.
    let locked = restored.lock();
    let locked = locked.unlock(&password(PASSWORD)).unwrap_err().vault;
    drop(locked.unlock(&second).unwrap());
    drop(open(&other));
}

#[test]
fn a_file_that_appears_while_a_backup_is_made_is_not_overwritten() {
    let (dir, home) = home();
    let vault = full(&home);
    let file = dir.path().join("nyx.age");
    let refused = vault.backup(BackupTo::Phrase(&address()), &file, NOW_MS, &mut |_| {
        fs::write(&file, "mine").unwrap();
        true
    });
    assert!(matches!(refused, Err(BackupError::Exists)));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(left_in(dir.path()), ["home", "nyx.age"]);
}

#[test]
fn a_passphrase_backup_opens_by_its_passphrase_only() {
    let (dir, home) = home();
    let vault = full(&home);
    let file = dir.path().join("nyx.age");
    vault.backup(BackupTo::Passphrase("three quiet words"), &file, NOW_MS, &mut |_| true).unwrap();
    let other = dir.path().join("restored");
    let restore = |key: BackupKey<'_>| {
        let second = password("another password");
        restore_backup(&other, &mut fs::File::open(&file).unwrap(), key, &new_password(&second), &mut |_| true)
    };
    assert!(matches!(restore(BackupKey::Passphrase("three loud words")), Err(RestoreError::WrongKey)));
    assert!(matches!(restore(BackupKey::Phrase(&root())), Err(RestoreError::OtherKindOfKey)));
    assert!(!other.exists());
    assert_eq!(hash(&restore(BackupKey::Passphrase("three quiet words")).unwrap()), hash(&vault));
}

#[test]
fn a_header_without_an_end_is_refused_before_it_fills_the_memory() {
    let (dir, _) = home();
    let second = password("another password");
    for line in ["a", "-> a\n\n"] {
        let endless = line.repeat((16 << 20) / line.len());
        for beginning in
            ["age-encryption.org/v1\n-> X25519 ", "age-encryption.org/v1\n", "age", "age-encryption.org/v1\n--- "]
        {
            let bytes = format!("{beginning}{endless}");
            let mut source = bytes.as_bytes();
            let refused = restore_backup(
                &dir.path().join("restored"),
                &mut source,
                BackupKey::Phrase(&root()),
                &new_password(&second),
                &mut |_| true,
            )
            .unwrap_err();
            assert!(matches!(refused, RestoreError::NotABackup), "{refused:?}");
            assert!(bytes.len() - source.len() <= 64 * 1024, "{beginning}: read {}", bytes.len() - source.len());
        }
    }
}

#[test]
fn a_passphrase_backup_asks_for_no_more_memory_than_a_small_machine_has() {
    let (dir, home) = home();
    let vault = full(&home);
    let snapshot = vault.snapshot(NOW_MS, &mut |_, _| true).unwrap();
    let mut bytes = Vec::new();
    let to = BackupTo::Passphrase("three quiet words");
    nyx_vault::write_backup(&vault, &snapshot, to, &mut bytes, &mut |_| true).unwrap();
    let end_of_line = 22 + bytes[22..].iter().position(|byte| *byte == b'\n').unwrap();
    let line = String::from_utf8(bytes[22..end_of_line].to_vec()).unwrap();
    assert!(line.starts_with("-> scrypt ") && line.ends_with(" 18"), "{line}");
    // 2 GiB: refused before it is tried.
    bytes[end_of_line - 2..end_of_line].copy_from_slice(b"21");
    let second = password("another password");
    let key = BackupKey::Passphrase("three quiet words");
    let other = dir.path().join("restored");
    let refused = restore_backup(&other, &mut &*bytes, key, &new_password(&second), &mut |_| true).unwrap_err();
    assert!(matches!(refused, RestoreError::Damaged), "{refused:?}");
}

#[test]
fn the_age_command_opens_a_backup_with_the_phrases_identity() {
    let Some(age) = age_command() else { return };
    let (dir, home) = home();
    let vault = full(&home);
    let (file, key, out) = (dir.path().join("b.age"), dir.path().join("key.txt"), dir.path().join("plain"));
    vault.backup(BackupTo::Phrase(&address()), &file, NOW_MS, &mut |_| true).unwrap();
    fs::write(&key, backup_identity_text(&root().backup_identity()).as_bytes()).unwrap();
    let opened = Command::new(age).arg("-d").arg("-i").arg(&key).arg("-o").arg(&out).arg(&file).status().unwrap();
    assert!(opened.success());
    assert!(fs::read(&out).unwrap().starts_with(b"NYXBACKUP"));
}

#[test]
fn the_age_command_opens_a_backup_with_its_passphrase() {
    let Some(_) = age_command() else { return };
    let (dir, home) = home();
    let vault = full(&home);
    let (file, out) = (dir.path().join("b.age"), dir.path().join("plain"));
    vault.backup(BackupTo::Passphrase("three quiet words"), &file, NOW_MS, &mut |_| true).unwrap();
    // age asks on a terminal and nowhere else.
    let on_a_terminal = "import os,pty,sys\n\
        pid,fd=pty.fork()\n\
        if pid==0: os.execvp('age',['age','-d','-o',sys.argv[2],sys.argv[1]])\n\
        seen=b''\n\
        while b'passphrase' not in seen: seen+=os.read(fd,1024)\n\
        os.write(fd,b'three quiet words\\n')\n\
        try:\n  while os.read(fd,1024): pass\n\
        except OSError: pass\n\
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid,0)[1]))\n";
    let Ok(opened) = Command::new("python3").arg("-c").arg(on_a_terminal).arg(&file).arg(&out).status() else {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        return;
    };
    assert!(opened.success());
    assert!(fs::read(&out).unwrap().starts_with(b"NYXBACKUP"));
}

#[test]
fn every_truncation_and_every_changed_byte_changes_nothing() {
    let (dir, home) = home();
    let vault = full(&home);
    let mut backup = Vec::new();
    let snapshot = vault.snapshot(NOW_MS, &mut |_, _| true).unwrap();
    nyx_vault::write_backup(&vault, &snapshot, BackupTo::Phrase(&address()), &mut backup, &mut |_| true).unwrap();
    let other = dir.path().join("restored");
    let second = password("another password");
    // Beginning, header, and a sample of the rest: each costs a password hash once the key fits.
    let places: Vec<usize> = (0..backup.len()).step_by(backup.len() / 24 + 1).chain([backup.len() - 1]).collect();
    for place in places {
        let mut changed = backup.clone();
        changed[place] ^= 0x40;
        for bytes in [&changed[..], &backup[..place]] {
            let refused =
                restore_backup(&other, &mut &*bytes, BackupKey::Phrase(&root()), &new_password(&second), &mut |_| true)
                    .unwrap_err();
            assert!(
                matches!(refused, RestoreError::Damaged | RestoreError::NotABackup | RestoreError::WrongKey),
                "{place}: {refused:?}"
            );
            assert!(!other.exists());
            assert_eq!(left_in(dir.path()), ["home"], "byte {place}");
        }
    }
    let mut longer = backup.clone();
    longer.push(0);
    assert!(
        restore_backup(&other, &mut &*longer, BackupKey::Phrase(&root()), &new_password(&second), &mut |_| true)
            .is_err()
    );
    let mut cancelled = |done: u64| done < 1000;
    let refused =
        restore_backup(&other, &mut &*backup, BackupKey::Phrase(&root()), &new_password(&second), &mut cancelled);
    assert!(matches!(refused, Err(RestoreError::Cancelled)));
    assert_eq!(left_in(dir.path()), ["home"]);
}

#[test]
fn a_foreign_backup_changes_nothing() {
    let (dir, home) = home();
    drop(full(&home));
    let second = password("another password");
    let other = dir.path().join("restored");
    let stranger = Root::from_phrase(&Phrase::parse(&format!("{}wrong", "zoo ".repeat(11))).unwrap());
    let recipient: age::x25519::Recipient = {
        let text = backup_identity_text(&root().backup_identity());
        text.parse::<age::x25519::Identity>().unwrap().to_public()
    };
    let something_else = age::encrypt(&recipient, b"a letter, not a backup").unwrap();
    for (bytes, is_expected) in [
        (something_else, (|error| matches!(error, RestoreError::NotABackup)) as fn(&RestoreError) -> bool),
        (b"hello".to_vec(), |error| matches!(error, RestoreError::NotABackup)),
        (Vec::new(), |error| matches!(error, RestoreError::NotABackup)),
    ] {
        let refused =
            restore_backup(&other, &mut &*bytes, BackupKey::Phrase(&root()), &new_password(&second), &mut |_| true)
                .unwrap_err();
        assert!(is_expected(&refused), "{refused:?}");
    }
    let vault = open(&home);
    let file = dir.path().join("b.age");
    vault.backup(BackupTo::Phrase(&address()), &file, NOW_MS, &mut |_| true).unwrap();
    let mut bytes = fs::File::open(&file).unwrap();
    assert!(matches!(
        restore_backup(&other, &mut bytes, BackupKey::Phrase(&stranger), &new_password(&second), &mut |_| true),
        Err(RestoreError::WrongKey)
    ));
    // Over an existing vault: refused, and that vault is as it was.
    let before = hash(&vault);
    drop(vault);
    let mut bytes = fs::File::open(&file).unwrap();
    assert!(matches!(
        restore_backup(&home, &mut bytes, BackupKey::Phrase(&root()), &new_password(&second), &mut |_| true),
        Err(RestoreError::Create(nyx_vault::CreateError::Occupied))
    ));
    assert_eq!(hash(&open(&home)), before);
    assert_eq!(left_in(dir.path()), ["b.age", "home"]);
}

#[test]
fn a_snapshot_stays_as_it_was_while_writing_and_deleting_go_on() {
    let (dir, home) = home();
    let vault = full(&home);
    let before = hash(&vault);
    let mut written = 100;
    let snapshot = vault
        .snapshot(NOW_MS, &mut |_, _| {
            add(&vault, note(written, "written while the copy was made"));
            written += 1;
            true
        })
        .unwrap();
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    assert_eq!(vault.sweep().unwrap(), 0);
    let mut backup = Vec::new();
    nyx_vault::write_backup(&vault, &snapshot, BackupTo::Phrase(&address()), &mut backup, &mut |_| true).unwrap();
    drop(snapshot);
    assert_eq!(fs::read_dir(home.join("snapshots")).unwrap().count(), 0);
    assert!(vault.sweep().unwrap() > 0, "the blobs that only the snapshot still had");
    let second = password("another password");
    let restored = restore_backup(
        &dir.path().join("restored"),
        &mut &*backup,
        BackupKey::Phrase(&root()),
        &new_password(&second),
        &mut |_| true,
    )
    .unwrap();
    assert_eq!(hash(&restored), before);
}

#[test]
fn the_content_hash_sees_every_change_and_nothing_else() {
    let (_dir, home) = home();
    let vault = full(&home);
    let before = hash(&vault);
    // Not content: sessions, the outbox, settings of this device, a changed password.
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_session("ratchet", b"him", b"other keys")?;
            tx.enqueue(b"him", None, b"payload", NOW_MS)?;
            tx.put_setting("window", &Setting { value: b"larger".to_vec(), moves: false })
        })
        .unwrap();
    assert_eq!(hash(&vault), before);
    let mut seen = vec![before];
    let mut changed = |what: &str| {
        let now = hash(&vault);
        assert!(!seen.contains(&now), "{what}");
        seen.push(now);
    };
    vault.commit(|tx| tx.edit_message(message_id(2), "jangan lupa makan", NOW_MS)).unwrap();
    changed("edit");
    vault.commit(|tx| tx.react(message_id(2), Author::Me, "👍", NOW_MS)).unwrap();
    changed("reaction");
    vault.commit(|tx| tx.put_contact(&Contact { verified: false, ..contact() })).unwrap();
    changed("contact");
    vault.commit(|tx| tx.put_setting("language", &Setting { value: b"en".to_vec(), moves: true })).unwrap();
    changed("setting");
    vault.commit(|tx| tx.put_conversation(&Conversation { title: "Diary".into(), ..notes() })).unwrap();
    changed("title");
    vault.commit(|tx| tx.set_draft(NOTES, &Draft { body: "x".into(), reply_to: None, updated_ms: 1 })).unwrap();
    changed("draft");
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    changed("deletion");
    vault.commit(|tx| tx.set_contact_secret(contact().id, None)).unwrap();
    changed("contact's secret");
    let mut message = note(50, "");
    message.attachments.push(attachment(&vault, "a", b"1"));
    add(&vault, message);
    changed("attachment");
}

/// Something of everything.
pub(crate) fn full(home: &Path) -> Vault {
    let vault = create(home);
    let mut first = note(1, "with two files");
    first.attachments.push(attachment(&vault, "long.bin", &vec![7; 200_000]));
    first.attachments.push(attachment(&vault, "empty.bin", b""));
    let her = ConversationId([2; 16]);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_account(&Account {
                aid: [5; 32],
                name: "Ana".into(),
                created_ms: NOW_MS,
                state: AccountState::Active,
                backup_public: address(),
                opkey_cert: vec![1, 2, 3],
                device_list: vec![4, 5, 6],
            })?;
            tx.put_contact(&contact())?;
            tx.set_contact_secret(contact().id, Some(&Secret::from_bytes([0x5c; 32])))?;
            tx.put_conversation(&Conversation { id: her, kind: ConversationKind::Direct(contact().id), ..notes() })?;
            tx.add_message(first)?;
            tx.add_message(note(2, "jangan lupa sarapan"))?;
            tx.add_message(note(3, "東京都に行きました"))?;
            tx.add_message(NewMessage {
                author: Author::Contact(contact().id),
                conversation: her,
                ..note(4, "hello")
            })?;
            tx.add_message(note(5, "first text"))?;
            tx.edit_message(message_id(5), "second text", NOW_MS + 9)?;
            tx.react(message_id(5), Author::Contact(contact().id), "❤️", NOW_MS)?;
            tx.set_draft(her, &Draft { body: "begun".into(), reply_to: Some(message_id(4)), updated_ms: NOW_MS })?;
            tx.put_setting("language", &Setting { value: b"id".to_vec(), moves: true })?;
            tx.put_setting("window", &Setting { value: b"wide".to_vec(), moves: false })?;
            tx.put_session("ratchet", b"her", b"chain keys")?;
            tx.enqueue(b"her", Some(message_id(4)), b"payload", NOW_MS)?;
            Ok(())
        })
        .unwrap();
    vault
}

fn contact() -> Contact {
    Contact {
        id: ContactId([9; 16]),
        aid: Some([8; 32]),
        name: "Budi".into(),
        state: ContactState::Accepted,
        verified: true,
        pin: Some(Pin { generation: u64::MAX, epoch: 3, hash: [7; 32] }),
        device_list: Some(vec![1]),
        profile: None,
        created_ms: NOW_MS,
    }
}

pub(crate) fn address() -> [u8; 32] {
    backup_address(&root().backup_identity())
}

pub(crate) fn hash(vault: &Vault) -> [u8; 32] {
    vault.read::<_, StorageError>(|reader| reader.content_hash()).unwrap()
}

fn left_in(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Debian's `age`. A continuous integration without it would show nothing, so there it must be present.
fn age_command() -> Option<PathBuf> {
    let found = std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .map(|dir| dir.join("age"))
        .find(|path| path.exists());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "the package `age` is missing");
    found
}
