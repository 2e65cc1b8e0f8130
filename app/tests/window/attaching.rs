//! Pictures and files of messages.

use crate::notes::{at_notes, picture_file, rows};
use egui::{Key, accesskit::Role};
use egui_kittest::kittest::Queryable;
use nyx_app::window::pictures::Seen;
use std::{path::Path, thread::sleep, time::Duration};

#[test]
fn a_picture_is_dropped_sent_and_shown() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = picture_file(folder.path(), "gradient.png", 640, 480);
    person.drop_files(&[path]);
    person.until(|window| window.query_by_label("Remove gradient.png").is_some());
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    let attachment = person.newest().message.attachments[0].clone();
    let about = attachment.about.unwrap();
    assert_eq!((about.width, about.height), (Some(640), Some(480)));
    person.until(|window| matches!(window.state().model().pictures.get(attachment.id), Seen::Picture(_)));
    person.press("Picture gradient.png");
    person.until(|window| window.query_by_label("Close the picture").is_some());
    person.window.key_press(Key::Escape);
    person.until(|window| window.query_by_label("Close the picture").is_none());
}

#[test]
fn a_picture_that_is_none_is_shown_as_a_file() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.png");
    std::fs::write(&path, [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 4000]].concat()).unwrap();
    person.drop_files(&[path]);
    person.press("Send");
    person.until(|window| window.query_by_role_and_label(Role::Button, "Save broken.png").is_some());
}

#[test]
fn a_picture_that_cannot_be_had_larger_stays_as_it_is() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    person.drop_files(&[picture_file(folder.path(), "large.png", 2000, 1500)]);
    person.until(|window| window.query_by_label("Remove large.png").is_some());
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    let id = person.newest().message.attachments[0].id;
    person.until(|window| matches!(window.state().model().pictures.get(id), Seen::Picture(_)));
    damage(&person.file("nyx"));
    person.press("Picture large.png");
    for _ in 0..40 {
        sleep(Duration::from_millis(10));
        person.window.step();
        assert!(matches!(person.window.state().model().pictures.get(id), Seen::Picture(_)));
    }
}

/// Overwrites what lies in a folder beside the database.
fn damage(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damage(&path);
        } else if !path.to_string_lossy().contains("vault.db") && path.metadata().unwrap().len() > 4096 {
            std::fs::write(&path, vec![7; 20_000]).unwrap();
        }
    }
}

#[test]
fn what_is_no_file_is_not_attached_and_that_is_said() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    person.drop_files(&[folder.path().join("missing.pdf"), folder.path().to_owned()]);
    person.reads("was not attached");
    assert_eq!(person.written(), "");
}

#[test]
fn sending_a_large_file_shows_how_far_it_is_and_can_be_cancelled() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    std::fs::File::create(&path).unwrap().set_len(1 << 31).unwrap();
    person.drop_files(&[path]);
    person.fill("Write a message", "watch this");
    person.until(|window| window.query_by_label_contains("film.mkv 2.0 GiB").is_some());
    person.window.key_press(Key::Enter);
    person.until(|window| window.query_by_label_contains("of 2.0 GiB").is_some());
    person.press("Cancel");
    // Nothing is lost: text and file are where they were.
    person.until(|window| window.query_by_label("Remove film.mkv").is_some());
    assert_eq!(person.written(), "watch this");
    assert!(person.rows().is_empty());
}

#[test]
fn a_file_that_may_be_a_program_is_opened_only_after_a_question() {
    let mut person = at_notes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holiday.pdf.desktop");
    std::fs::write(&path, "[Desktop Entry]").unwrap();
    person.drop_files(&[path]);
    person.press("Send");
    person.press("Open holiday.pdf.desktop");
    person.reads("may be a program");
    person.press("Cancel");
    person.until(|window| window.query_by_label_contains("may be a program").is_none());
}
