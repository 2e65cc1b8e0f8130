//! What is removed is gone from everywhere, and nothing else is.

use crate::{damage::files, ground::*};
use nyx_vault::{
    ContactId, ConversationId, Page, StorageError, Vault, WriteError,
    model::{Author, Draft, Gone, NewMessage},
};
use std::fs;

const HER: ContactId = ContactId([7; 16]);
const HIM: ContactId = ContactId([8; 16]);

fn to(conversation: u8, number: u64, body: &str) -> NewMessage {
    NewMessage { conversation: ConversationId([conversation; 16]), author: Author::Contact(HER), ..note(number, body) }
}

/// Two conversations with her and one with him, each with a message that stays, one that disappears, both with a file;
/// a draft, and something that waits to be sent.
fn peopled(vault: &Vault) {
    let mut number = 0;
    for (person, conversation) in [(HER, 20), (HER, 21), (HIM, 30)] {
        let mut stays = to(conversation, number + 1, &format!("canary{conversation}"));
        stays.attachments.push(attachment(vault, "stays.txt", b"stays"));
        let mut vanishes = to(conversation, number + 2, "vanishes");
        vanishes.ttl_secs = Some(60);
        vanishes.attachments.push(attachment(vault, "vanishes.txt", b"vanishes"));
        vault
            .commit::<_, WriteError>(|tx| {
                if conversation != 21 {
                    tx.put_contact(&somebody(person))?;
                }
                tx.put_conversation(&with(person, conversation))?;
                tx.add_message(stays)?;
                tx.add_message(vanishes)?;
                tx.edit_message(message_id(number + 1), &format!("canary{conversation} edited"), NOW_MS)?;
                tx.react(message_id(number + 1), Author::Me, "👍", NOW_MS)?;
                let draft = Draft { body: "begun".into(), reply_to: None, updated_ms: NOW_MS };
                tx.set_draft(ConversationId([conversation; 16]), &draft)?;
                tx.enqueue(&person.0, Some(message_id(number + 1)), b"a message", NOW_MS)?;
                tx.enqueue(&person.0, None, b"a receipt", NOW_MS)?;
                Ok(())
            })
            .unwrap();
        number += 2;
    }
    vault.commit(|tx| tx.start_timer(message_id(4), NOW_MS)).unwrap();
}

fn waiting(vault: &Vault) -> Vec<Vec<u8>> {
    let due = vault.read::<_, StorageError>(|reader| reader.outbox_due(NOW_MS, 99)).unwrap();
    due.into_iter().map(|one| one.recipient).collect()
}

fn keys(home: &std::path::Path) -> usize {
    files(&home.join("expiry"))
        .iter()
        .map(|file| fs::read(file).unwrap().chunks(88).filter(|record| **record != [0; 88]).count())
        .sum()
}

#[test]
fn what_is_removed_tells_where_it_was() {
    let (_dir, home) = home();
    let vault = create(&home);
    peopled(&vault);
    add(&vault, note(50, "a note"));
    let gone = vault.commit(|tx| tx.delete_message(message_id(3))).unwrap();
    assert_eq!(gone, Gone { id: message_id(3), conversation: ConversationId([21; 16]), seq: 1 });
    let over = vault.expire(NOW_MS + 60_000).unwrap().gone;
    assert_eq!(over, [Gone { id: message_id(4), conversation: ConversationId([21; 16]), seq: 2 }]);
    assert!(matches!(vault.commit(|tx| tx.delete_message(message_id(3))), Err(WriteError::NoMessage)));
}

#[test]
fn messages_that_are_over_go_although_a_key_resists() {
    let (dir, home) = home();
    let vault = create(&home);
    let mut secret = note(1, "vanishes");
    secret.ttl_secs = Some(60);
    add(&vault, secret);
    vault.commit::<_, WriteError>(|tx| tx.start_timer(message_id(1), NOW_MS)).unwrap();
    let aside = dir.path().join("expiry");
    fs::rename(home.join("expiry"), &aside).unwrap();
    let over = vault.expire(NOW_MS + 3_600_000 * 2).unwrap();
    assert!(over.gone.len() == 1 && over.resisted.is_some(), "{over:?}");
    assert!(bodies(&vault).is_empty());
    fs::rename(aside, home.join("expiry")).unwrap();
    assert!(vault.expire(NOW_MS + 3_600_000 * 2).unwrap().resisted.is_none());
    assert_eq!(keys(&home), 0, "the next time takes the key too");
}

