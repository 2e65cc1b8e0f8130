//! From the first note to the last: what a person does with a vault.

use crate::ground::*;
use nyx_crypto::{purposes::ContactSecret, secret::Secret};
use nyx_vault::{
    ContactId, ConversationId, DeviceId, Page, StorageError, WriteError, limits::EDITS_MAX, limits::REACTIONS_MAX,
    model::Author, model::Contact, model::Conversation, model::Delivery, model::Device, model::Draft, model::Setting,
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
