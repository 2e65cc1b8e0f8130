//! What flows have of a line, in virtual time.

mod line;

use super::*;
use line::{Kind, Line, Outcome, contest, run};

#[test]
fn a_line_is_filled_without_a_queue_that_a_call_would_feel() {
    for (mbit, round_trip, lost) in
        [(200, 40, 0), (200, 40, 10), (200, 100, 0), (20, 1, 0), (20, 40, 0), (20, 40, 50), (20, 100, 10)]
    {
        let line = line(mbit, round_trip, 60, lost);
        let Outcome { rates, own_loss, wait } = run(&line, &[0], 10);
        let part = rates[0] / line.bytes_per_sec / (1.0 - lost as f64 / 1000.0);
        let outcome = format!("{part:.3} of the line, {own_loss:.4} lost, {wait:?} waited");
        let is_good = part > 0.9 && own_loss < 0.05 && wait < Duration::from_millis(30);
        assert!(is_good, "{mbit} Mbit/s, {round_trip} ms, {lost} ‰: {outcome}");
    }
}

#[test]
fn a_path_on_which_nothing_ever_waits_has_the_largest_window_and_no_larger_one() {
    let (begin, trip) = (Instant::now(), Duration::from_micros(100));
    let mut window = Window::new(begin, 1_472);
    window.shrink(0.5);
    for round in 1..=1_000 {
        let sent = begin + trip * round;
        window.acked(sent + trip, sent, 100_000, false);
        window.end_round(sent + trip, false);
    }
    assert_eq!(window.window(), MOST);
}

#[test]
fn a_late_flow_gets_its_share_and_no_more() {
    for (mbit, round_trip) in [(100, 40), (20, 1), (20, 40), (20, 100), (200, 100)] {
        for late in [0, 3_000] {
            let line = line(mbit, round_trip, 60, 0);
            let share = share(&line, late);
            assert!((0.4..=0.6).contains(&share), "{line:?}, {late} ms later: {share:.2}");
        }
    }
}

/// A pause makes one round trip look long to one of the two. Whoever shrinks alone for that has less for seconds.
#[test]
fn two_flows_share_evenly_on_machines_that_are_busy() {
    for (mbit, round_trip, late, seeds) in [(20, 100, 300, 6), (20, 40, 3_000, 3)] {
        let shares: Vec<f64> = (1..=seeds)
            .map(|seed| share(&Line { seed, pause: Duration::from_millis(20), ..line(mbit, round_trip, 60, 0) }, late))
            .collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let is_even = (0.4..=0.6).contains(&mean) && shares.iter().all(|share| (0.35..=0.65).contains(share));
        assert!(is_even, "{mbit} Mbit/s, {round_trip} ms, {late} ms later: {shares:.2?}");
    }
}

/// What the first of two has, from the twelfth second to the twenty-fourth. Together they fill the line.
fn share(line: &Line, late: u64) -> f64 {
    let Outcome { rates, .. } = run(line, &[0, late], 24);
    let both: f64 = rates.iter().sum();
    assert!(both > 0.9 * line.bytes_per_sec, "{line:?}");
    rates[0] / both
}

#[test]
fn beside_tcp_it_has_its_part_whoever_was_there_first() {
    for (mbit, round_trip) in [(20, 1), (20, 40), (20, 100), (200, 40)] {
        for (our_begin, other_begin) in [(0, 3_000), (3_000, 0)] {
            let line = line(mbit, round_trip, 60, 0);
            let Outcome { rates, .. } = contest(&line, &[(our_begin, Kind::Ours), (other_begin, Kind::Tcp)], 60);
            let share = rates[0] / (rates[0] + rates[1]);
            assert!((0.2..=0.6).contains(&share), "{mbit} Mbit/s, {round_trip} ms, from {our_begin} ms on: {share:.2}");
        }
    }
}

#[test]
fn a_line_without_a_queue_is_not_flooded() {
    let line = line(100, 20, 2, 0);
    let Outcome { rates, own_loss, .. } = run(&line, &[0], 10);
    let part = rates[0] / line.bytes_per_sec;
    assert!(part > 0.8 && own_loss < 0.15, "{part:.3} of the line, {own_loss:.3} lost");
}

fn line(mbit: u64, round_trip_ms: u64, queue_ms: u64, lost: u64) -> Line {
    Line {
        bytes_per_sec: mbit as f64 * 125_000.0,
        round_trip: Duration::from_millis(round_trip_ms),
        queue: Duration::from_millis(queue_ms),
        lost,
        seed: 1,
        pause: Duration::ZERO,
    }
}

#[test]
fn where_nothing_ever_waits_the_window_has_an_end() {
    let zero = Instant::now();
    let mut window = Window::new(zero, 1_200);
    let trip = Duration::from_micros(100);
    for round in 1..100_000 {
        let now = zero + trip * round;
        window.acked(now, now - trip, window.window(), false);
        window.on_end_acks(now, 0, false, None);
        assert!(window.window() <= MOST);
    }
    assert_eq!(window.window(), MOST);
}
