//! The two devices, each a process of the program.

use crate::spent::{self, Cost};
use nyx_testkit::hosts::Namespace;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Where a process runs.
pub(crate) enum Place<'n> {
    /// On this machine, over loopback.
    Here,
    /// In a network of its own.
    There(&'n Namespace),
}

/// What a move has cost.
pub(crate) struct Moved {
    pub(crate) took: Duration,
    /// From the yes until the new device said that something was verified and kept.
    pub(crate) first_bytes: Duration,
    pub(crate) old: Cost,
    pub(crate) new: Cost,
}

/// One program of the two.
pub(crate) struct Device {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it had cost when the bytes began to go.
    before: Duration,
    peak_kib: u64,
}

impl Place<'_> {
    pub(crate) fn command(&self, program: &str) -> Command {
        match self {
            Self::Here => Command::new(program),
            Self::There(namespace) => namespace.command(program),
        }
    }

    /// The program in a folder that has a file `password`.
    pub(crate) fn nyx(&self, home: &Path, folder: &Path) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_nyx"));
        command.arg("--home").arg(home).arg("--password-file").arg(folder.join("password")).arg("--json");
        command
    }

    /// What it is told about the network, after its own arguments.
    pub(crate) const fn network(&self) -> &[&str] {
        match self {
            Self::Here => &["--interface", "lo"],
            Self::There(_) => &[],
        }
    }
}

/// Moves the account in `old` to a new device in `folder`: from the last yes to what the new device says when the account is
/// in its place.
pub(crate) fn measure(old: &Path, folder: &Path, here: &Place<'_>, there: &Place<'_>) -> Moved {
    let mut new = Device::start(there.nyx(&folder.join("new"), folder).arg("receive").args(there.network()));
    let file = folder.join("link");
    fs::write(&file, new.hear("ticket")["link"].as_str().unwrap()).unwrap();
    let mut old = Device::start(here.nyx(old, folder).arg("send").arg("--link-file").arg(file).args(here.network()));
    new.hear("ask");
    new.say("yes");
    let digits = new.hear("sas")["digits"].as_str().unwrap().to_owned();
    old.hear("ask");
    old.say(&digits);
    old.hear("ask");
    let begin = Instant::now();
    new.count_from_here();
    old.count_from_here();
    old.say("yes");
    let old = thread::spawn(move || {
        old.hear("done");
        old
    });
    while new.hear("progress")["done"].as_u64() == Some(0) {}
    let first_bytes = begin.elapsed();
    new.hear("done");
    let took = begin.elapsed();
    let (old, new) = (old.join().unwrap().end(), new.end());
    Moved { took, first_bytes, old, new }
}

impl Device {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, before: Duration::ZERO, peak_kib: 0 }
    }

    pub(crate) fn hear(&mut self, name: &str) -> Value {
        loop {
            let event = self.hear_any();
            if event["event"] == name {
                return event;
            }
        }
    }

    pub(crate) fn hear_any(&mut self) -> Value {
        let line = self.lines.next().unwrap().unwrap();
        self.peak_kib = self.peak_kib.max(spent::peak(self.child.id()));
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_ne!(event["event"], "error", "{line}");
        event
    }

    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// What opening the vault took is not what moving it takes.
    pub(crate) fn count_from_here(&mut self) {
        self.before = spent::cpu(self.child.id());
        spent::forget_peak(self.child.id());
        self.peak_kib = 0;
    }

    /// Waits for its end, and tells what it has cost since.
    pub(crate) fn end(mut self) -> Cost {
        let rest: Vec<_> = self.lines.by_ref().collect();
        let (status, cost) = spent::ended(&mut self.child, self.before, self.peak_kib);
        assert!(status.success(), "{rest:?}");
        cost
    }
}
