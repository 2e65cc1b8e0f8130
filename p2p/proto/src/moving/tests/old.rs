//! The old device: its disk, and what its driver does for the machine.

use super::world::{BULK, CONTROL, World};
use crate::moving::{Output, Sender, Stall, With};
use alloc::vec::Vec;
use nyx_wire::{
    identity::Body,
    moving::{CHUNK_HEAD_LEN, Frame, SEALED_CHUNK_MAX, SenderPhase, SenderRecord, StopReason},
};

pub(super) struct Old {
    pub(super) machine: Option<Sender>,
    pub(super) record: Option<Vec<u8>>,
    pub(super) has_key: bool,
    pub(super) frozen: bool,
    pub(super) last_index: Option<Vec<u8>>,
    pub(super) pending: Vec<(u64, OldOp)>,
    /// Steps until it dies.
    pub(super) fuel: u64,
    pub(super) steps: u64,
    pub(super) moved: bool,
    pub(super) stopped: Option<StopReason>,
    pub(super) stalls: Vec<Stall>,
}

pub(super) enum OldOp {
    Persist(Vec<u8>, With),
    Delta,
    OpenKey,
}

impl Default for Old {
    fn default() -> Self {
        Self {
            machine: None,
            record: None,
            has_key: true,
            frozen: false,
            last_index: None,
            pending: Vec::new(),
            fuel: u64::MAX,
            steps: 0,
            moved: false,
            stopped: None,
            stalls: Vec::new(),
        }
    }
}

impl World {
    pub(super) fn kill_old(&mut self) {
        self.old.machine = None;
        self.old.pending.clear();
        self.old.fuel = u64::MAX;
        self.unlink(50);
    }

    /// One step of the old device; whether it lives to take it.
    pub(super) fn old_lives(&mut self) -> bool {
        if self.old.machine.is_none() {
            return false;
        }
        self.old.steps += 1;
        if self.old.fuel == 0 {
            self.kill_old();
            return false;
        }
        self.old.fuel -= 1;
        true
    }

    pub(super) fn act_old(&mut self, outputs: Vec<Output>) {
        let mut bulk = Vec::new();
        for output in outputs {
            if !self.old_lives() {
                return;
            }
            let at = self.disk_at(|world| &world.old.pending);
            if !matches!(output, Output::Chunk { .. }) {
                self.send_bulk(&mut bulk);
            }
            match output {
                Output::Send(frame) => {
                    self.check_old(&frame);
                    self.sent += frame.len() as u64;
                    self.network.send(CONTROL[0], CONTROL[1], frame);
                }
                Output::Chunk { at, content } => {
                    assert_eq!(self.old.machine.as_ref().unwrap().content(at.item), Some(content));
                    let message = self.account.chunk(at, &content);
                    // Those that follow one another may share a message, or not.
                    let sealed = &message[CHUNK_HEAD_LEN..];
                    let fits = bulk.len() + sealed.len() <= CHUNK_HEAD_LEN + SEALED_CHUNK_MAX;
                    if bulk.is_empty() || !fits || self.random.below(4) == 0 {
                        self.send_bulk(&mut bulk);
                        bulk = message;
                    } else {
                        bulk.extend_from_slice(sealed);
                    }
                }
                Output::Persist { record, with } => self.old.pending.push((at, OldOp::Persist(record, with))),
                Output::Delta => self.old.pending.push((at, OldOp::Delta)),
                Output::OpenKey => self.old.pending.push((at, OldOp::OpenKey)),
                Output::Moved => self.old.moved = true,
                Output::Stopped(why) => self.old.stopped = Some(why),
                Output::Stalled(why) => self.old.stalls.push(why),
                Output::Resumed => {}
                other => panic!("not the old device's: {other:?}"),
            }
        }
        self.send_bulk(&mut bulk);
    }

    fn send_bulk(&mut self, bulk: &mut Vec<u8>) {
        if !bulk.is_empty() {
            self.sent += bulk.len() as u64;
            self.network.send(BULK[0], BULK[1], core::mem::take(bulk));
        }
    }

    pub(super) fn finish_old(&mut self, op: OldOp) {
        if !self.old_lives() {
            return;
        }
        match op {
            OldOp::Persist(record, with) => {
                self.old.record = Some(record);
                match with {
                    With::Freeze => self.old.frozen = true,
                    With::Thaw => self.old.frozen = false,
                    With::LetGo => self.old.has_key = false,
                    With::Nothing | With::Discard => {}
                }
                if self.old_lives() {
                    self.tell_old(Sender::handle_persisted);
                }
            }
            OldOp::Delta => {
                assert!(self.old.frozen, "what is not frozen can change");
                let (manifest, index) = (self.account.last(), self.account.last_index.to_bytes());
                // The index lies on the disk before a manifest that names it is said.
                self.old.last_index = Some(index.clone());
                if self.old_lives() {
                    self.tell_old(|old, now| old.handle_delta(&manifest, &index, now));
                }
            }
            OldOp::OpenKey => {
                assert!(self.old.has_key);
                let (opkey, mut rng) = (self.account.opkey(), self.rng.clone());
                self.tell_old(|old, now| old.handle_operating_key(&opkey, &mut rng, now));
                self.rng = rng;
            }
        }
    }

    /// Whatever says that something is so, says it when the disk says so too.
    pub(super) fn check_old(&self, frame: &[u8]) {
        let phase = self.old.record.as_ref().map(|record| SenderRecord::parse(record).unwrap().phase);
        let is_durable = match Frame::parse(frame).unwrap() {
            Frame::Offer(_) => phase.is_some(),
            Frame::Last(_) => matches!(phase, Some(SenderPhase::Frozen { .. })),
            Frame::Release(_) => matches!(phase, Some(SenderPhase::Released { .. })) && !self.old.has_key,
            Frame::Closed => phase == Some(SenderPhase::Closed),
            Frame::Cancel(_) => matches!(phase, Some(SenderPhase::Cancelled { .. })),
            Frame::Alive => true,
            other => panic!("not the old device's: {other:?}"),
        };
        assert!(is_durable, "{frame:?} in {phase:?}");
    }
}
