//! Two devices with disks that keep what was committed and nothing else, and a network between them. Each can die at any of
//! its steps; what comes back is made of its disk alone.

use super::{
    account::{self, Account, WINDOW},
    new::New,
    old::Old,
};
use crate::moving::{Incoming, Outgoing, Output, Receiver, ReceiverView, Sender, SenderView, Stored};
use alloc::vec::Vec;
use nyx_crypto::moving::MoveKeys;
use nyx_testkit::{
    network::{Conditions, Network},
    seed::Seeded,
};
use nyx_wire::moving::ChunkHead;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Control and bulk have ends of their own: they overtake each other.
pub(super) const CONTROL: [usize; 2] = [0, 1];
pub(super) const BULK: [usize; 2] = [2, 3];

pub(super) struct World {
    pub(super) account: Account,
    pub(super) old: Old,
    pub(super) new: New,
    pub(super) network: Network,
    pub(super) random: Seeded,
    /// Bytes that the old device has sent.
    pub(super) sent: u64,
    pub(super) breaks: u64,
    pub(super) linked: bool,
    pub(super) links_at: Option<u64>,
    pub(super) slow_disk_ms: u64,
    pub(super) rng: ChaCha8Rng,
}

impl World {
    pub(super) fn new(seed: u64, conditions: Conditions) -> Self {
        Self {
            account: Account::of(seed),
            old: Old::default(),
            new: New::default(),
            network: Network::new(Seeded::new(seed), Conditions { ordered: true, ..conditions }),
            random: Seeded::new(seed ^ 0xD15C),
            sent: 0,
            breaks: 0,
            linked: false,
            links_at: Some(0),
            slow_disk_ms: 3,
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    pub(super) fn now(&self) -> u64 {
        self.network.now_ms()
    }

    pub(super) fn is_done(&self) -> bool {
        self.old.moved && self.new.finished
    }

    /// Goes on until both are done, or it is `until_ms`; `each` looks at and meddles with every moment.
    pub(super) fn run(&mut self, until_ms: u64, mut each: impl FnMut(&mut Self)) {
        while !self.is_done() && self.now() < until_ms {
            self.revive();
            let now = self.now();
            let dues = [
                self.old.machine.as_ref().and_then(Sender::due_ms),
                self.new.machine.as_ref().and_then(Receiver::due_ms),
                self.old.pending.iter().map(|(at, _)| *at).min(),
                self.new.pending.iter().map(|(at, _)| *at).min(),
                self.links_at,
            ];
            // A due that has passed is asked for again in a moment: nothing here can stand still.
            let due = dues
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(until_ms)
                .clamp(now + u64::from(self.idle(now)), until_ms.max(now + 1));
            match self.network.advance(due) {
                Some(arrival) if arrival.to == CONTROL[0] => {
                    self.tell_old(|old, now| old.handle_frame(&arrival.bytes, now))
                }
                Some(arrival) if arrival.to == CONTROL[1] => {
                    self.tell_new(|new, now| new.handle_frame(&arrival.bytes, now))
                }
                Some(arrival) => self.tell_new(|new, now| new.handle_chunk(arrival.bytes, now)),
                None => self.time(),
            }
            assert!(!(self.old.has_key && self.new.active), "two active devices");
            each(self);
        }
    }

    /// Whether nothing is due right now.
    fn idle(&self, now: u64) -> bool {
        let due = self.old.pending.iter().map(|(at, _)| *at).chain(self.new.pending.iter().map(|(at, _)| *at));
        !due.chain(self.links_at).any(|at| at <= now)
    }

    fn time(&mut self) {
        let now = self.now();
        if self.links_at.is_some_and(|at| at <= now) {
            self.link();
        }
        while let Some(at) = self.old.pending.iter().position(|(at, _)| *at <= now) {
            let (_, op) = self.old.pending.remove(at);
            self.finish_old(op);
        }
        while let Some(at) = self.new.pending.iter().position(|(at, _)| *at <= now) {
            let (_, op) = self.new.pending.remove(at);
            self.finish_new(op);
        }
        self.tell_old(Sender::handle_time);
        self.tell_new(Receiver::handle_time);
    }

    pub(super) fn link(&mut self) {
        self.links_at = None;
        self.linked = true;
        for ends in [CONTROL, BULK] {
            self.network.join(ends[0], ends[1]);
        }
        self.tell_old(Sender::handle_link);
        self.tell_new(Receiver::handle_link);
    }

    /// The link breaks; both hear of it, and it comes back after a while.
    pub(super) fn unlink(&mut self, for_ms: u64) {
        self.links_at = Some(self.now() + for_ms);
        self.breaks += 1;
        self.linked = false;
        for ends in [CONTROL, BULK] {
            self.network.cut(ends[0], ends[1]);
        }
        self.tell_old(Sender::handle_link_lost);
        self.tell_new(Receiver::handle_link_lost);
    }

    /// Whoever died comes back as what its disk says.
    fn revive(&mut self) {
        let now = self.now();
        if self.old.machine.is_none() {
            let (machine, outputs) = match &self.old.record {
                None => Sender::offer(self.outgoing(), now).unwrap(),
                Some(record) => {
                    let last = self.old.last_index.as_deref();
                    let index = self.account.first_index.to_bytes();
                    Sender::restore(record, self.account.transfer_keys(), self.account.aid(), &index, last, now)
                        .unwrap()
                }
            };
            self.old.machine = Some(machine);
            self.act_old(outputs);
            if self.linked {
                self.tell_old(Sender::handle_link);
            }
        }
        if self.new.machine.is_none() {
            let (machine, outputs) = match &self.new.record {
                None => (Receiver::new(self.incoming(), now), Vec::new()),
                Some(record) => {
                    let last_index = self.account.layout().last_index;
                    let of = |item| self.new.stored.get(&item).cloned().unwrap_or_default();
                    let stored = Stored { kept: self.new.kept, first: of(0), last: of(last_index) };
                    let keys = self.account.move_keys();
                    Receiver::restore(record, keys, self.account.aid(), stored, WINDOW, now).unwrap()
                }
            };
            self.new.machine = Some(machine);
            self.act_new(outputs);
        }
    }

    pub(super) fn outgoing(&self) -> Outgoing {
        Outgoing {
            keys: self.account.transfer_keys(),
            identity: self.account.identity(),
            manifest: self.account.first(),
            index: self.account.first_index.to_bytes(),
        }
    }

    pub(super) fn incoming(&self) -> Incoming {
        let keys: MoveKeys = self.account.move_keys();
        Incoming { keys, aid: self.account.aid(), schema: 2, free_bytes: 1 << 30, window: WINDOW }
    }

    pub(super) fn tell_old(&mut self, step: impl FnOnce(Sender, u64) -> (Sender, Vec<Output>)) {
        let Some(machine) = self.old.machine.take() else { return };
        let (machine, outputs) = step(machine, self.now());
        self.old.machine = Some(machine);
        self.act_old(outputs);
    }

    pub(super) fn tell_new(&mut self, step: impl FnOnce(Receiver, u64) -> (Receiver, Vec<Output>)) {
        self.step_new(|new, _, now| step(new, now));
    }

    pub(super) fn step_new(&mut self, step: impl FnOnce(Receiver, &Account, u64) -> (Receiver, Vec<Output>)) {
        let Some(machine) = self.new.machine.take() else { return };
        let (machine, outputs) = step(machine, &self.account, self.now());
        self.new.machine = Some(machine);
        self.act_new(outputs);
    }

    /// When a disk is done with what it is asked at this moment: it does one thing after another.
    pub(super) fn disk_at<Op>(&mut self, pending: impl Fn(&Self) -> &Vec<(u64, Op)>) -> u64 {
        let at = self.now() + self.random.below(self.slow_disk_ms + 1);
        pending(self).last().map_or(at, |(last, _)| at.max(*last))
    }

    pub(super) fn views(&self) -> (Option<SenderView>, Option<ReceiverView>) {
        (self.old.machine.as_ref().map(Sender::view), self.new.machine.as_ref().map(Receiver::view))
    }

    /// What every move ends with.
    pub(super) fn check_end(&self, what: &str) {
        assert!(self.is_done(), "{what}: stuck at {} ms: {:?}", self.now(), self.views());
        assert!(self.new.active && !self.old.has_key && self.old.frozen, "{what}");
        assert_eq!(self.new.content.unwrap(), account::content_of(self.account.end_items()), "{what}: other content");
        let window = WINDOW * (ChunkHead { item: 0, chunk: 0 }.to_bytes().len() as u64 + 65_552);
        let most = self.account.bytes() * 102 / 100 + self.breaks * (window + SAID_AGAIN);
        assert!(self.sent <= most, "{what}: {} of {} sent, {} breaks", self.sent, most, self.breaks);
    }
}

/// What the old device says again on each link: bundle, manifests or release.
const SAID_AGAIN: u64 = 6 * 1024;
