//! A move whose programs are killed again and again, at steps of the cut-over and wherever they happen to be, and go on by
//! the same command. `NYX_SEED` repeats a run.
#![expect(clippy::print_stderr, reason = "a failure is repeated by what happened")]

use crate::{
    mover::{Between, Heard, Life, Move, Side},
    nyx::PASSWORD,
};
use nyx_testkit::{seed::Seeded, soak};
use std::{
    collections::BTreeSet,
    sync::{
        atomic::{AtomicBool, Ordering},
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
/// And the new one, up to where it lacks nothing: whether it still hears the last word is up to the other.
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
fn both_are_killed_wherever_they_are() {
    let mut random = Seeded::from_environment("killing");
    let mut left = soak(10, 980);
    while left > 0 {
        let kills = left.min(10);
        left -= kills;
        let at_random = |random: &mut Seeded| {
            let after = 1 + (random.next_u64() % 4) as usize;
            Life::killed(after).lingers_ms(random.next_u64() % 400)
        };
        let on_old = random.next_u64() as usize % (kills + 1);
        let old: Vec<Life> = (0..on_old).map(|_| at_random(&mut random)).collect();
        let new: Vec<Life> = (on_old..kills).map(|_| at_random(&mut random)).collect();
        Killing::new(&mut random).through(&old, &new);
    }
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
}

impl Killing {
    fn new(random: &mut Seeded) -> Self {
        Self { moving: Move::new(random, &[9_000_000, 3_000_000, 400_000]) }
    }

    /// Both live these lives, and then one more, to the end.
    fn through(&self, old: &[Life], new: &[Life]) {
        eprintln!("old: {old:?}\nnew: {new:?}");
        let between = Between::new();
        let (ended, both_ended) = channel();
        let is_let_go = &AtomicBool::new(false);
        let written = thread::scope(|scope| {
            let (on_old, on_new, between) = (Ends(ended.clone()), Ends(ended), &between);
            let written = scope.spawn(move || {
                let _ends = on_old;
                let written = self.lives(Side::Old, old, between);
                is_let_go.store(true, Ordering::Release);
                written
            });
            scope.spawn(move || {
                let _ends = on_new;
                self.lives(Side::New, new, between);
                // It lacks nothing, and has ended. The old device may lack the receipt, and asks its person to see to it.
                while !is_let_go.load(Ordering::Acquire) {
                    self.moving.live(Side::New, Life::whole(), between);
                }
            });
            for _ in 0..2 {
                if both_ended.recv_timeout(PATIENCE) != Ok(Ended::Well) {
                    between.give_up();
                }
            }
            written.join().unwrap()
        });
        self.moving.assert_moved();
        let read = self.moving.new.run(&["messages", "--json"], PASSWORD).out;
        for text in written {
            assert!(read.contains(&text), "{text} was written and is lost: {read}");
        }
    }

    /// The lives of one side; tells what was written on it meanwhile.
    fn lives(&self, side: Side, lives: &[Life], between: &Between) -> BTreeSet<String> {
        let (mut written, mut reached) = (BTreeSet::new(), 0);
        for (number, life) in lives.iter().cloned().chain([Life::whole()]).enumerate() {
            let life = if side == Side::Old { life.writes(&format!("written in life {number}.")) } else { life };
            let heard = self.moving.live(side, life.clone(), between);
            eprintln!("{side:?} {number} {:?} {:?}", heard.names(), heard.kept().collect::<Vec<_>>());
            written.extend(heard.written.clone());
            if side == Side::Old {
                assert_nothing_comes_twice(&heard, &mut reached);
            }
            let is_done = heard.has_ended(0) || heard.is_over();
            assert!(!(is_done && life.is_cut()), "{side:?} has not come to {life:?}: {heard:?}");
            if is_done {
                return written;
            }
            assert!(life.ends_early(), "{side:?} {life:?}: {heard:?}");
            self.assert_one_at_most(side);
        }
        unreachable!("a life that nobody ends is the last one")
    }

    /// Between two lives. The new device has an account when it is whole, and then the old one is not active.
    fn assert_one_at_most(&self, side: Side) {
        // Asked in this order: it may come while the question is answered.
        let has_come = self.moving.new.home().join("header").exists();
        let place = if side == Side::Old { &self.moving.old } else { &self.moving.new };
        let told = place.run(&["status", "--json"], PASSWORD);
        match side {
            Side::Old => assert!(!has_come || told.event("account")["state"] != "active", "two devices are active"),
            Side::New if has_come => assert_eq!(told.event("account")["state"], "active", "half an account"),
            Side::New => told.assert_error(1, "no-account"),
        }
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
