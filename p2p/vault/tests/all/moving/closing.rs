//! An account that is being moved takes no write, and is as it was if nothing comes of it.

use super::{
    account::{content, operating_key, state, with_history},
    sides::{Pair, move_keys},
};
use crate::{damage::files, ground::*};
use nyx_vault::{
    Arrival, BackupKey, BackupTo, Closed, ForgetError, PrepareError, StorageError, Turn, WriteError,
    model::{AccountState, Delivery, Setting},
    restore_backup,
};
use nyx_wire::moving::Selection;

fn is_closed<T>(result: Result<T, WriteError>) -> bool {
    matches!(result, Err(WriteError::Storage(StorageError::Closed(Closed::Moving))))
}

/// Until the old device's account is frozen.
fn frozen(dir: &std::path::Path) -> Pair {
    let mut pair = Pair::begin(with_history(&dir.join("old")), &dir.join("new"), Selection::ALL);
    pair.link();
    while state(&pair.old.vault) != AccountState::Frozen {
        assert!(pair.step());
    }
    pair
}

#[test]
fn a_frozen_account_refuses_every_write_and_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let pair = frozen(dir.path());
    let old = &pair.old.vault;
    let before = content(old);
    assert!(is_closed(old.commit(|tx| tx.add_message(note(9_000, "too late")))));
    assert!(is_closed(old.commit(|tx| tx.edit_message(message_id(1), "too late", NOW_MS))));
    assert!(is_closed(old.commit(|tx| tx.delete_message(message_id(1)))));
    assert!(is_closed(old.commit(|tx| tx.set_delivery(message_id(1), Delivery::Read))));
    assert!(is_closed(old.commit(|tx| tx.mark_read(NOTES, 5))));
    assert!(is_closed(old.commit(|tx| tx.put_setting("a", &Setting { value: vec![], moves: true }))));
    assert!(is_closed(old.commit(|tx| tx.put_session("ratchet", b"a", b"b"))));
    assert!(old.store_blob(&mut &b"too late"[..], &mut |_| true).is_err());
    assert!(matches!(old.prepare_move(Selection::ALL, &mut |_, _| true), Err(PrepareError::Storage(_))));
    assert_eq!(content(old), before);
    assert_eq!(search(old, "edited twice").len(), 1);
    let file = dir.path().join("backup.age");
    old.backup(BackupTo::Phrase(&crate::backup::address()), &file, NOW_MS, &mut |_| true).unwrap();
    // A vault that is made of it is not being moved.
    let typed = password(PASSWORD);
    let restored = restore_backup(
        &dir.path().join("restored"),
        &mut std::fs::File::open(&file).unwrap(),
        BackupKey::Phrase(&root()),
        &new_password(&typed),
        &mut |_| true,
    )
    .unwrap();
    add(&restored, note(9_000, "not too late here"));
    // Also after a restart.
    drop(pair);
    let old = open(&dir.path().join("old"));
    assert!(is_closed(old.commit(|tx| tx.add_message(note(9_000, "too late")))));
}

#[test]
fn a_move_that_is_cancelled_at_any_step_leaves_both_as_they_were_and_can_be_tried_again_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("old");
    drop(with_history(&home));
    let mut seen = Vec::new();
    for (attempt, steps) in (0..).step_by(9).enumerate() {
        let vault = open(&home);
        let before = content(&vault);
        let new = dir.path().join(format!("new{attempt}"));
        let mut pair = Pair::begin(vault, &new, Selection::ALL);
        pair.link();
        let is_over = (0..steps).any(|_| !pair.step());
        if is_over {
            break;
        }
        seen.push(state(&pair.old.vault));
        if attempt % 2 == 0 {
            pair.cancel_old();
        } else {
            pair.cancel_new();
        }
        while pair.step() {}
        if pair.new.finished {
            // Too late: it had let go.
            assert!(operating_key(&pair.old.vault).is_none());
            break;
        }
        let old = &pair.old.vault;
        if state(old) != AccountState::Active {
            // The new device did not cancel, because the old one might have let go: it goes on.
            pair.run();
            pair.check_moved();
            break;
        }
        assert_eq!(content(old), before);
        add(old, note(10_000 + attempt as u64, "goes on"));
        old.commit(|tx| tx.delete_message(message_id(10_000 + attempt as u64))).unwrap();
        drop(pair);
        assert!(!new.exists() && Arrival::find(&new).unwrap().is_none(), "{steps} steps");
    }
    assert!(seen.contains(&AccountState::Active) && seen.contains(&AccountState::Frozen), "{seen:?}");
}

