//! The page that looks around, and two windows that come together on it.

use crate::{
    person::{PASSWORD, Person},
    time::Time,
};
use egui::{Key, Pos2, Rect, Vec2, accesskit::Role, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use nyx_app::{
    text::Language,
    window::{app::Nyx, appearance::Appearance, eyes::Eyes, model::VaultState},
};
use nyx_media::{
    code::Code,
    scanner::Scanner,
    source::{SourceError, synthetic::Synthetic},
};
use nyx_p2p::CarriedCode;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

impl Person {
    /// Somebody with an account, on the page of connections.
    pub(crate) fn connecting(language: Language) -> Self {
        let mut person = Self::with(Appearance { language, ..Appearance::default() });
        person.create_account();
        person.open_settings(&person.texts().get("settings-connection"));
        person
    }

    /// Shows a code, and gives it back as the link that is copied.
    pub(crate) fn shows_link(&mut self) -> String {
        let say = self.texts();
        self.press(&say.get("meet-show-code"));
        self.copies_link()
    }

    pub(crate) fn copies_link(&mut self) -> String {
        let say = self.texts();
        self.until(|window| window.query_by_role_and_label(Role::Image, &say.get("code-name")).is_some());
        self.press_once(&say.get("code-copy"));
        self.copied().unwrap()
    }

    /// Reads a code that was sent as a link.
    pub(crate) fn reads_link(&mut self, link: &str) {
        let say = self.texts();
        self.press(&say.get("meet-read"));
        self.press(&say.get("scan-typed"));
        self.fill(&say.get("scan-typed-name"), link);
        self.press(&say.get("scan-typed-take"));
    }

    /// The digits on the screen, once they are there.
    pub(crate) fn digits(&mut self) -> String {
        let before = self.texts().with("meet-digits", &[("digits", "".into())]);
        let before = before.trim_end_matches(['\u{2068}', '\u{2069}']).to_owned();
        let label = |window: &Harness<'static, Nyx>| {
            window.query_all_by_label_contains(&before).find_map(|node| {
                let node = node.accesskit_node();
                let label = node.value().or(node.label())?;
                label.contains(|letter: char| letter.is_ascii_digit()).then_some(label)
            })
        };
        self.until(|window| label(window).is_some());
        let label = label(&self.window).unwrap();
        let digits: String = label.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits.len(), 6, "{label}");
        digits
    }

    pub(crate) fn is_connected(&mut self) {
        self.reads(&self.texts().get("connection-done"));
        let via = self.texts().get("path-lan");
        self.reads(&via);
    }
}

#[test]
fn two_windows_meet_by_a_link_and_tell_the_same_digits_and_their_speeds() {
    let mut shows = Person::connecting(Language::English);
    let mut reads = Person::connecting(Language::Indonesian);
    let link = shows.shows_link();
    assert!(link.starts_with("nyx:"), "{link}");
    reads.reads_link(&link);
    assert_eq!(shows.digits(), reads.digits());
    shows.is_connected();
    reads.is_connected();
    shows.reads("Round trip");
    // And once more, the other way round.
    for person in [&mut shows, &mut reads] {
        let again = person.texts().get("connection-again");
        person.press(&again);
    }
    let show = reads.texts().get("meet-show");
    reads.press(&show);
    let link = reads.shows_link();
    shows.reads_link(&link);
    shows.is_connected();
    reads.is_connected();
}

/// With what belongs to it: nobody scrolls with a camera in the hand.
fn is_whole(person: &mut Person, size: Vec2) {
    let say = person.texts();
    person.window.set_size(size);
    person.window.run_steps(4);
    for (role, name) in [(Role::Image, "code-name"), (Role::Button, "code-copy"), (Role::Button, "window-cancel")] {
        let rect = person.window.get_by_role_and_label(role, &say.get(name)).rect();
        assert!(Rect::from_min_size(Pos2::ZERO, size).contains_rect(rect), "{name} at {rect} of {size}");
    }
    let code = person.window.get_by_role_and_label(Role::Image, &say.get("code-name")).rect();
    let least = if size.y > 500.0 { 190.0 } else { 140.0 };
    assert!(code.width() >= least && (code.width() - code.height()).abs() < 1.0, "{code}");
}

