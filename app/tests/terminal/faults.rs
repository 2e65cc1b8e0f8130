//! A whole move over every bad network that there is a name for. `NYX_SEED` repeats a run; `NYX_SOAK` makes it a long one.

use crate::{
    mover::{Move, Side},
    networks::{MOVED, service_at},
    watched::{Watched, command},
};
use nyx_testkit::{
    hosts::{Between, Conditions, MIDDLE, Namespace, Pair, possible},
    seed::Seeded,
    soak,
};
use std::{thread, time::Duration};

/// A path on which a small account takes a while.
fn path(random: &mut Seeded) -> Conditions {
    let rate = 1_000_000;
    Conditions { rate, ..Conditions::delayed(random.next_u64(), Duration::from_millis(3)) }
}

/// An account moves between these two, and `fault` happens to it.
fn crosses(random: &mut Seeded, [left, right]: [&Namespace; 2], more: &[&str], fault: impl FnOnce(&mut Watched)) {
    let moving = Move::new(random, &[soak(2_500_000, 30_000_000)]);
    let send = command(&moving.old, Some(left), &[&["send"], more].concat());
    let receive = command(&moving.new, Some(right), &[&["receive"], more].concat());
    let mut watched = Watched::begin(send, receive);
    fault(&mut watched);
    for ended in watched.end() {
        ended.assert_done();
        ended.event("done");
    }
    moving.assert_moved();
}

fn between(pair: &Pair) -> [&Namespace; 2] {
    [&pair.left, &pair.right]
}

#[test]
fn an_account_crosses_a_network_that_loses_packets() {
    if !possible("an_account_crosses_a_network_that_loses_packets") {
        return;
    }
    let mut random = Seeded::from_environment("faults");
    for lost in [100, 500, 2000] {
        let pair = Pair::path(Conditions::delayed(random.next_u64(), Duration::from_millis(3)));
        crosses(&mut random, between(&pair), &[], |watched| {
            // The handshake of a link gives up sooner than whoever has met.
            watched.until_named(Side::Old, "peer");
            pair.lose(lost);
        });
    }
}

#[test]
fn an_account_crosses_a_slow_network_that_reorders_and_doubles() {
    if !possible("an_account_crosses_a_slow_network_that_reorders_and_doubles") {
        return;
    }
    let mut random = Seeded::from_environment("faults");
    let slow = Conditions::delayed(random.next_u64(), Duration::from_millis(150));
    let pair = Pair::path(Conditions { doubled: 500, overtaken: 500, ..slow });
    crosses(&mut random, between(&pair), &[], |_| {});
}

#[test]
fn an_account_crosses_a_network_that_swallows_large_packets() {
    if !possible("an_account_crosses_a_network_that_swallows_large_packets") {
        return;
    }
    let (mut random, pair) = (Seeded::from_environment("faults"), Pair::cable());
    for network in between(&pair) {
        network.swallow_above(1000);
    }
    crosses(&mut random, between(&pair), &[], |_| {});
}

#[test]
fn large_packets_that_are_swallowed_from_the_middle_on_stop_nothing() {
    if !possible("large_packets_that_are_swallowed_from_the_middle_on_stop_nothing") {
        return;
    }
    let mut random = Seeded::from_environment("faults");
    let pair = Pair::path(path(&mut random));
    crosses(&mut random, between(&pair), &[], |watched| {
        watched.until_under_way();
        for network in between(&pair) {
            network.swallow_above(1000);
        }
    });
}

#[test]
fn a_bandwidth_that_collapses_in_the_middle_is_waited_out() {
    if !possible("a_bandwidth_that_collapses_in_the_middle_is_waited_out") {
        return;
    }
    let mut random = Seeded::from_environment("faults");
    let pair = Pair::path(path(&mut random));
    crosses(&mut random, between(&pair), &[], |watched| {
        watched.until_under_way();
        for network in between(&pair) {
            network.filter("limit rate over 40 kbytes/second burst 10 kbytes drop");
        }
        // Something still arrives.
        let mut so_far = None;
        watched.until(Side::New, |event| {
            let done = event["done"].as_u64();
            done.is_some() && so_far.replace(done).is_some_and(|before| before < done)
        });
        for network in between(&pair) {
            network.swallow_nothing();
        }
    });
}

#[test]
fn who_falls_silent_is_said_to_be_and_it_goes_on_when_they_are_back() {
    if !possible("who_falls_silent_is_said_to_be_and_it_goes_on_when_they_are_back") {
        return;
    }
    for (silent, other) in [(Side::New, Side::Old), (Side::Old, Side::New)] {
        let mut random = Seeded::from_environment("faults");
        let pair = Pair::path(path(&mut random));
        crosses(&mut random, between(&pair), &[], |watched| {
            watched.until_under_way();
            watched.signal(silent, "STOP");
            watched.until_named(other, "stalled");
            watched.signal(silent, "CONT");
            watched.until_named(other, "resumed");
        });
    }
}

#[test]
fn a_cable_that_is_pulled_in_the_middle_is_said_and_put_back_it_goes_on() {
    if !possible("a_cable_that_is_pulled_in_the_middle_is_said_and_put_back_it_goes_on") {
        return;
    }
    let mut random = Seeded::from_environment("faults");
    let pair = Pair::path(path(&mut random));
    crosses(&mut random, between(&pair), &[], |watched| {
        watched.until_under_way();
        for network in between(&pair) {
            network.filter("drop");
        }
        watched.until_all([Side::Old, Side::New].map(|side| (side, "stalled")).into());
        thread::sleep(Duration::from_secs(soak(0, 30) as u64));
        for network in between(&pair) {
            network.swallow_nothing();
        }
        watched.until_named(Side::Old, "resumed");
    });
}

#[test]
fn either_device_gets_another_address_in_the_middle_and_it_goes_on() {
    if !possible("either_device_gets_another_address_in_the_middle_and_it_goes_on") {
        return;
    }
    let mut random = Seeded::from_environment("faults");
    for old_moves in [true, false] {
        let pair = Pair::path(path(&mut random));
        crosses(&mut random, between(&pair), &[], |watched| {
            watched.until_under_way();
            if old_moves { &pair.left } else { &pair.right }.readdress(MOVED);
        });
    }
}

#[test]
fn a_service_that_restarts_in_the_middle_is_not_missed() {
    if !possible("a_service_that_restarts_in_the_middle_is_not_missed") {
        return;
    }
    let (mut random, between) = (Seeded::from_environment("faults"), Between::routed());
    let mut service = service_at(&between.middle, &[]);
    let signal = format!("ws://{MIDDLE}:8440");
    crosses(&mut random, [&between.left, &between.right], &["--signal", &signal], |watched| {
        watched.until_named(Side::Old, "peer");
        service.kill();
        service = service_at(&between.middle, &[]);
    });
}
