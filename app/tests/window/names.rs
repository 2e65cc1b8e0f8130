//! Whoever cannot see the window hears what each thing in it is.

use crate::{person::Person, walk::everywhere};
use egui::accesskit::{Action, Role};
use egui_kittest::kittest::NodeT;
use nyx_app::{text::Language, window::appearance::Appearance};

#[test]
fn everything_that_can_be_pressed_or_typed_into_has_a_name() {
    for language in [Language::English, Language::Indonesian] {
        let mut places = 0;
        let person = Person::with(Appearance { language, ..Appearance::default() });
        everywhere(person, |person, place| {
            places += 1;
            let unnamed = unnamed(person);
            assert!(unnamed.is_empty(), "{place} in {language:?}: {unnamed:#?}");
        });
        assert!(places > 35, "{places}");
    }
}

fn unnamed(person: &Person) -> Vec<String> {
    let is_unnamed = |name: Option<String>| name.is_none_or(|name| name.trim().is_empty());
    let nodes = person.window.root().children_recursive();
    nodes
        .filter(|node| {
            let node = node.accesskit_node();
            let acts = node.data().supports_action(Action::Click)
                || node.is_text_input()
                || matches!(
                    node.role(),
                    Role::Button
                        | Role::CheckBox
                        | Role::RadioButton
                        | Role::Slider
                        | Role::SpinButton
                        | Role::Image
                        | Role::ListItem
                        | Role::List
                        | Role::Link
                );
            // A text that can be selected is its own name.
            let name = node.label().or_else(|| node.value().filter(|_| node.role() == Role::Label));
            // What a scroll bar is, its role says; the toolkit lets nobody name one.
            acts && node.role() != Role::ScrollBar && is_unnamed(name)
        })
        .map(|node| format!("{:?} at {:?}", node.accesskit_node().role(), node.accesskit_node().bounding_box()))
        .collect()
}
