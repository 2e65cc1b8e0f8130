//! What nobody does on purpose: far too much, far too fast. Counted in bytes and rows; what a frame costs is measured by
//! the benches.

use crate::{
    notes::{label, rows},
    person::{PASSWORD, Person},
};
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::kittest::Queryable;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use nyx_app::{
    text::{Language, Texts},
    window::{
        appearance::{Appearance, Look},
        pictures::Seen,
        rows::Place,
    },
};
use nyx_p2p::{About, Author, Delivery, MessageId};
use nyx_vault::{
    LockedVault, StorageError, Vault, WriteError,
    model::{NewAttachment, NewMessage},
};
use std::{io::Cursor, path::Path};

#[test]
fn many_pictures_scrolled_fast_stay_within_their_budget() {
    let count: u64 = if std::env::var_os("NYX_SOAK").is_some() { 10_000 } else { 400 };
    let mut person = with_notes(|vault| {
        for batch in (0..count).collect::<Vec<_>>().chunks(100) {
            let pictures = batch.iter().map(|number| picture(vault, *number)).collect::<Vec<_>>();
            add(vault, batch.iter().zip(pictures).map(|(number, picture)| (*number, String::new(), vec![picture])));
        }
    });
    let mut frames = 0;
    let mut most = 0;
    loop {
        wheel(&mut person, 900.0);
        let model = person.window.state().model();
        most = most.max(model.pictures.bytes());
        assert!(model.pictures.bytes() <= PICTURE_BYTES_MAX, "{} bytes of pictures", model.pictures.bytes());
        assert!(model.rows.bytes() <= ROW_BYTES_MAX, "{} bytes of messages", model.rows.bytes());
        frames += 1;
        let chat = &model.chats[0];
        let Place::Here(first) = model.rows.at(chat.conversation.id, 1) else {
            assert!(frames < 20 * count, "never came to the first message");
            continue;
        };
        // There, whatever is in view is shown.
        let attachment = first.message.attachments[0].id;
        wheel(&mut person, 900.0);
        if matches!(person.window.state().model().pictures.get(attachment), Seen::Picture(_)) {
            break;
        }
    }
    assert!(most > PICTURE_BYTES_MAX / 4, "{most}: so few bytes show nothing");
}

#[test]
fn a_storm_of_sizes_leaves_the_reader_where_they_were() {
    let mut person = with_notes(|vault| {
        let body = |number: u64| format!("line {number}{}", " and some more words".repeat((number * 7 % 13) as usize));
        add(vault, (0..400).map(|number| (number, body(number), Vec::new())));
    });
    person.until(|window| !rows(window).is_empty());
    for _ in 0..12 {
        wheel(&mut person, 700.0);
    }
    person.until(|window| first_line(window).is_some());
    person.window.run_steps(20);
    let before = first_line(&person.window);
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..120 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (width, height) = ((random >> 33) % 2200, (random >> 17) % 1000);
        person.window.set_size(vec2(300.0 + width as f32, 240.0 + height as f32));
        person.window.step();
        let model = person.window.state().model();
        assert!(model.rows.bytes() <= ROW_BYTES_MAX && model.pictures.bytes() <= PICTURE_BYTES_MAX);
    }
    person.window.set_size(vec2(1000.0, 700.0));
    person.until(|window| first_line(window) == before);
}

#[test]
fn the_way_to_the_newest_message_is_there_in_any_storm() {
    let mut person = with_notes(|vault| {
        let body = |number: u64| format!("line {number}{}", " and some more words".repeat((number * 7 % 13) as usize));
        add(vault, (0..400).map(|number| (number, body(number), Vec::new())));
    });
    person.until(|window| rows(window).last().is_some_and(|row| row.message.seq == 400));
    let newest = rows(&person.window).last().unwrap().message.body.clone().unwrap();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for _ in 0..12 {
        for _ in 0..1 + next(12) {
            person.window.set_size(vec2(700.0 + next(1200) as f32, 400.0 + next(700) as f32));
            wheel(&mut person, 200.0 + next(1200) as f32);
        }
        // Far from the end there is a way back, wherever the storm has left the window.
        person.until(|window| window.query_by_label("To the newest message").is_some());
        assert!(label(&person.window, &newest).is_none(), "the newest message is in view");
        person.press_once("To the newest message");
        for _ in 0..next(4) {
            person.window.set_size(vec2(700.0 + next(1200) as f32, 400.0 + next(700) as f32));
            person.window.step();
        }
        person.until(|window| label(window, &newest).is_some());
        person.until(|window| window.query_by_label("To the newest message").is_none());
    }
}

