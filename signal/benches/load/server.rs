//! A server on a core of its own, and what it costs there.

use nyx_testkit::process::Process;
use std::{net::SocketAddr, process::Command, time::Duration};

/// The kernel counts processor time in these; it is 100 a second on every Linux that we run on.
const TICK: Duration = Duration::from_millis(10);

/// A server under measurement.
pub(crate) struct Running {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    process: Process,
}

/// What was measured.
pub(crate) struct Figures {
    pub(crate) name: &'static str,
    pub(crate) rooms_per_sec: f64,
    pub(crate) room_micros: f64,
    pub(crate) message_micros: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) idle_kib: f64,
    pub(crate) before_kib: u64,
    pub(crate) after_kib: u64,
}

/// Runs a program on the first core.
pub(crate) fn pinned(program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0", program]);
    command
}

/// Keeps this process off the first core, where there is a second.
pub(crate) fn pin_clients() {
    let _ = Command::new("taskset").args(["-cp", "1", &std::process::id().to_string()]).output();
}

impl Running {
    pub(crate) fn nyx() -> Self {
        let mut command = pinned(env!("CARGO_BIN_EXE_nyx-signal"));
        // Every limit is on; the byte rate alone is raised, for no pairing sends 40,000 messages.
        command.args(["--listen", "127.0.0.1:0", "--bytes-per-second", "1000000000", "--burst-bytes", "1000000000"]);
        let mut process = Process::start(&mut command);
        let line = process.wait_for("listening");
        let address = line.rsplit_once("address=").and_then(|(_, address)| address.trim().parse().ok());
        Self { name: "nyx-signal", address: address.expect("the address is logged"), process }
    }

    pub(crate) fn other(name: &'static str, address: SocketAddr, process: Process) -> Self {
        Self { name, address, process }
    }

    /// Processor time of all its threads.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        // The name in parentheses may hold spaces; utime and stime are the 14th and 15th field.
        let fields: Vec<&str> = stat.rsplit_once(')').expect("a stat line").1.split_whitespace().collect();
        let ticks: u32 = [11, 12].iter().map(|field| fields[*field].parse::<u32>().expect("a number")).sum();
        TICK * ticks
    }

    /// Resident memory.
    pub(crate) fn rss_kib(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a running process");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).expect("the server runs")
    }
}

impl Figures {
    /// A table; the last column holds each figure against the goal.
    pub(crate) fn print(nyx: &Self, peer: Option<&Self>, bare_micros: f64) {
        println!("{:<34}{:>14}{:>14}   goal", "", nyx.name, peer.map_or("", |peer| peer.name));
        let row = |what: &str, figure: fn(&Self) -> f64, goal: &str| {
            let other = peer.map_or(String::new(), |peer| format!("{:.2}", figure(peer)));
            println!("{what:<34}{:>14.2}{other:>14}   {goal}", figure(nyx));
        };
        row("CPU µs a room", |f| f.room_micros, "≤ 150, and ≤ half of PeerServer");
        row("rooms a second (one core each side)", |f| f.rooms_per_sec, "");
        row("CPU µs a relayed message", |f| f.message_micros, "≤ 20");
        row("relay p50, ms", |f| f.p50.as_secs_f64() * 1e3, "");
        row("relay p99, ms", |f| f.p99.as_secs_f64() * 1e3, "");
        row("KiB an idle connection", |f| f.idle_kib, "≤ 5");
        row("MiB before the crowd", |f| f.before_kib as f64 / 1024.0, "");
        row("MiB after it left", |f| f.after_kib as f64 / 1024.0, "≤ 1.5 times before");
        row("after / before", |f| f.after_kib as f64 / f.before_kib as f64, "≤ 1.5");
        println!(
            "CPU µs a message of a bare TCP relay: {bare_micros:.2}, so {:.2} times that",
            nyx.message_micros / bare_micros
        );
        match peer {
            Some(peer) => println!("CPU a room against {}: {:.2}", peer.name, nyx.room_micros / peer.room_micros),
            None => println!("PeerServer is not installed (npm package `peer`); set NYX_PEERJS to its program"),
        }
    }
}
