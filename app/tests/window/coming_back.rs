//! Back into a vault, by the password, the phrase or a backup.

use crate::person::{PASSWORD, Person};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use nyx_app::{
    text::Language,
    window::{appearance::Appearance, model::VaultState},
};

const OTHER: &str = "pebble orchid quantum teapot";

#[test]
fn a_locked_vault_is_opened_by_its_password_alone() {
    let mut person = Person::new();
    person.create_account();
    let mut person = person.come_back();
    person.until(|window| window.query_by_role_and_label(Role::PasswordInput, "Password").is_some());
    person.fill("Password", "another one");
    person.press("Unlock");
    person.reads("That is not the password");
    assert!(person.window.get_by_role_and_label(Role::PasswordInput, "Password").is_focused());
    unlock(&mut person, PASSWORD);
}

#[test]
fn a_forgotten_password_is_replaced_by_the_phrase_and_the_history_stays() {
    let mut person = Person::at_noon(Appearance { language: Language::English, ..Appearance::default() });
    let words = person.create_account();
    let aid = person.window.state().model().account.as_ref().unwrap().aid;
    let mut person = person.come_back();
    person.press("Forgot the password?");
    let mut wrong = words.clone();
    // One letter too many, in a word that is a word of the list.
    wrong[4].push('q');
    person.fill("Recovery phrase", &wrong.join(" "));
    person.fill("New password", OTHER);
    person.fill("New password, once more", OTHER);
    person.press("Recover");
    person.reads("Word 5 is in no recovery phrase");
    person.picture("recover");
    // What was meant is offered, and a press puts it there.
    person.press(&words[4]);
    person.press("Recover");
    person.reads("everything is still here");
    person.press("Continue");
    assert_eq!(person.window.state().model().account.as_ref().unwrap().aid, aid);
    let mut person = person.come_back();
    unlock(&mut person, OTHER);
}

#[test]
fn the_phrase_alone_brings_back_who_one_is() {
    let mut first = Person::new();
    let words = first.create_account();
    let aid = first.window.state().model().account.as_ref().unwrap().aid;
    let mut person = Person::new();
    person.press("Recover with phrase");
    person.reads("does not bring back messages");
    person.fill("Recovery phrase", &words.join("  "));
    person.fill("Name", "Sari");
    person.fill("New password", OTHER);
    person.fill("New password, once more", "something else");
    person.press("Recover");
    person.reads("not the same");
    person.fill("New password, once more", "");
    person.select_all_and_type("New password, once more", OTHER);
    person.press("Recover");
    person.reads("Your messages and files are not here");
    person.press("Continue");
    assert_eq!(person.window.state().model().account.as_ref().unwrap().aid, aid);
}

#[test]
fn a_backup_comes_back_by_its_passphrase() {
    let mut first = Person::new();
    first.create_account();
    first.open_settings("Backup");
    first.press("A passphrase");
    first.fill("Passphrase", OTHER);
    first.fill("Passphrase, once more", OTHER);
    first.picture("settings-backup");
    let file = first.file("all.age");
    first.fill("Backup file", file.to_str().unwrap());
    first.press("Make a backup");
    first.reads("Its passphrase opens it");
    let mut person = Person::new();
    person.press("Restore a backup");
    person.fill("Backup file", file.to_str().unwrap());
    person.press("Continue");
    person.fill("Passphrase", "not this");
    person.fill("New password", PASSWORD);
    person.fill("New password, once more", PASSWORD);
    person.press("Restore");
    person.reads("does not open the backup");
    person.select_all_and_type("Passphrase", OTHER);
    person.press("Restore");
    person.reads("Everything from the backup is here");
    person.reads("cannot speak for your account");
    person.press("Continue");
    assert!(!person.window.state().model().account.as_ref().unwrap().can_sign);
}

#[test]
fn a_backup_that_is_not_there_is_told_before_anything_else_is_asked() {
    let mut person = Person::new();
    person.press("Restore a backup");
    person.fill("Backup file", "/nowhere/at/all.age");
    person.press("Continue");
    person.reads("Check the name");
    person.picture("restore");
}

#[test]
fn a_vault_that_another_program_has_can_be_tried_again() {
    let mut first = Person::new();
    first.create_account();
    let mut second = first.beside();
    second.reads("Another Nyx is using this vault");
    drop(first);
    second.press("Try again");
    second.until(|window| matches!(window.state().model().vault, VaultState::Locked));
    second.reads("Your vault is locked");
}

/// Somebody who came back by a backup that its passphrase opens, and the phrase of the account.
fn restored() -> (Person, Vec<String>) {
    let mut first = Person::new();
    let words = first.create_account();
    first.open_settings("Backup");
    first.press("A passphrase");
    first.fill("Passphrase", OTHER);
    first.fill("Passphrase, once more", OTHER);
    let file = first.file("all.age");
    first.fill("Backup file", file.to_str().unwrap());
    first.press("Make a backup");
    first.reads("Its passphrase opens it");
    let mut person = Person::new();
    person.press("Restore a backup");
    person.fill("Backup file", file.to_str().unwrap());
    person.press("Continue");
    person.fill("Passphrase", OTHER);
    person.fill("New password", PASSWORD);
    person.fill("New password, once more", PASSWORD);
    person.press("Restore");
    person.press("Continue");
    (person, words)
}

#[test]
fn the_phrase_in_the_settings_lets_a_restored_account_speak_for_itself() {
    let (mut person, words) = restored();
    person.open_settings("Account");
    person.press("Recover with phrase");
    person.fill("Recovery phrase", &words.join(" "));
    person.fill("New password", OTHER);
    person.fill("New password, once more", OTHER);
    person.press("Recover");
    person.reads("everything is still here");
    person.press("Continue");
    person.reads("Your notes");
    assert!(person.window.state().model().account.as_ref().unwrap().can_sign);
    person.open_settings("Account");
    person.until(|window| window.query_by_role_and_label(Role::Button, "Recover with phrase").is_none());
    let mut person = person.come_back();
    unlock(&mut person, OTHER);
    person.until(|window| window.state().model().account.as_ref().is_some_and(|account| account.can_sign));
}

#[test]
fn recovering_from_the_settings_can_be_left_and_a_wrong_phrase_changes_nothing() {
    let (mut person, _) = restored();
    person.open_settings("Account");
    person.press("Recover with phrase");
    person.press("Back");
    person.until(|window| window.query_by_role_and_label(Role::Heading, "Settings").is_some());
    person.press("Account");
    person.press("Recover with phrase");
    person.fill("Recovery phrase", &format!("{}art", "abandon ".repeat(23)));
    person.fill("New password", OTHER);
    person.fill("New password, once more", OTHER);
    person.press("Recover");
    person.reads("belongs to another account");
    person.press("Back");
    person.until(|window| !matches!(window.state().model().vault, VaultState::Unknown));
    if matches!(person.window.state().model().vault, VaultState::Locked) {
        unlock(&mut person, PASSWORD);
    }
    person.until(|window| window.state().model().account.as_ref().is_some_and(|account| !account.can_sign));
}

fn unlock(person: &mut Person, password: &str) {
    person.until(|window| window.query_by_role_and_label(Role::PasswordInput, "Password").is_some());
    person.fill("Password", password);
    person.press("Unlock");
    person.until(|window| matches!(window.state().model().vault, VaultState::Open));
}
