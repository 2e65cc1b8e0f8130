//! Moves that go through.

use super::{
    account::{HER, content, files_in, fill, operating_key, state, with_account, with_history},
    sides::{Pair, new_password_typed},
};
use crate::ground::*;
use nyx_vault::{
    Closed, LockedVault, StorageError, WriteError,
    model::{AccountState, Setting},
};
use nyx_wire::moving::Selection;

#[test]
fn an_account_arrives_as_it_was_and_only_there() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let (before, files) = (content(&vault), files_in(&vault));
    let mut pair = Pair::begin(vault, &dir.path().join("new"), Selection::ALL);
    pair.run();
    pair.check_moved();
    let new = pair.new.vault.as_ref().unwrap();
    assert_eq!(content(new), before);
    assert_eq!(pair.new.built, Some(before));
    assert_eq!(files_in(new), files);
    assert_eq!(search(new, "edited twice"), ["edited twice"], "what came can be found");
    let secret = new.read::<_, StorageError>(|reader| reader.contact_secret(HER)).unwrap().unwrap();
    assert_eq!(secret.expose(), &[42; 32]);
    new.read::<_, StorageError>(|reader| {
        assert!(reader.session_ids("ratchet")?.is_empty(), "live sessions are never copied");
        assert!(reader.setting("stays")?.is_none());
        Ok(())
    })
    .unwrap();
    // It can be written to here, and opens by both the new password and the phrase.
    add(new, note(2_000, "on the new device"));
    assert_eq!(state(new), AccountState::Active);
    let home = pair.new.home().to_owned();
    drop(pair);
    drop(LockedVault::find(&home).unwrap().unlock(&new_password_typed()).unwrap());
    drop(LockedVault::find(&home).unwrap().unlock_with_phrase(&root()).unwrap());
    // And what is left of the move on both disks: nothing but a vault.
    assert!(!home.join("moving").exists() && !dir.path().join("new.moving").exists());
}

#[test]
fn what_is_written_while_the_stream_runs_arrives_too() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let mut pair = Pair::begin(vault, &dir.path().join("new"), Selection::ALL);
    pair.link();
    while !pair.is_receiving() {
        pair.step();
    }
    for _ in 0..3 {
        pair.step();
    }
    let old = &pair.old.vault;
    let mut message = note(3_000, "written during the stream");
    message.attachments.push(attachment(old, "late.bin", &[5; 100_000]));
    add(old, message);
    old.commit(|tx| tx.edit_message(message_id(10), "changed during the stream", NOW_MS)).unwrap();
    old.commit(|tx| tx.delete_message(message_id(20))).unwrap();
    // A file whose message goes while it is on its way, or was sent already.
    old.commit(|tx| tx.delete_message(message_id(1_001))).unwrap();
    old.sweep().unwrap();
    old.commit::<_, WriteError>(|tx| tx.put_setting("new", &Setting { value: vec![1], moves: true })).unwrap();
    let (before, files) = (content(old), files_in(old));
    while pair.step() {}
    pair.check_moved();
    let new = pair.new.vault.as_ref().unwrap();
    assert_eq!(content(new), before);
    assert_eq!(files_in(new), files);
    assert_eq!(search(new, "during the stream").len(), 2);
}

#[test]
fn an_account_with_next_to_nothing_in_it_moves_too() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_account(&dir.path().join("old"));
    let before = content(&vault);
    let mut pair = Pair::begin(vault, &dir.path().join("new"), Selection::ALL);
    pair.run();
    pair.check_moved();
    assert_eq!(content(pair.new.vault.as_ref().unwrap()), before);
}

#[test]
fn a_restart_of_both_at_any_step_ends_the_same() {
    let dir = tempfile::tempdir().unwrap();
    // A whole move has about so many steps; what comes after them is the end.
    for steps in (0..).step_by(5) {
        let (old, new) = (dir.path().join(format!("old{steps}")), dir.path().join(format!("new{steps}")));
        let vault = with_account(&old);
        fill(&vault, 20);
        let before = content(&vault);
        let mut pair = Pair::begin(vault, &new, Selection::ALL);
        pair.link();
        let is_over = (0..steps).any(|_| !pair.step());
        if is_over {
            break;
        }
        drop(pair);
        let mut pair = Pair::resume(open(&old), &new).unwrap();
        pair.run();
        pair.check_moved();
        assert_eq!(content(pair.new.vault.as_ref().unwrap()), before, "{steps} steps");
    }
}

#[test]
fn the_old_device_says_moved_only_after_the_receipt_and_takes_no_write_before() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let mut pair = Pair::begin(vault, &dir.path().join("new"), Selection::ALL);
    pair.link();
    let mut states = Vec::new();
    loop {
        let goes_on = pair.step();
        let (state, has_key) = (state(&pair.old.vault), operating_key(&pair.old.vault).is_some());
        if states.last() != Some(&(state.clone(), has_key)) {
            states.push((state, has_key));
        }
        if !goes_on {
            break;
        }
    }
    let to = || "New laptop".to_owned();
    assert_eq!(
        states,
        [
            (AccountState::Active, true),
            (AccountState::Frozen, true),
            (AccountState::Frozen, false),
            (AccountState::Moved { to: to() }, false)
        ]
    );
    let old = &pair.old.vault;
    let refused = old.commit(|tx| tx.add_message(note(9_000, "too late")));
    assert!(
        matches!(refused, Err(WriteError::Storage(StorageError::Closed(Closed::Moved { to: name }))) if name == to())
    );
    assert!(old.store_blob(&mut &b"too late"[..], &mut |_| true).is_err());
    assert!(bodies(old).len() > 300, "it can still be read");
    drop(pair);
    nyx_vault::erase(&dir.path().join("old")).unwrap();
    assert!(!dir.path().join("old").exists());
}
