//! Attachments on their way out. The name of an attachment was chosen by somebody else: it may be a path, a device, a
//! hidden file or a trick with the direction of text. Here it becomes a plain name in one folder, and never another
//! file's.

use crate::{
    command::SaveTo,
    commit::look,
    event::Event,
    failure::Failure,
    files::{outside::Outside, passing::Passing, unfinished::Unfinished},
    jobs::{Job, World},
};
use nyx_vault::{
    Vault,
    model::{Attachment, AttachmentId},
};
use std::{
    fs, io,
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
    let saving = Saving { job, world, vault, outside: Outside::of(job)? };
    let places = (0, attachment.size);
    let path = match to {
        SaveTo::Folder(dir) => {
            saving.make_dir(dir)?;
            saving.save(&attachment, dir, places)?
        }
        SaveTo::File(path) => saving.replace(&attachment, path)?,
        SaveTo::Passing => saving.pass(&attachment, passing)?,
    };
    job.tell(Event::Saved { attachment: id, path });
    Ok(())
}

/// Attachments on their way out.
pub(crate) struct Saving<'s> {
    pub(crate) job: &'s Job,
    pub(crate) world: &'s World,
    pub(crate) vault: &'s Vault,
    pub(crate) outside: Outside,
}

impl Saving<'_> {
    /// Makes a folder, and those above it, if it is missing.
    pub(crate) fn make_dir(&self, dir: &Path) -> Result<(), Failure> {
        let name = dir.to_owned();
        self.outside.run(move || fs::create_dir_all(name)).map_err(|error| self.refused(dir, error))
    }

    /// Writes an attachment into a folder under the safe form of its name; if that is taken, with the next free number
    /// behind it. `before` and `total` are for the progress.
    pub(crate) fn save(&self, attachment: &Attachment, dir: &Path, places: (u64, u64)) -> Result<PathBuf, Failure> {
        let name = safe_name(attachment.about.as_ref().map_or("", |about| about.name.as_str()));
        let path = dir.join(&name);
        let file = self.write(attachment, dir, &path, places)?;
        file.publish(numbered(dir.to_owned(), name)).map_err(|error| self.refused(&path, error))
    }

    /// Writes an attachment to the file of this name. What is there is replaced by the whole new file or stays.
    fn replace(&self, attachment: &Attachment, path: &Path) -> Result<PathBuf, Failure> {
        let name = path.file_name().ok_or_else(|| Failure::file(path, io::ErrorKind::IsADirectory.into()))?;
        let dir = path.parent().unwrap_or(Path::new(""));
        let file = self.write(attachment, dir, path, (0, attachment.size))?;
        file.replace(path).map_err(|error| self.refused(path, error))?;
        Ok(path.with_file_name(name))
    }

    /// Writes an attachment to where another program may open it.
    fn pass(&self, attachment: &Attachment, passing: &Passing) -> Result<PathBuf, Failure> {
        let mut refused = None;
        for place in passing.places_for(attachment.size) {
            let saved = passing.fresh(self.world, place).and_then(|dir| {
                self.save(attachment, &dir, (0, attachment.size)).inspect_err(|_| {
                    let _ = fs::remove_dir(&dir);
                })
            });
            match saved {
                // Another one may have more room.
                Err(failure @ (Failure::DiskFull | Failure::File { .. })) => refused = Some(failure),
                ended => return ended,
            }
        }
        Err(refused.unwrap_or_else(|| Failure::Internal("no place for passing files".to_owned())))
    }

    /// All of it, under no name yet; `path` is what to call it when something is wrong.
    fn write(
        &self,
        attachment: &Attachment,
        dir: &Path,
        path: &Path,
        (before, total): (u64, u64),
    ) -> Result<Unfinished, Failure> {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        let mut file =
            Unfinished::begin(&self.outside, dir, self.world.number()).map_err(|error| self.refused(path, error))?;
        self.vault
            .save_attachment(attachment.id, &mut file, &mut |done| self.job.progress(before + done, Some(total)))
            .map_err(|error| self.job.unless_unwanted(Failure::saving(path.to_owned(), error)))?;
        Ok(file)
    }

    fn refused(&self, path: &Path, error: io::Error) -> Failure {
        self.job.unless_unwanted(Failure::file(path, error))
    }
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

/// A name in a folder, and the same with numbers behind it.
fn numbered(dir: PathBuf, name: String) -> impl Iterator<Item = PathBuf> + Send {
    (1..=NUMBERS_MAX).map(move |number| {
        let (stem, ending) = match name.rfind('.') {
            Some(dot) if dot > 0 => name.split_at(dot),
            _ => (name.as_str(), ""),
        };
        dir.join(if number == 1 { name.clone() } else { format!("{stem} ({number}){ending}") })
    })
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
    fn a_name_that_is_taken_gets_a_number_before_its_ending() {
        for (name, second) in [("a.txt", "a (2).txt"), ("a", "a (2)"), (".a", ".a (2)")] {
            let names: Vec<_> = numbered(PathBuf::from("d"), name.to_owned()).take(2).collect();
            assert_eq!(names, [Path::new("d").join(name), Path::new("d").join(second)]);
        }
    }
}
