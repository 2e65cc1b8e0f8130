//! Whether the other side is there, and whether anything goes on.

use super::Output;
use crate::limits::{MOVE_ALIVE_MS, MOVE_SILENCE_MS};
use alloc::vec::Vec;
use nyx_wire::moving::Frame;

/// Why nothing goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stall {
    /// There is no link. Reconnect.
    Link,
    /// There is a link, and nobody says anything on it. Reconnect.
    Silence,
    /// The other side is there and keeps nothing of what it gets: its disk.
    TheirDisk,
    /// This side's own disk does not answer.
    OwnDisk,
}

/// The line to the other side.
#[derive(Debug)]
pub(super) struct Line {
    up: bool,
    heard_ms: u64,
    said_ms: u64,
    /// Since when this side's disk, or the other's, owes an answer.
    own_disk: Option<u64>,
    their_disk: Option<u64>,
    stalled: Option<Stall>,
}

impl Line {
    pub(super) const fn new(now_ms: u64) -> Self {
        Self { up: false, heard_ms: now_ms, said_ms: now_ms, own_disk: None, their_disk: None, stalled: None }
    }

    pub(super) const fn stalled(&self) -> Option<Stall> {
        self.stalled
    }

    pub(super) const fn open(&mut self, now_ms: u64) {
        self.up = true;
        self.heard_ms = now_ms;
        self.their_disk = None;
    }

    /// The link is gone, which needs no waiting to be known.
    pub(super) const fn lose(&mut self) {
        self.up = false;
        self.their_disk = None;
    }

    pub(super) const fn hear(&mut self, now_ms: u64) {
        self.heard_ms = now_ms;
    }

    /// This side asked its disk for something, or has its answer.
    pub(super) fn own_disk(&mut self, owes: bool, now_ms: u64) {
        self.own_disk = owes.then_some(self.own_disk.unwrap_or(now_ms));
    }

    /// The other side owes word that something is kept; `anew` if it has just given some.
    pub(super) fn their_disk(&mut self, owes: bool, anew: bool, now_ms: u64) {
        let since = if anew { now_ms } else { self.their_disk.unwrap_or(now_ms) };
        self.their_disk = owes.then_some(since);
    }

    /// A frame, unless there is nobody to hear it: a state is said again on the next link.
    pub(super) fn say(&mut self, frame: &Frame, now_ms: u64) -> Option<Output> {
        if !self.up {
            return None;
        }
        self.said_ms = now_ms;
        Some(Output::Send(frame.to_bytes()))
    }

    /// What is due by now; a machine that waits for nobody any more is never stalled.
    pub(super) fn tick(&mut self, waits: bool, now_ms: u64) -> Vec<Output> {
        let mut outputs = Vec::new();
        if self.up && now_ms.saturating_sub(self.said_ms) >= MOVE_ALIVE_MS {
            outputs.extend(self.say(&Frame::Alive, now_ms));
        }
        let late = |since: Option<u64>| since.is_some_and(|since| now_ms.saturating_sub(since) >= MOVE_SILENCE_MS);
        let stalled = match () {
            () if !waits => None,
            () if late(self.own_disk) => Some(Stall::OwnDisk),
            () if !self.up => Some(Stall::Link),
            () if late(Some(self.heard_ms)) => Some(Stall::Silence),
            // Two signs of life are missing: it may not be their disk.
            () if late(self.their_disk) && now_ms >= self.heard_ms.saturating_add(2 * MOVE_ALIVE_MS) => {
                Some(Stall::Silence)
            }
            () if late(self.their_disk) => Some(Stall::TheirDisk),
            () => None,
        };
        if stalled != self.stalled {
            self.stalled = stalled;
            outputs.push(stalled.map_or(Output::Resumed, Output::Stalled));
        }
        outputs
    }

    /// When something is due, if nothing happens before.
    pub(super) fn due_ms(&self) -> Option<u64> {
        let alive = self.up.then(|| self.said_ms.saturating_add(MOVE_ALIVE_MS));
        let silence = (self.up && self.stalled.is_none()).then_some(self.heard_ms);
        let disks = [self.own_disk, self.their_disk].into_iter().flatten().filter(|_| self.stalled.is_none());
        let stall = silence.into_iter().chain(disks).min().map(|since| since.saturating_add(MOVE_SILENCE_MS));
        alive.into_iter().chain(stall).min()
    }
}
