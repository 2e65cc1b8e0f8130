//! Flows over one bottleneck, packet by packet in virtual time.

use super::*;
use nyx_testkit::seed::Seeded;
use std::collections::{BTreeMap, BTreeSet};

/// A line with a queue in front of it.
struct Line {
    bytes_per_sec: f64,
    round_trip: Duration,
    queue: Duration,
    /// Of a thousand.
    lost: u64,
}

struct Flow {
    window: Flowing,
    begins: Duration,
    in_flight: u64,
    next_send: Duration,
    delivered: u64,
    dropped: u64,
    sent: u64,
}

struct Outcome {
    /// Bytes a second of each flow, in the second half.
    rates: Vec<f64>,
    /// What each has lost by overflowing the queue.
    own_loss: f64,
    /// Mean wait in the queue, in the second half.
    wait: Duration,
}

/// What decides about a flow.
enum Flowing {
    Ours(Window),
    /// Fills queues until it loses, as TCP does: first by doubling.
    Tcp {
        cubic: Cubic,
        is_starting: bool,
    },
}

impl Flowing {
    fn window(&self) -> u64 {
        match self {
            Self::Ours(window) => window.window(),
            Self::Tcp { cubic, .. } => cubic.bytes(),
        }
    }

    fn acked(&mut self, now: Instant, sent: Instant) {
        match self {
            Self::Ours(window) => {
                window.acked(now, sent, DATAGRAM, false);
                window.on_end_acks(now, 0, false, None);
            }
            Self::Tcp { cubic, is_starting: true } => *cubic = Cubic::new(sent, cubic.bytes() + DATAGRAM, DATAGRAM),
            Self::Tcp { cubic, .. } => cubic.acked(now, now.saturating_duration_since(sent), DATAGRAM),
        }
    }

    fn lost(&mut self, zero: Instant, now: Duration, sent: Duration) {
        match self {
            Self::Ours(window) => window.on_congestion_event(zero + now, zero + sent, false, DATAGRAM),
            Self::Tcp { cubic, is_starting } => {
                *is_starting = false;
                cubic.lost(zero + now, zero + sent);
            }
        }
    }
}

enum Happens {
    Acked { flow: usize, sent: Duration },
    Lost { flow: usize, sent: Duration },
}

fn run(line: &Line, begins: &[u64], secs: u64) -> Outcome {
    let ours = |zero| Flowing::Ours(Window::new(zero, DATAGRAM as u16));
    let flows: Vec<(u64, &dyn Fn(Instant) -> Flowing)> = begins.iter().map(|at| (*at, &ours as _)).collect();
    contest(line, &flows, secs)
}

fn contest(line: &Line, begins: &[(u64, &dyn Fn(Instant) -> Flowing)], secs: u64) -> Outcome {
    let (zero, mut seeded) = (Instant::now(), Seeded::new(1));
    let mut flows: Vec<_> = begins
        .iter()
        .map(|(begins, flowing)| Flow {
            window: flowing(zero),
            begins: Duration::from_millis(*begins),
            in_flight: 0,
            next_send: Duration::from_millis(*begins),
            delivered: 0,
            dropped: 0,
            sent: 0,
        })
        .collect();
    let end = Duration::from_secs(secs);
    let (mut events, mut number) = (BTreeMap::new(), 0u64);
    let mut sends: BTreeSet<(Duration, usize)> = flows.iter().enumerate().map(|(at, flow)| (flow.begins, at)).collect();
    let (mut free_at, mut waits, mut counted) = (Duration::ZERO, Duration::ZERO, 0u32);
    loop {
        let next_event = events.first_key_value().map(|((at, _), _)| *at);
        let next_send = sends.first().copied();
        let Some(now) = [next_event, next_send.map(|(at, _)| at)].into_iter().flatten().min() else { break };
        if now > end {
            break;
        }
        if next_send.is_some_and(|(at, _)| at == now) {
            let (_, at) = sends.pop_first().unwrap();
            let flow = &mut flows[at];
            if flow.in_flight + DATAGRAM > flow.window.window() {
                // Woken by the next acknowledgement.
                continue;
            }
            flow.in_flight += DATAGRAM;
            flow.sent += 1;
            let waits_for = free_at.saturating_sub(now);
            number += 1;
            if waits_for > line.queue {
                flow.dropped += 1;
                events.insert((now + line.round_trip + waits_for, number), Happens::Lost { flow: at, sent: now });
            } else {
                free_at = now.max(free_at) + Duration::from_secs_f64(DATAGRAM as f64 / line.bytes_per_sec);
                if now > end / 2 {
                    waits += waits_for;
                    counted += 1;
                }
                let back = free_at + line.round_trip;
                let happens = if seeded.below(1000) < line.lost {
                    Happens::Lost { flow: at, sent: now }
                } else {
                    Happens::Acked { flow: at, sent: now }
                };
                events.insert((back, number), happens);
            }
            // As quinn paces: a quarter faster than the window in a round trip.
            let round = line.round_trip + waits_for;
            let gap = round.as_secs_f64() * DATAGRAM as f64 / (flow.window.window() as f64 * 1.25);
            flow.next_send = now + Duration::from_secs_f64(gap);
            sends.insert((flow.next_send, at));
        } else {
            let (_, happens) = events.pop_first().unwrap();
            let (at, sent, acked) = match happens {
                Happens::Acked { flow, sent } => (flow, sent, true),
                Happens::Lost { flow, sent } => (flow, sent, false),
            };
            let flow = &mut flows[at];
            flow.in_flight -= DATAGRAM;
            if acked {
                flow.delivered += if now > end / 2 { DATAGRAM } else { 0 };
                flow.window.acked(zero + now, zero + sent);
            } else {
                flow.window.lost(zero, now, sent);
            }
            if !sends.iter().any(|(_, other)| *other == at) {
                sends.insert((flow.next_send.max(now), at));
            }
        }
    }
    let half = end.as_secs_f64() / 2.0;
    let (sent, dropped): (u64, u64) = flows.iter().fold((0, 0), |sum, flow| (sum.0 + flow.sent, sum.1 + flow.dropped));
    Outcome {
        rates: flows.iter().map(|flow| flow.delivered as f64 / half).collect(),
        own_loss: dropped as f64 / sent as f64,
        wait: waits / counted.max(1),
    }
}

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
fn a_late_flow_gets_its_share_and_no_more() {
    for (mbit, round_trip) in [(100, 40), (20, 1), (20, 40), (20, 100)] {
        for late in [0, 3_000] {
            let line = line(mbit, round_trip, 60, 0);
            let Outcome { rates, .. } = run(&line, &[0, late], 40);
            let share = rates[0] / (rates[0] + rates[1]);
            assert!((0.4..=0.6).contains(&share), "{mbit} Mbit/s, {round_trip} ms, {late} ms later: {share:.2}");
        }
    }
}

#[test]
fn beside_tcp_it_has_its_part_whoever_was_there_first() {
    let ours = |zero| Flowing::Ours(Window::new(zero, DATAGRAM as u16));
    let tcp = |zero| Flowing::Tcp { cubic: Cubic::new(zero, FIRST * DATAGRAM, DATAGRAM), is_starting: true };
    for (mbit, round_trip) in [(20, 1), (20, 40), (20, 100), (200, 40)] {
        for (our_begin, other_begin) in [(0, 3_000), (3_000, 0)] {
            let line = line(mbit, round_trip, 60, 0);
            let Outcome { rates, .. } = contest(&line, &[(our_begin, &ours), (other_begin, &tcp)], 60);
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
    }
}

const DATAGRAM: u64 = 1400;

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
