//! Somebody before their notes.

use crate::person::Person;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use nyx_app::{
    text::Language,
    window::{app::Nyx, appearance::Appearance, rows::Place},
};
use nyx_p2p::Row;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
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
pub(crate) struct Dropped(pub(crate) PathBuf);

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
