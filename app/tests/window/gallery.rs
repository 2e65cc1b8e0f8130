//! The pictures and files of a conversation, in the pane about it.

use crate::{
    notes::{at_notes, picture_file, rows},
    person::Person,
    torture::{add, with_notes},
};
use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, accesskit::Role, pos2,
    vec2,
};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use nyx_app::window::{app::Nyx, pictures::Seen};
use nyx_p2p::About;
use nyx_vault::model::NewAttachment;

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

#[test]
fn the_gallery_is_read_a_page_at_a_time_down_to_the_first_file() {
    let count = 300;
    let mut person = with_notes(|vault| {
        let file = |number: u64| {
            let about = About { name: format!("{number:03}.txt"), ..About::default() };
            let blob = vault.store_blob(&mut number.to_be_bytes().as_slice(), &mut |_| true).unwrap();
            NewAttachment { blob, about }
        };
        let messages: Vec<_> = (0..count).map(|number| (number, String::new(), vec![file(number)])).collect();
        add(vault, messages.into_iter());
    });
    person.press("About this chat");
    let known = |window: &Harness<'_, Nyx>| {
        let model = window.state().model();
        model.attached.of(model.chats[0].conversation.id).0.len()
    };
    let is_shown = |window: &Harness<'_, Nyx>, name: &str| {
        let mut names = window.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
        names.any(|label| label.starts_with(name) && label.ends_with("Show it in the conversation"))
    };
    person.until(|window| is_shown(window, "299.txt"));
    assert!(known(&person.window) < 200, "{} are known before anybody has scrolled", known(&person.window));
    let mut most = 0;
    person.window.event(Event::PointerMoved(pos2(900.0, 500.0)));
    let mut turns = 0;
    while !is_shown(&person.window, "000.txt") {
        person.scroll(-400.0);
        let drawn = person.window.query_all_by_role(Role::Button).count();
        most = most.max(drawn);
        turns += 1;
        assert!(turns < 20_000, "the first file was never seen; {} are known", known(&person.window));
    }
    assert_eq!(known(&person.window), 300);
    assert!(most < 200, "{most} buttons: what is out of view is drawn too");
}

impl Person {
    /// Turns the wheel where the pointer is.
    fn scroll(&mut self, points: f32) {
        self.window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        self.window.step();
    }

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
