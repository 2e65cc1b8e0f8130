//! What Nyx costs while nobody does anything, with a large vault and a real window; and how long it takes to get there.
//! `cargo bench -p nyx --bench rest` (Linux, with Xvfb and xdotool for the window); `NYX_BENCH_MESSAGES` (1,000,000).
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a measurement, not the product"
)]

mod opening;

use nyx_p2p::{Author, Delivery, Password};
use nyx_vault::{
    ConversationId, LockedVault, MessageId, StorageError, Vault, WriteError,
    model::{About, NewAttachment, NewMessage},
};
use std::{
    fs,
    io::{BufRead, BufReader, Cursor, Write},
    path::Path,
    process::{Child, Command as Process, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

fn main() {
    // `cargo test` runs benches too, without an argument of theirs: then only show that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let asked = std::env::var("NYX_BENCH_MESSAGES").ok().and_then(|text| text.parse().ok());
    let messages = asked.unwrap_or(if is_bench { 1_000_000 } else { 500 });

    let dir = tempfile::tempdir().unwrap();
    let password_file = dir.path().join("password");
    fs::write(&password_file, PASSWORD).unwrap();
    let home = dir.path().join("home");
    let made = Process::new(env!("CARGO_BIN_EXE_nyx"))
        .args(["init", "--name", "Sari", "--phrase-out"])
        .arg(dir.path().join("phrase"))
        .arg("--home")
        .arg(&home)
        .arg("--password-file")
        .arg(&password_file)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    fill(&home, messages);

    println!("{messages} messages\n\n| what | measured | goal |\n|---|---|---|");
    let opened = opening::measure(&home, password);
    row("opened, up to the newest page of messages, after the key derivation", &ms(opened.page), "300 ms");
    row("… and how much there is, counted meanwhile", &ms(opened.counted), "");
    row("the key derivation, at its cheapest", &ms(opened.derived), "");
    if is_bench {
        window(&home);
    }
}

/// A window under a virtual display, drawn by software.
fn window(home: &Path) {
    let Some(display) = Display::new() else {
        println!("\nWithout Xvfb and xdotool no window was measured.");
        return;
    };
    let begin = Instant::now();
    let mut nyx = Running(
        Process::new(env!("CARGO_BIN_EXE_nyx"))
            .arg("--home")
            .arg(home)
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("LC_ALL", "en_US.UTF-8")
            .spawn()
            .unwrap(),
    );
    let pid = nyx.0.id();
    let Some(id) = display.find_window(pid) else {
        println!("\nThe window was never seen.");
        return;
    };
    row("start to a visible window", &ms(begin.elapsed()), "1,000 ms");
    sleep(SETTLED);
    rest(pid, "locked");
    display.tool(&["windowfocus", &id]);
    sleep(Duration::from_millis(500));
    display.tool(&["type", "--delay", "30", PASSWORD]);
    display.tool(&["key", "Return"]);
    let begin = Instant::now();
    while !has_open(pid, "vault.db") {
        if begin.elapsed() > Duration::from_secs(30) {
            println!("\nThe window did not unlock the vault.");
            return;
        }
        sleep(Duration::from_millis(20));
    }
    sleep(SETTLED);
    rest(pid, "open");
    nyx.0.kill().unwrap();
}

/// What a process costs while nobody does anything.
fn rest(pid: u32, state: &str) {
    let begin = (Instant::now(), cpu_ticks(pid));
    sleep(REST);
    let ticks = cpu_ticks(pid) - begin.1;
    let share = ticks as f64 / TICKS_A_SECOND / begin.0.elapsed().as_secs_f64() * 100.0;
    row(&format!("processor at rest, {state}"), &format!("{share:.2} % of a core"), "0.5 %");
    let memory = Memory::of(pid);
    row(
        &format!("memory at rest, {state} (PSS), without the libraries that draw by software"),
        &format!("{} MiB", (memory.all - memory.drawing) >> 10),
        "120 MiB",
    );
    let parts =
        [("program", memory.program), ("heap and other own pages", memory.own), ("other libraries", memory.rest)];
    for (name, kib) in parts {
        row(&format!("… {name}"), &format!("{:.1} MiB", kib as f64 / 1024.0), "");
    }
    row("… and these libraries", &format!("{:.1} MiB", memory.drawing as f64 / 1024.0), "");
}

/// Proportional memory in KiB, by what it is mapped from.
#[derive(Default)]
struct Memory {
    all: u64,
    program: u64,
    own: u64,
    drawing: u64,
    rest: u64,
}

impl Memory {
    fn of(pid: u32) -> Self {
        let maps = fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap();
        let mut memory = Self::default();
        let mut name = "";
        for line in maps.lines() {
            let mut words = line.split_whitespace();
            let Some(first) = words.next() else { continue };
            if !first.ends_with(':') {
                name = words.nth(4).unwrap_or("");
            } else if first == "Pss:" {
                let kib: u64 = words.next().unwrap().parse().unwrap();
                memory.all += kib;
                let is_drawing = DRAWING.iter().any(|library| name.contains(library));
                if is_drawing {
                    memory.drawing += kib;
                } else if name.ends_with("/nyx") {
                    memory.program += kib;
                } else if name.is_empty() || name.starts_with('[') {
                    memory.own += kib;
                } else {
                    memory.rest += kib;
                }
            }
        }
        memory
    }
}

/// Notes of all lengths as people keep them: links, answers, reactions; the newest hundred with pictures, files and edited
/// ones among them.
fn fill(home: &Path, messages: u64) {
    let vault = LockedVault::find(home).unwrap().unlock(&password()).map_err(|locked| locked.error).unwrap();
    let notes = vault.read::<_, StorageError>(|reader| reader.notes()).unwrap().unwrap().id;
    let mut number = 0;
    while number < messages {
        vault
            .commit::<_, WriteError>(|tx| {
                for _ in 0..BATCH.min(messages - number) {
                    let id = message_id(number);
                    tx.add_message(NewMessage {
                        id,
                        conversation: notes,
                        author: Author::Me,
                        at_ms: 1_700_000_000_000 + number as i64 * 60_000,
                        delivery: Delivery::Here,
                        body: body(number),
                        reply_to: number.checked_sub(3).filter(|_| number.is_multiple_of(11)).map(message_id),
                        attachments: Vec::new(),
                        ttl_secs: None,
                    })?;
                    if number.is_multiple_of(17) {
                        tx.react(id, Author::Me, "❤️", 1_700_000_000_000)?;
                    }
                    number += 1;
                }
                Ok(())
            })
            .unwrap();
    }
    attach(&vault, notes, messages);
}

/// Some of the newest have a picture or a file, or were edited.
fn attach(vault: &Vault, notes: ConversationId, first: u64) {
    for number in first..first + 100 {
        let mut attachments = Vec::new();
        if number.is_multiple_of(4) {
            let mut bytes = Cursor::new(Vec::new());
            let color = image::Rgb([(number % 251) as u8, 90, 140]);
            let picture = image::DynamicImage::from(image::RgbImage::from_pixel(800, 600, color));
            picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
            bytes.set_position(0);
            let blob = vault.store_blob(&mut bytes, &mut |_| true).unwrap();
            let (width, height) = (Some(800), Some(600));
            let (name, media_type) = (format!("{number}.png"), "image/png".to_owned());
            attachments
                .push(NewAttachment { blob, about: About { name, media_type, width, height, ..About::default() } });
        } else if number.is_multiple_of(7) {
            let blob = vault.store_blob(&mut number.to_be_bytes().as_slice(), &mut |_| true).unwrap();
            attachments
                .push(NewAttachment { blob, about: About { name: format!("{number}.pdf"), ..About::default() } });
        }
        let message = NewMessage {
            id: message_id(number),
            conversation: notes,
            author: Author::Me,
            at_ms: 1_700_000_000_000 + number as i64 * 60_000,
            delivery: Delivery::Here,
            body: body(number),
            reply_to: None,
            attachments,
            ttl_secs: None,
        };
        let is_edited = number.is_multiple_of(5);
        vault
            .commit::<_, WriteError>(|tx| {
                let id = message.id;
                tx.add_message(message)?;
                if is_edited { tx.edit_message(id, &body(number + 1), 1_700_000_000_000) } else { Ok(()) }
            })
            .unwrap();
    }
}

fn body(number: u64) -> String {
    let mut body = "a few words of a note ".repeat(1 + (number.wrapping_mul(2_654_435_761) % 7) as usize);
    match number % 13 {
        3 => body.push_str("https://example.org/where/it/is?written=down"),
        5 => body.push_str("\nin several\nlines"),
        7 => body.push_str("🎉 日本語 и кириллица"),
        9 => body.insert_str(0, "שלום "),
        _ => {}
    }
    body
}

fn message_id(number: u64) -> MessageId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    MessageId(id)
}

/// A display that nobody sees.
struct Display {
    name: String,
    _server: Running,
}

impl Display {
    fn new() -> Option<Self> {
        let mut server = Process::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
        let server = Running(server);
        let display = Self { name: format!(":{}", number.trim()), _server: server };
        display.tool(&["version"]).map(|_| display)
    }

    fn tool(&self, arguments: &[&str]) -> Option<String> {
        let output = Process::new("xdotool").env("DISPLAY", &self.name).args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()
    }

    fn find_window(&self, pid: u32) -> Option<String> {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(30) {
            let found = self.tool(&["search", "--onlyvisible", "--pid", &pid.to_string()])?;
            if let Some(id) = found.lines().next() {
                return Some(id.to_owned());
            }
            sleep(Duration::from_millis(5));
        }
        None
    }
}

/// A program that goes when this does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn has_open(pid: u32, file: &str) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    open.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target.ends_with(file)))
}

fn cpu_ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn password() -> Password {
    Password::new(PASSWORD).unwrap()
}

fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

fn row(what: &str, measured: &str, goal: &str) {
    println!("| {what} | {measured} | {goal} |");
    std::io::stdout().flush().unwrap();
}

/// Libraries that a machine with a graphics card has no use for, and those that only they need.
const DRAWING: [&str; 9] =
    ["libLLVM", "libgallium", "swrast", "libGL", "libEGL", "libglapi", "libz3", "libdrm", "libedit"];
const PASSWORD: &str = "a password for measurements only";
/// Messages a transaction, as an import writes them.
const BATCH: u64 = 10_000;
/// After this nothing of a start goes on any more.
const SETTLED: Duration = Duration::from_secs(6);
const REST: Duration = Duration::from_secs(20);
/// Linux counts time so for programs, whatever it does itself.
const TICKS_A_SECOND: f64 = 100.0;
