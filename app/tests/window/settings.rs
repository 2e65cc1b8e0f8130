//! Settings: each of them while the window runs.

use crate::person::{PASSWORD, Person};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::{
    text::Language,
    window::{
        appearance::{Look, kept::Kept},
        model::VaultState,
    },
};
use nyx_p2p::Notify;

#[test]
fn the_password_is_changed_and_the_old_one_no_longer_opens() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Password");
    person.fill("Present password", PASSWORD);
    person.fill("New password", "pebble orchid quantum teapot");
    person.fill("New password, once more", "pebble orchid quantum teapot");
    person.picture("settings-password");
    person.press("Change password");
    person.reads("The password is changed");
    person.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::L);
    person.reads("Your vault is locked");
    person.fill("Password", PASSWORD);
    person.press("Unlock");
    person.reads("That is not the password");
    person.fill("Password", "pebble orchid quantum teapot");
    person.press("Unlock");
    person.until(|window| matches!(window.state().model().vault, VaultState::Open));
}

#[test]
fn looks_change_at_once_and_are_there_the_next_time() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Look and language");
    person.press("Light");
    person.press("125 %");
    person.until(|window| (window.ctx.zoom_factor() - 1.25).abs() < 0.01);
    person.press("Bahasa Indonesia");
    person.reads("Tampilan dan bahasa");
    person.press("Kontras tinggi");
    person.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Minus);
    person.until(|window| (window.ctx.zoom_factor() - 1.0).abs() < 0.01);
    let person = person.come_back();
    let kept = Kept::read(&person.file("nyx"));
    assert_eq!((kept.language, kept.look, kept.scale), (Some(Language::Indonesian), Look::Contrast, Some(1.0)));
}

#[test]
fn lock_and_notifications_are_kept_in_the_vault() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Lock and privacy");
    person.press("5 min");
    person.until(|window| window.state().model().settings.lock_after_secs == Some(300));
    person.press("From whom");
    person.until(|window| window.state().model().settings.notify == Notify::Sender);
    let mut person = person.come_back();
    person.fill("Password", PASSWORD);
    person.press("Unlock");
    person.until(|window| window.state().model().settings.notify == Notify::Sender);
    assert_eq!(person.window.state().model().settings.lock_after_secs, Some(300));
}

#[test]
fn a_check_says_that_everything_is_well_or_what_is_damaged() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Check the vault");
    person.press("Check now");
    person.reads("Everything is as it was written");
    let database = person.file("nyx").join("vault.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    person.press("Check now");
    person.reads("Damaged: ");
    person.reads("Nothing was removed or overwritten");
}

#[test]
fn erasing_asks_for_a_word_and_leaves_the_first_start() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Erase");
    assert!(person.window.get_by_role_and_label(Role::Button, "Erase everything").accesskit_node().is_disabled());
    person.fill("Type erase to go on", "Erase");
    person.picture("settings-erase");
    person.press("Erase everything");
    person.reads("Create account");
    assert!(!person.file("nyx").exists());
    assert!(person.window.state().model().account.is_none());
}

#[test]
fn what_was_begun_in_one_part_does_not_wait_there() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Backup");
    person.press("A passphrase");
    person.fill("Passphrase", "pebble orchid");
    person.press("Erase");
    person.fill("Type erase to go on", "erase");
    person.press("Backup");
    let passphrase = person.window.get_by_role_and_label(Role::PasswordInput, "Passphrase");
    assert_eq!(passphrase.accesskit_node().value().unwrap_or_default(), "");
    person.press("Erase");
    assert!(person.window.get_by_role_and_label(Role::Button, "Erase everything").accesskit_node().is_disabled());
}

#[test]
fn a_locked_window_knows_nothing_of_the_account() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("Account");
    person.reads("Sari");
    person.press("Lock now");
    person.reads("Your vault is locked");
    let model = person.window.state().model();
    assert!(model.account.is_none() && model.chats.is_empty());
    assert!(person.window.query_by_label_contains("Sari").is_none());
}

#[test]
fn about_tells_what_protects_what() {
    let mut person = Person::new();
    person.create_account();
    person.open_settings("About");
    person.reads("Argon2id");
}
