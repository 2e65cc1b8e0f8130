//! Starting on login, as desktops on Linux do it: a file in the person's own folder for it. Both ask the disk, so they
//! are not for a frame.

use egui::Context;
use std::{
    env, fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

/// Whether Nyx starts on login, as a screen shows and changes it: the disk is asked on a thread of its own.
#[derive(Debug)]
pub(crate) struct Switch {
    /// Where desktops look for what they start.
    folder: Option<PathBuf>,
    /// As far as it is known.
    is_on: Option<bool>,
    answer: Option<mpsc::Receiver<bool>>,
}

impl Default for Switch {
    fn default() -> Self {
        let folder = directories::BaseDirs::new().map(|folders| folders.config_dir().join("autostart"));
        Self { folder, is_on: None, answer: None }
    }
}

impl Switch {
    /// Whether it is on; `None` until the disk has answered.
    pub(crate) fn is_on(&mut self, ctx: &Context) -> Option<bool> {
        match self.answer.as_ref().map(mpsc::Receiver::try_recv) {
            Some(Ok(is_on)) => {
                self.is_on = Some(is_on);
                self.answer = None;
            }
            Some(Err(mpsc::TryRecvError::Empty)) => {}
            Some(Err(mpsc::TryRecvError::Disconnected)) => self.answer = None,
            None if self.is_on.is_none() => self.ask(ctx, is_on),
            None => {}
        }
        self.is_on
    }

    /// Turns it on or off. What is shown afterwards is what the disk says.
    pub(crate) fn set(&mut self, ctx: &Context, on: bool) {
        self.ask(ctx, move |folder| {
            if let Err(error) = set(folder, on) {
                tracing::warn!(%error, "starting on login could not be changed");
            }
            is_on(folder)
        });
    }

    fn ask(&mut self, ctx: &Context, work: impl FnOnce(Option<&Path>) -> bool + Send + 'static) {
        let (tell, answer) = mpsc::channel();
        let (ctx, folder) = (ctx.clone(), self.folder.clone());
        let asked = thread::Builder::new().name("nyx-autostart".to_owned()).spawn(move || {
            // A screen that is gone needs no answer.
            let _ = tell.send(work(folder.as_deref()));
            ctx.request_repaint();
        });
        self.answer = asked.ok().map(|_| answer);
    }
}

/// Whether Nyx starts when the person logs in.
fn is_on(folder: Option<&Path>) -> bool {
    folder.is_some_and(is_on_in)
}

/// Has it start, or not start.
fn set(folder: Option<&Path>, on: bool) -> io::Result<()> {
    let folder = folder.ok_or(ErrorKind::Unsupported)?;
    if on { turn_on(folder, &env::current_exe()?) } else { turn_off(folder) }
}

fn is_on_in(folder: &Path) -> bool {
    fs::read_to_string(folder.join(FILE)).is_ok_and(|entry| entry.contains("Exec=") && !entry.contains("Hidden=true"))
}

fn turn_on(folder: &Path, program: &Path) -> io::Result<()> {
    let program = program.to_str().ok_or(ErrorKind::InvalidFilename)?;
    fs::create_dir_all(folder)?;
    let beside = folder.join("nyx.desktop.new");
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Nyx\nExec={}\nIcon=nyx\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
        quoted(program)
    );
    fs::write(&beside, entry)?;
    fs::rename(beside, folder.join(FILE))
}

fn turn_off(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(FILE)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// As the specification of these files wants a program whose path may hold anything.
fn quoted(program: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in program.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(["\\\\", letter.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

const FILE: &str = "nyx.desktop";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starting_on_login_can_be_turned_on_and_off_again() {
        let config = tempfile::tempdir().unwrap();
        let folder = config.path().join("autostart");
        assert!(!is_on_in(&folder));
        turn_off(&folder).unwrap();
        turn_on(&folder, Path::new("/opt/my programs/nyx")).unwrap();
        turn_on(&folder, Path::new("/opt/my programs/nyx")).unwrap();
        assert!(is_on_in(&folder));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        let entry = fs::read_to_string(folder.join(FILE)).unwrap();
        assert!(entry.contains("\nExec=\"/opt/my programs/nyx\"\n"), "{entry}");
        turn_off(&folder).unwrap();
        assert!(!is_on_in(&folder));
    }

    #[test]
    fn the_switch_shows_what_the_disk_says() {
        let config = tempfile::tempdir().unwrap();
        let ctx = Context::default();
        let told = |switch: &mut Switch| loop {
            // Until the thread that asks the disk has answered.
            if let (Some(is_on), None) = (switch.is_on(&ctx), &switch.answer) {
                return is_on;
            }
            thread::yield_now();
        };
        let mut switch = Switch { folder: Some(config.path().join("autostart")), ..Switch::default() };
        assert!(!told(&mut switch));
        switch.set(&ctx, true);
        assert!(told(&mut switch));
        let mut other = Switch { folder: switch.folder.clone(), ..Switch::default() };
        assert!(told(&mut other), "another window sees it too");
        switch.set(&ctx, false);
        assert!(!told(&mut switch));
        // A file stands where the folder should be: it can't be turned on, and is not shown as if it were.
        fs::remove_dir(config.path().join("autostart")).unwrap();
        fs::write(config.path().join("autostart"), "").unwrap();
        switch.set(&ctx, true);
        assert!(!told(&mut switch));
    }

    #[test]
    fn what_a_desktop_has_hidden_does_not_start() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "[Desktop Entry]\nType=Application\nExec=nyx\nHidden=true\n").unwrap();
        assert!(!is_on_in(folder.path()));
    }

    #[test]
    fn a_path_is_one_word_whatever_is_in_it() {
        assert_eq!(quoted("/a b/$x/100%/n\"yx"), "\"/a b/\\\\$x/100%%/n\\\\\"yx\"");
    }
}
