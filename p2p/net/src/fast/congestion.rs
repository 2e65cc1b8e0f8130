//! How fast QUIC sends: as much as the path carries without a queue in front of it that a call on the same socket would feel.
//!
//! Losses say little about a path: a radio loses one packet in a hundred with nobody else on it, and what halves for each of them
//! never gets going. The time that packets take says it sooner. So a round trip that is longer than the shortest by more than
//! [`QUEUE`] is what ends the growth; losses do only where they are so many that they must be our own.
//!
//! After each such round the window shrinks to what the path carries without a queue. That empties the queue, so that every flow sees the
//! shortest round trip again: a late one would otherwise take the others' queue for a part of the path, and push them aside. Shrinking
//! by a part and growing by steps that are alike for everybody brings flows to equal shares.
//!
//! A queue that stays in spite of several such rounds is somebody else's, who sends until packets are lost, as TCP does. Whoever steps back
//! for that gets nothing at all, so for a while this does as they do (`cubic`); then it looks again.

mod cubic;

use cubic::Cubic;
use quinn::congestion::{Controller, ControllerFactory};
use quinn_proto::RttEstimator;
use std::{
    any::Any,
    sync::Arc,
    time::{Duration, Instant},
};

/// Makes them.
#[derive(Debug)]
pub(super) struct DelayAware;

/// The state of one connection's.
#[derive(Clone, Debug)]
struct Window {
    bytes: u64,
    datagram: u64,
    /// Still looking for the order of magnitude, by doubling.
    is_starting: bool,
    /// How much the window grows in the next round.
    step: u64,
    shortest: Shortest,
    round: Round,
    counted: Counted,
    crowd: Crowd,
}

/// Whether others fill the queue, whatever this side does.
#[derive(Clone, Debug)]
enum Crowd {
    /// Rounds that found a queue in spite of shrinking since there was none, and the window before the first of them.
    Unknown { rounds: u32, before: u64 },
    /// They do, as far as is known since then. Whoever steps back for them gets nothing, so this side does as they do. So many rounds in a
    /// row had no queue.
    Pressing { since: Instant, like_them: Cubic, free_rounds: u32 },
}

/// The shortest round trip of the last [`MEMORY`] to twice that: a path may have become longer.
#[derive(Clone, Debug)]
struct Shortest {
    now: Duration,
    before: Duration,
    since: Instant,
}

/// What has been acknowledged of what was sent after this began.
#[derive(Clone, Debug)]
struct Round {
    began: Instant,
    /// The round trips of what was sent after this count. One alone may have waited for a machine that was busy.
    listens_from: Instant,
    shortest: Duration,
    acked: u64,
    is_over: bool,
}

/// What has become of what was sent, until it is enough to say something.
#[derive(Clone, Debug, Default)]
struct Counted {
    acked: u64,
    lost: u64,
}

impl ControllerFactory for DelayAware {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        Box::new(Window::new(now, current_mtu))
    }
}

impl Window {
    fn new(now: Instant, datagram: u16) -> Self {
        let datagram = u64::from(datagram);
        Self {
            bytes: FIRST * datagram,
            datagram,
            is_starting: true,
            step: STEP,
            shortest: Shortest { now: Duration::MAX, before: Duration::MAX, since: now },
            round: Round::new(now),
            counted: Counted::default(),
            crowd: Crowd::Unknown { rounds: 0, before: 0 },
        }
    }

    fn acked(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool) {
        let took = now.saturating_duration_since(sent);
        let memory = if let Crowd::Pressing { .. } = self.crowd { LONG_MEMORY } else { MEMORY };
        self.shortest.see(now, took, memory);
        self.counted.acked += bytes;
        self.round.acked += bytes;
        if sent >= self.round.listens_from {
            self.round.shortest = self.round.shortest.min(took);
        }
        self.round.is_over |= sent >= self.round.began;
        match &mut self.crowd {
            Crowd::Pressing { like_them, .. } if !app_limited => {
                like_them.acked(now, took, bytes);
                self.bytes = like_them.bytes().min(MOST);
            }
            Crowd::Unknown { .. } if self.is_starting && !app_limited => self.grow(bytes),
            _ => {}
        }
    }

    fn end_round(&mut self, now: Instant, app_limited: bool) {
        let Round { shortest, acked, .. } = std::mem::replace(&mut self.round, Round::new(now));
        // A few packets are acknowledged late, in the hope of more. They say nothing about a queue.
        if acked < self.least() {
            return;
        }
        let path = self.shortest.get();
        let queue = shortest.saturating_sub(path);
        if let Crowd::Pressing { since, free_rounds, .. } = &mut self.crowd {
            *free_rounds = if queue > QUEUE / 2 { 0 } else { *free_rounds + 1 };
            if *free_rounds < GONE_ROUNDS && now.saturating_duration_since(*since) < PRESSED {
                return;
            }
            self.crowd = Crowd::Unknown { rounds: 0, before: self.bytes };
            self.counted = Counted::default();
        }
        let is_over = queue > QUEUE || (self.is_starting && queue > QUEUE / 2);
        if self.counted.are_our_own(self.datagram) {
            self.shrink(KEPT_OF_LOSS);
        } else if is_over {
            self.step_back(now, path.as_secs_f64() / shortest.as_secs_f64());
        } else if !app_limited && !self.is_starting {
            let most = (self.bytes / MOST_OF_STEP).max(STEP);
            self.grow(self.step.min(most));
            self.round.listen_back(path / LISTENED);
            if queue < QUEUE / 2 {
                self.step = (self.step + self.step / 2).min(MOST);
            }
        }
        // Shrinking empties a queue of our own, or halves it. The others may be back soon, so what this side had beside them is
        // forgotten by and by.
        if let Crowd::Unknown { rounds, before } = &mut self.crowd
            && queue < QUEUE * 3 / 4
        {
            (*rounds, *before) = (0, *before / 16 * 15);
        }
    }