#[test]
fn another_language_reaches_what_is_open_at_once() {
    let mut person = Person::with(Appearance { language: Language::English, ..Appearance::default() });
    person.create_account();
    person.open_settings("Look and language");
    person.window.state_mut().follow_link(nyx_p2p::CarriedCode::new("nyx:half"));
    person.reads("A link to Nyx");
    person.press("Bahasa Indonesia");
    person.reads(&Texts::of(Language::Indonesian).get("link-title"));
    assert!(person.window.query_by_label("A link to Nyx").is_none());
    person.press(&Texts::of(Language::Indonesian).get("settings-light"));
    person.until(|window| window.state().appearance().look == Look::Light);
    person.press(&Texts::of(Language::Indonesian).get("link-close"));
    person.reads("Tampilan dan bahasa");
}

#[test]
fn a_picture_that_claims_to_be_as_large_as_a_country_is_a_file() {
    let mut person = with_notes(|_| {});
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("country.png");
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(1, 1)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    let mut bytes = bytes.into_inner();
    // Width and height, and the sum over them that a reader checks.
    bytes[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    person.drop_files(&[path]);
    person.press("Send");
    person.until(|window| rows(window).len() == 1);
    person.until(|window| window.query_by_label("Save country.png").is_some());
    assert_eq!(person.window.state().model().pictures.bytes(), 0);
}

/// The last line that begins in view.
fn first_line(window: &egui_kittest::Harness<'_, nyx_app::window::app::Nyx>) -> Option<u64> {
    let model = window.state().model();
    let chat = model.chats.first()?;
    let (first, last) = chat.ends?;
    (first..=last).find(|seq| match model.rows.at(chat.conversation.id, *seq) {
        Place::Here(row) => row.message.body.as_deref().is_some_and(|body| label(window, body).is_some()),
        _ => false,
    })
}

fn wheel(person: &mut Person, points: f32) {
    person.window.event(Event::PointerMoved(pos2(650.0, 350.0)));
    person.window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    person.window.step();
}

/// Somebody whose notes were there before the window was opened.
pub(crate) fn with_notes(fill: impl FnOnce(&Vault)) -> Person {
    let mut person = Person::with(Appearance { language: Language::English, ..Appearance::default() });
    person.create_account();
    let mut person = person.come_back_after(|home: &Path| {
        let password = nyx_p2p::Password::new(PASSWORD).unwrap();
        let locked = LockedVault::find(home).unwrap();
        fill(&locked.unlock(&password).map_err(|locked| locked.error).unwrap());
    });
    person.unlock();
    person.until(|window| !window.state().model().chats.is_empty());
    person.window.key_press(Key::Escape);
    person
}

pub(crate) fn add(vault: &Vault, messages: impl Iterator<Item = (u64, String, Vec<NewAttachment>)>) {
    let notes = vault.read::<_, StorageError>(|reader| reader.notes()).unwrap().unwrap().id;
    vault
        .commit::<_, WriteError>(|tx| {
            for (number, body, attachments) in messages {
                let mut id = [0; 16];
                id[..8].copy_from_slice(&number.to_be_bytes());
                tx.add_message(NewMessage {
                    id: MessageId(id),
                    conversation: notes,
                    author: Author::Me,
                    at_ms: 1_780_000_000_000 + number.cast_signed() * 60_000,
                    delivery: Delivery::Here,
                    body,
                    reply_to: None,
                    attachments,
                    ttl_secs: None,
                })?;
            }
            Ok(())
        })
        .unwrap();
}

fn picture(vault: &Vault, number: u64) -> NewAttachment {
    let (width, height) = (600, 400);
    let color = Rgb([(number % 251) as u8, (number / 251) as u8, 140]);
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_pixel(width, height, color)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.set_position(0);
    let about = About {
        name: format!("{number}.png"),
        media_type: "image/png".to_owned(),
        width: Some(width),
        height: Some(height),
        ..About::default()
    };
    NewAttachment { blob: vault.store_blob(&mut bytes, &mut |_| true).unwrap(), about }
}

/// Of a chunk of a PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let shifted = |sum: u32| (0..8).fold(sum, |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 });
    !bytes.iter().fold(u32::MAX, |sum, byte| shifted(sum ^ u32::from(*byte)))
}

/// What the window may have in textures of pictures, and in messages.
const PICTURE_BYTES_MAX: usize = 48 << 20;
const ROW_BYTES_MAX: usize = 16 << 20;
