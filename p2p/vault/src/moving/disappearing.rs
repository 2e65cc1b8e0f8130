//! Messages that disappear, out of one vault and into another. Their keys are this vault's and die with it or with their hour; so
//! they travel in the clear, within packs that lie sealed on both sides, and get a key of the other vault's own there.
//!
//! They are in no snapshot: only the last index has them, whose packs go as soon as the account is let go. Decision record 54.

use super::{
    PrepareError,
    arrival::{expecting, insert_blob},
    packing::{Packer, Stops},
    spool::Spool,
    tables::{
        ATTACHMENT_COLUMNS, DISAPPEARING, DISAPPEARING_ATTACHMENTS, DISAPPEARING_COLUMNS, DISAPPEARING_EDIT_COLUMNS,
        DISAPPEARING_EDITS, DISAPPEARING_REACTIONS, TABLES,
    },
};
use crate::{
    attachments::{AttachmentError, attachment_key},
    blobs::StoredBlob,
    error::StorageError,
    expiry::{self, Bucket, Buckets, UNREAD, bucket_of},
    files::Home,
    ids::MessageId,
    limits::{BODY_BYTES_MAX, NAME_BYTES_MAX, PREVIEW_BYTES_MAX, TTL_SECS_MAX},
    model::{About, Attachment, Message},
    opened::Opened,
    random,
    reader::{Reader, stored},
    rows::{Intake, RowsError, Target, refused_row},
    scope::Scope,
    sealing::{self, BlobKek},
};
use nyx_crypto::{purposes::ItemKey, secret::Secret};
use nyx_wire::{
    moving::Pack,
    vault::{BucketRecord, Cell},
};
use rusqlite::{Transaction, params};
use std::collections::{BTreeMap, HashMap};

