//! A bad network in virtual time: it loses, delays, reorders, repeats, throttles and cuts, all from one seed.
//!
//! Nothing waits and nothing has a thread: a test sends, then asks for what arrives next, and the clock moves there.
//!
//! ```
//! use nyx_testkit::{network::{Conditions, Network}, seed::Seeded};
//!
//! let mut network = Network::new(Seeded::new(1), Conditions { delay_ms: (10, 40), ..Conditions::default() });
//! network.send(0, 1, b"hello".to_vec());
//! let arrival = network.advance(1_000).unwrap();
//! assert_eq!((arrival.to, arrival.bytes.as_slice()), (1, &b"hello"[..]));
//! assert!((10..=40).contains(&network.now_ms()));
//! assert!(network.advance(1_000).is_none() && network.now_ms() == 1_000);
//! ```

use crate::seed::Seeded;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

/// One end of a path: a device, or one carrier of a device.
pub type End = usize;

/// How bad a path is, in one direction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conditions {
    /// Of a thousand parcels, how many are lost.
    pub lost_per_mille: u64,
    /// Of a thousand parcels that arrive, how many arrive twice.
    pub twice_per_mille: u64,
    /// Shortest and longest delay. Parcels overtake each other within it, unless the path is ordered.
    pub delay_ms: (u64, u64),
    /// Whether parcels arrive in the order in which they were sent, as over a stream.
    pub ordered: bool,
    /// What goes through in a second; none for as much as there is.
    pub bytes_per_sec: Option<u64>,
    /// How many bytes wait for a slow path before more are lost.
    pub queue_bytes: u64,
}

impl Default for Conditions {
    /// A network without faults and without delay.
    fn default() -> Self {
        Self {
            lost_per_mille: 0,
            twice_per_mille: 0,
            delay_ms: (0, 0),
            ordered: false,
            bytes_per_sec: None,
            queue_bytes: 1 << 20,
        }
    }
}

/// What arrived.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Arrival {
    /// Who sent it.
    pub from: End,
    /// Where it is now.
    pub to: End,
    /// What it is.
    pub bytes: Vec<u8>,
}

/// Paths between ends, and the clock by which they all run.
#[derive(Debug)]
pub struct Network {
    random: Seeded,
    now_ms: u64,
    usual: Conditions,
    paths: BTreeMap<(End, End), Path>,
    under_way: BinaryHeap<Reverse<(u64, u64, Arrival)>>,
    sent: u64,
}

#[derive(Clone, Copy, Debug)]
struct Path {
    conditions: Conditions,
    cut: bool,
    /// In microseconds, or small parcels would cost nothing.
    free_at_us: u64,
    last_arrival_ms: u64,
}

impl Network {
    /// A network in which every path is as `usual` says until it is changed.
    pub const fn new(random: Seeded, usual: Conditions) -> Self {
        Self { random, now_ms: 0, usual, paths: BTreeMap::new(), under_way: BinaryHeap::new(), sent: 0 }
    }

    /// The time.
    pub const fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Makes one direction of a path better or worse. What is under way stays as it is.
    pub fn set(&mut self, from: End, to: End, conditions: Conditions) {
        self.path(from, to).conditions = conditions;
    }

    /// Cuts both directions. What is under way is lost too.
    pub fn cut(&mut self, one: End, other: End) {
        self.path(one, other).cut = true;
        self.path(other, one).cut = true;
        self.under_way.retain(|Reverse((.., parcel))| {
            (parcel.from, parcel.to) != (one, other) && (parcel.from, parcel.to) != (other, one)
        });
    }

    /// Joins what was cut.
    pub fn join(&mut self, one: End, other: End) {
        self.path(one, other).cut = false;
        self.path(other, one).cut = false;
    }

