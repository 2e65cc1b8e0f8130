//! A damaged disk: every changed byte is reported, nothing panics, nothing is deleted. And a stolen one: nothing on it
//! can be read.

use crate::{
    backup::{full, hash},
    ground::*,
};
use nyx_crypto::{purposes::MasterKey, sealed, secret::Secret, vault_keys::VaultKeys};
use nyx_vault::{
    BackupKey, BackupTo, Damage, LockedVault, Page, StorageError, Vault, VerifyError, VerifyStep, WriteError,
    model::{Draft, Setting},
    restore_backup,
};
use nyx_wire::vault::Header;
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn an_intact_vault_is_found_intact() {
    let (_dir, home) = home();
    let vault = full(&home);
    let mut secret = note(60, "vanishes");
    secret.ttl_secs = Some(60);
    secret.attachments.push(attachment(&vault, "a", b"a"));
    add(&vault, secret);
    let mut steps = Vec::new();
    let verdict = vault
        .verify(&mut |step| {
            steps.push(step);
            true
        })
        .unwrap();
    assert_eq!((verdict.damages, verdict.content_hash), (vec![], Some(hash(&vault))));
    assert!(steps.windows(2).all(|two| two[0].done <= two[1].done && two[0].total == two[1].total), "{steps:?}");
    let (first, last) = (steps.first().unwrap(), steps.last().unwrap());
    assert_eq!((first.done, last.done), (0, last.total));
    assert!(last.total > 200_000 + fs::metadata(home.join("vault.db")).unwrap().len());
    for step in [
        VerifyStep::Header,
        VerifyStep::Database,
        VerifyStep::Search,
        VerifyStep::Rows,
        VerifyStep::Expiry,
        VerifyStep::Blobs,
        VerifyStep::Content,
    ] {
        assert!(steps.iter().any(|progress| progress.step == step), "{step:?}");
        // Wherever somebody asks it to stop, it does.
        let stopped = vault.verify(&mut |progress| progress.step != step || progress.done < last.total / 9);
        let is_reached = steps.iter().any(|progress| progress.step == step && progress.done >= last.total / 9);
        assert_eq!(matches!(stopped, Err(VerifyError::Cancelled)), is_reached, "{step:?}");
    }
}

#[test]
fn a_message_deleted_during_the_check_is_no_damage() {
    let (_dir, home) = home();
    let vault = full(&home);
    let mut is_deleted = false;
    let verdict = vault
        .verify(&mut |progress| {
            if progress.step == VerifyStep::Blobs && !is_deleted {
                vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
                is_deleted = true;
            }
            true
        })
        .unwrap();
    assert!(is_deleted);
    assert_eq!((verdict.damages, verdict.content_hash), (vec![], Some(hash(&vault))));
}

#[test]
fn a_changed_byte_in_any_page_is_reported_and_deletes_nothing() {
    let (dir, home) = home();
    drop(full(&home));
    let pages = fs::metadata(home.join("vault.db")).unwrap().len() / 4096;
    let before = files(&home).len();
    let mut reported = 0;
    for page in 0..pages {
        let other = dir.path().join("copy");
        copy(&home, &other);
        let database = other.join("vault.db");
        flip(&database, page * 4096 + page * 131 % 4096);
        let damaged = fs::read(&database).unwrap();
        match LockedVault::find(&other).unwrap().unlock_with_phrase(&root()) {
            Err(refused) => {
                assert!(matches!(refused.error, nyx_vault::UnlockError::Storage(StorageError::Damaged(_))), "{page}");
            }
            Ok(vault) => {
                let verdict = vault.verify(&mut |_| true).unwrap();
                assert!(verdict.damages.contains(&Damage::Page(page + 1)), "page {}: {:?}", page + 1, verdict.damages);
                assert_eq!(verdict.content_hash, None);
                read_everything(&vault);
                // Whatever meets the page says that the vault is damaged, and nothing else.
                for met in [
                    vault.read(|reader| reader.content_hash()).err(),
                    vault.read(|reader| reader.search("sarapan", None, None, 50)).err(),
                    vault.commit(|tx| tx.remove_setting("window")).err(),
                ] {
                    assert!(matches!(met, None | Some(StorageError::Damaged(_))), "page {}: {met:?}", page + 1);
                    reported += usize::from(met.is_some());
                }
            }
        }
        assert_eq!(files(&other).len(), before);
        assert!(fs::read(&database).unwrap().len() >= damaged.len(), "page {page}: nothing is removed");
        fs::remove_dir_all(&other).unwrap();
    }
    assert!(reported > 10, "reading meets most pages: {reported}");
}

