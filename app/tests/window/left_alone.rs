//! A window that nobody is at.

use crate::person::Person;
use nyx_p2p::{Clock, SystemClock};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The machine's clock, and how many seconds it was put forward.
struct PutForward(SystemClock, AtomicU64);

impl Clock for PutForward {
    fn unix_ms(&self) -> i64 {
        self.0.unix_ms()
    }

    fn running(&self) -> Duration {
        self.0.running() + Duration::from_secs(self.1.load(Ordering::SeqCst))
    }
}

#[test]
fn a_window_that_is_left_alone_locks_itself_and_keeps_what_was_begun() {
    let clock = Arc::new(PutForward(SystemClock::new(), AtomicU64::new(0)));
    let mut person = Person::by_clock(Arc::clone(&clock) as Arc<dyn Clock>);
    person.create_account();
    person.reads("Your notes");
    person.fill("Write a message", "half a thought");
    person.wait(1.5);
    // Asked for after the draft, so once it is changed the draft is kept.
    person.open_settings("Lock and privacy");
    person.press("5 min");
    person.until(|window| window.state().model().settings.lock_after_secs == Some(300));
    clock.1.store(6 * 60, Ordering::SeqCst);
    person.reads("Your vault is locked");
    assert!(person.window.state().model().account.is_none());
    person.unlock();
    assert_eq!(person.written(), "half a thought");
}
