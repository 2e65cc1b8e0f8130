//! Attachments on their way out. The name of an attachment was chosen by somebody else: it may be a path, a device, a
//! hidden file or a trick with the direction of text. Here it becomes a plain name in one folder, and never another
//! file's.

use crate::{
    command::SaveTo,
    commit::look,
    event::Event,
    failure::Failure,
    jobs::{Job, World},
    passing::Passing,
};
use nyx_vault::{
    Vault,
    model::{Attachment, AttachmentId},
};
use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// Writes an attachment to where the person wants it.
pub(crate) fn save_to(
    job: &Job,
    world: &World,
    vault: &Vault,
    passing: &Passing,
    id: AttachmentId,
    to: &SaveTo,
) -> Result<(), Failure> {
    let attachment = look(vault, |reader| reader.attachment(id)?.ok_or(Failure::NoMessage))?;
    if attachment.about.is_none() {
        return Err(Failure::Disappeared);
    }
    let places = (0, attachment.size);
    let path = match to {
        SaveTo::Folder(dir) => {
            fs::create_dir_all(dir).map_err(|error| Failure::file(dir, error))?;
            save(job, vault, &attachment, dir, places)?
        }
        SaveTo::File(path) => replace(job, world, vault, &attachment, path)?,
        SaveTo::Passing => {
            let dir = passing.fresh(world)?;
            save(job, vault, &attachment, &dir, places).inspect_err(|_| {
                let _ = fs::remove_dir(&dir);
            })?
        }
    };
    job.tell(Event::Saved { attachment: id, path });
    Ok(())
}

/// Writes an attachment into a folder under the safe form of its name. `before` and `total` are for the progress.
pub(crate) fn save(
    job: &Job,
    vault: &Vault,
    attachment: &Attachment,
    dir: &Path,
    (before, total): (u64, u64),
) -> Result<PathBuf, Failure> {
    let name = safe_name(attachment.about.as_ref().map_or("", |about| about.name.as_str()));
    let (path, file) = create(dir, &name)?;
    write(job, vault, attachment, (&path, file), (before, total))?;
    Ok(path)
}

/// Writes an attachment to the file of this name. What is there is replaced by the whole new file or stays.
fn replace(job: &Job, world: &World, vault: &Vault, attachment: &Attachment, path: &Path) -> Result<PathBuf, Failure> {
    let name = path.file_name().ok_or_else(|| Failure::file(path, io::ErrorKind::IsADirectory.into()))?;
    let mut random = [0; 8];
    world.random(|rng| rng.fill_bytes(&mut random));
    let aside = format!(".nyx-{:016x}.part", u64::from_be_bytes(random));
    let aside = path.with_file_name(aside);
    let file = private().open(&aside).map_err(|error| Failure::file(path, error))?;
    write(job, vault, attachment, (&aside, file), (0, attachment.size)).map_err(|failure| match failure {
        // The person never heard of the other name.
        Failure::File { trouble, .. } => Failure::File { path: path.to_owned(), trouble },
        other => other,
    })?;
    let placed = fs::rename(&aside, path).and_then(|()| sync_dir(path.parent().unwrap_or(Path::new(""))));
    placed.map_err(|error| {
        let _ = fs::remove_file(&aside);
        Failure::file(path, error)
    })?;
    Ok(path.with_file_name(name))
}

