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
    /// Where it may be, the place that is used first.
    places: Vec<PathBuf>,
}

impl Passing {
    /// The folder of this vault, wherever this system has one.
    pub(crate) fn of(home: &Path, vault_id: [u8; 16]) -> Self {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Self::beneath(runtime.as_deref(), home, vault_id)
    }

    fn beneath(runtime: Option<&Path>, home: &Path, vault_id: [u8; 16]) -> Self {
        let name = format!("nyx-{}", hex(&vault_id[..8]));
        let in_memory = runtime.filter(|runtime| is_private_memory(runtime)).map(|runtime| runtime.join(name));
        Self { places: in_memory.into_iter().chain([in_home(home)]).collect() }
    }

    /// A new folder in it, so that a file can keep its name.
    pub(crate) fn fresh(&self, world: &World) -> Result<PathBuf, Failure> {
        let mut random = [0; 8];
        world.random(|rng| rng.fill_bytes(&mut random));
        let mut refused = None;
        for place in &self.places {
            let fresh = place.join(hex(&random));
            match make(place).and_then(|()| make(&fresh)) {
                Ok(()) => return Ok(fresh),
                Err(error) => refused = Some(Failure::file(place, error)),
            }
        }
        Err(refused.unwrap_or_else(|| Failure::Internal("no place for passing files".to_owned())))
    }

    /// Removes everything that passed through, also what a process that died had left. Best effort: what another program
    /// keeps open goes when that lets go of it.
    pub(crate) fn clear(&self) {
        for place in &self.places {
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

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
        let places = |runtime| Passing::beneath(Some(runtime), home.path(), [7; 16]).places;
        assert_eq!(places(memory.path()), [memory.path().join("nyx-0707070707070707"), in_home(home.path())]);
        // Others may look into it.
        allow(0o755);
        assert_eq!(places(memory.path()), [in_home(home.path())]);
        // A link, however private what it leads to is.
        allow(0o700);
        let link = home.path().join("link");
        std::os::unix::fs::symlink(memory.path(), &link).unwrap();
        assert_eq!(places(&link), [in_home(home.path())]);
        // No memory at all, or nothing there.
        assert_eq!(places(Path::new("/proc")), [in_home(home.path())]);
        assert_eq!(places(Path::new("/nowhere")), [in_home(home.path())]);
        assert_eq!(Passing::beneath(None, home.path(), [7; 16]).places, [in_home(home.path())]);
    }

    #[test]
    fn clearing_takes_what_is_in_it_and_follows_no_link() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("mine"), "mine").unwrap();
        let passing = Passing::beneath(None, home.path(), [7; 16]);
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
