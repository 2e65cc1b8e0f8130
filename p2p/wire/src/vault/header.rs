//! The header of a vault, with its key slots.

use crate::codec;
use alloc::vec::Vec;
use minicbor::{Decode, Encode};

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
