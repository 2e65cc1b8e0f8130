//! Files that pass through: to be opened in another program they must lie on the disk readable, and they lie there no
//! longer than the vault is open. In memory where the system has a place for that, otherwise inside the home. What a
//! program that opened one keeps of it is that program's business.

use crate::{failure::Failure, jobs::World};
use std::{
    fs::{self, DirBuilder},
    io,
    path::{Path, PathBuf},
};

/// The private folder of one vault. Whoever holds the vault's home may use it and clear it.
#[derive(Debug)]
pub(crate) struct Passing {
    in_memory: Option<PathBuf>,
    in_home: PathBuf,
}

impl Passing {
    /// The folder of the vault in this home, wherever this system has one.
    pub(crate) fn of(home: &Path) -> Self {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Self::beneath(runtime.as_deref(), home)
    }

    fn beneath(runtime: Option<&Path>, home: &Path) -> Self {
        let in_memory =
            runtime.filter(|runtime| is_private_memory(runtime)).and_then(|runtime| Some(runtime.join(name_of(home)?)));
        Self { in_memory, in_home: in_home(home) }
    }

    /// Where a file of this size may pass, the better place first: memory, unless it takes so much of it that other
    /// programs would miss it.
    pub(crate) fn places_for(&self, size: u64) -> impl Iterator<Item = &Path> {
        let memory = self.in_memory.as_deref().filter(|place| {
            let fits = size <= MEMORY_MAX && size <= free_beside(place) / MEMORY_SHARE;
            if !fits {
                tracing::info!("a large file passes through the home, and not through memory");
            }
            fits
        });
        memory.into_iter().chain([self.in_home.as_path()])
    }

    /// A new folder in one of these places, so that a file can keep its name.
    pub(crate) fn fresh(&self, world: &World, place: &Path) -> Result<PathBuf, Failure> {
        let fresh = place.join(format!("{:016x}", world.number()));
        make(place).and_then(|()| make(&fresh)).map_err(|error| Failure::file(place, error))?;
        Ok(fresh)
    }

    /// Removes everything that passed through, also what a process that died had left. Best effort: what another program
    /// keeps open goes when that lets go of it.
    pub(crate) fn clear(&self) {
        for place in self.in_memory.iter().chain([&self.in_home]) {
            match fs::remove_dir_all(place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, "files that passed through could not be removed");
                }
                _ => {}
            }
        }
    }
}

/// Where they are if there is no place in memory.
pub(crate) fn in_home(home: &Path) -> PathBuf {
    home.join("passing")
}

/// A folder that only its owner can look into. One that is there already must be such a folder.
fn make(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_private(dir) => Ok(()),
        made => made,
    }
}

#[cfg(unix)]
fn is_private(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(dir).is_ok_and(|found| {
        found.is_dir() && found.mode() & 0o077 == 0 && found.uid() == rustix::process::geteuid().as_raw()
    })
}

#[cfg(not(unix))]
fn is_private(dir: &Path) -> bool {
    fs::symlink_metadata(dir).is_ok_and(|found| found.is_dir())
}

/// Whether this is a folder of this user that lies in memory and never on a disk (but for swap).
#[cfg(target_os = "linux")]
fn is_private_memory(dir: &Path) -> bool {
    dir.is_absolute() && is_private(dir) && rustix::fs::statfs(dir).is_ok_and(|system| system.f_type == TMPFS)
}

#[cfg(not(target_os = "linux"))]
fn is_private_memory(_: &Path) -> bool {
    false
}

/// What the place in memory of a home is called: after the folder itself, which keeps its number when it is moved and has
/// one although nothing in it can be read any more.
#[cfg(target_os = "linux")]
fn name_of(home: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(home).ok().map(|found| format!("nyx-{:x}-{:x}", found.dev(), found.ino()))
}

#[cfg(not(target_os = "linux"))]
fn name_of(_: &Path) -> Option<String> {
    None
}

/// How much room there is where this folder is or will be.
#[cfg(target_os = "linux")]
fn free_beside(place: &Path) -> u64 {
    let system = rustix::fs::statvfs(place.parent().unwrap_or(place));
    system.map_or(0, |system| system.f_bavail.saturating_mul(system.f_frsize))
}

#[cfg(not(target_os = "linux"))]
fn free_beside(_: &Path) -> u64 {
    0
}

/// Photos, letters and songs. A system gives a tenth of its memory to this place, and other programs need it too.
const MEMORY_MAX: u64 = 64 << 20;
/// At most this part of what is free.
const MEMORY_SHARE: u64 = 4;

/// What Linux calls a file system in memory (`TMPFS_MAGIC`).
#[cfg(target_os = "linux")]
const TMPFS: rustix::fs::FsWord = 0x0102_1994;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_a_private_folder_in_memory_is_used_instead_of_the_home() {
        let home = tempfile::tempdir().unwrap();
        let memory = tempfile::tempdir_in("/dev/shm").unwrap();
        let allow = |mode| fs::set_permissions(memory.path(), fs::Permissions::from_mode(mode)).unwrap();
        allow(0o700);
        let in_memory = |runtime| Passing::beneath(Some(runtime), home.path()).in_memory;
        let place = memory.path().join(name_of(home.path()).unwrap());
        assert_eq!(in_memory(memory.path()), Some(place.clone()));
        let passing = Passing::beneath(Some(memory.path()), home.path());
        let places = |size| passing.places_for(size).map(Path::to_owned).collect::<Vec<_>>();
        assert_eq!(places(1), [place, in_home(home.path())]);
        // Too much for memory.
        assert_eq!(places(MEMORY_MAX + 1), [in_home(home.path())]);
        // Others may look into it.
        allow(0o755);
        assert_eq!(in_memory(memory.path()), None);
        // A link, however private what it leads to is.
        allow(0o700);
        let link = home.path().join("link");
        std::os::unix::fs::symlink(memory.path(), &link).unwrap();
        assert_eq!(in_memory(&link), None);
        // No memory at all, or nothing there.
        assert_eq!(in_memory(Path::new("/proc")), None);
        assert_eq!(in_memory(Path::new("/nowhere")), None);
        assert_eq!(Passing::beneath(None, home.path()).in_memory, None);
    }

    #[test]
    fn a_moved_home_has_the_same_place_in_memory_and_another_home_another() {
        let dir = tempfile::tempdir().unwrap();
        let (home, moved) = (dir.path().join("home"), dir.path().join("moved"));
        fs::create_dir(&home).unwrap();
        let name = name_of(&home).unwrap();
        fs::rename(&home, &moved).unwrap();
        assert_eq!(name_of(&moved), Some(name.clone()));
        fs::create_dir(&home).unwrap();
        assert_ne!(name_of(&home), Some(name));
    }

    #[test]
    fn clearing_takes_what_is_in_it_and_follows_no_link() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("mine"), "mine").unwrap();
        let passing = Passing::beneath(None, home.path());
        let place = in_home(home.path());
        make(&place).unwrap();
        make(&place.join("one")).unwrap();
        fs::write(place.join("one/a.txt"), "a").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), place.join("one/link")).unwrap();
        passing.clear();
        assert!(!place.exists());
        std::os::unix::fs::symlink(elsewhere.path(), &place).unwrap();
        // Somebody else's folder in its place is not used either.
        assert!(make(&place).is_err());
        passing.clear();
        assert!(elsewhere.path().join("mine").exists());
    }
}
