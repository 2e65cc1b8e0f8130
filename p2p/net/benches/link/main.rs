//! How fast a link carries bulk, between two processes in two network namespaces, beside one data channel, the kernel's TCP, raw
//! QUIC (quinn), the same WebRTC crate with its defaults and node-datachannel, in the same run:
//! `cargo bench -p nyx-net --bench link`, as root. node-datachannel is measured where `NYX_NODE_MODULES` names the folder of
//! packages that has it; `make bench` puts it there.
//!
//! The whole table takes ten minutes. A carrier that does not come up in its time has no figures in it. `-- link tcp` measures these
//! carriers only, `-- 40 1` a round trip of 40 ms with 1 % lost only, `-- 40 0 20` the same without loss and with a line of 20 Mbit/s.
//! `-- paths` is a table of its own in ten minutes: what delay and loss alone do to the link, with the kernel's usual limits too.
//! Wall times are worth little on a busy machine; ratios and CPU seconds a GiB are worth more.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench ends by panicking")]

mod carriers;
mod child;
mod network;
mod trips;

use carriers::Carrier;
use child::{Child, Measured, Side, Times};
use network::Network;
use nyx_testkit::hosts::{Pair, possible};
use std::{thread, time::Duration};
use trips::Spread;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [role, side, carrier, times @ ..] = &arguments[..]
        && role == "child"
    {
        return child::run(Side::parse(side), Carrier::parse(carrier), Times::parse(times));
    }
    if !possible("link bench") {
        return;
    }
    let numbers: Vec<f64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let mut names: Vec<_> = arguments.iter().filter(|argument| argument.parse::<f64>().is_err()).collect();
    let is_paths = names.iter().any(|name| *name == "paths");
    names.retain(|name| *name != "paths");
    let networks = if is_paths { Network::paths().collect() } else { Network::all().collect::<Vec<_>>() };
    let networks: Vec<_> = networks.into_iter().filter(|network| network.is(&numbers)).collect();
    println!("\n{HEAD}");
    for network in &networks {
        let is_wanted = |carrier: &Carrier| match names[..] {
            [] if is_paths => carrier.belongs_to_paths(),
            [] => carrier.belongs(*network),
            _ => names.iter().any(|name| *name == carrier.name()),
        };
        let carriers = Carrier::ALL.into_iter().filter(|carrier| carrier.is_there() && is_wanted(carrier));
        each(*network, carriers, |carrier| format!("{} | {} |", carrier.name(), alone(*network, carrier)));
    }
    let shared: Vec<_> = networks.iter().filter(|network| network.is_a_clean_line()).collect();
    if shared.is_empty() {
        return;
    }
    println!("\n{HEAD_OF_SHARED}");
    for network in shared {
        let pairs = [
            [Carrier::Link, Carrier::Link],
            [Carrier::Link, Carrier::Tcp],
            [Carrier::Link, Carrier::TcpBbr],
            [Carrier::LinkCubic, Carrier::Tcp],
            [Carrier::LinkCubic, Carrier::TcpBbr],
            [Carrier::LinkBbr, Carrier::Tcp],
        ];
        let are_wanted = |[one, _]: &[Carrier; 2]| names.is_empty() || names.iter().any(|name| *name == one.name());
        let belongs = |other: &Carrier| other.is_there() && (network.is_narrow() || *other != Carrier::TcpBbr);
        let pairs = pairs.into_iter().filter(|[_, other]| belongs(other));
        each(*network, pairs.filter(are_wanted), |pair| together(*network, pair));
    }
}

/// A row for each: at once where the network takes little, one after the other elsewhere.
fn each<T: Send>(network: Network, all: impl Iterator<Item = T>, row: impl Fn(T) -> String + Sync) {
    if !network.is_narrow() {
        return all.for_each(|one| println!("| {network} | {}", row(one)));
    }
    thread::scope(|scope| {
        let rows: Vec<_> = all.map(|one| scope.spawn(|| row(one))).collect();
        for row in rows {
            println!("| {network} | {}", row.join().unwrap());
        }
    });
}

