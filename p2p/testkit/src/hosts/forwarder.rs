//! A bad path between two namespaces: two TUN devices, and between them a program that delays, loses, reorders and
//! duplicates by a seed, and has a bandwidth. The kernels of test machines often lack netem; this needs nothing.

use super::{INTERFACE, Namespace};
use crate::seed::Seeded;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Mode, OFlags, open},
    ioctl::{Opcode, Setter, ioctl},
};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// What happens to packets on the way. The same both ways.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// Decides who is hit.
    pub seed: u64,
    /// How long each packet takes.
    pub delay: Duration,
    /// How many of ten thousand are lost.
    pub lost: u64,
    /// How many of ten thousand come twice.
    pub doubled: u64,
    /// How many of ten thousand take twice the delay and five milliseconds more, so that others overtake them.
    pub overtaken: u64,
    /// Bytes a second; 0 for as fast as it goes.
    pub rate: u64,
    /// How many bytes wait in front of the bandwidth before others are dropped.
    pub queue: u64,
}

/// The two directions at work. Dropping it ends them.
#[derive(Debug)]
pub(super) struct Forwarder {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    /// From left to right.
    tally: Arc<Tally>,
}

/// What a direction does, as it goes.
#[derive(Debug, Default)]
struct Tally {
    passed: AtomicU64,
    overflowed: AtomicU64,
    waited_micros: AtomicU64,
}

/// What has become of the packets in front of the bandwidth, in one direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Queued {
    /// Packets that went on.
    pub passed: u64,
    /// Packets for which there was no room.
    pub overflowed: u64,
    /// How long all of the first waited together.
    pub waited: Duration,
}

impl Conditions {
    /// Nothing but a delay.
    pub fn delayed(seed: u64, delay: Duration) -> Self {
        Self { seed, delay, lost: 0, doubled: 0, overtaken: 0, rate: 0, queue: 256 * 1024 }
    }
}

impl Forwarder {
    pub(super) fn start(left: &Namespace, right: &Namespace, conditions: Conditions) -> Self {
        let (left, right) = (left.enter(tun), right.enter(tun));
        let again = |file: &File| file.try_clone().expect("a descriptor can be doubled");
        let stop = Arc::new(AtomicBool::new(false));
        let (tally, back) = (Arc::new(Tally::default()), Arc::default());
        let mut threads = Vec::new();
        for (from, to, seed, tally) in [
            (again(&left), again(&right), conditions.seed, Arc::clone(&tally)),
            (right, left, conditions.seed.wrapping_add(1), back),
        ] {
            let (send, receive) = sync_channel(100_000);
            let (stop_reading, stop_writing) = (Arc::clone(&stop), Arc::clone(&stop));
            let conditions = Conditions { seed, ..conditions };
            threads.push(thread::spawn(move || read(from, conditions, &send, &stop_reading, &tally)));
            threads.push(thread::spawn(move || write(to, &receive, &stop_writing)));
        }
        Self { stop, threads, tally }
    }

    pub(super) fn queued(&self) -> Queued {
        let Tally { passed, overflowed, waited_micros } = &*self.tally;
        Queued {
            passed: passed.load(Ordering::Relaxed),
            overflowed: overflowed.load(Ordering::Relaxed),
            waited: Duration::from_micros(waited_micros.load(Ordering::Relaxed)),
        }
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}

/// A packet and when it is to arrive. The number keeps the order of those that arrive at once.
type Due = (Instant, u64, Vec<u8>);

fn read(mut from: File, conditions: Conditions, to: &SyncSender<Due>, stop: &AtomicBool, tally: &Tally) {
    let mut seeded = Seeded::new(conditions.seed);
    let mut hit = |of_ten_thousand: u64| of_ten_thousand > 0 && seeded.below(10_000) < of_ten_thousand;
    let (mut free_at, mut number) = (Instant::now(), 0);
    let mut buffer = vec![0; 65_536];
    while !stop.load(Ordering::Relaxed) {
        let wait = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
        if !matches!(poll(&mut [PollFd::new(&from, PollFlags::IN)], Some(&wait)), Ok(1..)) {
            continue;
        }
        // As many as there are; the device says when there are no more.
        while let Ok(len) = from.read(&mut buffer) {
            let now = Instant::now();
            if hit(conditions.lost) {
                continue;
            }
            let mut at = now;
            if conditions.rate > 0 {
                let waits = free_at.saturating_duration_since(now);
                if waits.as_secs_f64() * conditions.rate as f64 > conditions.queue as f64 {
                    tally.overflowed.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                tally.passed.fetch_add(1, Ordering::Relaxed);
                tally.waited_micros.fetch_add(waits.as_micros().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
                free_at = now.max(free_at) + Duration::from_secs_f64(len as f64 / conditions.rate as f64);
                at = free_at;
            }
            at += conditions.delay;
            if hit(conditions.overtaken) {
                at += conditions.delay + Duration::from_millis(5);
            }
            let copies = if hit(conditions.doubled) { 2 } else { 1 };
            for _ in 0..copies {
                number += 1;
                // A full line drops, as a router does.
                let _ = to.try_send((at, number, buffer[..len].to_vec()));
            }
        }
    }
}

fn write(mut to: File, from: &Receiver<Due>, stop: &AtomicBool) {
    let mut due: BinaryHeap<Reverse<Due>> = BinaryHeap::new();
    while !stop.load(Ordering::Relaxed) {
        let now = Instant::now();
        while due.peek().is_some_and(|Reverse((at, ..))| *at <= now) {
            if let Some(Reverse((_, _, packet))) = due.pop() {
                // A receiver whose buffer is full loses it, as on any network.
                let _ = to.write(&packet);
            }
        }
        let wait = due.peek().map_or(Duration::from_millis(50), |Reverse((at, ..))| at.saturating_duration_since(now));
        match from.recv_timeout(wait) {
            Ok(packet) => due.push(Reverse(packet)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        due.extend(from.try_iter().map(Reverse));
    }
}

/// A TUN device in the namespace of this thread.
fn tun() -> File {
    let fd = open("/dev/net/tun", OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())
        .expect("root may open /dev/net/tun");
    name_tun(&fd).expect("the kernel has TUN devices");
    File::from(fd)
}

/// `struct ifreq` of linux/if.h with its flags: 40 bytes.
#[repr(C)]
struct NameAndFlags {
    name: [u8; 16],
    flags: u16,
    rest: [u8; 22],
}

#[expect(unsafe_code, reason = "there is no safe call that makes a TUN device")]
fn name_tun(fd: &OwnedFd) -> rustix::io::Result<()> {
    let mut name = [0; 16];
    name[..INTERFACE.len()].copy_from_slice(INTERFACE.as_bytes());
    let request = NameAndFlags { name, flags: IFF_TUN | IFF_NO_PI, rest: [0; 22] };
    // SAFETY: TUNSETIFF reads one `struct ifreq` of 40 bytes, which is what `NameAndFlags` is, and keeps no pointer.
    unsafe { ioctl(fd, Setter::<TUNSETIFF, NameAndFlags>::new(request)) }
}

/// linux/if_tun.h
const TUNSETIFF: Opcode = 0x4004_54ca;
const IFF_TUN: u16 = 0x0001;
const IFF_NO_PI: u16 = 0x1000;
