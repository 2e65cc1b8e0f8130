//! Attachments: bytes into the vault, and out of it again.

use crate::{
    blobs::{self, BlobReader, CopyError, HASHED_BY, StoreError, StoredBlob},
    error::StorageError,
    ids::MessageId,
    model::AttachmentId,
    moving::refuse_closed,
    reader::Reader,
    sealing::{self, BlobKek},
    vault::Vault,
};
use nyx_crypto::{purposes::StreamKey, secret::Secret};
use std::io;

impl Vault {
    /// Stores bytes, encrypted on the way, with the same small memory whatever their length. `progress` hears the bytes
    /// done so far and answers whether to go on. To keep them, attach them to a message.
    pub fn store_blob(
        &self,
        source: &mut dyn io::Read,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<StoredBlob, StoreError> {
        // Before a gigabyte is written that no message can get any more.
        self.read::<_, StorageError>(|reader| refuse_closed(reader.connection))?;
        blobs::store(&self.home.blobs(), &self.pins, HASHED_BY, source, progress)
    }

    /// Opens an attachment for reading, from any place.
    pub fn open_attachment(&self, id: AttachmentId) -> Result<BlobReader, AttachmentError> {
        let (hash, key) = self.read(|reader| attachment_key(reader, id))?;
        Ok(blobs::open(&self.home.blobs(), hash, &key)?)
    }

    /// Writes an attachment into `sink`. `progress` hears the bytes done so far and answers whether to go on.
    pub fn save_attachment(
        &self,
        id: AttachmentId,
        sink: &mut dyn io::Write,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), AttachmentError> {
        Ok(self.open_attachment(id)?.copy_to(sink, progress)?)
    }
}

/// Where the blob of an attachment is, and its key.
pub(crate) fn attachment_key(
    reader: &Reader<'_>,
    id: AttachmentId,
) -> Result<([u8; 32], Secret<StreamKey>), AttachmentError> {
    let (hash, wrapped, message, bucket): ([u8; 32], Vec<u8>, MessageId, Option<i64>) = reader
        .one(
            "SELECT b.hash, b.key, m.uid, m.bucket FROM attachments a JOIN blobs b ON b.id = a.blob \
             JOIN messages m ON m.id = a.message WHERE a.id = ?1",
            [id.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?
        .ok_or(AttachmentError::NoAttachment)?;
    let item = match bucket {
        None => None,
        Some(bucket) => Some(reader.item_key(bucket, message)?.ok_or(AttachmentError::Disappeared)?),
    };
    let kek = item.as_ref().map_or(BlobKek::Vault(&reader.keys.blobs), BlobKek::Message);
    let key = sealing::unwrap_blob_key(kek, &wrapped, &hash).ok_or(StorageError::row("attachments", id.0))?;
    Ok((hash, key))
}

/// Why an attachment did not come out.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// There is none of this name.
    #[error("no such attachment")]
    NoAttachment,
    /// The key of its message is gone.
    #[error("the message has disappeared")]
    Disappeared,
    /// Where the bytes go.
    #[error("the target cannot be written: {0}")]
    Sink(#[source] io::Error),
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The disk, or a damaged blob.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<CopyError> for AttachmentError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Sink(error) => Self::Sink(error),
            CopyError::Cancelled => Self::Cancelled,
            CopyError::Storage(error) => Self::Storage(error),
        }
    }
}