/// Packs the disappearing messages that are meant and that can still be read, with all that belongs to them.
pub(super) fn pack_disappearing(
    reader: &Reader<'_>,
    scope: Scope,
    spool: &mut Spool<'_>,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(), PrepareError> {
    let numbers: Vec<(i64, i64)> =
        reader.all("SELECT id, conversation FROM messages WHERE bucket IS NOT NULL ORDER BY id", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let mut meant = Vec::new();
    let mut packer = Packer::new(spool, progress, (DISAPPEARING, &DISAPPEARING_COLUMNS, 1), &mut Stops::new());
    for (number, conversation) in numbers {
        let Some(message) = message(reader, scope, number)? else { continue };
        packer.push(message_row(number, conversation, message))?;
        meant.push(number);
    }
    packer.finish()?;
    // Each kind of row in packs of its own, with one message in memory at a time.
    let mut packer =
        Packer::new(spool, progress, (DISAPPEARING_EDITS, &DISAPPEARING_EDIT_COLUMNS, 2), &mut Stops::new());
    for number in &meant {
        let Some(message) = message(reader, scope, *number)? else { continue };
        for (revision, edit) in reader.edits(message.id)?.into_iter().enumerate() {
            let Some(body) = edit.body else { continue };
            let revision = i64::try_from(revision).unwrap_or(i64::MAX);
            packer.push(vec![Cell::Int(*number), Cell::Int(revision + 1), Cell::Int(edit.at_ms), Cell::Text(body)])?;
        }
    }
    packer.finish()?;
    let mut packer = Packer::new(spool, progress, (DISAPPEARING_REACTIONS, REACTIONS.columns, 3), &mut Stops::new());
    for number in &meant {
        let Some(message) = message(reader, scope, *number)? else { continue };
        for reaction in message.reactions {
            let author = Cell::Bytes(reaction.author.as_bytes().to_vec());
            packer.push(vec![Cell::Int(*number), author, Cell::Text(reaction.emoji), Cell::Int(reaction.at_ms)])?;
        }
    }
    packer.finish()?;
    pack_attachments(reader, scope, &meant, spool, progress)
}

fn pack_attachments(
    reader: &Reader<'_>,
    scope: Scope,
    meant: &[i64],
    spool: &mut Spool<'_>,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(), PrepareError> {
    let mut blobs = Vec::new();
    let columns = (DISAPPEARING_ATTACHMENTS, ATTACHMENT_COLUMNS.as_slice(), 1);
    let mut packer = Packer::new(spool, progress, columns, &mut Stops::new());
    for number in meant {
        let Some(message) = message(reader, scope, *number)? else { continue };
        for (position, attachment) in message.attachments.into_iter().enumerate() {
            let (hash, key) = match attachment_key(reader, attachment.id) {
                Ok(found) => found,
                Err(AttachmentError::Storage(error)) => return Err(error.into()),
                // Its key went a moment ago.
                Err(_) => continue,
            };
            let wrapped = sealing::wrap_blob_key(BlobKek::Vault(&reader.keys.blobs), &key, &hash);
            blobs.push((attachment.content, attachment.size, hash, wrapped));
            packer.push(attachment_row(*number, position, attachment))?;
        }
    }
    packer.finish()?;
    for (content, size, hash, key) in blobs {
        spool.add_attachment(content, size, hash, key)?;
    }
    Ok(())
}

/// The message of a row, if it is meant.
fn message(reader: &Reader<'_>, scope: Scope, number: i64) -> Result<Option<Message>, StorageError> {
    let found = reader.messages_where("WHERE m.id = ?1", [number])?.pop();
    Ok(found.and_then(|mut message| scope.takes(&mut message).then_some(message)))
}

fn message_row(number: i64, conversation: i64, message: Message) -> Vec<Cell> {
    let disappears = message.disappears;
    vec![
        Cell::Int(number),
        Cell::Int(conversation),
        Cell::Int(stored(message.seq)),
        Cell::Bytes(message.id.0.to_vec()),
        Cell::Bytes(message.author.as_bytes().to_vec()),
        Cell::Int(message.at_ms),
        Cell::Int(message.delivery as i64),
        message.reply_to.map_or(Cell::Null, |id| Cell::Bytes(id.0.to_vec())),
        maybe(message.edited_ms),
        maybe(disappears.map(|disappears| disappears.ttl_secs.into())),
        maybe(disappears.and_then(|disappears| disappears.at_ms)),
        Cell::Text(message.body.unwrap_or_default()),
    ]
}

fn attachment_row(message: i64, position: usize, attachment: Attachment) -> Vec<Cell> {
    let about = attachment.about.unwrap_or_default();
    vec![
        Cell::Int(attachment.id.0),
        Cell::Int(message),
        Cell::Int(i64::try_from(position).unwrap_or(i64::MAX)),
        Cell::Int(stored(attachment.size)),
        Cell::Bytes(attachment.content.as_bytes().to_vec()),
        Cell::Text(about.name),
        Cell::Text(about.media_type),
        maybe(about.width.map(i64::from)),
        maybe(about.height.map(i64::from)),
        maybe(about.duration_ms.map(stored)),
        about.preview.map_or(Cell::Null, Cell::Bytes),
    ]
}

fn maybe(number: Option<i64>) -> Cell {
    number.map_or(Cell::Null, Cell::Int)
}

/// Messages that disappear, as they are imported: each has a new key.
#[derive(Default)]
pub(super) struct Vanishing {
    keys: HashMap<i64, (MessageId, Secret<ItemKey>)>,
    records: BTreeMap<Bucket, Vec<BucketRecord>>,
}

impl Vanishing {
    pub(super) fn take_messages(
        &mut self,
        pack: Pack,
        opened: &Opened,
        transaction: &Transaction<'_>,
    ) -> Result<(), RowsError> {
        for mut row in expecting(pack, &DISAPPEARING_COLUMNS)? {
            let (Some(Cell::Text(body)), Cell::Int(number), Cell::Bytes(uid)) = (row.pop(), &row[0], &row[3]) else {
                return Err(RowsError::Strange);
            };
            let (number, uid) = (*number, uid.as_slice().try_into().map(MessageId).map_err(|_| RowsError::Strange)?);
            let bucket = match (&row[TTL], &row[EXPIRES]) {
                (Cell::Int(1..=TTL_MAX), Cell::Null) => UNREAD,
                (Cell::Int(1..=TTL_MAX), Cell::Int(expires_ms)) => bucket_of(*expires_ms),
                _ => return Err(RowsError::Strange),
            };
            let key = Secret::<ItemKey>::random(&mut random());
            let record = expiry::record(uid, &key, &opened.keys.sessions).ok_or(RowsError::Strange)?;
            self.records.entry(bucket).or_default().push(record);
            if body.len() > BODY_BYTES_MAX || self.records.len() > BUCKETS_MAX {
                return Err(RowsError::Strange);
            }
            row.push(Cell::Bytes(sealing::seal_text(&key, &body, &sealing::body_place(uid))));
            row.push(Cell::Int(bucket));
            insert(SEALED_MESSAGES, row, opened, transaction)?;
            self.keys.insert(number, (uid, key));
        }
        Ok(())
    }

    pub(super) fn take_edits(&mut self, pack: Pack, transaction: &Transaction<'_>) -> Result<(), RowsError> {
        for row in expecting(pack, &DISAPPEARING_EDIT_COLUMNS)? {
            let [Cell::Int(number), Cell::Int(revision), Cell::Int(at_ms), Cell::Text(body)] = row.as_slice() else {
                return Err(RowsError::Strange);
            };
            let (uid, key) = self.keys.get(number).ok_or(RowsError::Strange)?;
            if body.len() > BODY_BYTES_MAX {
                return Err(RowsError::Strange);
            }
            let sealed = sealing::seal_text(key, body, &sealing::edit_place(*uid, *revision));
            transaction
                .prepare_cached("INSERT INTO edits(message, revision, at_ms, sealed) VALUES(?1, ?2, ?3, ?4)")?
                .execute(params![number, revision, at_ms, sealed])
                .map_err(refused_row)?;
        }
        Ok(())
    }

    pub(super) fn take_reactions(
        &mut self,
        pack: Pack,
        opened: &Opened,
        transaction: &Transaction<'_>,
    ) -> Result<(), RowsError> {
        let mut rows = expecting(pack, REACTIONS.columns)?;
        let is_known = |row: &Vec<Cell>| matches!(&row[0], Cell::Int(number) if self.keys.contains_key(number));
        if !rows.iter().all(is_known) {
            return Err(RowsError::Strange);
        }
        let columns: Vec<String> = REACTIONS.columns.iter().map(|column| (*column).to_owned()).collect();
        Intake::of(REACTIONS, &columns)?.insert(&mut rows, transaction, &opened.keys.sessions)
    }

    /// An attachment whose content is stored in a blob of its own.
    pub(super) fn take_attachment(
        &self,
        row: &[Cell],
        blob: &StoredBlob,
        transaction: &Transaction<'_>,
    ) -> Result<(), RowsError> {
        let [Cell::Int(id), Cell::Int(message), Cell::Int(position), _, _, about @ ..] = row else {
            return Err(RowsError::Strange);
        };
        let about = about_in(about).ok_or(RowsError::Strange)?;
        let (uid, key) = self.keys.get(message).ok_or(RowsError::Strange)?;
        let wrapped = sealing::wrap_blob_key(BlobKek::Message(key), &blob.key, &blob.hash);
        let number = insert_blob(transaction, &blob.hash, &wrapped, blob.size, &blob.content)?;
        let sealed = sealing::seal_about(key, &about, &sealing::about_place(*uid, *position));
        transaction
            .prepare_cached("INSERT INTO attachments(id, message, position, blob, sealed) VALUES(?1, ?2, ?3, ?4, ?5)")?
            .execute(params![id, message, position, number, sealed])
            .map_err(refused_row)?;
        Ok(())
    }

    /// Makes the keys durable, each in the bucket of its hour.
    pub(super) fn keep_keys(self, home: &Home) -> Result<(), StorageError> {
        let buckets = Buckets::new(home.expiry());
        self.records.iter().try_for_each(|(bucket, records)| buckets.put(*bucket, records))
    }
}

fn insert(target: Target, row: Vec<Cell>, opened: &Opened, transaction: &Transaction<'_>) -> Result<(), RowsError> {
    let columns: Vec<String> = target.columns.iter().map(|column| (*column).to_owned()).collect();
    Intake::of(target, &columns)?.insert(&mut [row], transaction, &opened.keys.sessions)
}

/// What an attachment is, within the limits that a page relies on.
fn about_in(cells: &[Cell]) -> Option<About> {
    let [Cell::Text(name), Cell::Text(media_type), width, height, duration, preview] = cells else { return None };
    let number = |cell: &Cell| match cell {
        Cell::Null => Some(None),
        Cell::Int(number) => Some(Some(*number)),
        _ => None,
    };
    let pixels = |cell: &Cell| number(cell)?.map(u32::try_from).transpose().ok();
    let preview = match preview {
        Cell::Null => None,
        Cell::Bytes(bytes) if bytes.len() <= PREVIEW_BYTES_MAX => Some(bytes.clone()),
        _ => return None,
    };
    if name.len() > NAME_BYTES_MAX || media_type.len() > NAME_BYTES_MAX {
        return None;
    }
    Some(About {
        name: name.clone(),
        media_type: media_type.clone(),
        width: pixels(width)?,
        height: pixels(height)?,
        duration_ms: number(duration)?.map(u64::try_from).transpose().ok()?,
        preview,
    })
}

/// Where a row of a message says how long it stays, and until when.
const TTL: usize = 9;
const EXPIRES: usize = 10;
const TTL_MAX: i64 = TTL_SECS_MAX as i64;
/// As the vault keeps them.
const SEALED_MESSAGES: Target = Target {
    table: "messages",
    columns: &[
        "id",
        "conversation",
        "seq",
        "uid",
        "author",
        "at_ms",
        "state",
        "reply_to",
        "edited_ms",
        "ttl_secs",
        "expires_ms",
        "sealed",
        "bucket",
    ],
    wrapped: None,
};
/// A reaction has the same columns to whatever message it is.
const REACTIONS: Target = TABLES[5].takes;
/// Most hours in which messages of one account end: the longest time to live has 672, and a vault that was not opened for a
/// while has some that are over. Each is a file.
const BUCKETS_MAX: usize = 2_048;