#[test]
fn a_changed_byte_in_any_part_of_an_attachment_is_reported_and_never_handed_on() {
    let (_dir, home) = home();
    let vault = full(&home);
    for path in files(&home.join("blobs")) {
        let length = fs::metadata(&path).unwrap().len();
        for place in [0, 7, 8, 30, length / 2, length - 1].into_iter().filter(|place| *place < length) {
            flip(&path, place);
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let verdict = vault.verify(&mut |_| true).unwrap();
            assert_eq!(verdict.damages, [Damage::BlobChanged(name)], "byte {place}");
            read_everything(&vault);
            flip(&path, place);
        }
        let aside = path.with_extension("away");
        fs::rename(&path, &aside).unwrap();
        assert!(matches!(vault.verify(&mut |_| true).unwrap().damages[..], [Damage::BlobMissing(_)]));
        fs::rename(&aside, &path).unwrap();
    }
    assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
}

#[test]
fn a_truncated_attachment_gives_no_byte_that_was_not_verified() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut message = note(1, "");
    message.attachments.push(attachment(&vault, "long", &vec![7; 200_000]));
    add(&vault, message);
    let path = files(&home.join("blobs")).remove(0);
    let whole = fs::read(&path).unwrap();
    let id =
        vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(1))?)).unwrap().unwrap().attachments[0].id;
    for length in [0, 7, 8, 9, 24, 8 + 65_552, 8 + 2 * 65_552, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let mut out = Vec::new();
        assert!(vault.save_attachment(id, &mut out, &mut |_| true).is_err(), "{length}");
        assert!(out.is_empty());
    }
}

#[test]
fn a_changed_header_and_changed_expiry_keys_are_reported() {
    let (_dir, home) = home();
    let vault = full(&home);
    let mut secret = note(60, "vanishes");
    secret.ttl_secs = Some(60);
    add(&vault, secret);
    for place in 0..fs::metadata(home.join("header")).unwrap().len() {
        flip(&home.join("header"), place);
        assert_eq!(vault.verify(&mut |_| true).unwrap().damages, [Damage::Header], "byte {place}");
        flip(&home.join("header"), place);
    }
    flip(&home.join("expiry/unread"), 50);
    assert_eq!(vault.verify(&mut |_| true).unwrap().damages, [Damage::Bucket("unread".into())]);
}

#[test]
fn no_file_holds_a_word_a_phrase_or_a_key() {
    let (dir, home) = home();
    let words = [
        "canary-message",
        "canary-deleted",
        "canary-edited-away",
        "canary-vanishing",
        "canary-draft",
        "canary-setting",
        "canary-session",
        "canary-outgoing",
        "canary-title",
        "canary-name.txt",
        "canary-attachment",
        "canary-search",
        "canary passphrase",
        PASSWORD,
        "legal winner",
        "yellow",
    ];
    let vault = create(&home);
    let mut with_file = note(1, "canary-message");
    with_file.attachments.push(attachment(&vault, "canary-name.txt", "canary-attachment ".repeat(9000).as_bytes()));
    let mut vanishing = note(4, "canary-vanishing");
    vanishing.ttl_secs = Some(60);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_conversation(&nyx_vault::model::Conversation { title: "canary-title".into(), ..notes() })?;
            tx.add_message(with_file)?;
            tx.add_message(note(2, "canary-deleted"))?;
            tx.add_message(note(3, "canary-edited-away"))?;
            tx.add_message(vanishing)?;
            tx.start_timer(message_id(4), NOW_MS)?;
            tx.set_draft(NOTES, &Draft { body: "canary-draft".into(), reply_to: None, updated_ms: 0 })?;
            tx.put_setting("canary", &Setting { value: b"canary-setting".to_vec(), moves: true })?;
            tx.put_session("ratchet", b"her", b"canary-session")?;
            tx.enqueue(b"her", None, b"canary-outgoing", NOW_MS)?;
            for number in 10..2000 {
                tx.add_message(note(number, &format!("canary-message number {number}")))?;
            }
            Ok(())
        })
        .unwrap();
    search(&vault, "canary-search");
    search(&vault, "ca");
    vault.commit(|tx| tx.delete_message(message_id(2))).unwrap();
    vault.commit(|tx| tx.edit_message(message_id(3), "canary-message", NOW_MS)).unwrap();
    vault.expire(NOW_MS + 100_000).unwrap();
    let snapshot = vault.snapshot(NOW_MS, &mut |_, _| true).unwrap();
    let file = dir.path().join("backup.age");
    vault.backup(BackupTo::Passphrase("canary passphrase"), &file, NOW_MS, &mut |_| true).unwrap();
    let second = dir.path().join("second");
    let typed = password(PASSWORD);
    let restored = restore_backup(
        &second,
        &mut fs::File::open(&file).unwrap(),
        BackupKey::Passphrase("canary passphrase"),
        &new_password(&typed),
        &mut |_| true,
    )
    .unwrap();

    let mut secrets: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    for home in [&home, &second] {
        secrets.extend(keys_of(home));
    }
    secrets.push(root().backup_identity().expose().to_vec());
    secrets.push(root().vault_reset_key().expose().to_vec());
    secrets.push(root().provenance().expose().to_vec());
    let look = |when: &str| {
        let files = files(dir.path());
        assert!(files.len() > 8, "{when}");
        for path in files {
            let bytes = fs::read(&path).unwrap();
            for secret in &secrets {
                let wide: Vec<u8> = secret.iter().flat_map(|byte| [*byte, 0]).collect();
                let hex: Vec<u8> = secret.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
                for form in [secret, &wide, &hex] {
                    let found = bytes.windows(form.len()).any(|window| window == form);
                    assert!(!found, "{when}: {} holds {:?}", path.display(), String::from_utf8_lossy(secret));
                }
            }
        }
    };
    look("open, with the log and a snapshot");
    drop((snapshot, restored));
    let locked = vault.lock();
    look("locked");
    assert!(!home.join("vault.db-wal").exists(), "locking leaves no log behind");
    // The scan can see: the same bytes, unencrypted, are found.
    let planted = dir.path().join("planted");
    fs::write(&planted, "xx canary-message xx").unwrap();
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| look("planted"))).is_err());
    drop(locked);
}

