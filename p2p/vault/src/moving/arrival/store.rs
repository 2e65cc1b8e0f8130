//! Chunks as they come, into one file an item. Each file is a finished stream in the end, under the key that it came under;
//! an attachment's begins as a blob does, and is one.

use super::{
    item::{StoredItem, begin_of},
    journal::Arrived,
};
use crate::{
    blobs::NAMED_BY,
    error::{Damage, StorageError},
    files::{Below, Buffer, LONG, LongFile, create_private, forget, open_private},
    moving::item_name,
};
use nyx_crypto::{
    content::ContentHasher,
    moving::{Content, TransferKeys},
    stream::{CHUNK, SEALED_CHUNK},
};
use nyx_wire::{
    content::ContentHash,
    moving::{ChunkHead, ItemKind},
};
use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// The files of items.
pub(super) struct Store {
    dir: PathBuf,
    below: Below,
    current: Option<Current>,
    /// Of the long file before, for the next.
    buffer: Option<Buffer>,
    /// Where a short item is put together.
    short: Vec<u8>,
    /// Finished, and not durable yet.
    unsynced: Vec<File>,
    /// There as a whole, and not in the journal yet.
    arrived: Vec<Arrived>,
    /// There as a whole; their names are not known, because a restart came between.
    unnamed: HashMap<u32, (Content, Option<ItemKind>)>,
    names_changed: bool,
}

/// The item that is being written.
struct Current {
    item: u32,
    next: u32,
    file: Way,
    /// Of all that is in the file. None if its beginning was written before a restart.
    sealed: Option<ContentHasher>,
}

/// How the item that is being written gets into its file.
enum Way {
    /// Packs, which are read again soon, and what is short.
    Plain(File),
    Long(LongFile),
}

impl Store {
    pub(super) fn in_folder(dir: PathBuf) -> io::Result<Self> {
        let below = Below::of(&dir)?;
        let (short, unsynced, arrived, unnamed) = (Vec::new(), Vec::new(), Vec::new(), HashMap::new());
        Ok(Self { dir, below, current: None, buffer: None, short, unsynced, arrived, unnamed, names_changed: false })
    }

    pub(super) fn path(&self, item: u32) -> PathBuf {
        self.dir.join(item_name(item))
    }

    pub(super) fn put(
        &mut self,
        at: ChunkHead,
        content: &Content,
        kind: Option<ItemKind>,
        sealed: &[u8],
    ) -> Result<(), StorageError> {
        if at.chunk == 0 && content.bytes <= CHUNK as u64 {
            return self.put_short(at.item, kind, sealed);
        }
        if self.current.as_ref().is_none_or(|current| (current.item, current.next) != (at.item, at.chunk)) {
            self.begin(at, content, kind)?;
        }
        let Some(mut current) = self.current.take() else { return Err(missing(at.item)) };
        let next = at.chunk.saturating_add(1);
        let is_last = u64::from(next) * (CHUNK as u64) >= content.bytes;
        match &mut current.file {
            Way::Plain(file) => file.write_all(sealed)?,
            Way::Long(file) => {
                let written = if is_last { file.append_last(sealed) } else { file.append(sealed) };
                if let Err(error) = written {
                    // What it has in memory is nowhere else.
                    self.current = Some(current);
                    return Err(error.into());
                }
            }
        }
        if let Some(hash) = &mut current.sealed {
            hash.update(sealed);
        }
        current.next = next;
        if !is_last {
            self.current = Some(current);
            return Ok(());
        }
        match current.sealed {
            Some(hash) => self.arrived.push(Arrived { item: at.item, blob: hash.finish().digest() }),
            None => drop(self.unnamed.insert(at.item, (*content, kind))),
        }
        self.leave(current.file);
        Ok(())
    }

    /// Everything that was written is on the disk after this.
    pub(super) fn sync(&mut self) -> Result<(), StorageError> {
        self.settle()?;
        let files: Vec<&File> = self.unsynced.iter().chain(self.current.as_ref().map(Current::file)).collect();
        let folder = self.names_changed.then_some(&self.dir);
        self.below.sync(&files, folder.into_iter())?;
        files.into_iter().for_each(forget);
        self.unsynced.clear();
        self.names_changed = false;
        Ok(())
    }

    /// What is whole and not in the journal yet.
    pub(super) fn arrived(&self) -> &[Arrived] {
        &self.arrived
    }

    /// It is in the journal now.
    pub(super) fn forget_arrived(&mut self) {
        self.arrived.clear();
    }

