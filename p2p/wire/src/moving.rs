//! How an account moves to another device, as bytes: manifests and indexes, chunks, what the two say to each other on the
//! way, and what each writes down before it says it.
//!
//! Everything here is strict, one value has one encoding, and everything has a limit that is checked before anything is
//! allocated for it. There is no name and no path in any of it: an item is its content.
//!
//! Specified in `p2p/docs/protocol/moving.md`.

mod chunk;
mod frame;
mod index;
mod manifest;
mod pack;
mod receipt;
mod record;
mod way;

pub use chunk::ChunkHead;
pub use frame::{Frame, Offer, Release, StopReason};
pub use index::{Index, IndexError, Item, ItemKind};
pub use manifest::{Manifest, Selection};
pub use pack::Pack;
pub use receipt::{Done, Ready};
pub use record::{ReceiverPhase, ReceiverRecord, SenderPhase, SenderRecord};
pub use way::WayBack;

use crate::identity::{DEVICE_CERT_MAX, DEVICE_LIST_MAX, IDENTITY_BUNDLE_MAX, SIGNED_OVERHEAD};

/// Most items of a move: packs of rows, and each attachment, however small, so half a million of them. A reader holds the
/// index in memory, 64 bytes an item.
pub const ITEMS_MAX: usize = 1 << 19;
/// Most bytes of a pack of rows: it is imported from memory, and a pack that changed is sent again as a whole.
pub const PACK_BYTES_MAX: u64 = 1 << 20;
/// Most bytes of one item: no attachment of a conversation comes near a terabyte.
pub const ITEM_BYTES_MAX: u64 = 1 << 40;
/// Most bytes of all contents: far above any disk, and so far below 2^64 that no sum of places or bytes can overflow.
pub const TOTAL_BYTES_MAX: u64 = 1 << 48;
/// Most bytes of an index: all items at 45 bytes, and as many dropped places at 5.
pub const INDEX_BYTES_MAX: u64 = 27_000_000;
/// Most bytes of a manifest: hashes and keys 240, numbers, and their frames.
pub const MANIFEST_MAX: usize = 512;
/// Most bytes of a Ready: the new device's certificate, two hashes, and their frames.
pub const READY_MAX: usize = 2048;
/// Most bytes of a Done: three hashes and their frames.
pub const DONE_MAX: usize = 256;
/// Most bytes of a control frame: an identity bundle and a manifest. Fits one message of a link.
pub const FRAME_MAX: usize = 20 * 1024;
/// Most chunks under way beyond what is kept, where they are full: 16 MiB, which covers a gigabit path of 100 ms and the
/// receiver's disk.
pub const WINDOW_CHUNKS_MAX: u64 = 256;
/// Smaller ones count as what they have, but so many of them as one full one at least: who has to write something for each, be it
/// empty, knows how many may come.
pub const SMALL_CHUNKS: u64 = 16;
/// Most bytes of a sealed chunk: 64 KiB and its tag. Small ones share a message, which has no more than one full one.
pub const SEALED_CHUNK_MAX: usize = 64 * 1024 + 16;
/// What stands before a sealed chunk.
pub const CHUNK_HEAD_LEN: usize = 8;
/// A wrapped operating key: nonce, seed, tag.
pub const WRAPPED_SEED: usize = 24 + 32 + 16;
/// Most bytes of a record: a bundle, two manifests, a receipt, a release.
pub const RECORD_MAX: usize = 48 * 1024;

const _: () =
    assert!(CHUNK_HEAD_LEN + SEALED_CHUNK_MAX <= crate::lane::MAX_MESSAGE && FRAME_MAX <= crate::lane::MAX_MESSAGE);
const _: () = assert!(IDENTITY_BUNDLE_MAX + MANIFEST_MAX + SIGNED_OVERHEAD + 64 <= FRAME_MAX);
const _: () = assert!(DEVICE_LIST_MAX + SIGNED_OVERHEAD + WRAPPED_SEED + 64 <= FRAME_MAX);
const _: () = assert!(DEVICE_CERT_MAX + SIGNED_OVERHEAD + 256 <= READY_MAX);
const _: () = assert!(2 * FRAME_MAX + READY_MAX + MANIFEST_MAX + 512 <= RECORD_MAX);

#[cfg(test)]
mod tests;
