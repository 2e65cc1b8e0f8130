//! The field for secrets: it edits as any field, and gives nothing away.

use crate::person::Person;
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable;

const NAME: &str = "Password";

#[test]
fn a_secret_is_edited_by_keys_like_any_other_text() {
    let mut person = at_the_field();
    type_in(&mut person, "abc");
    person.window.key_press(Key::ArrowLeft);
    type_in(&mut person, "X");
    assert_eq!(value(&person), "••••");
    person.press("Show");
    assert_eq!(value(&person), "abXc");
    person.fill(NAME, "");
    person.window.key_press(Key::Home);
    person.window.key_press(Key::Delete);
    person.window.key_press(Key::End);
    person.window.key_press(Key::Backspace);
    person.window.step();
    assert_eq!(value(&person), "bX");
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    type_in(&mut person, "new");
    assert_eq!(value(&person), "new");
    person.window.event(Event::Paste("\nmore\u{0}".to_owned()));
    person.window.step();
    assert_eq!(value(&person), "new more");
}

#[test]
fn a_secret_can_not_be_copied_out_and_what_was_deleted_does_not_come_back() {
    let mut person = at_the_field();
    type_in(&mut person, "walrus");
    person.press("Show");
    person.fill(NAME, "");
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    for event in [Event::Copy, Event::Cut] {
        person.window.event(event);
        person.window.step();
        assert_eq!(person.copied(), None);
    }
    assert_eq!(value(&person), "walrus");
    person.window.key_press(Key::Backspace);
    person.window.step();
    assert_eq!(value(&person), "");
    for modifiers in [Modifiers::COMMAND, Modifiers::COMMAND | Modifiers::SHIFT] {
        person.window.key_press_modifiers(modifiers, Key::Z);
        person.window.step();
        assert_eq!(value(&person), "");
    }
}

#[test]
fn what_was_typed_is_wiped_from_the_events_of_the_toolkit() {
    let mut person = at_the_field();
    for event in [Event::Text("walrus".to_owned()), Event::Paste("walrus".to_owned())] {
        person.window.event(event);
        person.window.step();
        person.window.ctx.input(|input| {
            let kept = format!("{:?} {:?}", input.events, input.raw.events);
            assert!(!kept.contains("walrus"), "{kept}");
        });
    }
    assert_eq!(value(&person).chars().count(), 12);
}

#[test]
fn a_finished_composition_is_typed_and_an_unfinished_one_is_not() {
    let mut person = at_the_field();
    person.press("Show");
    person.fill(NAME, "a");
    let preedit = |text: &str| Event::Ime(egui::ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None });
    person.window.event(preedit("ni"));
    person.window.step();
    // Enter belongs to the input method.
    person.window.key_press(Key::Enter);
    person.window.event(preedit("nih"));
    person.window.step();
    assert_eq!(value(&person), "anih");
    person.window.event(Event::Ime(egui::ImeEvent::Commit("你".to_owned())));
    person.window.step();
    assert_eq!(value(&person), "a你");
}

#[test]
fn a_click_puts_the_caret_where_it_is_and_a_screen_reader_can_fill_the_field_in() {
    let mut person = at_the_field();
    person.press("Show");
    person.window.get_by_role_and_label(Role::TextInput, NAME).set_text_value_accesskit("walrus");
    person.window.step();
    person.window.step();
    assert_eq!(value(&person), "walrus");
    let rect = person.window.get_by_role_and_label(Role::TextInput, NAME).rect();
    let left = egui::pos2(rect.left() + 4.0, rect.center().y);
    person.window.drag_at(left);
    person.window.drop_at(left);
    person.window.step();
    person.window.step();
    type_in(&mut person, "a ");
    assert_eq!(value(&person), "a walrus");
}

#[test]
fn capital_letters_without_shift_tell_of_caps_lock() {
    let mut person = at_the_field();
    type_in(&mut person, "a");
    assert!(person.window.query_by_label_contains("Caps Lock").is_none());
    type_in(&mut person, "A");
    person.reads("Caps Lock seems to be on");
}

fn at_the_field() -> Person {
    let mut person = Person::new();
    person.create_account();
    let mut person = person.come_back();
    person.fill(NAME, "");
    person
}

fn type_in(person: &mut Person, text: &str) {
    person.window.event(Event::Text(text.to_owned()));
    person.window.step();
}

fn value(person: &Person) -> String {
    let field = |role| person.window.query_by_role_and_label(role, NAME);
    field(Role::PasswordInput).or_else(|| field(Role::TextInput)).unwrap().value().unwrap_or_default()
}
