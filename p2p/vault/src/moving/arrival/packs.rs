//! Packs into a database under construction. Whoever sent them may be anybody: what this program does not write is refused.

use super::{item::StoredItem, journal::Journal, store::Store};
use crate::{
    blobs::{self, Pins, StoreError},
    error::{Damage, StorageError},
    moving::{
        disappearing::Vanishing,
        tables::{
            ATTACHMENT_COLUMNS, ATTACHMENTS, DISAPPEARING, DISAPPEARING_ATTACHMENTS, DISAPPEARING_EDITS,
            DISAPPEARING_REACTIONS, ORIGIN, ORIGIN_COLUMNS, TABLES,
        },
    },
    opened::Opened,
    origin::Origin,
    rows::{Intake, RowsError, Target, refused_row},
    sealing::{self, BlobKek},
};
use nyx_crypto::{
    moving::{Content, TransferKeys},
    purposes::Provenance,
    secret::Secret,
};
use nyx_wire::{
    content::ContentHash,
    moving::{Item, ItemKind, Pack},
    vault::Cell,
};
use rusqlite::{Transaction, params};
use std::{collections::HashMap, num::NonZeroI64, sync::Arc};
use zeroize::Zeroize;

/// Items that are to be blobs, and what these are called.
pub(super) type Placed = Vec<(u32, [u8; 32])>;

/// Takes packs, table after table.
pub(super) struct Importer<'a> {
    opened: &'a Opened,
    journal: &'a Journal,
    store: &'a Store,
    keys: &'a TransferKeys,
    /// Items that are attachments, by content.
    attachments: HashMap<ContentHash, Attached>,
    origin: Option<Secret<Provenance>>,
    /// Which items are to be blobs, and which.
    placed: Placed,
    vanishing: Vanishing,
}

/// An item that is an attachment.
#[derive(Clone, Copy)]
struct Attached {
    item: u32,
    bytes: u64,
    /// Of its blob, if it has one in the database already.
    row: Option<NonZeroI64>,
}

impl<'a> Importer<'a> {
    pub(super) fn new(
        opened: &'a Opened,
        journal: &'a Journal,
        store: &'a Store,
        keys: &'a TransferKeys,
        items: &[(u32, Item)],
    ) -> Self {
        let attachments = items.iter().filter(|(_, item)| item.kind == ItemKind::Attachment);
        let attachments = attachments
            .map(|(item, what)| (what.hash, Attached { item: *item, bytes: what.bytes, row: None }))
            .collect();
        Self {
            opened,
            journal,
            store,
            keys,
            attachments,
            origin: None,
            placed: Vec::new(),
            vanishing: Vanishing::default(),
        }
    }

    /// When a table's turn is; none if there is no such table.
    pub(super) fn rank(table: &str) -> Option<usize> {
        let plain = TABLES.iter().map(|known| known.takes.table);
        let rest = [DISAPPEARING, DISAPPEARING_EDITS, DISAPPEARING_REACTIONS, ATTACHMENTS, DISAPPEARING_ATTACHMENTS];
        [ORIGIN].into_iter().chain(plain).chain(rest).position(|known| known == table)
    }

