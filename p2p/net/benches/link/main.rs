//! How fast a link carries bulk, between two processes in two network namespaces, beside the same WebRTC crate with its
//! defaults, raw QUIC (quinn) and node-datachannel, in the same run: `cargo bench -p nyx-net --bench link`, as root.
//! node-datachannel is measured where `NYX_NODE_MODULES` names the folder of packages that has it; `make bench` puts it there.
//!
//! Wall times are worth little on a busy machine; ratios and CPU seconds a GiB are worth more.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench ends by panicking")]

mod carriers;
mod child;

use carriers::Carrier;
use child::{Child, Measured, Side};
use nyx_testkit::hosts::{Conditions, Pair, possible};
use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, side, carrier] = &arguments[..]
        && role == "child"
    {
        return child::run(Side::parse(side), Carrier::parse(carrier));
    }
    if !possible("link bench") {
        return;
    }
    // `cargo bench -p nyx-net -- 0 1` measures without delay at one percent only.
    let wanted: Vec<f64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    println!(
        "\n| delay (RTT) | loss | carrier | MiB/s | CPU s/GiB sending | receiving | peak MiB sending | receiving |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (delay_ms, loss) in [0u64, 10, 50].into_iter().flat_map(|delay| [0.0, 0.1, 1.0, 5.0].map(|loss| (delay, loss)))
    {
        if let [delay, only, ..] = wanted[..]
            && (delay, only) != (delay_ms as f64, loss)
        {
            continue;
        }
        for carrier in Carrier::ALL.into_iter().filter(|carrier| carrier.is_there()) {
            let of_ten_thousand = (loss * 100.0) as u32;
            let pair = if delay_ms == 0 {
                let pair = Pair::cable();
                pair.lose(of_ten_thousand);
                pair
            } else {
                let delay = Duration::from_millis(delay_ms) / 2;
                Pair::path(Conditions { lost: of_ten_thousand.into(), ..Conditions::delayed(1, delay) })
            };
            match measure(&pair, carrier) {
                Some((sent, received)) if received.bytes > 0 => println!(
                    "| {delay_ms} ms | {loss} % | {} | {:.1} | {:.2} | {:.2} | {} | {} |",
                    carrier.name(),
                    received.mib_per_sec(),
                    sent.cpu_per_gib(received.bytes),
                    received.cpu_per_gib(received.bytes),
                    sent.peak_kib / 1024,
                    received.peak_kib / 1024,
                ),
                Some(_) => println!("| {delay_ms} ms | {loss} % | {} | stalls | | | | |", carrier.name()),
                None => println!("| {delay_ms} ms | {loss} % | {} | did not connect | | | | |", carrier.name()),
            }
        }
    }
}

/// The sender offers. Both tell what they measured when the receiver's time is up.
fn measure(pair: &Pair, carrier: Carrier) -> Option<(Measured, Measured)> {
    let mut sender = Child::start(&pair.left, Side::Send, carrier);
    let mut receiver = Child::start(&pair.right, Side::Receive, carrier);
    receiver.tell(&sender.line()?);
    sender.tell(&receiver.line()?);
    let received = Measured::parse(&receiver.line()?)?;
    sender.tell("enough");
    let sent = Measured::parse(&sender.line()?)?;
    Some((sent, received))
}
