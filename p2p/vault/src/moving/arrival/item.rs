//! An item that is there, read as what it is.

use crate::{
    blobs::NAMED_BY,
    error::{Damage, StorageError},
};
use nyx_crypto::{
    content::ContentHasher,
    moving::{Content, Finished, ItemOpener, TransferKeys},
    stream::{CHUNK, SEALED_CHUNK, TAG},
};
use nyx_wire::{
    moving::ItemKind,
    vault::{blob_magic, blob_name_kind},
};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};
use zeroize::Zeroizing;

/// Opens the chunks of a stored item, from the beginning.
pub(super) struct StoredItem {
    file: File,
    opener: ItemOpener,
    left: u64,
    chunk: Zeroizing<Vec<u8>>,
    /// What of the chunk is plain, and not handed on yet.
    plain: std::ops::Range<usize>,
    /// Of the file: what it would be called as a blob.
    sealed: ContentHasher,
    name: String,
}

impl StoredItem {
    pub(super) fn open(
        path: &Path,
        kind: Option<ItemKind>,
        content: &Content,
        keys: &TransferKeys,
    ) -> Result<Self, StorageError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StorageError::Damaged(Damage::BlobMissing(name)));
            }
            opened => opened?,
        };
        let mut begin = begin_of(kind);
        file.read_exact(&mut begin)?;
        // Of what hash its name will be, its beginning says: it may have come to an earlier version of this program.
        let named_by = begin.as_slice().try_into().ok().and_then(blob_name_kind).unwrap_or(NAMED_BY);
        let mut sealed = ContentHasher::new(named_by);
        sealed.update(&begin);
        let (opener, chunk) = (keys.opens(content), Zeroizing::new(Vec::with_capacity(SEALED_CHUNK)));
        Ok(Self { file, opener, left: content.bytes, chunk, plain: 0..0, sealed, name })
    }

    /// Opens the next chunk; `false` at the end, when all of it was found right.
    pub(super) fn advance(&mut self) -> Result<bool, StorageError> {
        match self.opener.finished() {
            Finished::Right => return Ok(false),
            Finished::Not => {}
            Finished::Wrong | Finished::Unknown => return Err(self.changed()),
        }
        let plain = usize::try_from(self.left).unwrap_or(CHUNK).min(CHUNK);
        self.chunk.resize(plain + TAG, 0);
        self.file.read_exact(&mut self.chunk).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.changed(),
            _ => error.into(),
        })?;
        self.sealed.update(&self.chunk[..]);
        let opened = self.opener.open_chunk(&mut self.chunk).map_err(|_| self.changed())?;
        self.left -= opened as u64;
        self.plain = 0..opened;
        Ok(true)
    }

    /// What is plain of the chunk that was opened last.
    pub(super) fn plain(&self) -> &[u8] {
        &self.chunk[self.plain.clone()]
    }

    /// What the file is called as a blob, at the end.
    pub(super) fn blob(self) -> [u8; 32] {
        self.sealed.finish().digest()
    }

    /// Reads all of it for its name.
    pub(super) fn read_name(mut self) -> Result<[u8; 32], StorageError> {
        while self.advance()? {}
        Ok(self.blob())
    }

    fn changed(&self) -> StorageError {
        StorageError::Damaged(Damage::BlobChanged(self.name.clone()))
    }
}

impl Read for StoredItem {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.plain.is_empty() {
            if !self.advance().map_err(io::Error::other)? {
                return Ok(0);
            }
            if self.plain.is_empty() && self.left == 0 {
                break;
            }
        }
        let read = buffer.len().min(self.plain.len());
        buffer[..read].copy_from_slice(&self.chunk[self.plain.start..self.plain.start + read]);
        self.plain.start += read;
        Ok(read)
    }
}

/// What stands before the stream in the file: an attachment is to be a blob as it lies.
pub(super) fn begin_of(kind: Option<ItemKind>) -> Vec<u8> {
    match kind {
        Some(ItemKind::Attachment) => blob_magic(NAMED_BY).to_vec(),
        Some(ItemKind::Rows) | None => Vec::new(),
    }
}
