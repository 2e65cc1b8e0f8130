//! Where a message is written: what is begun, edited, composed and pasted there.

use crate::{
    notes::{at_notes, label, rows},
    person::Person,
};
use egui::{Event, ImeEvent, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use nyx_app::window::model::VaultState;
use std::sync::Arc;

#[test]
fn a_draft_is_kept_while_locked_and_on_another_start() {
    let mut person = at_notes();
    person.fill("Write a message", "half a thou");
    person.press("Lock");
    person.until(|window| matches!(window.state().model().vault, VaultState::Locked));
    person.unlock();
    assert_eq!(person.written(), "half a thou");
    let mut person = person.come_back();
    person.unlock();
    assert_eq!(person.written(), "half a thou");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).len() == 1);
    assert_eq!(person.newest().message.body.as_deref(), Some("half a thou"));
    assert_eq!(person.written(), "");
}

#[test]
fn a_draft_is_there_again_after_the_settings() {
    let mut person = at_notes();
    person.fill("Write a message", "half a thou");
    person.press("Settings");
    person.until(|window| window.query_by_label("Write a message").is_none());
    let back = person.texts().get("window-back");
    person.press(&back);
    assert_eq!(person.written(), "half a thou");
}

#[test]
fn the_newest_message_is_edited_by_the_arrow_and_its_earlier_text_can_be_read() {
    let mut person = at_notes();
    person.write("Teh");
    person.window.key_press(Key::ArrowUp);
    person.until(|window| window.query_by_label("Editing").is_some());
    assert_eq!(person.written(), "Teh");
    person.fill("Write a message", "!");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).last().is_some_and(|row| row.message.edited_ms.is_some()));
    assert_eq!(person.newest().message.body.as_deref(), Some("Teh!"));
    person.press("Show earlier texts");
    person.until(|window| label(window, "Teh").is_some());
    person.press("Close");
}

#[test]
fn leaving_an_edit_brings_back_what_was_begun() {
    let mut person = at_notes();
    person.write("one");
    person.fill("Write a message", "begun");
    person.menu("one");
    person.press("Edit");
    assert_eq!(person.written(), "one");
    person.window.key_press(Key::Escape);
    person.window.step();
    assert_eq!(person.written(), "begun");
}

#[test]
fn enter_that_an_input_method_uses_sends_nothing() {
    let mut person = at_notes();
    person.fill("Write a message", "a");
    let preedit = |text: &str| Event::Ime(ImeEvent::Preedit { text: text.into(), active_range_chars: None });
    person.window.event(preedit("にほん"));
    person.window.step();
    person.window.key_press(Key::Enter);
    person.window.event(Event::Ime(ImeEvent::Commit("日本".into())));
    person.window.run_steps(3);
    assert_eq!(person.written(), "a日本");
    assert!(person.rows().is_empty());
    person.window.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    person.window.step();
    assert_eq!(person.written(), "a日本\n");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).len() == 1);
    assert_eq!(person.newest().message.body.as_deref(), Some("a日本"));
}

#[test]
fn a_composition_that_was_left_keeps_no_enter_from_sending() {
    let mut person = at_notes();
    person.fill("Write a message", "a");
    person.window.event(Event::Ime(ImeEvent::Preedit { text: "にほん".into(), active_range_chars: None }));
    person.window.step();
    person.window.ctx.memory_mut(|memory| memory.stop_text_input());
    person.window.run_steps(2);
    person.fill("Write a message", "b");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).len() == 1);
}

#[test]
fn what_is_typed_around_enter_in_one_frame_goes_where_it_belongs() {
    let mut person = at_notes();
    let name = person.texts().get("chat-write");
    person.fill(&name, "The sea this mornin");
    let key = |key| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
    for event in [Event::Text("g".to_owned()), key(Key::Enter), Event::Text("The".to_owned())] {
        person.window.event(event);
    }
    person.window.step();
    person.until(|window| rows(window).iter().any(|row| row.message.body.as_deref() == Some("The sea this morning")));
    person.window.step();
    assert_eq!(person.written(), "The");
}

#[test]
fn the_emoji_take_keys_only_while_they_are_searched() {
    let mut person = at_notes();
    person.press("Emoji");
    person.until(|window| window.query_by_label("Search emoji").is_some());
    person.fill("Write a message", "to the point");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).len() == 1);
    assert_eq!(person.newest().message.body.as_deref(), Some("to the point"));
}

#[test]
fn a_pasted_novel_becomes_a_file() {
    let mut person = at_notes();
    person.fill("Write a message", "see below");
    person.window.event(Event::Paste("word ".repeat(2_000_000)));
    person.until(|window| window.query_by_label("Remove Pasted text.txt").is_some());
    assert_eq!(person.written(), "see below");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).len() == 1);
    assert_eq!(person.newest().message.attachments[0].size, 10_000_000);
}

#[test]
fn a_pasted_picture_is_attached() {
    let mut person = at_notes();
    let picture = egui::ColorImage::filled([40, 30], egui::Color32::RED);
    person.fill("Write a message", "look");
    person.window.event(Event::PasteImage(Arc::new(picture)));
    person.until(|window| window.query_by_label("Remove Pasted picture.png").is_some());
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    let about = person.newest().message.attachments[0].about.clone().unwrap();
    assert_eq!((about.media_type.as_str(), about.width), ("image/png", Some(40)));
}

#[test]
fn what_is_written_from_right_to_left_stands_above_the_field_in_its_order() {
    let mut person = at_notes();
    person.write("first");
    person.fill("Write a message", "hello");
    person.window.run_steps(3);
    let lowest = |person: &Person| label(&person.window, "first").unwrap().y;
    let before = lowest(&person);
    person.fill("Write a message", " שלום עולם (123) طيب");
    person.window.run_steps(3);
    person.look("dark", "right-to-left");
    assert!(lowest(&person) < before - 12.0, "no line stands above the field");
    let text = "hello שלום עולם (123) طيب";
    assert_eq!(person.written(), text, "the field has it as it was typed");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).len() == 2);
    assert_eq!(person.newest().message.body.as_deref(), Some(text));
}
