//! Files that survive a power cut: each durable step is write aside, sync, rename, sync the folder.

mod long;
mod many;

pub(crate) use long::{Buffer, LONG, LongFile};
pub(crate) use many::{Below, forget, forget_before};

use crate::{error::StorageError, random};
use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Seek, Write},
    path::{Path, PathBuf},
};

/// Where things lie in a vault's folder.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    root: PathBuf,
}

impl Home {
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn header(&self) -> PathBuf {
        self.root.join(HEADER)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.root.join(DATABASE)
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    pub(crate) fn expiry(&self) -> PathBuf {
        self.root.join("expiry")
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// What lies here of a move of the account; only while there is one.
    pub(crate) fn moving(&self) -> PathBuf {
        self.root.join("moving")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// A sibling in which a vault is built before it becomes this one, so that there is never half a vault here.
    pub(crate) fn staging(&self) -> Self {
        self.beside(".staging")
    }

    /// The sibling in which an account arrives from another device. Of another name, because it outlives the process.
    pub(crate) fn arrival(&self) -> Self {
        self.beside(".moving")
    }

    fn beside(&self, end: &str) -> Self {
        let mut name = self.root.file_name().unwrap_or_default().to_owned();
        name.push(end);
        Self { root: self.root.with_file_name(name) }
    }

    /// Makes the folders of an empty vault, and takes its lock.
    pub(crate) fn build(&self) -> Result<HomeLock, StorageError> {
        make_new_dir(&self.root)?;
        let lock = HomeLock::take(self).map_err(|refused| match refused {
            LockRefused::Held => io::Error::from(io::ErrorKind::ResourceBusy).into(),
            LockRefused::Storage(error) => error,
        })?;
        self.make_dirs()?;
        Ok(lock)
    }

    /// Makes the folders inside that are missing: copying tools leave empty ones out.
    pub(crate) fn make_dirs(&self) -> io::Result<()> {
        for dir in [self.blobs(), self.expiry(), self.snapshots()] {
            make_dir(&dir)?;
        }
        Ok(())
    }

    /// Whether this is a folder and there is nothing in it that no vault has.
    pub(crate) fn is_of_a_vault(&self) -> io::Result<bool> {
        if !is_dir(&self.root) {
            return Ok(false);
        }
        for entry in fs::read_dir(&self.root)? {
            let path = entry?.path();
            let folders = [self.blobs(), self.expiry(), self.snapshots(), self.moving()];
            let is_ours = if is_dir(&path) {
                folders.contains(&path)
            } else {
                is_regular(&path) && (is_header(&path) || path == self.lock() || is_database(&path))
            };
            if !is_ours {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether there is nothing here yet that could be overwritten. An erasing that was interrupted at its very end
    /// leaves a lock, which is nothing.
    pub(crate) fn is_vacant(&self) -> io::Result<bool> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            if entry.path() != self.lock() || !entry.file_type()?.is_file() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes the lock of a vacant home, unless a process holds it.
    fn remove_stale_lock(&self) -> io::Result<()> {
        if !is_regular(&self.lock()) {
            return Ok(());
        }
        let held = HomeLock::take(self).map_err(|refused| match refused {
            LockRefused::Held => io::Error::from(io::ErrorKind::AlreadyExists),
            LockRefused::Storage(error) => io::Error::other(error),
        })?;
        // Not of a vault that came meanwhile: its process would hold a lock that has no name any more.
        if !self.is_vacant()? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::remove_file(self.lock())?;
        drop(held);
        Ok(())
    }

    /// Turns a finished staging folder into this home, in one step.
    pub(crate) fn adopt(&self, staging: &Self) -> io::Result<()> {
        for dir in [staging.blobs(), staging.expiry(), staging.snapshots(), staging.root.clone()] {
            sync_dir(&dir)?;
        }
        self.remove_stale_lock()?;
        fs::rename(&staging.root, &self.root)?;
        sync_parent(&self.root)
    }
}

/// Holds the home for this process. The lock lies on an open file, so it goes away with the process, however that ends.
#[derive(Debug)]
pub(crate) struct HomeLock {
    _file: File,
}

impl HomeLock {
    pub(crate) fn take(home: &Home) -> Result<Self, LockRefused> {
        // A link there was made by somebody else, and would have a file made wherever it leads.
        let path = home.lock();
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(LockRefused::Storage(io::Error::from(io::ErrorKind::InvalidInput).into()));
        }
        let file = open_private(OpenOptions::new().create(true).truncate(false).read(true).write(true), &path)
            .map_err(|error| LockRefused::Storage(error.into()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockRefused::Held),
            Err(TryLockError::Error(error)) => Err(LockRefused::Storage(error.into())),
        }
    }
}

/// Why the lock was not taken.
#[derive(Debug)]
pub(crate) enum LockRefused {
    Held,
    Storage(StorageError),
}

/// Replaces a file as a whole: after a power cut it holds the old bytes or the new ones.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (aside, mut file) = create_aside(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&aside, path));
    if let Err(error) = written {
        // Ours, unfinished, and never named by anything.
        let _ = fs::remove_file(&aside);
        return Err(error);
    }
    sync_parent(path)
}

/// Overwrites what is in an open file with noise. Best effort: flash, copy-on-write file systems and snapshots keep old
/// blocks.
pub(crate) fn overwrite(file: &mut File) -> io::Result<()> {
    let mut left = file.metadata()?.len();
    file.rewind()?;
    let mut noise = [0; 4096];
    while left > 0 {
        rand_core::Rng::fill_bytes(&mut random(), &mut noise);
        let part = left.min(noise.len() as u64);
        file.write_all(&noise[..part as usize])?;
        left -= part;
    }
    file.sync_all()
}

/// Whether there is a file of this name: not a folder, and not a link, which could lead to somebody's else.
pub(crate) fn is_regular(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// Whether this is the header or an unfinished one.
pub(crate) fn is_header(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == HEADER) || is_unfinished_header(path)
}

/// Whether this is the database, or a file that SQLite keeps beside it.
fn is_database(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| ["", "-wal", "-shm", "-journal"].iter().any(|end| *name == *format!("{DATABASE}{end}")))
}

/// Whether this is a header that was never finished.
pub(crate) fn is_unfinished_header(path: &Path) -> bool {
    is_aside(path, HEADER)
}

/// Whether this is an unfinished file beside one of this name.
pub(crate) fn is_aside(path: &Path, name: &str) -> bool {
    let found = path.file_name().unwrap_or_default().to_string_lossy();
    found
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|rest| rest.strip_suffix(ASIDE))
        .is_some_and(|middle| !middle.is_empty() && middle.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The files of a folder, without folders and links in it.
pub(crate) fn regular_files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(dir)?.map(|entry| Ok(entry?.path()));
    Ok(paths.collect::<io::Result<Vec<_>>>()?.into_iter().filter(|path| is_regular(path)).collect())
}

/// Gives a finished file its name, unless there is something of that name: a rename would overwrite it silently.
pub(crate) fn publish_new(aside: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(aside, path) {
        Ok(()) => fs::remove_file(aside)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // FAT, and some file systems over a network or in user space, know no links.
        Err(_) if is_free(path) => fs::rename(aside, path)?,
        Err(_) => return Err(io::ErrorKind::AlreadyExists.into()),
    }
    sync_parent(path)
}

/// Whether there is nothing of this name, not even a link that leads nowhere.
pub(crate) fn is_free(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// A new file beside `path`, to be renamed to it.
pub(crate) fn create_aside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    let mut suffix = [0; 8];
    rand_core::Rng::fill_bytes(&mut random(), &mut suffix);
    name.push(format!(".{:016x}{ASIDE}", u64::from_be_bytes(suffix)));
    let aside = path.with_file_name(name);
    let file = create_private(&aside)?;
    Ok((aside, file))
}

/// A new file that only its owner may read.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    open_private(OpenOptions::new().create_new(true).read(true).write(true), path)
}

/// Opens with `options`; if that makes the file, only its owner may read it.
pub(crate) fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Makes a folder that only its owner may enter; one that is there already is taken as it is. A link is not: it leads to
/// somebody else's.
pub(crate) fn make_dir(path: &Path) -> io::Result<()> {
    unless_there(path, make_new_dir(path))
}

/// The same for one of many, whose names the caller makes durable together.
pub(crate) fn make_dir_undurably(path: &Path) -> io::Result<()> {
    unless_there(path, make_private_dir(path))
}

fn unless_there(path: &Path, made: io::Result<()>) -> io::Result<()> {
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_dir(path) => Ok(()),
        made => made,
    }
}

/// Makes a folder that only its owner may enter, where there is nothing yet.
fn make_new_dir(path: &Path) -> io::Result<()> {
    make_private_dir(path)?;
    sync_parent(path)
}

fn make_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Whether there is a folder of this name, and not a link to one.
pub(crate) fn is_dir(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    // Other systems make names durable with the file and do not let a folder be opened.
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Makes the name of `path` durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => sync_dir(Path::new(".")),
    }
}

const HEADER: &str = "header";
const DATABASE: &str = "vault.db";
/// How the name of a file ends that was never finished.
const ASIDE: &str = ".new";