    /// Reads an item whose beginning was stored before a restart: tells its content, and learns its name.
    pub(super) fn hash(&mut self, item: u32, keys: &TransferKeys) -> Result<ContentHash, StorageError> {
        let (content, kind) = self.unnamed.remove(&item).ok_or_else(|| missing(item))?;
        let mut stored = StoredItem::open(&self.path(item), kind, &content, keys)?;
        let mut hash = ContentHasher::new(content.hash.kind());
        while stored.advance()? {
            hash.update(stored.plain());
        }
        self.arrived.push(Arrived { item, blob: stored.blob() });
        Ok(hash.finish())
    }

    /// As much of an index as is there and opens: a chunk that was not durable may be torn.
    pub(super) fn beginning(&self, item: u32, content: &Content, keys: &TransferKeys) -> Result<Vec<u8>, StorageError> {
        let mut plain = Vec::new();
        let mut sealed = match fs::read(self.path(item)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(plain),
            read => read?,
        };
        let mut opener = keys.opens(content);
        for chunk in sealed.chunks_mut(SEALED_CHUNK) {
            let Ok(opened) = opener.open_chunk(chunk) else { break };
            plain.extend_from_slice(&chunk[..opened]);
        }
        Ok(plain)
    }

    /// All of an item, with as little as can be done for it: of an account of small files this is most of the work.
    fn put_short(&mut self, item: u32, kind: Option<ItemKind>, sealed: &[u8]) -> Result<(), StorageError> {
        self.settle()?;
        if let Some(left) = self.current.take() {
            self.leave(left.file);
        }
        self.short.clear();
        self.short.extend_from_slice(&begin_of(kind));
        self.short.extend_from_slice(sealed);
        self.names_changed = true;
        let mut file = created(&self.path(item))?;
        file.write_all(&self.short)?;
        let mut hash = ContentHasher::new(NAMED_BY);
        hash.update(&self.short);
        self.arrived.push(Arrived { item, blob: hash.finish().digest() });
        self.unsynced.push(file);
        Ok(())
    }

    /// Has a file to write a chunk into: a new one for the first chunk, otherwise what was stored before a restart, up to it.
    fn begin(&mut self, at: ChunkHead, content: &Content, kind: Option<ItemKind>) -> Result<(), StorageError> {
        self.settle()?;
        if let Some(left) = self.current.take() {
            self.leave(left.file);
        }
        let path = self.path(at.item);
        let begin = begin_of(kind);
        self.names_changed = true;
        let (file, length, sealed) = if at.chunk == 0 {
            let file = created(&path)?;
            let mut sealed = ContentHasher::new(NAMED_BY);
            sealed.update(&begin);
            (file, 0, Some(sealed))
        } else {
            let mut file = open_private(OpenOptions::new().read(true).write(true), &path)?;
            let length = begin.len() as u64 + u64::from(at.chunk) * SEALED_CHUNK as u64;
            if file.metadata()?.len() < length {
                return Err(missing(at.item));
            }
            file.set_len(length)?;
            file.seek(SeekFrom::End(0))?;
            (file, length, None)
        };
        let mut file = if kind == Some(ItemKind::Attachment) && content.bytes >= LONG && self.below.is_local() {
            Way::Long(LongFile::at(file, length, self.buffer.take().unwrap_or_default())?)
        } else {
            Way::Plain(file)
        };
        if at.chunk == 0 {
            match &mut file {
                Way::Plain(file) => file.write_all(&begin)?,
                Way::Long(file) => file.append(&begin)?,
            }
        }
        self.current = Some(Current { item: at.item, next: at.chunk, file, sealed });
        Ok(())
    }

    /// What was stored is in its file, and not in memory only.
    fn settle(&mut self) -> io::Result<()> {
        match &mut self.current {
            Some(Current { file: Way::Long(file), .. }) => file.settle(),
            _ => Ok(()),
        }
    }

    /// The next thing that happens to this file is that it is synced.
    fn leave(&mut self, way: Way) {
        self.unsynced.push(match way {
            Way::Plain(file) => file,
            Way::Long(long) => {
                let (file, buffer) = long.into_parts();
                self.buffer = Some(buffer);
                file
            }
        });
    }
}

impl Current {
    const fn file(&self) -> &File {
        match &self.file {
            Way::Plain(file) => file,
            Way::Long(file) => file.file(),
        }
    }
}

/// A new file, in place of what a restart cut off.
fn created(path: &Path) -> io::Result<File> {
    match create_private(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            create_private(path)
        }
        created => created,
    }
}

fn missing(item: u32) -> StorageError {
    StorageError::Damaged(Damage::BlobMissing(item_name(item)))
}
