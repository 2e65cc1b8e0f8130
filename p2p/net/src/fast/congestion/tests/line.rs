//! Flows over one bottleneck, packet by packet in virtual time.

use crate::fast::congestion::{Window, cubic::Cubic};
use nyx_testkit::seed::Seeded;
use quinn::congestion::Controller as _;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// A line with a queue in front of it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) bytes_per_sec: f64,
    pub(super) round_trip: Duration,
    pub(super) queue: Duration,
    /// Of a thousand.
    pub(super) lost: u64,
    /// Decides what chance decides.
    pub(super) seed: u64,
    /// How long a host stands still at most, four times a second: other programs have the machine.
    pub(super) pause: Duration,
}

struct Flow {
    window: Flowing,
    host: Host,
    begins: Duration,
    in_flight: u64,
    next_send: Duration,
    delivered: u64,
    dropped: u64,
    sent: u64,
}

/// When it stands still, once in each quarter of a second.
struct Host(Vec<(Duration, Duration)>);

pub(super) struct Outcome {
    /// Bytes a second of each flow, in the second half.
    pub(super) rates: Vec<f64>,
    /// What each has lost by overflowing the queue.
    pub(super) own_loss: f64,
    /// Mean wait in the queue, in the second half.
    pub(super) wait: Duration,
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

/// Which of them.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Ours,
    Tcp,
}

impl Flowing {
    fn new(kind: Kind, zero: Instant) -> Self {
        match kind {
            Kind::Ours => Self::Ours(Window::new(zero, DATAGRAM as u16)),
            Kind::Tcp => Self::Tcp { cubic: Cubic::new(zero, 10 * DATAGRAM, DATAGRAM), is_starting: true },
        }
    }

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

impl Host {
    fn new(line: &Line, end: Duration, seeded: &mut Seeded) -> Self {
        let most = line.pause.as_micros() as u64;
        let pauses = (0..=4 * end.as_secs()).map(|quarter| {
            let from =
                QUARTER * quarter as u32 + Duration::from_micros(seeded.below(QUARTER.as_micros() as u64 - most));
            (from, from + Duration::from_micros(seeded.below(most + 1)))
        });
        Self(pauses.collect())
    }

    /// When it does what is to be done now.
    fn awake(&self, at: Duration) -> Duration {
        let quarter = (at.as_micros() / QUARTER.as_micros()) as usize;
        self.0.get(quarter).filter(|(from, until)| (*from..*until).contains(&at)).map_or(at, |(_, until)| *until)
    }
}

enum Happens {
    Acked { flow: usize, sent: Duration },
    Lost { flow: usize, sent: Duration },
}

/// Flows of ours, each from its millisecond on.
pub(super) fn run(line: &Line, begins: &[u64], secs: u64) -> Outcome {
    let flows: Vec<(u64, Kind)> = begins.iter().map(|at| (*at, Kind::Ours)).collect();
    contest(line, &flows, secs)
}

pub(super) fn contest(line: &Line, begins: &[(u64, Kind)], secs: u64) -> Outcome {
    let (zero, mut seeded) = (Instant::now(), Seeded::new(line.seed));
    let end = Duration::from_secs(secs);
    let mut flows: Vec<_> = begins
        .iter()
        .map(|(begins, kind)| Flow {
            window: Flowing::new(*kind, zero),
            host: Host::new(line, end, &mut seeded),
            begins: Duration::from_millis(*begins),
            in_flight: 0,
            next_send: Duration::from_millis(*begins),
            delivered: 0,
            dropped: 0,
            sent: 0,
        })
        .collect();
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
            let awake = flow.host.awake(now);
            if awake > now {
                sends.insert((awake, at));
                continue;
            }
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
                events.insert(
                    (flow.host.awake(now + line.round_trip + waits_for), number),
                    Happens::Lost { flow: at, sent: now },
                );
            } else {
                free_at = now.max(free_at) + Duration::from_secs_f64(DATAGRAM as f64 / line.bytes_per_sec);
                if now > end / 2 {
                    waits += waits_for;
                    counted += 1;
                }
                let back = flow.host.awake(free_at + line.round_trip);
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

pub(super) const DATAGRAM: u64 = 1400;
const QUARTER: Duration = Duration::from_millis(250);
