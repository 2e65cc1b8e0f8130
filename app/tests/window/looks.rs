//! Every screen, as it was looked at by somebody: dark and light, and the main ones in high contrast.

use crate::{
    person::Person,
    walk::{changing, everywhere},
};
use egui_kittest::SnapshotResults;
use nyx_app::{
    text::Language,
    window::appearance::{Appearance, Look},
};

#[test]
fn every_screen_looks_as_it_was_looked_at_in_the_dark() {
    looks(Look::Dark, "dark", |_| true);
}

#[test]
fn every_screen_looks_as_it_was_looked_at_in_the_light() {
    looks(Look::Light, "light", |_| true);
}

#[test]
fn the_main_screens_look_as_they_were_looked_at_in_high_contrast() {
    let main = ["welcome", "create-phrase", "unlock", "about-chat", "menu", "delete", "search", "settings-look"];
    looks(Look::Contrast, "contrast", |name| main.contains(&name));
}

fn looks(look: Look, folder: &str, is_wanted: impl Fn(&str) -> bool) {
    // The error of a secret word names the one that was asked for; what waits to be sent gets its picture when it is read;
    // a code is as large as this machine has addresses; what turns has turned further.
    // How long a move took, nobody knows before.
    let never_the_same = [
        "create-asked-wrong",
        "attaching",
        "connection-code",
        "connection-by-hand",
        "receive-code",
        "receive-digits",
        "receive-arrived",
    ];
    let is_never_the_same = |name: &str| never_the_same.contains(&name);
    let mut results = SnapshotResults::new();
    let appearance = Appearance { language: Language::English, look, ..Appearance::default() };
    everywhere(Person::at_noon(appearance), |person, name| {
        if is_wanted(name) && !is_never_the_same(name) {
            let masked = changing(person, name);
            person.picture_without(&format!("{folder}/{name}"), &masked);
            results.extend(person.window.take_snapshot_results());
        }
    });
}
