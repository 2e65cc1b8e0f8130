//! The keys of a move: one for each content, one for the operating key on its way, and those by which the two find each
//! other again.
//!
//! The dangerous orders do not compile. The old device is never handed a key that seals an item: [`TransferKeys::reseals`] turns a
//! finished stream into the same stream under the item's key and has no way to seal anything else, so a place has one
//! plaintext, whenever and however often it is sent. A key that opens one counts by itself and says at the end whether the
//! content is the one that was signed for. And the operating key can be wrapped only for a manifest that was verified.
//!
//! Specified in `p2p/docs/protocol/moving.md`.

mod kept;
mod meeting;
mod opener;
mod signing;

pub use kept::MoveKeys;
pub use meeting::{greet, is_greeting, meeting_context, meeting_secret};
pub use opener::{Finished, ItemOpener};
pub use signing::{ReadyFrom, sign_done, sign_ready, verify_done, verify_manifest, verify_ready};

use crate::{
    account::OperatingKey,
    content::ContentHasher,
    hash,
    kdf::{derive, derive_for},
    labels,
    purposes::{FileKey, ReleaseKey, StreamKey},
    secret::Secret,
    signature::Verified,
    stream::{CHUNK, Reader, Resealer, TAG, sealed_len},
    wrap,
};
use alloc::vec::Vec;
use nyx_wire::{
    content::{ContentHash, HashKind},
    moving::{Manifest, WRAPPED_SEED},
};
use rand_core::CryptoRng;

/// What is sent, named by what it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Content {
    /// How long it is.
    pub bytes: u64,
    /// What it is called.
    pub hash: ContentHash,
}

impl Content {
    /// Of something that is in memory as a whole.
    #[must_use]
    pub fn of(kind: HashKind, bytes: &[u8]) -> Self {
        let mut hash = ContentHasher::new(kind);
        hash.update(bytes);
        Self { bytes: bytes.len() as u64, hash: hash.finish() }
    }
}

impl Content {
    /// How many bytes a chunk of it has when it is sealed; none if it has no such chunk.
    #[must_use]
    pub fn sealed_chunk_len(&self, chunk: u32) -> Option<usize> {
        let before = u64::from(chunk) * CHUNK as u64;
        let plain = self.bytes.checked_sub(before).filter(|plain| *plain > 0 || chunk == 0)?;
        usize::try_from(plain.min(CHUNK as u64)).ok().map(|plain| plain + TAG)
    }
}

/// The keys of one move, as far as content and the operating key go.
#[derive(Debug)]
pub struct TransferKeys {
    file: Secret<FileKey>,
    transfer: [u8; 16],
}

impl TransferKeys {
    /// For the move with this id.
    #[must_use]
    pub const fn new(file: Secret<FileKey>, transfer: [u8; 16]) -> Self {
        Self { file, transfer }
    }

    /// The move.
    #[must_use]
    pub const fn transfer(&self) -> [u8; 16] {
        self.transfer
    }

    /// Turns the chunks of a finished stream that has this content into those of its item.
    pub fn reseals(&self, content: &Content, source: Reader) -> Result<Resealer, OtherContent> {
        if source.plain_len() != content.bytes {
            return Err(OtherContent);
        }
        Ok(Resealer::new(source, &self.key(content)))
    }

    /// Turns a finished stream that has this content and one chunk into its item, in place.
    pub fn reseal_short(
        &self,
        content: &Content,
        source: &Secret<StreamKey>,
        sealed: &mut [u8],
    ) -> Result<(), OtherContent> {
        if sealed_len(content.bytes) != Some(sealed.len() as u64) {
            return Err(OtherContent);
        }
        Resealer::reseal_short(source, &self.key(content), sealed).map_err(|_| OtherContent)
    }

    /// Opens the item with this content from its beginning.
    #[must_use]
    pub fn opens(&self, content: &Content) -> ItemOpener {
        ItemOpener::new(&self.key(content), *content, 0)
    }

    /// Goes on after chunks that were opened before. Whether the whole is right, it can't tell any more: what is stored has to
    /// be hashed.
    #[must_use]
    pub fn opens_after(&self, content: &Content, opened: u64) -> ItemOpener {
        ItemOpener::new(&self.key(content), *content, opened)
    }

    /// The key by which the item with this content is read where it is kept as it came, which is how the new device keeps it. It
    /// is there to be wrapped and kept: nothing is sealed under it but by [`reseals`](Self::reseals).
    #[must_use]
    pub fn kept_under(&self, content: &Content) -> Secret<StreamKey> {
        self.key(content)
    }

    /// Wraps the operating key for the device that has everything that `last` speaks for.
    pub fn wrap_operating_key(
        &self,
        key: &OperatingKey,
        last: &Verified<Manifest>,
        rng: &mut impl CryptoRng,
    ) -> Option<[u8; WRAPPED_SEED]> {
        let wrapped = wrap::wrap(&self.release_key(), key.seed().expose(), &self.place(last), rng);
        wrapped.try_into().ok()
    }

    /// Opens it.
    #[must_use]
    pub fn unwrap_operating_key(
        &self,
        wrapped: &[u8; WRAPPED_SEED],
        last: &Verified<Manifest>,
    ) -> Option<OperatingKey> {
        let seed = wrap::unwrap(&self.release_key(), wrapped, &self.place(last)).ok()?;
        Secret::from_slice(&seed).map(OperatingKey::from_seed)
    }

    fn key(&self, content: &Content) -> Secret<StreamKey> {
        derive_for(&self.file, &[&self.transfer[..], &content.bytes.to_be_bytes(), content.hash.as_bytes()].concat())
    }

    fn release_key(&self) -> Secret<ReleaseKey> {
        derive(&self.file)
    }

    fn place(&self, last: &Verified<Manifest>) -> Vec<u8> {
        [&self.transfer[..], &manifest_hash(last)].concat()
    }
}

/// A stream of another length than the content that it should have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the content that was announced")]
pub struct OtherContent;

/// By what everything after a manifest names it.
#[must_use]
pub fn manifest_hash(manifest: &Verified<Manifest>) -> [u8; 32] {
    hash::labelled(labels::MOVE_HASH_MANIFEST, manifest.signed().body())
}

/// SHA-256, by which a manifest names its index.
#[must_use]
pub fn content_hash(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod document;
#[cfg(test)]
mod tests;
