//! Turns of an arrival that no device takes on purpose.

use super::*;
use crate::{
    text::Language,
    window::rehearsal::{Rehearsal, offers, says},
};
use egui_kittest::{Harness, kittest::Queryable};
use nyx_p2p::{AccountState, AccountView, Event, Failure, Met, Path, Progress, Stall};

type Window = Harness<'static, (Rehearsal, Receive)>;

/// As far as the bytes, and then this.
fn told(language: Language, events: Vec<Event>) -> Window {
    let chosen = Receive { is_chosen: true, ..Receive::default() };
    let mut window = Rehearsal::of(language, chosen, |receive, ui, cx| receive.show(ui, cx));
    let (rehearsal, receive) = window.state_mut();
    rehearsal.with(|cx| {
        let reach = cx.reach.clone();
        receive.meeting.carry_out(cx, Command::GoOn { password: None, reach });
    });
    let met = Met { name: "Sari".into(), words: None, path: Path::Lan, bytes: 9 << 20 };
    let begin = [Event::Stage(Stage::Meeting), Event::Met(met), Event::Stage(Stage::Receiving)];
    tell(&mut window, begin.into_iter().chain(events).collect());
    window
}

fn tell(window: &mut Window, events: Vec<Event>) {
    let (rehearsal, receive) = window.state_mut();
    let id = receive.meeting.task().id().unwrap();
    rehearsal.tell(id, events);
    window.run_steps(2);
}

#[test]
fn an_account_that_does_not_fit_or_is_of_a_later_version_is_told_with_what_helps_and_can_be_tried_again() {
    for language in [Language::English, Language::Indonesian] {
        let window = told(language, vec![Event::Failed(Failure::NoRoom { missing_bytes: 3 << 30 })]);
        let size = window.state().0.texts().bytes(3 << 30);
        let said = window.state().0.texts().with("window-no-room", &[("missing", size.into())]);
        assert!(window.query_by_label(&said).is_some(), "{said}");
        assert!(offers(&window, "meet-show-code"), "it begins again from here");
        let window = told(language, vec![Event::Failed(Failure::LaterVersion)]);
        assert!(says(&window, "error-later-version") && offers(&window, "meet-show-code"));
    }
}

#[test]
fn a_disk_that_does_not_answer_is_told_until_it_does() {
    let mut window = told(Language::English, vec![Event::Stalled(Stall::OwnDisk)]);
    assert!(says(&window, "moving-stalled-own-disk") && offers(&window, "window-cancel"));
    tell(&mut window, vec![Event::MoveResumed]);
    assert!(!says(&window, "moving-stalled-own-disk") && says(&window, "moving-receiving"));
}

#[test]
fn which_way_the_bytes_come_is_told_anew_when_it_is_another_and_not_while_there_is_none() {
    let mut window = told(Language::Indonesian, vec![]);
    assert!(says(&window, "path-lan"));
    tell(&mut window, vec![Event::MovePath(Path::Relay)]);
    assert!(says(&window, "path-relay") && !says(&window, "path-lan"));
    tell(&mut window, vec![Event::Stage(Stage::Finding), Event::Stalled(Stall::Link)]);
    assert!(!says(&window, "path-relay") && says(&window, "moving-finding-lead"));
}

#[test]
fn what_is_complete_is_not_said_to_take_longer() {
    let whole = Progress { done: 9 << 20, total: 9 << 20, rate: 1 << 20, eta_secs: Some(0) };
    let window = told(Language::English, vec![Event::Stage(Stage::Finishing), Event::Moving(whole)]);
    assert!(window.query_by_label("9.0 MiB of 9.0 MiB (100 %)").is_some());
}

#[test]
fn what_is_handed_over_cannot_be_stopped_and_that_is_said() {
    let window = told(Language::English, vec![Event::Stage(Stage::Waiting)]);
    assert!(says(&window, "moving-too-late") && !offers(&window, "window-cancel"));
}

#[test]
fn an_old_device_that_has_not_answered_is_told_where_everything_is_here() {
    let account = AccountView {
        aid: [1; 32],
        name: "Sari".to_owned(),
        state: AccountState::Active,
        can_sign: true,
        messages: 12,
        attachments: 1,
        attachment_bytes: 8 << 20,
    };
    let moved = Event::Moved { manifest_hash: [0; 32], bytes: 9 << 20, took_ms: 61_000 };
    let events = vec![Event::Opened, Event::Account(account), Event::Stage(Stage::Activating), moved];
    let mut window = told(Language::English, events);
    for sentence in ["The account Sari is on this device", "12 messages and 1 file: 9.0 MiB.", "61 s"] {
        assert!(window.query_all_by_label_contains(sentence).next().is_some(), "{sentence}: {:#?}", window.root());
    }
    assert!(says(&window, "arrived-telling") && !offers(&window, "arrived-open"));
    tell(&mut window, vec![Event::ReceiptUnheard, Event::Done]);
    assert!(says(&window, "arrived-unheard") && offers(&window, "arrived-open"));
}
