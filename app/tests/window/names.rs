//! Whoever cannot see the window hears what each thing in it is.

use crate::person::Person;
use egui::accesskit::Role;
use egui_kittest::kittest::NodeT;

#[test]
fn everything_that_can_be_pressed_or_typed_into_has_a_name() {
    for mut person in [Person::new(), Person::indonesian()] {
        let say = person.texts();
        person.reads(&say.get("welcome-lead"));
        named(&mut person, "welcome");
        for way in ["welcome-create", "welcome-recover", "welcome-restore"] {
            person.press(&say.get(way));
            named(&mut person, way);
            person.press(&say.get("window-back"));
        }
        person.create_account();
        for part in [
            "settings-account",
            "settings-password",
            "settings-backup",
            "settings-privacy",
            "settings-look",
            "settings-check",
            "settings-about",
            "settings-erase",
        ] {
            person.open_settings(&say.get(part));
            named(&mut person, part);
        }
        person.press(&say.get("settings-lock"));
        person.reads(&say.get("unlock-lead"));
        named(&mut person, "unlock");
    }
}

fn named(person: &mut Person, screen: &str) {
    person.window.step();
    for node in person.window.root().children_recursive() {
        let node = node.accesskit_node();
        let is_pressed = node.data().supports_action(egui::accesskit::Action::Click);
        // What a scroll bar is, its role says; the toolkit lets nobody name one.
        if (is_pressed && node.role() != Role::ScrollBar) || node.is_text_input() {
            // A text that can be selected is its own name.
            let name = node.label().or_else(|| node.value().filter(|_| node.role() == Role::Label));
            assert!(
                name.is_some_and(|name| !name.trim().is_empty()),
                "{screen}: {:?} at {:?}",
                node.role(),
                node.bounding_box()
            );
        }
    }
}
