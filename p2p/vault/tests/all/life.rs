//! From the first note to the last: what a person does with a vault.

use crate::{damage::files, ground::*};
use nyx_crypto::{
    phrase::Phrase,
    purposes::{ContactSecret, StreamKey},
    root::Root,
    secret::Secret,
    stream::{SEALED_CHUNK, seal_whole},
};
use nyx_vault::{
    AttachmentError, ContactId, ConversationId, CreateError, Damage, DeviceId, FindError, LockedVault, Origin, Page,
    SlotError, StorageError, UnlockError, WriteError, erase,
    limits::{EDITS_MAX, REACTIONS_MAX},
    model::{Author, Contact, Conversation, Delivery, Device, Draft, Setting},
};
use std::{
    fs,
    io::{Read, Seek, SeekFrom},
};

#[test]
fn what_was_written_is_there_after_locking_and_unlocking() {
    let (_dir, home) = home();
    let vault = create(&home);
    let file = b"the content of a file".repeat(10_000);
    let mut first = note(1, "remember the milk");
    first.attachments.push(attachment(&vault, "list.txt", &file));
    assert_eq!(add(&vault, first), 1);
    assert_eq!(add(&vault, note(2, "and the bread")), 2);
    vault
        .commit(|tx| {
            tx.edit_message(message_id(2), "and the dark bread", NOW_MS)?;
            tx.react(message_id(1), Author::Me, "👍", NOW_MS)?;
            tx.set_draft(NOTES, &Draft { body: "begun".into(), reply_to: None, updated_ms: NOW_MS })?;
            tx.put_setting("language", &Setting { value: b"id".to_vec(), moves: true })
        })
        .unwrap();
    let locked = vault.lock();
    let vault = locked.unlock(&password(PASSWORD)).unwrap();
    let messages = vault.read::<_, WriteError>(|reader| Ok(reader.messages(NOTES, Page::Newest, 10)?)).unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].body.as_deref(), Some("remember the milk"));
    assert_eq!(messages[0].reactions.len(), 1);
    assert_eq!(messages[0].attachments[0].about.as_ref().unwrap().name, "list.txt");
    assert_eq!(messages[1].body.as_deref(), Some("and the dark bread"));
    let mut out = Vec::new();
    vault.save_attachment(messages[0].attachments[0].id, &mut out, &mut |_| true).unwrap();
    assert_eq!(out, file);
    vault
        .read::<_, WriteError>(|reader| {
            assert_eq!(reader.edits(message_id(2))?[0].body.as_deref(), Some("and the bread"));
            assert_eq!(reader.draft(NOTES)?.unwrap().body, "begun");
            assert_eq!(reader.setting("language")?.unwrap().value, b"id");
            assert_eq!(reader.counts()?.messages, 2);
            assert_eq!(reader.counts()?.attachment_bytes, file.len() as u64);
            Ok(())
        })
        .unwrap();
}

#[test]
fn each_thing_that_keeps_a_vault_shut_has_a_name_of_its_own() {
    let (_dir, home) = home();
    assert!(matches!(LockedVault::find(&home), Err(FindError::NoVault)));
    let vault = create(&home);
    assert!(matches!(LockedVault::find(&home), Err(FindError::InUse)));
    drop(vault);
    let refused = LockedVault::find(&home).unwrap().unlock(&password("wrong")).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Slot(SlotError::WrongPassword)));
    // The vault comes back to try again with.
    drop(refused.vault.unlock(&password(PASSWORD)).unwrap());
    let other = Root::from_phrase(&Phrase::parse(&format!("{}wrong", "zoo ".repeat(11))).unwrap());
    let refused = LockedVault::find(&home).unwrap().unlock_with_phrase(&other).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Slot(SlotError::WrongPhrase)));
    drop(refused);

    let header = fs::read(home.join("header")).unwrap();
    let mut damaged = header.clone();
    damaged[100] ^= 1;
    fs::write(home.join("header"), damaged).unwrap();
    assert!(matches!(LockedVault::find(&home), Err(FindError::Storage(StorageError::Damaged(Damage::Header)))));
    fs::write(home.join("header"), header).unwrap();
    let database = fs::read(home.join("vault.db")).unwrap();
    let mut damaged = database.clone();
    damaged[200] ^= 1;
    fs::write(home.join("vault.db"), damaged).unwrap();
    let refused = LockedVault::find(&home).unwrap().unlock(&password(PASSWORD)).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Storage(StorageError::Damaged(_))), "{refused:?}");
    drop(refused);
    fs::write(home.join("vault.db"), database).unwrap();
    drop(open(&home));
}

