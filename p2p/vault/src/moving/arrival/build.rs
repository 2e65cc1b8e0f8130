//! From what came to a vault: a database is made of the packs, every limit is checked, attachments get their places. It begins
//! anew each time, so that a kill in the middle costs time and nothing else.

use super::{Arrival, item::StoredItem, packs::Importer, store::Store};
use crate::{
    blobs,
    error::{Damage, StorageError},
    files::{Below, create_private, make_dir_undurably},
    header,
    opened::Opened,
    rows::{self, RowsError},
    staging::not_opened,
};
use nyx_crypto::moving::{Content, TransferKeys};
use nyx_wire::{
    codec,
    identity::{Body, IdentityBundle},
    moving::{Item, ItemKind, Manifest, Pack},
};
use rusqlite::{Connection, OptionalExtension};
use std::{collections::BTreeSet, fs, io, path::PathBuf};

/// Why no vault was built. What came is still there.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// It is not what this program sends: the other side is not honest, or its vault is damaged.
    #[error("what came is not an account")]
    Content,
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Arrival {
    /// Builds the vault of these items, which are all there, and tells its content hash. From the beginning each time.
    /// `progress` hears how much of the packs' bytes is done, half of it by reading them in and half by making what they say
    /// findable, and answers whether to go on.
    pub fn build(
        &mut self,
        items: &[(u32, Item)],
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<[u8; 32], BuildError> {
        self.built = None;
        self.journal.set_built(false)?;
        let opened = self.empty()?;
        let keys = self.transfer_keys()?;
        let (manifest, account) = (self.manifest()?, self.account()?);
        opened
            .writer
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")
            .map_err(StorageError::from)?;
        let packs = ordered(&self.store, items, &keys)?;
        let total = packs.iter().map(|(_, item)| item.bytes).sum::<u64>().max(1);
        let view = self.journal.view()?;
        let mut importer = Importer::new(&opened, &self.journal, &self.store, &keys, items);
        let mut done = 0;
        for (number, item) in &packs {
            let mut stored = open(&self.store, *number, item, &keys)?;
            let mut bytes = zeroize::Zeroizing::new(Vec::new());
            while stored.advance()? {
                bytes.extend_from_slice(stored.plain());
            }
            importer.import(Pack::parse(&bytes).map_err(|_| BuildError::Content)?)?;
            done += item.bytes;
            if !progress(done / 2, total) {
                return Err(BuildError::Cancelled);
            }
        }
        let (origin, placed) = importer.finish(manifest.reset_public)?;
        drop(view);
        check(&opened.writer, &manifest, &account)?;
        let messages: i64 = opened
            .writer
            .query_row("SELECT count(*) FROM messages", [], |row| row.get(0))
            .map_err(StorageError::from)?;
        let mut tell = |read: u64| {
            let part = u128::from(done) * u128::from(read) / u128::from(messages.unsigned_abs().max(1));
            progress((done / 2).saturating_add(u64::try_from(part / 2).unwrap_or(done)).min(total), total)
        };
        let hash = rows::make_findable(&opened, &mut tell)?.ok_or(BuildError::Cancelled)?;
        place_blobs(&opened, &self.store, &placed)?;
        origin.keep(&opened.writer, &opened.keys.sessions)?;
        let header = header::completed(self.header.clone(), &self.master, &self.kek, &origin)
            .map_err(|_| BuildError::Content)?;
        header::write(&self.staging, &header)?;
        self.header = header;
        rows::settle(&opened)?;
        opened.writer.execute_batch("PRAGMA foreign_keys = ON;").map_err(StorageError::from)?;
        self.journal.set_built(true)?;
        self.built = Some(opened);
        Ok(hash)
    }

    /// An empty database, in place of what was built before.
    fn empty(&self) -> Result<Opened, StorageError> {
        for end in ["-wal", "-shm", ""] {
            let mut path = self.staging.database().into_os_string();
            path.push(end);
            unless_missing(fs::remove_file(PathBuf::from(path)))?;
        }
        unless_missing(fs::remove_dir_all(self.staging.expiry()))?;
        self.staging.make_dirs()?;
        create_private(&self.staging.database())?;
        Opened::as_it_lies(&self.staging, self.vault_keys()).map_err(not_opened)
    }

    /// Who vouches for the account, as it was verified when it was offered.
    fn account(&self) -> Result<IdentityBundle, StorageError> {
        IdentityBundle::parse(&self.receiver_record()?.bundle).map_err(|_| super::unexpected())
    }
}

/// The packs, in the order in which their tables are filled: what is newer comes later in the sequence, and a row may refer
/// to one of a pack that was sent again.
fn ordered(store: &Store, items: &[(u32, Item)], keys: &TransferKeys) -> Result<Vec<(u32, Item)>, BuildError> {
    let mut packs = Vec::new();
    for (number, item) in items.iter().filter(|(_, item)| item.kind == ItemKind::Rows) {
        let mut stored = open(store, *number, item, keys)?;
        stored.advance()?;
        let table = Pack::table_in(stored.plain()).map_err(|_| BuildError::Content)?;
        let rank = Importer::rank(table).ok_or(BuildError::Content)?;
        packs.push((rank, *number, *item));
    }
    packs.sort_unstable_by_key(|(rank, number, _)| (*rank, *number));
    Ok(packs.into_iter().map(|(_, number, item)| (number, item)).collect())
}

fn open(store: &Store, number: u32, item: &Item, keys: &TransferKeys) -> Result<StoredItem, StorageError> {
    let content = Content { bytes: item.bytes, hash: item.hash };
    StoredItem::open(&store.path(number), Some(item.kind), &content, keys)
}

/// What the rows say together, and that the account is the one that was offered.
fn check(connection: &Connection, manifest: &Manifest, bundle: &IdentityBundle) -> Result<(), BuildError> {
    let is_torn = connection
        .query_row("SELECT 1 FROM pragma_foreign_key_check", [], |_| Ok(()))
        .optional()
        .map_err(StorageError::from)?
        .is_some();
    let account: Option<([u8; 32], [u8; 32], Vec<u8>)> = connection
        .query_row("SELECT aid, backup_public, opkey_cert FROM accounts", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(|error| match StorageError::from(error) {
            StorageError::Damaged(_) => BuildError::Content,
            other => BuildError::Storage(other),
        })?;
    let expected = (manifest.aid, manifest.backup_public, codec::encode(&bundle.opkey_cert));
    if is_torn || account != Some(expected) {
        return Err(BuildError::Content);
    }
    rows::refuse_strange(connection)?;
    rows::count_places(connection)?;
    Ok(())
}

/// Gives attachments their places among the blobs. A file that has it already got it before a restart.
fn place_blobs(opened: &Opened, store: &Store, placed: &[(u32, [u8; 32])]) -> Result<(), StorageError> {
    let blobs = opened.home.blobs();
    let below = Below::of(&blobs)?;
    let mut shelves = BTreeSet::new();
    for (item, hash) in placed {
        let path = blobs::path_of(&blobs, hash);
        let shelf = path.parent().unwrap_or(&blobs).to_owned();
        if shelves.insert(shelf.clone()) {
            make_dir_undurably(&shelf)?;
        }
        match fs::rename(store.path(*item), &path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.exists() => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StorageError::Damaged(Damage::BlobMissing(blobs::name_of(hash))));
            }
            renamed => renamed?,
        }
    }
    shelves.insert(blobs);
    Ok(below.sync(&[], shelves.iter())?)
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

impl From<RowsError> for BuildError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Strange => Self::Content,
            RowsError::Storage(error) => Self::Storage(error),
        }
    }
}