    /// Sends, now. Whether it arrives is another matter.
    pub fn send(&mut self, from: End, to: End, bytes: Vec<u8>) {
        let now_ms = self.now_ms;
        let Path { conditions, cut, free_at_us, .. } = *self.path(from, to);
        if cut || self.random.below(1000) < conditions.lost_per_mille {
            return;
        }
        let through_us = match conditions.bytes_per_sec {
            None => now_ms * 1000,
            Some(rate) => {
                let begin = free_at_us.max(now_ms * 1000);
                let waiting = (begin - now_ms * 1000).saturating_mul(rate) / 1_000_000;
                if waiting > conditions.queue_bytes {
                    return;
                }
                begin + (bytes.len() as u64).saturating_mul(1_000_000) / rate.max(1)
            }
        };
        self.path(from, to).free_at_us = through_us;
        let copies = 1 + u64::from(self.random.below(1000) < conditions.twice_per_mille);
        for _ in 0..copies {
            let (least, most) = conditions.delay_ms;
            let mut at_ms = through_us.div_ceil(1000) + least + self.random.below(most.saturating_sub(least) + 1);
            if conditions.ordered {
                let path = self.path(from, to);
                at_ms = at_ms.max(path.last_arrival_ms);
                path.last_arrival_ms = at_ms;
            }
            self.sent += 1;
            self.under_way.push(Reverse((at_ms, self.sent, Arrival { from, to, bytes: bytes.clone() })));
        }
    }

    /// What arrives next, and the clock goes there; nothing, and the clock goes to `until_ms`, if nothing does by then.
    pub fn advance(&mut self, until_ms: u64) -> Option<Arrival> {
        match self.under_way.peek() {
            Some(Reverse((at_ms, ..))) if *at_ms <= until_ms => {
                let Reverse((at_ms, _, arrival)) = self.under_way.pop()?;
                self.now_ms = self.now_ms.max(at_ms);
                Some(arrival)
            }
            _ => {
                self.now_ms = self.now_ms.max(until_ms);
                None
            }
        }
    }

    fn path(&mut self, from: End, to: End) -> &mut Path {
        let conditions = self.usual;
        self.paths.entry((from, to)).or_insert(Path { conditions, cut: false, free_at_us: 0, last_arrival_ms: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(conditions: Conditions) -> Network {
        Network::new(Seeded::new(7), conditions)
    }

    fn all(network: &mut Network) -> Vec<(u64, u8)> {
        let mut arrived = Vec::new();
        while let Some(arrival) = network.advance(network.now_ms() + 3_600_000) {
            arrived.push((network.now_ms(), arrival.bytes[0]));
        }
        arrived
    }

    #[test]
    fn the_same_seed_is_the_same_network() {
        let run = || {
            let bad = Conditions { lost_per_mille: 200, twice_per_mille: 200, delay_ms: (1, 90), ..Default::default() };
            let mut network = network(bad);
            (0..200).for_each(|number| network.send(0, 1, vec![number]));
            all(&mut network)
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn of_a_thousand_parcels_about_as_many_are_lost_and_repeated_as_was_said() {
        let mut network = network(Conditions { lost_per_mille: 200, twice_per_mille: 100, ..Default::default() });
        (0..10_000).for_each(|_| network.send(0, 1, vec![0]));
        let arrived = all(&mut network).len();
        assert!((8_600..9_000).contains(&arrived), "{arrived}");
    }

    #[test]
    fn an_ordered_path_keeps_the_order_and_another_does_not() {
        for ordered in [true, false] {
            let mut network = network(Conditions { delay_ms: (0, 100), ordered, ..Default::default() });
            (0..100).for_each(|number| network.send(0, 1, vec![number]));
            let order: Vec<u8> = all(&mut network).into_iter().map(|(_, number)| number).collect();
            assert_eq!(order.is_sorted(), ordered);
        }
    }

    #[test]
    fn a_narrow_path_takes_its_time_and_loses_what_does_not_fit_its_queue() {
        let narrow = Conditions { bytes_per_sec: Some(1_000), queue_bytes: 2_000, ..Default::default() };
        let mut network = network(narrow);
        (0..10).for_each(|number| network.send(0, 1, vec![number; 500]));
        assert_eq!(all(&mut network), [(500, 0), (1000, 1), (1500, 2), (2000, 3), (2500, 4)]);
    }

    #[test]
    fn nothing_passes_a_cut_until_it_is_joined() {
        let mut network = network(Conditions { delay_ms: (10, 10), ..Default::default() });
        network.send(0, 1, vec![1]);
        network.send(2, 1, vec![2]);
        network.cut(0, 1);
        network.send(1, 0, vec![3]);
        assert_eq!(all(&mut network), [(10, 2)]);
        network.join(0, 1);
        network.send(0, 1, vec![4]);
        assert_eq!(all(&mut network).len(), 1);
    }
}
