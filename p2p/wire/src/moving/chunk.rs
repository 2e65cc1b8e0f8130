//! A chunk of an item, as it travels in bulk. No CBOR: a gigabyte passes through in pieces of 64 KiB.

use super::{CHUNK_HEAD_LEN, SEALED_CHUNK_MAX};
use crate::codec::DecodeError;

/// Where a sealed chunk belongs. It stands before the chunk in the same message; behind it there may be those of the places that
/// follow, each as long as the index says.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ChunkHead {
    /// Which item of the whole sequence; indexes are items too.
    pub item: u32,
    /// Which chunk of the item.
    pub chunk: u32,
}

/// The tag alone: a chunk of an empty item.
const SEALED_CHUNK_MIN: usize = 16;

impl ChunkHead {
    /// The bytes before the chunk.
    #[must_use]
    pub fn to_bytes(self) -> [u8; CHUNK_HEAD_LEN] {
        (u64::from(self.item) << 32 | u64::from(self.chunk)).to_be_bytes()
    }

    /// Reads a message: where it belongs, and what is sealed.
    pub fn parse(message: &[u8]) -> Result<(Self, &[u8]), DecodeError> {
        let (head, sealed) = message.split_first_chunk().ok_or(DecodeError::Malformed)?;
        if sealed.len() > SEALED_CHUNK_MAX {
            return Err(DecodeError::TooLarge);
        }
        if sealed.len() < SEALED_CHUNK_MIN {
            return Err(DecodeError::Malformed);
        }
        let both = u64::from_be_bytes(*head);
        Ok((Self { item: (both >> 32) as u32, chunk: both as u32 }, sealed))
    }
}
