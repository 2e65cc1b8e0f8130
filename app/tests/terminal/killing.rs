//! A move whose programs, and the service beside them, are killed again and again, at steps of the cut-over and wherever they
//! happen to be, and go on by the same command. `NYX_SEED` repeats a run.
#![expect(clippy::print_stderr, reason = "a failure is repeated by what happened")]

use crate::{
    mover::{Between, Heard, Life, Move, Sent, Side},
    nyx::PASSWORD,
    service::Service,
};
use nyx_testkit::{seed::Seeded, soak};
use nyx_wire::moving::{CHUNK_HEAD_LEN, SEALED_CHUNK_MAX, WINDOW_CHUNKS_MAX};
use std::{
    collections::BTreeSet,
    sync::{
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

/// What the old device goes through, in its order.
const OLD: [&str; 8] = [
    "before old-freezing",
    "after old-freezing",
    "before old-frozen",
    "after old-frozen",
    "before old-released",
    "after old-released",
    "before old-closed",
    "after old-closed",
];
/// And the new one, as long as it needs the other.
const NEW: [&str; 10] = [
    "after new-receiving",
    "before new-complete",
    "after new-complete",
    "after new-built",
    "before new-ready",
    "after new-ready",
    "before new-released",
    "after new-released",
    "before new-home",
    "after new-home",
];

#[test]
fn who_is_killed_before_the_other_has_anything_begins_anew() {
    let mut random = Seeded::from_environment("killing");
    let moving = Move::new(&mut random, &[]);
    for step in ["before old-offered", "after old-offered"] {
        let [old, new] = moving.run([Life::cut(step), Life::whole()]);
        assert!(!old.has_ended(0), "{old:?}");
        new.assert_error(5, "lost");
        moving.new.run(&["status", "--json"], PASSWORD).assert_error(1, "no-account");
    }
    moving.old.run(&["send", "--discard"], PASSWORD).assert_done();
    let [old, new] = moving.run([Life::impatient(), Life::cut("before new-receiving")]);
    old.assert_ended(130);
    assert!(!new.has_ended(0), "{new:?}");
    moving.new.run(&["status", "--json"], PASSWORD).assert_error(1, "no-account");
    let [old, new] = moving.run([Life::whole(), Life::whole()]);
    old.assert_ended(0);
    new.assert_ended(0);
    moving.assert_moved();
}

#[test]
fn the_old_device_is_killed_at_every_step() {
    let mut random = Seeded::from_environment("killing");
    Killing::new(&mut random).through(&OLD.map(Life::cut), &[]);
}

#[test]
fn the_new_device_is_killed_at_every_step() {
    let mut random = Seeded::from_environment("killing");
    Killing::new(&mut random).through(&[], &NEW.map(Life::cut));
}

#[test]
fn who_is_killed_after_the_last_word_lacks_nothing() {
    let mut random = Seeded::from_environment("killing");
    for step in ["before new-over", "after new-over"] {
        Killing::new(&mut random).through(&[], &[Life::cut(step)]);
    }
}

#[test]
fn all_are_killed_wherever_they_are() {
    let first = Seeded::from_environment("killing").next_u64() >> 8;
    let (wanted, beside) = (soak(10, 980), soak(1, 4));
    let (begun, killed) = (AtomicU64::new(0), AtomicUsize::new(0));
    // Most of a killed move is waiting: for a link to be missed, and for the other to come back.
    thread::scope(|scope| {
        for _ in 0..beside {
            scope.spawn(|| {
                while killed.load(Ordering::Relaxed) < wanted {
                    let seed = first + begun.fetch_add(1, Ordering::Relaxed);
                    let kills = killed_wherever_it_is(seed);
                    let so_far = killed.fetch_add(kills, Ordering::Relaxed) + kills;
                    eprintln!("seed {seed}: {kills} kills, {so_far} of {wanted}");
                }
            });
        }
    });
}

/// One move, with everything about it that can be chosen made of this seed. Tells how many were killed.
fn killed_wherever_it_is(seed: u64) -> usize {
    eprintln!("seed {seed}");
    let mut random = Seeded::new(seed);
    let lives = |random: &mut Seeded| -> Vec<Life> {
        let count = 1 + random.below(4);
        (0..count).map(|_| Life::killed(1 + random.below(3) as usize).lingers_ms(random.below(300))).collect()
    };
    let (old, new) = (lives(&mut random), lives(&mut random));
    let pauses = (0..random.below(3)).map(|_| Duration::from_millis(random.below(3000))).collect();
    Killing::new(&mut random).beside(pauses).through(&old, &new)
}

/// Longer than anything takes on a busy machine; only what is stuck gets here.
const PATIENCE: Duration = Duration::from_secs(600);

/// Says how a thread ends.
struct Ends(Sender<Ended>);

#[derive(Debug, Eq, PartialEq)]
enum Ended {
    Well,
    Panicking,
}

impl Drop for Ends {
    fn drop(&mut self) {
        let ended = if thread::panicking() { Ended::Panicking } else { Ended::Well };
        // Whoever listened has heard enough.
        let _ = self.0.send(ended);
    }
}

/// A move, and what must have come along when it is over.
struct Killing {
    moving: Move,
    service: Service,
    /// After how long each time the service is killed, and started again.
    pauses: Vec<Duration>,
}

/// What came of the lives of one side.
#[derive(Default)]
struct Lived {
    killed: usize,
    written: BTreeSet<String>,
    sent: Sent,
    total: u64,
}

impl Killing {
    /// An account of a few windows or of many, and a service beside the place that the new device hosts.
    fn new(random: &mut Seeded) -> Self {
        let service = Service::start();
        let window = [8, 32, WINDOW_CHUNKS_MAX][random.below(3) as usize];
        let moving = Move::new(random, &[21_000_000, 9_000_000, 3_000_000, 400_000]);
        let moving = Move { signal: Some(service.url()), window: Some(window), ..moving };
        Self { moving, service, pauses: Vec::new() }
    }

    fn beside(self, pauses: Vec<Duration>) -> Self {
        Self { pauses, ..self }
    }

    /// Both live these lives, as far as there is anything left to do, and then one more, to the end. Tells how many were ended.
    fn through(mut self, old: &[Life], new: &[Life]) -> usize {
        eprintln!("old: {old:?}\nnew: {new:?}\nservice: {:?}", self.pauses);
        let between = Between::new();
        let (ended, both_ended) = channel();
        let is_let_go = &AtomicBool::new(false);
        let (service, pauses) = (&mut self.service, std::mem::take(&mut self.pauses));
        let (moving, between) = (&self.moving, &between);
        let (lived, killed) = thread::scope(|scope| {
            let (on_old, on_new) = (Ends(ended.clone()), Ends(ended));
            let lived = scope.spawn(move || {
                let _ends = on_old;
                let lived = lives(moving, Side::Old, old, between);
                is_let_go.store(true, Ordering::Release);
                lived
            });
            let other = scope.spawn(move || {
                let _ends = on_new;
                let lived = lives(moving, Side::New, new, between);
                // It lacks nothing, and has ended. The old device may lack the receipt, and asks its person to see to it.
                while !is_let_go.load(Ordering::Acquire) {
                    moving.live(Side::New, Life::whole(), between);
                }
                lived.killed
            });
            let beside = scope.spawn(move || {
                let mut killed = 0;
                for pause in pauses {
                    thread::sleep(pause);
                    service.is_killed_and_started();
                    killed += usize::from(!is_let_go.load(Ordering::Acquire));
                }
                killed
            });
            for _ in 0..2 {
                if both_ended.recv_timeout(PATIENCE) != Ok(Ended::Well) {
                    between.give_up();
                }
            }
            let lived = lived.join().unwrap();
            let killed = lived.killed + other.join().unwrap() + beside.join().unwrap();
            (lived, killed)
        });
        self.moving.assert_moved();
        self.assert_little_was_sent_again(&lived);
        let read = self.moving.new.run(&["messages", "--json"], PASSWORD).out;
        for text in lived.written {
            assert!(read.contains(&text), "{text} was written and is lost: {read}");
        }
        killed
    }

    /// All of the account once, and at most a window again after each break.
    fn assert_little_was_sent_again(&self, lived: &Lived) {
        let Lived { sent: Sent { links, bytes }, total, .. } = *lived;
        let window = self.moving.window.unwrap_or(WINDOW_CHUNKS_MAX) * CHUNK_MESSAGE;
        eprintln!("{bytes} bytes of {total} on {links} links, {window} a window");
        assert!(total > 0 && links > 0 && bytes >= total, "{bytes} of {total} on {links} links: not counted");
        let most = total + total / 50 + (links - 1) * window;
        assert!(bytes <= most, "{bytes} of {total} bytes on {links} links, {window} a window: at most {most}");
    }
}

/// The lives of one side.
fn lives(moving: &Move, side: Side, lives: &[Life], between: &Between) -> Lived {
    let (mut lived, mut reached) = (Lived::default(), 0);
    for (number, life) in lives.iter().cloned().chain([Life::whole()]).enumerate() {
        let life = if side == Side::Old { life.writes(&format!("written in life {number}.")) } else { life };
        let heard = moving.live(side, life.clone(), between);
        eprintln!("{side:?} {number} {:?} {:?}", heard.names(), heard.kept().collect::<Vec<_>>());
        lived.written.extend(heard.written.clone());
        lived.sent += heard.sent;
        lived.total = heard.total().unwrap_or(lived.total);
        if side == Side::Old {
            assert_nothing_comes_twice(&heard, &mut reached);
        }
        let is_done = heard.has_ended(0) || heard.is_over(side);
        assert!(!(is_done && life.is_cut()), "{side:?} has not come to {life:?}: {heard:?}");
        if is_done {
            return lived;
        }
        assert!(life.ends_early(), "{side:?} {life:?}: {heard:?}");
        lived.killed += 1;
        assert_one_at_most(moving, side);
    }
    unreachable!("a life that nobody ends is the last one")
}

/// Between two lives. The new device has an account when it is whole, and then the old one is not active.
fn assert_one_at_most(moving: &Move, side: Side) {
    // Asked in this order: it may come while the question is answered.
    let has_come = moving.new.home().join("header").exists();
    let place = if side == Side::Old { &moving.old } else { &moving.new };
    let told = place.run(&["status", "--json"], PASSWORD);
    match side {
        Side::Old => assert!(!has_come || told.event("account")["state"] != "active", "two devices are active"),
        Side::New if has_come => assert_eq!(told.event("account")["state"], "active", "half an account"),
        Side::New => told.assert_error(1, "no-account"),
    }
}

/// What the other side has kept is not sent again.
fn assert_nothing_comes_twice(heard: &Heard, reached: &mut u64) {
    let kept: Vec<u64> = heard.kept().filter(|kept| *kept > 0).collect();
    if let [first, .., last] = kept[..] {
        assert!(first >= *reached, "from {reached} back to {first}: {heard:?}");
        *reached = last;
    }
}

/// What a chunk weighs on its lane at most.
const CHUNK_MESSAGE: u64 = (CHUNK_HEAD_LEN + SEALED_CHUNK_MAX) as u64;
