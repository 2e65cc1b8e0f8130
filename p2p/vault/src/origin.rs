//! Where a vault comes from: the phrase that its second key slot is made for.
//!
//! The header lies where others may be able to write, and everybody who reads it knows the public key that the slot is
//! sealed to. Were that enough to seal one, a vault of somebody else's could be put behind the phrase: its person would
//! open it, find their own account's public half in it, and store new secrets under a master key that the other one
//! knows. So a slot opens only if it was sealed with the provenance key, which comes out of the phrase and lies in the
//! vault and its backups, encrypted: a vault restored or moved without the phrase has it too. Decision record 4.

use crate::{
    error::{Damage, StorageError},
    sealing,
};
use nyx_crypto::{
    purposes::{Provenance, SessionsKey, VaultResetKey},
    root::Root,
    sealed::BoxAddress,
    secret::Secret,
};
use rusqlite::{Connection, OptionalExtension, params};

/// The phrase that a vault belongs to, as far as those know it who do not have the phrase itself: enough to make a vault
/// that the phrase opens, and too little to open one.
#[derive(Debug)]
pub struct Origin {
    pub(crate) reset: BoxAddress<VaultResetKey>,
    pub(crate) provenance: Secret<Provenance>,
}

impl Origin {
    /// That of a phrase.
    #[must_use]
    pub fn of(root: &Root) -> Self {
        Self { reset: BoxAddress::of(&root.vault_reset_key()), provenance: root.provenance() }
    }

    /// That of a vault which came from another device.
    #[must_use]
    pub const fn from_parts(reset_public: [u8; 32], provenance: Secret<Provenance>) -> Self {
        Self { reset: BoxAddress::from_bytes(reset_public), provenance }
    }

    /// Whether it is that of this phrase.
    pub(crate) fn is_of(&self, root: &Root) -> bool {
        self.reset_public() == Self::of(root).reset_public() && self.provenance == root.provenance()
    }

    /// The public half of the vault-reset key.
    #[must_use]
    pub const fn reset_public(&self) -> [u8; 32] {
        *self.reset.as_bytes()
    }

    /// The key by which the phrase recognises its vaults and backups. Secret: whoever has it can make one.
    #[must_use]
    pub const fn provenance(&self) -> &Secret<Provenance> {
        &self.provenance
    }

    /// Keeps it in a new vault.
    pub(crate) fn keep(&self, connection: &Connection, keys: &Secret<SessionsKey>) -> Result<(), StorageError> {
        let wrapped = sealing::seal_session(keys, KIND, &[], self.provenance.expose());
        connection.execute("INSERT INTO sessions(kind, id, value) VALUES(?1, x'', ?2)", params![KIND, wrapped])?;
        Ok(())
    }

    /// That of an open vault, whose header says `reset_public`.
    pub(crate) fn kept(
        reset_public: [u8; 32],
        connection: &Connection,
        keys: &Secret<SessionsKey>,
    ) -> Result<Self, StorageError> {
        let wrapped: Option<Vec<u8>> = connection
            .prepare_cached("SELECT value FROM sessions WHERE kind = ?1 AND id = x''")?
            .query_row([KIND], |row| row.get(0))
            .optional()?;
        let provenance = wrapped
            .and_then(|wrapped| sealing::open_session(keys, KIND, &[], &wrapped))
            .and_then(|value| Secret::from_slice(&value))
            .ok_or(StorageError::Damaged(Damage::Row("sessions", 0)))?;
        Ok(Self::from_parts(reset_public, provenance))
    }
}

/// Among the session rows because they are wrapped once more and leave with no snapshot by themselves.
pub(crate) const KIND: &str = "vault/provenance";
