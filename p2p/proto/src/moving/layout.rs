//! All items of a move in one sequence, and where each chunk of them lies in it.

use alloc::vec::Vec;
use nyx_crypto::{
    moving::Content,
    stream::{CHUNK, CHUNKS_MAX},
};
use nyx_wire::{
    content::ContentHash,
    moving::{ChunkHead, Index, ItemKind, Manifest},
};

/// The sequence. It only grows.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    items: Vec<Entry>,
    places: u64,
    bytes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    content: Content,
    kind: Option<ItemKind>,
    place: u64,
    bytes: u64,
}

impl Layout {
    /// Appends the index that a manifest speaks for.
    pub(super) fn push_index(&mut self, manifest: &Manifest) {
        self.push(Content { bytes: manifest.index_bytes, hash: ContentHash::sha256(&manifest.index_hash) }, None);
    }

    /// Appends the items of an index that was checked.
    pub(super) fn push_items(&mut self, index: &Index) {
        for item in &index.items {
            self.push(Content { bytes: item.bytes, hash: item.hash }, Some(item.kind));
        }
    }

    fn push(&mut self, content: Content, kind: Option<ItemKind>) {
        self.items.push(Entry { content, kind, place: self.places, bytes: self.bytes });
        // Limits of the wire formats keep both sums far below their type.
        self.places = self.places.saturating_add(chunks(content.bytes));
        self.bytes = self.bytes.saturating_add(content.bytes);
    }

    /// How many chunks there are.
    #[must_use]
    pub const fn places(&self) -> u64 {
        self.places
    }

    /// How many bytes there are.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many items there are.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// What an item is.
    #[must_use]
    pub fn content(&self, item: u32) -> Option<Content> {
        self.items.get(item as usize).map(|entry| entry.content)
    }

    /// What an item is for; none for an index.
    #[must_use]
    pub fn kind(&self, item: u32) -> Option<ItemKind> {
        self.items.get(item as usize).and_then(|entry| entry.kind)
    }

    /// The place of a chunk, if there is such a chunk.
    #[must_use]
    pub fn place(&self, at: ChunkHead) -> Option<u64> {
        let entry = self.items.get(at.item as usize)?;
        (u64::from(at.chunk) < chunks(entry.content.bytes)).then(|| entry.place + u64::from(at.chunk))
    }

    /// The chunk at a place.
    #[must_use]
    pub fn chunk(&self, place: u64) -> Option<(ChunkHead, Content)> {
        if place >= self.places {
            return None;
        }
        let item = self.items.partition_point(|entry| entry.place <= place).checked_sub(1)?;
        let entry = self.items.get(item)?;
        let at = ChunkHead { item: u32::try_from(item).ok()?, chunk: u32::try_from(place - entry.place).ok()? };
        Some((at, entry.content))
    }

    /// The place after the last chunk of an item.
    #[must_use]
    pub fn end(&self, item: u32) -> Option<u64> {
        self.items.get(item as usize).map(|entry| entry.place + chunks(entry.content.bytes))
    }

    /// How many bytes lie before a place.
    #[must_use]
    pub fn bytes_before(&self, place: u64) -> u64 {
        let Some((at, _)) = self.chunk(place) else { return self.bytes };
        self.items.get(at.item as usize).map_or(self.bytes, |entry| entry.bytes + u64::from(at.chunk) * CHUNK as u64)
    }
}

/// How many chunks a content has; never none.
fn chunks(bytes: u64) -> u64 {
    bytes.div_ceil(CHUNK as u64).clamp(1, CHUNKS_MAX)
}
