//! Other programs with one file of as many bytes, in the same run.

use crate::{
    device::Place,
    socketio,
    spent::{Cost, mib_per_sec},
    wormhole,
};
use std::time::Duration;

/// What a transfer of another program has cost.
pub(crate) struct Carried {
    pub(crate) bytes: u64,
    pub(crate) took: Duration,
    pub(crate) sender: Cost,
    pub(crate) receiver: Cost,
}

pub(crate) fn run(bytes: u64) {
    println!("\n| another program | MiB | MiB/s | CPU s/GiB sending | receiving | peak MiB sending | receiving |");
    println!("|---|---|---|---|---|---|---|");
    for (name, carried) in [
        ("magic-wormhole", wormhole::carry(bytes, &Place::Here, &Place::Here, "127.0.0.1")),
        ("Socket.IO relay, 500 KiB every 50 ms", socketio::carry(bytes.min(SLOW_BYTES))),
    ] {
        println!("| {name} | {} |", carried.map_or("not installed | | | | |".into(), |carried| carried.row()));
    }
}

impl Carried {
    pub(crate) fn row(&self) -> String {
        let [sender, receiver] = [&self.sender, &self.receiver];
        format!(
            "{:.0} | {:.1} | {:.2} | {:.2} | {} | {}",
            self.bytes as f64 / f64::from(1 << 20),
            mib_per_sec(self.bytes, self.took),
            sender.cpu_per_gib(self.bytes),
            receiver.cpu_per_gib(self.bytes),
            sender.peak_kib / 1024,
            receiver.peak_kib / 1024,
        )
    }
}

/// Ten seconds of the relay, which is as slow with more.
const SLOW_BYTES: u64 = 96 << 20;
