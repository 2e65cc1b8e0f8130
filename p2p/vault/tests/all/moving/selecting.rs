//! A person leaves something out: it stays, and what goes along is what both agree on.

use super::{
    account::{HER, files_in, with_account, with_history},
    sides::Pair,
};
use crate::{faults::Seeded, ground::*};
use nyx_proto::limits::MOVE_ROOM_PER_PACKED;
use nyx_vault::{StorageError, WriteError, model::Author};
use nyx_wire::moving::Selection;

#[test]
fn without_attachments_the_texts_arrive_and_what_is_nothing_but_files_stays() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let (texts, files) = (bodies(&vault), files_in(&vault));
    let mut pair = Pair::begin(vault, &dir.path().join("new"), Selection { attachments: false, since_ms: None });
    pair.run();
    pair.check_moved();
    let new = pair.new.vault.as_ref().unwrap();
    let counts = new.read::<_, StorageError>(|reader| reader.counts()).unwrap();
    assert_eq!((counts.attachments, counts.attachment_bytes), (0, 0));
    // One of the four with files has no text.
    assert_eq!(bodies(new).iter().filter(|body| *body == "with a file").count(), 3);
    assert!(!bodies(new).iter().any(String::is_empty));
    assert_eq!(
        (bodies(&pair.old.vault), files_in(&pair.old.vault)),
        (texts, files),
        "everything is still on the old device"
    );
}

#[test]
fn only_what_is_younger_arrives_with_all_that_belongs_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let since = NOW_MS + 200;
    // It answers one that stays behind.
    let mut answer = note(2_000, "an answer");
    answer.reply_to = Some(message_id(1));
    add(&vault, answer);
    let all = bodies(&vault).len();
    let files = files_in(&vault);
    let selection = Selection { attachments: true, since_ms: Some(since.unsigned_abs()) };
    let mut pair = Pair::begin(vault, &dir.path().join("new"), selection);
    pair.run();
    pair.check_moved();
    let new = pair.new.vault.as_ref().unwrap();
    assert_eq!(bodies(new).len(), all - 199);
    assert_eq!(files_in(new), files);
    // A draft, contacts and settings have no age.
    new.read::<_, StorageError>(|reader| {
        assert_eq!(reader.draft(NOTES)?.unwrap().body, "begun");
        assert!(reader.contact(HER)?.is_some());
        assert!(reader.quotes([message_id(1)], 10)?.is_empty(), "nothing is there to be quoted");
        Ok(())
    })
    .unwrap();
    // Places are kept, so the next one is behind them.
    assert_eq!(add(new, note(5_000, "the next one")), all as u64 + 1);
}

#[test]
fn sizes_are_told_before_for_each_choice() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_account(&dir.path().join("old"));
    for number in 1..=10 {
        let mut message = note(number, "text");
        message.author = Author::Me;
        message.attachments.push(attachment(&vault, "a", &vec![0; number as usize * 100]));
        add(&vault, message);
    }
    let [all, half, none] = vault.move_sizes(&[None, Some(NOW_MS + 6), Some(i64::MAX)]).unwrap()[..] else {
        panic!("one for each");
    };
    assert_eq!((all.messages, all.attachments, all.attachment_bytes), (10, 10, 5_500));
    assert_eq!((half.messages, half.attachments, half.attachment_bytes), (5, 5, 4_000));
    assert_eq!((none.messages, none.row_bytes, none.attachments, none.attachment_bytes), (0, 0, 0, 0));
    assert_eq!(half.row_bytes, all.row_bytes / 2);
}

#[test]
fn a_vault_of_short_texts_takes_no_more_room_while_it_is_built_than_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_account(&dir.path().join("old"));
    let mut random = Seeded::new("short texts");
    let mut text = || -> String { (0..40).map(|_| (b'a' + random.below(26) as u8) as char).collect() };
    vault
        .commit::<_, WriteError>(|tx| {
            (1..=6_000).try_for_each(|number| tx.add_message(note(number, &text())).map(drop))
        })
        .unwrap();
    let expected = vault.move_sizes(&[None]).unwrap()[0].row_bytes;
    let mut pair = Pair::begin_with_window(vault, &dir.path().join("new"), Selection::ALL, 64);
    pair.run();
    pair.check_moved();
    let (packs, most) = pair.new.room;
    println!("{packs} bytes of packs, {expected} expected, {most} while the vault was built");
    assert!(expected.abs_diff(packs) < packs / 5, "{expected} expected of {packs}");
    assert!(most < packs * (1 + MOVE_ROOM_PER_PACKED), "{most} for {packs}");
}
