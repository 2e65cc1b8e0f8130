//! Messages that disappear, and the keys that go with them.

use crate::{damage::files, ground::*};
use nyx_vault::{AttachmentError, Damage, Page, WriteError};
use std::fs;

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
