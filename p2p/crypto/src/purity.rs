//! Holds what the crate root promises: no clock, no I/O, no randomness of its own.
//!
//! `#![no_std]` keeps the clock and the files out; what is left is a dependency that reaches for the system's
//! randomness, or somebody who brings the standard library back.

extern crate std;

use alloc::{string::String, vec::Vec};
use std::{fs, path::Path};

#[test]
fn the_crate_stays_without_std_and_without_unsafe_code() {
    let root = include_str!("lib.rs");
    assert!(root.contains("\n#![no_std]\n") && root.contains("\n#![forbid(unsafe_code)]\n"));
    for (path, source) in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let brings_std_back = source.contains("extern crate std") && !path.ends_with("purity.rs");
        assert!(!brings_std_back, "{path}");
    }
}

#[test]
fn randomness_is_always_an_argument() {
    let manifest = include_str!("../Cargo.toml");
    let (dependencies, _) = manifest.split_once("[dev-dependencies]").unwrap();
    for forbidden in ["getrandom", "rand.", "rand =", "sys_rng", "\"std\"", "default-features = true"] {
        assert!(!dependencies.contains(forbidden), "{forbidden}");
    }
    for (path, source) in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        for forbidden in ["SysRng", "OsRng", "thread_rng", "SystemTime", "Instant::now"] {
            assert!(path.ends_with("purity.rs") || !source.contains(forbidden), "{path}: {forbidden}");
        }
    }
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push((path.to_str().unwrap().into(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}