    /// Keeps what the path carries without a queue; `without` is its part of the round trip. A queue of our own is gone after that.
    fn step_back(&mut self, now: Instant, without: f64) {
        let Crowd::Unknown { rounds, before } = self.crowd else { return };
        let before = before.max(self.bytes);
        if rounds < PATIENT_ROUNDS {
            self.crowd = Crowd::Unknown { rounds: rounds + 1, before };
            self.shrink((without * KEPT_OF_DELAY).clamp(KEPT_AT_LEAST, KEPT_OF_DELAY));
        } else {
            let like_them = Cubic::new(now, before, self.datagram);
            self.bytes = like_them.bytes();
            self.crowd = Crowd::Pressing { since: now, like_them, free_rounds: 0 };
        }
    }

    fn grow(&mut self, by: u64) {
        self.bytes = self.bytes.saturating_add(by).min(MOST);
    }

    fn shrink(&mut self, kept: f64) {
        self.bytes = ((self.bytes as f64 * kept) as u64).max(self.least());
        self.is_starting = false;
        self.step = STEP;
    }

    fn least(&self) -> u64 {
        LEAST * self.datagram
    }
}

impl Controller for Window {
    fn on_ack(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool, _: &RttEstimator) {
        self.acked(now, sent, bytes, app_limited);
    }

    fn on_end_acks(&mut self, now: Instant, _: u64, app_limited: bool, _: Option<u64>) {
        if self.round.is_over {
            self.end_round(now, app_limited);
        }
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, is_persistent: bool, lost: u64) {
        self.counted.lost += lost;
        if let Crowd::Pressing { like_them, .. } = &mut self.crowd {
            like_them.lost(now, sent);
            self.bytes = like_them.bytes();
        }
        if is_persistent {
            self.shrink(0.0);
        }
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.datagram = new_mtu.into();
        self.bytes = self.bytes.max(self.least());
    }

    fn window(&self) -> u64 {
        self.bytes
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        FIRST * self.datagram
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Shortest {
    fn see(&mut self, now: Instant, took: Duration, memory: Duration) {
        if now.saturating_duration_since(self.since) > memory {
            (self.before, self.now, self.since) = (self.now, took, now);
        }
        self.now = self.now.min(took);
    }

    fn get(&self) -> Duration {
        self.now.min(self.before)
    }
}

impl Round {
    fn new(began: Instant) -> Self {
        Self { began, listens_from: began, shortest: Duration::MAX, acked: 0, is_over: false }
    }

    /// What was sent a little before it began says nearly the same, where the window was nearly the same.
    fn listen_back(&mut self, by: Duration) {
        self.listens_from = self.began.checked_sub(by).unwrap_or(self.began);
    }
}

impl Counted {
    /// Whether more is lost than a path loses by itself. Says so once, and begins to count anew.
    fn are_our_own(&mut self, datagram: u64) -> bool {
        if self.acked + self.lost < ENOUGH * datagram {
            return false;
        }
        let Self { acked, lost } = std::mem::take(self);
        lost * OWN_LOSS_PART > acked + lost
    }
}

/// RFC 9002 §7.2.
const FIRST: u64 = 10;
/// What 10 Gbit/s hold in 200 ms. Where the machine itself is the narrowest place, no queue ever says that it is enough, and
/// every round of a few microseconds would add to it.
const MOST: u64 = 256 * 1024 * 1024;
/// Fewer would wait for the delayed acknowledgement of each other.
const LEAST: u64 = 4;
/// How much longer a round trip may become by what we have in queues. With what it grows until that is seen it is twenty at most,
/// and a call notices thirty.
const QUEUE: Duration = Duration::from_millis(10);
/// Growth in the first round after a shrinking. The same for everybody, whatever they have: that is what makes shares equal.
const STEP: u64 = 4 * 1024;
/// No step is more than such a part of the window. Less would hold back the smaller of two flows, and the larger would stay so.
const MOST_OF_STEP: u64 = 4;
/// A little less than the path carries, so that a queue that others see too goes away.
const KEPT_OF_DELAY: f64 = 0.95;
/// A machine that was busy for a moment makes a round trip look long.
const KEPT_AT_LEAST: f64 = 0.5;
const KEPT_OF_LOSS: f64 = 0.8;
/// One in ten. Radios lose one in twenty on a bad day.
const OWN_LOSS_PART: u64 = 10;
/// So many datagrams that chance makes one in ten of one in twenty once in thousands of times.
const ENOUGH: u64 = 250;
/// A device that walked to another network gets a new connection; this is for routes that change below it.
const MEMORY: Duration = Duration::from_secs(5);
/// Where others fill the queue, no round trip says for long how short the path is.
const LONG_MEMORY: Duration = Duration::from_secs(60);

/// A round also listens to what was sent in such a part of a round trip before it.
const LISTENED: u32 = 2;
/// A queue of our own is gone after two.
const PATIENT_ROUNDS: u32 = 6;
/// Then it is found out anew whose the queue is.
const PRESSED: Duration = Duration::from_secs(20);
/// A cut empties a short queue for as long, and those who made it are still there.
const GONE_ROUNDS: u32 = 4;

#[cfg(test)]
mod tests;
