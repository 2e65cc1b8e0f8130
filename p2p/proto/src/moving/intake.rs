//! What the new device has opened, stored, and knows to be durable.

use super::{Chunk, Dishonest, Layout, Output, Sealed};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use core::cmp::Ordering;
use nyx_crypto::{
    moving::{Finished, ItemOpener, TransferKeys},
    stream::TAG,
};
use nyx_wire::{
    content::ContentHash,
    moving::{CHUNK_HEAD_LEN, ChunkHead, WINDOW_CHUNKS_MAX},
};
use zeroize::Zeroizing;

/// Places in the sequence, as far as they came.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) layout: Layout,
    window: u64,
    /// All before it is opened and handed to the disk.
    next: u64,
    /// The disk was asked to make all before it durable.
    asked: u64,
    /// All before it is durable and right.
    kept: u64,
    /// The other side may send all before it.
    may: u64,
    opener: Option<ItemOpener>,
    /// Bulk may change lanes under way, so chunks may overtake each other. Never more than the credit that was given.
    early: BTreeMap<u64, Vec<u8>>,
    /// Where a chunk is opened; what is stored is the chunk as it came.
    opened: Zeroizing<Vec<u8>>,
    /// The item whose beginning was opened before a restart: nothing after its last chunk but one is called kept before
    /// it was hashed.
    unknown: Option<u32>,
}

/// What a chunk has led to.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) outputs: Vec<Output>,
    /// These bytes belong to the item that the machine itself reads.
    pub(super) own: Vec<u8>,
}

impl Intake {
    pub(super) fn new(layout: Layout, window: u64) -> Self {
        let window = window.clamp(1, WINDOW_CHUNKS_MAX);
        let (opener, early, opened) = (None, BTreeMap::new(), Zeroizing::default());
        Self { layout, window, next: 0, asked: 0, kept: 0, may: 0, opener, early, opened, unknown: None }
    }

    /// Begins where the disk says that everything before is durable.
    pub(super) fn restored(layout: Layout, window: u64, kept: u64) -> Self {
        Self { next: kept, asked: kept, kept, ..Self::new(layout, window) }
    }

    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    pub(super) const fn kept(&self) -> u64 {
        self.kept
    }

    pub(super) const fn is_kept(&self) -> bool {
        self.kept == self.layout.places()
    }

    pub(super) const fn owes_sync(&self) -> bool {
        self.asked > self.kept
    }

    /// What was under way is lost; what was stored is not.
    pub(super) fn break_off(&mut self) {
        self.early.clear();
    }

    /// What is kept, and what may come: never a chunk of something that this side does not know yet.
    pub(super) fn credit(&mut self) -> (u64, u64) {
        self.may = self.may.max(self.layout.reach(self.kept, self.window));
        (self.kept, self.may)
    }

    /// A message as it came: a chunk, and behind it those of the places that follow, if they are small. `own` is the item that the
    /// machine reads itself: what follows it is not known yet, so nothing has credit.
    pub(super) fn take(&mut self, keys: &TransferKeys, message: Vec<u8>, own: u32) -> Result<Taken, Dishonest> {
        let (at, _) = ChunkHead::parse(&message).map_err(|_| Dishonest)?;
        let mut place = self.layout.place(at).ok_or(Dishonest)?;
        let (message, mut begin) = (Arc::new(message), CHUNK_HEAD_LEN);
        let mut taken = Taken::default();
        while begin < message.len() {
            let within = begin..begin + self.layout.sealed_len(place).ok_or(Dishonest)?;
            let sealed = message.get(within.clone()).filter(|_| place < self.may).ok_or(Dishonest)?;
            match place.cmp(&self.next) {
                Ordering::Less => {}
                Ordering::Equal => {
                    self.early.remove(&place);
                    self.open(keys, Sealed::within(&message, within.clone()), own, &mut taken)?;
                }
                Ordering::Greater => {
                    // A copy: a message of which one small chunk waits would be held as a whole.
                    self.early.entry(place).or_insert_with(|| sealed.to_vec());
                }
            }
            (place, begin) = (place + 1, within.end);
        }
        while let Some(sealed) = self.early.remove(&self.next) {
            self.open(keys, Sealed::whole(sealed), own, &mut taken)?;
        }
        Ok(taken)
    }

    fn open(&mut self, keys: &TransferKeys, sealed: Sealed, own: u32, taken: &mut Taken) -> Result<(), Dishonest> {
        let (at, content) = self.layout.chunk(self.next).ok_or(Dishonest)?;
        let mut opener = self.opener.take().unwrap_or_else(|| match at.chunk {
            0 => keys.opens(&content),
            opened => keys.opens_after(&content, opened.into()),
        });
        self.opened.clear();
        self.opened.extend_from_slice(sealed.bytes());
        let plain = opener.open_chunk(&mut self.opened).map_err(|_| Dishonest)?;
        debug_assert_eq!(plain + TAG, self.opened.len());
        if at.item == own {
            taken.own.extend_from_slice(self.opened.get(..plain).unwrap_or_default());
        }
        self.next += 1;
        match opener.finished() {
            Finished::Not => self.opener = Some(opener),
            Finished::Right => {}
            Finished::Wrong => return Err(Dishonest),
            // The machine has all of its own item, whatever happened meanwhile.
            Finished::Unknown if at.item == own => {}
            Finished::Unknown => self.unknown = Some(at.item),
        }
        let unknown = self.unknown.filter(|item| *item == at.item && self.opener.is_none());
        taken.outputs.push(Output::Store(Chunk { at, content, kind: self.layout.kind(at.item), sealed }));
        taken.outputs.extend(unknown.map(|item| Output::Hash { item }));
        Ok(())
    }

    /// Asks the disk, if there is something to ask for: a quarter of the window, the end of what is known, or anything
    /// at all if it has waited long enough.
    pub(super) fn sync(&mut self, anything: bool) -> Option<Output> {
        let end = self.unknown.and_then(|item| self.layout.end(item)).map_or(self.next, |end| self.next.min(end - 1));
        let enough = end >= self.layout.reach(self.asked, self.window.div_ceil(4)) || end == self.may || anything;
        (end > self.asked && enough).then(|| {
            self.asked = end;
            Output::Sync(end)
        })
    }

    /// The disk has made durable what it was asked for. Whether that is news.
    pub(super) fn synced(&mut self, place: u64) -> bool {
        let is_new = place > self.kept && place <= self.asked;
        if is_new {
            self.kept = place;
        }
        is_new
    }

    /// What is stored of an item has this hash.
    pub(super) fn hashed(&mut self, item: u32, hash: ContentHash) -> Result<(), Dishonest> {
        if self.unknown != Some(item) {
            return Ok(());
        }
        self.unknown = None;
        if self.layout.content(item).is_some_and(|content| content.hash == hash) { Ok(()) } else { Err(Dishonest) }
    }
}
