//! What Nyx replaces: a relay of Socket.IO that passes half a megabyte on, and a sender that pauses after each. A script.

use crate::{installed, peers::Carried, spent};
use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
    time::Instant,
};

pub(crate) fn carry(bytes: u64) -> Option<Carried> {
    let packages = installed("NYX_NODE_MODULES", "")?;
    (packages.join("socket.io").is_dir() && packages.join("socket.io-client").is_dir()).then_some(())?;
    let node = |arguments: &[&str]| {
        let mut command = Command::new("node");
        command.arg(SCRIPT).args(arguments).env("NODE_PATH", &packages).stdin(Stdio::piped()).stdout(Stdio::piped());
        Script::start(&mut command)
    };
    let mut relay = node(&["relay"]);
    let port = relay.line();
    let mut receiver = node(&["receive", &port, &bytes.to_string()]);
    assert_eq!(receiver.line(), "ready");
    let mut sender = node(&["send", &port, &bytes.to_string()]);
    assert_eq!(sender.line(), "ready");
    let begin = Instant::now();
    let (before_sender, before_receiver) = (spent::cpu(sender.child.id()), spent::cpu(receiver.child.id()));
    sender.go();
    assert_eq!(receiver.line(), "done");
    let took = begin.elapsed();
    let (_, sender) = spent::ended(&mut sender.child, before_sender, 0);
    let (_, receiver) = spent::ended(&mut receiver.child, before_receiver, 0);
    Some(Carried { bytes, took, sender, receiver })
}

struct Script {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Script {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    /// Its input ends, which is what it waits for.
    fn go(&mut self) {
        self.child.stdin = None;
    }
}

/// The relay goes with the measurement; the others may have ended.
impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/moving/socketio.cjs");
