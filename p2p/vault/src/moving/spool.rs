//! Items of an outgoing move: packs and indexes as finished streams in a folder of the home, attachments where they lie.

use super::{PrepareError, Transfer, item_name, transfer_name};
use crate::{
    error::StorageError,
    files::{create_private, make_dir, sync_dir},
    random,
    reader::{Called, stored},
    sealing::{self, BlobKek},
    vault::Vault,
};
use nyx_crypto::{moving::Content, purposes::StreamKey, secret::Secret, stream::seal_whole};
use nyx_wire::{
    content::{ContentHash, HashKind},
    moving::{ITEMS_MAX, Index, Item, ItemKind, PACK_BYTES_MAX},
};
use rusqlite::params;
use std::{
    collections::{HashMap, HashSet},
    fs,
    io::Write,
    path::PathBuf,
};

/// Which index an item belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    First = 0,
    Last = 1,
}

/// Takes items and puts an index together.
pub(super) struct Spool<'v> {
    vault: &'v Vault,
    transfer: Transfer,
    dir: PathBuf,
    part: Part,
    /// The number of the index itself; its items follow.
    index: u32,
    items: Vec<Item>,
    /// Attachments that were added.
    has: HashSet<ContentHash>,
    /// What the index before has, and whether it is still part of the account.
    before: HashMap<ContentHash, Before>,
    /// Rows to be written soon.
    entries: Vec<Entry>,
}

struct Before {
    place: u32,
    stays: bool,
}

struct Entry {
    item: u32,
    content: ContentHash,
    bytes: u64,
    blob: Option<[u8; 32]>,
    key: Vec<u8>,
    stop: Option<Vec<u8>>,
}

impl<'v> Spool<'v> {
    /// For a first index.
    pub(super) fn first(vault: &'v Vault, transfer: Transfer) -> Result<Self, StorageError> {
        Self::of(vault, transfer, Part::First, 0, HashMap::new())
    }

    /// For the last one, after what the first has. What an attempt before this one left is gone.
    pub(super) fn last(vault: &'v Vault, transfer: Transfer) -> Result<Self, StorageError> {
        let mut before = HashMap::new();
        vault.commit_anyway::<_, StorageError>(|tx| {
            tx.execute("DELETE FROM move_items WHERE transfer = ?1 AND part = 1", [transfer])?;
            tx.all(
                "SELECT item, content FROM move_items WHERE transfer = ?1 AND part = 0 AND item > 0",
                [transfer],
                |row| {
                    let (item, Called(content)) = (row.get::<_, u32>(0)?, row.get(1)?);
                    before.insert(content, Before { place: item.saturating_sub(1), stays: false });
                    Ok(())
                },
            )
        })?;
        let index = u32::try_from(before.len()).unwrap_or(u32::MAX - 1) + 1;
        Self::of(vault, transfer, Part::Last, index, before)
    }

    fn of(
        vault: &'v Vault,
        transfer: Transfer,
        part: Part,
        index: u32,
        before: HashMap<ContentHash, Before>,
    ) -> Result<Self, StorageError> {
        let all = vault.home.moving();
        make_dir(&all)?;
        let dir = all.join(transfer_name(&transfer));
        make_dir(&dir)?;
        Ok(Self {
            vault,
            transfer,
            dir,
            part,
            index,
            items: Vec::new(),
            has: HashSet::new(),
            before,
            entries: Vec::new(),
        })
    }

    /// A pack, and the row behind which it ended. One that the index before has already is not written again.
    pub(super) fn add_pack(&mut self, pack: &[u8], stop: Vec<u8>) -> Result<(), PrepareError> {
        if pack.len() as u64 > PACK_BYTES_MAX {
            return Err(PrepareError::TooLarge);
        }
        let content = Content::of(HashKind::Sha256, pack).hash;
        if self.is_before(&content) {
            return Ok(());
        }
        let item = self.add(ItemKind::Rows, pack.len() as u64, content)?;
        self.write(item, pack, content, Some(stop))
    }

