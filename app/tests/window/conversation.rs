//! A conversation, written and read by somebody in front of the window.

use crate::person::Person;
use egui::{Event, ImeEvent, Key, Modifiers, OutputCommand, PointerButton, Pos2, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use nyx_app::{
    text::Language,
    window::{
        app::Nyx,
        appearance::{Appearance, Look},
        model::VaultState,
        pictures::Seen,
        rows::Place,
    },
};
use nyx_p2p::Row;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::sleep,
    time::Duration,
};

/// Somebody with an account, before an empty conversation.
pub(crate) fn at_notes() -> Person {
    at_notes_with(Appearance { language: Language::English, ..Appearance::default() })
}

pub(crate) fn at_notes_with(appearance: Appearance) -> Person {
    let mut person = Person::with(appearance);
    person.create_account();
    let empty = person.texts().get("chat-notes-empty-title");
    person.until(|window| window.query_by_label(&empty).is_some());
    person
}

impl Person {
    /// Types a message and presses Enter.
    #[track_caller]
    pub(crate) fn write(&mut self, text: &str) {
        let name = self.texts().get("chat-write");
        self.fill(&name, text);
        self.window.key_press(Key::Enter);
        self.window.step();
        self.until(|window| rows(window).iter().any(|row| row.message.body.as_deref() == Some(text)));
        self.window.step();
    }

    /// What stands where messages are written.
    pub(crate) fn written(&mut self) -> String {
        let name = self.texts().get("chat-write");
        self.until(|window| window.query_by_role_and_label(Role::MultilineTextInput, &name).is_some());
        self.window.get_by_role_and_label(Role::MultilineTextInput, &name).accesskit_node().value().unwrap_or_default()
    }

    /// The messages that are known, the older before the newer.
    pub(crate) fn rows(&self) -> Vec<Row> {
        rows(&self.window)
    }

    #[track_caller]
    pub(crate) fn newest(&self) -> Row {
        self.rows().pop().unwrap()
    }

    /// Presses what opens the menu of a message.
    #[track_caller]
    pub(crate) fn menu(&mut self, text: &str) {
        self.until(|window| label(window, text).is_some());
        let place = label(&self.window, text).unwrap();
        self.window.event(Event::PointerMoved(place));
        self.window.step();
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Secondary, Modifiers::NONE);
            self.window.event(Event::PointerButton { pos: place, button, pressed, modifiers });
            self.window.step();
        }
        self.window.step();
    }

    /// Lets files fall onto the window.
    pub(crate) fn drop_files(&mut self, paths: &[PathBuf]) {
        let dropped = paths.iter().map(|path| Arc::new(Dropped(path.clone())) as egui::DroppedFileHandle);
        self.window.input_mut().dropped_files = dropped.collect();
        self.window.step();
    }

    /// What stands on the screen as plain text, by its beginning.
    pub(crate) fn sees(&self, text: &str) -> bool {
        label(&self.window, text).is_some()
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".into())
    }
}

/// The middle of a text on the screen.
pub(crate) fn label(window: &Harness<'_, Nyx>, text: &str) -> Option<Pos2> {
    window
        .query_all_by_role(Role::Label)
        .find(|node| {
            node.accesskit_node().value().as_deref() == Some(text)
                || node.accesskit_node().label().as_deref() == Some(text)
        })
        .map(|node| node.rect().center())
}

pub(crate) fn rows(window: &Harness<'_, Nyx>) -> Vec<Row> {
    let model = window.state().model();
    let Some(chat) = model.chats.first() else { return Vec::new() };
    let Some((first, last)) = chat.ends else { return Vec::new() };
    (first..=last)
        .filter_map(|seq| match model.rows.at(chat.conversation.id, seq) {
            Place::Here(row) => Some(row.clone()),
            _ => None,
        })
        .collect()
}

/// A picture with a gradient, in a file.
pub(crate) fn picture_file(folder: &Path, name: &str, width: u32, height: u32) -> PathBuf {
    let path = folder.join(name);
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 140])
    });
    picture.save(&path).unwrap();
    path
}

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
fn a_picture_that_is_none_is_shown_as_a_file() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.png");
    std::fs::write(&path, [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 4000]].concat()).unwrap();
    person.drop_files(&[path]);
    person.press("Send");
    person.until(|window| window.query_by_role_and_label(Role::Button, "Save broken.png").is_some());
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
fn a_picture_is_dropped_sent_and_shown() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = picture_file(folder.path(), "gradient.png", 640, 480);
    person.drop_files(&[path]);
    person.until(|window| window.query_by_label("Remove gradient.png").is_some());
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    let attachment = person.newest().message.attachments[0].clone();
    let about = attachment.about.unwrap();
    assert_eq!((about.width, about.height), (Some(640), Some(480)));
    person.until(|window| matches!(window.state().model().pictures.get(attachment.id), Seen::Picture(_)));
    person.press("Picture gradient.png");
    person.until(|window| window.query_by_label("Close the picture").is_some());
    person.window.key_press(Key::Escape);
    person.until(|window| window.query_by_label("Close the picture").is_none());
}

