//! A move that takes a while: what both devices show meanwhile, and what becomes of it when one of them stops, falls
//! silent, goes or comes back. Each stands still where its time does, so nothing depends on how fast the bytes go.

use crate::{
    moving::{NEW_PASSWORD, YES},
    person::{PASSWORD, PATIENCE, Person},
    time::Time,
};
use egui::{Key, accesskit::Role};
use egui_kittest::kittest::Queryable;
use nyx_app::{text::Language, window::model::VaultState};
use nyx_p2p::AccountState;
use std::{
    cell::Cell,
    fs::File,
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

/// Someone with an account, someone who waits for it, and the time of each.
struct Both {
    old: Person,
    new: Person,
    old_time: Arc<Time>,
    new_time: Arc<Time>,
}

impl Both {
    /// Somebody with a message and a file of several steps; the other reads `language`.
    fn waiting(language: Language) -> Self {
        let (old_time, new_time) = (Time::new(), Time::new());
        let mut old = Person::by_clock(Arc::clone(&old_time) as _, Language::English);
        old.create_account();
        old.reads("Your notes");
        let path = old.file("film.bin");
        File::create(&path).unwrap().set_len(MUCH).unwrap();
        old.drop_files(&[path]);
        old.fill("Write a message", "Ferry");
        // It is ready once the file was looked at.
        old.press("Send");
        old.until(|window| crate::notes::rows(window).len() == 1);
        let mut new = Person::by_clock(Arc::clone(&new_time) as _, language);
        new.begins_to_receive();
        Self { old, new, old_time, new_time }
    }

    /// The same, in the middle of the move: the new device goes a few steps a frame and has something already.
    fn under_way(language: Language) -> Self {
        let mut both = Self::waiting(language);
        both.begin();
        both.until(|old, new| shows_how_far(old) && shows_how_far(new));
        both
    }

    /// From the codes to the first bytes.
    fn begin(&mut self) {
        self.new_time.release();
        let link = self.new.shows_link();
        if self.old.window.query_by_role_and_label(Role::Heading, "Transfer to new device").is_none() {
            self.old.open_settings("Transfer to new device");
        }
        self.old.reads_link(&link);
        let digits = self.new.recognises();
        self.old.proves(&digits);
        self.new_time.hold();
        self.old.press(YES);
        self.until(|old, new| says(old, "moving-sending") && says(new, "moving-receiving"));
    }

    /// Lets time go by for both until this is so.
    #[track_caller]
    fn until(&mut self, is_so: impl Fn(&Person, &Person) -> bool) {
        let begin = Instant::now();
        loop {
            self.new_time.lets_by(STEPS);
            self.old.window.step();
            self.new.window.step();
            if is_so(&self.old, &self.new) {
                return;
            }
            let (old, new) = (self.old.window.root(), self.new.window.root());
            assert!(begin.elapsed() < PATIENCE, "never so; the windows have\n{old:#?}\n{new:#?}");
            sleep(Duration::from_millis(5));
        }
    }

    fn arrives(mut self) {
        self.new_time.release();
        self.old_time.release();
        self.old.has_moved();
        self.new.opens_what_arrived();
        self.new.until(|window| crate::notes::label(window, "Ferry").is_some());
    }
}

fn shows(person: &Person, sentence: &str) -> bool {
    person.window.query_all_by_label_contains(sentence).next().is_some()
}

/// Whether the other device is missed: it does not answer, or has been found to be gone.
fn is_alone(person: &Person) -> bool {
    shows(person, "does not answer") || shows(person, "Looking for")
}

fn shows_how_far(person: &Person) -> bool {
    shows(person, if person.window.state().appearance().language == Language::English { " of 6." } else { " dari 6," })
}

/// The sentence of this name, in the language of this window.
fn says(person: &Person, name: &str) -> bool {
    shows(person, &person.texts().get(name))
}

#[test]
fn both_see_how_far_it_is_and_the_old_one_may_look_at_something_else() {
    let mut both = Both::waiting(Language::Indonesian);
    both.begin();
    let seen = [Cell::new(false), Cell::new(false)];
    both.until(|old, new| {
        for (one, seen) in [old, new].iter().zip(&seen) {
            seen.set(seen.get() || (says(one, "path-lan") && shows_how_far(one)));
        }
        seen.iter().all(Cell::get)
    });
    both.old.press_once("Back");
    both.until(|old, _| says(old, "moving-sending") && old.window.query_by_label("Write a message").is_some());
    // What is written meanwhile comes along.
    both.old.write("Harbour");
    both.new_time.release();
    both.old.reads("Here it can only be read");
    both.new.opens_what_arrived();
    both.new.until(|window| crate::notes::label(window, "Harbour").is_some());
}

#[test]
fn who_stops_the_old_device_leaves_both_as_they_were_and_it_begins_anew_at_once() {
    let mut both = Both::under_way(Language::English);
    both.old.press_once("Cancel");
    both.until(|old, _| shows(old, "Stop the transfer?"));
    both.old.press("Stop it");
    both.until(|old, new| shows(old, "Read a code") && shows(new, "The other device ended it"));
    assert_eq!(both.old.window.state().model().account.as_ref().unwrap().state, AccountState::Active);
    assert!(!both.new.file("nyx").exists(), "nothing has come");
    both.begin();
    both.arrives();
}

#[test]
fn who_stops_the_new_device_leaves_both_as_they_were_and_it_begins_anew_at_once() {
    let mut both = Both::under_way(Language::English);
    both.new.window.key_press(Key::Escape);
    both.until(|_, new| shows(new, "Stop the transfer?"));
    both.new.press("Stop it");
    both.until(|old, new| shows(new, "Show the code") && shows(old, "The other device ended it"));
    both.begin();
    both.arrives();
}

#[test]
fn a_device_that_falls_silent_is_told_of_and_what_it_misses_comes_once_it_is_back() {
    let mut both = Both::under_way(Language::English);
    both.new_time.hold();
    both.old_time.forward(SILENCE);
    both.old.reads("The other device does not answer. Is it on, and awake?");
    // The strip says it too.
    both.old.press_once("Back");
    both.old.reads("The other device does not answer");
    both.old.press("Show");
    both.new_time.lets_by(STEPS);
    both.until(|old, _| !shows(old, "does not answer") && says(old, "moving-sending"));
    both.arrives();
}

#[test]
fn a_new_device_that_was_closed_goes_on_with_its_password_and_the_old_one_waits_for_it() {
    let mut both = Both::under_way(Language::English);
    both.old_time.hold();
    both.new_time.release();
    both.new = both.new.come_back();
    both.old_time.release();
    // It was not there to hear the last word.
    both.old_time.forward(SILENCE);
    both.until(|old, new| is_alone(old) && shows(new, "is not finished") && shows(new, "Go on with the transfer"));
    both.new.press("Go on with the transfer");
    both.new.fill("Password", "not the one");
    both.new.press("Go on with the transfer");
    both.new.reads("That is not the password");
    both.new.fill("Password", NEW_PASSWORD);
    both.new.press("Go on with the transfer");
    both.arrives();
}

#[test]
fn an_old_device_that_was_closed_offers_to_go_on_as_soon_as_its_vault_is_open() {
    let mut both = Both::under_way(Language::English);
    both.new_time.hold();
    both.old = both.old.come_back();
    both.new_time.release();
    // It was not there to hear the last word.
    both.new_time.forward(SILENCE);
    both.until(|_, new| is_alone(new));
    both.old.is_locked_out();
    both.old.fill("Password", PASSWORD);
    both.old.press("Unlock");
    both.old.reads("is not finished");
    both.old.press("Go on with the transfer");
    both.arrives();
}

#[test]
fn what_does_not_go_along_is_weighed_before_and_stays() {
    let Both { mut old, mut new, .. } = Both::waiting(Language::English);
    old.open_settings("Transfer to new device");
    old.reads("1 message and 1 file: 6.");
    old.press("Without them");
    old.reads("1 message and 0 files: ");
    old.reads("What does not go along stays on this device");
    old.press("Of the last 3 months");
    old.reads("1 message and 0 files: ");
    let link = new.shows_link();
    old.reads_link(&link);
    let digits = new.recognises();
    old.lets_go(&digits);
    old.has_moved();
    new.reads("1 message and 0 files");
    new.opens_what_arrived();
    new.until(|window| window.state().model().account.is_some());
    let account = |person: &Person| person.window.state().model().account.clone().unwrap();
    assert!(matches!(old.window.state().model().vault, VaultState::Open));
    assert_eq!((account(&old).attachments, account(&new).attachments), (1, 0));
}

#[test]
fn a_code_that_has_expired_is_renewed_by_one_press_on_either_device() {
    let mut both = Both::waiting(Language::Indonesian);
    both.old.open_settings("Transfer to new device");
    for (person, time) in [(&mut both.old, &both.old_time), (&mut both.new, &both.new_time)] {
        let first = person.shows_link();
        time.forward(EXPIRED);
        let say = person.texts();
        person.reads(&say.get("code-expired"));
        assert!(person.window.query_by_label(&say.get("code-name")).is_none(), "it is good for nothing any more");
        person.press(&say.get("code-renew"));
        assert_ne!(person.copies_link(), first);
    }
}

/// So much that it takes several steps.
const MUCH: u64 = 6 << 20;
/// What a device that goes slowly asks the time for between two looks: about a MiB comes meanwhile.
const STEPS: u64 = 4;
/// Longer than anybody waits without being told why.
const SILENCE: Duration = Duration::from_secs(11);
/// Longer than a code is good.
const EXPIRED: Duration = Duration::from_secs(150);
