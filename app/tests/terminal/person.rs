//! A person at a real terminal.

use crate::nyx::{PASSWORD, Place, plain};
use std::{
    fs,
    io::{Read, Write},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

/// Longer than anything takes on a busy machine; only a hang gets here.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program with a terminal around it, made by `script`.
struct Terminal {
    child: Child,
    seen: String,
}

impl Terminal {
    fn with(place: &Place, arguments: &str) -> Self {
        let run = format!("exec {} --home {} {arguments}", env!("CARGO_BIN_EXE_nyx"), place.home().display());
        let mut command = Command::new("script");
        command.args(["-q", "-e", "-c", &run, "/dev/null"]);
        plain(&mut command);
        Self { child: command.env("SHELL", "/bin/sh").spawn().unwrap(), seen: String::new() }
    }

    /// Reads until this is on the screen.
    fn see(&mut self, text: &str) {
        let mut byte = [0; 1];
        while !self.seen.contains(text) {
            let read = self.child.stdout.as_mut().unwrap().read(&mut byte).unwrap();
            assert_ne!(read, 0, "no {text:?} in {:?}", self.seen);
            self.seen.push(byte[0] as char);
        }
    }

    /// Waits until the terminal shows nothing that is typed.
    fn be_blind(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.settings().contains(" echo ") {
            assert!(Instant::now() < deadline, "the terminal echoes: {}", self.settings());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn settings(&self) -> String {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        let terminal = fs::read_link(format!("/proc/{}/fd/0", children.trim())).unwrap();
        let shown = Command::new("stty").arg("-a").arg("-F").arg(terminal).output().unwrap();
        String::from_utf8(shown.stdout).unwrap().replace('\n', " ")
    }

    fn press(&mut self, keys: &str) {
        self.child.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    fn end(mut self) -> (i32, String) {
        let mut rest = Vec::new();
        self.child.stdout.as_mut().unwrap().read_to_end(&mut rest).unwrap();
        self.seen.push_str(&String::from_utf8_lossy(&rest));
        (self.child.wait().unwrap().code().unwrap_or(-1), std::mem::take(&mut self.seen))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_typed_password_opens_and_never_shows() {
    let place = Place::with_account();
    let mut terminal = Terminal::with(&place, "status");
    terminal.see("Password: ");
    terminal.be_blind();
    terminal.press(&format!("{PASSWORD}\r"));
    let (code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("Name: Sari") && !seen.contains("mangga") && !seen.contains('*'), "{seen}");
}

#[test]
fn ctrl_c_at_a_question_ends_with_130() {
    let place = Place::with_account();
    let mut terminal = Terminal::with(&place, "status");
    terminal.see("Password: ");
    terminal.be_blind();
    terminal.press("mang\u{3}");
    let (code, seen) = terminal.end();
    assert!(code == 130 && seen.contains("Interrupted.") && !seen.contains("mang"), "{code} {seen}");
}

#[test]
fn two_different_new_passwords_create_nothing() {
    let place = Place::empty();
    let mut terminal = Terminal::with(&place, "init");
    terminal.see("called? ");
    terminal.press("Budi\r");
    for (question, answer) in [("New password: ", "satu dua tiga\r"), ("Once more: ", "satu dua tigA\r")] {
        terminal.see(question);
        terminal.be_blind();
        terminal.press(answer);
    }
    let (code, seen) = terminal.end();
    assert!(code == 3 && seen.contains("not the same"), "{code} {seen}");
    assert!(!place.home().exists());
}

#[test]
fn the_phrase_is_numbered_for_paper() {
    let place = Place::empty();
    let mut terminal = Terminal::with(&place, "init --name Budi --words 12");
    for question in ["New password: ", "Once more: "] {
        terminal.see(question);
        terminal.be_blind();
        terminal.press("empat lima enam tujuh\r");
    }
    let (code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    let words: Vec<&str> = seen.lines().filter(|line| line.starts_with("   ") || line.starts_with("  ")).collect();
    assert_eq!(words.len(), 3, "{seen}");
    assert!(words[0].trim().starts_with("1 ") && words[2].contains("12 "), "{words:?}");
}

#[test]
fn erasing_asks_and_anything_but_yes_keeps_everything() {
    let place = Place::with_account();
    let mut terminal = Terminal::with(&place, "erase");
    terminal.see("Type yes to erase");
    terminal.press("y\r");
    let (code, seen) = terminal.end();
    assert!(code == 1 && seen.contains("Nothing was done."), "{seen}");
    let mut terminal = Terminal::with(&place, "erase --language id");
    terminal.see("Ketik ya");
    terminal.press("ya\r");
    assert_eq!(terminal.end().0, 0);
    assert!(!place.home().exists());
}
