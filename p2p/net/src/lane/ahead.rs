//! How much of a lane is handed to the stack ahead of what has arrived.
//!
//! Below a channel all lanes wait in one line. Whatever bulk has put there goes out before a cancel does, so it must be enough to keep
//! the path busy and no more: what arrived in the last moments, twice. On a fast path that soon is all the stack takes; on a slow
//! one half a second of the line is bulk's, instead of minutes.

use std::time::{Duration, Instant};

/// Books on one channel.
#[derive(Debug)]
pub(super) struct Ahead {
    put: u64,
    most: u64,
    /// When it was last reckoned, and what had arrived by then.
    since: Option<(Instant, u64)>,
}

impl Default for Ahead {
    fn default() -> Self {
        Self { put: 0, most: MOST_AT_FIRST, since: None }
    }
}

impl Ahead {
    /// So many bytes were handed over.
    pub(super) fn put(&mut self, bytes: usize) {
        self.put += bytes as u64;
    }

    /// Whether more may follow while so many are on their way.
    pub(super) fn may_follow(&mut self, now: Instant, outstanding: usize) -> bool {
        let arrived = self.put.saturating_sub(outstanding as u64);
        let (since, before) = *self.since.get_or_insert((now, arrived));
        if now.saturating_duration_since(since) >= SPAN {
            // It shrinks by halves: SCTP may stand still for a second and then go on as before.
            self.most = (2 * arrived.saturating_sub(before)).max(self.most / 2).clamp(LEAST, MOST);
            self.since = Some((now, arrived));
        }
        (outstanding as u64) < self.most
    }
}

/// Half of the delay that a control message finds at most, and longer than half of any round trip that people put up with: what a
/// path carries in this time must be more than half of what is under way, or it could never grow.
const SPAN: Duration = Duration::from_millis(250);
/// Half a message: the next one is there before the last is through.
const LEAST: u64 = 32 * 1024;
/// Until the first look: a fast path has it through at once, and on a slow one it is as long as the first look takes.
const MOST_AT_FIRST: u64 = 128 * 1024;
/// The most useful at 145 MiB/s over 40 ms, which is what SCTP reaches.
const MOST: u64 = 6 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: u64 = 64 * 1024;

    /// What is on its way at most, in the second half of so many seconds on a line that carries so much a second over a round trip.
    fn ahead_of(line: u64, round_trip_ms: u64, secs: u64) -> (u64, u64) {
        let (mut ahead, began) = (Ahead::default(), Instant::now());
        let (mut put, mut left_line, mut most) = (0u64, Vec::new(), 0);
        let mut through = 0f64;
        for milli in 0..secs * 1000 {
            through = (through + line as f64 / 1000.0).min(put as f64);
            left_line.push(through as u64);
            let arrived = left_line.get((milli.saturating_sub(round_trip_ms)) as usize).copied().unwrap_or(0);
            let arrived = if milli < round_trip_ms { 0 } else { arrived };
            while ahead.may_follow(began + Duration::from_millis(milli), (put - arrived) as usize) {
                ahead.put(MESSAGE as usize);
                put += MESSAGE;
            }
            if milli > secs * 500 {
                most = most.max(put - through as u64);
            }
        }
        (through as u64 / secs, most)
    }

    #[test]
    fn a_fast_path_is_kept_busy() {
        for (line, round_trip_ms) in [(100 << 20, 1), (40 << 20, 40), (8 << 20, 100), (4 << 20, 300)] {
            let (carried, _) = ahead_of(line, round_trip_ms, 10);
            assert!(carried > line * 3 / 4, "{carried} of {line} at {round_trip_ms} ms");
        }
    }

    #[test]
    fn on_a_slow_path_nobody_waits_long_behind_it() {
        for line in [64 << 10, 256 << 10, 1 << 20] {
            let (carried, waits) = ahead_of(line, 40, 10);
            assert!(carried > line * 3 / 4, "{carried} of {line}");
            // Half a second of the line and a message that can't be parted.
            assert!(waits <= line / 2 + MESSAGE, "{waits} before a line of {line}");
        }
    }
}
