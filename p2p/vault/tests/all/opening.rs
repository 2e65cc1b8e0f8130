//! What opens a vault, what keeps it shut, and what may lie in its home.

use crate::{damage::files, ground::*};
use nyx_crypto::{phrase::Phrase, root::Root};
use nyx_vault::{CreateError, Damage, FindError, LockedVault, Origin, SlotError, StorageError, UnlockError, erase};
use std::fs;

#[test]
fn each_thing_that_keeps_a_vault_shut_has_a_name_of_its_own() {
    let (_dir, home) = home();
    assert!(matches!(LockedVault::find(&home), Err(FindError::NoVault)));
    let vault = create(&home);
    assert!(matches!(LockedVault::find(&home), Err(FindError::InUse)));
    drop(vault);
    let refused = LockedVault::find(&home).unwrap().unlock(&password("wrong")).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Slot(SlotError::WrongPassword)));
    // The vault comes back to try again with.
    drop(refused.vault.unlock(&password(PASSWORD)).unwrap());
    let other = Root::from_phrase(&Phrase::parse(&format!("{}wrong", "zoo ".repeat(11))).unwrap());
    let refused = LockedVault::find(&home).unwrap().unlock_with_phrase(&other).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Slot(SlotError::WrongPhrase)));
    drop(refused);

    let header = fs::read(home.join("header")).unwrap();
    let mut damaged = header.clone();
    damaged[100] ^= 1;
    fs::write(home.join("header"), damaged).unwrap();
    assert!(matches!(LockedVault::find(&home), Err(FindError::Storage(StorageError::Damaged(Damage::Header)))));
    fs::write(home.join("header"), header).unwrap();
    let database = fs::read(home.join("vault.db")).unwrap();
    let mut damaged = database.clone();
    damaged[200] ^= 1;
    fs::write(home.join("vault.db"), damaged).unwrap();
    let refused = LockedVault::find(&home).unwrap().unlock(&password(PASSWORD)).unwrap_err();
    assert!(matches!(refused.error, UnlockError::Storage(StorageError::Damaged(_))), "{refused:?}");
    drop(refused);
    fs::write(home.join("vault.db"), database).unwrap();
    drop(open(&home));
}

#[test]
fn a_home_that_is_not_empty_is_never_taken() {
    let (_dir, home) = home();
    fs::create_dir(&home).unwrap();
    fs::write(home.join("thesis.txt"), "mine").unwrap();
    let password = password(PASSWORD);
    let refused = LockedVault::create(&home, &new_password(&password), &Origin::of(&root())).unwrap_err();
    assert!(matches!(refused, CreateError::Occupied));
    assert_eq!(fs::read_dir(&home).unwrap().count(), 1);
}

#[test]
fn a_new_password_replaces_the_old_one_and_the_phrase_replaces_a_forgotten_one() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "kept"));
    let (second, third) = (password("second"), password("third"));
    vault.change_password(&password(PASSWORD), &new_password(&second), None).unwrap();
    let locked = vault.lock();
    let refused = locked.unlock(&password(PASSWORD)).unwrap_err();
    let mut locked = refused.vault.unlock(&second).unwrap().lock();
    locked.reset_password(&root(), &new_password(&third)).unwrap();
    drop(locked);
    let vault = LockedVault::find(&home).unwrap().unlock(&third).unwrap();
    assert_eq!(bodies(&vault), ["kept"]);
}

#[cfg(unix)]
#[test]
fn a_vault_is_not_made_of_what_somebody_else_put_there() {
    let (dir, home) = home();
    let staging = dir.path().join("home.staging");
    let mine = dir.path().join("mine");
    fs::create_dir_all(&mine).unwrap();
    fs::write(mine.join("letter"), "mine").unwrap();
    let typed = password(PASSWORD);
    let make = || LockedVault::create(&home, &new_password(&typed), &Origin::of(&root()));
    for place in [0, 1, 2] {
        match place {
            0 => std::os::unix::fs::symlink(&mine, &staging).unwrap(),
            1 => std::os::unix::fs::symlink("/nowhere/at/all", &staging).unwrap(),
            _ => fs::rename(&mine, &staging).unwrap(),
        }
        assert!(matches!(make(), Err(CreateError::Occupied)), "{place}");
        let left = if place == 2 { &staging } else { &mine };
        assert_eq!(files(left), [left.join("letter")], "{place}: nothing came and nothing went");
        let _ = fs::remove_file(&staging);
    }
    fs::rename(&staging, &mine).unwrap();
    let locked = make().unwrap().lock();
    fs::remove_dir(home.join("snapshots")).unwrap();
    std::os::unix::fs::symlink(&mine, home.join("snapshots")).unwrap();
    assert!(locked.unlock_with_phrase(&root()).is_err());
}

