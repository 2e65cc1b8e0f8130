//! A list asks for places, and hears of everything that is and is not there.

use crate::ground::*;
use nyx_vault::{
    ConversationId, Page, Rows, StorageError, Vault, WriteError,
    limits::{ATTACHMENTS_MAX, BODY_BYTES_MAX, PAGE_BYTES_MAX, PAGE_MAX, PREVIEW_BYTES_MAX},
    model::{Author, Message},
};
use std::ops::RangeInclusive;

fn rows(vault: &Vault, places: RangeInclusive<u64>) -> (Vec<u64>, RangeInclusive<u64>) {
    let Rows { messages, covered } = vault.read::<_, StorageError>(|reader| reader.rows(NOTES, places)).unwrap();
    (messages.iter().map(|message| message.seq).collect(), covered)
}

fn filled(vault: &Vault, count: u64, deleted: impl Iterator<Item = u64>) {
    vault
        .commit::<_, WriteError>(|tx| {
            for number in 1..=count {
                tx.add_message(note(number, "text"))?;
            }
            for number in deleted {
                tx.delete_message(message_id(number))?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_answer_covers_the_gaps_around_it_up_to_the_next_messages() {
    let (_dir, home) = home();
    let vault = create(&home);
    filled(&vault, 1000, (1..=9).chain(20..=899).chain(951..=1000));
    assert_eq!(rows(&vault, 12..=14), (vec![12, 13, 14], 12..=14));
    assert_eq!(rows(&vault, 1..=3), (vec![], 1..=9), "before the first one that is left");
    assert_eq!(rows(&vault, 8..=10), (vec![10], 1..=10));
    assert_eq!(rows(&vault, 500..=501), (vec![], 20..=899), "in the middle of a gap: all of it");
    assert_eq!(rows(&vault, 19..=500), (vec![19], 19..=899));
    assert_eq!(rows(&vault, 500..=900), (vec![900], 20..=900));
    assert_eq!(rows(&vault, 950..=960), (vec![950], 950..=1000), "up to the last place that was ever given");
    assert_eq!(rows(&vault, 990..=5000), (vec![], 951..=1000), "what is to come is not known");
    assert_eq!(rows(&vault, 2000..=u64::MAX), (vec![], 951..=1000));
    #[expect(clippy::reversed_empty_ranges, reason = "whoever asks about nothing hears about nothing or about a gap")]
    {
        assert_eq!(rows(&vault, 12..=11), (vec![], 12..=11));
        assert_eq!(rows(&vault, 500..=3), (vec![], 20..=899));
    }
    assert_eq!(add(&vault, note(1001, "later")), 1001);
    assert_eq!(rows(&vault, 990..=5000), (vec![1001], 951..=1001));
}

#[test]
fn an_answer_is_a_page_at_most_and_says_where_it_ends() {
    let (_dir, home) = home();
    let vault = create(&home);
    let page = PAGE_MAX as u64;
    filled(&vault, page + 20, page + 1..=page + 10);
    let (seqs, covered) = rows(&vault, 1..=u64::MAX);
    assert_eq!(seqs, (1..=page).collect::<Vec<_>>());
    assert_eq!(covered, 1..=page + 10, "the gap behind it too");
    assert_eq!(rows(&vault, page + 11..=u64::MAX).0.len(), 10);
}

#[test]
fn a_page_of_the_longest_messages_is_shorter_and_still_leaves_none_out() {
    let (_dir, home) = home();
    let vault = create(&home);
    let long = "many words and ".repeat(BODY_BYTES_MAX / 15);
    vault
        .commit::<_, WriteError>(|tx| {
            for number in 1..=40 {
                tx.add_message(note(number, &long))?;
            }
            Ok(())
        })
        .unwrap();
    let mut previews = note(41, "");
    for number in 0..ATTACHMENTS_MAX {
        let mut file = attachment(&vault, "a", &number.to_be_bytes());
        file.about.preview = Some(vec![7; PREVIEW_BYTES_MAX]);
        previews.attachments.push(file);
    }
    add(&vault, previews);
    let bytes = |messages: &[Message]| -> usize {
        let preview = |message: &Message| -> usize {
            message.attachments.iter().map(|file| file.about.as_ref().unwrap().preview.as_ref().unwrap().len()).sum()
        };
        messages.iter().map(|message| message.body.as_ref().unwrap().len() + preview(message)).sum()
    };
    let (mut next, mut seen) = (1, Vec::new());
    while next <= 41 {
        let rows = vault.read::<_, StorageError>(|reader| reader.rows(NOTES, next..=u64::MAX)).unwrap();
        assert!(bytes(&rows.messages) <= PAGE_BYTES_MAX && rows.messages.len() < 40);
        seen.extend(rows.messages.iter().map(|message| message.seq));
        assert_eq!(Some(rows.covered.end()), seen.last());
        next = rows.covered.end() + 1;
    }
    assert_eq!(seen, (1..=41).collect::<Vec<_>>());

    let (mut page, mut seen) = (Page::Newest, Vec::new());
    loop {
        let messages = vault.read::<_, StorageError>(|reader| reader.messages(NOTES, page, 1000)).unwrap();
        let Some(first) = messages.first() else { break };
        assert!(bytes(&messages) <= PAGE_BYTES_MAX);
        page = Page::Before(first.seq);
        seen.splice(0..0, messages.iter().map(|message| message.seq));
    }
    assert_eq!(seen, (1..=41).collect::<Vec<_>>());

    let (mut cursor, mut seen) = (None, Vec::new());
    loop {
        let found = vault.read::<_, StorageError>(|reader| reader.search("words", None, cursor, 1000)).unwrap();
        assert!(bytes(&found.found) <= PAGE_BYTES_MAX);
        seen.splice(0..0, found.found.iter().rev().map(|message| message.seq));
        cursor = found.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=40).collect::<Vec<_>>());
}

#[test]
fn rows_seen_within_a_transaction_are_those_that_it_wrote() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.add_message(note(1, "one"))?;
            tx.add_message(note(2, "two"))?;
            assert_eq!(tx.rows(NOTES, 1..=9)?.covered, 1..=2);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_ends_of_a_conversation_are_what_is_there_now() {
    let (_dir, home) = home();
    let vault = create(&home);
    let ends = |id| vault.read::<_, StorageError>(|reader| reader.ends(id)).unwrap();
    assert_eq!(ends(NOTES), None);
    assert_eq!(ends(ConversationId([9; 16])), None);
    assert_eq!(rows(&vault, 1..=10).0, [0; 0]);
    filled(&vault, 10, [1, 2, 10].into_iter());
    assert_eq!(ends(NOTES), Some((3, 9)));
    let nowhere = vault.read::<_, StorageError>(|reader| reader.rows(ConversationId([9; 16]), 5..=6)).unwrap();
    assert_eq!(nowhere, Rows { messages: Vec::new(), covered: 1..=u64::MAX });
}

#[test]
fn a_quote_is_the_beginning_of_a_message_and_never_half_a_character() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut with_file = note(1, "");
    with_file.attachments.push(attachment(&vault, "a", b"a"));
    add(&vault, with_file);
    add(&vault, note(2, "é́👍🏽 naïve"));
    let mut secret = note(3, "this vanishes");
    secret.ttl_secs = Some(60);
    add(&vault, secret);
    add(&vault, note(4, "with \0 inside"));
    let quotes = |chars| {
        vault.read::<_, StorageError>(|reader| reader.quotes([1, 2, 2, 3, 4, 99].map(message_id), chars)).unwrap()
    };
    let four = quotes(4);
    assert_eq!(four.len(), 4, "what is not there is left out");
    let text = |number| four[&message_id(number)].text.as_deref().unwrap();
    assert_eq!([text(1), text(2), text(3), text(4)], ["", "é́👍🏽", "this", "with"]);
    assert!(!four[&message_id(1)].is_cut && four[&message_id(2)].is_cut && four[&message_id(3)].is_cut);
    assert!(four[&message_id(1)].has_attachments && !four[&message_id(2)].has_attachments);
    let quote = &four[&message_id(2)];
    assert_eq!((quote.conversation, quote.seq, quote.author), (NOTES, 2, Author::Me));
    let whole = quotes(13);
    assert_eq!(whole[&message_id(3)].text.as_deref(), Some("this vanishes"));
    assert!(!whole[&message_id(3)].is_cut);
    assert_eq!(whole[&message_id(4)].text.as_deref(), Some("with \0 inside"));

    let locked = vault.lock();
    std::fs::remove_file(home.join("expiry/unread")).unwrap();
    let vault = locked.unlock(&password(PASSWORD)).unwrap();
    let gone = vault.read::<_, StorageError>(|reader| reader.quotes([message_id(3)], 9)).unwrap();
    assert_eq!(gone[&message_id(3)].text, None);
    assert_eq!(vault.read::<_, StorageError>(|reader| reader.messages(NOTES, Page::Newest, 9)).unwrap().len(), 4);
}
