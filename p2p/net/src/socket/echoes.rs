//! What is short is said twice.
//!
//! The stack's SCTP notices a loss by what follows it. A short message is often followed by nothing, so it waits for a timer of a
//! second, and nothing can set that: where one packet in twenty is lost, one short message in twenty takes a second. So a short
//! datagram of an open connection goes out once more a moment later, exactly as it was; whoever has it already drops it as a
//! replay (RFC 6347 §4.1.2.6). Two that are lost together are left to the timer.

use super::said::Said;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::{
    sync::Notify,
    time::{Duration, Instant, sleep_until},
};

/// What is to be said again.
#[derive(Default)]
pub(crate) struct Echoes {
    books: Mutex<Books>,
    woken: Notify,
}

#[derive(Default)]
struct Books {
    waiting: VecDeque<(Instant, Said)>,
    allowance: Allowance,
}

/// How many may be said again now.
struct Allowance {
    left: f64,
    at: Option<Instant>,
}

impl Echoes {
    /// Takes what has just been said, if it is short and others were not said again too often.
    pub(super) fn note(&self, len: usize, said: impl FnOnce() -> Said) {
        if len > SHORT {
            return;
        }
        let (mut books, now) = (self.books(), Instant::now());
        if books.allowance.spend(now) {
            books.waiting.push_back((now + AFTER, said()));
            drop(books);
            self.woken.notify_one();
        }
    }

    /// Says it again when it is time. Never ends.
    pub(crate) async fn run(&self) {
        loop {
            let next = self.books().waiting.front().map(|(at, _)| *at);
            match next {
                Some(at) => sleep_until(at).await,
                None => self.woken.notified().await,
            }
            let now = Instant::now();
            while let Some((_, said)) = self.books().waiting.pop_front_if(|(at, _)| *at <= now) {
                said.again();
            }
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Allowance {
    fn default() -> Self {
        Self { left: AT_ONCE, at: None }
    }
}

impl Allowance {
    fn spend(&mut self, now: Instant) -> bool {
        let passed = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.at = Some(now);
        self.left = (self.left + passed.as_secs_f64() * A_SECOND).min(AT_ONCE);
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}

/// A few lines of text, or whatever two devices settle; a part of a chunk is longer.
const SHORT: usize = 512;
/// What was lost in one burst is not lost again by the same, and it is a part of what people notice.
const AFTER: Duration = Duration::from_millis(20);
/// With the longest, 50 KiB/s for a moment and 25 for longer: nothing to a path that carries a link, and bulk on a channel, which
/// acknowledges a thousand times a second, is not made dearer by it.
const AT_ONCE: f64 = 100.0;
const A_SECOND: f64 = 50.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_not_said_twice() {
        let (mut allowance, began) = (Allowance::default(), Instant::now());
        let twice = |allowance: &mut Allowance, from: u64, to: u64| {
            (from..to).filter(|milli| allowance.spend(began + Duration::from_millis(*milli))).count()
        };
        // A thousand a second, for ten seconds.
        let crowd = twice(&mut allowance, 0, 10_000);
        assert!((590..=600).contains(&crowd), "{crowd}");
        // After a pause there is room again.
        assert_eq!(twice(&mut allowance, 15_000, 15_090), 90);
    }
}
