//! How fast a link carries bulk, between two processes in two network namespaces, beside one data channel, the kernel's TCP, raw
//! QUIC (quinn), the same WebRTC crate with its defaults and node-datachannel, in the same run:
//! `cargo bench -p nyx-net --bench link`, as root. node-datachannel is measured where `NYX_NODE_MODULES` names the folder of
//! packages that has it; `make bench` puts it there.
//!
//! `-- link tcp` measures these carriers only, `-- 40 1` a round trip of 40 ms with 1 % lost only, `-- 40 0 20` the same with a line of
//! 20 Mbit/s. Wall times are worth little on a busy machine; ratios and CPU seconds a GiB are worth more.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench ends by panicking")]

mod carriers;
mod child;
mod network;

use carriers::Carrier;
use child::{Child, Measured, Side};
use network::Network;
use nyx_testkit::hosts::{Pair, possible};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [role, side, carrier] = &arguments[..]
        && role == "child"
    {
        return child::run(Side::parse(side), Carrier::parse(carrier));
    }
    if !possible("link bench") {
        return;
    }
    let numbers: Vec<f64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let names: Vec<_> = arguments.iter().filter(|argument| argument.parse::<f64>().is_err()).collect();
    let wanted = |carrier: &Carrier| names.is_empty() || names.iter().any(|name| *name == carrier.name());
    let networks: Vec<_> = Network::all().filter(|network| network.is(&numbers)).collect();
    println!(
        "\n| network | carrier | MiB/s | CPU s/GiB sending | receiving | peak MiB sending | receiving | own loss | in the queue |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for network in &networks {
        for carrier in Carrier::ALL.into_iter().filter(|carrier| carrier.is_there() && wanted(carrier)) {
            println!("| {network} | {} | {} |", carrier.name(), alone(*network, carrier));
        }
    }
    let shared: Vec<_> = networks.iter().filter(|network| network.is_a_clean_line()).collect();
    if shared.is_empty() {
        return;
    }
    println!("\n| network | one | MiB/s | beside | MiB/s |");
    println!("|---|---|---|---|---|");
    for network in shared {
        for one in [Carrier::Link, Carrier::LinkCubic, Carrier::LinkBbr].into_iter().filter(wanted) {
            for other in [one, Carrier::Tcp] {
                let [left, right] = together(*network, [one, other]);
                println!("| {network} | {} | {left} | {} | {right} |", one.name(), other.name());
            }
        }
    }
}

/// What one carrier does on a network that is its own.
fn alone(network: Network, carrier: Carrier) -> String {
    let pair = network.pair();
    carrier.arrange(&pair);
    let Some((sent, received)) = Flow::start(&pair, carrier).and_then(Flow::end) else {
        return "did not connect | | | | | | ".into();
    };
    if received.bytes == 0 {
        return "stalls | | | | | | ".into();
    }
    let queued = pair.queued();
    let (own_loss, waited) = match queued.passed {
        0 => (String::new(), String::new()),
        passed => (
            format!("{:.1} %", 100.0 * queued.overflowed as f64 / (passed + queued.overflowed) as f64),
            format!("{:.0} ms", queued.waited.as_secs_f64() * 1000.0 / passed as f64),
        ),
    };
    format!(
        "{:.1} | {:.2} | {:.2} | {} | {} | {own_loss} | {waited}",
        received.mib_per_sec(),
        sent.cpu_per_gib(received.bytes),
        received.cpu_per_gib(received.bytes),
        sent.peak_kib / 1024,
        received.peak_kib / 1024,
    )
}

/// What two have of a line that they share.
fn together(network: Network, carriers: [Carrier; 2]) -> [String; 2] {
    let pair = network.pair();
    let flows = carriers.map(|carrier| Flow::start(&pair, carrier));
    flows.map(|flow| {
        let measured = flow.and_then(Flow::end);
        measured.map_or("did not connect".into(), |(_, received)| format!("{:.1}", received.mib_per_sec()))
    })
}

/// A transfer under way. The sender offers; both tell what they measured when the receiver's time is up.
struct Flow {
    sender: Child,
    receiver: Child,
}

impl Flow {
    fn start(pair: &Pair, carrier: Carrier) -> Option<Self> {
        let mut sender = Child::start(&pair.left, Side::Send, carrier);
        let mut receiver = Child::start(&pair.right, Side::Receive, carrier);
        receiver.tell(&sender.line()?);
        sender.tell(&receiver.line()?);
        Some(Self { sender, receiver })
    }

    fn end(mut self) -> Option<(Measured, Measured)> {
        let received = Measured::parse(&self.receiver.line()?)?;
        self.sender.tell("enough");
        let sent = Measured::parse(&self.sender.line()?)?;
        Some((sent, received))
    }
}
