//! The handshake of a link is said more than once.
//!
//! The stack's DTLS forgets its timer when a part of a flight arrives, and takes it up again only with the next flight. Two
//! sides that each have a part of what the other said then wait for each other for ever: at 5 % loss about one link in
//! thirty. So what was said of a handshake is said again from here, until the link stands. Whoever has it already drops it as a
//! replay (RFC 6347 §4.1.2.6); on a path that loses nothing the link stands before the first time.

use super::said::Said;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What this side has said of the handshake. Nothing is kept once it is over.
#[derive(Default)]
pub(crate) struct Repeats(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    said: VecDeque<Said>,
    is_over: bool,
}

impl Repeats {
    /// Keeps a part of a handshake.
    pub(super) fn note(&self, said: impl FnOnce() -> Said) {
        let mut kept = self.lock();
        if kept.is_over {
            return;
        }
        if kept.said.len() == KEPT_MAX {
            kept.said.pop_front();
        }
        kept.said.push_back(said());
    }

    /// Says all of it again.
    pub(crate) fn again(&self) {
        self.lock().said.iter().for_each(Said::again);
    }

    /// The link stands.
    pub(crate) fn end(&self) {
        *self.lock() = Kept { said: VecDeque::new(), is_over: true };
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Three flights of a few datagrams, and what the stack repeats of them.
const KEPT_MAX: usize = 24;
