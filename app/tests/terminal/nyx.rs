//! Running the program. Creating a vault takes a second on purpose, so one is made and copied.

use nyx_testkit::hosts::Namespace;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
    sync::OnceLock,
};
use tempfile::TempDir;

/// What opens every vault of these tests.
pub(crate) const PASSWORD: &str = "mangga rambutan nanas durian";
/// The note that is in every copied vault.
pub(crate) const NOTE: &str = "Rapat besok pukul sepuluh, bawa dokumen rahasia";

/// A place for one vault, and room beside it.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
    pub(crate) phrase: String,
}

/// What a run ended with.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    /// Nothing is here yet.
    pub(crate) fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), phrase: String::new() }
    }

    /// With an account and one note that has a file.
    pub(crate) fn with_account() -> Self {
        static MADE: OnceLock<Place> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let mut place = Self::empty();
            let created = place.run(&["init", "--name", "Sari", "--json"], PASSWORD);
            assert_eq!(created.code, 0, "{}", created.err);
            place.phrase = phrase_in(&created.events());
            fs::write(place.path("resep.txt"), ATTACHED).unwrap();
            let file = place.path("resep.txt");
            let noted = place.run(&["note", NOTE, "--attach", file.to_str().unwrap()], PASSWORD);
            assert_eq!(noted.code, 0, "{}", noted.err);
            fs::remove_file(file).unwrap();
            place
        });
        let place = Self { dir: tempfile::tempdir().unwrap(), phrase: made.phrase.clone() };
        copy(&made.home(), &place.home());
        place
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs a command that is handed the password on standard input, then `input`.
    pub(crate) fn run_with(&self, arguments: &[&str], password: &str, input: &str) -> Ended {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--password-file", "-"]);
        self.run_bare(&arguments, &format!("{password}\n{input}"))
    }

    pub(crate) fn run(&self, arguments: &[&str], password: &str) -> Ended {
        self.run_with(arguments, password, "")
    }

    /// Runs a command with `input` and nothing else.
    pub(crate) fn run_bare(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may end without reading.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Ended::of(child.wait_with_output().unwrap())
    }

    /// Starts a command and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Talk {
        Talk::begin(&mut self.command(arguments))
    }

    /// The same on a network of its own.
    pub(crate) fn start_on(&self, network: &Namespace, arguments: &[&str]) -> Talk {
        Talk::begin(&mut self.command_on(network, arguments))
    }

    pub(crate) fn command_on(&self, network: &Namespace, arguments: &[&str]) -> Command {
        below(|program| network.command(program), &self.command(arguments))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        // Without a terminal of its own: a question that nobody expects must not wait at the developer's.
        let mut command = Command::new("setsid");
        command.args(["--wait", env!("CARGO_BIN_EXE_nyx"), "--home"]).arg(self.home()).args(arguments);
        plain(&mut command);
        command
    }
}

/// The same below another program, which puts it on a network or a disk of its own.
pub(crate) fn below(outer: impl FnOnce(&str) -> Command, inner: &Command) -> Command {
    let mut command = outer(inner.get_program().to_str().unwrap());
    command.args(inner.get_args());
    plain(&mut command);
    command
}

/// Without what the surroundings may say.
pub(crate) fn plain(command: &mut Command) {
    for name in ["NYX_HOME", "NYX_PASSWORD_FILE", "NYX_LOG", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command.env("NYX_CHEAP_PASSWORDS", "1");
    // Nobody's own keyring is asked.
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null");
    command.env("TZ", "UTC").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The lines, each of which must be an object with an event.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| {
                let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                assert!(event["event"].is_string(), "{line}");
                event
            })
            .collect()
    }

    /// The one event of this name.
    pub(crate) fn event(&self, name: &str) -> Value {
        let events = self.events();
        let mut found = events.iter().filter(|event| event["event"] == name);
        let event = found.next().unwrap_or_else(|| panic!("no {name}: {} {}", self.out, self.err)).clone();
        assert!(found.next().is_none(), "{name} twice: {}", self.out);
        event
    }

    /// It ended with this code, and said so with this word.
    #[track_caller]
    pub(crate) fn assert_error(&self, code: i32, kind: &str) {
        assert_eq!(self.code, code, "{} {}", self.out, self.err);
        let error = self.event("error");
        assert_eq!((&error["code"], &error["kind"]), (&code.into(), &kind.into()));
        assert!(
            error["message"].as_str().unwrap().ends_with(['.', '?'])
                || error["message"].as_str().unwrap().contains(": ")
        );
    }

    /// It ended with this code, and the sentence has this in it.
    #[track_caller]
    pub(crate) fn assert_error_plain(&self, code: i32, part: &str) {
        assert_eq!(self.code, code, "{} {}", self.out, self.err);
        assert!(self.out.is_empty() && self.err.contains(part), "{} {}", self.out, self.err);
    }

    #[track_caller]
    pub(crate) fn assert_done(&self) {
        assert_eq!(self.code, 0, "{} {}", self.out, self.err);
    }
}

/// A command that is running. Dropping it ends it.
pub(crate) struct Talk {
    child: Child,
    stdin: Option<ChildStdin>,
    out: BufReader<ChildStdout>,
}

impl Talk {
    pub(crate) fn begin(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdin, out }
    }

    /// The next event.
    pub(crate) fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// The next event; `None`: it has ended.
    pub(crate) fn try_hear(&mut self) -> Option<Value> {
        let mut line = String::new();
        if self.out.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        // Killed in the middle of a line.
        serde_json::from_str(&line).ok()
    }

    /// It asks for this.
    #[track_caller]
    pub(crate) fn asked(&mut self, what: &str) {
        let event = self.hear();
        assert_eq!((&event["event"], &event["what"]), (&"ask".into(), &what.into()), "{event}");
    }

    pub(crate) fn answer(&mut self, line: &str) {
        // It may have been killed since it asked; whoever listens to it notices.
        let _ = writeln!(self.stdin.as_mut().unwrap(), "{line}");
    }

    /// The program itself, below `setsid`.
    pub(crate) fn id(&self) -> u32 {
        let children = format!("/proc/{0}/task/{0}/children", self.child.id());
        let children = fs::read_to_string(children).unwrap();
        children.split_whitespace().next().map_or(self.child.id(), |id| id.parse().unwrap())
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Until it ends by itself; what it waits for on standard input does not end before.
    pub(crate) fn wait(mut self) -> Ended {
        let mut out = String::new();
        std::io::Read::read_to_string(&mut self.out, &mut out).unwrap();
        let mut err = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            std::io::Read::read_to_string(&mut pipe, &mut err).unwrap();
        }
        Ended { code: self.child.wait().unwrap().code().unwrap_or(-1), out, err }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The phrase that was told.
pub(crate) fn phrase_in(events: &[Value]) -> String {
    let phrase = events.iter().find(|event| event["event"] == "phrase").unwrap();
    let words: Vec<_> = phrase["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    words.join(" ")
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

/// The content of the file in every copied vault.
pub(crate) const ATTACHED: &str = "rendang: santan, lengkuas, serai, cabai, dan kesabaran";
