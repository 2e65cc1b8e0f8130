//! What this side has said and the other may not have heard.

use super::Output;
use crate::limits::{PAIRING_RESEND_FIRST_MS, PAIRING_RESEND_LAST_MS};
use alloc::vec::Vec;

/// Frames in order. They are said again after a while, then after twice as long, because carriers lose things without
/// telling; whatever the other side has heard already it ignores.
#[derive(Debug)]
pub(super) struct Outbox {
    frames: Vec<Vec<u8>>,
    due_ms: u64,
    wait_ms: u64,
}

impl Outbox {
    pub(super) const fn new(now_ms: u64) -> Self {
        Self {
            frames: Vec::new(),
            due_ms: now_ms.saturating_add(PAIRING_RESEND_FIRST_MS),
            wait_ms: PAIRING_RESEND_FIRST_MS,
        }
    }

    pub(super) fn say(&mut self, frame: Vec<u8>, now_ms: u64) -> Output {
        self.frames.push(frame.clone());
        self.wait_ms = PAIRING_RESEND_FIRST_MS;
        self.due_ms = now_ms.saturating_add(self.wait_ms);
        Output::Send(frame)
    }

    /// Without the first frame, which was answered.
    pub(super) fn answered(mut self) -> Self {
        self.frames = self.frames.split_off(self.frames.len().min(1));
        self
    }

    pub(super) fn frames(&self) -> &[Vec<u8>] {
        &self.frames
    }

    pub(super) const fn due_ms(&self) -> u64 {
        self.due_ms
    }

    /// What is to be said again by now.
    pub(super) fn again(&mut self, now_ms: u64) -> Vec<Output> {
        if now_ms < self.due_ms {
            return Vec::new();
        }
        self.wait_ms = (self.wait_ms * 2).min(PAIRING_RESEND_LAST_MS);
        self.due_ms = now_ms.saturating_add(self.wait_ms);
        self.frames.iter().cloned().map(Output::Send).collect()
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
