//! Chunks of items, out of finished streams that lie in the vault. Nothing comes into the open: a chunk is proven to be the
//! one that was sealed, and sealed again under the item's key, in the same place.

use super::{Transfer, item_name, transfer_name};
use crate::{
    blobs,
    error::{Damage, StorageError},
    files::{forget, forget_before},
    sealing::{self, BlobKek},
    vault::Vault,
};
use nyx_crypto::{
    moving::{Content, TransferKeys},
    purposes::StreamKey,
    secret::Secret,
    stream::{Reader, Resealer, SEALED_CHUNK, open_whole},
};
use nyx_wire::vault::BLOB_MAGIC_LEN;
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// An item of a move whose chunks can be asked for, in any order and as often as somebody likes: a place has one content.
pub struct OutgoingItem {
    file: File,
    begin: u64,
    stream: Resealer,
    content: Content,
    name: String,
}

impl Vault {
    /// Opens the item of a move that has this content.
    pub fn open_item(&self, keys: &TransferKeys, content: &Content) -> Result<OutgoingItem, StorageError> {
        let transfer = keys.transfer();
        let found = self.read::<_, StorageError>(|reader| {
            reader.one(BY_CONTENT, rusqlite::params![transfer, content.hash.as_bytes()], |row| {
                Ok((row.get::<_, u32>(0)?, row.get::<_, Option<[u8; 32]>>(1)?, row.get::<_, Vec<u8>>(2)?))
            })
        })?;
        let (item, blob, wrapped) = found.ok_or(StorageError::Damaged(Damage::Row("move_items", 0)))?;
        let (file, reader, begin, name) = match blob {
            Some(hash) => {
                let key = self.item_key(&wrapped, &hash)?;
                let (file, reader) = blobs::open(&self.home.blobs(), hash, &key)?.into_parts();
                (file, reader, BLOB_MAGIC_LEN as u64, blobs::name_of(&hash))
            }
            None => {
                let key = self.item_key(&wrapped, content.hash.as_bytes())?;
                let path = self.item_path(&transfer, item);
                let (file, reader) = open_stream(&path, &key)?;
                (file, reader, 0, item_name(item))
            }
        };
        let stream =
            keys.reseals(content, reader).map_err(|_| StorageError::Damaged(Damage::BlobChanged(name.clone())))?;
        Ok(OutgoingItem { file, begin, stream, content: *content, name })
    }

    fn item_key(&self, wrapped: &[u8], place: &[u8]) -> Result<Secret<StreamKey>, StorageError> {
        sealing::unwrap_blob_key(BlobKek::Vault(&self.keys.blobs), wrapped, place)
            .ok_or(StorageError::Damaged(Damage::Row("move_items", 0)))
    }

    fn item_path(&self, transfer: &Transfer, item: u32) -> PathBuf {
        self.home.moving().join(transfer_name(transfer)).join(item_name(item))
    }
}

impl OutgoingItem {
    /// What it is.
    #[must_use]
    pub const fn content(&self) -> Content {
        self.content
    }

    /// Chunk `index` in the beginning of `buffer`, which has room for a whole one
    /// ([`SEALED_CHUNK`](nyx_crypto::stream::SEALED_CHUNK)). A chunk that changed on the disk is an error and gives nothing.
    pub fn chunk<'b>(&mut self, index: u32, buffer: &'b mut [u8]) -> Result<&'b [u8], StorageError> {
        let index = u64::from(index);
        let length = blobs::fetch(&mut self.file, self.begin, self.stream.source(), index, buffer)?;
        let chunk = &mut buffer[..length];
        self.stream
            .reseal_chunk(index, chunk)
            .map_err(|_| StorageError::Damaged(Damage::BlobChanged(self.name.clone())))?;
        if (index + 1).is_multiple_of(FORGET_EVERY) {
            forget_before(&self.file, self.begin + index * SEALED_CHUNK as u64);
        }
        Ok(chunk)
    }
}

/// What was sent is not read here again soon, and is as large as all that the system remembers.
impl Drop for OutgoingItem {
    fn drop(&mut self) {
        forget(&self.file);
    }
}

impl std::fmt::Debug for OutgoingItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutgoingItem({} bytes, keys redacted)", self.content.bytes)
    }
}

/// All of a stream that fits in memory.
pub(super) fn read_whole(
    vault: &Vault,
    transfer: &Transfer,
    item: u32,
    content: &[u8; 32],
    wrapped: &[u8],
) -> Result<Vec<u8>, StorageError> {
    let changed = || StorageError::Damaged(Damage::BlobChanged(item_name(item)));
    let key = vault.item_key(wrapped, content)?;
    let sealed = fs::read(vault.item_path(transfer, item)).map_err(|error| missing(error, item))?;
    let plain = open_whole(&key, &sealed).map_err(|_| changed())?;
    Ok(plain.to_vec())
}

fn open_stream(path: &Path, key: &Secret<StreamKey>) -> Result<(File, Reader), StorageError> {
    let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let changed = || StorageError::Damaged(Damage::BlobChanged(name()));
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StorageError::Damaged(Damage::BlobMissing(name())));
        }
        opened => opened?,
    };
    let sealed = file.metadata()?.len();
    let last = sealed.checked_sub(1).ok_or_else(changed)? / SEALED_CHUNK as u64 * SEALED_CHUNK as u64;
    file.seek(SeekFrom::Start(last))?;
    let mut chunk = vec![0; usize::try_from(sealed - last).unwrap_or(SEALED_CHUNK)];
    file.read_exact(&mut chunk)?;
    let reader = Reader::new(key, sealed, &mut chunk).map_err(|_| changed())?;
    Ok((file, reader))
}

fn missing(error: io::Error, item: u32) -> StorageError {
    match error.kind() {
        io::ErrorKind::NotFound => StorageError::Damaged(Damage::BlobMissing(item_name(item))),
        _ => error.into(),
    }
}

/// Chunks of a long file, 8 MiB: seldom enough to cost nothing.
const FORGET_EVERY: u64 = 128;
/// Without being told, SQLite walks all items of the move: for each of 100,000 small files, that is most of what they cost.
const BY_CONTENT: &str =
    "SELECT item, blob, key FROM move_items INDEXED BY move_items_by_content WHERE transfer = ?1 AND content = ?2";

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn an_item_is_found_without_walking_over_the_others() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let plan: String = connection
            .query_row(&format!("EXPLAIN QUERY PLAN {BY_CONTENT}"), [[0; 16].as_slice(), [0; 32].as_slice()], |row| {
                row.get("detail")
            })
            .unwrap();
        assert!(plan.contains("(transfer=? AND content=?)"), "{plan}");
    }
}
