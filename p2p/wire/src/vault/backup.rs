//! The frames of a backup, and what is in them.

use crate::{codec::DecodeError, content::ContentHash};
use alloc::{string::String, vec::Vec};
use minicbor::{Decode, Decoder, Encode, Encoder, data::Type};

/// What stands before each piece of a backup: `kind u8 ‖ id length u8 ‖ length u32`, then the id, then the bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameHead {
    /// What the bytes are.
    pub kind: FrameKind,
    /// Length of the id.
    pub id_len: u8,
    /// Length of the bytes, at most [`FRAME_BYTES_MAX`].
    pub len: u32,
}

impl FrameHead {
    /// The head for an id and bytes, unless one is longer than a frame may be.
    #[must_use]
    pub fn of(kind: FrameKind, id: &[u8], bytes: &[u8]) -> Option<Self> {
        let id_len = u8::try_from(id.len()).ok().filter(|len| usize::from(*len) <= FRAME_ID_MAX)?;
        let len = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= FRAME_BYTES_MAX)?;
        Some(Self { kind, id_len, len })
    }

    /// The bytes of the head.
    #[must_use]
    pub fn to_bytes(self) -> [u8; FRAME_HEAD_LEN] {
        let [a, b, c, d] = self.len.to_be_bytes();
        [self.kind as u8, self.id_len, a, b, c, d]
    }

    /// Reads a head; lengths beyond the limits are refused before anything is reserved for them.
    pub fn from_bytes(bytes: [u8; FRAME_HEAD_LEN]) -> Result<Self, DecodeError> {
        let [kind, id_len, len @ ..] = bytes;
        let head = Self {
            kind: FrameKind::from_byte(kind).ok_or(DecodeError::Malformed)?,
            id_len,
            len: u32::from_be_bytes(len),
        };
        let fits = usize::from(head.id_len) <= FRAME_ID_MAX && head.len as usize <= FRAME_BYTES_MAX;
        fits.then_some(head).ok_or(DecodeError::TooLarge)
    }
}

/// What a frame of a backup holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum FrameKind {
    /// [`BackupStart`]; first, once.
    Start = 1,
    /// Id: a table. Bytes: the names of its columns, an array of text.
    Table = 2,
    /// Id: a table that was announced. Bytes: [`Rows`].
    Rows = 3,
    /// Id: a blob's number in the table `blobs`. Bytes: [`BlobStart`].
    Blob = 4,
    /// Id: the same number. Bytes: the next part of the plaintext.
    BlobPart = 5,
    /// Bytes: SHA-256 of everything before this frame; last, once.
    End = 6,
}

impl FrameKind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Start, Self::Table, Self::Rows, Self::Blob, Self::BlobPart, Self::End]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// Where a backup comes from.
#[derive(Clone, Eq, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct BackupStart {
    /// Version of the frames.
    #[n(0)]
    pub version: u16,
    /// Version of the schema that the rows follow.
    #[n(1)]
    pub schema: u32,
    /// When the snapshot was taken, milliseconds since 1970.
    #[n(2)]
    pub taken_ms: i64,
    /// Public half of the vault-reset key, so that the restored vault opens by the same phrase.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub reset_public: [u8; 32],
    /// How many blobs follow, for progress.
    #[n(4)]
    pub blobs: u64,
    /// How many bytes of plaintext these have together, for progress.
    #[n(5)]
    pub blob_bytes: u64,
    /// The provenance key of the phrase: secret, like everything else in a backup.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub provenance: [u8; 32],
}

impl core::fmt::Debug for BackupStart {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("BackupStart(redacted)")
    }
}

/// What follows of one blob.
#[derive(Clone, Debug, Eq, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct BlobStart {
    /// Length of the plaintext.
    #[n(0)]
    pub size: u64,
    /// What the plaintext is called.
    #[n(1)]
    pub content: ContentHash,
}

/// Some rows of one table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows(pub Vec<Vec<Cell>>);

