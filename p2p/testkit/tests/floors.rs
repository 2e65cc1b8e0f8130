//! An arrow may only point down: which crate may depend on which.
#![expect(clippy::unwrap_used, reason = "a test ends by panicking")]

use std::{collections::BTreeMap, process::Command};

/// Ground first. Crates on one floor never know each other, and nobody knows a floor above.
const FLOORS: &[&[&str]] = &[
    &["nyx-wire"],
    &["nyx-crypto"],
    &["nyx-media", "nyx-net", "nyx-proto", "nyx-vault", "nyx-signal"],
    &["nyx-p2p"],
    &["nyx", "nyx-examples"],
];

/// Linked by tests only, so it stands beside the house.
const TESTS_ONLY: &str = "nyx-testkit";

/// The service carries what it cannot read, because it does not link what could read it. The network carries only what
/// is sealed already.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("nyx-signal", &["nyx-crypto", "nyx-proto", "nyx-vault", "nyx-p2p"]),
    ("nyx-net", &["nyx-crypto", "nyx-proto", "nyx-vault", "nyx-p2p"]),
];

/// A client is tested against the real service, which is its sibling; what a vault keeps of a move against the machines whose
/// records it keeps.
const TESTED_AGAINST: &[(&str, &str)] = &[("nyx-net", "nyx-signal"), ("nyx-vault", "nyx-proto")];

struct Arrow {
    from: String,
    to: String,
    dev: bool,
}

fn arrows() -> (Vec<String>, Vec<Arrow>) {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let (mut members, mut arrows) = (Vec::new(), Vec::new());
    for package in metadata["packages"].as_array().unwrap() {
        let from = package["name"].as_str().unwrap().to_owned();
        for dependency in package["dependencies"].as_array().unwrap() {
            // Ours are the ones with a path.
            if dependency["path"].is_string() {
                let to = dependency["name"].as_str().unwrap().to_owned();
                arrows.push(Arrow { from: from.clone(), to, dev: dependency["kind"] == "dev" });
            }
        }
        members.push(from);
    }
    (members, arrows)
}

#[test]
fn every_crate_has_its_floor_and_arrows_point_down() {
    let floors: BTreeMap<&str, usize> =
        FLOORS.iter().enumerate().flat_map(|(floor, crates)| crates.iter().map(move |name| (*name, floor))).collect();
    let (members, arrows) = arrows();
    for member in members.iter().filter(|member| *member != TESTS_ONLY) {
        assert!(floors.contains_key(member.as_str()), "{member} stands on no floor: give it one in this test");
    }
    for Arrow { from, to, dev } in arrows {
        if to == TESTS_ONLY {
            assert!(dev, "{from} links {TESTS_ONLY} outside of tests");
        } else if from != TESTS_ONLY && !(dev && (from == to || TESTED_AGAINST.contains(&(&from, &to)))) {
            assert!(floors[to.as_str()] < floors[from.as_str()], "{from} -> {to} does not point down");
        }
    }
}

#[test]
fn the_service_links_nothing_that_could_read_what_it_carries() {
    let (_, arrows) = arrows();
    for (from, forbidden) in FORBIDDEN {
        for arrow in arrows.iter().filter(|arrow| arrow.from == *from) {
            assert!(!forbidden.contains(&arrow.to.as_str()), "{from} -> {}", arrow.to);
        }
    }
}
