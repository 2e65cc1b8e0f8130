//! Search: words are found in every language, in every place, and never after they are gone.

use crate::{damage::files, ground::*};
use nyx_vault::{ContactId, ConversationId, SearchPage, StorageError, Vault, WriteError};

#[test]
fn indonesian_english_and_cjk_words_and_parts_of_words_are_found() {
    let (_dir, home) = home();
    let vault = create(&home);
    let texts = [
        "Kami sedang mempelajari pembelajaran mesin",
        "Remember the Milk",
        "明日、東京都に行きます",
        "今天天气很好",
        "오늘 날씨가 좋네요",
        "Straße über Ærø",
        "it's 50% off, \"really\" (AND only NOT today*)",
        "ok",
        "我",
    ];
    for (number, text) in texts.iter().enumerate() {
        add(&vault, note(number as u64, text));
    }
    for (query, expected) in [
        ("ajar", 0),
        ("PEMBELAJARAN", 0),
        ("mesin kami", 0),
        ("milk", 1),
        ("the rem", 1),
        ("東京", 2),
        ("東京都", 2),
        ("行きます", 2),
        ("京", 2),
        ("天气", 3),
        ("很好", 3),
        ("好", 3),
        ("날씨가", 4),
        ("날씨", 4),
        ("über", 5),
        ("ÜBER", 5),
        ("ærø", 5),
        ("50%", 6),
        ("\"really\"", 6),
        ("not today*)", 6),
        ("ok", 7),
        ("OK", 7),
        ("我", 8),
    ] {
        assert_eq!(search(&vault, query), [texts[expected]], "{query}");
    }
    for query in ["", " ", "\0", "milk bread", "zzz", "zz", "\u{2}", "\"", "%", "* OR milk"] {
        let found = search(&vault, query);
        assert!(found.len() <= 1 && !found.contains(&texts[1].to_owned()), "{query:?}: {found:?}");
    }
}

#[test]
fn short_words_are_found_far_back_and_at_the_very_end() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.add_message(note(1, "会议在京"))?;
            tx.add_message(note(2, "qz"))?;
            for number in 3..5000 {
                tx.add_message(note(number, "filler without the letters in question"))?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(search(&vault, "在京"), ["会议在京"]);
    assert_eq!(search(&vault, "京"), ["会议在京"]);
    assert_eq!(search(&vault, "qz"), ["qz"]);
    assert_eq!(search(&vault, "fi").len(), 1000);
}

#[test]
fn pages_of_a_search_follow_each_other_and_stay_in_their_conversation() {
    let (_dir, home) = home();
    let vault = create(&home);
    let other = ConversationId([2; 16]);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_contact(&somebody(ContactId([9; 16])))?;
            tx.put_conversation(&with(ContactId([9; 16]), 2))?;
            for number in 1..=120 {
                let conversation = if number % 2 == 0 { other } else { NOTES };
                tx.add_message(nyx_vault::model::NewMessage { conversation, ..note(number, "needle ne") })?;
            }
            Ok(())
        })
        .unwrap();
    for query in ["needle", "ne"] {
        let mut found = Vec::new();
        let mut cursor = None;
        loop {
            let page = look(&vault, query, Some(NOTES), cursor, 25);
            found.extend(page.found.iter().map(|message| message.id));
            assert!(page.found.iter().all(|message| message.conversation == NOTES));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, (1..=120).rev().filter(|number| number % 2 == 1).map(message_id).collect::<Vec<_>>());
    }
    assert!(look(&vault, "needle", Some(ConversationId([3; 16])), None, 25).found.is_empty());
}

#[test]
fn names_of_attachments_are_found_and_edited_or_deleted_words_are_not() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut message = note(1, "see file");
    message.attachments.push(attachment(&vault, "Jahresbericht.pdf", b"x"));
    message.attachments.push(attachment(&vault, "anhang.zip", b"y"));
    add(&vault, message);
    assert_eq!(search(&vault, "bericht anhang"), ["see file"]);
    vault.commit(|tx| tx.edit_message(message_id(1), "look there", NOW_MS)).unwrap();
    assert!(search(&vault, "see file").is_empty());
    assert_eq!(search(&vault, "look bericht"), ["look there"]);
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    assert!(search(&vault, "bericht").is_empty());
    assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty(), "index and messages agree");
    assert!(files(&home.join("blobs")).is_empty());
}

fn look(
    vault: &Vault,
    query: &str,
    within: Option<ConversationId>,
    after: Option<nyx_vault::SearchCursor>,
    limit: usize,
) -> SearchPage {
    vault.read::<_, StorageError>(|reader| reader.search(query, within, after, limit)).unwrap()
}
