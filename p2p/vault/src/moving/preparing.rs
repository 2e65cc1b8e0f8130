//! What would be sent: a snapshot before the code is shown, and what changed since when the account is frozen.

use super::{
    SCHEMA, Transfer,
    closing::refuse_closed,
    disappearing::pack_disappearing,
    leftovers::drop_unrecorded,
    packing::{Packer, Stops, each_row, pack_table, stop_in},
    sizes::rows_in_packs,
    spool::Spool,
    tables::{ATTACHED_BLOBS, ATTACHMENT_COLUMNS, ATTACHMENT_ROWS, ATTACHMENTS, ORIGIN, ORIGIN_COLUMNS, TABLES},
};
use crate::{
    content,
    error::{Damage, StorageError},
    origin::Origin,
    random,
    reader::{Called, Reader},
    scope::Scope,
    vault::Vault,
};
use nyx_crypto::{
    moving::{content_hash, manifest_hash},
    signature::Verified,
};
use nyx_wire::{
    identity::Version,
    moving::{Index, Manifest, Selection},
    vault::Cell,
};
use rand_core::Rng;
use std::fs;

/// A manifest to be signed, and the index that it speaks for. Everything that it names lies on the disk.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Whole but for the signature.
    pub manifest: Manifest,
    /// The index, in its exact bytes.
    pub index: Vec<u8>,
}