#[test]
fn a_deleted_or_disappeared_message_no_longer_waits_to_be_sent() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "one"));
    let mut secret = note(2, "vanishes");
    secret.ttl_secs = Some(60);
    add(&vault, secret);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.start_timer(message_id(2), NOW_MS)?;
            for number in [1, 2, 3] {
                tx.enqueue(&[number], Some(message_id(number.into())), b"a message", NOW_MS)?;
            }
            tx.delete_message(message_id(1))
        })
        .unwrap();
    assert_eq!(waiting(&vault), [[2], [3]]);
    vault.expire(NOW_MS + 60_000).unwrap();
    assert_eq!(waiting(&vault), [[3]]);
}

#[test]
fn a_deleted_conversation_takes_along_what_belongs_to_it_and_nothing_else() {
    let (_dir, home) = home();
    let vault = create(&home);
    peopled(&vault);
    assert_eq!(keys(&home), 3);
    vault.commit(|tx| tx.delete_conversation(ConversationId([21; 16]))).unwrap();
    assert_eq!(keys(&home), 2);
    assert_eq!(files(&home.join("blobs")).len(), 4);
    assert!(search(&vault, "canary21").is_empty());
    assert_eq!(search(&vault, "canary"), ["canary30 edited", "canary20 edited"]);
    assert_eq!(waiting(&vault), [HER.0, HER.0, HER.0, HIM.0, HIM.0], "what was for her and of no message still goes");
    vault
        .read::<_, StorageError>(|reader| {
            assert!(reader.conversation(ConversationId([21; 16]))?.is_none());
            assert!(reader.draft(ConversationId([21; 16]))?.is_none());
            assert!(reader.message(message_id(3))?.is_none() && reader.message(message_id(4))?.is_none());
            assert!(reader.messages(ConversationId([21; 16]), Page::Newest, 9)?.is_empty());
            assert_eq!(reader.messages(ConversationId([20; 16]), Page::Newest, 9)?.len(), 2);
            assert_eq!(reader.contacts()?.len(), 2);
            Ok(())
        })
        .unwrap();
    assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
    assert_eq!(vault.sweep().unwrap(), 0);
    let again = vault.commit(|tx| tx.delete_conversation(ConversationId([21; 16])));
    assert!(matches!(again, Err(WriteError::NoConversation)));
}

#[test]
fn a_deleted_contact_takes_every_conversation_with_them_along() {
    let (_dir, home) = home();
    let vault = create(&home);
    peopled(&vault);
    let gone = vault.commit(|tx| tx.delete_contact(HER)).unwrap();
    assert_eq!(gone.len(), 2);
    assert_eq!((keys(&home), files(&home.join("blobs")).len()), (1, 2));
    assert_eq!(waiting(&vault), [HIM.0, HIM.0]);
    vault
        .read::<_, StorageError>(|reader| {
            assert!(reader.contact(HER)?.is_none() && reader.contact(HIM)?.is_some());
            assert_eq!(reader.conversations()?.len(), 2);
            assert_eq!(reader.counts()?.messages, 2);
            Ok(())
        })
        .unwrap();
    assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
    assert!(matches!(vault.commit(|tx| tx.delete_contact(HER)), Err(WriteError::NoContact)));
}

#[test]
fn the_conversation_with_oneself_stays() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "kept"));
    assert!(matches!(vault.commit(|tx| tx.delete_conversation(NOTES)), Err(WriteError::NotesStay)));
    assert_eq!(bodies(&vault), ["kept"]);
}

#[test]
fn places_in_a_new_conversation_do_not_come_from_one_deleted_in_the_same_breath() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_contact(&somebody(HER))?;
            tx.put_conversation(&with(HER, 20))?;
            let mut secret = to(20, 1, "vanishes");
            secret.ttl_secs = Some(60);
            tx.add_message(secret)?;
            tx.add_message(to(20, 2, "two"))?;
            tx.delete_conversation(ConversationId([20; 16]))?;
            tx.put_conversation(&with(HER, 21))?;
            Ok(())
        })
        .unwrap();
    assert_eq!(keys(&home), 0);
    add(&vault, to(21, 3, "the first"));
    assert_eq!(vault.read::<_, StorageError>(|reader| reader.ends(ConversationId([21; 16]))).unwrap(), Some((1, 1)));
}
