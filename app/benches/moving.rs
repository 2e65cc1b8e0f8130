//! How fast an account moves between two processes over loopback, from the last yes to the account in its new place, every
//! byte verified: `cargo bench -p nyx --bench moving` (Linux). `NYX_BENCH_GIB` (1) says how much, `NYX_BENCH_KIND` (`large`,
//! `small`, `mixed`; all three) of what. The bare link has a bench of its own: `cargo bench -p nyx-net --bench link -- 0 0`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "a measurement, not the product")]

use nyx_p2p::{Author, Delivery, Password};
use nyx_vault::{
    LockedVault, MessageId, StorageError, WriteError,
    model::{About, NewAttachment, NewMessage},
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Lines, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What the files of an account are like.
#[derive(Clone, Copy)]
enum Kind {
    Large,
    Small,
    Mixed,
}

/// One program of the two.
struct Device {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it had cost when the bytes began to go.
    cpu_before: Duration,
    peak_kib: u64,
}

/// What a side has cost.
struct Cost {
    cpu: Duration,
    peak_kib: u64,
}

fn main() {
    // `cargo test` runs benches too, without an argument of theirs: then only show that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let gib: u64 = std::env::var("NYX_BENCH_GIB").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let (bytes, small_files) = if is_bench { (gib << 30, 100_000) } else { (4 << 20, 50) };
    let asked = std::env::var("NYX_BENCH_KIND").unwrap_or_default();

    println!("| account | bytes | MiB/s | CPU s/GiB old | new | peak MiB old | new |\n|---|---|---|---|---|---|---|");
    for kind in [Kind::Large, Kind::Small, Kind::Mixed] {
        if !asked.is_empty() && asked != kind.name() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("password"), PASSWORD).unwrap();
        make_account(folder.path(), kind, bytes, small_files);
        let (took, old, new) = measure(folder.path());
        let gib = bytes as f64 / (1u64 << 30) as f64;
        println!(
            "| {} | {bytes} | {:.1} | {:.2} | {:.2} | {} | {} |",
            kind.name(),
            gib * 1024.0 / took.as_secs_f64(),
            old.cpu.as_secs_f64() / gib,
            new.cpu.as_secs_f64() / gib,
            old.peak_kib / 1024,
            new.peak_kib / 1024,
        );
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Small => "small",
            Self::Mixed => "mixed",
        }
    }

    /// How many bytes each file has.
    fn files(self, bytes: u64, small_files: u64) -> Vec<u64> {
        let large = |bytes: u64| vec![LARGE.min(bytes); bytes.div_ceil(LARGE) as usize];
        let small = |bytes: u64, files: u64| vec![bytes / files; files as usize];
        match self {
            Self::Large => large(bytes),
            Self::Small => small(bytes, small_files),
            Self::Mixed => [large(bytes / 2), small(bytes / 2, small_files / 2)].concat(),
        }
    }
}

fn nyx(folder: &Path, device: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nyx"));
    command.arg("--home").arg(folder.join(device)).arg("--password-file").arg(folder.join("password"));
    command
}

/// The old device, with one file a message.
fn make_account(folder: &Path, kind: Kind, bytes: u64, small_files: u64) {
    let phrase = folder.join("phrase");
    let made =
        nyx(folder, "old").args(["init", "--name", "Sari", "--phrase-out"]).arg(phrase).stdout(Stdio::null()).status();
    assert!(made.unwrap().success());
    let password = Password::new(PASSWORD).unwrap();
    let found = LockedVault::find(&folder.join("old")).unwrap();
    let vault = found.unlock(&password).map_err(|locked| locked.error).unwrap();
    let notes = vault.read::<_, StorageError>(|reader| reader.notes()).unwrap().unwrap().id;
    let files = kind.files(bytes, small_files);
    for (batch, files) in files.chunks(BATCH).enumerate() {
        let first = batch * BATCH;
        let blobs: Vec<_> = files
            .iter()
            .enumerate()
            .map(|(number, bytes)| {
                let mut content = Noise((first + number) as u64).take(*bytes);
                vault.store_blob(&mut content, &mut |_| true).unwrap()
            })
            .collect();
        vault
            .commit::<_, WriteError>(|tx| {
                for (number, blob) in blobs.into_iter().enumerate() {
                    let number = (first + number) as u64;
                    let about = About { name: format!("{number}.bin"), ..About::default() };
                    let mut id = [0; 16];
                    id[..8].copy_from_slice(&number.to_be_bytes());
                    tx.add_message(NewMessage {
                        id: MessageId(id),
                        conversation: notes,
                        author: Author::Me,
                        at_ms: 1_700_000_000_000 + number as i64,
                        delivery: Delivery::Here,
                        body: format!("file {number}"),
                        reply_to: None,
                        attachments: vec![NewAttachment { blob, about }],
                        ttl_secs: None,
                    })?;
                }
                Ok(())
            })
            .unwrap();
    }
}