#[test]
fn a_home_that_is_not_empty_is_never_taken() {
    let (_dir, home) = home();
    fs::create_dir(&home).unwrap();
    fs::write(home.join("thesis.txt"), "mine").unwrap();
    let password = password(PASSWORD);
    let refused = LockedVault::create(&home, &new_password(&password), &Origin::of(&root())).unwrap_err();
    assert!(matches!(refused, CreateError::Occupied));
    assert_eq!(fs::read_dir(&home).unwrap().count(), 1);
}

#[test]
fn a_new_password_replaces_the_old_one_and_the_phrase_replaces_a_forgotten_one() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "kept"));
    let (second, third) = (password("second"), password("third"));
    vault.change_password(&password(PASSWORD), &new_password(&second), None).unwrap();
    let locked = vault.lock();
    let refused = locked.unlock(&password(PASSWORD)).unwrap_err();
    let mut locked = refused.vault.unlock(&second).unwrap().lock();
    locked.reset_password(&root(), &new_password(&third)).unwrap();
    drop(locked);
    let vault = LockedVault::find(&home).unwrap().unlock(&third).unwrap();
    assert_eq!(bodies(&vault), ["kept"]);
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault
        .commit::<_, WriteError>(|tx| {
            for number in 1..=500 {
                tx.add_message(note(number, &format!("note {number}")))?;
            }
            Ok(())
        })
        .unwrap();
    let page = |page| vault.read::<_, WriteError>(|reader| Ok(reader.messages(NOTES, page, 50)?)).unwrap();
    let mut seen = Vec::new();
    let mut next = Page::Newest;
    loop {
        let messages = page(next);
        let Some(first) = messages.first() else { break };
        next = Page::Before(first.seq);
        seen.splice(0..0, messages.iter().map(|message| message.seq));
    }
    assert_eq!(seen, (1..=500).collect::<Vec<_>>());
    assert_eq!(page(Page::After(498)).iter().map(|message| message.seq).collect::<Vec<_>>(), [499, 500]);
    assert!(page(Page::After(u64::MAX)).is_empty());
    assert!(page(Page::Before(0)).is_empty());
}

#[test]
fn a_place_is_never_given_twice_even_if_its_message_is_deleted() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "one"));
    assert_eq!(add(&vault, note(2, "two")), 2);
    vault.commit(|tx| tx.delete_message(message_id(2))).unwrap();
    assert_eq!(add(&vault, note(3, "three")), 3);
    assert!(matches!(vault.commit(|tx| tx.add_message(note(3, "again"))), Err(WriteError::Exists)));
    assert_eq!(add(&vault, note(4, "four")), 4);
}

#[test]
fn a_refused_transaction_leaves_nothing() {
    let (_dir, home) = home();
    let vault = create(&home);
    let refused = vault.commit::<(), _>(|tx| {
        tx.add_message(note(1, "half"))?;
        tx.enqueue(b"somebody", None, b"half", NOW_MS)?;
        Err(WriteError::NoContact)
    });
    assert!(refused.is_err());
    assert!(bodies(&vault).is_empty());
    assert!(search(&vault, "half").is_empty());
    assert_eq!(vault.read::<_, WriteError>(|reader| Ok(reader.outbox_due(NOW_MS, 10)?)).unwrap().len(), 0);
}

#[test]
fn a_reader_keeps_its_view_and_waits_for_nobody_while_another_writes() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "before"));
    vault
        .read::<_, WriteError>(|reader| {
            assert_eq!(reader.counts()?.messages, 1);
            add(&vault, note(2, "meanwhile"));
            assert_eq!(reader.counts()?.messages, 1);
            Ok(())
        })
        .unwrap();
    assert_eq!(bodies(&vault), ["before", "meanwhile"]);
}

#[test]
fn the_outbox_keeps_its_order_and_counts_tries() {
    let (_dir, home) = home();
    let vault = create(&home);
    let (first, second) = vault
        .commit::<_, WriteError>(|tx| {
            Ok((tx.enqueue(b"her", Some(message_id(1)), b"one", NOW_MS)?, tx.enqueue(b"him", None, b"two", NOW_MS)?))
        })
        .unwrap();
    let due = |now_ms| vault.read::<_, WriteError>(|reader| Ok(reader.outbox_due(now_ms, 10)?)).unwrap();
    assert!(due(NOW_MS - 1).is_empty());
    let waiting = due(NOW_MS);
    assert_eq!(waiting.iter().map(|one| one.id).collect::<Vec<_>>(), [first, second]);
    assert_eq!(*waiting[0].payload, b"one");
    vault.commit(|tx| tx.outbox_retry(first, NOW_MS + 1000)).unwrap();
    vault.commit(|tx| tx.outbox_done(second)).unwrap();
    assert!(due(NOW_MS).is_empty());
    assert_eq!(due(NOW_MS + 1000)[0].attempts, 1);
}