fn write(
    job: &Job,
    vault: &Vault,
    attachment: &Attachment,
    (path, mut file): (&Path, File),
    (before, total): (u64, u64),
) -> Result<(), Failure> {
    let saved = vault
        .save_attachment(attachment.id, &mut file, &mut |done| job.progress(before + done, Some(total)))
        .map_err(|error| Failure::saving(path.to_owned(), error))
        .and_then(|()| file.sync_all().map_err(|error| Failure::file(path, error)));
    drop(file);
    if saved.is_err() {
        // Ours, and not whole: half a file under its full name would be taken for the whole.
        let _ = fs::remove_file(path);
    }
    saved
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A name that stays in its folder, can be written on every system, and looks like what it is.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe: String = last.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    // Some systems drop dots and spaces at the end, so that two names become one.
    safe.truncate(safe.trim_end_matches(['.', ' ']).len());
    let safe = safe.trim_start();
    if safe.is_empty() {
        return "attachment".to_owned();
    }
    let stem = safe.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    // A dot in front hides a file and is how a shell's or a tool's settings are called.
    let guarded = if safe.starts_with('.') || safe.starts_with('-') || RESERVED.contains(&stem.as_str()) {
        format!("_{safe}")
    } else {
        safe.to_owned()
    };
    shortened(&guarded)
}

fn is_plain(letter: char) -> bool {
    let turns = matches!(letter, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    !letter.is_control() && !turns && !r#"<>:"|?*"#.contains(letter)
}

/// Keeps the ending, because it says what the file is.
fn shortened(name: &str) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if name.len() - dot <= ENDING_BYTES_MAX => name.split_at(dot),
        _ => (name, ""),
    };
    format!("{}{ending}", &stem[..stem.floor_char_boundary(NAME_BYTES_MAX - ending.len())])
}

/// A new file; if the name is taken, the next free number behind it. Never follows a link and never overwrites.
fn create(dir: &Path, name: &str) -> Result<(PathBuf, File), Failure> {
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    };
    for number in 1..=NUMBERS_MAX {
        let numbered = if number == 1 { name.to_owned() } else { format!("{stem} ({number}){ending}") };
        let path = dir.join(numbered);
        match private().open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Failure::file(path, error)),
        }
    }
    Err(Failure::file(dir.join(name), io::ErrorKind::AlreadyExists.into()))
}

/// Only for its owner: what comes out of the vault is no longer encrypted.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Leaves room for a number on every system (255 bytes).
const NAME_BYTES_MAX: usize = 200;
/// `.tar.gz` and longer ones fit; what is longer is no ending.
const ENDING_BYTES_MAX: usize = 16;
/// Whoever has so many of the same name has another problem.
const NUMBERS_MAX: u32 = 10_000;
/// Names that mean devices on Windows, whatever comes after them.
const RESERVED: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2",
    "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_in_their_folder_and_show_what_they_are() {
        for (hostile, safe) in [
            ("../../etc/passwd", "passwd"),
            ("/etc/shadow", "shadow"),
            (r"C:\Windows\system.ini", "system.ini"),
            ("..", "attachment"),
            ("...", "attachment"),
            ("", "attachment"),
            ("a/", "attachment"),
            (".bashrc", "_.bashrc"),
            ("-rf", "_-rf"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("a\0b\nc\u{1b}[2J", "a_b_c_[2J"),
            ("photo\u{202E}gpj.exe", "photo_gpj.exe"),
            ("name. . ", "name"),
            ("laporan akhir.pdf", "laporan akhir.pdf"),
            ("照片.png", "照片.png"),
        ] {
            assert_eq!(safe_name(hostile), safe, "{hostile:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_fits() {
        let safe = safe_name(&format!("{}.jpeg", "长".repeat(300)));
        assert!(safe.len() <= NAME_BYTES_MAX && safe.ends_with(".jpeg"));
        assert!(safe_name(&"x".repeat(4000)).len() <= NAME_BYTES_MAX);
        assert!(safe_name(&format!("x.{}", "y".repeat(4000))).len() <= NAME_BYTES_MAX);
    }

    #[test]
    fn nothing_is_overwritten_and_no_link_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.txt"), "mine").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/tmp/elsewhere-nyx", dir.path().join("a (2).txt")).unwrap();
        let (path, _) = create(dir.path(), "a.txt").unwrap();
        assert_eq!(path.file_name().unwrap(), if cfg!(unix) { "a (3).txt" } else { "a (2).txt" });
        assert_eq!(fs::read(dir.path().join("a.txt")).unwrap(), b"mine");
    }
}
