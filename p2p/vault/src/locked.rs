//! The vault while it is locked: held for this process, and no key of it in memory.

use crate::{
    error::StorageError,
    expiry::Buckets,
    files::{Home, HomeLock, LockRefused},
    header::{self, NewPassword, ReadHeaderError, SlotError},
    opened::Opened,
    origin::Origin,
    staging::{CreateError, Staged},
    vault::Vault,
};
use nyx_crypto::{
    kdf::Password,
    purposes::{KeyringSecret, MasterKey},
    root::Root,
    secret::Secret,
};
use nyx_wire::vault::Header;
use std::path::Path;

/// A vault whose home is held for this process and whose keys are not in memory.
#[derive(Debug)]
pub struct LockedVault {
    pub(crate) home: Home,
    pub(crate) lock: HomeLock,
    pub(crate) header: Header,
}

impl LockedVault {
    /// Makes a new vault of this origin in `home`, which must be an empty folder or not be there yet, and opens it. It is there as a
    /// whole or not at all: it is built in a folder beside and renamed.
    pub fn create(home: &Path, password: &NewPassword<'_>, origin: &Origin) -> Result<Vault, CreateError> {
        let staged = Staged::begin(home, password, origin)?;
        staged.adopt()
    }

    /// Takes hold of the vault in `home`, without opening it.
    pub fn find(home: &Path) -> Result<Self, FindError> {
        let home = Home::at(home);
        // Before the lock file would be made in a folder that is no vault's.
        header::read(&home)?;
        let lock = HomeLock::take(&home)?;
        let header = header::read(&home)?;
        Ok(Self { home, lock, header })
    }

    /// Whether a secret of the desktop's keyring opens it.
    #[must_use]
    pub const fn has_keyring(&self) -> bool {
        self.header.keyring_slot.is_some()
    }

    /// The random name of this vault.
    #[must_use]
    pub const fn vault_id(&self) -> [u8; 16] {
        self.header.vault_id
    }

    /// Opens with the password. Takes as long as its parameters were calibrated for.
    pub fn unlock(self, password: &Password) -> Result<Vault, Box<StillLocked>> {
        match header::open_with_password(&self.header, password) {
            Ok(master) => self.open(&master),
            Err(error) => Err(Box::new(StillLocked { vault: self, error: error.into() })),
        }
    }

    /// Opens with what the desktop's keyring keeps.
    pub fn unlock_with_keyring(self, secret: &Secret<KeyringSecret>) -> Result<Vault, Box<StillLocked>> {
        match header::open_with_keyring(&self.header, secret) {
            Ok(master) => self.open(&master),
            Err(error) => Err(Box::new(StillLocked { vault: self, error: error.into() })),
        }
    }

    /// Opens with what comes out of the phrase.
    pub fn unlock_with_phrase(self, root: &Root) -> Result<Vault, Box<StillLocked>> {
        match header::open_with_phrase(&self.header, root) {
            Ok(master) => self.open(&master),
            Err(error) => Err(Box::new(StillLocked { vault: self, error: error.into() })),
        }
    }

    /// Sets a new password with what comes out of the phrase. Everything in the vault stays; no keyring opens it any more.
    pub fn reset_password(&mut self, root: &Root, new: &NewPassword<'_>) -> Result<(), ChangePasswordError> {
        let master = header::open_with_phrase(&self.header, root)?;
        let header = header::with_password(self.header.clone(), &master, new, None)?;
        header::write(&self.home, &header)?;
        self.header = header;
        Ok(())
    }

    /// Destroys the keys of every full hour that has passed at `now_ms`: that needs no key, so nobody has to be asked for
    /// a password first. The messages are unreadable from then on; their rows go with [`expire`](Vault::expire). Fails
    /// only after having tried every hour. The clock is the caller's: a wrong one takes messages too early, for good.
    pub fn destroy_due(&self, now_ms: i64) -> Result<(), StorageError> {
        self.home.make_dirs()?;
        Buckets::new(self.home.expiry()).destroy_due(now_ms)
    }

    fn open(self, master: &Secret<MasterKey>) -> Result<Vault, Box<StillLocked>> {
        match Opened::at(&self.home, master) {
            Ok(opened) => Ok(Vault::of(opened, self)),
            Err(error) => Err(Box::new(StillLocked { vault: self, error })),
        }
    }
}

/// Why there is no vault to unlock.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is none in this folder.
    #[error("no vault here")]
    NoVault,
    /// Another process has it.
    #[error("the vault is in use")]
    InUse,
    /// Its header is of a version that this program does not know.
    #[error("the vault has version {0}")]
    OtherVersion(u16),
    /// The disk, or a damaged header.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A vault that did not open, to try again with.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct StillLocked {
    /// The vault.
    pub vault: LockedVault,
    /// Why.
    #[source]
    pub error: UnlockError,
}

/// Why a vault did not open.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The password or the phrase.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The database was written by a later version of this program.
    #[error("the vault has schema {0}")]
    OtherSchema(u32),
    /// The disk, or a damaged database: the password was right.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why a password was not changed. The present one still opens.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The present password or phrase, or the new password.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<ReadHeaderError> for FindError {
    fn from(error: ReadHeaderError) -> Self {
        match error {
            ReadHeaderError::NoVault => Self::NoVault,
            ReadHeaderError::OtherVersion(version) => Self::OtherVersion(version),
            ReadHeaderError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<LockRefused> for FindError {
    fn from(refused: LockRefused) -> Self {
        match refused {
            LockRefused::Held => Self::InUse,
            LockRefused::Storage(error) => Self::Storage(error),
        }
    }
}
