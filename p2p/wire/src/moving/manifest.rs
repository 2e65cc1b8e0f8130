//! What the old device signs for: one index, and whose account it is a part of.

use super::{INDEX_BYTES_MAX, ITEMS_MAX, MANIFEST_MAX, TOTAL_BYTES_MAX};
use crate::identity::{Body, Version};
use minicbor::{Decode, Encode};

/// Speaks for one index. A move has two: of the snapshot, and of what changed until the old device froze.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Manifest {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The move, random and never used again.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub transfer: [u8; 16],
    /// The account.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub aid: [u8; 32],
    /// Hash of the manifest before; zeros in the first.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub prev: [u8; 32],
    /// How long the index is.
    #[n(4)]
    pub index_bytes: u64,
    /// SHA-256 of the index.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub index_hash: [u8; 32],
    /// How many items it has.
    #[n(6)]
    pub items: u64,
    /// How long their contents are together.
    #[n(7)]
    pub bytes: u64,
    /// Which rows are in the packs.
    #[n(8)]
    pub schema: u64,
    /// What of the account goes along.
    #[n(9)]
    pub selection: Selection,
    /// Public half of the vault-reset key.
    #[cbor(n(10), with = "minicbor::bytes")]
    pub reset_public: [u8; 32],
    /// Public half of the backup identity.
    #[cbor(n(11), with = "minicbor::bytes")]
    pub backup_public: [u8; 32],
    /// Content hash of the account as selected; only in the last.
    #[cbor(n(12), with = "minicbor::bytes")]
    pub content: Option<[u8; 32]>,
}

/// What of the account goes along.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Selection {
    /// Whether attachments do.
    #[n(0)]
    pub attachments: bool,
    /// Only what is younger; milliseconds since 1970.
    #[n(1)]
    pub since_ms: Option<u64>,
}

impl Selection {
    /// The whole account.
    pub const ALL: Self = Self { attachments: true, since_ms: None };
}

impl Manifest {
    /// Whether nothing was before it.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.prev == [0; 32]
    }

    /// Whether `last` is about the same move and says the same of all that both say.
    #[must_use]
    pub fn is_continued_by(&self, last: &Self) -> bool {
        let Self { v, transfer, aid, schema, selection, reset_public, backup_public, .. } = self.clone();
        let same = Self { v, transfer, aid, schema, selection, reset_public, backup_public, ..last.clone() };
        self.is_first() && !last.is_first() && same == *last
    }
}

impl Body for Manifest {
    const MAX: usize = MANIFEST_MAX;

    fn is_well_formed(&self) -> bool {
        self.is_first() == self.content.is_none()
            && self.index_bytes > 0
            && self.index_bytes <= INDEX_BYTES_MAX
            && self.items <= ITEMS_MAX as u64
            && self.bytes <= TOTAL_BYTES_MAX
    }
}