#[test]
fn what_was_prepared_and_never_offered_is_gone_with_the_next_opening_and_the_next_preparation() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("old");
    drop(with_history(&home));
    let before = files(&home);
    let vault = open(&home);
    let first = vault.prepare_move(Selection::ALL, &mut |_, _| true).unwrap();
    vault.bind_move(&first.manifest.transfer, &move_keys()).unwrap();
    assert!(home.join("moving").exists());
    vault.prepare_move(Selection::ALL, &mut |_, _| true).unwrap();
    assert_eq!(std::fs::read_dir(home.join("moving")).unwrap().count(), 1, "one at a time");
    assert!(vault.moves().unwrap().is_empty());
    drop(vault);
    drop(open(&home));
    assert!(!home.join("moving").exists());
    assert_eq!(files(&home).len(), before.len());
    let vault = open(&home);
    assert!(matches!(vault.prepare_move(Selection::ALL, &mut |_, _| false), Err(PrepareError::Cancelled)));
    assert!(files(&home).iter().all(|path| !path.starts_with(home.join("moving"))));
}

#[test]
fn a_move_is_forgotten_when_it_is_over_and_not_before() {
    let dir = tempfile::tempdir().unwrap();
    let mut pair = frozen(dir.path());
    let transfer = pair.old.transfer();
    assert!(matches!(pair.old.vault.forget_move(&transfer), Err(ForgetError::Underway)));
    pair.cancel_old();
    while pair.step() {}
    let old = &pair.old.vault;
    let left: Vec<_> = files(&dir.path().join("old/moving"));
    assert_eq!(left.len(), 1, "the first index, without which the record says nothing: {left:?}");
    old.heard_move(&transfer, NOW_MS + 5).unwrap();
    old.keep_move_note(&transfer, b"where to meet").unwrap();
    assert_eq!(old.moves().unwrap()[0].heard_ms, NOW_MS + 5);
    assert_eq!(old.move_note(&transfer).unwrap().unwrap(), b"where to meet");
    old.forget_move(&transfer).unwrap();
    assert!(old.moves().unwrap().is_empty() && old.move_keys(&transfer).unwrap().is_none());
    assert!(files(&dir.path().join("old")).iter().all(|path| !path.starts_with(dir.path().join("old/moving"))));
    // A file that nothing names any more is swept, and not before.
    assert_eq!(old.sweep().unwrap(), 0);
}

#[test]
fn a_file_whose_message_goes_stays_as_long_as_it_may_have_to_be_sent() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let pair = Pair::begin(vault, &dir.path().join("new"), Selection::ALL);
    let old = &pair.old.vault;
    let blobs = || files(&dir.path().join("old/blobs")).len();
    let there = blobs();
    old.commit(|tx| tx.delete_message(message_id(1_003))).unwrap();
    assert_eq!((old.sweep().unwrap(), blobs()), (0, there));
    // The record says that it is cancelled, and what it is does not matter here.
    let record = old.moves().unwrap()[0].record.clone();
    old.keep_move(&pair.old.transfer(), &record, Turn::Thaw, NOW_MS).unwrap();
    assert_eq!((old.sweep().unwrap(), blobs()), (2, there - 2));
}

#[test]
fn what_disappears_goes_on_disappearing_while_the_account_is_frozen_and_after_it_moved() {
    let dir = tempfile::tempdir().unwrap();
    let mut pair = frozen(dir.path());
    while pair.old.vault.move_indexes(&pair.old.transfer()).unwrap().last.is_none() {
        assert!(pair.step());
    }
    let hours = |hours: i64| NOW_MS + hours * 3_600_000;
    // After the delta was made: the message of two hours is over here, and on its way there.
    let gone = pair.old.vault.expire(hours(4)).unwrap();
    assert_eq!(ids(gone.gone), [message_id(1_101)]);
    while pair.step() {}
    pair.check_moved();
    let new = pair.new.vault.as_ref().unwrap();
    let there = new.read::<_, StorageError>(|reader| reader.message(message_id(1_101))).unwrap().unwrap();
    assert_eq!(there.body.as_deref(), Some("its time runs, edited"));
    assert_eq!(ids(new.expire(hours(4)).unwrap().gone), [message_id(1_101)], "there its own clock decides");
    // The one that nobody had read: on the old device its time runs since the account left, on the new one it does not.
    let unread = |vault: &nyx_vault::Vault| {
        vault.read::<_, StorageError>(|reader| reader.message(message_id(1_100))).unwrap().unwrap().disappears.unwrap()
    };
    assert_eq!(unread(&pair.old.vault).at_ms, Some(hours(1)));
    assert_eq!(unread(new).at_ms, None);
    assert_eq!(ids(pair.old.vault.expire(hours(2)).unwrap().gone), [message_id(1_100)]);
    new.commit(|tx| tx.start_timer(message_id(1_100), hours(5))).unwrap();
    assert_eq!(ids(new.expire(hours(7)).unwrap().gone), [message_id(1_100)]);
    assert_eq!(pair.new.vault.as_ref().unwrap().verify(&mut |_| true).unwrap().damages, []);
}

#[test]
fn the_packs_of_what_disappears_are_gone_as_soon_as_the_account_is_let_go() {
    let dir = tempfile::tempdir().unwrap();
    let mut pair = Pair::begin(with_history(&dir.path().join("old")), &dir.path().join("new"), Selection::ALL);
    pair.link();
    while operating_key(&pair.old.vault).is_some() {
        assert!(pair.step());
    }
    assert_eq!(files(&dir.path().join("old/moving")).len(), 1, "the first index and nothing else");
}
