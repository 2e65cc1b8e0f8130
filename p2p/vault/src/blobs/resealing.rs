//! Out of the vault without coming into the open: the chunks of a blob, sealed again for another device.

use super::reading::BlobReader;
use crate::error::StorageError;
use nyx_crypto::{purposes::StreamKey, secret::Secret, stream::Resealer};
use std::fs::File;

/// The chunks of an attachment under another key, any of them at any time: a transfer that broke off goes on with the
/// bytes that it would have had.
pub struct ResealedBlob {
    file: File,
    stream: Resealer,
    hash: [u8; 32],
}

impl BlobReader {
    /// Hands the chunks out under another key, which must belong to this content alone: derive it from its hash.
    #[must_use]
    pub fn resealed(self, key: &Secret<StreamKey>) -> ResealedBlob {
        let (file, stream, hash) = self.into_parts();
        ResealedBlob { file, stream: Resealer::new(stream, key), hash }
    }
}

impl ResealedBlob {
    /// How many chunks there are; never none.
    #[must_use]
    pub const fn chunks(&self) -> u64 {
        self.stream.source().chunks()
    }

    /// Chunk `index` in the beginning of `buffer`, which has room for a whole one
    /// ([`SEALED_CHUNK`](nyx_crypto::stream::SEALED_CHUNK)). A chunk that changed on the disk is an error and gives nothing.
    pub fn chunk<'b>(&mut self, index: u64, buffer: &'b mut [u8]) -> Result<&'b [u8], StorageError> {
        let length = super::reading::fetch(&mut self.file, self.stream.source(), index, buffer)?;
        let chunk = &mut buffer[..length];
        self.stream.reseal_chunk(index, chunk).map_err(|_| super::changed(&self.hash))?;
        Ok(chunk)
    }
}

impl std::fmt::Debug for ResealedBlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ResealedBlob({} chunks, keys redacted)", self.chunks())
    }
}
