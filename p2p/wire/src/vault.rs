//! What a vault writes to disk outside its database: the header with its key slots, the start of a blob, the
//! records of an expiry bucket; and the frames of a backup. Specified in `p2p/docs/protocol/vault.md`.
//!
//! Reading order: [`Header`], [`BucketRecord`], then the backup from [`FrameHead`] down.

use crate::codec::{self, DecodeError};
use alloc::{string::String, vec::Vec};
use minicbor::{Decode, Decoder, Encode, Encoder, data::Type};

/// The header of a vault: everything that is needed to try a password or a phrase, and nothing secret in the clear.
///
/// The file is `magic8 ‖ version u16 ‖ CBOR ‖ checksum32`, the checksum being the SHA-256 of all before it: it keeps
/// nobody from changing the file (the key slots do), it tells a damaged header from a wrong password.
#[derive(Clone, Debug, Eq, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Header {
    /// Random name of this vault; a restored vault has another one.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub vault_id: [u8; 16],
    /// Argon2id memory in KiB.
    #[n(1)]
    pub m_kib: u32,
    /// Argon2id passes.
    #[n(2)]
    pub t: u32,
    /// Argon2id lanes.
    #[n(3)]
    pub p: u32,
    /// Argon2id salt, new with every password.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// Public half of the vault-reset key, so that the second slot can be made anew without the phrase.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub reset_public: [u8; 32],
    /// The master key sealed to the vault-reset key.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub reset_slot: [u8; RESET_SLOT_LEN],
    /// The master key wrapped under the password key.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub password_slot: [u8; PASSWORD_SLOT_LEN],
    /// The master key wrapped under a key of the desktop's keyring, if its person wants that.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub keyring_slot: Option<[u8; KEYRING_SLOT_LEN]>,
}

impl Header {
    /// The bytes of the file. `sha256` is handed in, because this crate computes nothing.
    #[must_use]
    pub fn to_file(&self, sha256: impl FnOnce(&[u8]) -> [u8; 32]) -> Vec<u8> {
        let mut file = self.prefix();
        file.extend_from_slice(&codec::encode(self));
        let checksum = sha256(&file);
        file.extend_from_slice(&checksum);
        file
    }

    /// Reads the file.
    pub fn from_file(file: &[u8], sha256: impl FnOnce(&[u8]) -> [u8; 32]) -> Result<Self, HeaderError> {
        if file.len() > HEADER_BYTES_MAX {
            return Err(HeaderError::Damaged);
        }
        let (covered, checksum) = file.split_last_chunk::<32>().ok_or(HeaderError::Damaged)?;
        let rest = covered.strip_prefix(&HEADER_MAGIC).ok_or(HeaderError::NotAVault)?;
        if sha256(covered) != *checksum {
            return Err(HeaderError::Damaged);
        }
        let (version, body) = rest.split_first_chunk::<2>().ok_or(HeaderError::Damaged)?;
        match u16::from_be_bytes(*version) {
            HEADER_VERSION => codec::decode_strict(body, HEADER_BYTES_MAX).map_err(|_| HeaderError::Damaged),
            other => Err(HeaderError::OtherVersion(other)),
        }
    }

    /// Associated data of the password's and the keyring's slot: the whole header but these two. Nobody can cheapen the
    /// parameters or swap the reset slot without both failing. The keyring's slot is no part of it, so that it can go
    /// without the password; a new password makes a slot of the keyring from before useless.
    #[must_use]
    pub fn slot_ad(&self) -> Vec<u8> {
        let mut ad = self.prefix();
        let rest = Self { password_slot: [0; PASSWORD_SLOT_LEN], keyring_slot: None, ..self.clone() };
        ad.extend_from_slice(&codec::encode(&rest));
        ad
    }

    /// Associated data of the reset slot: the vault it opens and the key it is sealed to.
    #[must_use]
    pub fn reset_slot_ad(&self) -> Vec<u8> {
        let mut ad = self.prefix();
        ad.extend_from_slice(&self.vault_id);
        ad.extend_from_slice(&self.reset_public);
        ad
    }

    fn prefix(&self) -> Vec<u8> {
        let mut prefix = Vec::with_capacity(HEADER_BYTES_MAX);
        prefix.extend_from_slice(&HEADER_MAGIC);
        prefix.extend_from_slice(&HEADER_VERSION.to_be_bytes());
        prefix
    }
}

/// Why a header cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HeaderError {
    /// The file does not start as a vault's header does.
    #[error("not a vault header")]
    NotAVault,
    /// Bytes changed or are missing.
    #[error("the vault header is damaged")]
    Damaged,
    /// Intact, but of a version that this program does not know.
    #[error("the vault header has version {0}")]
    OtherVersion(u16),
}

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
    /// SHA-256 of the plaintext.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub content: [u8; 32],
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

