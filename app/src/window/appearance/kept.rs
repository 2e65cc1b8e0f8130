//! The file in which the appearance lasts: a few values in the clear, beside the home and never inside the vault's folder
//! (decision 0021). Whatever stands in it, the window opens: what can't be understood is as if it were not there.

use super::{Appearance, Look, SCALES};
use crate::text::Language;
use serde_json::{Map, Value, json};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

/// What is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kept {
    /// The language of every sentence; `None`: as the environment says.
    pub language: Option<Language>,
    /// The colours.
    pub look: Look,
    /// One of [`SCALES`].
    pub scale: Option<f32>,
    /// Width and height of the window in points of the system.
    pub size: Option<[f32; 2]>,
}

impl Kept {
    /// What was kept for this home.
    #[must_use]
    pub fn read(home: &Path) -> Self {
        let mut bytes = Vec::new();
        let read = File::open(path(home)).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes));
        match (read, serde_json::from_slice(&bytes)) {
            (Ok(_), Ok(Value::Object(values))) => Self::of(&values),
            _ => Self::default(),
        }
    }

    /// The appearance that follows.
    #[must_use]
    pub fn appearance(&self) -> Appearance {
        let default = Appearance::default();
        Appearance {
            language: self.language.unwrap_or(default.language),
            look: self.look,
            scale: self.scale.unwrap_or(default.scale),
        }
    }

    fn of(values: &Map<String, Value>) -> Self {
        let language = match values.get("language").and_then(Value::as_str) {
            Some("en") => Some(Language::English),
            Some("id") => Some(Language::Indonesian),
            _ => None,
        };
        let look = match values.get("look").and_then(Value::as_str) {
            Some("light") => Look::Light,
            Some("contrast") => Look::Contrast,
            _ => Look::Dark,
        };
        let scale = values.get("scale").and_then(Value::as_f64).map(|scale| scale as f32);
        let scale = scale.and_then(|scale| SCALES.into_iter().find(|known| (known - scale).abs() < 0.01));
        let side = |index| values.get("size")?.get(index)?.as_f64().map(|side| side as f32);
        let size = side(0).zip(side(1)).filter(|(width, height)| fits(*width) && fits(*height));
        Self { language, look, scale, size: size.map(|(width, height)| [width, height]) }
    }

    fn json(&self) -> Value {
        let language = self.language.map(|language| match language {
            Language::English => "en",
            Language::Indonesian => "id",
        });
        let look = match self.look {
            Look::Dark => "dark",
            Look::Light => "light",
            Look::Contrast => "contrast",
        };
        json!({ "language": language, "look": look, "scale": self.scale, "size": self.size })
    }

    fn write(&self, home: &Path) -> io::Result<()> {
        let path = path(home);
        let mut beside = path.clone().into_os_string();
        beside.push(".new");
        let mut file = File::create(&beside)?;
        writeln!(file, "{}", self.json())?;
        file.sync_all()?;
        fs::rename(&beside, &path)
    }
}

/// Writes what is to be kept, on a thread of its own: no frame waits for a disk.
#[derive(Debug)]
pub(crate) struct Keeper {
    tell: Option<Sender<Kept>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(crate) fn start(home: PathBuf) -> Self {
        let (tell, told) = channel();
        let thread = thread::Builder::new().name("nyx-appearance".to_owned()).spawn(move || keep(&home, &told)).ok();
        Self { tell: Some(tell), thread }
    }

    pub(crate) fn keep(&self, kept: Kept) {
        if let Some(tell) = &self.tell {
            let _ = tell.send(kept);
        }
    }
}

impl Drop for Keeper {
    /// What was last wanted is written before the program ends.
    fn drop(&mut self) {
        drop(self.tell.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn keep(home: &Path, told: &Receiver<Kept>) {
    while let Ok(mut kept) = told.recv() {
        let is_over = loop {
            match told.recv_timeout(SETTLED) {
                Ok(later) => kept = later,
                Err(RecvTimeoutError::Timeout) => break false,
                Err(RecvTimeoutError::Disconnected) => break true,
            }
        };
        if let Err(error) = kept.write(home) {
            // A window that looks as it did the time before is all that comes of it.
            tracing::warn!(%error, "the appearance could not be kept");
        }
        if is_over {
            return;
        }
    }
}

fn path(home: &Path) -> PathBuf {
    let mut name = home.file_name().unwrap_or_default().to_owned();
    name.push(".window.json");
    home.with_file_name(name)
}

fn fits(side: f32) -> bool {
    (SIDE_MIN..=SIDE_MAX).contains(&side)
}

/// Far more than is written; a file that is longer is not ours.
const BYTES_MAX: u64 = 4096;
/// A window that is dragged larger is written once.
const SETTLED: Duration = Duration::from_millis(500);
/// Below, nothing fits; above, there is no screen.
const SIDE_MIN: f32 = 320.0;
const SIDE_MAX: f32 = 16_384.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("nyx");
        assert_eq!(Kept::read(&home), Kept::default());
        let kept = Kept {
            language: Some(Language::Indonesian),
            look: Look::Light,
            scale: Some(1.25),
            size: Some([900.0, 640.5]),
        };
        let keeper = Keeper::start(home.clone());
        keeper.keep(Kept::default());
        keeper.keep(kept);
        drop(keeper);
        assert_eq!(Kept::read(&home), kept);
        assert!(!home.exists(), "the folder of the vault is the vault's alone");
    }

    #[test]
    fn a_file_that_makes_no_sense_is_as_if_there_were_none() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("nyx");
        for bytes in [
            "".as_bytes(),
            b"\xff\xfe\0",
            b"[[[[[[[[[[",
            b"{\"language\":7,\"look\":[],\"scale\":1e300,\"size\":[1e9,-5]}",
            b"{\"scale\":null,\"size\":{\"0\":1},\"look\":\"\"}",
            &[b' '; 100_000],
        ] {
            fs::write(path(&home), bytes).unwrap();
            assert_eq!(Kept::read(&home), Kept::default());
        }
        fs::write(path(&home), b"{\"language\":\"id\",\"look\":\"?\",\"more\":1}").unwrap();
        assert_eq!(Kept::read(&home), Kept { language: Some(Language::Indonesian), ..Kept::default() });
    }
}
