//! The root: what a phrase becomes, and the only four keys made of it.
//!
//! Everything else is random. A phrase that is stolen later therefore opens no recorded traffic. A root exists only
//! while the phrase is in hand (creating an account, recovering one); nothing stores it.

use crate::{
    account::AccountRootKey,
    kdf::{derive_from_extracted, extract},
    labels,
    phrase::Phrase,
    purposes::{AccountRootSeed, BackupIdentity, Provenance, RootKey, VaultResetKey},
    secret::Secret,
};

/// What a phrase becomes.
#[derive(Debug)]
pub struct Root(Secret<RootKey, 64>);

impl Root {
    /// HKDF-Extract-SHA512 of the phrase's BIP39 seed.
    #[must_use]
    pub fn from_phrase(phrase: &Phrase) -> Self {
        Self(extract(labels::ROOT.as_bytes(), phrase.seed().as_ref()))
    }

    /// The account root key.
    #[must_use]
    pub fn account_root_key(&self) -> AccountRootKey {
        AccountRootKey::from_seed(&self.account_root_seed())
    }

    /// The seed of the account root key.
    #[must_use]
    pub(crate) fn account_root_seed(&self) -> Secret<AccountRootSeed> {
        derive_from_extracted(&self.0, &[])
    }

    /// The key that the vault's second slot is sealed to.
    #[must_use]
    pub fn vault_reset_key(&self) -> Secret<VaultResetKey> {
        derive_from_extracted(&self.0, &[])
    }

    /// What shows that a vault or a backup comes from this phrase and was not put there by somebody who only knows its
    /// public keys. The only one of the four that is stored: inside the encrypted vault.
    #[must_use]
    pub fn provenance(&self) -> Secret<Provenance> {
        derive_from_extracted(&self.0, &[])
    }

    /// The age identity that opens backups: an X25519 private key.
    #[must_use]
    pub fn backup_identity(&self) -> Secret<BackupIdentity> {
        derive_from_extracted(&self.0, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_phrase_gives_the_same_four_different_keys() {
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let root = Root::from_phrase(&Phrase::parse(phrase).unwrap());
        let again = Root::from_phrase(&Phrase::parse(phrase).unwrap());
        assert_eq!(root.account_root_seed(), again.account_root_seed());
        assert_eq!(root.vault_reset_key(), again.vault_reset_key());
        assert_eq!(root.backup_identity(), again.backup_identity());
        assert_eq!(root.provenance(), again.provenance());
        let keys = [
            *root.account_root_seed().expose(),
            *root.vault_reset_key().expose(),
            *root.backup_identity().expose(),
            *root.provenance().expose(),
        ];
        for (place, key) in keys.iter().enumerate() {
            assert!(keys[place + 1..].iter().all(|other| other != key));
        }
    }
}
