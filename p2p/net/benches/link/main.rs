//! How fast a link carries bulk, between two processes in two network namespaces, beside one data channel, the kernel's TCP, raw
//! QUIC (quinn), the same WebRTC crate with its defaults and node-datachannel, in the same run:
//! `cargo bench -p nyx-net --bench link`, as root. node-datachannel is measured where `NYX_NODE_MODULES` names the folder of
//! packages that has it; `make bench` puts it there.
//!
//! There are two tables, each row printed as soon as it is measured: what each carrier does alone, on 28 networks (no delay, 40 ms and
//! 100 ms, the latter two also behind lines of 20 and 200 Mbit/s with 60 ms of queue, each with none, 0.1, 1 and 5 % lost), and what two
//! have of a line that they share. All of it takes a quarter of an hour and never more than twenty minutes: what was not begun by then is
//! named as not measured. A carrier that does not come up in its time has no figures. Whatever follows `--`, in any order, selects:
//!
//! - `alone` or `shared`: one of the tables; `paths`: another one, of what delay and loss alone do to the link, with the kernel's usual limits
//!   too, in ten minutes;
//! - `link`, `link-stock-kernel`, `link-cubic`, `link-bbr`, `channel`, `channel-stock-kernel`, `webrtc-defaults`, `quinn`, `tcp`, `tcp-bbr`,
//!   `node-datachannel`: these carriers, everywhere; of pairs, those that begin with them;
//! - `40 1`: 40 ms with 1 % lost and no line; `40 0 20`: 40 ms without loss and a line of 20 Mbit/s; `40`: all with 40 ms;
//! - `5min`: at most five minutes.
//!
//! Wall times are worth little on a busy machine; ratios and CPU seconds a GiB are worth more.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench ends by panicking")]

mod carriers;
mod child;
mod network;
mod selection;
mod trips;

use carriers::Carrier;
use child::{Child, Measured, Side, Times};
use network::Network;
use nyx_testkit::hosts::{Pair, possible};
use selection::{Selection, Table};
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
    let selection = Selection::parse(&arguments);
    for table in [Table::Alone, Table::Paths].into_iter().filter(|table| selection.has_table(*table)) {
        println!("\n{HEAD}");
        for network in selection.networks(table) {
            let rows = Carrier::ALL.into_iter().filter(|carrier| selection.has(*carrier, network, table));
            each(&selection, network, rows.map(|carrier| (carrier.name().into(), move || alone(network, carrier))));
        }
    }
    let mut shared = selection.networks(Table::Shared).filter(|network| network.is_a_clean_line()).peekable();
    if selection.has_table(Table::Shared) && shared.peek().is_some() {
        println!("\n{HEAD_OF_SHARED}");
        for network in shared {
            let rows = PAIRS.into_iter().filter(|pair| selection.has_pair(*pair, network));
            each(
                &selection,
                network,
                rows.map(|pair| (pair.map(Carrier::name).join(", "), move || together(network, pair))),
            );
        }
    }
}

/// A row for each: at once where the network takes little, one after the other elsewhere.
fn each<R>(selection: &Selection, network: Network, rows: impl Iterator<Item = (String, R)>)
where
    R: FnOnce() -> String + Send,
{
    let measure = |(name, row): (String, R)| {
        let row = if selection.is_over() { format!("{name}: not measured, the time was over |") } else { row() };
        println!("| {network} | {row}");
    };
    if network.is_narrow() {
        let measure = &measure;
        thread::scope(|scope| rows.for_each(|row| drop(scope.spawn(move || measure(row)))));
    } else {
        rows.for_each(measure);
    }
}

/// What one carrier does on a network that is its own.
fn alone(network: Network, carrier: Carrier) -> String {
    let measured = (0..TRIES).find_map(|_| {
        let pair = network.pair();
        carrier.arrange(&pair);
        let (sent, received) = Flow::start(&pair, carrier, network.alone())?.end()?;
        Some((sent, received, pair.queued()))
    });
    let name = carrier.name();
    let Some((sent, received, queued)) = measured else {
        return format!("{name} | – | | | | | | | | | |");
    };
    if received.bytes == 0 {
        return format!("{name} | stalls | | | | | | | | | |");
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
        "{name} | {:.1} | {part} | {:.2} | {:.2} | {} | {} | {own_loss} | {waited} | {trips} |",
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

const PAIRS: [[Carrier; 2]; 6] = [
    [Carrier::Link, Carrier::Link],
    [Carrier::Link, Carrier::Tcp],
    [Carrier::Link, Carrier::TcpBbr],
    [Carrier::LinkCubic, Carrier::Tcp],
    [Carrier::LinkCubic, Carrier::TcpBbr],
    [Carrier::LinkBbr, Carrier::Tcp],
];
/// A handshake may be unlucky where packets are lost.
const TRIES: u32 = 2;

const HEAD: &str = "\
| network | carrier | MiB/s | of the line | CPU s/GiB sending | receiving | peak MiB sending | receiving | own loss | \
in the queue, ms | small message, ms: half | 19 of 20 |
|---|---|---|---|---|---|---|---|---|---|---|---|";
const HEAD_OF_SHARED: &str = "\
| network | one | MiB/s | beside | MiB/s | share of the one |
|---|---|---|---|---|---|";
