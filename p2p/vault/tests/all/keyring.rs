//! The slot of the desktop's keyring: what makes it, what opens it, and what takes it away.

use crate::ground::*;
use nyx_crypto::{purposes::KeyringSecret, secret::Secret};
use nyx_vault::{
    BackupKey, BackupTo, ChangePasswordError, LockedVault, SlotError, UnlockError, Vault, backup_address,
    restore_backup,
};
use nyx_wire::vault::Header;
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

#[test]
fn the_keyring_opens_what_it_was_let_into_and_so_does_the_password() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "kept"));
    assert!(!vault.has_keyring());
    let refused = vault.add_keyring(&password("wrong"), &secret(1)).unwrap_err();
    assert!(matches!(refused, ChangePasswordError::Slot(SlotError::WrongPassword)));
    assert!(!vault.has_keyring());
    vault.add_keyring(&password(PASSWORD), &secret(1)).unwrap();
    assert!(vault.has_keyring());
    drop(vault);
    let locked = LockedVault::find(&home).unwrap();
    assert!(locked.has_keyring());
    let vault = locked.unlock_with_keyring(&secret(1)).unwrap();
    assert_eq!(bodies(&vault), ["kept"]);
    let vault = vault.lock().unlock(&password(PASSWORD)).unwrap();
    // Another secret takes the place of the first.
    vault.add_keyring(&password(PASSWORD), &secret(2)).unwrap();
    let vault = opened_by_keyring(refused_by_keyring(vault.lock(), 1), 2);
    vault.remove_keyring().unwrap();
    assert!(!vault.has_keyring());
    drop(vault);
    let locked = refused_by_keyring(LockedVault::find(&home).unwrap(), 2);
    assert_eq!(bodies(&locked.unlock(&password(PASSWORD)).unwrap()), ["kept"]);
}

#[test]
fn a_new_password_makes_the_secret_from_before_useless() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault.add_keyring(&password(PASSWORD), &secret(1)).unwrap();
    let before = fs::read(home.join("header")).unwrap();
    let second = password("second");
    vault.change_password(&password(PASSWORD), &new_password(&second), Some(&secret(2))).unwrap();
    let vault = opened_by_keyring(refused_by_keyring(vault.lock(), 1), 2);
    // Nor does a slot from before open in the header of now.
    let stale = header(&before);
    let now = header(&fs::read(home.join("header")).unwrap());
    drop(vault);
    put(&home, &Header { keyring_slot: stale.keyring_slot, ..now.clone() });
    let locked = refused_by_keyring(LockedVault::find(&home).unwrap(), 1);
    // The password is none the worse for it.
    let vault = locked.unlock(&second).unwrap();
    vault.change_password(&second, &new_password(&password(PASSWORD)), None).unwrap();
    assert!(!vault.has_keyring());
    refused_by_keyring(vault.lock(), 2).unlock(&password(PASSWORD)).unwrap();
}

#[test]
fn the_phrase_that_sets_a_password_takes_the_keyring_away() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault.add_keyring(&password(PASSWORD), &secret(1)).unwrap();
    let mut locked = vault.lock();
    let second = password("second");
    locked.reset_password(&root(), &new_password(&second)).unwrap();
    assert!(!locked.has_keyring());
    refused_by_keyring(locked, 1).unlock(&second).unwrap();
}

#[test]
fn a_slot_opens_in_no_other_header_than_its_own() {
    let (_dir, home) = home();
    let vault = create(&home);
    vault.add_keyring(&password(PASSWORD), &secret(1)).unwrap();
    drop(vault);
    let own = header(&fs::read(home.join("header")).unwrap());
    for changed in [
        Header { vault_id: [8; 16], ..own.clone() },
        Header { m_kib: own.m_kib + 1, ..own.clone() },
        Header { t: own.t + 1, ..own.clone() },
        Header { p: own.p + 1, ..own.clone() },
        Header { salt: [8; 16], ..own.clone() },
        Header { reset_public: [8; 32], ..own.clone() },
        Header { reset_slot: [8; 80], ..own.clone() },
    ] {
        put(&home, &changed);
        drop(refused_by_keyring(LockedVault::find(&home).unwrap(), 1));
    }
    put(&home, &own);
    opened_by_keyring(LockedVault::find(&home).unwrap(), 1);
}

#[test]
fn a_restored_vault_knows_no_keyring() {
    let (dir, home) = home();
    let vault = create(&home);
    vault.add_keyring(&password(PASSWORD), &secret(1)).unwrap();
    let file = dir.path().join("nyx.age");
    vault.backup(BackupTo::Phrase(&backup_address(&root().backup_identity())), &file, NOW_MS, &mut |_| true).unwrap();
    let (other, second) = (dir.path().join("restored"), password("second"));
    let mut bytes = fs::File::open(&file).unwrap();
    let restored =
        restore_backup(&other, &mut bytes, BackupKey::Phrase(&root()), &new_password(&second), &mut |_| true).unwrap();
    assert!(!restored.has_keyring());
    refused_by_keyring(restored.lock(), 1);
}

fn secret(number: u8) -> Secret<KeyringSecret> {
    Secret::from_bytes([number; 32])
}

fn opened_by_keyring(locked: LockedVault, number: u8) -> Vault {
    locked.unlock_with_keyring(&secret(number)).unwrap()
}

fn refused_by_keyring(locked: LockedVault, number: u8) -> LockedVault {
    let refused = locked.unlock_with_keyring(&secret(number)).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Slot(SlotError::WrongKeyringSecret)), "{refused:?}");
    refused.vault
}

fn header(file: &[u8]) -> Header {
    Header::from_file(file, sha256).unwrap()
}

fn put(home: &Path, header: &Header) {
    fs::write(home.join("header"), header.to_file(sha256)).unwrap();
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
