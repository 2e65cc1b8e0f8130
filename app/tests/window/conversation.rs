//! A conversation, written and read by somebody in front of the window.

use crate::notes::{at_notes, at_notes_with, label, picture_file, rows};
use egui::{Event, Key, Modifiers, OutputCommand, PointerButton, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::{
    text::Language,
    window::{appearance::Appearance, model::VaultState},
};

#[test]
fn a_note_is_written_and_stays_over_a_lock() {
    let mut person = at_notes();
    person.write("Buy rice and durian");
    assert!(person.sees("Buy rice and durian"));
    assert_eq!(person.written(), "");
    person.press("Lock");
    person.until(|window| matches!(window.state().model().vault, VaultState::Locked));
    person.window.step();
    assert!(!person.sees("Buy rice and durian"));
    person.unlock();
    person.until(|window| label(window, "Buy rice and durian").is_some());
}

#[test]
fn an_answer_shows_what_it_answers() {
    let mut person = at_notes();
    person.write("Where is the key?");
    person.menu("Where is the key?");
    person.press("Reply");
    person.until(|window| window.query_by_label("Replying to").is_some());
    person.write("Under the mat");
    let row = person.newest();
    assert_eq!(row.quote.unwrap().text, "Where is the key?");
    person.press("Go to the quoted message");
}

#[test]
fn reactions_are_given_and_taken_back() {
    let mut person = at_notes();
    person.write("Done!");
    person.menu("Done!");
    person.press("React with 👍");
    person.until(|window| rows(window).last().is_some_and(|row| row.message.reactions.len() == 1));
    person.press("👍 1, yours too. Press to take it back.");
    person.until(|window| rows(window).last().is_some_and(|row| row.message.reactions.is_empty()));
}

#[test]
fn a_reaction_is_chosen_by_keys_alone() {
    let mut person = at_notes();
    person.write("Cat?");
    person.menu("Cat?");
    person.press("React");
    person.fill("Search emoji", "red heart");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).last().is_some_and(|row| !row.message.reactions.is_empty()));
    assert_eq!(person.newest().message.reactions[0].emoji, "❤️");
}

#[test]
fn a_message_is_deleted_after_a_question() {
    let mut person = at_notes();
    person.write("keep this");
    person.write("not this");
    person.menu("not this");
    person.press("Delete");
    person.press("Keep it");
    person.window.run_steps(3);
    assert_eq!(person.rows().len(), 2);
    person.menu("not this");
    person.press("Delete");
    person.press("Delete it");
    person.until(|window| rows(window).len() == 1 && label(window, "not this").is_none());
    assert!(person.sees("keep this"));
}

#[test]
fn a_link_is_opened_by_a_click_and_nothing_else_is() {
    let mut person = at_notes();
    person.write("https://example.org/a");
    person.write("file:///etc/passwd");
    let mut opened = Vec::new();
    for text in ["https://example.org/a", "file:///etc/passwd"] {
        let pos = label(&person.window, text).unwrap();
        person.window.event(Event::PointerMoved(pos));
        person.window.step();
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            person.window.event(Event::PointerButton { pos, button, pressed, modifiers });
            person.window.step();
            opened.extend(person.window.output().platform_output.commands.iter().filter_map(|command| match command {
                OutputCommand::OpenUrl(link) => Some(link.url.clone()),
                _ => None,
            }));
        }
    }
    assert_eq!(opened, ["https://example.org/a"]);
}

#[test]
fn a_message_is_copied_by_its_menu() {
    let mut person = at_notes();
    person.write("copy me");
    person.menu("copy me");
    let name = "Copy text";
    person.until(|window| window.query_by_role_and_label(Role::Button, name).is_some());
    person.window.get_by_role_and_label(Role::Button, name).click_accesskit();
    person.window.step();
    let is_copied = |command: &OutputCommand| matches!(command, OutputCommand::CopyText(text) if text == "copy me");
    let mut copied = person.window.output().platform_output.commands.iter().any(is_copied);
    person.window.step();
    copied |= person.window.output().platform_output.commands.iter().any(is_copied);
    assert!(copied);
}

#[test]
fn nothing_repaints_while_nothing_changes() {
    let mut person = at_notes();
    person.write("quiet");
    // What was typed is kept as a draft once nobody has typed for a second.
    person.wait(2.0);
    person.until(|window| !window.ctx.has_requested_repaint());
    person.window.run_steps(10);
    assert!(!person.window.ctx.has_requested_repaint());
}

#[test]
fn messages_disappear_after_the_time_that_was_chosen() {
    let mut person = at_notes();
    person.press("Disappearing messages");
    person.press("1 day");
    person.until(|window| window.state().model().chats[0].conversation.ttl_secs == 86_400);
    person.write("soon gone");
    assert_eq!(person.newest().message.disappears.unwrap().ttl_secs, 86_400);
}

#[test]
fn everything_on_the_screen_has_a_name_in_both_languages() {
    for language in [Language::English, Language::Indonesian] {
        let mut person = at_notes_with(Appearance { language, ..Appearance::default() });
        let folder = tempfile::tempdir().unwrap();
        let say = person.texts();
        person.write("https://example.org");
        person.drop_files(&[picture_file(folder.path(), "p.png", 64, 64)]);
        person.until(|window| {
            window.query_by_label(&say.with("chat-remove-file", &[("name", "p.png".into())])).is_some()
        });
        person.press(&say.get("chat-about"));
        person.menu("https://example.org");
        person.window.run_steps(2);
        let unnamed: Vec<_> = person
            .window
            .root()
            .children_recursive()
            .filter(|node| {
                let node = node.accesskit_node();
                let acts = matches!(
                    node.role(),
                    Role::Button
                        | Role::TextInput
                        | Role::MultilineTextInput
                        | Role::CheckBox
                        | Role::RadioButton
                        | Role::Slider
                        | Role::SpinButton
                        | Role::Image
                        | Role::ListItem
                        | Role::List
                        | Role::Link
                );
                acts && node.label().or(node.value()).is_none_or(|name| name.trim().is_empty())
            })
            .map(|node| format!("{node:?}"))
            .collect();
        assert!(unnamed.is_empty(), "{language:?}: {unnamed:#?}");
    }
}
