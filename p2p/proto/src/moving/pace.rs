//! How much, how fast, and how long still.

use alloc::collections::VecDeque;

/// What a person is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// Bytes that are verified and kept.
    pub done: u64,
    /// Bytes of everything that is known to belong to the move.
    pub total: u64,
    /// Bytes a second, lately; 0 as long as that says nothing.
    pub rate: u64,
    /// Seconds that are left at this rate; none while nothing goes on.
    pub eta_secs: Option<u64>,
}

/// Remembers when how much was done, over the last seconds.
#[derive(Debug, Default)]
pub struct Pace(VecDeque<(u64, u64)>);

impl Pace {
    /// `done` bytes are done by now. Fewer than before: another work has begun.
    pub fn note(&mut self, done: u64, now_ms: u64) {
        if self.0.back().is_some_and(|(_, before)| done < *before) {
            self.0.clear();
        }
        if self.0.back().is_some_and(|(at, _)| now_ms.saturating_sub(*at) < STEP_MS) && self.0.len() > 1 {
            self.0.pop_back();
        }
        self.0.push_back((now_ms, done));
        while self.0.len() > STEPS {
            self.0.pop_front();
        }
    }

    /// What stood still does not count: after a break the rate is that of what comes now.
    pub fn break_off(&mut self) {
        self.0.clear();
    }

    /// How far it is by now.
    #[must_use]
    pub fn progress(&self, done: u64, total: u64, now_ms: u64) -> Progress {
        let (at, then) = self.0.front().copied().unwrap_or((now_ms, done));
        let span = u128::from(now_ms.saturating_sub(at));
        let rate = u128::from(done.saturating_sub(then)) * 1000 / span.max(1);
        let rate = if span < EARLY_MS { 0 } else { u64::try_from(rate).unwrap_or(u64::MAX) };
        let left = total.saturating_sub(done);
        let eta_secs = if left == 0 { Some(0) } else { (rate > 0).then(|| left.div_ceil(rate)) };
        Progress { done, total, rate, eta_secs }
    }
}

/// A sample every half second, and the last ten: a rate of the last five seconds is steady enough to read and follows
/// a path that changes.
const STEP_MS: u64 = 500;
const STEPS: usize = 10;
/// Over less than this a rate is a guess.
const EARLY_MS: u128 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_last_seconds_and_of_one_work() {
        let mut pace = Pace::default();
        pace.note(0, 0);
        let early = pace.progress(100, 1_000, 400);
        assert_eq!((early.rate, early.eta_secs), (0, None));
        // A slow beginning says nothing about now.
        let mut done = 0;
        for step in 1..=60 {
            done += if step <= 40 { 10 } else { 1_000 };
            pace.note(done, step * 500);
        }
        let fast = pace.progress(done, done + 10_000, 30_000);
        assert_eq!((fast.rate, fast.eta_secs), (2_000, Some(5)));
        // Neither does another work.
        pace.note(5, 31_000);
        assert_eq!(pace.progress(505, 1_005, 32_000).rate, 500);
    }
}
