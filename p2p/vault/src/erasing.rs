//! Removing a vault for good.

use crate::{
    error::StorageError,
    files::{Home, HomeLock, LockRefused, is_free, is_header, is_regular, overwrite, regular_files, sync_dir},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Removes a vault: first its header, without which nothing of the rest can be read any more, then the rest. Works on a
/// damaged or half erased vault too. Files that are not the vault's stay, and their folder with them.
pub fn erase(home: &Path) -> Result<(), EraseError> {
    let home = Home::at(home);
    // Or the lock alone, which an erasing leaves that was interrupted at its very end.
    let is_vault = is_regular(&home.header())
        || is_regular(&home.database())
        || (is_regular(&home.lock()) && home.is_vacant().map_err(StorageError::from)?);
    if !is_vault {
        return Err(EraseError::NoVault);
    }
    let lock = HomeLock::take(&home)?;
    erase_files(&home).map_err(StorageError::from)?;
    drop(lock);
    let _ = fs::remove_file(home.root().join("lock"));
    // Refused by the system if something else lies in it.
    let _ = fs::remove_dir(home.root());
    Ok(())
}

/// Removes everything of a vault whose lock is held.
pub(crate) fn erase_files(home: &Home) -> io::Result<()> {
    // Headers that were replaced or never finished open the vault as well, by an older password.
    for path in regular_files(home.root())?.into_iter().filter(|path| is_header(path)) {
        overwrite(&mut fs::OpenOptions::new().write(true).open(&path)?)?;
        fs::remove_file(path)?;
        sync_dir(home.root())?;
    }
    // What is left of this name is a link: gone itself, and what it leads to untouched.
    if !is_free(&home.header()) {
        fs::remove_file(home.header())?;
    }
    for dir in [home.expiry(), home.blobs(), home.snapshots(), home.moving()] {
        unless_missing(fs::remove_dir_all(dir))?;
    }
    // The database last: as long as it is there, an interrupted erasing is recognised and can be repeated.
    let database = home.database();
    for end in ["-wal", "-shm", ""] {
        let mut path = database.clone().into_os_string();
        path.push(end);
        unless_missing(fs::remove_file(PathBuf::from(path)))?;
    }
    sync_dir(home.root())
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Why a vault was not erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is none in this folder.
    #[error("no vault here")]
    NoVault,
    /// Another process has it.
    #[error("the vault is in use")]
    InUse,
    /// The disk. The header is gone first, so what is left cannot be read any more.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<LockRefused> for EraseError {
    fn from(refused: LockRefused) -> Self {
        match refused {
            LockRefused::Held => Self::InUse,
            LockRefused::Storage(error) => Self::Storage(error),
        }
    }
}