#[test]
fn a_session_row_opens_under_its_own_name_only() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault.commit(|tx| tx.put_session("ratchet", b"her", b"chain keys")).unwrap();
    let look = |kind: &str, id: &[u8]| {
        vault.read::<_, StorageError>(|reader| reader.session(kind, id, |value| value.map(<[u8]>::to_vec))).unwrap()
    };
    assert_eq!(look("ratchet", b"her").as_deref(), Some(b"chain keys".as_slice()));
    assert_eq!(look("ratchet", b"him"), None);
    assert_eq!(look("ratche", b"ther"), None);
    vault.commit(|tx| tx.remove_session("ratchet", b"her")).unwrap();
    assert_eq!(look("ratchet", b"her"), None);
}

#[test]
fn what_was_agreed_with_a_contact_opens_for_that_contact_only() {
    let (_dir, home) = home();
    let vault = create(&home);
    let (her, him) = (ContactId([7; 16]), ContactId([8; 16]));
    let secret = Secret::<ContactSecret>::from_bytes([0x5c; 32]);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_contact(&somebody(her))?;
            tx.put_contact(&somebody(him))?;
            tx.set_contact_secret(her, Some(&secret))?;
            // Its other fields are written without it.
            tx.put_contact(&Contact { verified: true, ..somebody(her) })
        })
        .unwrap();
    let kept = |id| vault.read::<_, StorageError>(|reader| reader.contact_secret(id)).unwrap();
    assert_eq!(kept(her), Some(secret));
    assert_eq!((kept(him), kept(ContactId([9; 16]))), (None, None));
    vault.commit(|tx| tx.set_contact_secret(her, None)).unwrap();
    assert_eq!(kept(her), None);
    let nobody = vault.commit(|tx| tx.set_contact_secret(ContactId([9; 16]), None));
    assert!(matches!(nobody, Err(WriteError::NoContact)));
}

#[test]
fn what_there_is_one_of_does_not_become_two() {
    let (_dir, home) = home();
    let vault = create(&home);
    let again = Conversation { id: ConversationId([2; 16]), ..notes() };
    assert!(matches!(vault.commit(|tx| tx.put_conversation(&again)), Err(WriteError::Exists)));
    let device = |id, this| Device {
        id: DeviceId([id; 16]),
        name: "Laptop".into(),
        certificate: Vec::new(),
        this,
        revoked: false,
    };
    vault.commit(|tx| tx.put_device(&device(1, true))).unwrap();
    assert!(matches!(vault.commit(|tx| tx.put_device(&device(2, true))), Err(WriteError::Exists)));
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_device(&device(1, false))?;
            tx.put_device(&device(2, true))
        })
        .unwrap();
    let devices = vault.read::<_, StorageError>(|reader| reader.devices()).unwrap();
    assert_eq!(devices, [device(2, true), device(1, false)]);
}

#[test]
fn the_name_of_an_attachment_that_is_gone_names_no_other() {
    let (_dir, home) = home();
    let vault = create(&home);
    let with_file = |number, content: &[u8]| {
        let mut message = note(number, "");
        message.attachments.push(attachment(&vault, "a", content));
        add(&vault, message);
        vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(number))?)).unwrap().unwrap().attachments[0]
            .id
    };
    let first = with_file(1, b"private");
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    let second = with_file(2, b"another");
    assert_ne!(first, second);
    assert!(matches!(vault.open_attachment(first), Err(AttachmentError::NoAttachment)));
}

