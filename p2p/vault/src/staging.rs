//! A vault in the making: in a folder beside its home, until it is whole.

use crate::{
    error::StorageError,
    files::{Home, HomeLock, LockRefused, create_private, is_free},
    header::{self, NewPassword, SlotError},
    locked::{LockedVault, UnlockError},
    opened::Opened,
    origin::Origin,
    random,
    vault::Vault,
};
use nyx_crypto::secret::Secret;
use std::{fs, io, path::Path};

/// A vault under construction, in a folder beside its home. Dropped without being adopted, it is removed.
pub(crate) struct Staged {
    home: Home,
    staging: Home,
    parts: Option<(LockedVault, Opened)>,
}

impl Staged {
    pub(crate) fn begin(home: &Path, password: &NewPassword<'_>, origin: &Origin) -> Result<Self, CreateError> {
        let home = Home::at(home);
        if !home.is_vacant().map_err(StorageError::from)? {
            return Err(CreateError::Occupied);
        }
        let staging = home.staging();
        let lock = match clear_staging(&staging) {
            Ok(()) => staging.build()?,
            Err(error) => return Err(error),
        };
        let mut staged = Self { home, staging, parts: None };
        let master = Secret::random(&mut random());
        let header = header::new(&master, password, origin)?;
        header::write(&staged.staging, &header)?;
        create_private(&staged.staging.database()).map_err(StorageError::from)?;
        let opened = Opened::at(&staged.staging, &master).map_err(not_opened)?;
        origin.keep(&opened.writer, &opened.keys.sessions)?;
        let locked = LockedVault { home: staged.staging.clone(), lock, header };
        staged.parts = Some((locked, opened));
        Ok(staged)
    }

    /// The database and folders under construction.
    pub(crate) fn opened(&mut self) -> Option<&mut Opened> {
        self.parts.as_mut().map(|(_, opened)| opened)
    }

    /// Makes it the vault of its home, and opens it there.
    pub(crate) fn adopt(mut self) -> Result<Vault, CreateError> {
        let Some((locked, opened)) = self.parts.take() else { return Err(CreateError::Occupied) };
        adopt(&self.home, locked, opened)
    }
}

/// Makes what was built elsewhere the vault of its home, in one step, and opens it there.
pub(crate) fn adopt(home: &Home, mut locked: LockedVault, opened: Opened) -> Result<Vault, CreateError> {
    let keys = opened.close()?;
    home.adopt(&locked.home).map_err(|error| match error.kind() {
        // Somebody put something there meanwhile.
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => CreateError::Occupied,
        _ => CreateError::Storage(error.into()),
    })?;
    locked.home = home.clone();
    let opened = Opened::with_keys(home, keys).map_err(not_opened)?;
    Ok(Vault::of(opened, locked))
}

/// Why a database that this program has just made did not open: it can only be the disk.
pub(crate) fn not_opened(error: UnlockError) -> StorageError {
    match error {
        UnlockError::Storage(error) => error,
        other => StorageError::Disk(io::Error::other(other)),
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.parts = None;
        // Never was a vault: nobody was told that it exists. After `adopt` there is nothing of this name.
        let _ = fs::remove_dir_all(self.staging.root());
    }
}

/// Removes what an interrupted construction left, unless another process is at it. What no construction made stays, and
/// nothing is made in its place.
pub(crate) fn clear_staging(staging: &Home) -> Result<(), CreateError> {
    if is_free(staging.root()) {
        return Ok(());
    }
    if !staging.is_of_a_vault().map_err(StorageError::from)? {
        return Err(CreateError::Occupied);
    }
    let held = HomeLock::take(staging).map_err(|refused| match refused {
        LockRefused::Held => CreateError::InUse,
        LockRefused::Storage(error) => CreateError::Storage(error),
    })?;
    fs::remove_dir_all(staging.root()).map_err(StorageError::from)?;
    drop(held);
    Ok(())
}

/// Why a vault was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is something in the folder already.
    #[error("the folder is not empty")]
    Occupied,
    /// Another process is making a vault there.
    #[error("another process is making a vault there")]
    InUse,
    /// The password or the reset key cannot be used.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
