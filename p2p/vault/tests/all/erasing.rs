//! A vault that is removed for good.

use crate::ground::*;
use nyx_vault::{FindError, LockedVault, erase};
use std::fs;

#[test]
fn erasing_leaves_nothing_of_the_vault_and_everything_that_is_not_its_own() {
    let (_dir, home) = home();
    let vault = create(&home);
    assert!(matches!(erase(&home), Err(nyx_vault::EraseError::InUse)));
    let mut message = note(1, "with a file");
    message.attachments.push(attachment(&vault, "a", b"a"));
    add(&vault, message);
    drop(vault);
    fs::write(home.join("thesis.txt"), "mine").unwrap();
    erase(&home).unwrap();
    let left: Vec<_> = fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["thesis.txt"]);
    assert!(matches!(erase(&home), Err(nyx_vault::EraseError::NoVault)));
    fs::remove_file(home.join("thesis.txt")).unwrap();
    drop(create(&home));
    erase(&home).unwrap();
    assert!(!home.exists());
}

#[test]
fn a_lock_alone_is_no_vault_and_in_nobodys_way() {
    let (_dir, home) = home();
    let lock_alone = || {
        fs::create_dir(&home).unwrap();
        fs::write(home.join("lock"), "").unwrap();
    };
    lock_alone();
    assert!(matches!(LockedVault::find(&home), Err(FindError::NoVault)));
    erase(&home).unwrap();
    assert!(!home.exists());
    lock_alone();
    drop(create(&home));
    drop(open(&home));
    erase(&home).unwrap();
    lock_alone();
    fs::write(home.join("thesis.txt"), "mine").unwrap();
    assert!(matches!(erase(&home), Err(nyx_vault::EraseError::NoVault)));
    assert_eq!(fs::read_dir(&home).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn erasing_follows_no_link() {
    let (dir, home) = home();
    drop(create(&home));
    let thesis = dir.path().join("thesis.txt");
    fs::write(&thesis, "mine").unwrap();
    fs::remove_file(home.join("header")).unwrap();
    std::os::unix::fs::symlink(&thesis, home.join("header")).unwrap();
    fs::remove_file(home.join("lock")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), home.join("lock")).unwrap();
    assert!(erase(&home).is_err());
    assert!(!dir.path().join("elsewhere").exists());
    fs::remove_file(home.join("lock")).unwrap();
    erase(&home).unwrap();
    assert!(!home.exists());
    assert_eq!(fs::read_to_string(&thesis).unwrap(), "mine");
}
