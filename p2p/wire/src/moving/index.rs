//! The list of items, and whether it is the one that a manifest speaks for.

use super::{INDEX_BYTES_MAX, ITEM_BYTES_MAX, ITEMS_MAX, Manifest, PACK_BYTES_MAX, TOTAL_BYTES_MAX};
use crate::{
    codec::{DecodeError, decode_strict, encode},
    content::{ContentHash, HashKind},
};
use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// A list of items. The last one of a move says what of the first is no longer part of the account.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Index {
    /// Places in the index before, ascending.
    #[n(0)]
    pub dropped: Vec<u32>,
    /// What comes.
    #[n(1)]
    pub items: Vec<Item>,
}

/// Something that is sent whole. Its content is its only name.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(array)]
pub struct Item {
    /// What it is.
    #[n(0)]
    pub kind: ItemKind,
    /// How long it is.
    #[n(1)]
    pub bytes: u64,
    /// What it is called; SHA-256 for a pack.
    #[n(2)]
    pub hash: ContentHash,
}

/// What an item is.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum ItemKind {
    /// A pack of rows.
    #[n(0)]
    Rows,
    /// An attachment.
    #[n(1)]
    Attachment,
}

/// Why bytes are not the index that the manifest speaks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IndexError {
    /// No index at all.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Other counts or sums than the manifest's, or above a limit.
    #[error("not as many or not as much as was announced")]
    Amount,
    /// A content twice, a place that is not there, or an attachment where there shall be none.
    #[error("an item that cannot be part of this move")]
    Item,
}

impl Index {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Contents together; none if that is more than a move may have.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.items.iter().try_fold(0_u64, |sum, item| {
            sum.checked_add(item.bytes).filter(|sum| item.bytes <= ITEM_BYTES_MAX && *sum <= TOTAL_BYTES_MAX)
        })
    }

    /// Reads the index that `manifest` speaks for, which was verified; `before` is the first index, for the last one.
    /// That the bytes have the hash in the manifest is for whoever received them to have seen.
    pub fn parse(bytes: &[u8], manifest: &Manifest, before: Option<&Self>) -> Result<Self, IndexError> {
        if bytes.len() as u64 != manifest.index_bytes || bytes.len() as u64 > INDEX_BYTES_MAX {
            return Err(IndexError::Amount);
        }
        let index: Self = decode_strict(bytes, bytes.len())?;
        index.check(manifest, before)?;
        Ok(index)
    }

    /// Whether it is what `manifest` says and can follow `before`.
    pub fn check(&self, manifest: &Manifest, before: Option<&Self>) -> Result<(), IndexError> {
        let there = before.map_or(0, |before| before.items.len());
        if self.items.len() as u64 != manifest.items
            || self.bytes() != Some(manifest.bytes)
            || there + self.items.len() > ITEMS_MAX
            || before.is_some_and(|before| before.bytes().is_none_or(|bytes| bytes + manifest.bytes > TOTAL_BYTES_MAX))
        {
            return Err(IndexError::Amount);
        }
        let fits = |item: &Item| match item.kind {
            ItemKind::Rows => item.bytes <= PACK_BYTES_MAX && item.hash.kind() == HashKind::Sha256,
            ItemKind::Attachment => manifest.selection.attachments,
        };
        let ascending = self.dropped.windows(2).all(|pair| pair[0] < pair[1]);
        let exist = self.dropped.last().is_none_or(|last| (*last as usize) < there);
        if !ascending || !exist || !self.items.iter().all(fits) || self.has_twice(before) {
            return Err(IndexError::Item);
        }
        Ok(())
    }

    fn has_twice(&self, before: Option<&Self>) -> bool {
        let earlier = before.map(|before| before.items.as_slice()).unwrap_or_default();
        let mut hashes: Vec<&ContentHash> = earlier.iter().chain(&self.items).map(|item| &item.hash).collect();
        hashes.sort_unstable();
        hashes.windows(2).any(|pair| pair[0] == pair[1])
    }
}
