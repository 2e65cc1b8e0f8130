//! Many files at once. To sync each of a hundred small files costs a hundred waits for the disk; Linux can be asked for all of a
//! file system with one.

use super::sync_dir;
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

/// Makes what lies below one folder durable. Opened before the first of it is written: an error of the disk that happened
/// meanwhile is told to whoever had the folder open, and to nobody who comes later.
#[derive(Debug)]
pub(crate) struct Below {
    #[cfg(target_os = "linux")]
    whole: Option<File>,
}

impl Below {
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        #[cfg(not(target_os = "linux"))]
        let _ = folder;
        Ok(Self {
            #[cfg(target_os = "linux")]
            whole: linux::opened_if_whole(folder)?,
        })
    }

    /// Whether this is a file system of the machine itself, of which it is known what it does.
    pub(crate) const fn is_local(&self) -> bool {
        #[cfg(target_os = "linux")]
        {
            self.whole.is_some()
        }
        #[cfg(not(target_os = "linux"))]
        {
            false
        }
    }

    /// All of these files, and the names in these folders, are on the disk after this.
    pub(crate) fn sync<'p>(
        &self,
        files: &[&File],
        mut folders: impl ExactSizeIterator<Item = &'p PathBuf>,
    ) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if let Some(whole) = self.whole.as_ref().filter(|_| files.len() + folders.len() > FEW) {
            return Ok(rustix::fs::syncfs(whole)?);
        }
        files.iter().try_for_each(|file| file.sync_all())?;
        folders.try_for_each(|folder| sync_dir(folder))
    }
}

/// Lets the system forget the bytes of a file that is durable and that nobody reads soon: an account that moves is larger
/// than what else is remembered, and would push all of it out. Only a hint, so a refusal is nothing.
pub(crate) fn forget(file: &File) {
    forget_before(file, 0);
}

/// The same for what lies before a place; 0 is the end.
pub(crate) fn forget_before(file: &File, place: u64) {
    #[cfg(target_os = "linux")]
    let _ = rustix::fs::fadvise(file, 0, std::num::NonZeroU64::new(place), rustix::fs::Advice::DontNeed);
    #[cfg(not(target_os = "linux"))]
    let _ = (file, place);
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{fs::File, io, path::Path};

    /// The folder, if its file system and this kernel take the call at its word.
    pub(super) fn opened_if_whole(folder: &Path) -> io::Result<Option<File>> {
        let folder = File::open(folder)?;
        let kind = rustix::fs::fstatfs(&folder)?.f_type as u32;
        let release = rustix::system::uname();
        Ok((KNOWN.contains(&kind) && tells_errors(&release.release().to_string_lossy())).then_some(folder))
    }

    /// Since 5.8 the call says when something could not be written.
    pub(super) fn tells_errors(release: &str) -> bool {
        let mut numbers = release.split(['.', '-']).map_while(|number| number.parse::<u32>().ok());
        (numbers.next(), numbers.next()) >= (Some(5), Some(8))
    }

    /// File systems of which it is known: ext2 to 4, XFS, Btrfs, F2FS, bcachefs, tmpfs, and overlays, which stand on one of
    /// them as a rule. Those in user space are not asked by some kernels, and those over a network have rules of their own.
    const KNOWN: [u32; 7] = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0xCA45_1A4E, 0x0102_1994, 0x794C_7630];
}

/// One of each is waited for up to here: beyond it the other writes of the machine, which come along with the whole, cost less.
#[cfg(target_os = "linux")]
const FEW: usize = 4;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::linux::tells_errors;

    #[test]
    fn a_kernel_that_keeps_errors_to_itself_is_not_asked_for_all_at_once() {
        for (release, tells) in [
            ("5.8.0", true),
            ("6.1.0-13-amd64", true),
            ("10.0", true),
            ("5.7.19", false),
            ("4.19.0-25", false),
            ("5", false),
            ("", false),
        ] {
            assert_eq!(tells_errors(release), tells, "{release}");
        }
    }
}
