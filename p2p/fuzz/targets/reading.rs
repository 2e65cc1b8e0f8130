//! Pictures of strangers: pixels of any shape, and files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_media::{
    file,
    grey::Grey,
    reading::{Effort, TEXTS_MAX, read},
};

fuzz_target!(|bytes: &[u8]| {
    let grey = match bytes {
        // Two bytes of width, and rows as many as there are.
        [0, high, low, pixels @ ..] => {
            let width = usize::from(u16::from_be_bytes([*high, *low]));
            let height = pixels.len().checked_div(width).unwrap_or(0);
            Grey::new(width, height, pixels[..width * height].to_vec())
        }
        file => file::decode(file).ok().filter(|grey| grey.pixels().len() <= PIXELS_MAX),
    };
    if let Some(grey) = grey {
        assert!(read(&grey, Effort::Frame).len() <= TEXTS_MAX);
    }
});

/// A few bytes may say "a million white pixels": true, and a waste of the fuzzer's time.
const PIXELS_MAX: usize = 100_000;
