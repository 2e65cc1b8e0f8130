//! What is kept of messages that disappear: their keys in an expiry bucket, and what their attachments are.

use alloc::{string::String, vec::Vec};
use minicbor::{Decode, Encode};

/// One record of an expiry bucket: which message, and its key, wrapped. A bucket is a sequence of these and nothing else.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketRecord {
    /// The message.
    pub message: [u8; 16],
    /// Its random key, wrapped.
    pub wrapped: [u8; BUCKET_KEY_LEN],
}

impl BucketRecord {
    /// The bytes of the record.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; BUCKET_RECORD_LEN] {
        let mut out = [0; BUCKET_RECORD_LEN];
        let (message, wrapped) = out.split_at_mut(self.message.len());
        message.copy_from_slice(&self.message);
        wrapped.copy_from_slice(&self.wrapped);
        out
    }

    /// Every record of a bucket with its place. What a cut write left at the end is no record, and an overwritten
    /// record (all zero) is none any more.
    pub fn all_in(bucket: &[u8]) -> impl Iterator<Item = (usize, Self)> + '_ {
        let (records, _torn) = bucket.as_chunks::<BUCKET_RECORD_LEN>();
        records.iter().enumerate().filter_map(|(place, bytes)| {
            let (message, wrapped) = bytes.split_first_chunk::<16>()?;
            let record = Self { message: *message, wrapped: wrapped.try_into().ok()? };
            (*bytes != [0; BUCKET_RECORD_LEN]).then_some((place, record))
        })
    }
}

/// What an attachment of a disappearing message is. It lies encrypted under that message's key, in one piece.
#[derive(Clone, Debug, Default, Eq, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct SealedAbout {
    /// Name of the file.
    #[n(0)]
    pub name: String,
    /// Media type.
    #[n(1)]
    pub media_type: String,
    /// Width in pixels.
    #[n(2)]
    pub width: Option<u32>,
    /// Height in pixels.
    #[n(3)]
    pub height: Option<u32>,
    /// Playing time.
    #[n(4)]
    pub duration_ms: Option<u64>,
    /// A small picture.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub preview: Option<Vec<u8>>,
}

/// Nonce 24 ‖ key 32 ‖ tag 16.
pub const BUCKET_KEY_LEN: usize = 72;
/// Length of one record of an expiry bucket.
pub const BUCKET_RECORD_LEN: usize = 16 + BUCKET_KEY_LEN;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bucket_gives_back_its_records_and_nothing_of_a_torn_one(
            records in proptest::collection::vec((any::<[u8; 16]>(), any::<u8>()), 0..8),
            torn in 0..BUCKET_RECORD_LEN,
        ) {
            let records: Vec<_> = records
                .into_iter()
                .map(|(message, byte)| BucketRecord { message, wrapped: [byte | 1; BUCKET_KEY_LEN] })
                .collect();
            let mut bucket: Vec<u8> = records.iter().flat_map(BucketRecord::to_bytes).collect();
            bucket.extend(core::iter::repeat_n(7, torn));
            let found: Vec<_> = BucketRecord::all_in(&bucket).map(|(_, record)| record).collect();
            prop_assert_eq!(found, records);
        }
    }
}
