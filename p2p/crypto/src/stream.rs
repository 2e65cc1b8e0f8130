//! Files of any length in chunks: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM.
//!
//! 64 KiB of plaintext a chunk; nonce = chunk number (11 bytes, big-endian) ‖ last flag. Every chunk but the last is full,
//! the last one is empty only if the whole stream is: so there is exactly one encoding of a plaintext under a key.
//! Truncation, reordering, duplication, data after the end and a second end are each refused.
//!
//! The shape of the calls makes the dangerous orders impossible to write: a [`Sealer`] takes the key away, because a
//! counter that starts again under the same key gives the plaintext away; a chunk that is not the last is an array of
//! exactly its size; the last one consumes the sealer. Nothing is allocated: chunks are sealed and opened in place,
//! in the caller's buffer of plaintext with room for the tag behind it.
//!
//! ```compile_fail,E0382
//! # use nyx_crypto::{purposes::StreamKey, secret::Secret, stream::Sealer};
//! # fn seal(key: Secret<StreamKey>, last: &mut [u8]) {
//! let sealer = Sealer::new(key);
//! sealer.seal_last(last);
//! sealer.seal_last(last); // there is only one end
//! # }
//! ```
//!
//! [`Reader`] opens any chunk of a finished stream; [`Resealer`] seals any chunk of one again under another key, which
//! is how a transfer goes on where it broke off; [`seal_whole`] and [`open_whole`] are for what fits in memory.

mod reader;
mod resealer;
mod whole;

pub use reader::Reader;
pub use resealer::Resealer;
pub use whole::{open_whole, seal_whole};

use crate::{purposes::StreamKey, secret::Secret};
use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, inout::InOutBuf},
};
use core::fmt;

/// Bytes of plaintext in a chunk that is not the last: large enough that the tag is noise (0.02 %), small enough that
/// a reader at a random place decrypts little more than it wants.
pub const CHUNK: usize = 64 * 1024;
/// What sealing adds to a chunk.
pub const TAG: usize = 16;
/// Bytes of a sealed chunk that is not the last.
pub const SEALED_CHUNK: usize = CHUNK + TAG;
/// Most chunks of a stream: 256 TiB, and with 2^12 AES blocks a chunk far below GCM's bounds for one key.
pub const CHUNKS_MAX: u64 = 1 << 32;

/// How many sealed bytes `plain` bytes become, if a stream can be that long.
#[must_use]
pub fn sealed_len(plain: u64) -> Option<u64> {
    let chunks = plain.div_ceil(CHUNK as u64).max(1);
    (chunks <= CHUNKS_MAX).then(|| plain + chunks * TAG as u64)
}

/// How many bytes of plaintext are in `sealed` bytes, if a stream can have that length.
#[must_use]
pub fn plain_len(sealed: u64) -> Option<u64> {
    let chunks = sealed.div_ceil(SEALED_CHUNK as u64);
    let plain = sealed.checked_sub(chunks.checked_mul(TAG as u64)?)?;
    (sealed_len(plain) == Some(sealed)).then_some(plain)
}

/// Seals one stream from its beginning to its end. It cannot begin in the middle: whether the plaintext is still the one
/// of which the first chunks were sealed, nobody could tell it. See [`Resealer`].
pub struct Sealer(Position);

impl Sealer {
    /// Starts the only stream that is ever sealed under `key`; that is why the key is taken away.
    #[must_use]
    pub fn new(key: Secret<StreamKey>) -> Self {
        Self(Position::start(&key))
    }

    /// Seals the next chunk in place: full, and more follows.
    pub fn seal_chunk(&mut self, buffer: &mut [u8; SEALED_CHUNK]) -> Result<(), SealError> {
        self.0.seal(buffer, false)
    }

    /// Seals the last chunk in place and ends the stream: `buffer` is up to [`CHUNK`] bytes of plaintext and [`TAG`]
    /// bytes of room. Without plaintext only if there was no chunk before it.
    pub fn seal_last(mut self, buffer: &mut [u8]) -> Result<(), SealError> {
        let plain = buffer.len().checked_sub(TAG).ok_or(SealError::Length)?;
        if plain > CHUNK || (plain == 0 && self.0.next > 0) {
            return Err(SealError::Length);
        }
        self.0.seal(buffer, true)
    }
}

/// Opens one stream from its beginning to its end. Only [`Opener::open_last`] says that nothing is missing: whoever
/// uses chunks before that must be ready to throw them away.
pub struct Opener(Position);

impl Opener {
    /// Starts at the beginning of the stream that was sealed under `key`.
    #[must_use]
    pub fn new(key: &Secret<StreamKey>) -> Self {
        Self(Position::start(key))
    }

    /// Goes on after the first `opened` chunks, which were opened and kept before. To open a chunk wherever it lies is safe;
    /// that those before it are really there is the caller's to know.
    #[must_use]
    pub fn resume(key: &Secret<StreamKey>, opened: u64) -> Self {
        Self(Position { next: opened, ..Position::start(key) })
    }

    /// Opens the next chunk in place: the plaintext is then in the first [`CHUNK`] bytes. Nothing is decrypted before
    /// the tag was found right.
    pub fn open_chunk(&mut self, buffer: &mut [u8; SEALED_CHUNK]) -> Result<(), OpenError> {
        self.0.open(buffer, false)
    }

