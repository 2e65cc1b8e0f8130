//! From nothing to an account.

use crate::person::{PASSWORD, Person};
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::window::model::VaultState;

#[test]
fn a_window_without_a_vault_shows_the_first_start() {
    let mut person = Person::new();
    person.until(|window| window.query_by_label("Create account").is_some());
}

#[test]
fn an_account_is_made_only_when_three_words_were_said() {
    let mut person = Person::new();
    person.press("Create account");
    person.fill("Name", "Sari");
    person.fill("New password", PASSWORD);
    person.fill("New password, once more", PASSWORD);
    person.picture("create-filled");
    person.press("Continue");
    person.until(|window| window.query_by_label("Show the words").is_some());
    person.press("Show the words");
    let words = person.phrase();
    assert_eq!(words.len(), 24);
    person.press("I have written them down");
    person.answer(&vec!["zebra".to_owned(); 24]);
    person.press("Create account");
    person.reads("is another one");
    assert!(matches!(person.window.state().model().vault, VaultState::Missing));
}

#[test]
fn leaving_before_the_account_is_made_leaves_nothing() {
    let mut person = Person::new();
    person.begin_account();
    person.press("Show the words");
    assert_eq!(person.phrase().len(), 24);
    person.press("Back");
    person.press("Leave it");
    person.press("Back");
    person.until(|window| window.query_by_label("Restore a backup").is_some());
    let window = person.window.state();
    assert!(matches!(window.model().vault, VaultState::Missing));
    assert!(person.phrase().is_empty());
    // Nothing of it is on the disk either.
    assert!(!person.file("nyx").exists());
}

#[test]
fn a_copied_phrase_leaves_the_clipboard_after_a_minute_unless_something_else_is_there() {
    for (later, is_taken_out) in [(None, true), (Some("a recipe"), false)] {
        let mut person = Person::new();
        person.begin_account();
        person.press("Show the words");
        let line = person.phrase().join(" ");
        person.press_once("Copy");
        assert_eq!(person.copied().as_deref(), Some(line.as_str()));
        person.wait(61.0);
        assert!(person.wants_to_paste(), "the clipboard is asked what it holds");
        person.window.event(egui::Event::Paste(later.unwrap_or(&line).to_owned()));
        person.window.step();
        assert_eq!(person.copied(), is_taken_out.then(String::new));
    }
}

#[test]
fn a_picture_that_is_in_the_clipboard_by_then_is_pasted_nowhere() {
    let mut person = Person::new();
    person.begin_account();
    person.press("Show the words");
    person.press_once("Copy");
    person.wait(61.0);
    let picture = egui::ColorImage::filled([2, 2], egui::Color32::RED);
    person.window.event(Event::PasteImage(std::sync::Arc::new(picture)));
    person.window.step();
    let pasted = |event: &Event| matches!(event, Event::PasteImage(_));
    assert!(!person.window.ctx.input(|input| input.events.iter().any(pasted)));
    assert_eq!(person.copied(), None);
}

#[test]
fn escape_never_leaves_the_phrase_without_a_question() {
    let mut person = Person::new();
    person.begin_account();
    person.press("Show the words");
    let words = person.phrase();
    person.window.key_press(Key::Escape);
    person.reads("Leave this phrase?");
    // Of the question, Escape is the way back.
    person.window.key_press(Key::Escape);
    person.until(|window| window.query_by_label("Leave this phrase?").is_none());
    assert_eq!(person.phrase(), words);
}

#[test]
fn escape_leaves_the_field_first_and_a_held_key_leaves_nothing_more() {
    let mut person = Person::new();
    person.press("Recover with phrase");
    person.fill("Name", "Sari");
    let key = |pressed| Event::Key {
        key: Key::Escape,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    // Held for a while.
    for _ in 0..3 {
        person.window.event(key(true));
        person.window.run_steps(2);
    }
    person.window.event(key(false));
    person.window.step();
    assert!(person.window.query_by_role_and_label(Role::TextInput, "Name").is_some());
    person.window.event(key(true));
    person.until(|window| window.query_by_label("Restore a backup").is_some());
}

#[test]
fn enter_in_a_field_ends_that_field_alone_and_what_follows_it_goes_on_in_the_next() {
    let mut person = Person::new();
    person.press("Create account");
    person.fill("Name", "Sar");
    for event in [Event::Text("i".to_owned()), ENTER, Event::Text("wal".to_owned())] {
        person.window.event(event);
    }
    person.window.run_steps(2);
    assert_eq!(value(&person, Role::TextInput, "Name"), "Sari");
    assert_eq!(value(&person, Role::PasswordInput, "New password"), "•••");
    for event in [Event::Text("rus".to_owned()), ENTER, Event::Text("wa".to_owned())] {
        person.window.event(event);
    }
    person.window.run_steps(2);
    assert_eq!(value(&person, Role::PasswordInput, "New password"), "••••••");
    assert_eq!(value(&person, Role::PasswordInput, "New password, once more"), "••");
    assert!(person.window.query_by_label_contains("not the same").is_none(), "nothing was submitted");
}

const ENTER: Event =
    Event::Key { key: Key::Enter, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };

fn value(person: &Person, role: Role, name: &str) -> String {
    person.window.get_by_role_and_label(role, name).accesskit_node().value().unwrap_or_default()
}

#[test]
fn the_whole_way_can_be_gone_in_indonesian() {
    let mut person = Person::indonesian();
    person.reads("Buat akun");
    person.create_account();
    let mut person = person.come_back();
    person.reads("Brankas Anda terkunci");
    person.fill("Kata sandi", PASSWORD);
    person.press("Buka");
    person.until(|window| matches!(window.state().model().vault, VaultState::Open));
    assert!(person.file("nyx.window.json").exists(), "the language is kept");
}

#[test]
fn somebody_who_came_by_a_link_is_told_what_becomes_of_it() {
    let mut person = Person::new();
    person.until(|window| window.query_by_label("Create account").is_some());
    person.window.state_mut().follow_link(nyx_p2p::CarriedCode::new("nyx:half"));
    person.until(|window| window.query_by_label("A link to Nyx").is_some());
    person.window.get_by_label("Close").click();
    person.until(|window| window.query_by_label("A link to Nyx").is_none());
}
