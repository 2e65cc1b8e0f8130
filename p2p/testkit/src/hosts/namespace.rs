//! A network namespace: interfaces, addresses, routes and filters of its own.

use super::INTERFACE;
use crate::process::run;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::{
    fs::File,
    net::Ipv4Addr,
    os::fd::AsFd,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

/// A network namespace with nothing but loopback in it. Dropping it removes it.
#[derive(Debug)]
pub struct Namespace {
    name: String,
}

impl Namespace {
    /// A fresh one.
    pub fn new(label: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("nyx-{}-{}-{label}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run("ip", &["netns", "add", &name]);
        let namespace = Self { name };
        namespace.run("ip", &["link", "set", "lo", "up"]);
        namespace
    }

    /// Its name, as `ip netns` knows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs a program in it to its end.
    pub fn run(&self, program: &str, arguments: &[&str]) {
        let mut all = vec!["netns", "exec", &self.name, program];
        all.extend(arguments);
        run("ip", &all);
    }

    /// A command that will run in it.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, program]);
        command
    }

    /// Runs a closure in it, on a thread of its own: what it opens, and the threads it starts, belong to this network.
    pub fn enter<T: Send>(&self, inside: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            scope
                .spawn(|| {
                    let file = File::open(format!("/run/netns/{}", self.name)).expect("the namespace is there");
                    move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
                        .expect("root may enter a namespace");
                    inside()
                })
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Takes its address away and gives it another one, as when a machine joins its network anew.
    pub fn readdress(&self, address: Ipv4Addr) {
        self.run("ip", &["address", "flush", "dev", INTERFACE]);
        self.run("ip", &["address", "add", &format!("{address}/24"), "dev", INTERFACE]);
    }

    /// From now on, drops this many of ten thousand packets that arrive.
    pub fn lose(&self, of_ten_thousand: u32) {
        self.filter(&format!("numgen random mod 10000 < {of_ten_thousand} drop"));
    }

    /// From now on, drops what arrives and is larger than this: a path that swallows large packets without a word. What it
    /// sends itself leaves in single packets, as on a wire: the kernel would hand a whole burst over as one, and the other
    /// side would take that for a large packet.
    pub fn swallow_above(&self, bytes: u32) {
        self.run("ip", &["link", "set", INTERFACE, "gso_max_segs", "1"]);
        self.filter(&format!("meta length > {bytes} drop"));
    }

    /// From now on, lets no QUIC in that shares a port with WebRTC: only its first byte has this bit, where no relay is.
    pub fn swallow_quic(&self) {
        self.filter("meta l4proto udp @th,64,8 & 0x40 == 0x40 drop");
    }

    /// Lets everything in again.
    pub fn swallow_nothing(&self) {
        self.run("nft", &["delete table inet nyx"]);
    }

    /// From now on, lets nothing of a kind in: a rule of nft that ends with its verdict.
    pub fn filter(&self, rule: &str) {
        self.run("nft", &["add table inet nyx"]);
        self.run("nft", &["add chain inet nyx in { type filter hook input priority 0; }"]);
        self.run("nft", &[&format!("add rule inet nyx in iifname {INTERFACE} {rule}")]);
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // A namespace that is left over harms nobody.
        let _ = Command::new("ip").args(["netns", "delete", &self.name]).status();
    }
}
