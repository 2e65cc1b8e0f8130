//! A walk through every screen and page of the window, in any language and look.

use crate::{
    notes::{picture_file, rows},
    person::{PASSWORD, Person},
};
use egui::{Key, Modifiers, Rect, Vec2, accesskit::Role, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use nyx_app::window::{app::Nyx, model::VaultState, pictures::Seen};
use nyx_p2p::{AttachmentId, CarriedCode};

/// Goes everywhere and calls `visit` there, with the name of the place.
pub(crate) fn everywhere(mut person: Person, mut visit: impl FnMut(&mut Person, &str)) {
    let mut visit = |person: &mut Person, name: &str| {
        // Whatever moves has come to rest.
        person.window.event(egui::Event::PointerGone);
        person.window.run_steps(12);
        visit(person, name);
    };
    locked_out(&mut person, &mut visit);
    let mut beside = person.beside();
    beside.reads(&beside.texts().get("finding-in-use"));
    visit(&mut beside, "in-use");
    drop(beside);
    conversation(&mut person, &mut visit);
    over_a_conversation(&mut person, &mut visit);
    settings(&mut person, &mut visit);
    unlock(&mut person, &mut visit);
    moving(&mut person, &mut visit);
}

type Visit<'v> = dyn FnMut(&mut Person, &str) + 'v;

/// From the first start to an account.
fn locked_out(person: &mut Person, visit: &mut Visit<'_>) {
    let say = person.texts();
    person.reads(&say.get("welcome-lead"));
    visit(person, "welcome");
    for (way, name) in [
        ("welcome-receive", "receive"),
        ("welcome-recover", "recover"),
        ("welcome-restore", "restore"),
        ("welcome-create", "create"),
    ] {
        person.press(&say.get(way));
        visit(person, name);
        person.press(&say.get("window-back"));
    }
    person.begin_account();
    person.until(|window| window.query_by_label(&say.get("create-phrase-show")).is_some());
    visit(person, "create-phrase-hidden");
    person.press(&say.get("create-phrase-show"));
    visit(person, "create-phrase");
    let words = person.phrase();
    person.press(&say.get("create-phrase-copy"));
    visit(person, "create-phrase-copied");
    person.press(&say.get("create-phrase-written"));
    visit(person, "create-asked");
    person.press(&say.get("create-button"));
    visit(person, "create-asked-wrong");
    person.answer(&words);
    person.press(&say.get("create-button"));
    person.until(|window| matches!(window.state().model().vault, VaultState::Open));
}

/// What stands in a conversation, and beside it.
fn conversation(person: &mut Person, visit: &mut Visit<'_>) {
    let say = person.texts();
    person.reads(&say.get("chat-notes-empty-title"));
    visit(person, "conversation-empty");
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("holiday.pdf.desktop");
    std::fs::write(&program, "[Desktop Entry]").unwrap();
    person.write("https://example.org/ferry");
    person.drop_files(&[picture_file(folder.path(), "harbour.png", 300, 200), program]);
    person.until(|window| {
        window.query_by_label(&say.with("chat-remove-file", &[("name", "harbour.png".into())])).is_some()
    });
    visit(person, "attaching");
    person.press(&say.get("chat-send"));
    person.until(|window| rows(window).len() == 2);
    let picture = person.newest().message.attachments[0].id;
    person.until(|window| is_shown(window, picture));
    person.write("Teh");
    person.window.key_press(Key::ArrowUp);
    person.until(|window| window.query_by_label(&say.get("chat-editing")).is_some());
    visit(person, "editing");
    person.fill(&say.get("chat-write"), " tarik");
    person.window.key_press(Key::Enter);
    person.until(|window| rows(window).last().is_some_and(|row| row.message.edited_ms.is_some()));
    person.press(&say.get("chat-emoji"));
    visit(person, "emoji");
    person.window.key_press(Key::Escape);
    person.press(&say.get("chat-about"));
    let size = vec2(1000.0, 1100.0);
    person.window.set_size(size);
    let day = say.get("day-today");
    let tile = say.with("gallery-picture", &[("name", "harbour.png".into()), ("day", day.into())]);
    person.until(|window| window.query_by_label(&tile).is_some());
    // It was asked for when the pane opened.
    person.until(|window| window.state().model().account.as_ref().is_some_and(|account| account.messages == 3));
    visit(person, "about-chat");
    person.press(&tile);
    person.until(|window| window.query_by_label(&say.get("viewer-close")).is_some());
    visit(person, "viewer");
    person.press(&say.get("viewer-close"));
    person.window.set_size(SIZE);
    person.press(&say.get("pane-close"));
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    person.window.run_steps(2);
    person.fill(&say.get("search-field"), "nothing has these words");
    person.reads(&say.get("search-none"));
    visit(person, "search-none");
    person.select_all_and_type(&say.get("search-field"), "tarik");
    person.until(|window| {
        let you = say.get("chat-you");
        window
            .query_all_by_role(Role::Button)
            .any(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with(&you)))
    });
    visit(person, "search");
    person.window.key_press(Key::Escape);
    person.window.step();
}

