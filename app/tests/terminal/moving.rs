//! Two programs between which an account moves, over loopback, in a place that one of them hosts.

use crate::{
    mover::{Life, Move},
    nyx::{ATTACHED, NOTE, PASSWORD},
};
use nyx_testkit::seed::Seeded;

#[test]
fn an_account_moves_and_what_was_written_meanwhile_comes_along() {
    let moving = Move::new(&mut Seeded::from_environment("moving"), &[300_000, 70_000]);
    let [old, new] = moving.run([Life::whole().writes("written meanwhile"), Life::whole()]);
    old.assert_ended(0);
    new.assert_ended(0);
    let names = |ended: &crate::mover::Heard| ended.names();
    assert_eq!(names(&old), ["ask link", "peer", "ask sas", "ask confirm", "done"].map(String::from));
    assert_eq!(names(&new), ["ticket", "peer", "ask confirm", "sas", "verified", "account", "done"].map(String::from));
    assert_eq!(old.event("done")["manifest_hash"], new.event("done")["manifest_hash"]);
    assert_eq!(new.event("peer")["name"], "Sari");
    moving.assert_moved();
    let read = moving.new.run(&["messages", "--json"], PASSWORD);
    assert!(read.out.contains(NOTE) && read.out.contains("written meanwhile"), "{}", read.out);
    let saved = moving.new.path("saved");
    moving.new.run(&["messages", "--save", saved.to_str().unwrap()], PASSWORD).assert_done();
    assert_eq!(std::fs::read_to_string(saved.join("resep.txt")).unwrap(), ATTACHED);
    // The old device only reads.
    moving.old.run(&["note", "late", "--json"], PASSWORD).assert_error(1, "account-moved");
    moving.old.run(&["send", "--interface", "lo", "--json"], PASSWORD).assert_error(1, "account-moved");
}

#[test]
fn who_cancels_is_heard_and_another_try_works_at_once() {
    let mut random = Seeded::from_environment("moving");
    let moving = Move::new(&mut random, &[9_000_000, 5_000_000]);
    let [old, new] = moving.run([Life::cancelled(), Life::whole()]);
    old.assert_ended(130);
    new.assert_error(4, "cancelled");
    let [old, new] = moving.run([Life::whole(), Life::cancelled()]);
    old.assert_error(4, "cancelled");
    new.assert_ended(130);
    // Both are as they were.
    moving.old.run(&["note", "still mine"], PASSWORD).assert_done();
    moving.new.run(&["status", "--json"], PASSWORD).assert_error(1, "no-account");
    let [old, new] = moving.run([Life::whole(), Life::whole()]);
    old.assert_ended(0);
    new.assert_ended(0);
    moving.assert_moved();
}
