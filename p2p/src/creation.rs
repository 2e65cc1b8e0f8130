//! A vault comes into its home whole: it is made beside it, with everything that must be in it from the first moment, and
//! then renamed. Whoever is interrupted before has no account, and whoever is interrupted after has a complete one.

use crate::{
    failure::Failure,
    jobs::{Job, World},
};
use nyx_crypto::{kdf::Password, purposes::VaultResetKey, secret::Secret};
use nyx_vault::{FindError, LockedVault, Vault, erase};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What opens the vault again once it is in its place.
pub(crate) enum Opener<'a> {
    /// At once.
    Phrase(&'a Secret<VaultResetKey>),
    /// As long as the password takes.
    Password(&'a Password),
}

/// Lets `make` build a vault in the folder that it is handed, and moves it into its home.
pub(crate) fn create(
    job: &Job,
    world: &World,
    opener: &Opener<'_>,
    make: impl FnOnce(&Path) -> Result<Vault, Failure>,
) -> Result<Vault, Failure> {
    must_be_free(&world.home)?;
    let beside = beside(&world.home);
    clear(&beside)?;
    let moved = make(&beside).and_then(|vault| {
        job.check()?;
        // Closes the database and gives up the folder.
        drop(vault.lock());
        move_whole(&beside, &world.home)
    });
    if let Err(failure) = moved {
        // Never was anybody's vault: nobody was told that it exists.
        let _ = erase(&beside);
        return Err(failure);
    }
    let vault = LockedVault::find(&world.home)?;
    let opened = match opener {
        Opener::Phrase(key) => vault.unlock_with_phrase(key),
        Opener::Password(password) => vault.unlock(password, None),
    };
    opened.map_err(|still| still.error.into())
}

/// Nothing is ever overwritten, a damaged vault least of all.
pub(crate) fn must_be_free(home: &Path) -> Result<(), Failure> {
    match LockedVault::find(home) {
        Err(FindError::NoVault) => {}
        Err(FindError::InUse) => return Err(Failure::InUse),
        Ok(_) | Err(_) => return Err(Failure::AccountExists),
    }
    match fs::read_dir(home) {
        Ok(mut entries) => {
            if entries.next().is_none() {
                Ok(())
            } else {
                Err(Failure::FolderNotEmpty)
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Folders above the home are the person's: made if missing, never removed.
            match home.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => {
                    fs::create_dir_all(parent).map_err(|error| Failure::file(parent, error))
                }
                _ => Ok(()),
            }
        }
        Err(error) => Err(Failure::file(home, error)),
    }
}

fn beside(home: &Path) -> PathBuf {
    let mut name = home.file_name().unwrap_or_default().to_owned();
    name.push(".making");
    home.with_file_name(name)
}

/// Removes what a killed process left, unless another one is at it.
fn clear(beside: &Path) -> Result<(), Failure> {
    match erase(beside) {
        Ok(()) | Err(nyx_vault::EraseError::NoVault) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn move_whole(from: &Path, to: &Path) -> Result<(), Failure> {
    // An empty folder in the way: some systems do not rename onto one.
    let _ = fs::remove_dir(to);
    fs::rename(from, to).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => Failure::FolderNotEmpty,
        _ => Failure::file(to, error),
    })?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The name must be durable before anybody is told that there is an account.
    #[cfg(unix)]
    fs::File::open(parent).and_then(|parent| parent.sync_all()).map_err(|error| Failure::file(parent, error))?;
    #[cfg(not(unix))]
    let _ = parent;
    Ok(())
}