    /// Opens the last chunk in place and says how many bytes of plaintext it has.
    pub fn open_last(mut self, buffer: &mut [u8]) -> Result<usize, OpenError> {
        self.try_last(buffer)
    }

    /// The same for an opener that goes on waiting if somebody sent a wrong one.
    pub(crate) fn try_last(&mut self, buffer: &mut [u8]) -> Result<usize, OpenError> {
        let plain = last_plain_len(buffer, self.0.next)?;
        self.0.open(buffer, true)?;
        Ok(plain)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(at chunk {}, key redacted)", self.0.next)
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opener(at chunk {}, key redacted)", self.0.next)
    }
}

/// Why a chunk is not sealed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealError {
    /// The last chunk has no room for the tag, more than [`CHUNK`] bytes, or is empty after full ones.
    #[error("the last chunk of a stream has a wrong length")]
    Length,
    /// The stream has reached [`CHUNKS_MAX`].
    #[error("the stream is too long")]
    TooLong,
}

/// The bytes are not this stream at this place. Why, would only help whoever changed them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the stream was damaged or changed")]
pub struct OpenError;

/// The cipher and the number of the next chunk.
struct Position {
    cipher: Aes256Gcm,
    next: u64,
}

impl Position {
    fn start(key: &Secret<StreamKey>) -> Self {
        Self { cipher: cipher_of(key), next: 0 }
    }

    fn seal(&mut self, buffer: &mut [u8], last: bool) -> Result<(), SealError> {
        if self.next >= CHUNKS_MAX {
            return Err(SealError::TooLong);
        }
        let (text, tag_place) = buffer.split_last_chunk_mut::<TAG>().ok_or(SealError::Length)?;
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce(self.next, last).into(), &[], InOutBuf::from(text))
            .map_err(|_| SealError::Length)?;
        tag_place.copy_from_slice(&tag);
        self.next += 1;
        Ok(())
    }

    fn open(&mut self, buffer: &mut [u8], last: bool) -> Result<(), OpenError> {
        open_at(&self.cipher, self.next, buffer, last)?;
        self.next += 1;
        Ok(())
    }
}

fn cipher_of(key: &Secret<StreamKey>) -> Aes256Gcm {
    Aes256Gcm::new(key.expose().into())
}

/// The length of the plaintext of a last chunk, if a last chunk at this place may have it: an empty one ends only a
/// stream that has nothing else, or one plaintext would have two encodings.
fn last_plain_len(buffer: &[u8], index: u64) -> Result<usize, OpenError> {
    let plain = buffer.len().checked_sub(TAG).ok_or(OpenError)?;
    if plain > CHUNK || (plain == 0 && index > 0) { Err(OpenError) } else { Ok(plain) }
}

fn open_at(cipher: &Aes256Gcm, index: u64, buffer: &mut [u8], last: bool) -> Result<(), OpenError> {
    if index >= CHUNKS_MAX {
        return Err(OpenError);
    }
    let (text, tag) = buffer.split_last_chunk_mut::<TAG>().ok_or(OpenError)?;
    cipher
        .decrypt_inout_detached(&nonce(index, last).into(), &[], InOutBuf::from(text), (&*tag).into())
        .map_err(|_| OpenError)
}

fn nonce(index: u64, last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&index.to_be_bytes());
    nonce[11] = last.into();
    nonce
}

#[cfg(test)]
mod age_rules;
#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_a_bijection() {
        for plain in (0..=300_000).step_by(997).chain([0, 1, 65_535, 65_536, 65_537, 131_072, CHUNKS_MAX * 65_536]) {
            assert_eq!(plain_len(sealed_len(plain).unwrap()), Some(plain));
        }
        assert_eq!(sealed_len(0), Some(16));
        assert_eq!(sealed_len(65_536), Some(65_552));
        assert_eq!(sealed_len(CHUNKS_MAX * 65_536 + 1), None);
        for impossible in [0, 15, 65_552 + 1, 65_552 + 16, u64::MAX] {
            assert_eq!(plain_len(impossible), None, "{impossible}");
        }
    }

    #[test]
    fn no_two_chunks_share_a_nonce() {
        assert_eq!(nonce(0, false), [0; 12]);
        assert_eq!(nonce(0x0102_0304_0506_0708, true), [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1]);
        assert_ne!(nonce(255, true), nonce(256, false));
    }

    #[test]
    fn a_stream_stops_at_its_greatest_length() {
        let mut sealer = Sealer::new(Secret::from_bytes([1; 32]));
        sealer.0.next = CHUNKS_MAX;
        assert_eq!(sealer.seal_last(&mut [0; 17]), Err(SealError::TooLong));
        let mut opener = Opener::new(&Secret::from_bytes([1; 32]));
        opener.0.next = CHUNKS_MAX;
        assert_eq!(opener.open_last(&mut [0; 17]), Err(OpenError));
    }

    #[test]
    fn a_last_chunk_of_a_wrong_length_is_not_sealed() {
        let sealer = || Sealer::new(Secret::from_bytes([1; 32]));
        assert_eq!(sealer().seal_last(&mut [0; 15]), Err(SealError::Length));
        assert_eq!(sealer().seal_last(&mut alloc::vec![0; SEALED_CHUNK + 1]), Err(SealError::Length));
        let mut after_one = sealer();
        after_one.seal_chunk(&mut [0; SEALED_CHUNK]).unwrap();
        assert_eq!(after_one.seal_last(&mut [0; 16]), Err(SealError::Length));
    }
}
