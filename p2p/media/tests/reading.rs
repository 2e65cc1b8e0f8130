//! What the reader reads, and what it costs at worst.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test ends by panicking, and prints its seed")]

use image::GrayImage;
use nyx_media::{
    code::Code,
    grey::Grey,
    reading::{Effort, TEXTS_MAX, read},
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use std::{collections::BTreeSet, fs, path::Path};

/// Of the sixty pictures; zbar 0.23 reads 35.
const READ_MIN: usize = 48;

fn grey(picture: GrayImage) -> Grey {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Grey::new(width, height, picture.into_raw()).unwrap()
}

fn texts(picture: &Grey) -> Vec<String> {
    read(picture, Effort::Picture).iter().map(|text| text.to_string()).collect()
}

/// Dark on light, or the other way round, and each row from right to left if wanted.
fn drawn(codes: &[&Code], module: u32, ink: u8, paper: u8, is_mirrored: bool) -> GrayImage {
    let edge = codes.iter().map(|code| code.size() as u32 + 8).max().unwrap();
    let width = edge * codes.len() as u32 * module;
    GrayImage::from_fn(width, edge * module, |x, y| {
        let x = if is_mirrored { width - 1 - x } else { x };
        let (column, row) = (x / module % edge, y / module);
        let code = codes[(x / module / edge) as usize];
        let dark = code.is_dark(column.wrapping_sub(4) as usize, row.wrapping_sub(4) as usize);
        image::Luma([if dark { ink } else { paper }])
    })
}

#[test]
fn most_spoilt_pictures_are_read_and_none_is_read_wrongly() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures"));
    let (mut right, mut unread) = (0, Vec::new());
    for line in fs::read_to_string(folder.join("texts")).unwrap().lines() {
        let (name, text) = line.split_once(' ').unwrap();
        let picture = image::open(folder.join(format!("{name}.jpg"))).unwrap().into_luma8();
        match read(&grey(picture), Effort::Frame).as_slice() {
            [] => unread.push(name.to_owned()),
            found => {
                assert!(found.iter().all(|found| found.as_str() == text), "{name}");
                right += 1;
            }
        }
    }
    println!("{right} read; not {unread:?}");
    assert!(right >= READ_MIN, "{right} read; not {unread:?}");
}

#[test]
fn codes_of_every_length_that_is_shown_are_read() {
    for length in [1, 60, 193, 400, 700, 1_249] {
        let text = "A".repeat(length);
        let code = Code::new(&text).unwrap();
        assert_eq!(texts(&grey(drawn(&[&code], 4, 20, 230, false))), [text], "{length} letters");
    }
}

#[test]
fn light_codes_on_dark_and_codes_in_a_mirror_are_read() {
    let code = Code::new("NYX:INVERTED").unwrap();
    assert_eq!(texts(&grey(drawn(&[&code], 5, 230, 20, false))), ["NYX:INVERTED"]);
    assert_eq!(texts(&grey(drawn(&[&code], 5, 20, 230, true))), ["NYX:INVERTED"]);
}

#[test]
fn two_codes_side_by_side_are_both_read() {
    let (one, two) = (Code::new("NYX:ONE").unwrap(), Code::new("NYX:TWO").unwrap());
    let found: BTreeSet<String> = texts(&grey(drawn(&[&one, &two], 5, 20, 230, false))).into_iter().collect();
    assert_eq!(found, ["NYX:ONE".to_owned(), "NYX:TWO".to_owned()].into());
}

#[test]
fn a_picture_full_of_marks_ends() {
    // Rows and columns of nothing but the corners of codes: each three of 14,400 could be one.
    let mark = |x: u32, y: u32| {
        let ring = (x % 8).abs_diff(3).max((y % 8).abs_diff(3));
        x % 8 < 7 && y % 8 < 7 && ring != 2
    };
    for module in [1, 2, 3] {
        let picture =
            GrayImage::from_fn(1_280, 720, |x, y| image::Luma([if mark(x / module, y / module) { 0 } else { 255 }]));
        assert!(read(&grey(picture), Effort::Frame).len() <= TEXTS_MAX);
    }
}

#[test]
fn noise_and_pictures_of_any_shape_hold_nothing() {
    let seed = 7;
    println!("seed {seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for (width, height) in [(1, 1), (1, 3_000), (3_000, 1), (7, 7), (640, 480), (21, 21), (20_000, 3)] {
        let picture = GrayImage::from_fn(width, height, |_, _| image::Luma([random.next_u32() as u8]));
        assert_eq!(texts(&grey(picture)), Vec::<String>::new());
        assert_eq!(texts(&grey(GrayImage::from_pixel(width, height, image::Luma([128])))), Vec::<String>::new());
    }
}
