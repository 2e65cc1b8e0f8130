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

/// What a blob starts with; the chunks of the stream follow.
pub const BLOB_MAGIC: [u8; 8] = *b"NYXBLOB\x01";
