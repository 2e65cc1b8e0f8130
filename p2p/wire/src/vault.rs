//! What a vault writes to disk outside its database: the header with its key slots, the start of a blob, the
//! records of an expiry bucket; and the frames of a backup. Specified in `p2p/docs/protocol/vault.md`.
//!
//! Reading order: [`Header`], [`BucketRecord`], then the backup from [`FrameHead`] down.

mod backup;
mod disappearing;
mod header;

pub use backup::{
    BACKUP_MAGIC, BACKUP_VERSION, BackupStart, BlobStart, COLUMNS_MAX, Cell, FRAME_BYTES_MAX, FRAME_HEAD_LEN,
    FRAME_ID_MAX, FrameHead, FrameKind, Rows,
};
pub use disappearing::{BUCKET_KEY_LEN, BUCKET_RECORD_LEN, BucketRecord, SealedAbout};
pub use header::{
    HEADER_BYTES_MAX, HEADER_MAGIC, HEADER_VERSION, Header, HeaderError, KEYRING_SLOT_LEN, PASSWORD_SLOT_LEN,
    RESET_SLOT_LEN,
};

use crate::content::HashKind;

/// What a blob starts with; the chunks of the stream follow. Its last byte says of what hash of the file the name is.
#[must_use]
pub const fn blob_magic(name: HashKind) -> [u8; BLOB_MAGIC_LEN] {
    match name {
        HashKind::Sha256 => *b"NYXBLOB\x01",
        HashKind::Blake3 => *b"NYXBLOB\x02",
    }
}

/// Of what hash the name of the blob is that starts like this; none if no blob does.
#[must_use]
pub fn blob_name_kind(magic: &[u8; BLOB_MAGIC_LEN]) -> Option<HashKind> {
    [HashKind::Sha256, HashKind::Blake3].into_iter().find(|kind| blob_magic(*kind) == *magic)
}

/// Length of what a blob starts with.
pub const BLOB_MAGIC_LEN: usize = 8;
