//! The open parts of a vault, before it is one.

use crate::{
    database::{self, Role},
    error::{Damage, StorageError},
    files::Home,
    locked::UnlockError,
    schema::{self, MigrateError},
    tidying::tidy,
};
use nyx_crypto::{purposes::MasterKey, secret::Secret, vault_keys::VaultKeys};
use rusqlite::Connection;

/// The open parts of a vault, before it is one.
pub(crate) struct Opened {
    pub(crate) keys: VaultKeys,
    pub(crate) writer: Connection,
    pub(crate) home: Home,
}

impl Opened {
    pub(crate) fn at(home: &Home, master: &Secret<MasterKey>) -> Result<Self, UnlockError> {
        Self::with_keys(home, VaultKeys::from_master(master))
    }

    pub(crate) fn with_keys(home: &Home, keys: VaultKeys) -> Result<Self, UnlockError> {
        let opened = Self::as_it_lies(home, keys)?;
        tidy(home, &opened.keys)?;
        Ok(opened)
    }

    /// Without removing anything: what lies about is not left over, but still in the making.
    pub(crate) fn as_it_lies(home: &Home, keys: VaultKeys) -> Result<Self, UnlockError> {
        // Opening a file that is missing would make an empty database, and an empty database looks like a new vault.
        if !home.database().exists() {
            return Err(StorageError::Damaged(Damage::Database("missing".into())).into());
        }
        let mut writer = database::open(&home.database(), &keys.database, Role::Writer)?;
        schema::migrate(&mut writer).map_err(|error| match error {
            MigrateError::TooNew(version) => UnlockError::OtherSchema(version),
            MigrateError::Storage(error) => UnlockError::Storage(error),
        })?;
        Ok(Self { keys, writer, home: home.clone() })
    }

    /// Closes the database, with everything in its one file.
    pub(crate) fn close(self) -> Result<VaultKeys, StorageError> {
        self.writer.close().map_err(|(_, error)| error)?;
        Ok(self.keys)
    }
}