/// Why nothing was prepared. The account can be used as before.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// There is no account to move, or the move is not known.
    #[error("there is nothing to move")]
    NoAccount,
    /// Another move is not over.
    #[error("another move is not over")]
    Underway,
    /// More than a move can have.
    #[error("the account is larger than a move can be")]
    TooLarge,
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Vault {
    /// Lays down what would be sent, as it is at this moment; others read and write meanwhile. Nothing of it survives the
    /// next preparation or a restart before [`keep_move`](Self::keep_move) has written a record. `progress` hears bytes of
    /// rows so far and about how many there are, and answers whether to go on.
    pub fn prepare_move(
        &self,
        selection: Selection,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Prepared, PrepareError> {
        self.may_prepare()?;
        drop_unrecorded(&self.home, &self.writer())?;
        let mut transfer = Transfer::default();
        random().fill_bytes(&mut transfer);
        let prepared = self.lay_down(transfer, selection, progress);
        if prepared.is_err() {
            // Also on a full disk: what was written of it goes.
            let _ = self.drop_prepared(&transfer);
        }
        prepared
    }

    /// A preparation that nobody wants any more. One with a record stays.
    pub fn drop_prepared(&self, transfer: &[u8; 16]) -> Result<(), StorageError> {
        let is_kept = self.read::<_, StorageError>(|reader| {
            reader.one("SELECT 1 FROM moves WHERE transfer = ?1 AND record IS NOT NULL", [transfer], |_| Ok(()))
        })?;
        if is_kept.is_none() {
            drop_unrecorded(&self.home, &self.writer())?;
        }
        Ok(())
    }

    /// What changed since the snapshot that `first` speaks for, once the account is frozen, and the content hash of what is
    /// meant. After a restart it begins anew: nobody has seen the one before. `progress` as before.
    pub fn move_delta(
        &self,
        first: &Verified<Manifest>,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Prepared, PrepareError> {
        let scope = Scope::of(&first.selection);
        let mut stops = self.stops(&first.transfer)?;
        let before = {
            let bytes = self.indexes(&first.transfer)?.ok_or(PrepareError::NoAccount)?.first;
            Index::parse(&bytes, first, None).map_err(|_| damaged())?
        };
        let total = 2 * fs::metadata(self.home.database()).map_err(StorageError::from)?.len();
        let mut spool = Spool::last(self, first.transfer)?;
        let content = self.read(|reader| {
            let mut done = 0;
            let mut tell = |bytes| {
                done += bytes;
                progress(done.min(total / 2), total)
            };
            pack_all(self, reader, scope, &mut spool, &mut tell, &mut stops)?;
            pack_disappearing(reader, scope, &mut spool, &mut tell)?;
            let messages = reader.counts()?.messages.max(1);
            let mut tell = |read: u64| {
                let part = u128::from(total / 2) * u128::from(read.min(messages)) / u128::from(messages);
                progress(total / 2 + u64::try_from(part).unwrap_or(0), total)
            };
            content::hash(reader, scope, &mut tell)?.ok_or(PrepareError::Cancelled)
        })?;
        let (index, bytes) = spool.finish()?;
        let base = Manifest { prev: manifest_hash(first), content: Some(content), ..Manifest::clone(first) };
        prepared(base, &index, bytes, Some(&before))
    }

    fn may_prepare(&self) -> Result<(), PrepareError> {
        self.read(|reader| {
            refuse_closed(reader.connection)?;
            reader.account()?.ok_or(PrepareError::NoAccount)?;
            Ok::<_, PrepareError>(())
        })?;
        if self.is_move_underway()? { Err(PrepareError::Underway) } else { Ok(()) }
    }

    fn lay_down(
        &self,
        transfer: Transfer,
        selection: Selection,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Prepared, PrepareError> {
        let scope = Scope::of(&selection);
        let mut spool = Spool::first(self, transfer)?;
        let mut connection = self.reader()?;
        let (view, _pins) = {
            // For a moment nobody writes: the view and the blobs it names begin together. They stay until rows name them.
            let _writer = self.writer();
            let view = connection.transaction().map_err(StorageError::from)?;
            let pins = self.pin_all(&view)?;
            (view, pins)
        };
        let reader = Reader::new(&view, &self.keys, &self.buckets);
        let account = reader.account()?.ok_or(PrepareError::NoAccount)?;
        let (_, expected) = rows_in_packs(&reader, scope.params()[0])?;
        let mut done = 0;
        let mut tell = |bytes| {
            done += bytes;
            progress(done, expected.max(done))
        };
        pack_all(self, &reader, scope, &mut spool, &mut tell, &mut Stops::new())?;
        let (index, bytes) = spool.finish()?;
        if !progress(done, done) {
            return Err(PrepareError::Cancelled);
        }
        drop(reader);
        drop(view);
        self.give_back(connection);
        let manifest = Manifest {
            v: Version,
            transfer,
            aid: account.aid,
            prev: [0; 32],
            index_bytes: 0,
            index_hash: [0; 32],
            items: 0,
            bytes: 0,
            schema: SCHEMA,
            selection,
            reset_public: self.reset_public(),
            backup_public: account.backup_public,
            content: None,
        };
        prepared(manifest, &index, bytes, None)
    }

    fn stops(&self, transfer: &Transfer) -> Result<Stops, StorageError> {
        let ends: Vec<Vec<u8>> = self.read::<_, StorageError>(|reader| {
            reader.all(
                "SELECT stop FROM move_items WHERE transfer = ?1 AND part = 0 AND stop IS NOT NULL ORDER BY item",
                [transfer],
                |row| Ok(row.get(0)?),
            )
        })?;
        let mut stops = Stops::new();
        for end in ends {
            let (table, key) = stop_in(&end).ok_or_else(damaged)?;
            stops.entry(table).or_default().push(key);
        }
        Ok(stops)
    }
}

/// Everything that is meant and stays.
fn pack_all(
    vault: &Vault,
    reader: &Reader<'_>,
    scope: Scope,
    spool: &mut Spool<'_>,
    progress: &mut dyn FnMut(u64) -> bool,
    stops: &mut Stops,
) -> Result<(), PrepareError> {
    let origin = Origin::kept(vault.reset_public(), reader.connection, &vault.keys.sessions)?;
    let mut packer = Packer::new(spool, progress, (ORIGIN, &ORIGIN_COLUMNS, 0), stops);
    packer.push(vec![Cell::Bytes(origin.provenance().expose().to_vec())])?;
    packer.finish()?;
    for table in &TABLES {
        let columns = (table.takes.table, table.takes.columns, table.key);
        let packer = Packer::new(spool, progress, columns, stops);
        pack_table(reader, scope, table, packer)?;
    }
    if scope.has_attachments() {
        let columns = (ATTACHMENTS, ATTACHMENT_COLUMNS.as_slice(), 1);
        let mut packer = Packer::new(spool, progress, columns, stops);
        each_row(reader, ATTACHMENT_ROWS, scope, ATTACHMENT_COLUMNS.len(), &mut |row| packer.push(row))?;
        packer.finish()?;
        add_attachments(reader, scope, spool)?;
    }
    Ok(())
}

fn add_attachments(reader: &Reader<'_>, scope: Scope, spool: &mut Spool<'_>) -> Result<(), PrepareError> {
    let mut statement = reader.connection.prepare(ATTACHED_BLOBS).map_err(StorageError::from)?;
    let mut rows = statement.query(scope.params()).map_err(StorageError::from)?;
    while let Some(row) = rows.next().map_err(StorageError::from)? {
        let (Called(content), size, hash, key): (Called, i64, [u8; 32], Vec<u8>) =
            row.try_into().map_err(StorageError::from)?;
        spool.add_attachment(content, size.unsigned_abs(), hash, key)?;
    }
    Ok(())
}

fn prepared(base: Manifest, index: &Index, bytes: Vec<u8>, before: Option<&Index>) -> Result<Prepared, PrepareError> {
    let manifest = Manifest {
        index_bytes: bytes.len() as u64,
        index_hash: content_hash(&bytes),
        items: index.items.len() as u64,
        bytes: index.bytes().ok_or(PrepareError::TooLarge)?,
        ..base
    };
    // What the other side would refuse is not offered.
    match Index::parse(&bytes, &manifest, before) {
        Ok(_) => Ok(Prepared { manifest, index: bytes }),
        Err(_) => Err(PrepareError::TooLarge),
    }
}

fn damaged() -> StorageError {
    StorageError::Damaged(Damage::Row("move_items", 0))
}
