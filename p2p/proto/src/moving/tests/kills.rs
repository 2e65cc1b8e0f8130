//! Whoever dies, and whenever: it ends with the account on the new device and nowhere else.

use super::{account::Account, new::New, old::Old, world::World};
use nyx_testkit::{network::Conditions, seed::Seeded, soak};

const HOUR_MS: u64 = 3_600_000;

fn quick() -> Conditions {
    Conditions { delay_ms: (1, 4), ..Conditions::default() }
}

#[test]
fn a_move_without_faults_ends_on_the_new_device() {
    let mut world = World::new(1, quick());
    world.run(HOUR_MS, |_| {});
    world.check_end("no faults");
    assert!(world.sent <= world.account.bytes() * 102 / 100 && world.breaks == 0);
    assert!(world.old.stalls.is_empty() && world.new.stalls.is_empty());
}

#[test]
fn kills_breaks_duplicates_and_reordering_lose_nothing_and_resend_at_most_a_window_each() {
    let mut random = Seeded::from_environment("kills of either side at random moments");
    let base = random.next_u64() >> 8;
    for seed in base..base + soak(2_000, 100_000) as u64 {
        let mut random = Seeded::new(seed);
        let conditions = Conditions {
            twice_per_mille: random.below(200),
            delay_ms: (1, 1 + random.below(60)),
            bytes_per_sec: (random.below(4) == 0).then_some(2_000_000),
            queue_bytes: 1 << 30,
            ..Conditions::default()
        };
        let mut world = World::new(seed, conditions);
        world.slow_disk_ms = random.below(40);
        let mut faults = random.below(6);
        world.run(24 * HOUR_MS, |world| {
            // A few hundred moments make a move.
            if faults == 0 || random.below(60) > 0 {
                return;
            }
            faults -= 1;
            match random.below(5) {
                0 => world.kill_old(),
                1 => world.kill_new(),
                2 => {
                    world.kill_old();
                    world.kill_new();
                }
                3 => world.old.fuel = random.below(6),
                _ => world.unlink(random.below(15_000)),
            }
        });
        world.check_end(&alloc::format!("seed {seed}, {conditions:?}"));
    }
}

/// A whole move of next to nothing, in which the old device dies at its step `old` and the new one at its step `new`.
fn cut(old: u64, new: u64) -> World {
    let mut world = World::new(1, Conditions { delay_ms: (2, 2), ..Conditions::default() });
    world.account = Account::tiny();
    world.slow_disk_ms = 0;
    world.old.fuel = old;
    world.new.fuel = new;
    world.run(HOUR_MS, |_| {});
    assert!(world.is_done(), "old at {old}, new at {new}: {:?}", world.views());
    assert!(world.new.active && !world.old.has_key, "old at {old}, new at {new}");
    world
}

#[test]
fn every_pair_of_kill_points_from_the_offer_to_the_end_ends_well() {
    let whole = cut(u64::MAX, u64::MAX);
    let (Old { steps: of_old, .. }, New { steps: of_new, .. }) = (whole.old, whole.new);
    assert!(of_old > 15 && of_new > 15, "{of_old} {of_new}");
    for old in 0..=of_old {
        for new in 0..=of_new {
            cut(old, new);
        }
    }
}

#[test]
fn dying_again_at_every_step_after_every_kill_ends_well() {
    let steps = cut(u64::MAX, u64::MAX).old.steps;
    for first in 0..=steps {
        for second in 0..=8 {
            let mut world = World::new(1, Conditions { delay_ms: (2, 2), ..Conditions::default() });
            world.account = Account::tiny();
            world.slow_disk_ms = 0;
            (world.old.fuel, world.new.fuel) = (first, first);
            let mut again = 2;
            world.run(HOUR_MS, |world| {
                if again > 0 && world.breaks > 0 && world.old.fuel == u64::MAX {
                    again -= 1;
                    (world.old.fuel, world.new.fuel) = (second, second + 3);
                }
            });
            assert!(world.is_done(), "{first}, then {second}: {:?}", world.views());
        }
    }
}
