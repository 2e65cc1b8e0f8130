//! The same between two network namespaces, over networks that lose packets or take their time, with magic-wormhole beside it.

use crate::{
    account::{self, Kind},
    device::{self, Place},
    link,
    spent::mib_per_sec,
    wormhole,
};
use nyx_testkit::hosts::{Conditions, LEFT, Pair, possible};
use std::time::Duration;

struct Network {
    round_trip_ms: u64,
    /// Of ten thousand, both ways.
    lost: u32,
    /// How much goes: what magic-wormhole, which stands on TCP, carries in seconds and not in hours.
    wormhole_bytes: u64,
}

pub(crate) fn run() {
    if !possible("moving bench") {
        return;
    }
    println!("\n| network | the bare link, MiB/s | an account, MiB/s | of the link | magic-wormhole, MiB/s |");
    println!("|---|---|---|---|---|");
    for network in &NETWORKS {
        let pair = network.pair();
        let (left, right) = (Place::There(&pair.left), Place::There(&pair.right));
        let bare = link::between(&right, &left).mib_per_sec;
        let folder = tempfile::tempdir().unwrap();
        let old = Kind::Large.home(folder.path(), BYTES);
        let home = old.path().join("home");
        let bytes = account::make(&home, folder.path(), Kind::Large, BYTES, 0);
        let moved = device::measure(&home, folder.path(), &left, &right);
        let rate = mib_per_sec(bytes, moved.took);
        let other = wormhole::carry(network.wormhole_bytes, &left, &right, &LEFT.to_string());
        let other =
            other.map_or("not installed".into(), |other| format!("{:.1}", mib_per_sec(other.bytes, other.took)));
        let Network { round_trip_ms, lost, .. } = network;
        let lost = f64::from(*lost) / 100.0;
        println!("| {round_trip_ms} ms, {lost} % | {bare:.0} | {rate:.0} | {:.2} | {other} |", rate / bare);
    }
}

impl Network {
    fn pair(&self) -> Pair {
        if self.round_trip_ms == 0 {
            let pair = Pair::cable();
            if self.lost > 0 {
                pair.lose(self.lost);
            }
            return pair;
        }
        let conditions = Conditions::delayed(1, Duration::from_millis(self.round_trip_ms) / 2);
        Pair::path(Conditions { lost: self.lost.into(), ..conditions })
    }
}

const BYTES: u64 = 512 << 20;
const NETWORKS: [Network; 4] = [
    Network { round_trip_ms: 0, lost: 0, wormhole_bytes: BYTES },
    Network { round_trip_ms: 0, lost: 100, wormhole_bytes: BYTES },
    Network { round_trip_ms: 40, lost: 0, wormhole_bytes: BYTES },
    Network { round_trip_ms: 40, lost: 100, wormhole_bytes: 16 << 20 },
];
