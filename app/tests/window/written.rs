//! A conversation with everything in it, as it looks.

use crate::{
    notes::{picture_file, rows},
    person::Person,
};
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::{
    text::Language,
    window::{
        appearance::{Appearance, Look},
        pictures::Seen,
    },
};

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
    pub(crate) fn look(&mut self, look: &str, what: &str) {
        if let Ok(folder) = std::env::var("NYX_LOOK") {
            self.window.run_steps(2);
            self.window.render().unwrap().save(format!("{folder}/{look}-{what}.png")).unwrap();
        }
    }
}