/// What a header file starts with.
pub const HEADER_MAGIC: [u8; 8] = *b"NYXVAULT";
/// The version of the header that this code writes and reads.
pub const HEADER_VERSION: u16 = 1;
/// A header is about 350 bytes; more is not one.
pub const HEADER_BYTES_MAX: usize = 1024;
/// Nonce 24 ‖ master key 32 ‖ tag 16.
pub const PASSWORD_SLOT_LEN: usize = 72;
/// Nonce 24 ‖ master key 32 ‖ tag 16.
pub const KEYRING_SLOT_LEN: usize = 72;
/// Encapsulated key 32 ‖ master key 32 ‖ tag 16.
pub const RESET_SLOT_LEN: usize = 80;

/// What a blob starts with; the chunks of the stream follow.
pub const BLOB_MAGIC: [u8; 8] = *b"NYXBLOB\x01";

/// Nonce 24 ‖ key 32 ‖ tag 16.
pub const BUCKET_KEY_LEN: usize = 72;
/// Length of one record of an expiry bucket.
pub const BUCKET_RECORD_LEN: usize = 16 + BUCKET_KEY_LEN;

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
    use proptest::prelude::*;

    #[test]
    fn a_header_survives_the_file() {
        for keyring_slot in [None, Some([6; KEYRING_SLOT_LEN])] {
            let header = Header { keyring_slot, ..sample() };
            let file = header.to_file(sum);
            assert_eq!(Header::from_file(&file, sum), Ok(header));
            assert!(file.len() <= HEADER_BYTES_MAX / 2);
        }
    }

    #[test]
    fn every_changed_bit_and_every_truncation_of_a_header_is_refused() {
        let file = Header { keyring_slot: Some([6; KEYRING_SLOT_LEN]), ..sample() }.to_file(sum);
        for bit in 0..file.len() * 8 {
            let mut changed = file.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::from_file(&changed, sum).is_err(), "bit {bit}");
        }
        for length in 0..file.len() {
            assert!(Header::from_file(&file[..length], sum).is_err());
        }
    }

    #[test]
    fn a_header_of_a_later_version_is_named_as_such() {
        let mut file = sample().to_file(sum);
        file.truncate(file.len() - 32);
        file[9] = 9;
        let checksum = sum(&file);
        file.extend_from_slice(&checksum);
        assert_eq!(Header::from_file(&file, sum), Err(HeaderError::OtherVersion(9)));
    }

    #[test]
    fn both_slots_of_keys_are_the_only_parts_their_associated_data_leaves_out() {
        let header = sample();
        let other = Header { password_slot: [8; PASSWORD_SLOT_LEN], ..header.clone() };
        assert_eq!(header.slot_ad(), other.slot_ad());
        let other = Header { keyring_slot: Some([8; KEYRING_SLOT_LEN]), ..header.clone() };
        assert_eq!(header.slot_ad(), other.slot_ad());
        for changed in [
            Header { vault_id: [8; 16], ..header.clone() },
            Header { m_kib: 8, ..header.clone() },
            Header { t: 8, ..header.clone() },
            Header { p: 8, ..header.clone() },
            Header { salt: [8; 16], ..header.clone() },
            Header { reset_public: [8; 32], ..header.clone() },
            Header { reset_slot: [8; RESET_SLOT_LEN], ..header.clone() },
        ] {
            assert_ne!(header.slot_ad(), changed.slot_ad());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_header_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = Header::from_file(&bytes, sum);
            let mut file = HEADER_MAGIC.to_vec();
            file.extend_from_slice(&HEADER_VERSION.to_be_bytes());
            file.extend_from_slice(&bytes);
            let checksum = sum(&file);
            file.extend_from_slice(&checksum);
            if let Ok(header) = Header::from_file(&file, sum) {
                prop_assert_eq!(header.to_file(sum), file);
            }
        }

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

    #[test]
    fn a_claimed_length_reserves_nothing() {
        // An array of 2^62 rows in nine bytes.
        let bytes = [0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(codec::decode::<Rows>(&bytes, FRAME_BYTES_MAX), Err(DecodeError::Malformed));
    }

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Int),
            ".{0,20}".prop_map(Cell::Text),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Cell::Bytes),
        ]
    }

    fn sample() -> Header {
        Header {
            vault_id: [1; 16],
            m_kib: 65_536,
            t: 3,
            p: 4,
            salt: [2; 16],
            reset_public: [3; 32],
            reset_slot: [4; RESET_SLOT_LEN],
            password_slot: [5; PASSWORD_SLOT_LEN],
            keyring_slot: None,
        }
    }

    /// Stands in for SHA-256: notices every changed bit, which is all that these tests ask of it.
    fn sum(bytes: &[u8]) -> [u8; 32] {
        let mut out = [0u8; 32];
        for (place, byte) in bytes.iter().enumerate() {
            out[place % 32] = out[place % 32].rotate_left(3) ^ byte.wrapping_add(place as u8);
        }
        out
    }
}
