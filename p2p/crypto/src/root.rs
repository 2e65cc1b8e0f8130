//! The root: what a phrase becomes, and the only three keys made of it.
//!
//! Everything else is random. A phrase that is stolen later therefore opens no recorded traffic. A root exists only
//! while the phrase is in hand (creating an account, recovering one); nothing stores it.

use crate::{
    account::AccountRootKey,
    kdf::derive_from_root,
    labels,
    phrase::Phrase,
    purposes::{AccountRootSeed, BackupIdentity, RootKey, VaultResetKey},
    secret::Secret,
};
use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroize;

/// What a phrase becomes.
#[derive(Debug)]
pub struct Root(Secret<RootKey, 64>);

impl Root {
    /// HKDF-Extract-SHA512 of the phrase's BIP39 seed.
    #[must_use]
    pub fn from_phrase(phrase: &Phrase) -> Self {
        let (mut prk, _) = Hkdf::<Sha512>::extract(Some(labels::ROOT.as_bytes()), phrase.seed().as_ref());
        let root = Secret::filled(|place| place.copy_from_slice(&prk));
        prk.as_mut_slice().zeroize();
        Self(root)
    }

    /// The account root key.
    #[must_use]
    pub fn account_root_key(&self) -> AccountRootKey {
        AccountRootKey::from_seed(&self.account_root_seed())
    }

    /// The seed of the account root key.
    #[must_use]
    pub(crate) fn account_root_seed(&self) -> Secret<AccountRootSeed> {
        derive_from_root(&self.0)
    }

    /// The key that the vault's second slot is sealed to.
    #[must_use]
    pub fn vault_reset_key(&self) -> Secret<VaultResetKey> {
        derive_from_root(&self.0)
    }

    /// The age identity that opens backups: an X25519 private key.
    #[must_use]
    pub fn backup_identity(&self) -> Secret<BackupIdentity> {
        derive_from_root(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_phrase_gives_the_same_three_different_keys() {
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let root = Root::from_phrase(&Phrase::parse(phrase).unwrap());
        let again = Root::from_phrase(&Phrase::parse(phrase).unwrap());
        assert_eq!(root.account_root_seed(), again.account_root_seed());
        assert_eq!(root.vault_reset_key(), again.vault_reset_key());
        assert_eq!(root.backup_identity(), again.backup_identity());
        assert_ne!(root.account_root_seed().expose(), root.vault_reset_key().expose());
        assert_ne!(root.vault_reset_key().expose(), root.backup_identity().expose());
    }
}
