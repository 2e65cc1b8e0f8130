//! Into the vault: encrypted on the way, under a name that the bytes themselves decide.

use super::{NAMED_BY, Pin, Pins, UNFINISHED, path_of};
use crate::{
    error::StorageError,
    files::{create_aside, make_dir, sync_dir},
    random,
};
use nyx_crypto::{
    content::ContentHasher,
    purposes::StreamKey,
    secret::Secret,
    stream::{CHUNK, SEALED_CHUNK, SealError, Sealer, TAG},
};
use nyx_wire::{
    content::{ContentHash, HashKind},
    vault::blob_magic,
};
use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};
use zeroize::Zeroizing;

/// Bytes that lie in the vault and that no message has yet. Dropped without one, they go at once; what a process that
/// died left, a sweep removes.
#[derive(Debug)]
pub struct StoredBlob {
    pub(crate) hash: [u8; 32],
    pub(crate) key: Secret<StreamKey>,
    pub(crate) size: u64,
    pub(crate) content: ContentHash,
    pub(crate) placed: Placed,
}

/// The file of a blob on its way to a row. Without one it goes: nobody else can have its name, which is the hash of bytes
/// under a random key.
#[derive(Debug)]
pub(crate) struct Placed {
    path: Option<PathBuf>,
    _pin: Pin,
}

impl Placed {
    /// A row has it now, or may have it.
    pub(crate) fn keep(&mut self) {
        self.path = None;
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // One that resists is a sweep's.
            let _ = fs::remove_file(path);
        }
    }
}

impl StoredBlob {
    /// Length of the content.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// What the content is called.
    #[must_use]
    pub const fn content(&self) -> ContentHash {
        self.content
    }
}

/// Why bytes did not get into the vault. Nothing of them stays behind.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Where they come from.
    #[error("the source cannot be read: {0}")]
    Source(#[source] io::Error),
    /// More than a stream can hold (256 TiB).
    #[error("too long")]
    TooLong,
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// Where they go.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Encrypts everything `source` gives into a blob, and makes a hash of this kind of it. `progress` hears the bytes done so far
/// and answers whether to go on.
pub(crate) fn store(
    blobs: &Path,
    pins: &Arc<Pins>,
    kind: HashKind,
    source: &mut dyn Read,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<StoredBlob, StoreError> {
    store_named(blobs, pins, (NAMED_BY, kind), source, progress)
}

/// The same, for a file whose name is of another hash.
pub(super) fn store_named(
    blobs: &Path,
    pins: &Arc<Pins>,
    kinds: (HashKind, HashKind),
    source: &mut dyn Read,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<StoredBlob, StoreError> {
    let (aside, file) = create_aside(&blobs.join(UNFINISHED)).map_err(StorageError::from)?;
    let stored = write(file, kinds, source, progress).and_then(|written| {
        // Pinned before it has its name, so that no sweep can come between.
        let pin = pins.pin(written.hash);
        let path = path_of(blobs, &written.hash);
        place(blobs, &aside, &path).map_err(StorageError::from)?;
        let placed = Placed { path: Some(path), _pin: pin };
        Ok(StoredBlob { hash: written.hash, key: written.key, size: written.size, content: written.content, placed })
    });
    if stored.is_err() {
        // Ours, unfinished, and never named by anything.
        let _ = fs::remove_file(&aside);
    }
    stored
}

struct Written {
    hash: [u8; 32],
    key: Secret<StreamKey>,
    size: u64,
    content: ContentHash,
}

fn write(
    mut file: fs::File,
    (named_by, hashed_by): (HashKind, HashKind),
    source: &mut dyn Read,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Written, StoreError> {
    let key = Secret::<StreamKey>::random(&mut random());
    let kept = Secret::from_bytes(*key.expose());
    let mut sealer = Sealer::new(key);
    let (mut ciphertext, mut content) = (ContentHasher::new(named_by), ContentHasher::new(hashed_by));
    let mut put = |bytes: &[u8]| {
        ciphertext.update(bytes);
        file.write_all(bytes).map_err(|error| StoreError::Storage(error.into()))
    };
    put(&blob_magic(named_by))?;
    // One chunk is held back, because only the one after it tells whether it was the last.
    let mut chunk = Zeroizing::new(vec![0; SEALED_CHUNK]);
    let mut next = Zeroizing::new(vec![0; SEALED_CHUNK]);
    let mut length = fill(source, &mut chunk[..CHUNK])?;
    let mut size = 0;
    loop {
        content.update(&chunk[..length]);
        size += length as u64;
        let following = if length == CHUNK { fill(source, &mut next[..CHUNK])? } else { 0 };
        if following == 0 {
            sealer.seal_last(&mut chunk[..length + TAG]).map_err(too_long)?;
            put(&chunk[..length + TAG])?;
            break;
        }
        let whole = chunk.first_chunk_mut().ok_or(StoreError::TooLong)?;
        sealer.seal_chunk(whole).map_err(too_long)?;
        put(&chunk)?;
        if !progress(size) {
            return Err(StoreError::Cancelled);
        }
        std::mem::swap(&mut chunk, &mut next);
        length = following;
    }
    file.sync_all().map_err(StorageError::from)?;
    Ok(Written { hash: ciphertext.finish().digest(), key: kept, size, content: content.finish() })
}

fn place(blobs: &Path, aside: &Path, path: &Path) -> io::Result<()> {
    let shelf = path.parent().unwrap_or(blobs);
    make_dir(shelf)?;
    // Also one that is there already: whoever made it may have died, or be about to, before its name was durable.
    sync_dir(blobs)?;
    fs::rename(aside, path)?;
    sync_dir(shelf)
}

/// Reads until `buffer` is full or the source ends.
fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, StoreError> {
    let mut length = 0;
    while length < buffer.len() {
        match source.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(StoreError::Source(error)),
        }
    }
    Ok(length)
}

fn too_long(_: SealError) -> StoreError {
    StoreError::TooLong
}
