//! A draft that can't be kept is not lost in silence.

use crate::notes::at_notes;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

#[test]
fn a_draft_that_cannot_be_kept_is_told_until_it_can() {
    let mut person = at_notes();
    // More than the vault takes as a text. Typed in lines: one of this length would be laid out anew with every letter.
    let long = "a line that goes on for a while\n".repeat(10_000);
    person.fill("Write a message", &long);
    // The moment after which a draft is kept.
    person.wait(2.0);
    person.reads("Your draft is not kept yet");
    // It is tried again, and says so until it works.
    person.wait(100.0);
    person.reads("Your draft is not kept yet");
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    person.window.step();
    person.window.event(egui::Event::Text("short".to_owned()));
    person.window.step();
    person.wait(2.0);
    person.until(|window| window.query_by_label_contains("Your draft is not kept yet").is_none());
    let mut person = person.come_back();
    person.unlock();
    assert_eq!(person.written(), "short");
}
