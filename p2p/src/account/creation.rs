//! A vault comes into its home whole: it is made beside it, with everything that must be in it from the first moment, and
//! then renamed. Whoever is interrupted before has no account, and whoever is interrupted after has a complete one.

use crate::{
    account::{claim::Claim, ground},
    door,
    event::Event,
    failure::Failure,
    files::passing::Passing,
    hiding,
    jobs::{Job, World},
};
use nyx_crypto::{kdf::Password, root::Root};
use nyx_vault::{Arrival, EraseError, FindError, LockedArrival, LockedVault, Vault};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What opens the vault again once it is in its place.
pub(crate) enum Opener<'a> {
    /// At once.
    Phrase(&'a Root),
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
    must_not_be_awaited(&world.home)?;
    // Until the vault is held in its place: two processes at once would clear away what the other one makes.
    let _claim = Claim::take(&world.home)?;
    must_be_free(&world.home)?;
    // What an erasing left that was interrupted at its very end; `must_be_free` let nothing else pass.
    clear(&world.home)?;
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
        let _ = nyx_vault::erase(&beside);
        return Err(failure);
    }
    let vault = LockedVault::find(&world.home)?;
    let opened = match opener {
        Opener::Phrase(root) => vault.unlock_with_phrase(root),
        Opener::Password(password) => vault.unlock(password),
    };
    opened.map_err(|still| still.error.into())
}

/// Erases the vault, and with it what a process that was killed while it made one left beside the home: after a restore
/// that is the whole history, readable by the password that was given.
pub(crate) fn erase(job: &Job, world: &World) -> Result<(), Failure> {
    let _claim = Claim::take_to_erase(&world.home)?;
    // Also of a vault that could not even be found any more: its name is the folder's, and goes with it.
    let passing = Passing::of(&world.home);
    let was_vault = clear(&world.home)?;
    passing.clear();
    door::remove_from(&world.home);
    let _ = hiding::keep(&world.home, false);
    let _ = fs::remove_dir(&world.home);
    let beside = beside(&world.home);
    let staging = staging(&beside);
    let was_made = clear(&beside)?;
    let was_staged = clear(&staging)?;
    let was_coming = drop_arrival(&world.home)?;
    // Folders of a vault whose first file was not written yet.
    let was_begun = match fs::remove_dir_all(&staging) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(Failure::file(staging, error)),
    };
    match (was_vault, was_made || was_staged || was_begun || was_coming) {
        (true, _) => {}
        (false, true) => job.tell(Event::OnlyLeftoversErased),
        (false, false) => return Err(Failure::NoAccount),
    }
    Ok(())
}

/// Nothing is ever overwritten, a damaged vault least of all.
pub(crate) fn must_be_free(home: &Path) -> Result<(), Failure> {
    match LockedVault::find(home) {
        Err(FindError::NoVault) => {}
        Err(FindError::InUse) => return Err(Failure::InUse),
        Ok(_) | Err(_) => return Err(Failure::AccountExists),
    }
    ground::must_be_ours(home)?;
    match fs::read_dir(home) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(|error| Failure::file(home, error))?;
                // The lock that an interrupted erasing leaves is nobody's file.
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                if entry.file_name() != LOCK || !is_file {
                    return Err(Failure::FolderNotEmpty);
                }
            }
            Ok(())
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

/// An account that is on its way into this home is not to find another one there.
pub(crate) fn must_not_be_awaited(home: &Path) -> Result<(), Failure> {
    match Arrival::find(home)? {
        Some(_) => Err(Failure::MoveUnderway),
        None => Ok(()),
    }
}

/// Removes what came of an account that was on its way here. Tells whether there was anything.
fn drop_arrival(home: &Path) -> Result<bool, Failure> {
    let found = Arrival::find(home)?;
    let is_there = found.is_some();
    found.map_or(Ok(()), LockedArrival::discard)?;
    Ok(is_there)
}

/// Where a vault is made before it comes into its home.
pub(crate) fn beside(home: &Path) -> PathBuf {
    let mut name = home.file_name().unwrap_or_default().to_owned();
    name.push(".making");
    home.with_file_name(name)
}

/// Where the vault's own making begins, and a backup is read into: a sibling of the folder that it is handed.
fn staging(beside: &Path) -> PathBuf {
    let mut path = beside.as_os_str().to_owned();
    path.push(".staging");
    path.into()
}

/// Erases a vault, whole or in pieces, unless another process is at it. Tells whether there was one.
fn clear(home: &Path) -> Result<bool, Failure> {
    match nyx_vault::erase(home) {
        Ok(()) => Ok(true),
        Err(EraseError::NoVault) => Ok(false),
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

/// What a vault calls the file that holds its home.
const LOCK: &str = "lock";
