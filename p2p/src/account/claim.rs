//! One process at a time makes or erases the vault of a home. A vault's own lock cannot say so: it lies in the vault's
//! folder, and that is given up and renamed while a vault comes into its place.

use crate::{account::creation::beside, failure::Failure};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// The right to make or erase the vault of a home. It lies on an open file, so it goes away with the process, however
/// that ends; the empty file that a killed one leaves is in nobody's way.
#[derive(Debug)]
pub(crate) struct Claim {
    file: Option<File>,
    path: PathBuf,
}

impl Claim {
    /// Takes it, unless another process has it. The folder above the home must be there.
    pub(crate) fn take(home: &Path) -> Result<Self, Failure> {
        let path = path_for(home);
        let file = lock(&path)?;
        Ok(Self { file: Some(file), path })
    }

    /// The same, where there may be nothing to erase: a folder above that is missing or that cannot be written to has
    /// nobody in it who makes a vault.
    pub(crate) fn take_to_erase(home: &Path) -> Result<Self, Failure> {
        let path = path_for(home);
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        if parent.is_some_and(|parent| !parent.exists()) {
            return Err(Failure::NoAccount);
        }
        match open(&path) {
            Err(error)
                if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) =>
            {
                Ok(Self { file: None, path })
            }
            _ => Self::take(home),
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // While it is still held. Whoever opened the file meanwhile notices that it is no longer the one of this name.
        // Where that cannot be noticed, the empty file stays.
        #[cfg(unix)]
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
        self.file = None;
    }
}

fn path_for(home: &Path) -> PathBuf {
    let mut path = beside(home).into_os_string();
    path.push(".lock");
    path.into()
}

fn lock(path: &Path) -> Result<File, Failure> {
    loop {
        let file = open(path).map_err(|error| Failure::file(path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Failure::InUse),
            Err(TryLockError::Error(error)) => return Err(Failure::file(path, error)),
        }
        // The one before removed its file between the opening and the locking: this lock would hold nobody off.
        if is_still(&file, path).map_err(|error| Failure::file(path, error))? {
            return Ok(file);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let held = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (held.dev(), held.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_still(_: &File, path: &Path) -> io::Result<bool> {
    fs::exists(path)
}