#[test]
fn a_code_is_seen_whole_in_a_small_window_wherever_it_is_shown() {
    for language in [Language::English, Language::Indonesian] {
        let mut shows = Person::connecting(language);
        for part in ["settings-connection", "settings-transfer"] {
            shows.window.set_size(vec2(1000.0, 700.0));
            let say = shows.texts();
            shows.press(&say.get(part));
            shows.shows_link();
            for size in [vec2(400.0, 560.0), vec2(640.0, 480.0), vec2(1000.0, 700.0)] {
                is_whole(&mut shows, size);
            }
        }
        let mut waits = Person::waits_for_account(language);
        waits.shows_link();
        is_whole(&mut waits, vec2(400.0, 560.0));
        is_whole(&mut waits, vec2(1000.0, 700.0));
    }
}

#[test]
fn a_code_is_read_from_the_camera() {
    let mut shows = Person::connecting(Language::English);
    let mut reads = Person::connecting(Language::English);
    let link = shows.shows_link();
    let before = Arc::new(Mutex::new(Code::new("HTTPS://EXAMPLE.ORG").unwrap()));
    let seen = Arc::clone(&before);
    reads.sees_with(Eyes::of(Vec::new, move |_, ctx| {
        let code = seen.lock().unwrap().clone();
        Scanner::start(
            move || Ok(Synthetic::new(Some(code.clone()), Duration::from_millis(5))),
            move || {
                ctx.request_repaint();
            },
        )
    }));
    reads.press("Read a code");
    reads.reads("This is not a code of Nyx");
    *before.lock().unwrap() = Code::new(&link.to_ascii_uppercase()).unwrap();
    reads.press("Type or paste");
    reads.press("Camera");
    assert_eq!(reads.digits(), shows.digits());
    shows.is_connected();
    reads.is_connected();
}

#[test]
fn two_codes_are_carried_by_hand_and_a_wrong_one_is_said() {
    let mut shows = Person::connecting(Language::English);
    let mut reads = Person::connecting(Language::English);
    shows.press("Two codes by hand");
    let first = shows.shows_link();
    reads.reads_link(&first);
    let second = reads.copies_link();
    assert_ne!(first, second);
    shows.press("Type or paste");
    shows.fill("Link or code", &first);
    shows.press("Go on");
    shows.reads("does not belong to this meeting");
    shows.select_all_and_type("Link or code", &second);
    shows.press("Go on");
    assert_eq!(shows.digits(), reads.digits());
    shows.is_connected();
    reads.is_connected();
}

#[test]
fn escape_takes_the_code_away_before_it_leaves_and_another_begins_at_once() {
    let mut person = Person::connecting(Language::English);
    let first = person.shows_link();
    person.window.key_press(Key::Escape);
    person.until(|window| window.query_by_label("Show the code").is_some());
    assert!(person.window.query_by_role_and_label(Role::Heading, "Connection").is_some());
    let second = person.shows_link();
    assert_ne!(first, second);
    // Left without a word: nobody sees the code, and it is good for nothing.
    person.press("Backup");
    person.press("Connection");
    person.until(|window| window.query_by_label("Show the code").is_some());
    let third = person.shows_link();
    assert_ne!(second, third);
    person.press("Cancel");
    person.until(|window| window.query_by_label("Show the code").is_some());
    assert!(person.window.query_by_label_contains("Stopped").is_none(), "who cancels knows what happened");
    person.window.key_press(Key::Escape);
    person.until(|window| window.query_by_role_and_label(Role::Heading, "Settings").is_none());
}

