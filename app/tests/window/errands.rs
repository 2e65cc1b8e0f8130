//! What goes on whichever screen is shown, and what is said when something did not work.

use crate::{
    conversation::at_notes,
    person::{PASSWORD, Person},
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use nyx_app::window::model::VaultState;

/// Somebody who has just begun a backup. Its passphrase takes about a second, on purpose.
fn making_a_backup() -> Person {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Backup");
    person.press("A passphrase");
    person.fill("Passphrase", PASSWORD);
    person.fill("Passphrase, once more", PASSWORD);
    let file = person.file("all.age");
    person.fill("Backup file", file.to_str().unwrap());
    person.press_once("Make a backup");
    person
}

#[test]
fn a_backup_goes_on_and_is_said_where_the_person_has_gone() {
    let mut person = making_a_backup();
    person.press_once("Back");
    person.reads("Your notes");
    person.reads("Its passphrase opens it");
    assert!(person.file("all.age").exists());
    person.press("Dismiss");
    person.until(|window| window.query_by_label_contains("Its passphrase opens it").is_none());
}

#[test]
fn a_backup_can_be_stopped_from_where_the_person_has_gone() {
    let mut person = making_a_backup();
    person.press_once("Back");
    person.press("Stop: Writing the backup");
    person.until(|window| window.query_all_by_label_contains("Writing the backup").next().is_none());
    assert!(!person.file("all.age").exists());
}

#[test]
fn what_a_lock_has_stopped_is_said_afterwards() {
    let mut person = making_a_backup();
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    person.reads("Your vault is locked");
    assert!(person.window.query_by_label_contains("was stopped").is_none());
    // The work of the passphrase can't be interrupted; on a busy machine it holds the vault for a moment.
    while !matches!(person.window.state().model().vault, VaultState::Open) {
        person.fill("Password", PASSWORD);
        person.press("Unlock");
        person.until(|window| window.query_by_label("Unlocking…").is_none());
    }
    person.reads("was stopped when the vault was locked");
    assert!(!person.file("all.age").exists());
}

#[test]
fn a_message_that_could_not_be_deleted_is_told() {
    let mut person = at_notes();
    person.write("stays");
    let database = person.file("nyx").join("vault.db");
    for name in ["vault.db", "vault.db-wal"] {
        let path = database.with_file_name(name);
        let length = std::fs::metadata(&path).map_or(0, |about| about.len());
        std::fs::write(path, vec![7; length as usize]).unwrap();
    }
    person.menu("stays");
    person.press("Delete");
    person.press("Delete it");
    person.press("Dismiss");
    assert!(matches!(person.window.state().model().vault, VaultState::Open));
}