/// What opens over a conversation.
fn over_a_conversation(person: &mut Person, visit: &mut Visit<'_>) {
    let say = person.texts();
    person.menu("Teh tarik");
    visit(person, "menu");
    person.press(&say.get("chat-react"));
    visit(person, "reaction");
    person.window.key_press(Key::Escape);
    person.window.run_steps(2);
    person.menu("Teh tarik");
    person.press(&say.get("chat-reply"));
    visit(person, "replying");
    person.window.key_press(Key::Escape);
    person.window.step();
    person.menu("Teh tarik");
    person.press(&say.get("chat-delete"));
    visit(person, "delete");
    person.press(&say.get("delete-keep"));
    person.press(&say.get("chat-edited-earlier"));
    person.until(|window| window.query_by_label("Teh").is_some());
    visit(person, "earlier");
    person.press(&say.get("dialog-close"));
    person.press(&say.with("chat-open-file", &[("name", "holiday.pdf.desktop".into())]));
    visit(person, "open");
    person.press(&say.get("dialog-cancel"));
    person.press(&say.get("chat-timer"));
    visit(person, "timer-menu");
    person.press(&say.get("timer-other"));
    person.until(|window| window.query_by_role_and_label(Role::Button, &say.get("timer-day")).is_none());
    visit(person, "timer");
    person.press(&say.get("dialog-cancel"));
    person.window.key_press(Key::F1);
    person.reads(&say.get("shortcuts-title"));
    visit(person, "shortcuts");
    person.press(&say.get("dialog-close"));
    person.window.state_mut().follow_link(CarriedCode::new("nyx:half"));
    person.reads(&say.get("link-title"));
    visit(person, "link");
    person.press(&say.get("link-close"));
    person.window.set_size(vec2(400.0, 600.0));
    visit(person, "narrow-conversation");
    person.press(&say.get("chat-back"));
    visit(person, "narrow-chats");
    person.window.set_size(SIZE);
}

fn settings(person: &mut Person, visit: &mut Visit<'_>) {
    for part in
        ["account", "password", "backup", "transfer", "connection", "privacy", "look", "check", "about", "erase"]
    {
        let name = format!("settings-{part}");
        let title = person.texts().get(&name);
        person.open_settings(&title);
        if part == "privacy" {
            let off = person.texts().get("settings-autostart-off");
            person.until(|window| window.query_by_label(&off).is_some());
        }
        if part == "transfer" {
            let weighing = person.texts().get("transfer-weighing");
            person.until(|window| window.query_by_label(&weighing).is_none());
        }
        visit(person, &name);
        if part == "connection" {
            connection(person, visit);
        }
    }
}

/// The ways to come together with another device.
fn connection(person: &mut Person, visit: &mut Visit<'_>) {
    let say = person.texts();
    person.press(&say.get("meet-ways"));
    person.press(&say.get("meet-form-typed"));
    visit(person, "connection-ways");
    person.press(&say.get("meet-form-ticket"));
    person.press(&say.get("meet-show-code"));
    person.until(|window| window.query_by_label(&say.get("code-name")).is_some());
    visit(person, "connection-code");
    person.press(&say.get("window-cancel"));
    person.press(&say.get("meet-form-by-hand"));
    person.press(&say.get("meet-show-code"));
    person.reads(&say.get("meet-second"));
    person.reads(&say.get("scan-no-camera"));
    visit(person, "connection-by-hand");
    person.press(&say.get("window-cancel"));
    person.press(&say.get("meet-read"));
    person.reads(&say.get("scan-no-camera"));
    visit(person, "connection-camera");
    person.press(&say.get("scan-file"));
    visit(person, "connection-picture");
    person.press(&say.get("scan-typed"));
    person.fill(&say.get("scan-typed-name"), "nyx:half");
    person.press(&say.get("scan-typed-take"));
    person.reads(&say.get("scan-foreign"));
    visit(person, "connection-typed");
}

