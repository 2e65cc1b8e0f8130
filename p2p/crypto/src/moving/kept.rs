//! What is kept of a move's keys while it may have to go on, wrapped.

use super::TransferKeys;
use crate::{
    labels,
    purposes::{FileKey, ResumeKey, SessionsKey},
    secret::Secret,
    wrap,
};
use alloc::vec::Vec;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Both secrets that pairing gave to a move. They leave memory only wrapped.
#[derive(Debug)]
pub struct MoveKeys {
    /// Every item's key comes of it.
    pub file: Secret<FileKey>,
    /// The two find each other again by it.
    pub resume: Secret<ResumeKey>,
}

impl MoveKeys {
    /// To be kept beside the record of the move `transfer`, and to be opened nowhere else.
    #[must_use]
    pub fn wrap(&self, keys: &Secret<SessionsKey>, transfer: &[u8; 16], rng: &mut impl CryptoRng) -> Vec<u8> {
        let mut both = Zeroizing::new([0; 64]);
        both[..32].copy_from_slice(self.file.expose());
        both[32..].copy_from_slice(self.resume.expose());
        wrap::wrap(keys, both.as_slice(), &place(transfer), rng)
    }

    /// What was kept.
    #[must_use]
    pub fn unwrap(keys: &Secret<SessionsKey>, transfer: &[u8; 16], wrapped: &[u8]) -> Option<Self> {
        let both = wrap::unwrap(keys, wrapped, &place(transfer)).ok()?;
        let (file, resume) = both.split_at_checked(32)?;
        Some(Self { file: Secret::from_slice(file)?, resume: Secret::from_slice(resume)? })
    }

    /// Takes the key of the content, for the move with this id.
    #[must_use]
    pub fn into_transfer(self, transfer: [u8; 16]) -> (TransferKeys, Secret<ResumeKey>) {
        (TransferKeys::new(self.file, transfer), self.resume)
    }
}

fn place(transfer: &[u8; 16]) -> Vec<u8> {
    [labels::MOVE_KEPT.as_bytes(), transfer].concat()
}