/// What one carrier does on a network that is its own.
fn alone(network: Network, carrier: Carrier) -> String {
    let measured = (0..TRIES).find_map(|_| {
        let pair = network.pair();
        carrier.arrange(&pair);
        let (sent, received) = Flow::start(&pair, carrier, network.alone())?.end()?;
        Some((sent, received, pair.queued()))
    });
    let Some((sent, received, queued)) = measured else {
        return "– | | | | | | | | | ".into();
    };
    if received.bytes == 0 {
        return "stalls | | | | | | | | | ".into();
    }
    let part = network.line().map_or(String::new(), |line| format!("{:.2}", received.bytes_per_sec() / line));
    let (own_loss, waited) = match queued.passed {
        0 => (String::new(), String::new()),
        passed => (
            format!("{:.1} %", 100.0 * queued.overflowed as f64 / (passed + queued.overflowed) as f64),
            format!("{:.0}", millis(queued.waited) / passed as f64),
        ),
    };
    let trips =
        sent.trips.map_or(" | ".into(), |Spread { half, most }| format!("{:.1} | {:.1}", millis(half), millis(most)));
    format!(
        "{:.1} | {part} | {:.2} | {:.2} | {} | {} | {own_loss} | {waited} | {trips}",
        received.mib_per_sec(),
        sent.cpu_per_gib(received.bytes),
        received.cpu_per_gib(received.bytes),
        sent.peak_kib / 1024,
        received.peak_kib / 1024,
    )
}

/// What two have of a line that they share.
fn together(network: Network, carriers: [Carrier; 2]) -> String {
    let pair = network.pair();
    carriers.iter().for_each(|carrier| carrier.arrange(&pair));
    let flows = carriers.map(|carrier| Flow::start(&pair, carrier, Network::together()));
    let [one, other] = flows.map(|flow| flow.and_then(Flow::end).map(|(_, received)| received.mib_per_sec()));
    let in_words = |rate: Option<f64>| rate.map_or("–".into(), |rate| format!("{rate:.1}"));
    let share = one.zip(other).map_or(String::new(), |(one, other)| format!("{:.2}", one / (one + other)));
    let [name, beside] = carriers.map(Carrier::name);
    format!("{name} | {} | {beside} | {} | {share} |", in_words(one), in_words(other))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A transfer under way. The sender offers; both tell what they measured when the receiver's time is up.
struct Flow {
    sender: Child,
    receiver: Child,
    times: Times,
}

impl Flow {
    fn start(pair: &Pair, carrier: Carrier, times: Times) -> Option<Self> {
        let mut sender = Child::start(&pair.left, Side::Send, carrier, times);
        let mut receiver = Child::start(&pair.right, Side::Receive, carrier, times);
        receiver.tell(&sender.line(Duration::ZERO)?);
        sender.tell(&receiver.line(Duration::ZERO)?);
        Some(Self { sender, receiver, times })
    }

    fn end(mut self) -> Option<(Measured, Measured)> {
        let received = Measured::parse(&self.receiver.line(self.times.before + self.times.counted)?)?;
        self.sender.tell("enough");
        let sent = Measured::parse(&self.sender.line(Duration::ZERO)?)?;
        Some((sent, received))
    }
}

/// A handshake may be unlucky where packets are lost.
const TRIES: u32 = 2;

const HEAD: &str = "\
| network | carrier | MiB/s | of the line | CPU s/GiB sending | receiving | peak MiB sending | receiving | own loss | \
in the queue, ms | small message, ms: half | 19 of 20 |
|---|---|---|---|---|---|---|---|---|---|---|---|";
const HEAD_OF_SHARED: &str = "\
| network | one | MiB/s | beside | MiB/s | share of the one |
|---|---|---|---|---|---|";
