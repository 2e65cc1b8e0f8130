//! One end of what is measured, in a process of its own.

use crate::{
    carriers::{Carrier, PATIENCE, node_datachannel},
    trips::Spread,
};
use nyx_testkit::hosts::Namespace;
use std::{
    io::{BufRead, BufReader, Write},
    process::{self, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Side {
    Send,
    Receive,
}

/// When the receiver counts, from the first bytes on.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) before: Duration,
    pub(crate) counted: Duration,
}

/// A process at work in a namespace. Dropping it kills it.
pub(crate) struct Child {
    process: process::Child,
    lines: Receiver<String>,
}

/// What an end says when it is done.
pub(crate) struct Measured {
    pub(crate) bytes: u64,
    millis: u64,
    cpu_millis: u64,
    pub(crate) peak_kib: u64,
    /// How long small messages took beside it.
    pub(crate) trips: Option<Spread>,
}

/// Begins to count when the first byte goes or comes.
pub(crate) struct Meter {
    began: Instant,
    time: Duration,
    cpu: u64,
}

impl Side {
    pub(crate) fn parse(text: &str) -> Self {
        if text == "send" { Self::Send } else { Self::Receive }
    }
}

impl Times {
    pub(crate) fn parse(texts: &[String]) -> Self {
        let mut times = texts.iter().map(|text| Duration::from_millis(text.parse().unwrap()));
        Self { before: times.next().unwrap(), counted: times.next().unwrap() }
    }
}

impl Child {
    pub(crate) fn start(namespace: &Namespace, side: Side, carrier: Carrier, times: Times) -> Self {
        let side = if side == Side::Send { "send" } else { "receive" };
        let [before, counted] = [times.before, times.counted].map(|time| time.as_millis().to_string());
        let mut command = match node_datachannel() {
            Some(packages) if carrier == Carrier::Node => {
                let mut command = namespace.command("node");
                command.args([SCRIPT, side, &counted]).env("NODE_PATH", packages);
                command
            }
            _ => {
                let mut command = namespace.command(std::env::current_exe().unwrap().to_str().unwrap());
                command.args(["child", side, carrier.name(), &before, &counted]);
                command
            }
        };
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (heard, lines) = channel();
        // Ends with the process.
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| heard.send(line)));
        Self { process, lines }
    }

    pub(crate) fn tell(&mut self, line: &str) {
        // One that has ended says so when it is asked.
        let _ = writeln!(self.process.stdin.as_mut().unwrap(), "{line}");
    }

    /// What it says next, unless it takes longer than anything takes beside counting for so long.
    pub(crate) fn line(&mut self, time: Duration) -> Option<String> {
        self.lines.recv_timeout(time + PATIENCE).ok()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Meter {
    pub(crate) fn start(time: Duration) -> Self {
        Self { began: Instant::now(), time, cpu: cpu_millis() }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.began.elapsed() >= self.time
    }

    pub(crate) fn left(&self) -> Duration {
        self.time.saturating_sub(self.began.elapsed())
    }

    /// Says what was measured.
    pub(crate) fn report(&self, bytes: u64, trips: Option<Spread>) {
        let (millis, cpu) = (self.began.elapsed().as_millis(), cpu_millis() - self.cpu);
        print!("{bytes} {millis} {cpu} {}", peak_kib());
        match trips {
            Some(Spread { half, most }) => println!(" {} {}", half.as_micros(), most.as_micros()),
            None => println!(),
        }
    }
}

impl Measured {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let numbers: Vec<u64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
        let [bytes, millis, cpu_millis, peak_kib, ref trips @ ..] = numbers[..] else { return None };
        let trips = match *trips {
            [half, most] => Some(Spread { half: Duration::from_micros(half), most: Duration::from_micros(most) }),
            _ => None,
        };
        Some(Self { bytes, millis, cpu_millis, peak_kib, trips })
    }

    pub(crate) fn mib_per_sec(&self) -> f64 {
        self.bytes_per_sec() / 1024.0 / 1024.0
    }

    pub(crate) fn bytes_per_sec(&self) -> f64 {
        self.bytes as f64 / (self.millis as f64 / 1000.0)
    }

    pub(crate) fn cpu_per_gib(&self, bytes: u64) -> f64 {
        self.cpu_millis as f64 / 1000.0 / (bytes as f64 / 1024.0 / 1024.0 / 1024.0)
    }
}

pub(crate) fn run(side: Side, carrier: Carrier, times: Times) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        match side {
            Side::Send => carrier.send().await,
            Side::Receive => carrier.receive(times).await,
        }
    });
    // What is still under way does not matter.
    process::exit(0);
}

/// A line from the other end.
pub(crate) async fn heard() -> String {
    tokio::task::spawn_blocking(|| std::io::stdin().lines().next().unwrap().unwrap()).await.unwrap()
}

/// User and system time of this process, in steps of 10 ms.
fn cpu_millis() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/link/node-datachannel.cjs");
