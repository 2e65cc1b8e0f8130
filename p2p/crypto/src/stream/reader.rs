//! Any chunk of a finished stream, in any order.

use super::{CHUNK, OpenError, SEALED_CHUNK, cipher_of, last_plain_len, open_at, plain_len};
use crate::{purposes::StreamKey, secret::Secret};
use aes_gcm::Aes256Gcm;
use core::fmt;

/// Opens chunks of a stream whose length it has proven.
pub struct Reader {
    cipher: Aes256Gcm,
    chunks: u64,
    plain_len: u64,
}

impl Reader {
    /// Starts with the end: `last` is the last chunk of the `sealed_len` bytes, opened in place. A stream cut at a chunk's
    /// edge would otherwise read well up to the cut, so there is no reader before the end was found to be the end.
    pub fn new(key: &Secret<StreamKey>, sealed_len: u64, last: &mut [u8]) -> Result<Self, OpenError> {
        let plain_len = plain_len(sealed_len).ok_or(OpenError)?;
        let chunks = sealed_len.div_ceil(SEALED_CHUNK as u64);
        let reader = Self { cipher: cipher_of(key), chunks, plain_len };
        reader.open_chunk(chunks - 1, last)?;
        Ok(reader)
    }

    /// Opens chunk `index` in place and says how many bytes of plaintext it has. `sealed` is exactly that chunk.
    pub fn open_chunk(&self, index: u64, sealed: &mut [u8]) -> Result<usize, OpenError> {
        if index >= self.chunks || sealed.len() as u64 != self.sealed_chunk_len(index) {
            return Err(OpenError);
        }
        let plain = last_plain_len(sealed, index)?;
        open_at(&self.cipher, index, sealed, index == self.chunks - 1)?;
        Ok(plain)
    }

    /// Bytes of plaintext in the whole stream.
    #[must_use]
    pub const fn plain_len(&self) -> u64 {
        self.plain_len
    }

    /// How many chunks there are; never none.
    #[must_use]
    pub const fn chunks(&self) -> u64 {
        self.chunks
    }

    /// How many sealed bytes chunk `index` has; it begins at `index * SEALED_CHUNK`.
    #[must_use]
    pub const fn sealed_chunk_len(&self, index: u64) -> u64 {
        if index + 1 < self.chunks {
            SEALED_CHUNK as u64
        } else {
            self.plain_len - (self.chunks - 1) * CHUNK as u64 + super::TAG as u64
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({} chunks, key redacted)", self.chunks)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{seal_whole, sealed_len};
    use super::*;
    use alloc::vec::Vec;

    fn key() -> Secret<StreamKey> {
        Secret::from_bytes([3; 32])
    }

    fn reader(sealed: &[u8]) -> Result<Reader, OpenError> {
        let begin = (sealed.len().max(1) - 1) / SEALED_CHUNK * SEALED_CHUNK;
        Reader::new(&key(), sealed.len() as u64, &mut sealed[begin..].to_vec())
    }

    #[test]
    fn every_chunk_opens_at_its_place_and_nowhere_else() {
        for length in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let plain: Vec<u8> = (0..length).map(|place| (place / 7) as u8).collect();
            let sealed = seal_whole(key(), &plain).unwrap();
            assert_eq!(sealed.len() as u64, sealed_len(length as u64).unwrap());
            let reader = reader(&sealed).unwrap();
            assert_eq!(reader.plain_len(), length as u64);
            for (index, chunk) in sealed.chunks(SEALED_CHUNK).enumerate() {
                let mut buffer = chunk.to_vec();
                let opened = reader.open_chunk(index as u64, &mut buffer).unwrap();
                assert_eq!(buffer[..opened], plain[index * CHUNK..][..opened]);
                for other in (0..reader.chunks() + 1).filter(|other| *other != index as u64) {
                    assert!(reader.open_chunk(other, &mut chunk.to_vec()).is_err());
                }
            }
            assert!(reader.open_chunk(u64::MAX, &mut [0; 16]).is_err());
        }
    }

    #[test]
    fn a_stream_cut_at_a_chunks_edge_gets_no_reader() {
        let sealed = seal_whole(key(), &[9; 3 * CHUNK]).unwrap();
        for cut in [0, SEALED_CHUNK, 2 * SEALED_CHUNK, 2 * SEALED_CHUNK + 100] {
            assert!(reader(&sealed[..cut]).is_err());
        }
    }
}
