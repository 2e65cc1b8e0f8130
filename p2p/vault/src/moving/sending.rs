//! Chunks of items, out of finished streams that lie in the vault. Nothing comes into the open: a chunk is proven to be the
//! one that was sealed, and sealed again under the item's key, in the same place.

use super::{Transfer, item_name, transfer_name};
use crate::{
    blobs,
    error::{Damage, StorageError},
    files::{forget, forget_before},
    reader::Called,
    sealing::{self, BlobKek},
    vault::Vault,
};
use nyx_crypto::{
    moving::{Content, TransferKeys},
    purposes::StreamKey,
    secret::Secret,
    stream::{CHUNK, Reader, Resealer, SEALED_CHUNK, open_whole, sealed_len},
};
use nyx_wire::{
    content::ContentHash,
    moving::ChunkHead,
    vault::{BLOB_MAGIC_LEN, blob_name_kind},
};
use std::{
    collections::VecDeque,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::PathBuf,
};

/// The items of a move, whose chunks can be asked for in any order and as often as somebody likes: a place has one content. It is
/// quickest in the order of the sequence.
pub struct OutgoingItems<'v> {
    vault: &'v Vault,
    keys: &'v TransferKeys,
    /// What the vault knows of the items that are likely to be asked for next, in their order.
    known: VecDeque<Known>,
    /// The item of more than one chunk that was read last.
    open: Option<Open>,
}

/// What the vault knows of an item.
struct Known {
    item: u32,
    content: ContentHash,
    /// The attachment that it is, if it is one.
    blob: Option<[u8; 32]>,
    wrapped: Vec<u8>,
}

struct Open {
    item: u32,
    file: File,
    begin: u64,
    stream: Resealer,
    name: String,
}

impl Vault {
    /// The items of the move that these keys are for.
    #[must_use]
    pub const fn outgoing<'v>(&'v self, keys: &'v TransferKeys) -> OutgoingItems<'v> {
        OutgoingItems { vault: self, keys, known: VecDeque::new(), open: None }
    }

    fn item_key(&self, wrapped: &[u8], place: &[u8]) -> Result<Secret<StreamKey>, StorageError> {
        sealing::unwrap_blob_key(BlobKek::Vault(&self.keys.blobs), wrapped, place)
            .ok_or(StorageError::Damaged(Damage::Row("move_items", 0)))
    }

    fn item_path(&self, transfer: &Transfer, item: u32) -> PathBuf {
        self.home.moving().join(transfer_name(transfer)).join(item_name(item))
    }
}

impl OutgoingItems<'_> {
    /// Adds a chunk of an item to `message`, sealed under the item's key. A chunk that changed on the disk is an error, after which
    /// what `message` holds is of no use.
    pub fn read(&mut self, at: ChunkHead, content: &Content, message: &mut Vec<u8>) -> Result<(), StorageError> {
        if content.bytes <= CHUNK as u64 && at.chunk == 0 {
            return self.read_short(at.item, content, message);
        }
        let open = match self.open.take() {
            Some(open) if open.item == at.item => open,
            _ => self.open_long(at.item, content)?,
        };
        self.open.insert(open).read(at.chunk, message)
    }

    /// All of an item that has one chunk, with as little as can be done for it: of such a move this is most of the work.
    fn read_short(&mut self, item: u32, content: &Content, message: &mut Vec<u8>) -> Result<(), StorageError> {
        let known = self.known(item, content)?;
        let (key, place) = (known.key(self.vault)?, known.place(self.vault, self.keys));
        let (begin, start) = (place.begin, message.len());
        let sealed = sealed_len(content.bytes).and_then(|sealed| usize::try_from(sealed).ok()).unwrap_or(0);
        // One more than there should be: a file that is longer is another.
        message.resize(start + begin + sealed + 1, 0);
        let mut file = place.open()?;
        let read = read_up_to(&mut file, &mut message[start..])?;
        if read != begin + sealed || !place.begins_with(&message[start..start + begin]) {
            return Err(place.changed());
        }
        forget(&file);
        message.truncate(start + read);
        message.drain(start..start + begin);
        self.keys.reseal_short(content, &key, &mut message[start..]).map_err(|_| place.changed())
    }

    fn open_long(&mut self, item: u32, content: &Content) -> Result<Open, StorageError> {
        let known = self.known(item, content)?;
        let (key, place) = (known.key(self.vault)?, known.place(self.vault, self.keys));
        let mut file = place.open()?;
        let mut begin = vec![0; place.begin];
        let sealed = file.metadata()?.len().checked_sub(begin.len() as u64).filter(|sealed| *sealed > 0);
        let sealed = sealed.ok_or_else(|| place.changed())?;
        file.read_exact(&mut begin)?;
        let last = (sealed - 1) / SEALED_CHUNK as u64 * SEALED_CHUNK as u64;
        file.seek(SeekFrom::Start(begin.len() as u64 + last))?;
        let mut chunk = vec![0; usize::try_from(sealed - last).unwrap_or(SEALED_CHUNK)];
        file.read_exact(&mut chunk)?;
        let reader = Reader::new(&key, sealed, &mut chunk).ok().filter(|_| place.begins_with(&begin));
        let stream = reader.and_then(|reader| self.keys.reseals(content, reader).ok());
        let stream = stream.ok_or_else(|| place.changed())?;
        Ok(Open { item, file, begin: begin.len() as u64, stream, name: place.name() })
    }

    /// What the vault knows of an item, and of those behind it, because they are asked for next: a look for each of 100,000 small
    /// files would be most of what they cost.
    fn known(&mut self, item: u32, content: &Content) -> Result<Known, StorageError> {
        while self.known.front().is_some_and(|known| known.item < item) {
            self.known.pop_front();
        }
        if self.known.front().is_none_or(|known| known.item != item) {
            let transfer = self.keys.transfer();
            let known = self.vault.read::<_, StorageError>(|reader| {
                reader.all(FROM_ITEM, rusqlite::params![transfer, item, AHEAD], |row| {
                    let Called(content) = row.get(1)?;
                    Ok(Known { item: row.get(0)?, content, blob: row.get(2)?, wrapped: row.get(3)? })
                })
            })?;
            self.known = known.into();
        }
        let known = self.known.pop_front().filter(|known| known.item == item && known.content == content.hash);
        known.ok_or(StorageError::Damaged(Damage::Row("move_items", item.into())))
    }
}

