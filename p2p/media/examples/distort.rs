//! Writes the pictures on which the reader is tried: `cargo run -p nyx-media --example distort -- SEED FOLDER`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for whoever works on the reader")]

#[path = "../tests/distortion/mod.rs"]
mod distortion;

use std::{fs, path::PathBuf};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(seed), Some(folder)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        println!("distort SEED FOLDER");
        return;
    };
    fs::create_dir_all(&folder).unwrap();
    let mut texts = String::new();
    for picture in distortion::all(seed.parse().unwrap()) {
        fs::write(folder.join(format!("{}.jpg", picture.name)), &picture.jpeg).unwrap();
        texts += &format!("{} {}\n", picture.name, picture.text);
    }
    fs::write(folder.join("texts"), texts).unwrap();
}
