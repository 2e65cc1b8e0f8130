//! The new device: its disk, and what its driver does for the machine.

use super::{
    account,
    world::{CONTROL, World},
};
use crate::moving::{Chunk, Handed, Output, Receiver, Stall, With};
use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};
use nyx_crypto::moving::Content;
use nyx_wire::{
    identity::Body,
    moving::{Frame, Item, ReceiverPhase, ReceiverRecord, StopReason},
};

pub(super) struct New {
    pub(super) machine: Option<Receiver>,
    pub(super) record: Option<Vec<u8>>,
    pub(super) stored: BTreeMap<u32, Vec<u8>>,
    pub(super) kept: u64,
    pub(super) active: bool,
    pub(super) content: Option<[u8; 32]>,
    pub(super) pending: Vec<(u64, NewOp)>,
    pub(super) fuel: u64,
    pub(super) steps: u64,
    pub(super) finished: bool,
    pub(super) stopped: Option<StopReason>,
    pub(super) stalls: Vec<Stall>,
}

pub(super) enum NewOp {
    Persist(Vec<u8>, With),
    Sync(u64),
    Hash(u32),
    Build(Vec<(u32, Item)>),
    Activate(Box<Handed>),
}

impl Default for New {
    fn default() -> Self {
        Self {
            machine: None,
            record: None,
            stored: BTreeMap::new(),
            kept: 0,
            active: false,
            content: None,
            pending: Vec::new(),
            fuel: u64::MAX,
            steps: 0,
            finished: false,
            stopped: None,
            stalls: Vec::new(),
        }
    }
}

impl World {
    pub(super) fn kill_new(&mut self) {
        self.new.machine = None;
        self.new.pending.clear();
        self.new.fuel = u64::MAX;
        // What was stored and not made durable may be there, in part, or not.
        let layout = self.account.layout();
        for (item, bytes) in &mut self.new.stored {
            let durable = layout.durable(*item, self.new.kept);
            let more = (bytes.len() as u64).saturating_sub(durable);
            bytes.truncate((durable + self.random.below(more + 1)) as usize);
        }
        self.unlink(50);
    }

    pub(super) fn new_lives(&mut self) -> bool {
        if self.new.machine.is_none() {
            return false;
        }
        self.new.steps += 1;
        if self.new.fuel == 0 {
            self.kill_new();
            return false;
        }
        self.new.fuel -= 1;
        true
    }

    pub(super) fn act_new(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            if !self.new_lives() {
                return;
            }
            let at = self.disk_at(|world| &world.new.pending);
            let op = match output {
                Output::Send(frame) => {
                    self.check_new(&frame);
                    self.network.send(CONTROL[1], CONTROL[0], frame);
                    continue;
                }
                Output::Store(chunk) => {
                    self.store(&chunk);
                    continue;
                }
                Output::Finished => {
                    self.new.finished = true;
                    continue;
                }
                Output::Stopped(why) => {
                    self.new.stopped = Some(why);
                    continue;
                }
                Output::Stalled(why) => {
                    self.new.stalls.push(why);
                    continue;
                }
                Output::Resumed => continue,
                Output::Persist { record, with } => NewOp::Persist(record, with),
                Output::Sync(place) => NewOp::Sync(place),
                Output::Hash { item } => NewOp::Hash(item),
                Output::Build(items) => NewOp::Build(items),
                Output::Activate(handed) => NewOp::Activate(handed),
                other => panic!("not the new device's: {other:?}"),
            };
            self.new.pending.push((at, op));
        }
    }

    pub(super) fn store(&mut self, chunk: &Chunk) {
        let place = chunk.at.chunk as usize * nyx_crypto::stream::CHUNK;
        let stored = self.new.stored.entry(chunk.at.item).or_default();
        // A chunk that lay there in part is written over.
        assert!(stored.len() >= place, "a hole before chunk {:?}", chunk.at);
        stored.truncate(place);
        let mut opened = chunk.sealed().to_vec();
        let mut opener = self.account.transfer_keys().opens_after(&chunk.content, chunk.at.chunk.into());
        let plain = opener.open_chunk(&mut opened).unwrap();
        stored.extend_from_slice(&opened[..plain]);
    }

    pub(super) fn finish_new(&mut self, op: NewOp) {
        if !self.new_lives() {
            return;
        }
        match op {
            NewOp::Persist(record, with) => {
                self.new.record = Some(record);
                if with == With::Discard {
                    self.new.stored.clear();
                    self.new.kept = 0;
                }
                if self.new_lives() {
                    self.tell_new(Receiver::handle_persisted);
                }
            }
            NewOp::Sync(place) => {
                self.new.kept = self.new.kept.max(place);
                if self.new_lives() {
                    self.tell_new(|new, now| new.handle_synced(place, now));
                }
            }
            NewOp::Hash(item) => {
                let kind = self.account.layout().content(item).hash.kind();
                let hash = Content::of(kind, &self.new.stored[&item]).hash;
                self.tell_new(|new, now| new.handle_hashed(item, hash, now));
            }
            NewOp::Build(items) => {
                let of = |(item, what): (u32, Item)| {
                    let stored = Content::of(what.hash.kind(), &self.new.stored[&item]);
                    assert_eq!(stored.hash, what.hash, "what is built on is right");
                    what
                };
                let content = account::content_of(items.into_iter().map(of).collect());
                self.new.content = Some(content);
                self.step_new(|new, account, now| {
                    let (keys, cert) = account.new_device();
                    new.handle_built(content, keys, cert, now)
                });
            }
            NewOp::Activate(handed) => {
                assert_eq!(handed.opkey.public(), self.account.opkey().public());
                self.new.active = true;
                assert!(!self.old.has_key, "two active devices");
                if self.new_lives() {
                    self.step_new(|new, account, now| new.handle_activated(&account.new_device().0, now));
                }
            }
        }
    }

    pub(super) fn check_new(&self, frame: &[u8]) {
        let phase = self.new.record.as_ref().map(|record| ReceiverRecord::parse(record).unwrap().phase);
        let is_durable = match Frame::parse(frame).unwrap() {
            Frame::Credit { kept, .. } => kept <= self.new.kept && phase.is_some(),
            Frame::Ready(_) => matches!(phase, Some(ReceiverPhase::Ready { .. })),
            Frame::Done(_) => self.new.active,
            Frame::Alive | Frame::Cancel(_) => true,
            other => panic!("not the new device's: {other:?}"),
        };
        assert!(is_durable, "{frame:?} in {phase:?}");
    }
}
