//! The list of conversations and the search through them.

use crate::{
    notes::{at_notes, rows},
    person::Person,
};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use nyx_app::window::app::Nyx;

fn search(person: &mut Person, words: &str) {
    person.window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    person.window.step();
    person.fill("Search messages", words);
}

#[test]
fn what_was_found_is_gone_to() {
    let mut person = at_notes();
    person.write("the needle is here");
    for number in 0..30 {
        person.write(&format!("hay number {number}"));
    }
    assert!(!person.sees("the needle is here"));
    search(&mut person, "NEEDLE");
    person.until(|window| window.query_by_label_contains("the needle is here").is_some());
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).iter().any(|row| row.message.body.as_deref() == Some("the needle is here")));
    let mut tries = 0;
    while !person.sees("the needle is here") && tries < 100 {
        person.window.step();
        tries += 1;
    }
    assert!(person.sees("the needle is here"));
    person.reads("To the newest message");
    person.window.key_press(Key::Escape);
    person.press("To the newest message");
    person.until(|window| window.query_by_label("hay number 29").is_some());
}

#[test]
fn nothing_found_is_said() {
    let mut person = at_notes();
    person.write("hay");
    search(&mut person, "needle");
    person.reads("No message has all of these words");
    person.window.key_press(Key::Escape);
    person.until(|window| window.query_by_label_contains("No message has all of these words").is_none());
}

#[test]
fn a_search_that_finds_much_goes_on() {
    let mut person = at_notes();
    for number in 0..45 {
        person.write(&format!("line {number}"));
    }
    search(&mut person, "line");
    let found = |window: &Harness<'_, Nyx>, text: &str| {
        window.query_all_by_role(Role::Button).any(|node| {
            node.accesskit_node().label().is_some_and(|label| label.starts_with("You") && label.ends_with(text))
        })
    };
    person.until(|window| found(window, "line 44"));
    assert!(!found(&person.window, "line 0"));
    for _ in 0..44 {
        person.window.key_press(Key::ArrowDown);
        person.window.step();
    }
    person.until(|window| found(window, "line 0"));
}

#[test]
fn a_narrow_window_shows_one_side_at_a_time() {
    let mut person = at_notes();
    person.write("one");
    person.window.set_size(egui::vec2(400.0, 600.0));
    person.window.run_steps(3);
    assert!(person.window.query_by_label("Chats").is_none());
    person.press("Back to the chats");
    person.reads("Chats");
    assert!(person.window.query_by_label("Send").is_none());
}

#[test]
fn keys_are_explained() {
    let mut person = at_notes();
    person.window.key_press(Key::F1);
    person.reads("Edit your newest message");
    person.press("Close");
    person.until(|window| window.query_by_label_contains("Edit your newest message").is_none());
}
