//! How much would go along, before anything is prepared.

use crate::{
    error::StorageError,
    reader::{Reader, unsigned},
    vault::Vault,
};
use rusqlite::params;

/// How much of the account is younger than some moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct MoveSize {
    /// Messages.
    pub messages: u64,
    /// About how many bytes everything but attachments has on its way.
    pub row_bytes: u64,
    /// Attachments.
    pub attachments: u64,
    /// Bytes of them.
    pub attachment_bytes: u64,
}

impl Vault {
    /// How much would be moved, for each choice of what is old (`None`: nothing is). A pass over messages and attachments for
    /// each: a lane's work, and not an engine's.
    pub fn move_sizes(&self, since_ms: &[Option<i64>]) -> Result<Vec<MoveSize>, StorageError> {
        self.read(|reader| {
            let size = |since: &Option<i64>| {
                let since = since.unwrap_or(i64::MIN);
                let (messages, row_bytes) = rows_in_packs(reader, since)?;
                let (attachments, attachment_bytes) = reader
                    .one(ATTACHED, params![since], |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))?
                    .unwrap_or_default();
                Ok(MoveSize { messages, row_bytes, attachments, attachment_bytes })
            };
            since_ms.iter().map(size).collect()
        })
    }
}

/// How many messages there are since then, and about how many bytes of packs they and what belongs to them will be. No text is
/// read for that: a row's head says how long each is.
pub(super) fn rows_in_packs(reader: &Reader<'_>, since_ms: i64) -> Result<(u64, u64), StorageError> {
    let sum = |query| {
        let found = reader.one(query, [since_ms], |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))?;
        Ok::<_, StorageError>(found.unwrap_or_default())
    };
    let (messages, text_bytes) = sum(TEXTS)?;
    let (attachments, about_bytes) = sum(ABOUT_ATTACHED)?;
    let cells = messages.saturating_add(attachments).saturating_mul(CELLS_BYTES);
    Ok((messages, text_bytes.saturating_add(about_bytes).saturating_add(cells)))
}

const TEXTS: &str = "SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM messages WHERE at_ms >= ?1";
const ABOUT_ATTACHED: &str = "SELECT count(*), \
    coalesce(sum(coalesce(octet_length(a.preview), 0) + coalesce(octet_length(a.name), 0)), 0) \
    FROM attachments a JOIN messages m ON m.id = a.message WHERE m.at_ms >= ?1";
/// What a row has in a pack besides texts and previews: ids, hashes, times.
const CELLS_BYTES: u64 = 40;
const ATTACHED: &str = "SELECT count(*), coalesce(sum(b.size), 0) FROM attachments a \
    JOIN messages m ON m.id = a.message JOIN blobs b ON b.id = a.blob WHERE m.at_ms >= ?1";
