//! Chunks come in, are opened, stored, made durable and acknowledged, in this order.

use super::{Receiver, Receiving, State, steps::room_to_arrive};
use crate::{
    limits::MOVE_ROOM_PER_PACKED,
    moving::{Dishonest, Output},
};
use alloc::{boxed::Box, vec::Vec};
use nyx_crypto::moving::{TransferKeys, content_hash};
use nyx_wire::{
    content::ContentHash,
    moving::{Index, Item, ItemKind, Manifest, StopReason},
};

impl Receiver {
    /// A chunk came in bulk.
    #[must_use]
    pub fn handle_chunk(mut self, message: Vec<u8>, now_ms: u64) -> (Self, Vec<Output>) {
        self.line.hear(now_ms);
        let State::Receiving(plan, it) = &mut self.state else { return self.then(Vec::new(), now_ms) };
        match it.take(&plan.keys, &plan.first, message) {
            Ok((mut outputs, is_more_known)) => {
                self.missing_bytes = it.missing_bytes(&plan.first);
                if self.missing_bytes > 0 {
                    return self.stop(StopReason::NoRoom, now_ms);
                }
                if is_more_known {
                    outputs.extend(self.say(now_ms));
                }
                outputs.extend(self.sync(false, now_ms));
                self.then(outputs, now_ms)
            }
            Err(Dishonest) => self.stop(StopReason::Content, now_ms),
        }
    }

    /// All before this place is durable, and the place is remembered with it.
    #[must_use]
    pub fn handle_synced(mut self, place: u64, now_ms: u64) -> (Self, Vec<Output>) {
        let State::Receiving(_, it) = &mut self.state else { return (self, Vec::new()) };
        if !it.intake.synced(place) {
            return (self, Vec::new());
        }
        let owes = it.intake.owes_sync();
        self.line.own_disk(false, now_ms);
        self.line.own_disk(owes, now_ms);
        let done = it.intake.layout.bytes_before(place);
        self.pace.note(done, now_ms);
        let mut outputs = self.say(now_ms);
        outputs.extend(self.sync(false, now_ms));
        let (receiver, more) = self.build_if_whole();
        outputs.extend(more);
        receiver.then(outputs, now_ms)
    }

    /// What is stored of an item has this hash, after [`Output::Hash`].
    #[must_use]
    pub fn handle_hashed(mut self, item: u32, hash: ContentHash, now_ms: u64) -> (Self, Vec<Output>) {
        let State::Receiving(_, it) = &mut self.state else { return (self, Vec::new()) };
        match it.intake.hashed(item, hash) {
            Ok(()) => {
                let outputs = self.sync(false, now_ms).into_iter().collect();
                self.then(outputs, now_ms)
            }
            Err(Dishonest) => self.stop(StopReason::Content, now_ms),
        }
    }

    pub(super) fn sync(&mut self, anything: bool, now_ms: u64) -> Option<Output> {
        let State::Receiving(_, it) = &mut self.state else { return None };
        let output = it.intake.sync(anything)?;
        self.synced_ms = now_ms;
        self.line.own_disk(true, now_ms);
        Some(output)
    }

    /// Everything is here and durable: the rows are put together. No record says so, because what is kept says it.
    pub(super) fn build_if_whole(mut self) -> (Self, Vec<Output>) {
        let (mut plan, it) = match self.state {
            State::Receiving(plan, it) if it.intake.is_kept() => (plan, *it),
            state => return (Self { state, ..self }, Vec::new()),
        };
        match it {
            Receiving { intake, first: Some(first), last: Some(last), end: Some(end), .. } => {
                plan.total = intake.layout.bytes();
                self.state = State::Building(plan, last);
                // Handed out and not kept: of many items it is a good part of all memory.
                (self, [Output::Build(account(&first, &end))].into())
            }
            it => {
                self.state = State::Receiving(plan, Box::new(it));
                (self, Vec::new())
            }
        }
    }
}

impl Receiving {
    fn take(
        &mut self,
        keys: &TransferKeys,
        first: &Manifest,
        message: Vec<u8>,
    ) -> Result<(Vec<Output>, bool), Dishonest> {
        let taken = self.intake.take(keys, message, self.own.0)?;
        self.own.1.extend_from_slice(&taken.own);
        // What was not known before is known now, and may come.
        let is_more_known = !taken.own.is_empty() && self.read_index(first)?;
        Ok((taken.outputs, is_more_known))
    }

    /// Reads the index that has come last, if all of it is here.
    pub(super) fn read_index(&mut self, first: &Manifest) -> Result<bool, Dishonest> {
        let (item, bytes) = &self.own;
        if self.intake.layout.end(*item) != Some(self.intake.layout.places()) || self.end.is_some() {
            return Ok(false);
        }
        let manifest = match (&self.first, &self.last) {
            (None, _) => first,
            (Some(_), Some(last)) => last,
            (Some(_), None) => return Ok(false),
        };
        if (bytes.len() as u64) < manifest.index_bytes {
            return Ok(false);
        }
        if content_hash(bytes) != manifest.index_hash {
            return Err(Dishonest);
        }
        let index = Index::parse(bytes, manifest, self.first.as_ref()).map_err(|_| Dishonest)?;
        self.intake.layout.push_items(&index);
        if self.first.is_some() {
            self.end = Some(index);
        } else {
            self.first = Some(index);
        }
        self.own.1 = Vec::new();
        Ok(true)
    }

    /// How much room is lacking for the vault that will be built of the first index, once that says how much of it are rows. Of what it
    /// names nothing has come yet.
    fn missing_bytes(&mut self, first: &Manifest) -> u64 {
        let Some(index) = &self.first else { return 0 };
        let Some(room_bytes) = self.room_bytes.take() else { return 0 };
        let rows = index.items.iter().filter(|item| item.kind == ItemKind::Rows).map(|item| item.bytes);
        let built = rows.fold(0, u64::saturating_add).saturating_mul(MOVE_ROOM_PER_PACKED);
        room_to_arrive(first).saturating_add(built).saturating_sub(room_bytes)
    }

    /// The last manifest was heard: its index comes next.
    pub(super) fn extend(&mut self, last: &Manifest) -> Result<(), Dishonest> {
        let item = u32::try_from(self.intake.layout.items()).map_err(|_| Dishonest)?;
        self.intake.layout.push_index(last);
        self.own = (item, Vec::new());
        Ok(())
    }
}

/// Where each item of the account lies: items of the first index that were not dropped, then those of the last.
fn account(first: &Index, last: &Index) -> Vec<(u32, Item)> {
    // Both fit: an index has a number of its own before its items, and there are fewer than 2^20 in all.
    let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let behind = first.items.len() + 2;
    let stays =
        first.items.iter().enumerate().filter(|(place, _)| last.dropped.binary_search(&number(*place)).is_err());
    let mut items = Vec::with_capacity(first.items.len() + last.items.len() - last.dropped.len());
    items.extend(stays.map(|(place, item)| (number(place + 1), *item)));
    items.extend(last.items.iter().enumerate().map(|(place, item)| (number(place + behind), *item)));
    items
}
