//! A file that comes out of the vault is written under a name that says that it is not whole, beside the one that it is
//! to have. A process that is killed meanwhile leaves no half file that looks like a whole one, and what it left is
//! removed by the next one that writes there.

use crate::files::outside::{Outside, PART_BYTES};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};
use zeroize::Zeroizing;

/// A file in the making. Dropped before it has its name, it goes.
#[derive(Debug)]
pub(crate) struct Unfinished {
    outside: Outside,
    file: Arc<File>,
    aside: PathBuf,
    /// What was not handed over yet: each handing over costs as much as copying a few KiB.
    part: Zeroizing<Vec<u8>>,
    length: u64,
    is_named: bool,
}

impl Unfinished {
    /// Begins one in this folder; `random` is in its name.
    pub(crate) fn begin(outside: &Outside, dir: &Path, random: u64) -> io::Result<Self> {
        let dir = dir.to_owned();
        let (file, aside) = outside.run(move || {
            remove_left(&dir);
            let aside = dir.join(format!("{FRONT}{random:016x}{END}"));
            let file = private().open(&aside)?;
            // Says to others that somebody is at it. A file system without locks has nobody that asks.
            let _ = file.try_lock();
            Ok((file, aside))
        })?;
        let part = Zeroizing::new(Vec::with_capacity(PART_BYTES));
        Ok(Self { outside: outside.clone(), file: Arc::new(file), aside, part, length: 0, is_named: false })
    }

    /// How many bytes it has.
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// Gives it the first of these names that nothing has. Overwrites nothing and follows no link.
    pub(crate) fn publish(mut self, names: impl Iterator<Item = PathBuf> + Send + 'static) -> io::Result<PathBuf> {
        self.flush()?;
        let (file, aside) = (Arc::clone(&self.file), self.aside.clone());
        let path = self.outside.run(move || {
            file.sync_all()?;
            for name in names {
                match name_new(&aside, &name) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    named => {
                        named?;
                        settle(&name);
                        return Ok(name);
                    }
                }
            }
            Err(io::ErrorKind::AlreadyExists.into())
        })?;
        self.is_named = true;
        Ok(path)
    }

    /// Gives it this name; what has it is replaced.
    pub(crate) fn replace(mut self, path: &Path) -> io::Result<()> {
        self.flush()?;
        let (file, aside, path) = (Arc::clone(&self.file), self.aside.clone(), path.to_owned());
        self.outside.run(move || {
            file.sync_all()?;
            fs::rename(aside, &path)?;
            settle(&path);
            Ok(())
        })?;
        self.is_named = true;
        Ok(())
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PART_BYTES - self.part.len();
        let taken = bytes.len().min(room);
        self.part.extend_from_slice(&bytes[..taken]);
        self.length += taken as u64;
        if taken == room {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        let (file, part) = (Arc::clone(&self.file), std::mem::take(&mut self.part));
        self.part = self.outside.run(move || {
            let mut part = part;
            (&*file).write_all(&part)?;
            part.clear();
            Ok(part)
        })?;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_named {
            // Ours, and not whole.
            let aside = std::mem::take(&mut self.aside);
            let _ = self.outside.run(move || fs::remove_file(aside));
        }
    }
}

/// Removes what processes left that died. Somebody who is still at it holds a lock.
fn remove_left(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_unfinished) {
            let path = entry.path();
            if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

fn is_unfinished(name: &str) -> bool {
    name.strip_prefix(FRONT)
        .and_then(|rest| rest.strip_suffix(END))
        .is_some_and(|middle| middle.len() == 16 && middle.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn name_new(aside: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(aside, name) {
        Ok(()) => fs::remove_file(aside),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // FAT, and some file systems over a network or in user space, know no links.
        Err(_) => match fs::symlink_metadata(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(aside, name),
            _ => Err(io::ErrorKind::AlreadyExists.into()),
        },
    }
}

/// Makes a name durable. The file has it, whatever comes of this: who heard that it failed would look for it in vain.
fn settle(name: &Path) {
    #[cfg(unix)]
    {
        let dir = name.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Err(error) = File::open(dir).and_then(|dir| dir.sync_all()) {
            tracing::warn!(%error, "a folder could not be made durable");
        }
    }
    #[cfg(not(unix))]
    let _ = name;
}

/// Only for its owner: what comes out of the vault is no longer encrypted.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

const FRONT: &str = ".nyx-";
const END: &str = ".part";

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_is_overwritten_and_no_link_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.txt"), "mine").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/tmp/elsewhere-nyx", dir.path().join("b.txt")).unwrap();
        let mut file = Unfinished::begin(&Outside::alone(), dir.path(), 1).unwrap();
        file.write_all(b"new").unwrap();
        let wanted: Vec<_> = ["a.txt", "b.txt", "c.txt"].iter().map(|name| dir.path().join(name)).collect();
        let path = file.publish(wanted.into_iter().skip(usize::from(cfg!(not(unix))))).unwrap();
        assert_eq!(fs::read(dir.path().join("a.txt")).unwrap(), b"mine");
        assert_eq!((path.file_name().unwrap(), fs::read(&path).unwrap()), ("c.txt".as_ref(), b"new".to_vec()));
        assert_eq!(names(dir.path()), ["a.txt", "b.txt", "c.txt"]);
    }

    #[test]
    fn what_a_dead_process_left_goes_and_what_somebody_is_at_stays() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".nyx-0123456789abcdef.part"), "half of a").unwrap();
        fs::write(dir.path().join(".nyx-mine.part"), "mine").unwrap();
        let first = Unfinished::begin(&Outside::alone(), dir.path(), 1).unwrap();
        let second = Unfinished::begin(&Outside::alone(), dir.path(), 2).unwrap();
        assert_eq!(names(dir.path()), [".nyx-0000000000000001.part", ".nyx-0000000000000002.part", ".nyx-mine.part"]);
        // Before it is whole it has no other name, and given up it has none.
        drop(second);
        first.replace(&dir.path().join("whole")).unwrap();
        assert_eq!(names(dir.path()), [".nyx-mine.part", "whole"]);
    }
}
