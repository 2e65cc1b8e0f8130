//! What was begun is never lost: not by a message that could not be stored, not by a lock, not by going elsewhere.

use crate::{
    notes::{at_notes, rows},
    person::{PASSWORD, Person},
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use nyx_app::window::model::VaultState;
use tempfile::TempDir;

/// Somebody who is sending a file that takes a while, with the words "watch this".
fn sending_a_film() -> (Person, TempDir) {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    std::fs::File::create(&path).unwrap().set_len(1 << 33).unwrap();
    person.drop_files(&[path]);
    person.fill("Write a message", "watch this");
    person.until(|window| window.query_by_label_contains("film.mkv 8.0 GiB").is_some());
    person.window.key_press(Key::Enter);
    person.until(|window| window.query_by_label_contains("of 8.0 GiB").is_some());
    assert_eq!(person.written(), "");
    (person, folder)
}

impl Person {
    fn lock_by_key(&mut self) {
        self.window.key_press_modifiers(Modifiers::COMMAND, Key::L);
        self.reads("Your vault is locked");
    }

    fn open_again(&mut self) {
        self.fill("Password", PASSWORD);
        self.press("Unlock");
        self.until(|window| matches!(window.state().model().vault, VaultState::Open));
    }
}

#[test]
fn a_message_that_was_not_stored_stays_beside_the_one_that_was_begun_meanwhile() {
    let (mut person, _folder) = sending_a_film();
    person.fill("Write a message", "the next one");
    person.press("Cancel");
    person.reads("Not sent: watch this, film.mkv");
    assert_eq!(person.written(), "the next one");
    // It can be tried again, and let go.
    person.press("Send again");
    person.until(|window| window.query_by_label_contains("of 8.0 GiB").is_some());
    assert!(person.window.query_by_label_contains("Not sent").is_none());
    person.press("Cancel");
    person.press("Discard");
    person.until(|window| window.query_by_label_contains("Not sent").is_none());
    assert_eq!(person.written(), "the next one");
    assert!(person.rows().is_empty());
}

#[test]
fn a_lock_keeps_the_words_of_a_message_on_its_way_and_says_that_its_files_are_gone() {
    let (mut person, _folder) = sending_a_film();
    person.fill("Write a message", "the next one");
    person.lock_by_key();
    person.open_again();
    assert_eq!(person.written(), "watch this\n\nthe next one");
    person.reads("One file that waited here was let go");
}

#[test]
fn a_window_that_is_closed_keeps_the_words_of_a_message_on_its_way() {
    let (mut person, _folder) = sending_a_film();
    person.window.state_mut().keep();
    let mut person = person.come_back();
    person.open_again();
    assert_eq!(person.written(), "watch this");
}

#[test]
fn a_stored_message_leaves_no_draft_behind() {
    let mut person = at_notes();
    person.write("stored");
    person.lock_by_key();
    person.open_again();
    assert_eq!(person.written(), "");
}

#[test]
fn files_that_wait_are_still_there_after_a_look_at_the_settings() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.txt");
    std::fs::write(&path, "first this").unwrap();
    person.drop_files(&[path]);
    person.fill("Write a message", "the plan");
    person.until(|window| window.query_by_label("Remove plan.txt").is_some());
    person.open_settings("About");
    person.press("Back");
    person.until(|window| window.query_by_label("Remove plan.txt").is_some());
    assert_eq!(person.written(), "the plan");
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    assert_eq!(person.newest().message.attachments.len(), 1);
}

#[test]
fn files_that_wait_behind_the_settings_are_let_go_by_a_lock_and_that_is_said() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.txt", "b.txt"].map(|name| folder.path().join(name));
    for path in &paths {
        std::fs::write(path, "text").unwrap();
    }
    person.drop_files(&paths);
    person.until(|window| window.query_by_label("Remove b.txt").is_some());
    person.open_settings("About");
    person.lock_by_key();
    person.open_again();
    person.reads("2 files that waited here were let go");
    assert!(person.window.query_by_label("Remove a.txt").is_none());
}

#[test]
fn the_last_letters_are_kept_when_the_tray_locks_and_when_the_window_closes() {
    let mut person = at_notes();
    person.fill("Write a message", "half a thou");
    person.window.state_mut().lock();
    person.reads("Your vault is locked");
    person.open_again();
    assert_eq!(person.written(), "half a thou");
    person.fill("Write a message", "ght");
    person.window.state_mut().keep();
    let mut person = person.come_back();
    person.open_again();
    assert_eq!(person.written(), "half a thought");
}

#[test]
fn half_a_change_is_found_again_after_a_lock() {
    let mut person = at_notes();
    person.write("Teh");
    person.window.key_press(Key::ArrowUp);
    person.until(|window| window.query_by_label("Editing").is_some());
    person.fill("Write a message", " tarik");
    person.lock_by_key();
    person.open_again();
    assert_eq!(person.written(), "Teh tarik");
}

#[test]
fn as_many_files_as_a_message_may_have_are_sent_and_the_one_too_many_is_named() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..101).map(|number| folder.path().join(format!("{number:03}.txt"))).collect();
    for path in &paths {
        std::fs::write(path, "text").unwrap();
    }
    person.drop_files(&paths);
    person.reads("100.txt was not attached");
    person.until(|window| window.query_by_label("Remove 099.txt").is_some());
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    assert_eq!(person.newest().message.attachments.len(), 100);
}
