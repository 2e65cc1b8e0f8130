//! What rows say about each other once all of them are there.

use super::RowsError;
use crate::{
    content,
    error::StorageError,
    expiry::Buckets,
    limits::{
        ATTACHMENTS_MAX, BODY_BYTES_MAX, EDITS_MAX, EMOJI_BYTES_MAX, NAME_BYTES_MAX, PREVIEW_BYTES_MAX, REACTIONS_MAX,
        TTL_SECS_MAX, VALUE_BYTES_MAX,
    },
    opened::Opened,
    reader::Reader,
    scope::Scope,
};
use rusqlite::{Connection, params};
use std::fs::File;

/// What this program never writes, and what the rest of it relies on being otherwise: limits that bound the memory of
/// whoever reads a page, messages without a text, settings that belong to another device. The schema holds what there
/// is only one of.
pub(crate) fn refuse_strange(connection: &Connection) -> Result<(), RowsError> {
    let is_strange: bool = connection.query_row(
        "SELECT EXISTS(SELECT 1 FROM settings WHERE moves <> 1 OR length(value) > ?5 OR octet_length(name) > ?3) \
         OR EXISTS(SELECT 1 FROM messages WHERE bucket IS NULL AND (body IS NULL OR octet_length(body) > ?1)) \
         OR EXISTS(SELECT 1 FROM edits WHERE sealed IS NULL AND (body IS NULL OR octet_length(body) > ?1)) \
         OR EXISTS(SELECT 1 FROM drafts WHERE octet_length(body) > ?1) \
         OR EXISTS(SELECT 1 FROM attachments GROUP BY message HAVING count(*) > ?2) \
         OR EXISTS(SELECT 1 FROM attachments WHERE octet_length(name) > ?3 OR octet_length(media_type) > ?3 \
            OR length(preview) > ?4) \
         OR EXISTS(SELECT 1 FROM reactions WHERE octet_length(emoji) > ?6) \
         OR EXISTS(SELECT 1 FROM reactions GROUP BY message, author HAVING count(*) > ?8) \
         OR EXISTS(SELECT 1 FROM edits GROUP BY message HAVING count(*) > ?9) \
         OR EXISTS(SELECT 1 FROM conversations WHERE ttl_secs NOT BETWEEN 0 AND ?7 OR octet_length(title) > ?3) \
         OR EXISTS(SELECT 1 FROM contacts WHERE octet_length(name) > ?3 OR length(device_list) > ?5 \
            OR length(profile) > ?5) \
         OR EXISTS(SELECT 1 FROM accounts WHERE octet_length(name) > ?3 OR length(opkey_cert) > ?5 \
            OR length(device_list) > ?5)",
        params![
            BODY_BYTES_MAX as i64,
            ATTACHMENTS_MAX as i64,
            NAME_BYTES_MAX as i64,
            PREVIEW_BYTES_MAX as i64,
            VALUE_BYTES_MAX as i64,
            EMOJI_BYTES_MAX as i64,
            TTL_SECS_MAX,
            REACTIONS_MAX,
            EDITS_MAX,
        ],
        |row| row.get(0),
    )?;
    if is_strange { Err(RowsError::Strange) } else { Ok(()) }
}

/// What is said about the last place of a conversation is not believed: somebody hostile would say the highest, and no
/// message could ever be added, or claim everything to come as read.
pub(crate) fn count_places(connection: &Connection) -> Result<(), RowsError> {
    let has_absurd: bool = connection.query_row(
        "SELECT EXISTS(SELECT 1 FROM messages WHERE seq NOT BETWEEN 1 AND ?1 OR id NOT BETWEEN 1 AND ?1) \
         OR EXISTS(SELECT 1 FROM conversations WHERE id NOT BETWEEN 1 AND ?1) \
         OR EXISTS(SELECT 1 FROM attachments WHERE id NOT BETWEEN 1 AND ?1) \
         OR EXISTS(SELECT 1 FROM blobs WHERE id NOT BETWEEN 1 AND ?1)",
        [SEQ_MAX],
        |row| row.get(0),
    )?;
    if has_absurd {
        return Err(RowsError::Strange);
    }
    connection.execute_batch(
        "UPDATE conversations SET \
         last_seq = (SELECT coalesce(max(seq), 0) FROM messages WHERE conversation = conversations.id); \
         UPDATE conversations SET read_seq = max(0, min(read_seq, last_seq));",
    )?;
    Ok(())
}

/// Makes the words findable, and reads everything once: rows that cannot be understood are noticed now, while nothing has
/// changed yet. Tells the content hash; none if `progress`, which hears how many messages are read, said stop.
pub(crate) fn make_findable(
    opened: &Opened,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<[u8; 32]>, RowsError> {
    opened.writer.execute_batch("INSERT INTO search(search) VALUES('rebuild')")?;
    let buckets = Buckets::new(opened.home.expiry());
    content::hash(&Reader::new(&opened.writer, &opened.keys, &buckets), Scope::ALL, progress).map_err(|error| {
        match error {
            StorageError::Damaged(_) => RowsError::Strange,
            other => RowsError::Storage(other),
        }
    })
}

/// Brings everything into the one file, and that onto the disk.
pub(crate) fn settle(opened: &Opened) -> Result<(), StorageError> {
    opened.writer.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(File::open(opened.home.database())?.sync_all()?)
}

/// More messages than a conversation can ever have, and far from the end of the numbers.
pub(crate) const SEQ_MAX: i64 = 1 << 48;