/// The master key and every key made of it, as the phrase opens them.
fn keys_of(home: &Path) -> Vec<Vec<u8>> {
    let header =
        Header::from_file(&fs::read(home.join("header")).unwrap(), |bytes| Sha256::digest(bytes).into()).unwrap();
    let master =
        sealed::open(&root().vault_reset_key(), &root().provenance(), &header.reset_slot, &header.reset_slot_ad())
            .unwrap();
    let keys = VaultKeys::from_master(&Secret::<MasterKey>::from_slice(&master).unwrap());
    vec![
        master.to_vec(),
        keys.database.expose().to_vec(),
        keys.blobs.expose().to_vec(),
        keys.sessions.expose().to_vec(),
        keys.outbox.expose().to_vec(),
    ]
}

/// As a person would: it may fail, it must not panic.
pub(crate) fn read_everything(vault: &Vault) {
    let messages = vault.read::<_, StorageError>(|reader| {
        let _ = (reader.account(), reader.contacts(), reader.conversations(), reader.settings(), reader.counts());
        let _ = (reader.search("sarapan", None, None, 50), reader.search("東", None, None, 50));
        reader.messages(NOTES, Page::Newest, 100)
    });
    for attachment in messages.unwrap_or_default().iter().flat_map(|message| &message.attachments) {
        let mut out = Vec::new();
        let saved = vault.save_attachment(attachment.id, &mut out, &mut |_| true);
        assert!(out.iter().all(|byte| *byte == 7), "only verified bytes come out");
        assert!(saved.is_err() || out.len() as u64 == attachment.size);
    }
}

fn flip(path: &Path, place: u64) {
    let mut bytes = fs::read(path).unwrap();
    bytes[place as usize] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

#[test]
fn a_check_can_be_stopped_while_sqlite_checks_its_own_structure() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault
        .commit::<_, WriteError>(|tx| {
            for number in 0..3_000 {
                tx.add_message(note(number, "something to check"))?;
            }
            Ok(())
        })
        .unwrap();
    let mut asked = 0;
    let stop_at = |last: usize, asked: &mut usize| {
        vault.verify(&mut |progress| {
            *asked += usize::from(progress.step == VerifyStep::Database);
            *asked < last
        })
    };
    assert!(stop_at(usize::MAX, &mut asked).unwrap().damages.is_empty());
    assert!(asked > 3, "asked {asked} times while the database was checked");
    for last in 1..=asked {
        let mut asked = 0;
        assert!(matches!(stop_at(last, &mut asked), Err(VerifyError::Cancelled)));
        assert_eq!(asked, last, "it was asked on after it was told to stop");
    }
    // What was stopped leaves nothing behind that would stop the next.
    assert!(vault.verify(&mut |_| true).unwrap().content_hash.is_some());
}