#[test]
fn a_picture_that_cannot_be_had_larger_stays_as_it_is() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    person.drop_files(&[picture_file(folder.path(), "large.png", 2000, 1500)]);
    person.until(|window| window.query_by_label("Remove large.png").is_some());
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    let id = person.newest().message.attachments[0].id;
    person.until(|window| matches!(window.state().model().pictures.get(id), Seen::Picture(_)));
    damage(&person.file("nyx"));
    person.press("Picture large.png");
    for _ in 0..40 {
        sleep(Duration::from_millis(10));
        person.window.step();
        assert!(matches!(person.window.state().model().pictures.get(id), Seen::Picture(_)));
    }
}

/// Overwrites what lies in a folder beside the database.
fn damage(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damage(&path);
        } else if !path.to_string_lossy().contains("vault.db") && path.metadata().unwrap().len() > 4096 {
            std::fs::write(&path, vec![7; 20_000]).unwrap();
        }
    }
}

#[test]
fn what_is_no_file_is_not_attached_and_that_is_said() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    person.drop_files(&[folder.path().join("missing.pdf"), folder.path().to_owned()]);
    person.reads("was not attached");
    assert_eq!(person.written(), "");
}

#[test]
fn sending_a_large_file_shows_how_far_it_is_and_can_be_cancelled() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    std::fs::File::create(&path).unwrap().set_len(1 << 31).unwrap();
    person.drop_files(&[path]);
    person.fill("Write a message", "watch this");
    person.until(|window| window.query_by_label_contains("film.mkv 2.0 GiB").is_some());
    person.window.key_press(Key::Enter);
    person.until(|window| window.query_by_label_contains("of 2.0 GiB").is_some());
    person.press("Cancel");
    // Nothing is lost: text and file are where they were.
    person.until(|window| window.query_by_label("Remove film.mkv").is_some());
    assert_eq!(person.written(), "watch this");
    assert!(person.rows().is_empty());
}

#[test]
fn a_file_that_may_be_a_program_is_opened_only_after_a_question() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holiday.pdf.desktop");
    std::fs::write(&path, "[Desktop Entry]").unwrap();
    person.drop_files(&[path]);
    person.press("Send");
    person.press("Open holiday.pdf.desktop");
    person.reads("may be a program");
    person.press("Cancel");
    person.until(|window| window.query_by_label_contains("may be a program").is_none());
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
    for _ in 0..150 {
        sleep(Duration::from_millis(10));
        person.window.step();
    }
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

#[test]
fn a_conversation_looks_as_it_was_looked_at() {
    looks(Look::Dark, "dark");
}

#[test]
fn a_conversation_looks_as_it_was_looked_at_in_the_light() {
    looks(Look::Light, "light");
}

#[test]
fn a_conversation_looks_as_it_was_looked_at_in_high_contrast() {
    looks(Look::Contrast, "contrast");
}

fn looks(look: Look, name: &str) {
    let mut person = Person::at_noon(Appearance { language: Language::English, look, ..Appearance::default() });
    person.create_account();
    person.reads("Your notes");
    let files = tempfile::tempdir().unwrap();
    person.write("Trip to Flores: the ferry leaves at 07:30. Tickets: https://example.org/ferry?from=kupang");
    person.write("شكرا جزيلا، سأكون هناك في الساعة 7 (إن شاء الله) وسأحضر معي الخرائط والتذاكر وكل ما نحتاج إليه");
    person.write("🎉");
    person.menu("🎉");
    person.look(name, "menu");
    person.press("React with ❤️");
    person.until(|window| rows(window).last().is_some_and(|row| !row.message.reactions.is_empty()));
    person.write("日本語とかな mixed with Latin и кириллица");
    person.menu("日本語とかな mixed with Latin и кириллица");
    person.press("Reply");
    person.write("Answer to that\nin two lines");
    std::fs::write(files.path().join("packing list.pdf"), vec![0; 300_000]).unwrap();
    let picture = picture_file(files.path(), "harbour.png", 300, 200);
    person.drop_files(&[picture, files.path().join("packing list.pdf")]);
    person.until(|window| window.query_by_label_contains("packing list.pdf 293").is_some());
    person.look(name, "waiting");
    person.press("Send");
    person.until(|window| rows(window).len() == 6);
    let attachment = person.newest().message.attachments[0].clone();
    person.until(|window| matches!(window.state().model().pictures.get(attachment.id), Seen::Picture(_)));
    person.window.event(Event::PointerGone);
    person.window.run_steps(3);
    person.look(name, "written");
    person.picture(&format!("conversation_{name}"));
    person.press("About this chat");
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    person.window.run_steps(2);
    person.fill("Search messages", "the ferry");
    person.until(|window| {
        window.query_all_by_role(Role::Button).any(|node| {
            node.accesskit_node().label().is_some_and(|label| label.starts_with("You") && label.contains("Trip to"))
        })
    });
    person.look(name, "search");
    person.window.key_press(Key::F1);
    person.window.run_steps(3);
    person.look(name, "keys");
}

impl Person {
    /// For somebody who wants to see it: a picture in the folder that `NYX_LOOK` names.
    fn look(&mut self, look: &str, what: &str) {
        if let Ok(folder) = std::env::var("NYX_LOOK") {
            self.window.run_steps(2);
            self.window.render().unwrap().save(format!("{folder}/{look}-{what}.png")).unwrap();
        }
    }
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
