//! An account: its id, the root key that exists only while the phrase is in hand, and the operating key that acts for it.

mod operating;

pub use operating::OperatingKey;

use crate::{
    hash, labels,
    purposes::AccountRootSeed,
    secret::Secret,
    signature::{self, Verified, VerifyError},
};
use bip39::Language;
use core::fmt;
use ed25519_dalek::SigningKey;
use nyx_wire::identity::{COUNT_MAX, OpKeyCert, RecoveryStatement, Signed, Version};
use sha2::{Digest, Sha256};

/// The id of an account: the hash of its root public key. Not secret, but it tells people apart: `Debug` is redacted
/// so that it stays out of logs.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Aid([u8; 32]);

impl Aid {
    /// The id that belongs to a root public key.
    #[must_use]
    pub fn of(ark: &[u8; 32]) -> Self {
        Self(Sha256::new_with_prefix(labels::AID).chain_update(ark).finalize().into())
    }

    /// An id that was stored or received; whether a key belongs to it is seen when one comes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Four words for people to recognise an account by. 44 bits: enough to notice a mix-up, too few to resist somebody
    /// who searches for a twin on purpose. No decision may rest on them alone.
    #[must_use]
    pub fn words(&self) -> [&'static str; 4] {
        words_at(self.word_places())
    }

    /// Where in the word list the four words stand.
    #[must_use]
    pub fn word_places(&self) -> [u16; 4] {
        let hash = hash::labelled(labels::AID_WORDS, &self.0);
        let bits = u64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], 0, 0]);
        [53, 42, 31, 20].map(|shift| (bits >> shift) as u16 % WORDS)
    }
}

/// The words at these places of the word list.
#[must_use]
pub fn words_at(places: [u16; 4]) -> [&'static str; 4] {
    places.map(|place| Language::English.word_list()[usize::from(place % WORDS)])
}

impl fmt::Debug for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aid(redacted)")
    }
}

/// The account root key. Made from the phrase, used, dropped; nothing stores it.
pub struct AccountRootKey(SigningKey);

impl AccountRootKey {
    /// The key that belongs to a seed.
    #[must_use]
    pub fn from_seed(seed: &Secret<AccountRootSeed>) -> Self {
        Self(SigningKey::from_bytes(seed.expose()))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The account's id.
    #[must_use]
    pub fn aid(&self) -> Aid {
        Aid::of(&self.public())
    }

    /// Says that `opkey` acts for this account from `generation` on.
    pub fn certify(&self, opkey: &OperatingKey, generation: u64) -> Result<Verified<OpKeyCert>, GenerationError> {
        if generation > COUNT_MAX {
            return Err(GenerationError);
        }
        let aid = *self.aid().as_bytes();
        Ok(signature::sign(&self.0, OpKeyCert { v: Version, aid, generation, opkey: opkey.public() }))
    }

    pub(crate) fn sign_recovery(&self, statement: RecoveryStatement) -> Verified<RecoveryStatement> {
        signature::sign(&self.0, statement)
    }
}

impl fmt::Debug for AccountRootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountRootKey(redacted)")
    }
}

/// The generation for a recovery: above every one that anybody has seen, and above every one that a device without the
/// phrase could have claimed. The clock makes a phrase alone sufficient, which remembers nothing.
pub fn next_generation(known: u64, challenged: u64, unix_secs: u64) -> Result<u64, GenerationError> {
    let highest = known.max(challenged).max(unix_secs);
    if highest < COUNT_MAX { Ok(highest + 1) } else { Err(GenerationError) }
}

/// No generation is left.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no generation is left")]
pub struct GenerationError;

/// Verifies that the owner of `aid` signed this operating key: `ark` is the root public key that belongs to `aid`.
pub fn verify_opkey_cert(
    aid: Aid,
    ark: &[u8; 32],
    cert: &Signed<OpKeyCert>,
) -> Result<Verified<OpKeyCert>, VerifyError> {
    if Aid::of(ark) != aid {
        return Err(VerifyError);
    }
    let cert = signature::verify(ark, cert)?;
    if cert.aid == aid.0 { Ok(cert) } else { Err(VerifyError) }
}

const WORDS: u16 = 2048;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn ark(seed: u8) -> AccountRootKey {
        AccountRootKey::from_seed(&Secret::from_bytes([seed; 32]))
    }

    #[test]
    fn a_certificate_verifies_under_its_own_account_only() {
        let opkey = OperatingKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        let cert = ark(1).certify(&opkey, 5).unwrap();
        let verified = verify_opkey_cert(ark(1).aid(), &ark(1).public(), cert.signed()).unwrap();
        assert_eq!((verified.generation, verified.opkey), (5, opkey.public()));
        assert!(verify_opkey_cert(ark(2).aid(), &ark(2).public(), cert.signed()).is_err());
        assert!(verify_opkey_cert(ark(2).aid(), &ark(1).public(), cert.signed()).is_err());
        assert!(verify_opkey_cert(ark(1).aid(), &ark(2).public(), cert.signed()).is_err());
    }

    #[test]
    fn an_account_cannot_certify_in_anothers_name() {
        let opkey = OperatingKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        let foreign = OpKeyCert { v: Version, aid: *ark(1).aid().as_bytes(), generation: 9, opkey: opkey.public() };
        let forged = signature::sign(&ark(2).0, foreign);
        assert!(verify_opkey_cert(ark(1).aid(), &ark(1).public(), forged.signed()).is_err());
        assert!(verify_opkey_cert(ark(1).aid(), &ark(2).public(), forged.signed()).is_err());
        assert!(verify_opkey_cert(ark(2).aid(), &ark(2).public(), forged.signed()).is_err());
    }

    #[test]
    fn the_next_generation_is_above_all_three_and_never_wraps() {
        assert_eq!(next_generation(5, 3, 4), Ok(6));
        assert_eq!(next_generation(5, 9, 4), Ok(10));
        assert_eq!(next_generation(0, 0, 1_800_000_000), Ok(1_800_000_001));
        assert_eq!(next_generation(COUNT_MAX - 1, 0, 0), Ok(COUNT_MAX));
        assert_eq!(next_generation(0, COUNT_MAX, 0), Err(GenerationError));
        assert_eq!(next_generation(0, 0, u64::MAX), Err(GenerationError));
    }

    #[test]
    fn words_are_four_and_change_with_the_account() {
        assert_eq!(ark(1).aid().words(), ark(1).aid().words());
        assert_ne!(ark(1).aid().words(), ark(2).aid().words());
    }

    #[test]
    fn debug_shows_neither_key_nor_id() {
        assert_eq!(format!("{:?} {:?}", ark(1), ark(1).aid()), "AccountRootKey(redacted) Aid(redacted)");
    }
}
