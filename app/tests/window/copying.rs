//! What is copied, found and deleted.

use crate::{
    notes::at_notes,
    person::Person,
    torture::{add, with_notes},
};
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use nyx_app::window::app::Nyx;
use std::cell::RefCell;

impl Person {
    /// Selects every message by keys and wants it copied; gives back what was.
    fn copy_everything(&mut self) -> String {
        self.until(|window| window.query_all_by_role(Role::List).next().is_some());
        self.window.get_by_role(Role::List).focus();
        self.window.run_steps(2);
        self.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.window.step();
        self.window.event(Event::Copy);
        let copied = RefCell::new(None);
        self.until(|window| {
            let mut copied = copied.borrow_mut();
            *copied = copied.take().or_else(|| copied_text(window));
            copied.is_some()
        });
        copied.into_inner().unwrap()
    }
}

fn copied_text(window: &Harness<'_, Nyx>) -> Option<String> {
    window.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn a_copy_reaches_further_than_what_is_kept_of_a_conversation() {
    // More than fit beside each other: 16 MiB, and 48 pages of 64.
    let body = |number: u64| format!("{number:05} {}", "word ".repeat(1_500));
    let mut person = with_notes(|vault| {
        for batch in (1..=3_500).collect::<Vec<u64>>().chunks(500) {
            add(vault, batch.iter().map(|number| (*number, body(*number), Vec::new())));
        }
    });
    let copied = person.copy_everything();
    let numbers: Vec<u64> = copied.lines().map(|line| line[..5].parse().unwrap()).collect();
    assert_eq!(numbers, (1..=3_500).collect::<Vec<_>>());
    assert_eq!(copied.len(), 3_500 * (body(1).len() + 1) - 1);
}

#[test]
fn what_is_selected_in_the_field_is_copied_and_not_the_messages_behind_it() {
    let mut person = at_notes();
    person.write("behind");
    assert_eq!(person.copy_everything(), "behind");
    person.fill("Write a message", "in front");
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    person.window.step();
    person.window.event(Event::Copy);
    person.window.step();
    assert_eq!(copied_text(&person.window).as_deref(), Some("in front"));
}

#[test]
fn a_deleted_message_goes_from_what_was_found_too() {
    let mut person = at_notes();
    person.write("the first needle");
    person.write("the second needle");
    person.window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    person.window.step();
    person.fill("Search messages", "needle");
    let found = |window: &Harness<'_, Nyx>, text: &str| {
        let names = window.query_all_by_role(Role::Button).filter_map(|node| {
            let name = egui_kittest::kittest::NodeT::accesskit_node(&node).label();
            name.filter(|name| name.starts_with("You"))
        });
        names.into_iter().any(|name| name.ends_with(text))
    };
    person.until(|window| found(window, "the second needle"));
    person.menu("the second needle");
    person.press("Delete");
    person.press("Delete it");
    person.until(|window| !found(window, "the second needle"));
    assert!(found(&person.window, "the first needle"));
}
