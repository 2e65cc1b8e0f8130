//! Networks that QUIC beside a link finds, and what happens to them while bulk flows.

use crate::{
    ends::{Post, drain, pour, reaches},
    fast::{FEW, carried_by, exchange, run_fast},
};
use nyx_net::{
    lane::Purpose,
    link::{BulkCarrier, Link, Path, State},
};
use nyx_testkit::hosts::{Between, INTERFACE, LEFT, Namespace, Pair, possible};
use std::{net::Ipv4Addr, thread, time::Duration};

#[test]
fn bulk_goes_over_quic_where_there_is_ipv6_alone() {
    if !possible("bulk_goes_over_quic_where_there_is_ipv6_alone") {
        return;
    }
    let pair = Pair::cable();
    for (namespace, address) in [(&pair.left, "fd77::1/64"), (&pair.right, "fd77::2/64")] {
        namespace.run("ip", &["-4", "address", "flush", "dev", INTERFACE]);
        namespace.run("ip", &["address", "add", address, "dev", INTERFACE, "nodad"]);
    }
    let end = async |link: Link, mut post: Post, seed| {
        exchange(&link, &mut post, FEW, seed).await;
        *link.state().borrow()
    };
    let states = both([&pair.left, &pair.right], end);
    assert_eq!(states, (State::Up(Path::Lan), State::Up(Path::Lan)));
}

#[test]
fn bulk_goes_over_quic_through_a_router_that_hides_one_side() {
    if !possible("bulk_goes_over_quic_through_a_router_that_hides_one_side") {
        return;
    }
    let hosts = Between::routed();
    hosts.middle.run("nft", &["add table ip nat"]);
    hosts.middle.run("nft", &["add chain ip nat out { type nat hook postrouting priority 100; }"]);
    hosts.middle.run("nft", &["add rule ip nat out oifname side1 masquerade random"]);
    hosts.middle.run("nft", &["add chain ip nat through { type filter hook forward priority 0; }"]);
    hosts.middle.run("nft", &[&format!("add rule ip nat through iifname side1 ct state new ip daddr {LEFT} drop")]);
    let end = async |link: Link, mut post: Post, seed| {
        exchange(&link, &mut post, FEW, seed).await;
        *link.state().borrow()
    };
    let states = both([&hosts.left, &hosts.right], end);
    // To the one that is not hidden the router is a neighbour.
    assert_eq!(states, (State::Up(Path::Direct), State::Up(Path::Lan)));
}

#[test]
fn a_transfer_goes_on_over_quic_on_another_pair_after_an_address_has_changed() {
    if !possible("a_transfer_goes_on_over_quic_on_another_pair_after_an_address_has_changed") {
        return;
    }
    let pair = Pair::cable();
    goes_on_elsewhere(&pair, || pair.right.readdress(Ipv4Addr::new(10, 77, 0, 99)));
}

#[test]
fn a_transfer_goes_on_over_quic_on_another_interface_when_one_is_gone() {
    if !possible("a_transfer_goes_on_over_quic_on_another_interface_when_one_is_gone") {
        return;
    }
    let pair = Pair::cable();
    let second = ["link", "add", "net1", "type", "veth", "peer", "name", "net1", "netns", pair.right.name()];
    pair.left.run("ip", &second);
    for (namespace, address) in [(&pair.left, "10.78.0.1/24"), (&pair.right, "10.78.0.2/24")] {
        namespace.run("ip", &["address", "add", address, "dev", "net1"]);
        namespace.run("ip", &["link", "set", "net1", "up"]);
    }
    // Whichever of them was chosen.
    goes_on_elsewhere(&pair, || {
        let used = |name| carried_bytes(&pair.right, name);
        let name = if used(INTERFACE) > used("net1") { INTERFACE } else { "net1" };
        pair.right.run("ip", &["link", "set", name, "down"]);
    });
}

/// How much has arrived on an interface.
fn carried_bytes(namespace: &Namespace, interface: &str) -> u64 {
    let output = namespace.command("cat").arg(format!("/sys/class/net/{interface}/statistics/rx_bytes")).output();
    String::from_utf8(output.unwrap().stdout).unwrap().trim().parse().unwrap()
}

/// The receiver loses its way in the middle of a transfer, and both look for another one.
fn goes_on_elsewhere(pair: &Pair, lose: impl FnOnce() + Send) {
    run_fast(
        [&pair.left, &pair.right],
        async |link, mut post| {
            let pouring = async { (pour(&link, FEW / 4, 1).await, pour(&link, 2 * FEW, 1).await) };
            let moving = async {
                post.receive().await;
                // Not only when it is interrupted: of several ways ICE may find another by itself, or not.
                post.restart(&link).await;
                reaches(&link, |state| matches!(state, State::Up(_))).await;
                carried_by(&link, BulkCarrier::Quic).await;
            };
            let ((before, after), ()) = tokio::join!(pouring, moving);
            post.send(&before);
            post.send(&after);
            post.receive().await;
        },
        async |link, mut post| {
            let bulk = link.lane(Purpose::Bulk);
            let before = drain(&bulk, FEW / 4).await;
            // As much as the credit lets through is under way or waits here.
            lose();
            post.send(b"moved");
            post.answer_restart(&link).await;
            let after = drain(&bulk, 2 * FEW).await;
            assert_eq!(post.receive().await, before);
            assert_eq!(post.receive().await, after);
            post.send(b"heard");
        },
    );
}

#[test]
fn a_device_that_sleeps_in_the_middle_of_a_transfer_goes_on_when_it_wakes() {
    if !possible("a_device_that_sleeps_in_the_middle_of_a_transfer_goes_on_when_it_wakes") {
        return;
    }
    let pair = Pair::cable();
    run_fast(
        [&pair.left, &pair.right],
        async |link, mut post| {
            let sent = (pour(&link, FEW / 4, 1).await, pour(&link, 2 * FEW, 1).await);
            assert_eq!((post.receive().await, post.receive().await), (sent.0.to_vec(), sent.1.to_vec()));
            carried_by(&link, BulkCarrier::Quic).await;
            post.send(b"seen");
        },
        async |link, mut post| {
            let bulk = link.lane(Purpose::Bulk);
            let before = drain(&bulk, FEW / 4).await;
            // Nothing of this end runs: neither what reads its sockets nor a timer.
            thread::sleep(ASLEEP);
            let after = drain(&bulk, 2 * FEW).await;
            post.send(&before);
            post.send(&after);
            carried_by(&link, BulkCarrier::Quic).await;
            post.receive().await;
        },
    );
}

fn both<T: Send>([left, right]: [&Namespace; 2], end: impl AsyncFn(Link, Post, u8) -> T + Sync) -> (T, T) {
    run_fast([left, right], async |link, post| end(link, post, 1).await, async |link, post| end(link, post, 2).await)
}

/// Longer than QUIC believes in somebody who says nothing, and not so long that ICE gives the pair up.
const ASLEEP: Duration = Duration::from_secs(6);
