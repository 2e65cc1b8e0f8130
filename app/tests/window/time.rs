//! Time that a test has in hand: it can be moved forward, and an engine that asks for it can be kept waiting for the answer.
//! Whoever moves an account asks at every step, so a device stands still in the middle of a move for as long as a test
//! looks, as it does when its lid is closed.

use crate::person::PATIENCE;
use nyx_p2p::{Clock, SystemClock};
use std::{
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

/// The clock of a device.
#[derive(Debug)]
pub(crate) struct Time {
    clock: SystemClock,
    hands: Mutex<Hands>,
    changed: Condvar,
}

#[derive(Debug)]
struct Hands {
    /// So far ahead of the machine's own.
    ahead: Duration,
    /// So often the engine is answered; `None`: always.
    answers: Option<u64>,
}

impl Time {
    pub(crate) fn new() -> Arc<Self> {
        let hands = Hands { ahead: Duration::ZERO, answers: None };
        Arc::new(Self { clock: SystemClock::new(), hands: Mutex::new(hands), changed: Condvar::new() })
    }

    /// So much time has passed at once.
    pub(crate) fn forward(&self, by: Duration) {
        self.change(|hands| hands.ahead += by);
    }

    /// The engine stands still at the next step.
    pub(crate) fn hold(&self) {
        self.change(|hands| hands.answers = Some(0));
    }

    /// One that stands still goes a few steps.
    pub(crate) fn lets_by(&self, steps: u64) {
        self.change(|hands| hands.answers = hands.answers.map(|answers| answers.max(steps)));
    }

    /// The engine goes as fast as it can.
    pub(crate) fn release(&self) {
        self.change(|hands| hands.answers = None);
    }

    fn change(&self, change: impl FnOnce(&mut Hands)) {
        change(&mut self.hands.lock().unwrap());
        self.changed.notify_all();
    }

    fn ahead(&self) -> Duration {
        self.hands.lock().unwrap().ahead
    }
}

impl Clock for Time {
    fn unix_ms(&self) -> i64 {
        self.clock.unix_ms()
    }

    fn running(&self) -> Duration {
        self.clock.running() + self.ahead()
    }

    /// The window asks too, and is always answered: it is only drawn.
    fn passed(&self) -> Duration {
        let mut hands = self.hands.lock().unwrap();
        if thread::current().name() == Some("nyx-engine") {
            // A test that has failed lets nobody wait for ever.
            let waits = |hands: &mut Hands| hands.answers == Some(0);
            (hands, _) = self.changed.wait_timeout_while(hands, PATIENCE, waits).unwrap();
            hands.answers = hands.answers.map(|answers| answers.saturating_sub(1));
        }
        self.clock.passed() + hands.ahead
    }
}
