//! All items of a move in one sequence, and where each chunk of them lies in it.

use alloc::vec::Vec;
use nyx_crypto::{
    moving::Content,
    stream::{CHUNK, CHUNKS_MAX},
};
use nyx_wire::{
    content::ContentHash,
    moving::{ChunkHead, Index, ItemKind, Manifest, SMALL_CHUNKS},
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

    /// How many sealed bytes the chunk at a place has, if there is such a place.
    #[must_use]
    pub(super) fn sealed_len(&self, place: u64) -> Option<usize> {
        let (at, content) = self.chunk(place)?;
        content.sealed_chunk_len(at.chunk)
    }

    /// The place before which a window of so many full chunks ends that begins at `from`: as many bytes of contents, and
    /// [`SMALL_CHUNKS`] times as many chunks, however small.
    #[must_use]
    pub(super) fn reach(&self, from: u64, window: u64) -> u64 {
        let most = window.saturating_mul(CHUNK as u64).saturating_add(self.bytes_before(from));
        let until = match self.items.partition_point(|entry| entry.bytes <= most).checked_sub(1) {
            Some(item) if most < self.bytes => self.items.get(item).map_or(self.places, |entry| {
                entry.place + chunks(entry.content.bytes).min((most - entry.bytes) / CHUNK as u64)
            }),
            _ => self.places,
        };
        until.min(from.saturating_add(window.saturating_mul(SMALL_CHUNKS)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_wire::moving::Item;

    #[test]
    fn a_window_has_the_bytes_of_its_full_chunks_and_sixteen_small_ones_for_each() {
        let item = |bytes| Item { kind: ItemKind::Attachment, bytes, hash: ContentHash::sha256(&[0; 32]) };
        let mut layout = Layout::default();
        let small = core::iter::repeat_n(item(10), 40);
        layout.push_items(&Index { dropped: Vec::new(), items: small.chain([item(300_000), item(0)]).collect() });
        for (from, window, until) in
            [(0, 1, 16), (0, 3, 42), (0, 100, 46), (30, 1, 40), (41, 1, 42), (44, 1, 46), (45, 1, 46), (46, 1, 46)]
        {
            assert_eq!(layout.reach(from, window), until, "{window} from {from}");
        }
        let lengths = [0, 40, 44, 45, 46].map(|place| layout.sealed_len(place));
        assert_eq!(lengths, [Some(26), Some(65_552), Some(300_000 - 4 * 65_536 + 16), Some(16), None]);
    }
}