#[test]
fn an_attachment_reads_from_any_place() {
    let (_dir, home) = home();
    let vault = create(&home);
    let content: Vec<u8> = (0..200_001u32).map(|place| (place / 13) as u8).collect();
    let mut message = note(1, "");
    message.attachments.push(attachment(&vault, "a", &content));
    message.attachments.push(attachment(&vault, "empty", b""));
    message.attachments.push(attachment(&vault, "exactly one chunk", &content[..65_536]));
    add(&vault, message);
    let message = vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(1))?)).unwrap().unwrap();
    let mut reader = vault.open_attachment(message.attachments[0].id).unwrap();
    for place in [0, 1, 65_535, 65_536, 65_537, 131_072, 199_999, 200_001, 300_000] {
        reader.seek(SeekFrom::Start(place)).unwrap();
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, content.get(place as usize..).unwrap_or_default());
    }
    for (attachment, length) in message.attachments.iter().zip([200_001, 0, 65_536]) {
        let mut out = Vec::new();
        vault.save_attachment(attachment.id, &mut out, &mut |_| true).unwrap();
        assert_eq!(out, content[..length]);
        assert_eq!(attachment.size, length as u64);
    }
}

#[test]
fn an_attachment_goes_to_another_device_chunk_by_chunk_and_never_changed() {
    let (_dir, home) = home();
    let vault = create(&home);
    let content: Vec<u8> = (0..200_001u32).map(|place| (place / 13) as u8).collect();
    let mut message = note(1, "");
    message.attachments.push(attachment(&vault, "a", &content));
    add(&vault, message);
    let id =
        vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(1))?)).unwrap().unwrap().attachments[0].id;
    let key = || Secret::<StreamKey>::from_bytes([4; 32]);
    let mut buffer = vec![0; SEALED_CHUNK];
    let mut sent = Vec::new();
    for index in 0..4 {
        // As if each chunk went over a connection of its own, after a restart.
        let mut chunks = vault.open_attachment(id).unwrap().resealed(&key());
        assert_eq!(chunks.chunks(), 4);
        sent.extend_from_slice(chunks.chunk(index, &mut buffer).unwrap());
    }
    assert!(sent == seal_whole(key(), &content).unwrap());
    let mut chunks = vault.open_attachment(id).unwrap().resealed(&key());
    assert!(chunks.chunk(4, &mut buffer).is_err() && chunks.chunk(u64::MAX, &mut buffer).is_err());
    assert!(chunks.chunk(0, &mut [0; 100]).is_err());

    let mut chunks = vault.open_attachment(id).unwrap().resealed(&key());
    let file = files(&home.join("blobs")).remove(0);
    let mut bytes = fs::read(&file).unwrap();
    bytes[100_000] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert!(matches!(chunks.chunk(1, &mut buffer), Err(StorageError::Damaged(Damage::BlobChanged(_)))));
    chunks.chunk(2, &mut buffer).unwrap();
}

#[test]
fn a_cancelled_or_broken_source_leaves_no_file() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("unplugged"))
        }
    }
    let (_dir, home) = home();
    let vault = create(&home);
    assert!(vault.store_blob(&mut Broken, &mut |_| true).is_err());
    assert!(vault.store_blob(&mut vec![0; 1_000_000].as_slice(), &mut |_| false).is_err());
    assert_eq!(fs::read_dir(home.join("blobs")).unwrap().count(), 0);
}

#[test]
fn a_blob_that_no_message_gets_goes_at_once() {
    let (_dir, home) = home();
    let vault = create(&home);
    let blobs = || files(&home.join("blobs")).len();
    drop(attachment(&vault, "orphan", b"nobody wants it"));
    assert_eq!(blobs(), 0);
    // Refused by the vault after it had its row, and by whoever writes.
    let mut refused = note(1, "with two files");
    refused.attachments = vec![attachment(&vault, "one", b"one"), attachment(&vault, &"x".repeat(5000), b"two")];
    assert!(vault.commit(|tx| tx.add_message(refused)).is_err());
    let mut given_up = note(2, "with a file");
    given_up.attachments.push(attachment(&vault, "one", b"one"));
    let given_up = vault.commit::<(), WriteError>(|tx| {
        tx.add_message(given_up)?;
        Err(WriteError::NoMessage)
    });
    assert!(given_up.is_err());
    assert_eq!(blobs(), 0);
    let mut kept = note(3, "with a file");
    kept.attachments.push(attachment(&vault, "kept", b"kept"));
    add(&vault, kept);
    assert_eq!(blobs(), 1);
}