#[test]
fn missing_empty_folders_and_stray_ones_keep_nobody_out() {
    let (_dir, home) = home();
    let vault = create(&home);
    add(&vault, note(1, "kept"));
    drop(vault);
    for dir in ["snapshots", "expiry", "blobs"] {
        fs::remove_dir(home.join(dir)).unwrap();
    }
    let vault = open(&home);
    add(&vault, attachment_note(&vault));
    drop(vault);
    for stray in ["snapshots/mine", "blobs/mine.new", "mine.new", "expiry/mine.over", "expiry/unread"] {
        fs::create_dir_all(home.join(stray)).unwrap();
        fs::write(home.join(stray).join("thesis.txt"), "mine").unwrap();
    }
    let snapshots = ["snapshots/0123456789abcdef.db", "snapshots/0123456789abcdef.db-wal"];
    for left in snapshots {
        fs::write(home.join(left), "left").unwrap();
    }
    let others = ["snapshots/0.db", "snapshots/thesis.txt", "blobs/thesis.new", "thesis.new", "header.txt.new"];
    for other in others {
        fs::write(home.join(other), "mine").unwrap();
    }
    fs::write(home.join("blobs/blob.0.new"), "left").unwrap();
    let vault = open(&home);
    assert_eq!(bodies(&vault), ["kept", "with a file"]);
    assert!(home.join("snapshots/mine/thesis.txt").exists() && home.join("mine.new/thesis.txt").exists());
    assert!(snapshots.iter().all(|left| !home.join(left).exists()) && !home.join("blobs/blob.0.new").exists());
    assert!(others.iter().all(|other| home.join(other).exists()), "what is not ours stays");
}

fn attachment_note(vault: &nyx_vault::Vault) -> nyx_vault::model::NewMessage {
    let mut message = note(2, "with a file");
    message.attachments.push(attachment(vault, "a", b"a"));
    message
}

#[cfg(unix)]
#[test]
fn a_replaced_header_is_overwritten() {
    let (dir, home) = home();
    let vault = create(&home);
    // A second name for the same bytes, as undeleting would find them.
    let (undeleted, unfinished) = (dir.path().join("undeleted"), dir.path().join("unfinished"));
    fs::hard_link(home.join("header"), &undeleted).unwrap();
    let before = fs::read(&undeleted).unwrap();
    fs::write(home.join("header.0.new"), &before).unwrap();
    fs::hard_link(home.join("header.0.new"), &unfinished).unwrap();
    let second = password("second");
    vault.change_password(&password(PASSWORD), &new_password(&second), None).unwrap();
    let after = fs::read(&undeleted).unwrap();
    assert_eq!(after.len(), before.len());
    assert!(!after.windows(16).any(|part| before.windows(16).any(|other| part == other)));
    let vault = vault.lock().unlock(&second).unwrap();
    assert_ne!(fs::read(&unfinished).unwrap(), before, "opening overwrites a header that was never finished");
    drop(vault);
    fs::write(home.join("header.1.new"), &before).unwrap();
    fs::remove_file(&unfinished).unwrap();
    fs::hard_link(home.join("header.1.new"), &unfinished).unwrap();
    erase(&home).unwrap();
    assert_ne!(fs::read(&unfinished).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_header_that_is_a_link_or_a_pipe_is_damaged_and_nobody_waits_for_it() {
    let (dir, home) = home();
    drop(create(&home));
    let elsewhere = dir.path().join("elsewhere");
    fs::rename(home.join("header"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, home.join("header")).unwrap();
    let damaged = || matches!(LockedVault::find(&home), Err(FindError::Storage(StorageError::Damaged(Damage::Header))));
    assert!(damaged());
    fs::remove_file(home.join("header")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(home.join("header")).status().unwrap().success());
    assert!(damaged());
    fs::remove_file(home.join("header")).unwrap();
    fs::rename(&elsewhere, home.join("header")).unwrap();
    drop(open(&home));
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_any_file() {
    use std::os::unix::fs::PermissionsExt;
    fn check(path: &std::path::Path) {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            fs::read_dir(path).unwrap().for_each(|entry| check(&entry.unwrap().path()));
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
    let (_dir, home) = home();
    let vault = create(&home);
    let mut secret = note(1, "secret");
    secret.ttl_secs = Some(60);
    secret.attachments.push(attachment(&vault, "a", b"a"));
    add(&vault, secret);
    check(&home);
}