#[test]
fn who_cancels_is_heard_on_the_other_side() {
    let mut shows = Person::connecting(Language::English);
    let mut reads = Person::connecting(Language::English);
    let link = shows.shows_link();
    reads.reads_link(&link);
    reads.digits();
    shows.digits();
    reads.window.key_press(Key::Escape);
    reads.until(|window| window.query_by_label("Show a code").is_some());
    shows.reads("The other device ended it");
}

#[test]
fn a_code_that_has_expired_is_not_shown_and_another_is_there_by_one_press() {
    let time = Time::new();
    let mut person = Person::by_clock(Arc::clone(&time) as _, Language::English);
    person.create_account();
    person.open_settings("Connection");
    let first = person.shows_link();
    time.forward(Duration::from_secs(150));
    person.reads("This code has expired");
    assert!(person.window.query_by_label("Code for the camera of the other device").is_none());
    person.press("Show a new code");
    assert_ne!(person.copies_link(), first);
}

#[test]
fn looking_around_says_what_works_and_what_helps() {
    for (camera, sentence) in [
        (Err(SourceError::NoCamera), "Camera: none was found"),
        (Err(SourceError::Busy), "Camera: another program is using it"),
        (Err(SourceError::Denied), "Camera: this system does not let Nyx use it"),
        (Ok(()), "Camera: works"),
    ] {
        let mut person = Person::new();
        person.sees_with(Eyes::of(Vec::new, move |_, ctx| {
            let open = move || camera.map(|()| Synthetic::new(None, Duration::from_millis(5)));
            Scanner::start(open, move || ctx.request_repaint())
        }));
        person.create_account();
        person.open_settings("Connection");
        person.press("Look around");
        person.reads(sentence);
        person.reads("Network: lo with 127.0.0.1");
    }
}

#[test]
fn who_hides_the_address_is_told_so_and_what_is_left_to_do() {
    let mut person = Person::connecting(Language::English);
    person.press("Lock and privacy");
    person.until(|window| window.query_by_label("Hide my address").is_some());
    // What stands above it is told by the disk, and moves it down.
    person.until(|window| window.query_by_label("Off").is_some());
    person.press("Hide");
    person.until(|window| window.state().model().settings.hide_address);
    person.press("Connection");
    person.reads("Your address is hidden");
    person.press("Show the code");
    person.reads("only a relay may be used, and none is known");
    // What is in the way stands there.
    person.press("This network only");
    person.shows_link();
}

#[test]
fn a_link_is_asked_about_before_anybody_is_spoken_to() {
    let mut shows = Person::connecting(Language::English);
    let link = shows.shows_link();
    let mut reads = Person::new();
    reads.until(|window| matches!(window.state().model().vault, VaultState::Missing));
    let follow = |person: &mut Person, link: &str| person.window.state_mut().follow_link(CarriedCode::new(link));
    follow(&mut reads, &link);
    reads.reads("There is no account on this one yet");
    reads.press("Close");
    reads.create_account();
    // The conversations are there before anything else is done.
    reads.open_settings("Account");
    for (link, sentence) in [("nyx:half", "not whole"), ("nyx:", "not whole")] {
        follow(&mut reads, link);
        reads.reads(sentence);
        reads.press("Close");
    }
    follow(&mut reads, &link);
    reads.reads("wants to try the connection");
    reads.press("Leave it");
    reads.until(|window| window.query_by_label("Leave it").is_none());
    reads.window.key_press_modifiers(egui::Modifiers::COMMAND, Key::L);
    reads.reads("Your vault is locked");
    follow(&mut reads, &link);
    reads.reads("Open your vault first");
    reads.press("Go on");
    reads.fill("Password", PASSWORD);
    reads.press("Unlock");
    reads.reads("wants to try the connection");
    // Until here nobody was spoken to.
    assert!(shows.window.query_by_label("Show the code").is_none());
    reads.press("Go on");
    assert_eq!(shows.digits(), reads.digits());
    shows.is_connected();
    reads.is_connected();
}