#[cfg(unix)]
#[test]
fn a_vault_is_not_made_of_what_somebody_else_put_there() {
    let (dir, home) = home();
    let staging = dir.path().join("home.staging");
    let mine = dir.path().join("mine");
    fs::create_dir_all(&mine).unwrap();
    fs::write(mine.join("letter"), "mine").unwrap();
    let typed = password(PASSWORD);
    let make = || LockedVault::create(&home, &new_password(&typed), &Origin::of(&root()));
    for place in [0, 1, 2] {
        match place {
            0 => std::os::unix::fs::symlink(&mine, &staging).unwrap(),
            1 => std::os::unix::fs::symlink("/nowhere/at/all", &staging).unwrap(),
            _ => fs::rename(&mine, &staging).unwrap(),
        }
        assert!(matches!(make(), Err(CreateError::Occupied)), "{place}");
        let left = if place == 2 { &staging } else { &mine };
        assert_eq!(files(left), [left.join("letter")], "{place}: nothing came and nothing went");
        let _ = fs::remove_file(&staging);
    }
    fs::rename(&staging, &mine).unwrap();
    let locked = make().unwrap().lock();
    fs::remove_dir(home.join("snapshots")).unwrap();
    std::os::unix::fs::symlink(&mine, home.join("snapshots")).unwrap();
    assert!(locked.unlock_with_phrase(&root()).is_err());
}

#[test]
fn a_sweep_takes_blobs_that_nobody_has_and_no_others() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut kept = note(1, "with a file");
    kept.attachments.push(attachment(&vault, "kept", b"kept"));
    add(&vault, kept);
    let waiting = attachment(&vault, "waiting", b"not attached yet");
    // As a process leaves it that dies between a blob and its message.
    let orphan = home.join("blobs/00").join("0".repeat(64));
    fs::create_dir_all(home.join("blobs/00")).unwrap();
    fs::write(&orphan, "nobody wants it").unwrap();
    assert_eq!(vault.sweep().unwrap(), 1);
    assert_eq!(vault.sweep().unwrap(), 0);
    let mut second = note(2, "late");
    second.attachments.push(waiting);
    add(&vault, second);
    assert_eq!(vault.sweep().unwrap(), 0);
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    assert_eq!(vault.sweep().unwrap(), 0, "deleting takes the file along");
    assert_eq!(files(&home.join("blobs")).len(), 1);
}

#[test]
fn a_message_disappears_with_its_key_file_and_attachments() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "this stays"));
    let mut secret = note(2, "this vanishes");
    secret.ttl_secs = Some(60);
    secret.attachments.push(attachment(&vault, "vanishing.txt", b"vanishing content"));
    add(&vault, secret);
    vault.commit(|tx| tx.edit_message(message_id(2), "this vanishes too", NOW_MS)).unwrap();
    // Unread: its time does not run.
    assert!(vault.expire(NOW_MS + 10_000_000_000).unwrap().gone.is_empty());
    let vault = vault.lock().unlock(&password(PASSWORD)).unwrap();
    let read =
        |vault: &nyx_vault::Vault| vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(2))?)).unwrap();
    let message = read(&vault).unwrap();
    assert_eq!(message.body.as_deref(), Some("this vanishes too"));
    assert_eq!(message.attachments[0].about.as_ref().unwrap().name, "vanishing.txt");
    assert!(search(&vault, "vanishes").is_empty());
    let mut out = Vec::new();
    vault.save_attachment(message.attachments[0].id, &mut out, &mut |_| true).unwrap();
    assert_eq!(out, b"vanishing content");

    let over = vault.commit(|tx| tx.start_timer(message_id(2), NOW_MS)).unwrap().unwrap();
    assert_eq!(over, NOW_MS + 60_000);
    assert_eq!(vault.commit(|tx| tx.start_timer(message_id(2), NOW_MS + 5)).unwrap(), Some(over), "runs once");
    assert_eq!(read(&vault).unwrap().body.as_deref(), Some("this vanishes too"));
    assert!(!home.join("expiry/unread").exists());
    assert!(vault.expire(over - 1).unwrap().gone.is_empty());
    assert_eq!(ids(vault.expire(over).unwrap().gone), [message_id(2)]);
    assert!(read(&vault).is_none());
    assert!(matches!(
        vault.save_attachment(message.attachments[0].id, &mut out, &mut |_| true),
        Err(AttachmentError::NoAttachment)
    ));
    assert_eq!(fs::read_dir(home.join("expiry")).unwrap().count(), 1, "the key lags by less than an hour");
    vault.expire(over + 3_600_000).unwrap();
    assert_eq!(fs::read_dir(home.join("expiry")).unwrap().count(), 0);
    assert_eq!(bodies(&vault), ["this stays"]);
}