/// Bytes that nothing makes smaller, and that no other file has.
struct Noise(u64);

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        for piece in buffer.chunks_mut(8) {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            piece.copy_from_slice(&mixed.to_be_bytes()[..piece.len()]);
        }
        Ok(buffer.len())
    }
}

/// From the last yes to what the new device says when the account is in its place.
fn measure(folder: &Path) -> (Duration, Cost, Cost) {
    let mut new = Device::start(folder, "new", &["receive"]);
    let link = new.hear("ticket")["link"].as_str().unwrap().to_owned();
    let file = folder.join("link");
    fs::write(&file, link).unwrap();
    let mut old = Device::start(folder, "old", &["send", "--link-file", file.to_str().unwrap()]);
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
    new.hear("done");
    let took = begin.elapsed();
    let old = old.join().unwrap().cost();
    (took, old, new.cost())
}

impl Device {
    fn start(folder: &Path, device: &str, arguments: &[&str]) -> Self {
        let mut command = nyx(folder, device);
        command.args(["--json"]).args(arguments).args(["--interface", "lo"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, cpu_before: Duration::ZERO, peak_kib: 0 }
    }

    fn hear(&mut self, name: &str) -> Value {
        loop {
            let line = self.lines.next().unwrap().unwrap();
            let event: Value = serde_json::from_str(&line).unwrap();
            self.peak_kib = self.peak_kib.max(peak_kib(self.child.id()));
            assert_ne!(event["event"], "error", "{line}");
            if event["event"] == name {
                return event;
            }
        }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// What opening the vault took is not what moving it takes.
    fn count_from_here(&mut self) {
        let process = PathBuf::from(format!("/proc/{}", self.child.id()));
        self.cpu_before = cpu(&process.join("stat"), OWN);
        // The most memory it had is forgotten.
        fs::write(process.join("clear_refs"), "5").unwrap();
        self.peak_kib = 0;
    }

    /// Waits for its end, and tells what it has cost since.
    fn cost(mut self) -> Cost {
        let itself = Path::new("/proc/self/stat");
        let before = cpu(itself, CHILDREN);
        let rest: Vec<_> = self.lines.by_ref().collect();
        assert!(self.child.wait().unwrap().success(), "{rest:?}");
        let all = cpu(itself, CHILDREN) - before;
        Cost { cpu: all.saturating_sub(self.cpu_before), peak_kib: self.peak_kib }
    }
}

/// User and system time together, of the process itself or of its children that have ended.
fn cpu(stat: &Path, first_field: usize) -> Duration {
    let stat = fs::read_to_string(stat).unwrap();
    let fields: Vec<u64> =
        stat.rsplit_once(')').unwrap().1.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
    Duration::from_millis((fields[first_field] + fields[first_field + 1]) * 10)
}

/// The most memory it ever had; nothing once it has ended.
fn peak_kib(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

const PASSWORD: &str = "correct horse battery staple";
const LARGE: u64 = 64 << 20;
/// Files that are kept in one transaction.
const BATCH: usize = 500;
/// Where the times stand in `/proc/PID/stat`, counted after the name.
const OWN: usize = 11;
const CHILDREN: usize = 13;
