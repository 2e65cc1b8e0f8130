//! The time that the WebRTC stack is told.
//!
//! Its SCTP gives up what is under way after six times without an answer, about a minute, and nothing begins it again: the link
//! would come back and be silent for ever. No setting changes that. But the stack knows no other time than the one that its
//! runtime tells, and while nothing is heard of the other side that time stands still. So a break of an hour costs SCTP what
//! one of a second does, and what was under way goes on within a second or two of the network's return instead of after the next
//! of ever longer waits.
//!
//! ICE needs time to look for a way. Each attempt at a new one is granted some, and each answer of anybody some more; in
//! between, [`Probes`](super::probes::Probes) ask without any.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

/// A clock that can stand.
pub(crate) struct Clock {
    hands: Mutex<Hands>,
    /// Whether answers are worth looking for.
    is_broken: AtomicBool,
    turned: Notify,
}

/// At `real` it told `told`.
#[derive(Clone, Copy)]
struct Hands {
    real: Instant,
    told: Instant,
    /// From when on it stands.
    until: Option<Instant>,
    /// Seconds of it in a second. Only tests have more than one.
    pace: u32,
}

impl Default for Clock {
    fn default() -> Self {
        let now = Instant::now();
        let hands = Hands { real: now, told: now, until: None, pace: 1 };
        Self { hands: Mutex::new(hands), is_broken: AtomicBool::new(false), turned: Notify::new() }
    }
}

impl Clock {
    /// What time it is for the stack.
    pub(super) fn now(&self) -> Instant {
        self.hands().now(Instant::now())
    }

    /// Nothing is heard of the other side: the clock stands once what was granted is used up.
    pub(crate) fn stop(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
        let (mut hands, real) = (self.hands(), Instant::now());
        if hands.until.is_none() {
            hands.turn(real, Some(real));
        }
    }

    /// The other side is heard, or nobody waits for it any more: the clock goes.
    pub(crate) fn go(&self) {
        if self.is_broken.swap(false, Ordering::Relaxed) {
            self.hands().turn(Instant::now(), None);
            self.turned.notify_waiters();
        }
    }

    /// Both look for a new way.
    pub(crate) fn grant_attempt(&self) {
        self.grant(ATTEMPT);
    }

    /// Somebody has answered.
    pub(super) fn grant_answer(&self) {
        self.grant(ANSWER);
    }

    /// Whether the stack waits for signs of the other side.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    /// Whether no time passes.
    pub(crate) fn stands(&self) -> bool {
        self.hands().stands(Instant::now())
    }

    /// Waits until so much time has passed on it, and not longer than `most`. It may end early.
    pub(super) async fn sleep(&self, duration: Duration, most: Duration) {
        let turned = self.turned.notified();
        let wait = self.hands().wait(Instant::now(), duration);
        match wait {
            Some(wait) => sleep(wait.min(most)).await,
            None if most < Duration::MAX => {
                // Whichever it was, there is something to look at.
                let _ = timeout(most, turned).await;
            }
            None => turned.await,
        }
    }

    fn grant(&self, time: Duration) {
        let (mut hands, real) = (self.hands(), Instant::now());
        if let Some(until) = hands.until {
            hands.turn(real, Some(until.max(real + time)));
            drop(hands);
            self.turned.notify_waiters();
        }
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it goes so much faster.
    #[cfg(test)]
    pub(crate) fn set_pace(&self, pace: u32) {
        let mut hands = self.hands();
        let until = hands.until;
        hands.turn(Instant::now(), until);
        hands.pace = pace;
    }
}

impl Hands {
    fn now(&self, real: Instant) -> Instant {
        let real = self.until.map_or(real, |until| real.min(until));
        self.told + real.saturating_duration_since(self.real) * self.pace
    }

    fn stands(&self, real: Instant) -> bool {
        self.until.is_some_and(|until| until <= real)
    }

    fn turn(&mut self, real: Instant, until: Option<Instant>) {
        (self.told, self.real, self.until) = (self.now(real), real, until);
    }

    /// How long it takes until so much has passed, if it does not stand before.
    fn wait(&self, real: Instant, duration: Duration) -> Option<Duration> {
        let wait = duration / self.pace;
        match self.until {
            Some(until) if until.saturating_duration_since(real) < wait => None,
            _ => Some(wait),
        }
    }
}

/// Twenty checks on each pair, more than an honest one needs; [`Probes`](super::probes::Probes) go on with the last of them. Sixty such attempts
/// are what SCTP bears.
const ATTEMPT: Duration = Duration::from_secs(1);
/// Four keep-alives: ICE tells that the other side is there at the next.
const ANSWER: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn hands() -> (Hands, Instant) {
        let now = Instant::now();
        (Hands { real: now, told: now, until: None, pace: 1 }, now)
    }

    #[test]
    fn a_break_takes_no_time() {
        let (mut hands, began) = hands();
        hands.turn(began + SECOND, Some(began + SECOND));
        assert_eq!(hands.now(began + 3600 * SECOND), began + SECOND);
        assert!(hands.stands(began + 3600 * SECOND));
        hands.turn(began + 3600 * SECOND, None);
        assert_eq!(hands.now(began + 3601 * SECOND), began + 2 * SECOND);
        assert!(!hands.stands(began + 3601 * SECOND));
    }

    #[test]
    fn what_is_granted_passes_and_no_more() {
        let (mut hands, began) = hands();
        hands.turn(began, Some(began));
        hands.turn(began + 10 * SECOND, Some(began + 12 * SECOND));
        assert_eq!(hands.now(began + 11 * SECOND), began + SECOND);
        assert_eq!(hands.now(began + 100 * SECOND), began + 2 * SECOND);
        assert_eq!(hands.wait(began + 10 * SECOND, SECOND), Some(SECOND));
        assert_eq!(hands.wait(began + 10 * SECOND, 3 * SECOND), None);
        assert_eq!(hands.wait(began + 13 * SECOND, SECOND), None);
    }

    #[tokio::test]
    async fn who_sleeps_through_a_break_wakes_after_it() {
        let clock = Clock::default();
        clock.stop();
        assert!(clock.stands() && clock.is_broken());
        let mut sleeper = std::pin::pin!(clock.sleep(Duration::from_nanos(1), Duration::MAX));
        assert!(futures_util::poll!(&mut sleeper).is_pending());
        clock.go();
        sleeper.await;
        assert!(!clock.stands() && !clock.is_broken());
    }
}