impl Known {
    fn key(&self, vault: &Vault) -> Result<Secret<StreamKey>, StorageError> {
        vault.item_key(&self.wrapped, self.blob.as_ref().map_or(self.content.as_bytes(), <[u8; 32]>::as_slice))
    }

    fn place(&self, vault: &Vault, keys: &TransferKeys) -> Place {
        match &self.blob {
            Some(hash) => Place { path: blobs::path_of(&vault.home.blobs(), hash), begin: BLOB_MAGIC_LEN },
            None => Place { path: vault.item_path(&keys.transfer(), self.item), begin: 0 },
        }
    }
}

/// Where an item lies, and how much stands before its stream.
struct Place {
    path: PathBuf,
    begin: usize,
}

impl Place {
    fn open(&self) -> Result<File, StorageError> {
        File::open(&self.path).map_err(|error| missing(error, || self.name()))
    }

    /// A blob says what its name is a hash of; packs and indexes begin with their stream.
    fn begins_with(&self, begin: &[u8]) -> bool {
        begin.len() == self.begin
            && (begin.is_empty() || begin.try_into().is_ok_and(|magic| blob_name_kind(magic).is_some()))
    }

    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn changed(&self) -> StorageError {
        StorageError::Damaged(Damage::BlobChanged(self.name()))
    }
}

impl Open {
    fn read(&mut self, index: u32, message: &mut Vec<u8>) -> Result<(), StorageError> {
        let (index, start) = (u64::from(index), message.len());
        message.resize(start + SEALED_CHUNK, 0);
        let buffer = &mut message[start..];
        let length = blobs::fetch(&mut self.file, self.begin, self.stream.source(), index, buffer)?;
        self.stream
            .reseal_chunk(index, &mut buffer[..length])
            .map_err(|_| StorageError::Damaged(Damage::BlobChanged(self.name.clone())))?;
        message.truncate(start + length);
        if (index + 1).is_multiple_of(FORGET_EVERY) {
            forget_before(&self.file, self.begin + index * SEALED_CHUNK as u64);
        }
        Ok(())
    }
}

/// What was sent is not read here again soon, and is as large as all that the system remembers.
impl Drop for Open {
    fn drop(&mut self) {
        forget(&self.file);
    }
}

impl std::fmt::Debug for OutgoingItems<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutgoingItems({} known, keys redacted)", self.known.len())
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
    let sealed = fs::read(vault.item_path(transfer, item)).map_err(|error| missing(error, || item_name(item)))?;
    let plain = open_whole(&key, &sealed).map_err(|_| changed())?;
    Ok(plain.to_vec())
}

/// Reads until `buffer` is full or the file ends.
fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn missing(error: io::Error, name: impl FnOnce() -> String) -> StorageError {
    match error.kind() {
        io::ErrorKind::NotFound => StorageError::Damaged(Damage::BlobMissing(name())),
        _ => error.into(),
    }
}

/// Chunks of a long file, 8 MiB: seldom enough to cost nothing.
const FORGET_EVERY: u64 = 128;
/// Items that are looked up at once: as many small ones as have 2 MiB.
const AHEAD: u32 = 256;
const FROM_ITEM: &str =
    "SELECT item, content, blob, key FROM move_items WHERE transfer = ?1 AND item >= ?2 ORDER BY item LIMIT ?3";

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn items_are_found_without_walking_over_others_and_in_their_order() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let params = rusqlite::params![[0_u8; 16], 7, AHEAD];
        let plan: String =
            connection.query_row(&format!("EXPLAIN QUERY PLAN {FROM_ITEM}"), params, |row| row.get("detail")).unwrap();
        assert!(plan.contains("SEARCH") && plan.contains("(transfer=? AND item>?)"), "{plan}");
    }
}
