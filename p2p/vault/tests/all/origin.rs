//! The phrase opens what comes from it, and nothing that was put in its way.

use crate::{backup::address, ground::*};
use nyx_crypto::{root::Root, secret::Secret};
use nyx_vault::{
    BackupKey, BackupTo, ChangePasswordError, LockedVault, Origin, RestoreError, SlotError, UnlockError, Vault,
    restore_backup, write_backup,
};
use std::{fs, path::Path};

/// A vault of somebody who knows everything public about the phrase.
fn foreign(home: &Path) -> Vault {
    let password = password("somebody else's password");
    let public = Origin::of(&root()).reset_public();
    let origin = Origin::from_parts(public, Secret::from_bytes([7; 32]));
    let vault = LockedVault::create(home, &new_password(&password), &origin).unwrap();
    vault.commit(|tx| tx.put_conversation(&notes())).unwrap();
    add(&vault, note(1, "planted"));
    vault
}

fn backup(vault: &Vault, to: BackupTo<'_>) -> Vec<u8> {
    let snapshot = vault.snapshot(NOW_MS, &mut |_, _| true).unwrap();
    let mut bytes = Vec::new();
    write_backup(vault, &snapshot, to, &mut bytes, &mut |_| true).unwrap();
    bytes
}

#[test]
fn a_vault_that_was_put_behind_the_phrase_neither_opens_by_it_nor_takes_a_password() {
    let (_dir, home) = home();
    drop(foreign(&home));
    let before = fs::read(home.join("header")).unwrap();
    let refused = LockedVault::find(&home).unwrap().unlock_with_phrase(&root()).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Slot(SlotError::Foreign)));
    let mut locked = refused.vault;
    let new = password("a new password");
    let refused = locked.reset_password(&root(), &new_password(&new)).unwrap_err();
    assert!(matches!(refused, ChangePasswordError::Slot(SlotError::Foreign)));
    assert_eq!(fs::read(home.join("header")).unwrap(), before);
}

#[test]
fn a_backup_by_somebody_who_knows_only_public_keys_is_refused() {
    let (dir, home) = home();
    let vault = foreign(&home);
    let to = address();
    let bytes = backup(&vault, BackupTo::Phrase(&to));
    let typed = password(PASSWORD);
    let new = dir.path().join("new");
    let restored = restore_backup(&new, &mut &*bytes, BackupKey::Phrase(&root()), &new_password(&typed), &mut |_| true);
    assert!(matches!(restored, Err(RestoreError::NotABackup)));
    assert!(!new.exists());
}

#[test]
fn a_vault_that_was_restored_or_moved_without_the_phrase_opens_by_it_at_once() {
    let (dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "kept"));
    let typed = password(PASSWORD);
    let bytes = backup(&vault, BackupTo::Passphrase("a passphrase of its own"));
    let second = dir.path().join("second");
    let key = BackupKey::Passphrase("a passphrase of its own");
    drop(restore_backup(&second, &mut &*bytes, key, &new_password(&typed), &mut |_| true).unwrap());
    let second = open(&second);
    assert_eq!(bodies(&second), ["kept"]);
    // As a move would: from what the vault knows, which came through a backup here.
    let known = second.origin().unwrap();
    let parts = Origin::from_parts(known.reset_public(), Secret::from_slice(known.provenance().expose()).unwrap());
    let third = dir.path().join("third");
    drop(LockedVault::create(&third, &new_password(&typed), &parts).unwrap());
    drop(open(&third));
}

#[test]
fn what_a_vault_knows_of_its_phrase_is_not_what_opens_it() {
    let (_dir, home) = home();
    let vault = create(&home);
    let known = vault.origin().unwrap();
    assert_eq!(known.provenance(), &root().provenance());
    let keys = [*root().vault_reset_key().expose(), *root().backup_identity().expose()];
    assert!(!keys.contains(known.provenance().expose()));
    let other = Root::from_phrase(&nyx_crypto::phrase::Phrase::parse(&format!("{}wrong", "zoo ".repeat(11))).unwrap());
    let refused = vault.lock().unlock_with_phrase(&other).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Slot(SlotError::WrongPhrase)), "and another phrase is just that");
}
