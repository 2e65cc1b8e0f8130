//! How fast an account moves between two processes, from the last yes to the account in its new place, every byte verified and
//! durable; beside it the bare link between the same two programs, and what else moves files, where it is installed.
//!
//! `cargo bench -p nyx --bench moving` (Linux) moves 1 GiB over loopback: a few large attachments, 100,000 small ones, and half of
//! each. `-- 10 large` moves 10 GiB of large ones only; `-- networks`, as root, moves over networks that lose packets or take
//! their time. `make bench` installs the other programs, and `NYX_WORMHOLE` and `NYX_NODE_MODULES` say where they are.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "a measurement, not the product")]

mod account;
mod device;
mod link;
mod networks;
mod peers;
mod socketio;
mod spent;
mod wormhole;

use account::Kind;
use device::{Moved, Place};
use spent::mib_per_sec;
use std::path::PathBuf;

/// What is asked for on the command line.
struct Wanted {
    bytes: u64,
    small_files: u64,
    kinds: Vec<Kind>,
    networks: bool,
}

fn main() {
    // `cargo test` runs benches too, without an argument of theirs: then only show that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let wanted = Wanted::of(std::env::args().skip(1), is_bench);
    if wanted.networks {
        return networks::run();
    }
    let link = is_bench.then(|| link::measure(&Place::Here));
    println!(
        "\n| account | MiB/s | of the link | CPU s/GiB old | new | peak MiB old | new | first bytes kept after |\n\
         |---|---|---|---|---|---|---|---|"
    );
    if let Some(link) = &link {
        println!(
            "| the bare link | {:.0} | | {:.2} | {:.2} | | | |",
            link.mib_per_sec, link.cpu_per_gib[0], link.cpu_per_gib[1]
        );
    }
    for kind in &wanted.kinds {
        let folder = tempfile::tempdir().unwrap();
        let old = kind.home(folder.path(), wanted.bytes);
        let bytes = account::make(&old.path().join("home"), folder.path(), *kind, wanted.bytes, wanted.small_files);
        let moved = device::measure(&old.path().join("home"), folder.path(), &Place::Here, &Place::Here);
        println!("{}", row(*kind, bytes, &moved, link.as_ref().map(|link| link.mib_per_sec)));
    }
    if is_bench {
        peers::run(wanted.bytes);
    }
}

fn row(kind: Kind, bytes: u64, moved: &Moved, link: Option<f64>) -> String {
    let rate = mib_per_sec(bytes, moved.took);
    let share = link.map_or(String::new(), |link| format!("{:.2}", rate / link));
    let [old, new] = [&moved.old, &moved.new];
    format!(
        "| {:.0} MiB, {} | {rate:.0} | {share} | {:.2} | {:.2} | {} | {} | {} ms |",
        bytes as f64 / f64::from(1 << 20),
        kind.name(),
        old.cpu_per_gib(bytes),
        new.cpu_per_gib(bytes),
        old.peak_kib / 1024,
        new.peak_kib / 1024,
        moved.first_bytes.as_millis(),
    )
}

impl Wanted {
    fn of(arguments: impl Iterator<Item = String>, is_bench: bool) -> Self {
        let (bytes, small_files) = if is_bench { (1 << 30, 100_000) } else { (4 << 20, 50) };
        let mut wanted = Self { bytes, small_files, kinds: Vec::new(), networks: false };
        for argument in arguments {
            match (argument.parse::<u64>(), Kind::named(&argument)) {
                (Ok(gib), _) => wanted.bytes = gib << 30,
                (_, Some(kind)) => wanted.kinds.push(kind),
                _ => wanted.networks |= argument == "networks",
            }
        }
        if wanted.kinds.is_empty() {
            wanted.kinds.extend(Kind::ALL);
        }
        wanted
    }
}

/// Where `make bench` has put something.
fn installed(variable: &str, program: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os(variable)?).join(program);
    path.exists().then_some(path)
}
