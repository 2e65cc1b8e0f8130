//! Out of the vault: nothing is handed on that was not verified.

use super::{changed, name_of, path_of};
use crate::error::{Damage, StorageError};
use nyx_crypto::{
    content::ContentHasher,
    purposes::StreamKey,
    secret::Secret,
    stream::{CHUNK, OpenError, Reader, SEALED_CHUNK},
};
use nyx_wire::{
    content::{ContentHash, HashKind},
    vault::{BLOB_MAGIC_LEN, blob_magic, blob_name_kind},
};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// Reads an attachment from any place. Each chunk is verified before a byte of it comes out; a changed one is an error
/// of kind `InvalidData`.
pub struct BlobReader {
    file: File,
    stream: Reader,
    hash: [u8; 32],
    /// Of what hash of the file that is.
    named_by: HashKind,
    position: u64,
    chunk: Zeroizing<Vec<u8>>,
    /// Which chunk `chunk` holds, and how much of it is content.
    held: Option<(u64, usize)>,
}

/// Opens the blob with this hash.
pub(crate) fn open(blobs: &Path, hash: [u8; 32], key: &Secret<StreamKey>) -> Result<BlobReader, StorageError> {
    let changed = || changed(&hash);
    let mut file = match File::open(path_of(blobs, &hash)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StorageError::Damaged(Damage::BlobMissing(name_of(&hash))));
        }
        Err(error) => return Err(error.into()),
    };
    let mut magic = [0; BLOB_MAGIC_LEN];
    let length = file.metadata()?.len();
    let sealed = length.checked_sub(magic.len() as u64).filter(|sealed| *sealed > 0).ok_or_else(changed)?;
    file.read_exact(&mut magic)?;
    let named_by = blob_name_kind(&magic).ok_or_else(changed)?;
    let mut chunk = Zeroizing::new(vec![0; SEALED_CHUNK]);
    let last = (sealed - 1) / SEALED_CHUNK as u64 * SEALED_CHUNK as u64;
    file.seek(SeekFrom::Start(magic.len() as u64 + last))?;
    let last = &mut chunk[..(sealed - last) as usize];
    file.read_exact(last)?;
    let stream = Reader::new(key, sealed, last).map_err(|OpenError| changed())?;
    Ok(BlobReader { file, stream, hash, named_by, position: 0, chunk, held: None })
}

impl BlobReader {
    /// Length of the content.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.stream.plain_len()
    }

    /// Writes what is left into `sink`. `progress` hears the bytes done so far and answers whether to go on.
    pub fn copy_to(&mut self, sink: &mut dyn Write, progress: &mut dyn FnMut(u64) -> bool) -> Result<(), CopyError> {
        while self.load()? {
            let (place, length) = self.place();
            sink.write_all(&self.chunk[place..length]).map_err(CopyError::Sink)?;
            self.position += (length - place) as u64;
            if !progress(self.position) {
                return Err(CopyError::Cancelled);
            }
        }
        Ok(())
    }

    /// Reads everything once: is the file still the one that its name says, and the content the one that was stored?
    pub(crate) fn verify(
        mut self,
        size: u64,
        content: &ContentHash,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), CopyError> {
        let (mut ciphertext, mut plain) = (ContentHasher::new(self.named_by), ContentHasher::new(content.kind()));
        ciphertext.update(&blob_magic(self.named_by));
        for index in 0..self.stream.chunks() {
            let sealed = self.fetch(index)?;
            ciphertext.update(&self.chunk[..sealed]);
            let length = self.decrypt(index, sealed)?;
            plain.update(&self.chunk[..length]);
            if !progress((index * CHUNK as u64) + length as u64) {
                return Err(CopyError::Cancelled);
            }
        }
        let same = self.size() == size && ciphertext.finish().digest() == self.hash && plain.finish() == *content;
        if same { Ok(()) } else { Err(self.changed().into()) }
    }

    /// Has the chunk at the position in `chunk`, unless the end is reached.
    fn load(&mut self) -> Result<bool, StorageError> {
        if self.position >= self.size() {
            return Ok(false);
        }
        let index = self.position / CHUNK as u64;
        if self.held.is_none_or(|(held, _)| held != index) {
            self.held = None;
            let sealed = self.fetch(index)?;
            let length = self.decrypt(index, sealed)?;
            self.held = Some((index, length));
        }
        Ok(true)
    }

    /// Where in `chunk` the position is, and where its content ends.
    fn place(&self) -> (usize, usize) {
        ((self.position % CHUNK as u64) as usize, self.held.map_or(0, |(_, length)| length))
    }

    fn fetch(&mut self, index: u64) -> Result<usize, StorageError> {
        fetch(&mut self.file, BLOB_MAGIC_LEN as u64, &self.stream, index, &mut self.chunk)
    }

    fn decrypt(&mut self, index: u64, sealed: usize) -> Result<usize, StorageError> {
        self.stream.open_chunk(index, &mut self.chunk[..sealed]).map_err(|OpenError| self.changed())
    }

    fn changed(&self) -> StorageError {
        changed(&self.hash)
    }
}

/// Reads the sealed bytes of a chunk of the stream that begins at `begin`; tells how many there are. Whoever asks may be
/// another device: a place that there is none of is an error.
pub(crate) fn fetch(
    file: &mut File,
    begin: u64,
    stream: &Reader,
    index: u64,
    buffer: &mut [u8],
) -> Result<usize, StorageError> {
    let outside = || io::Error::from(io::ErrorKind::InvalidInput);
    if index >= stream.chunks() {
        return Err(outside().into());
    }
    let sealed = stream.sealed_chunk_len(index) as usize;
    let buffer = buffer.get_mut(..sealed).ok_or_else(outside)?;
    file.seek(SeekFrom::Start(begin + index * SEALED_CHUNK as u64))?;
    file.read_exact(buffer)?;
    Ok(sealed)
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || !self.load().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))? {
            return Ok(0);
        }
        let (place, length) = self.place();
        let read = buffer.len().min(length - place);
        buffer[..read].copy_from_slice(&self.chunk[place..place + read]);
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(back) => self.size().checked_add_signed(back),
            SeekFrom::Current(step) => self.position.checked_add_signed(step),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl std::fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlobReader({} of {} bytes, key redacted)", self.position, self.size())
    }
}

/// Why an attachment did not get out whole.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Where the bytes go.
    #[error("the target cannot be written: {0}")]
    Sink(#[source] io::Error),
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// Where they come from.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