/// One value of a row, as the database keeps it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What the plaintext of a backup starts with.
pub const BACKUP_MAGIC: [u8; 9] = *b"NYXBACKUP";
/// The version of the frames that this code writes and reads.
pub const BACKUP_VERSION: u16 = 1;
/// Length of a frame's head.
pub const FRAME_HEAD_LEN: usize = 6;
/// Names of tables and numbers of blobs are short.
pub const FRAME_ID_MAX: usize = 64;
/// What a reader must be ready to hold at once. The longest single row (a body of 256 KiB and its previous one) fits.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;
/// More columns than any table will have.
pub const COLUMNS_MAX: usize = 64;

impl<C> Encode<C> for Cell {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Null => e.null()?,
            Self::Int(value) => e.i64(*value)?,
            Self::Text(value) => e.str(value)?,
            Self::Bytes(value) => e.bytes(value)?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Cell {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        match d.datatype()? {
            Type::Null => d.null().map(|()| Self::Null),
            Type::Bytes => d.bytes().map(|bytes| Self::Bytes(bytes.into())),
            Type::String => d.str().map(|text| Self::Text(text.into())),
            _ => d.i64().map(Self::Int),
        }
    }
}

impl<C> Encode<C> for Rows {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        c: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(self.0.len() as u64)?;
        for row in &self.0 {
            e.array(row.len() as u64)?;
            for cell in row {
                cell.encode(e, c)?;
            }
        }
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Rows {
    fn decode(d: &mut Decoder<'b>, c: &mut C) -> Result<Self, minicbor::decode::Error> {
        let mut rows = Vec::new();
        // Lengths are only claims: nothing is reserved for them, and each row must then really be there.
        for _ in 0..definite(d)? {
            let columns = definite(d)?;
            if columns == 0 || columns > COLUMNS_MAX as u64 {
                return Err(minicbor::decode::Error::message("number of columns"));
            }
            let mut row = Vec::new();
            for _ in 0..columns {
                row.push(Cell::decode(d, c)?);
            }
            rows.push(row);
        }
        Ok(Self(rows))
    }
}

fn definite(d: &mut Decoder<'_>) -> Result<u64, minicbor::decode::Error> {
    d.array()?.ok_or_else(|| minicbor::decode::Error::message("length missing"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        codec,
        vault::{BucketRecord, SealedAbout},
    };
    use proptest::prelude::*;

    #[test]
    fn a_claimed_length_reserves_nothing() {
        // An array of 2^62 rows in nine bytes.
        let bytes = [0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(codec::decode::<Rows>(&bytes, FRAME_BYTES_MAX), Err(DecodeError::Malformed));
    }

    proptest! {
        #[test]
        fn a_frame_head_is_within_its_limits_or_refused(bytes in any::<[u8; FRAME_HEAD_LEN]>()) {
            if let Ok(head) = FrameHead::from_bytes(bytes) {
                prop_assert!(usize::from(head.id_len) <= FRAME_ID_MAX && head.len as usize <= FRAME_BYTES_MAX);
                prop_assert_eq!(head.to_bytes(), bytes);
            }
        }

        #[test]
        fn rows_survive_their_bytes(rows in proptest::collection::vec(proptest::collection::vec(cell(), 1..9), 0..9)) {
            let rows = Rows(rows);
            let bytes = codec::encode(&rows);
            prop_assert_eq!(codec::decode_strict::<Rows>(&bytes, FRAME_BYTES_MAX), Ok(rows));
        }

        #[test]
        fn any_bytes_are_backup_structures_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = codec::decode_strict::<Rows>(&bytes, FRAME_BYTES_MAX);
            let _ = codec::decode_strict::<BackupStart>(&bytes, FRAME_BYTES_MAX);
            let _ = codec::decode_strict::<BlobStart>(&bytes, FRAME_BYTES_MAX);
            let _ = codec::decode::<SealedAbout>(&bytes, FRAME_BYTES_MAX);
            let _ = codec::decode_strict::<Vec<String>>(&bytes, FRAME_BYTES_MAX);
            let _ = BucketRecord::all_in(&bytes).count();
        }
    }

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Int),
            ".{0,20}".prop_map(Cell::Text),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Cell::Bytes),
        ]
    }
}
