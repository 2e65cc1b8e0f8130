//! The link by itself, between two processes of the same program: `nyx doctor --peer` on both sides.

use crate::{
    device::{Device, Place},
    spent::Cost,
};
use std::fs;

/// What the link does where nothing is read, sealed or written.
pub(crate) struct Bare {
    /// Of both directions together.
    pub(crate) mib_per_sec: f64,
    /// Of each side; both of them send and receive.
    pub(crate) cpu_per_gib: [f64; 2],
}

pub(crate) fn measure(place: &Place<'_>) -> Bare {
    between(place, place)
}

pub(crate) fn between(one: &Place<'_>, other: &Place<'_>) -> Bare {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("password"), "").unwrap();
    let doctor = |place: &Place<'_>, home: &str, arguments: &[&str]| {
        let mut command = place.nyx(&folder.path().join(home), folder.path());
        Device::start(command.args(["doctor", "--peer"]).args(arguments).args(place.network()))
    };
    let mut shows = doctor(one, "one", &["--show"]);
    let file = folder.path().join("link");
    fs::write(&file, shows.hear("ticket")["link"].as_str().unwrap()).unwrap();
    let mut reads = doctor(other, "other", &["--link-file", file.to_str().unwrap()]);
    shows.count_from_here();
    reads.hear("peer");
    reads.count_from_here();
    let mut bytes = 0;
    let found = loop {
        let event = shows.hear_any();
        match event["event"].as_str() {
            Some("progress") => bytes = event["done"].as_u64().unwrap(),
            Some("measured") => break event,
            _ => {}
        }
    };
    let rate = |way: &str| found[way].as_f64().unwrap() / f64::from(1 << 20);
    let mib_per_sec = 2.0 / (1.0 / rate("to_peer") + 1.0 / rate("from_peer"));
    let cost = |cost: Cost| cost.cpu_per_gib(bytes);
    Bare { mib_per_sec, cpu_per_gib: [cost(shows.end()), cost(reads.end())] }
}