#[test]
fn missing_empty_folders_and_stray_ones_keep_nobody_out() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "kept"));
    drop(vault);
    for dir in ["snapshots", "expiry", "blobs"] {
        fs::remove_dir(home.join(dir)).unwrap();
    }
    let vault = open(&home);
    add(&vault, attachment_note(&vault));
    drop(vault);
    for stray in ["snapshots/mine", "blobs/mine.new", "mine.new", "expiry/mine.over", "expiry/unread"] {
        fs::create_dir_all(home.join(stray)).unwrap();
        fs::write(home.join(stray).join("thesis.txt"), "mine").unwrap();
    }
    let snapshots = ["snapshots/0123456789abcdef.db", "snapshots/0123456789abcdef.db-wal"];
    for left in snapshots {
        fs::write(home.join(left), "left").unwrap();
    }
    let others = ["snapshots/0.db", "snapshots/thesis.txt", "blobs/thesis.new", "thesis.new", "header.txt.new"];
    for other in others {
        fs::write(home.join(other), "mine").unwrap();
    }
    fs::write(home.join("blobs/blob.0.new"), "left").unwrap();
    let vault = open(&home);
    assert_eq!(bodies(&vault), ["kept", "with a file"]);
    assert!(home.join("snapshots/mine/thesis.txt").exists() && home.join("mine.new/thesis.txt").exists());
    assert!(snapshots.iter().all(|left| !home.join(left).exists()) && !home.join("blobs/blob.0.new").exists());
    assert!(others.iter().all(|other| home.join(other).exists()), "what is not ours stays");
}

fn attachment_note(vault: &nyx_vault::Vault) -> nyx_vault::model::NewMessage {
    let mut message = note(2, "with a file");
    message.attachments.push(attachment(vault, "a", b"a"));
    message
}

#[test]
fn a_stray_file_among_the_keys_is_reported_and_stops_no_expiry() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut secret = note(1, "vanishes");
    secret.ttl_secs = Some(60);
    add(&vault, secret);
    let over = vault.commit(|tx| tx.start_timer(message_id(1), NOW_MS)).unwrap().unwrap();
    fs::write(home.join("expiry/notes.txt"), "mine").unwrap();
    assert_eq!(vault.verify(&mut |_| true).unwrap().damages, [Damage::Bucket("notes.txt".into())]);
    assert_eq!(ids(vault.expire(over + 3_600_000).unwrap().gone), [message_id(1)]);
    let left: Vec<_> = fs::read_dir(home.join("expiry")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
}

#[test]
fn without_its_key_file_a_disappearing_message_is_unreadable_and_nothing_else_is() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut secret = note(1, "gone");
    secret.ttl_secs = Some(60);
    secret.attachments.push(attachment(&vault, "gone.txt", b"gone"));
    add(&vault, secret);
    add(&vault, note(2, "still here"));
    let locked = vault.lock();
    fs::remove_file(home.join("expiry/unread")).unwrap();
    let vault = locked.unlock(&password(PASSWORD)).unwrap();
    let messages = vault.read::<_, WriteError>(|reader| Ok(reader.messages(NOTES, Page::Newest, 10)?)).unwrap();
    assert_eq!(messages[0].body, None);
    assert_eq!(messages[0].attachments[0].about, None);
    assert!(matches!(vault.open_attachment(messages[0].attachments[0].id), Err(AttachmentError::Disappeared)));
    assert_eq!(messages[1].body.as_deref(), Some("still here"));
}

#[test]
fn deliveries_reactions_and_reading_change_what_they_name() {
    let (_dir, home) = home();
    let vault = create(&home);
    let her = Author::Contact(ContactId([9; 16]));
    let mut incoming = note(1, "hello");
    incoming.author = her;
    add(&vault, incoming);
    let unread = || vault.read::<_, WriteError>(|reader| Ok(reader.unread(NOTES, 99)?)).unwrap();
    assert_eq!(unread(), 1);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.mark_read(NOTES, u64::MAX)?;
            tx.mark_read(NOTES, 0)?;
            tx.set_delivery(message_id(1), Delivery::Read)?;
            tx.react(message_id(1), her, "❤️", NOW_MS)?;
            tx.react(message_id(1), her, "❤️", NOW_MS + 1)?;
            tx.react(message_id(1), Author::Me, "👍", NOW_MS + 2)?;
            tx.unreact(message_id(1), Author::Me, "👍")
        })
        .unwrap();
    assert_eq!(unread(), 0);
    let message = vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(1))?)).unwrap().unwrap();
    assert_eq!(message.delivery, Delivery::Read);
    assert_eq!(message.reactions.len(), 1);
    assert_eq!((message.reactions[0].author, message.reactions[0].at_ms), (her, NOW_MS));
    assert!(matches!(vault.commit(|tx| tx.set_delivery(message_id(7), Delivery::Sent)), Err(WriteError::NoMessage)));
    let mut later = note(2, "what comes later is not read yet");
    later.author = her;
    add(&vault, later);
    assert_eq!(unread(), 1);
    let nowhere = vault.commit(|tx| tx.mark_read(ConversationId([9; 16]), 1));
    assert!(matches!(nowhere, Err(WriteError::NoConversation)));
}

