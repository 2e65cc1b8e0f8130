//! A gallery asks for the messages with attachments, and for nothing else.

use crate::{backup::address, ground::*};
use nyx_vault::{
    BackupKey, BackupTo, ContactId, ConversationId, StorageError, Vault, WriteError,
    model::{Conversation, ConversationKind},
    restore_backup,
};

const WITH_HER: ConversationId = ConversationId([2; 16]);

fn attached(vault: &Vault, conversation: ConversationId, before: Option<u64>, limit: usize) -> Vec<u64> {
    let found = vault.read::<_, StorageError>(|reader| reader.attached(conversation, before, limit)).unwrap();
    assert!(found.iter().all(|message| !message.attachments.is_empty() && message.conversation == conversation));
    found.iter().map(|message| message.seq).collect()
}

#[test]
fn attachments_are_found_newest_first_and_page_by_page() {
    let (_dir, home) = home();
    let vault = create(&home);
    let her = ContactId([7; 16]);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_contact(&somebody(her))?;
            tx.put_conversation(&Conversation { id: WITH_HER, kind: ConversationKind::Direct(her), ..notes() })
        })
        .unwrap();
    assert!(attached(&vault, NOTES, None, 50).is_empty());
    for number in 1..=40 {
        let mut message = note(number, "text");
        if number % 4 == 0 {
            message.attachments.push(attachment(&vault, "a", &number.to_be_bytes()));
        }
        if number % 8 == 0 {
            // What disappears is a file like any other as long as it is there.
            message.ttl_secs = Some(60);
            message.attachments.push(attachment(&vault, "b", &(1000 + number).to_be_bytes()));
        }
        if number > 30 {
            message.conversation = WITH_HER;
        }
        add(&vault, message);
    }
    assert_eq!(attached(&vault, NOTES, None, 50), [28, 24, 20, 16, 12, 8, 4]);
    assert_eq!(attached(&vault, NOTES, None, 3), [28, 24, 20]);
    assert_eq!(attached(&vault, NOTES, Some(20), 3), [16, 12, 8]);
    assert_eq!(attached(&vault, NOTES, Some(4), 3), [0; 0]);
    assert_eq!(attached(&vault, WITH_HER, None, 50), [10, 6, 2]);
    assert!(attached(&vault, ConversationId([9; 16]), None, 50).is_empty());
    vault.commit(|tx| tx.delete_message(message_id(20))).unwrap();
    assert_eq!(attached(&vault, NOTES, None, 3), [28, 24, 16]);
}

#[test]
fn attachments_are_found_after_a_backup_too() {
    let (dir, home) = home();
    let vault = create(&home);
    for number in 1..=4 {
        let mut message = note(number, "text");
        if number % 2 == 0 {
            message.attachments.push(attachment(&vault, "a", &number.to_be_bytes()));
        }
        add(&vault, message);
    }
    let (file, other) = (dir.path().join("nyx.age"), dir.path().join("restored"));
    vault.backup(BackupTo::Phrase(&address()), &file, NOW_MS, &mut |_| true).unwrap();
    let typed = password(PASSWORD);
    let mut bytes = std::fs::File::open(&file).unwrap();
    let key = BackupKey::Phrase(&root());
    let restored = restore_backup(&other, &mut bytes, key, &new_password(&typed), &mut |_| true).unwrap();
    assert_eq!(attached(&restored, NOTES, None, 50), [4, 2]);
}
