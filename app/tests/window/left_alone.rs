//! A window that nobody is at.

use crate::{person::Person, time::Time};
use nyx_app::text::Language;
use std::{sync::Arc, time::Duration};

#[test]
fn a_window_that_is_left_alone_locks_itself_and_keeps_what_was_begun() {
    let time = Time::new();
    let mut person = Person::by_clock(Arc::clone(&time) as _, Language::English);
    person.create_account();
    person.reads("Your notes");
    person.fill("Write a message", "half a thought");
    person.wait(1.5);
    // Asked for after the draft, so once it is changed the draft is kept.
    person.open_settings("Lock and privacy");
    person.press("5 min");
    person.until(|window| window.state().model().settings.lock_after_secs == Some(300));
    time.forward(Duration::from_secs(6 * 60));
    person.reads("Your vault is locked");
    assert!(person.window.state().model().account.is_none());
    person.unlock();
    assert_eq!(person.written(), "half a thought");
}