fn unlock(person: &mut Person, visit: &mut Visit<'_>) {
    let say = person.texts();
    person.press(&say.get("settings-lock"));
    person.reads(&say.get("unlock-lead"));
    visit(person, "unlock");
    person.fill(&say.get("window-password"), "not this");
    person.press(&say.get("unlock-button"));
    person.until(|window| window.query_by_label(&say.get("unlock-running")).is_none());
    person.reads(&say.get("window-wrong-password"));
    visit(person, "unlock-wrong");
    person.press(&say.get("unlock-forgot"));
    visit(person, "recover-here");
    person.press(&say.get("window-back"));
    person.fill(&say.get("window-password"), PASSWORD);
}

/// From the old device to a new one, and what is left on the old one.
fn moving(old: &mut Person, visit: &mut Visit<'_>) {
    let say = old.texts();
    old.press(&say.get("unlock-button"));
    let mut new = Person::with(*old.window.state().appearance());
    new.begins_to_receive();
    visit(&mut new, "receive-meet");
    let link = new.shows_link();
    visit(&mut new, "receive-code");
    old.open_settings(&say.get("settings-transfer"));
    old.reads_link(&link);
    new.reads(&say.get("receive-account"));
    visit(&mut new, "receive-account");
    new.press(&say.get("receive-account-yes"));
    let digits = new.digits();
    visit(&mut new, "receive-digits");
    old.reads(&say.get("transfer-digits"));
    visit(old, "transfer-digits");
    old.fill(&say.get("transfer-digits-name"), &digits);
    old.press(&say.get("window-continue"));
    old.reads(&say.get("transfer-password"));
    visit(old, "transfer-password");
    old.fill(&say.get("window-password"), PASSWORD);
    old.press(&say.get("window-continue"));
    old.reads(&say.get("transfer-consent"));
    visit(old, "transfer-consent");
    old.press(&say.get("transfer-consent-yes"));
    old.has_moved();
    new.until(|window| window.query_by_label(&say.get("arrived-open")).is_some());
    visit(&mut new, "receive-arrived");
    visit(old, "transfer-moved");
    old.press(&say.get("window-back"));
    old.until(|window| window.query_by_label("Teh tarik").is_some());
    let picture = old.rows().iter().find_map(|row| row.message.attachments.first()).unwrap().id;
    old.until(|window| is_shown(window, picture));
    visit(old, "moved-conversation");
    old.menu("Teh tarik");
    visit(old, "moved-menu");
}

/// Not only its thumbhash.
fn is_shown(window: &Harness<'_, Nyx>, picture: AttachmentId) -> bool {
    matches!(window.state().model().pictures.get(picture), Seen::Picture(_))
}

/// What is not the same on every machine or in every run, at a place of the walk.
pub(crate) fn changing(person: &Person, name: &str) -> Vec<Rect> {
    let say = person.texts();
    let mut rects = Vec::new();
    let mut add = |label: &str, width: f32| {
        for node in person.window.query_all_by_label(label) {
            rects.push(Rect::from_min_size(node.rect().min, Vec2::new(width, node.rect().height())));
        }
    };
    match name {
        // Which words are asked for is drawn.
        "create-asked" | "create-asked-wrong" => {
            for place in 1..=24_usize {
                add(&say.with("create-asked-word", &[("place", place.into())]), 120.0);
            }
        }
        // Whether this machine starts Nyx on login is its own affair.
        "settings-privacy" => {
            for answer in ["settings-autostart-on", "settings-autostart-off"] {
                add(&say.get(answer), 100.0);
            }
        }
        _ => {}
    }
    rects
}

const SIZE: Vec2 = vec2(1000.0, 700.0);
