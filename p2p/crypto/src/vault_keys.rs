//! The master key of a vault and the keys made of it, one purpose each.

use crate::{
    kdf::derive,
    purposes::{BlobsKey, DatabaseKey, MasterKey, OutboxKey, SessionsKey},
    secret::Secret,
};

/// Everything that an open vault holds. Dropping it locks the vault. There is no way back from any of these to the
/// master key, so the master key itself need not stay in memory.
#[derive(Debug)]
pub struct VaultKeys {
    /// Raw key of the database.
    pub database: Secret<DatabaseKey>,
    /// Wraps the keys of blobs.
    pub blobs: Secret<BlobsKey>,
    /// Wraps session rows and the operating key once more.
    pub sessions: Secret<SessionsKey>,
    /// Wraps what waits to be sent.
    pub outbox: Secret<OutboxKey>,
}

impl VaultKeys {
    /// The keys made of a master key.
    #[must_use]
    pub fn from_master(master: &Secret<MasterKey>) -> Self {
        Self { database: derive(master), blobs: derive(master), sessions: derive(master), outbox: derive(master) }
    }
}
