//! What is left to say of a move that is decided is said by whoever is open, and nobody has to ask for it.

use crate::{
    mover::{Between, Life, Move, Side},
    nyx::PASSWORD,
    window::Window,
};
use nyx_p2p::{AccountState, Command, Event, Reach};
use nyx_testkit::seed::Seeded;

/// The new device has the account; the old one was killed before it had the receipt.
fn without_receipt() -> Move {
    let moving = Move::new(&mut Seeded::from_environment("settling"), &[]);
    let [old, new] = moving.run([Life::cut("before old-closed"), Life::whole()]);
    assert!(!old.has_ended(0), "{old:?}");
    new.assert_ended(0);
    moving
}

fn settle() -> Command {
    Command::Settle { reach: Reach { interfaces: vec!["lo".into()], ..Reach::default() } }
}

#[test]
fn a_receipt_is_delivered_by_a_window_that_is_open() {
    let moving = without_receipt();
    let window = Window::at(&moving.new);
    window.begin(settle());
    moving.live(Side::Old, Life::whole(), &Between::new()).assert_ended(0);
    window.close();
    moving.assert_moved();
}

#[test]
fn a_receipt_is_taken_by_a_window_that_is_open() {
    let moving = without_receipt();
    let mut window = Window::at(&moving.old);
    window.begin(settle());
    moving.live(Side::New, Life::whole(), &Between::new()).assert_ended(0);
    let is_moved =
        |event: &Event| matches!(event, Event::Account(account) if matches!(account.state, AccountState::Moved { .. }));
    window.until(|_, event| is_moved(event));
    window.close();
    moving.assert_moved();
}

#[test]
fn whoever_comes_back_to_a_move_that_was_cancelled_hears_so() {
    let mut moving = Move::new(&mut Seeded::from_environment("settling"), &[9_000_000]);
    moving.window = Some(8);
    let [old, new] = moving.run([Life::impatient(), Life::killed(1)]);
    old.assert_ended(130);
    assert!(!new.has_ended(0), "{new:?}");
    let window = Window::at(&moving.old);
    window.begin(settle());
    moving.live(Side::New, Life::whole(), &Between::new()).assert_error(4, "cancelled");
    window.close();
    // Both are as they were.
    moving.old.run(&["note", "still mine"], PASSWORD).assert_done();
    moving.new.run(&["status", "--json"], PASSWORD).assert_error(1, "no-account");
}
