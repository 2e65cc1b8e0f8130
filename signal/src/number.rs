//! Short numbers for codes that are typed: each stands for a fresh random room, for a short time, once.

use nyx_wire::signal::{Number, RoomId};
use std::{
    collections::HashMap,
    ops::RangeInclusive,
    time::{Duration, Instant},
};

/// Numbers are tried from the shortest: three digits as long as there is room among them.
pub(crate) const LENGTHS: [RangeInclusive<u32>; 4] = [100..=999, 1_000..=9_999, 10_000..=99_999, 100_000..=999_999];

/// How often a length is tried before the next longer one: with half of it taken, one in 256 allocations grows longer.
pub(crate) const TRIES: usize = 8;

/// The numbers alive on this instance.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    alive: HashMap<Number, (RoomId, Instant)>,
}

impl Numbers {
    /// Hands out a number for a room, the shortest that `pick` finds free.
    pub(crate) fn allocate(
        &mut self,
        room: RoomId,
        max: usize,
        ttl: Duration,
        now: Instant,
        mut pick: impl FnMut(&RangeInclusive<u32>) -> u32,
    ) -> Option<Number> {
        if self.alive.len() >= max {
            return None;
        }
        let candidates = LENGTHS.iter().flat_map(|length| std::iter::repeat_n(length, TRIES));
        let number = candidates.map(|length| Number(pick(length))).find(|number| !self.alive.contains_key(number))?;
        self.alive.insert(number, (room, now + ttl));
        Some(number)
    }

    /// The room of a number, which is dead from now on.
    pub(crate) fn claim(&mut self, number: Number, now: Instant) -> Option<RoomId> {
        self.alive.remove(&number).filter(|(_, until)| now < *until).map(|(room, _)| room)
    }

    /// Takes out what nobody claimed.
    pub(crate) fn expire(&mut self, now: Instant) {
        self.alive.retain(|_, (_, until)| now < *until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_secs(120);

    #[test]
    fn a_number_yields_its_room_once() {
        let (now, mut numbers) = (Instant::now(), Numbers::default());
        let number = numbers.allocate(RoomId([1; 16]), 10, TTL, now, |length| *length.start()).unwrap();
        assert_eq!(number, Number(100));
        assert_eq!(numbers.claim(number, now), Some(RoomId([1; 16])));
        assert_eq!(numbers.claim(number, now), None);
    }

    #[test]
    fn an_old_number_is_dead() {
        let (now, mut numbers) = (Instant::now(), Numbers::default());
        let number = numbers.allocate(RoomId([1; 16]), 10, TTL, now, |length| *length.start()).unwrap();
        assert_eq!(numbers.claim(number, now + TTL), None);
        numbers.allocate(RoomId([1; 16]), 10, TTL, now, |length| *length.start()).unwrap();
        numbers.expire(now + TTL);
        assert!(numbers.alive.is_empty());
    }

    #[test]
    fn a_crowd_gets_longer_numbers_and_then_none() {
        let (now, mut numbers) = (Instant::now(), Numbers::default());
        let given: Vec<_> =
            (0..6).map(|_| numbers.allocate(RoomId([1; 16]), 4, TTL, now, |length| *length.start())).collect();
        let expected = [Some(100), Some(1_000), Some(10_000), Some(100_000), None, None];
        assert_eq!(given, expected.map(|number| number.map(Number)));
    }
}