#[test]
fn nobody_can_pile_reactions_or_edits_on_a_message_without_end() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "hello"));
    let her = Author::Contact(ContactId([9; 16]));
    vault
        .commit::<_, WriteError>(|tx| {
            for number in 0..REACTIONS_MAX {
                tx.react(message_id(1), her, &format!("{number}"), NOW_MS)?;
            }
            assert!(matches!(tx.react(message_id(1), her, "one more", NOW_MS), Err(WriteError::TooLong(_))));
            // The same again changes nothing, and others are not kept from theirs.
            tx.react(message_id(1), her, "0", NOW_MS + 1)?;
            tx.react(message_id(1), Author::Me, "👍", NOW_MS)?;
            for number in 0..EDITS_MAX {
                tx.edit_message(message_id(1), &format!("edit {number}"), NOW_MS)?;
            }
            assert!(matches!(tx.edit_message(message_id(1), "once more", NOW_MS), Err(WriteError::TooLong(_))));
            Ok(())
        })
        .unwrap();
    let message = vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(1))?)).unwrap().unwrap();
    assert_eq!(message.body, Some(format!("edit {}", EDITS_MAX - 1)));
    assert_eq!(message.reactions.len(), REACTIONS_MAX as usize + 1);
}

#[test]
fn erasing_leaves_nothing_of_the_vault_and_everything_that_is_not_its_own() {
    let (_dir, home) = home();
    let vault = create(&home);
    assert!(matches!(erase(&home), Err(nyx_vault::EraseError::InUse)));
    let mut message = note(1, "with a file");
    message.attachments.push(attachment(&vault, "a", b"a"));
    add(&vault, message);
    drop(vault);
    fs::write(home.join("thesis.txt"), "mine").unwrap();
    erase(&home).unwrap();
    let left: Vec<_> = fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["thesis.txt"]);
    assert!(matches!(erase(&home), Err(nyx_vault::EraseError::NoVault)));
    fs::remove_file(home.join("thesis.txt")).unwrap();
    drop(create(&home));
    erase(&home).unwrap();
    assert!(!home.exists());
}

#[test]
fn a_lock_alone_is_no_vault_and_in_nobodys_way() {
    let (_dir, home) = home();
    let lock_alone = || {
        fs::create_dir(&home).unwrap();
        fs::write(home.join("lock"), "").unwrap();
    };
    lock_alone();
    assert!(matches!(LockedVault::find(&home), Err(FindError::NoVault)));
    erase(&home).unwrap();
    assert!(!home.exists());
    lock_alone();
    drop(create(&home));
    drop(open(&home));
    erase(&home).unwrap();
    lock_alone();
    fs::write(home.join("thesis.txt"), "mine").unwrap();
    assert!(matches!(erase(&home), Err(nyx_vault::EraseError::NoVault)));
    assert_eq!(fs::read_dir(&home).unwrap().count(), 2);
}

#[test]
fn keys_whose_hour_has_passed_are_destroyed_without_a_password() {
    let (_dir, home) = home();
    let vault = create(&home);
    for number in [1, 2] {
        let mut secret = note(number, "vanishes");
        secret.ttl_secs = Some(60);
        add(&vault, secret);
    }
    let over = vault.commit(|tx| tx.start_timer(message_id(1), NOW_MS)).unwrap().unwrap();
    let locked = vault.lock();
    locked.destroy_due(over - 1).unwrap();
    assert_eq!(fs::read_dir(home.join("expiry")).unwrap().count(), 2);
    locked.destroy_due(over + 3_600_000).unwrap();
    assert_eq!(fs::read_dir(home.join("expiry")).unwrap().count(), 1, "an unread message keeps its key");
    let vault = locked.unlock(&password(PASSWORD)).unwrap();
    assert_eq!(bodies(&vault), ["", "vanishes"]);
    assert_eq!(ids(vault.expire(over + 3_600_000).unwrap().gone), [message_id(1)]);
}

