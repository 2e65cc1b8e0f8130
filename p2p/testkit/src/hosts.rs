//! Networks of this machine's own: network namespaces, joined by a cable or by something worse.
//!
//! Root alone may make them. A test that needs them asks [`possible`] first, and says so where it can't run.

mod between;
mod capture;
mod forwarder;
mod namespace;

pub use between::{Between, FAR, MIDDLE};
pub use capture::Capture;
pub use forwarder::{Conditions, Queued};
pub use namespace::Namespace;

use crate::process::run;
use forwarder::Forwarder;
use std::{net::Ipv4Addr, path::Path};

/// The address of the left namespace of a [`Pair`].
pub const LEFT: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
/// The address of the right one.
pub const RIGHT: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
/// The name of the interface in both.
pub const INTERFACE: &str = "net0";

/// Two namespaces with one network between them.
#[derive(Debug)]
pub struct Pair {
    /// Has [`LEFT`].
    pub left: Namespace,
    /// Has [`RIGHT`].
    pub right: Namespace,
    forwarder: Option<Forwarder>,
}

/// Whether networks can be made here. Says what is missing where they can't; root without the means is a failure, so
/// that a machine that should run these tests does not skip them silently.
pub fn possible(test: &str) -> bool {
    if !rustix::process::geteuid().is_root() {
        println!("{test}: NOT RUN. It makes network namespaces, and only root may.");
        return false;
    }
    for (means, package) in
        [("/usr/sbin/ip", "iproute2"), ("/usr/sbin/nft", "nftables"), ("/usr/bin/tcpdump", "tcpdump")]
    {
        assert!(Path::new(means).exists(), "{test}: {means} is missing; `make test` installs {package}");
    }
    true
}

impl Pair {
    /// Joined by a cable.
    pub fn cable() -> Self {
        let (left, right) = (Namespace::new("left"), Namespace::new("right"));
        cable((&left, INTERFACE), (&right, INTERFACE));
        for (namespace, address) in [(&left, LEFT), (&right, RIGHT)] {
            namespace.run("ip", &["address", "add", &format!("{address}/24"), "dev", INTERFACE]);
            namespace.run("ip", &["link", "set", INTERFACE, "up"]);
        }
        Self { left, right, forwarder: None }
    }

    /// Joined by a path with these conditions, the same both ways.
    pub fn path(conditions: Conditions) -> Self {
        let (left, right) = (Namespace::new("left"), Namespace::new("right"));
        let forwarder = Forwarder::start(&left, &right, conditions);
        for (namespace, address) in [(&left, LEFT), (&right, RIGHT)] {
            namespace.run("ip", &["address", "add", &format!("{address}/24"), "dev", INTERFACE]);
            namespace.run("ip", &["link", "set", INTERFACE, "mtu", "1500", "txqueuelen", "10000", "up"]);
        }
        Self { left, right, forwarder: Some(forwarder) }
    }

    /// What has become of the packets from left to right, where a path has a bandwidth.
    pub fn queued(&self) -> Queued {
        self.forwarder.as_ref().map(Forwarder::queued).unwrap_or_default()
    }

    /// From now on, both ends drop this many of ten thousand packets that arrive.
    pub fn lose(&self, of_ten_thousand: u32) {
        for namespace in [&self.left, &self.right] {
            namespace.lose(of_ten_thousand);
        }
    }
}

/// A cable between two interfaces that come into being with it.
fn cable((one, at_one): (&Namespace, &str), (other, at_other): (&Namespace, &str)) {
    let one = ["link", "add", at_one, "netns", one.name(), "type", "veth"];
    run("ip", &[&one[..], &["peer", "name", at_other, "netns", other.name()]].concat());
}
