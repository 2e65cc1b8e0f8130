//! Asking whether the other side is there, while the time of the stack stands still.
//!
//! What ICE asked last is asked again, as it was: the other side answers it whenever it hears it, and the answer is still waited
//! for, because no time has passed. Each way that was tried is tried so, for as long as a link is kept.

use super::said::Said;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The last check on each way.
#[derive(Default)]
pub(crate) struct Probes(Mutex<Vec<Said>>);

impl Probes {
    /// Keeps a check in place of the one before it on the same way.
    pub(super) fn note(&self, check: Said) {
        let mut kept = self.lock();
        kept.retain(|before| before.is_possible() && !before.is_beside(&check));
        if kept.len() == KEPT_MAX {
            kept.remove(0);
        }
        kept.push(check);
    }

    /// Asks again on all of them.
    pub(crate) fn again(&self) {
        self.lock().iter().for_each(Said::again);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Said>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Two sockets to all places of a description. Of more the ones that were tried last.
const KEPT_MAX: usize = 64;
