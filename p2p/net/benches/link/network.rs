//! The networks between the two.

use crate::child::Times;
use nyx_testkit::hosts::{Conditions, Pair};
use std::{fmt, time::Duration};

#[derive(Clone, Copy)]
pub(crate) struct Network {
    round_trip_ms: u64,
    /// In a hundred, both ways.
    lost: f64,
    /// 0 for as fast as it goes.
    mbit: u64,
}

impl Network {
    /// Loss without delay or line, with delay, and lines with a router's queue in front of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let paths = [(0, 0), (40, 0), (100, 0), (40, 200), (100, 200), (40, 20), (100, 20)];
        paths
            .into_iter()
            .flat_map(|(round_trip_ms, mbit)| [0.0, 0.1, 1.0, 5.0].map(|lost| Self { round_trip_ms, lost, mbit }))
    }

    /// Loss and delay alone, from none to what a country away is.
    pub(crate) fn paths() -> impl Iterator<Item = Self> {
        [0, 10, 50]
            .into_iter()
            .flat_map(|round_trip_ms| [0.0, 0.1, 1.0, 5.0].map(|lost| Self { round_trip_ms, lost, mbit: 0 }))
    }

    /// Whether it is the one that was asked for: a round trip, a loss and a line.
    pub(crate) fn is(self, numbers: &[f64]) -> bool {
        let own = [self.round_trip_ms as f64, self.lost, self.mbit as f64];
        match numbers {
            [_, _] => own[..2] == *numbers && self.mbit == 0,
            _ => own.starts_with(numbers),
        }
    }

    /// Whether nothing but those who share it decides what they get.
    pub(crate) fn is_a_clean_line(self) -> bool {
        self.mbit > 0 && self.lost == 0.0
    }

    /// Whether it takes so little of this machine that several are measured at once.
    pub(crate) const fn is_narrow(self) -> bool {
        self.mbit > 0 && self.mbit < 100
    }

    /// When a receiver counts that has it for itself.
    pub(crate) const fn alone(self) -> Times {
        Times { before: Duration::ZERO, counted: Duration::from_secs(if self.is_narrow() { 8 } else { 3 }) }
    }

    /// And one that shares it, when everybody has found their part.
    pub(crate) const fn together() -> Times {
        Times { before: Duration::from_secs(12), counted: Duration::from_secs(8) }
    }

    /// Whether it loses as much as a network does on a usual day.
    pub(crate) const fn is_usual(self) -> bool {
        self.lost == 0.0 || self.lost == 1.0
    }

    /// Whether nothing takes any time.
    pub(crate) const fn is_near(self) -> bool {
        self.round_trip_ms == 0
    }

    /// What goes through it in a second, if it says so.
    pub(crate) const fn line(self) -> Option<f64> {
        if self.mbit == 0 { None } else { Some(self.mbit as f64 * 125_000.0) }
    }

    pub(crate) fn pair(self) -> Pair {
        let of_ten_thousand = (self.lost * 100.0) as u32;
        if self.round_trip_ms == 0 {
            let pair = Pair::cable();
            pair.lose(of_ten_thousand);
            return pair;
        }
        let conditions = Conditions::delayed(1, Duration::from_millis(self.round_trip_ms) / 2);
        let rate = self.mbit * 125_000;
        let queue = if rate == 0 { conditions.queue } else { rate * QUEUE_MS / 1000 };
        Pair::path(Conditions { lost: of_ten_thousand.into(), rate, queue, ..conditions })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms, {} %", self.round_trip_ms, self.lost)?;
        if self.mbit > 0 { write!(f, ", {} Mbit/s", self.mbit) } else { Ok(()) }
    }
}

/// What a router keeps in front of a line.
const QUEUE_MS: u64 = 60;