#[test]
fn opening_erases_keys_in_any_hour_that_no_message_has() {
    let (_dir, home) = home();
    let vault = create(&home);
    for number in [1, 2] {
        let mut secret = note(number, "vanishes");
        secret.ttl_secs = Some(60);
        add(&vault, secret);
        vault.commit(|tx| tx.start_timer(message_id(number), NOW_MS)).unwrap();
    }
    let hour = files(&home.join("expiry")).remove(0);
    let before = fs::read(&hour).unwrap();
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    drop(vault);
    // As if the process had died between the row and the key.
    fs::write(&hour, &before).unwrap();
    let vault = open(&home);
    let after = fs::read(&hour).unwrap();
    assert_eq!(after[..88], [0; 88]);
    assert_eq!(after[88..], before[88..]);
    assert_eq!(bodies(&vault), ["vanishes"]);
}

#[test]
fn a_foreign_name_in_the_way_keeps_no_key_alive() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut secret = note(1, "vanishes");
    secret.ttl_secs = Some(60);
    add(&vault, secret);
    let over = vault.commit(|tx| tx.start_timer(message_id(1), NOW_MS)).unwrap().unwrap();
    let hour = files(&home.join("expiry")).remove(0);
    fs::create_dir(hour.with_extension("over")).unwrap();
    assert_eq!(ids(vault.expire(over + 3_600_000).unwrap().gone), [message_id(1)]);
    assert!(!hour.exists());
}

#[cfg(unix)]
#[test]
fn a_replaced_header_is_overwritten() {
    let (dir, home) = home();
    let vault = create(&home);
    // A second name for the same bytes, as undeleting would find them.
    let (undeleted, unfinished) = (dir.path().join("undeleted"), dir.path().join("unfinished"));
    fs::hard_link(home.join("header"), &undeleted).unwrap();
    let before = fs::read(&undeleted).unwrap();
    fs::write(home.join("header.0.new"), &before).unwrap();
    fs::hard_link(home.join("header.0.new"), &unfinished).unwrap();
    let second = password("second");
    vault.change_password(&password(PASSWORD), &new_password(&second), None).unwrap();
    let after = fs::read(&undeleted).unwrap();
    assert_eq!(after.len(), before.len());
    assert!(!after.windows(16).any(|part| before.windows(16).any(|other| part == other)));
    let vault = vault.lock().unlock(&second).unwrap();
    assert_ne!(fs::read(&unfinished).unwrap(), before, "opening overwrites a header that was never finished");
    drop(vault);
    fs::write(home.join("header.1.new"), &before).unwrap();
    fs::remove_file(&unfinished).unwrap();
    fs::hard_link(home.join("header.1.new"), &unfinished).unwrap();
    erase(&home).unwrap();
    assert_ne!(fs::read(&unfinished).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_header_that_is_a_link_or_a_pipe_is_damaged_and_nobody_waits_for_it() {
    let (dir, home) = home();
    drop(create(&home));
    let elsewhere = dir.path().join("elsewhere");
    fs::rename(home.join("header"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, home.join("header")).unwrap();
    let damaged = || matches!(LockedVault::find(&home), Err(FindError::Storage(StorageError::Damaged(Damage::Header))));
    assert!(damaged());
    fs::remove_file(home.join("header")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(home.join("header")).status().unwrap().success());
    assert!(damaged());
    fs::remove_file(home.join("header")).unwrap();
    fs::rename(&elsewhere, home.join("header")).unwrap();
    drop(open(&home));
}

#[cfg(unix)]
#[test]
fn erasing_follows_no_link() {
    let (dir, home) = home();
    drop(create(&home));
    let thesis = dir.path().join("thesis.txt");
    fs::write(&thesis, "mine").unwrap();
    fs::remove_file(home.join("header")).unwrap();
    std::os::unix::fs::symlink(&thesis, home.join("header")).unwrap();
    fs::remove_file(home.join("lock")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), home.join("lock")).unwrap();
    assert!(erase(&home).is_err());
    assert!(!dir.path().join("elsewhere").exists());
    fs::remove_file(home.join("lock")).unwrap();
    erase(&home).unwrap();
    assert!(!home.exists());
    assert_eq!(fs::read_to_string(&thesis).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_any_file() {
    use std::os::unix::fs::PermissionsExt;
    fn check(path: &std::path::Path) {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            fs::read_dir(path).unwrap().for_each(|entry| check(&entry.unwrap().path()));
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
    let (_dir, home) = home();
    let vault = create(&home);
    let mut secret = note(1, "secret");
    secret.ttl_secs = Some(60);
    secret.attachments.push(attachment(&vault, "a", b"a"));
    add(&vault, secret);
    check(&home);
}
