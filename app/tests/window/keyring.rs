//! The desktop's keyring, as somebody in front of the window meets it.

use crate::person::{PASSWORD, Person};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use nyx_app::window::model::VaultState;
use nyx_p2p::{Answer, Keyring, KeyringError, KeyringKey, KeyringUse};
use std::sync::{Arc, Mutex};

#[test]
fn the_keyring_is_turned_on_with_the_password_and_opens_the_next_start() {
    let ring = Arc::new(Ring::default());
    let mut person = Person::with_keyring(ring.clone());
    turn_on(&mut person);
    // Locked by its person it stays locked.
    person.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::L);
    person.reads("Your vault is locked");
    person.window.step();
    assert!(person.window.query_by_label_contains("keyring").is_none());
    person.unlock();
    let mut person = person.come_back();
    person.until(|window| matches!(window.state().model().vault, VaultState::Open));
    person.open_settings("Lock and privacy");
    person.press("Turn off");
    person.until(|window| window.state().model().keyring == KeyringUse::Off);
    // The vault first, then the keyring.
    person.until(|_| ring.kept.lock().unwrap().is_none());
    let mut person = person.come_back();
    person.until(|window| matches!(window.state().model().vault, VaultState::Locked));
    person.unlock();
}

#[test]
fn a_keyring_that_fails_is_told_and_the_password_opens() {
    let ring = Arc::new(Ring::default());
    let mut person = Person::with_keyring(ring.clone());
    turn_on(&mut person);
    *ring.kept.lock().unwrap() = None;
    let mut person = person.come_back();
    person.reads("Your keyring does not have the key to this vault. Type your password");
    person.unlock();
}

fn turn_on(person: &mut Person) {
    person.create_account();
    person.open_settings("Lock and privacy");
    person.reads("can then open the vault without your password");
    person.fill("Password", "wrong");
    person.press("Turn on");
    person.reads("That is not the password");
    assert!(person.window.query_by_role_and_label(Role::Button, "Turn off").is_none());
    person.fill("Password", PASSWORD);
    person.press("Turn on");
    person.reads("Your keyring opens the vault when Nyx starts");
}

/// A keyring in memory.
#[derive(Default)]
struct Ring {
    kept: Mutex<Option<[u8; 32]>>,
}

impl Keyring for Ring {
    fn keep<'a>(&'a self, _vault: [u8; 16], key: &'a KeyringKey) -> Answer<'a, ()> {
        Box::pin(async move {
            *self.kept.lock().unwrap() = Some(*key.expose());
            Ok(())
        })
    }

    fn find(&self, _vault: [u8; 16]) -> Answer<'_, KeyringKey> {
        Box::pin(async move { self.kept.lock().unwrap().map(KeyringKey::from_bytes).ok_or(KeyringError::Lost) })
    }

    fn forget(&self, _vault: [u8; 16]) -> Answer<'_, ()> {
        Box::pin(async move {
            *self.kept.lock().unwrap() = None;
            Ok(())
        })
    }
}