    pub(super) fn import(&mut self, pack: Pack) -> Result<(), RowsError> {
        let transaction = self.opened.writer.unchecked_transaction()?;
        match pack.table.as_str() {
            ORIGIN => self.take_origin(pack)?,
            ATTACHMENTS => self.take_attachments(pack, &transaction)?,
            DISAPPEARING => self.vanishing.take_messages(pack, self.opened, &transaction)?,
            DISAPPEARING_EDITS => self.vanishing.take_edits(pack, &transaction)?,
            DISAPPEARING_REACTIONS => self.vanishing.take_reactions(pack, self.opened, &transaction)?,
            DISAPPEARING_ATTACHMENTS => self.take_vanishing_attachments(pack, &transaction)?,
            name => {
                let table = TABLES.iter().find(|table| table.takes.table == name).ok_or(RowsError::Strange)?;
                let Pack { columns, mut rows, .. } = pack;
                Intake::of(table.takes, &columns)?.insert(&mut rows.0, &transaction, &self.opened.keys.sessions)?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Everything was there. Whose vault it is, and which items are to be blobs.
    pub(super) fn finish(self, reset_public: [u8; 32]) -> Result<(Origin, Placed), RowsError> {
        // A message that disappears has nothing in the clear, and one that stays has nothing sealed.
        let is_mixed: bool = self.opened.writer.query_row(
            "SELECT EXISTS(SELECT 1 FROM edits e JOIN messages m ON m.id = e.message \
             WHERE (m.bucket IS NULL) <> (e.sealed IS NULL)) \
             OR EXISTS(SELECT 1 FROM attachments a JOIN messages m ON m.id = a.message \
             WHERE (m.bucket IS NULL) <> (a.sealed IS NULL))",
            [],
            |row| row.get(0),
        )?;
        let provenance = self.origin.filter(|_| !is_mixed).ok_or(RowsError::Strange)?;
        self.vanishing.keep_keys(&self.opened.home)?;
        Ok((Origin::from_parts(reset_public, provenance), self.placed))
    }

    fn take_origin(&mut self, pack: Pack) -> Result<(), RowsError> {
        let mut rows = expecting(pack, &ORIGIN_COLUMNS)?;
        let [row] = rows.as_mut_slice() else { return Err(RowsError::Strange) };
        let [Cell::Bytes(provenance)] = row.as_mut_slice() else { return Err(RowsError::Strange) };
        let taken = Secret::from_slice(provenance);
        provenance.zeroize();
        match (taken, &self.origin) {
            (Some(taken), None) => {
                self.origin = Some(taken);
                Ok(())
            }
            _ => Err(RowsError::Strange),
        }
    }

    fn take_attachments(&mut self, pack: Pack, transaction: &Transaction<'_>) -> Result<(), RowsError> {
        let mut rows = expecting(pack, &ATTACHMENT_COLUMNS)?;
        for row in &mut rows {
            let (size, content) = content_in(row)?;
            let blob = self.blob(content, size, transaction)?;
            row.splice(SIZE..=CONTENT, [Cell::Int(blob)]);
        }
        let columns: Vec<String> = ATTACHED.columns.iter().map(|column| (*column).to_owned()).collect();
        Intake::of(ATTACHED, &columns)?.insert(&mut rows, transaction, &self.opened.keys.sessions)
    }

    /// The row of the blob with this content: what came for it is one.
    fn blob(&mut self, content: ContentHash, size: u64, transaction: &Transaction<'_>) -> Result<i64, RowsError> {
        let Attached { item, bytes, row } = *self.attachments.get(&content).ok_or(RowsError::Strange)?;
        if bytes != size {
            return Err(RowsError::Strange);
        }
        if let Some(row) = row {
            return Ok(row.get());
        }
        let named = Content { bytes, hash: content };
        let hash = match self.journal.arrived(item)? {
            Some(hash) => hash,
            // A write was refused in the middle of it and repeated, so nobody watched what it adds up to.
            None => self.open(item, &named)?.read_name()?,
        };
        let key = self.keys.kept_under(&named);
        let wrapped = sealing::wrap_blob_key(BlobKek::Vault(&self.opened.keys.blobs), &key, &hash);
        let number = insert_blob(transaction, &hash, &wrapped, size, &content)?;
        self.attachments.entry(content).and_modify(|attached| attached.row = NonZeroI64::new(number));
        self.placed.push((item, hash));
        Ok(number)
    }

    /// Each gets a blob of its own, whose key dies with the message.
    fn take_vanishing_attachments(&mut self, pack: Pack, transaction: &Transaction<'_>) -> Result<(), RowsError> {
        for row in expecting(pack, &ATTACHMENT_COLUMNS)? {
            let (size, content) = content_in(&row)?;
            let Attached { item, bytes, .. } = *self.attachments.get(&content).ok_or(RowsError::Strange)?;
            if bytes != size {
                return Err(RowsError::Strange);
            }
            let mut stored = self.open(item, &Content { bytes, hash: content })?;
            let dir = self.opened.home.blobs();
            let mut blob = blobs::store(&dir, &Arc::new(Pins::default()), content.kind(), &mut stored, &mut |_| true)
                .map_err(not_stored)?;
            self.vanishing.take_attachment(&row, &blob, transaction)?;
            blob.placed.keep();
        }
        Ok(())
    }

    fn open(&self, item: u32, content: &Content) -> Result<StoredItem, StorageError> {
        let kind = Some(ItemKind::Attachment);
        match StoredItem::open(&self.store.path(item), kind, content, self.keys) {
            // It got its place among the blobs when this was built before.
            Err(StorageError::Damaged(Damage::BlobMissing(name))) => match self.journal.arrived(item)? {
                Some(hash) => {
                    StoredItem::open(&blobs::path_of(&self.opened.home.blobs(), &hash), kind, content, self.keys)
                }
                None => Err(StorageError::Damaged(Damage::BlobMissing(name))),
            },
            opened => opened,
        }
    }
}

/// The rows of a pack that has exactly these columns.
pub(in crate::moving) fn expecting(pack: Pack, columns: &[&str]) -> Result<Vec<Vec<Cell>>, RowsError> {
    if pack.columns == columns && pack.rows.0.iter().all(|row| row.len() == columns.len()) {
        Ok(pack.rows.0)
    } else {
        Err(RowsError::Strange)
    }
}

pub(in crate::moving) fn insert_blob(
    transaction: &Transaction<'_>,
    hash: &[u8; 32],
    key: &[u8],
    size: u64,
    content: &ContentHash,
) -> Result<i64, RowsError> {
    transaction
        .prepare_cached("INSERT INTO blobs(hash, key, size, content) VALUES(?1, ?2, ?3, ?4)")?
        .execute(params![hash, key, crate::reader::stored(size), content.as_bytes()])
        .map_err(refused_row)?;
    Ok(transaction.last_insert_rowid())
}

/// What an attachment's row says that it is.
fn content_in(row: &[Cell]) -> Result<(u64, ContentHash), RowsError> {
    match (&row[SIZE], &row[CONTENT]) {
        (Cell::Int(size), Cell::Bytes(content)) => {
            let size = u64::try_from(*size).map_err(|_| RowsError::Strange)?;
            Ok((size, ContentHash::from_bytes(content).ok_or(RowsError::Strange)?))
        }
        _ => Err(RowsError::Strange),
    }
}

fn not_stored(error: StoreError) -> RowsError {
    match error {
        StoreError::Storage(error) => RowsError::Storage(error),
        StoreError::Source(error) => RowsError::Storage(match error.downcast::<StorageError>() {
            Ok(error) => error,
            Err(error) => error.into(),
        }),
        StoreError::TooLong | StoreError::Cancelled => RowsError::Strange,
    }
}

/// Where a row of an attachment says what it is: size and content, in the place of which the vault has a blob.
const SIZE: usize = 3;
const CONTENT: usize = 4;
const ATTACHED: Target = Target {
    table: "attachments",
    columns: &["id", "message", "position", "blob", "name", "media_type", "width", "height", "duration_ms", "preview"],
    wrapped: None,
};
