//! What waits in a room for whoever takes the other seat.

use super::Terms;
use axum::body::Bytes;
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Bytes that may wait in all rooms together. Cloning shares it.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicUsize>);

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    fn take(&self, bytes: usize) -> bool {
        self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Sent by the only member, for whoever takes the other seat.
#[derive(Debug)]
pub(super) struct Waiting {
    frames: VecDeque<Bytes>,
    bytes: usize,
    budget: Budget,
}

impl Waiting {
    pub(super) fn new(in_all: &Budget) -> Self {
        Self { frames: VecDeque::new(), bytes: 0, budget: in_all.clone() }
    }

    pub(super) fn push(&mut self, frame: Bytes, terms: &Terms) -> bool {
        let fits = self.frames.len() < terms.waiting_frames && self.bytes + frame.len() <= terms.waiting_bytes;
        if !fits || !self.budget.take(frame.len()) {
            return false;
        }
        self.bytes += frame.len();
        self.frames.push_back(frame);
        true
    }

    pub(super) fn take(&mut self) -> Vec<Bytes> {
        self.budget.give_back(std::mem::take(&mut self.bytes));
        std::mem::take(&mut self.frames).into()
    }
}

// However a room ends, what waited in it waits no longer.
impl Drop for Waiting {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}