    /// An attachment that lies in the vault. One whose content was there already changes nothing.
    pub(super) fn add_attachment(
        &mut self,
        content: ContentHash,
        bytes: u64,
        blob: [u8; 32],
        key: Vec<u8>,
    ) -> Result<(), PrepareError> {
        // In this order, so that all that was there before is in memory once.
        if self.is_before(&content) || !self.has.insert(content) {
            return Ok(());
        }
        let item = self.add(ItemKind::Attachment, bytes, content)?;
        self.note(Entry { item, content, bytes, blob: Some(blob), key, stop: None })
    }

    /// Writes the index down, after which all of it is durable. Its exact bytes, and what it says.
    pub(super) fn finish(mut self) -> Result<(Index, Vec<u8>), PrepareError> {
        let mut dropped: Vec<u32> =
            self.before.values().filter(|before| !before.stays).map(|before| before.place).collect();
        dropped.sort_unstable();
        let index = Index { dropped, items: std::mem::take(&mut self.items) };
        let bytes = index.to_bytes();
        self.write(self.index, &bytes, Content::of(HashKind::Sha256, &bytes).hash, None)?;
        sync_dir(&self.dir).map_err(StorageError::from)?;
        self.flush()?;
        // Pages of a hundred thousand rows that nobody asks for again soon.
        self.vault.writer().execute_batch("PRAGMA shrink_memory;").map_err(StorageError::from)?;
        Ok((index, bytes))
    }

    fn is_before(&mut self, content: &ContentHash) -> bool {
        self.before.get_mut(content).map(|before| before.stays = true).is_some()
    }

    fn add(&mut self, kind: ItemKind, bytes: u64, hash: ContentHash) -> Result<u32, PrepareError> {
        if self.before.len() + self.items.len() >= ITEMS_MAX {
            return Err(PrepareError::TooLarge);
        }
        self.items.push(Item { kind, bytes, hash });
        let behind = u32::try_from(self.items.len()).map_err(|_| PrepareError::TooLarge)?;
        Ok(self.index + behind)
    }

    /// Into a file, as a stream under a key of its own.
    fn write(
        &mut self,
        item: u32,
        plain: &[u8],
        content: ContentHash,
        stop: Option<Vec<u8>>,
    ) -> Result<(), PrepareError> {
        let key = Secret::<StreamKey>::random(&mut random());
        let wrapped = sealing::wrap_blob_key(BlobKek::Vault(&self.vault.keys.blobs), &key, content.as_bytes());
        let sealed = seal_whole(key, plain).map_err(|_| PrepareError::TooLarge)?;
        let path = self.dir.join(item_name(item));
        // An attempt before this one may have left a file of this name.
        let written = match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => create_private(&path),
        };
        written
            .and_then(|mut file| {
                file.write_all(&sealed)?;
                file.sync_all()
            })
            .map_err(StorageError::from)?;
        self.note(Entry { item, content, bytes: plain.len() as u64, blob: None, key: wrapped, stop })
    }

    fn note(&mut self, entry: Entry) -> Result<(), PrepareError> {
        self.entries.push(entry);
        if self.entries.len() >= ENTRIES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), PrepareError> {
        let entries = std::mem::take(&mut self.entries);
        let (transfer, part) = (self.transfer, self.part as i64);
        self.vault.commit_anyway::<_, PrepareError>(|tx| {
            for entry in entries {
                let Entry { item, content, bytes, blob, key, stop } = entry;
                tx.execute(
                    "INSERT INTO move_items(transfer, item, part, content, bytes, blob, key, stop) \
                     VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    params![transfer, item, part, content.as_bytes(), stored(bytes), blob, key, stop],
                )?;
            }
            Ok(())
        })
    }
}

/// Rows of one transaction: few enough that nobody waits for it.
const ENTRIES: usize = 1_000;
