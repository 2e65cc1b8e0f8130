//! What this side has said and the other may not have heard.

use super::Output;
use crate::limits::{PAIRING_RESEND_FIRST_MS, PAIRING_RESEND_LAST_MS, PAIRING_RESEND_WAY_MS};
use alloc::vec::Vec;

/// What is said again after a while, then after twice as long, because carriers lose things without telling; whatever the
/// other side has heard already it ignores.
#[derive(Debug)]
pub(super) struct Outbox {
    /// What the two say to each other, in order.
    words: Vec<Vec<u8>>,
    /// How this side can be connected with, until it is known that the other side has heard it. Only the latest: what
    /// described the sockets of an earlier one leads nowhere.
    end: Option<Vec<u8>>,
    /// Places of this end that were found since.
    places: Vec<Vec<u8>>,
    due_ms: u64,
    wait_ms: u64,
}

impl Outbox {
    pub(super) const fn new(now_ms: u64) -> Self {
        Self {
            words: Vec::new(),
            end: None,
            places: Vec::new(),
            due_ms: now_ms.saturating_add(PAIRING_RESEND_FIRST_MS),
            wait_ms: PAIRING_RESEND_FIRST_MS,
        }
    }

    pub(super) fn say(&mut self, frame: Vec<u8>, now_ms: u64) -> Output {
        self.words.push(frame.clone());
        self.said(frame, now_ms)
    }

    /// Says how this side can be connected with, in place of all before.
    pub(super) fn describe(&mut self, frame: Vec<u8>, now_ms: u64) -> Output {
        self.places.clear();
        self.end = Some(frame.clone());
        self.said(frame, now_ms)
    }

    /// Says one more place.
    pub(super) fn add_place(&mut self, frame: Vec<u8>, now_ms: u64) -> Output {
        self.places.push(frame.clone());
        self.said(frame, now_ms)
    }

    fn said(&mut self, frame: Vec<u8>, now_ms: u64) -> Output {
        self.wait_ms = PAIRING_RESEND_FIRST_MS;
        self.due_ms = now_ms.saturating_add(self.wait_ms);
        Output::Send(frame)
    }

    /// Without the first word, which was answered.
    pub(super) fn answered(mut self) -> Self {
        self.words = self.words.split_off(self.words.len().min(1));
        self
    }

    /// The other side has heard how this one can be connected with.
    pub(super) fn described(&mut self) {
        self.end = None;
    }

    pub(super) fn first(&self) -> Option<&Vec<u8>> {
        self.words.first()
    }

    pub(super) const fn end(&self) -> Option<&Vec<u8>> {
        self.end.as_ref()
    }

    pub(super) fn frames(&self) -> Vec<Vec<u8>> {
        self.words.iter().chain(self.way()).cloned().collect()
    }

    pub(super) const fn due_ms(&self) -> u64 {
        self.due_ms
    }

    /// What is to be said again by now.
    pub(super) fn again(&mut self, now_ms: u64) -> Vec<Output> {
        if self.is_due(now_ms, PAIRING_RESEND_LAST_MS) {
            self.frames().into_iter().map(Output::Send).collect()
        } else {
            Vec::new()
        }
    }

    /// The same once people have settled what they met for: the way between the two may break long after, and nobody
    /// looks at a screen.
    pub(super) fn way_again(&mut self, now_ms: u64) -> Vec<Output> {
        if self.is_due(now_ms, PAIRING_RESEND_WAY_MS) {
            self.way().cloned().map(Output::Send).collect()
        } else {
            Vec::new()
        }
    }

    fn way(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.end.iter().chain(&self.places)
    }

    fn is_due(&mut self, now_ms: u64, longest_ms: u64) -> bool {
        let is_due = now_ms >= self.due_ms;
        if is_due {
            self.wait_ms = (self.wait_ms * 2).min(longest_ms);
            self.due_ms = now_ms.saturating_add(self.wait_ms);
        }
        is_due
    }
}

/// A span of time by the monotonic clock. A clock that runs backwards ends it: nobody gets more time that way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    begin_ms: u64,
    length_ms: u64,
}

impl Span {
    pub(super) const fn new(begin_ms: u64, length_ms: u64) -> Self {
        Self { begin_ms, length_ms }
    }

    pub(super) fn holds(&self, now_ms: u64) -> bool {
        now_ms.checked_sub(self.begin_ms).is_some_and(|age| age < self.length_ms)
    }

    pub(super) const fn end_ms(&self) -> u64 {
        self.begin_ms.saturating_add(self.length_ms)
    }
}
