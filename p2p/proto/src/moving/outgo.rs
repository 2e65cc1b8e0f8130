//! What the old device has sent, may send, and knows to be kept.

use super::{Dishonest, Layout, Output};
use alloc::vec::Vec;
use nyx_wire::moving::WINDOW_CHUNKS_MAX;

/// Places in the sequence, as far as the other side let it come.
#[derive(Debug, Default)]
pub(super) struct Outgo {
    pub(super) layout: Layout,
    sent: u64,
    kept: u64,
    may: u64,
    /// Whether the other side has said on this link where it stands.
    agreed: bool,
}

impl Outgo {
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, ..Self::default() }
    }

    pub(super) const fn kept(&self) -> u64 {
        self.kept
    }

    /// Whether the other side keeps all there is.
    pub(super) const fn is_kept(&self) -> bool {
        self.agreed && self.kept == self.layout.places()
    }

    /// Whether something is under way.
    pub(super) const fn owed(&self) -> bool {
        self.agreed && self.sent > self.kept
    }

    /// What was under way is lost.
    pub(super) const fn break_off(&mut self) {
        self.agreed = false;
        self.sent = self.kept;
        self.may = self.kept;
    }

    /// The other side says what it keeps and what may come. It can neither unsay what it kept nor have more under way
    /// than a window, whatever it says.
    pub(super) fn credit(&mut self, kept: u64, may: u64) -> Result<Vec<Output>, Dishonest> {
        let known = if self.agreed { self.sent } else { self.layout.places() };
        if kept > may || kept < self.kept || kept > known || (self.agreed && may < self.may) {
            return Err(Dishonest);
        }
        if !self.agreed {
            self.sent = kept;
            self.agreed = true;
        }
        self.kept = kept;
        self.may = may;
        let until = may.min(self.layout.reach(kept, WINDOW_CHUNKS_MAX));
        let chunks = (self.sent..until).filter_map(|place| self.layout.chunk(place));
        let outputs = chunks.map(|(at, content)| Output::Chunk { at, content }).collect();
        self.sent = self.sent.max(until);
        Ok(outputs)
    }
}
