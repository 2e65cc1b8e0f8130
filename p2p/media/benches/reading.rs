//! How many spoilt pictures are read, and how long one takes; beside zbar, where Debian's `zbar-tools` is installed.
//!
//! The committed set has seed 1. The other seeds were never looked at while the reader was made.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

#[path = "../tests/distortion/mod.rs"]
mod distortion;

use distortion::Distorted;
use nyx_media::{
    grey::Grey,
    reading::{Effort, read},
};
use std::{fs, process::Command, time::Instant};

const COMMITTED: u64 = 1;
const HELD_OUT: [u64; 4] = [90_001, 90_002, 90_003, 90_004];

fn main() {
    println!(
        "{:<10} {:<22} {:>9} {:>8} {:>8} {:>8}  unread",
        "pictures", "reader", "read", "p50 ms", "p95 ms", "max ms"
    );
    measure("committed", &distortion::all(COMMITTED));
    measure("held out", &HELD_OUT.into_iter().flat_map(distortion::all).collect::<Vec<_>>());
}

fn measure(set: &str, pictures: &[Distorted]) {
    for (name, effort) in [("Nyx, frame of a camera", Effort::Frame), ("Nyx, file", Effort::Picture)] {
        report(set, name, pictures, |picture| {
            let grey = image::load_from_memory(&picture.jpeg).unwrap().into_luma8();
            let grey = Grey::new(grey.width() as usize, grey.height() as usize, grey.into_raw()).unwrap();
            let start = Instant::now();
            let found = read(&grey, effort);
            (found.iter().any(|text| text.as_str() == picture.text), start.elapsed().as_secs_f64())
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("picture.jpg");
    if Command::new("zbarimg").arg("--version").output().is_err() {
        println!("{set:<10} zbarimg is not installed (Debian: zbar-tools), so there is nothing to compare with");
        return;
    }
    // The times of zbar hold the start of its process and the decoding of the file.
    report(set, "zbar, with its start", pictures, |picture| {
        fs::write(&file, &picture.jpeg).unwrap();
        let start = Instant::now();
        let output = Command::new("zbarimg").args(["--raw", "-q"]).arg(&file).output().unwrap();
        let time = start.elapsed().as_secs_f64();
        (String::from_utf8_lossy(&output.stdout).lines().any(|line| line == picture.text), time)
    });
}

fn report(set: &str, reader: &str, pictures: &[Distorted], read: impl Fn(&Distorted) -> (bool, f64)) {
    let (mut times, mut unread) = (Vec::new(), std::collections::BTreeMap::<&str, usize>::new());
    for picture in pictures {
        let (is_read, time) = read(picture);
        times.push(time * 1_000.0);
        if !is_read {
            *unread.entry(picture.name.split_once('-').unwrap().0).or_default() += 1;
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    let read = pictures.len() - unread.values().sum::<usize>();
    println!(
        "{set:<10} {reader:<22} {read:>4}/{:<4} {:>8.1} {:>8.1} {:>8.1}  {unread:?}",
        pictures.len(),
        at(50),
        at(95),
        at(100)
    );
}
