//! Attachments: files named by the hash of their ciphertext, each under a random key of its own, in and out as streams.

#[cfg(test)]
mod older;
mod reading;
mod storing;

pub use reading::{BlobReader, CopyError};
pub(crate) use reading::{fetch, open};
pub(crate) use storing::Placed;
pub(crate) use storing::store;
pub use storing::{StoreError, StoredBlob};

use crate::{
    error::{Damage, StorageError},
    files::is_aside,
};
use nyx_wire::content::HashKind;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Where the blob with this hash lies.
pub(crate) fn path_of(blobs: &Path, hash: &[u8; 32]) -> PathBuf {
    let name = name_of(hash);
    blobs.join(&name[..2]).join(name)
}

/// The file name of the blob with this hash.
pub(crate) fn name_of(hash: &[u8; 32]) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::with_capacity(64), |mut name, byte| {
        // Writing to a string never fails.
        let _ = write!(name, "{byte:02x}");
        name
    })
}

/// What to say of a blob whose bytes are not those that were stored.
pub(crate) fn changed(hash: &[u8; 32]) -> StorageError {
    StorageError::Damaged(Damage::BlobChanged(name_of(hash)))
}

/// Whether this is a blob that was never finished.
pub(crate) fn is_unfinished(path: &Path) -> bool {
    is_aside(path, UNFINISHED)
}

/// The hash in a file name.
pub(crate) fn hash_in(name: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if name.len() != 64 || !name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
        return None;
    }
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(name.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// Blobs that must stay although no row names them: stored and not attached yet, or part of a snapshot.
#[derive(Debug, Default)]
pub(crate) struct Pins(Mutex<HashMap<[u8; 32], usize>>);

impl Pins {
    pub(crate) fn pin(self: &Arc<Self>, hash: [u8; 32]) -> Pin {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(hash).or_default() += 1;
        Pin { pins: Arc::clone(self), hash }
    }

    pub(crate) fn holds(&self, hash: &[u8; 32]) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(hash)
    }
}

/// Keeps one blob from being swept while it lives.
#[derive(Debug)]
pub(crate) struct Pin {
    pins: Arc<Pins>,
    hash: [u8; 32],
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pins = self.pins.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = pins.get_mut(&self.hash) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&self.hash);
            }
        }
    }
}

/// Of what hash of its file the name of a new blob is. Older ones keep theirs, and say so in their beginning.
pub(crate) const NAMED_BY: HashKind = HashKind::Blake3;
/// What the content of a new attachment is hashed with.
pub(crate) const HASHED_BY: HashKind = HashKind::Blake3;
/// What a blob is called until its bytes decide its name.
const UNFINISHED: &str = "blob";
