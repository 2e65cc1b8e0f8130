//! Turns of a departure that no device takes on purpose.

use super::*;
use crate::{
    text::Language,
    window::rehearsal::{Rehearsal, offers, says},
};
use egui_kittest::Harness;
use nyx_p2p::{Event, Failure, Met, Path, PeerTrouble, Stall};

type Window = Harness<'static, (Rehearsal, Sending)>;

/// As far as the bytes, and then this.
fn told(language: Language, events: Vec<Event>) -> Window {
    let mut window = Rehearsal::of(language, Sending::default(), |sending, ui, cx| {
        page::page(ui, cx.theme, "sending", |ui| sending.show(ui, cx));
    });
    let (rehearsal, sending) = window.state_mut();
    rehearsal.with(|cx| sending.go_on(cx));
    let met = Met { name: "Laptop".into(), words: None, path: Path::Direct, bytes: 9 << 20 };
    let begin = [Event::Stage(Stage::Meeting), Event::Met(met), Event::Stage(Stage::Sending)];
    tell(&mut window, begin.into_iter().chain(events).collect());
    window
}

fn tell(window: &mut Window, events: Vec<Event>) {
    let (rehearsal, sending) = window.state_mut();
    let id = sending.meeting.task().id().unwrap();
    rehearsal.tell(id, events);
    window.run_steps(2);
}

#[test]
fn what_the_other_device_can_not_take_is_told_with_what_helps_and_can_be_tried_again() {
    let troubles = [
        (PeerTrouble::NoRoom, "window-peer-no-room"),
        (PeerTrouble::Version, "error-peer-version"),
        (PeerTrouble::Content, "window-peer-content"),
        (PeerTrouble::Disk, "error-peer-disk"),
    ];
    for language in [Language::English, Language::Indonesian] {
        for (trouble, name) in troubles {
            let window = told(language, vec![Event::Failed(Failure::Peer(trouble))]);
            assert!(says(&window, name), "{name}: {:#?}", window.root());
            assert!(offers(&window, "meet-show-code"), "it begins again from here");
        }
    }
}

#[test]
fn a_disk_there_that_does_not_answer_is_told_until_it_does() {
    let mut window = told(Language::Indonesian, vec![Event::Stalled(Stall::TheirDisk)]);
    assert!(says(&window, "moving-stalled-their-disk") && says(&window, "path-direct"));
    tell(&mut window, vec![Event::MoveResumed]);
    assert!(!says(&window, "moving-stalled-their-disk") && says(&window, "moving-sending"));
}

#[test]
fn a_new_device_that_is_silent_after_everything_was_handed_over_is_to_be_opened() {
    let window = told(Language::English, vec![Event::Stage(Stage::Waiting), Event::Stalled(Stall::Silence)]);
    assert!(says(&window, "moving-stalled-handing-over") && !offers(&window, "window-cancel"));
}
