//! The pictures and files of a conversation, in the pane about it.

use crate::{
    conversation::{at_notes, picture_file, rows},
    person::Person,
};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role, pos2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use nyx_app::window::{app::Nyx, pictures::Seen};

/// What the gallery shows, by what is read out.
fn shown(window: &Harness<'_, Nyx>) -> Vec<String> {
    let names = window.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    names.filter(|name| name.ends_with(", Today") || name.ends_with("Show it in the conversation")).collect()
}

fn attach(person: &mut Person, name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = if name.ends_with("png") {
        picture_file(folder.path(), name, 64, 48)
    } else {
        let path = folder.path().join(name);
        std::fs::write(&path, name).unwrap();
        path
    };
    let before = rows(&person.window).len();
    person.drop_files(&[path]);
    person.until(|window| window.query_by_label(&format!("Remove {name}")).is_some());
    person.press("Send");
    person.until(|window| rows(window).len() > before);
}

#[test]
fn pictures_and_files_are_found_where_they_belong() {
    let mut person = high_notes();
    person.press("About this chat");
    person.reads("There are none in this conversation yet");
    attach(&mut person, "first.png");
    person.until(|window| shown(window).len() == 1);
    attach(&mut person, "list.txt");
    attach(&mut person, "second.png");
    for number in 0..30 {
        person.write(&format!("line {number}"));
    }
    person.until(|window| {
        shown(window)
            == [
                "Picture second.png, Today",
                "list.txt, 8 B · Today. Show it in the conversation",
                "Picture first.png, Today",
            ]
    });
    assert!(person.window.query_by_label("Picture first.png").is_none(), "its message is further up");
    person.click("Picture first.png, Today");
    person.window.run_steps(3);
    person.until(|window| window.query_by_label("Close the picture").is_some());
    let first =
        person.window.state().model().attached.of(person.window.state().model().chats[0].conversation.id).0[2].clone();
    person.until(|window| matches!(window.state().model().pictures.get(first.attachment.id), Seen::Picture(_)));
    let behind = pos2(20.0, 400.0);
    person.click_at(behind);
    person.until(|window| window.query_by_label("Close the picture").is_none());
    person.press("Picture first.png, Today");
    person.press("Previous");
    person.until(|window| window.query_by_role_and_label(Role::Image, "second.png").is_some());
    person.window.key_press(Key::ArrowRight);
    person.until(|window| window.query_by_role_and_label(Role::Image, "first.png").is_some());
    person.press("Show it in the conversation");
    person.until(|window| window.query_by_label("Picture first.png").is_some());
    assert!(person.window.query_by_label("Close the picture").is_none());
    person.press("To the newest message");
    person.until(|window| window.query_by_label("Picture first.png").is_none());
    person.press("list.txt, 8 B · Today. Show it in the conversation");
    person.until(|window| window.query_by_label("Picture first.png").is_some());
}

#[test]
fn what_is_deleted_leaves_the_gallery() {
    let mut person = high_notes();
    attach(&mut person, "one.txt");
    person.fill("Write a message", "look at two");
    attach(&mut person, "two.png");
    person.press("About this chat");
    person.until(|window| shown(window).len() == 2);
    person.menu("look at two");
    person.press("Delete");
    person.press("Delete it");
    person.until(|window| shown(window).len() == 1);
    assert!(shown(&person.window)[0].starts_with("one.txt"));
}

impl Person {
    /// Presses a button with the pointer.
    fn click(&mut self, name: &str) {
        let place = self.window.get_by_role_and_label(Role::Button, name).rect().center();
        self.click_at(place);
    }

    fn click_at(&mut self, pos: Pos2) {
        self.window.event(Event::PointerMoved(pos));
        self.window.step();
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            self.window.event(Event::PointerButton { pos, button, pressed, modifiers });
            self.window.step();
        }
    }
}

/// Somebody whose window has room for all of the pane.
fn high_notes() -> Person {
    let mut person = at_notes();
    person.window.set_size(egui::vec2(1000.0, 1100.0));
    person
}
