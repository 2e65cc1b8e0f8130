//! Two books and two ways between them, one of which comes and goes, by a seed.

use super::*;
use nyx_testkit::{seed::Seeded, soak};

/// What is under way from one side to the other.
#[derive(Default)]
struct Ways {
    channel: VecDeque<OnChannel>,
    fast: Vec<OnFast>,
    /// What a connection carries back is in order too.
    reports: VecDeque<(u64, Report)>,
}

enum OnChannel {
    Frame(Frame<'static>),
    Message(Bytes),
}

struct OnFast {
    attempt: u64,
    number: u64,
    message: Bytes,
}

struct Side {
    braid: Braid,
    next: Option<Outgoing>,
    said: u64,
    heard: u64,
    /// Arrived at the reader, which has not taken them yet.
    waiting: VecDeque<usize>,
    told_end: bool,
}

impl Side {
    fn new() -> Self {
        let braid = Braid::new(WINDOW);
        Self { braid, next: None, said: 0, heard: 0, waiting: VecDeque::new(), told_end: false }
    }

    /// Writes what may be written.
    fn write(&mut self, dead: u64, out: &mut Ways) {
        while let Some(frame) = self.braid.poll_say() {
            out.channel.push_back(OnChannel::Frame(frame));
        }
        if self.next.is_none() && self.said < MESSAGES {
            self.next = Some(Outgoing::Message(Bytes::copy_from_slice(&self.said.to_be_bytes())));
            self.said += 1;
        } else if self.next.is_none() && !self.told_end {
            self.next = Some(Outgoing::End);
            self.told_end = true;
        }
        match self.braid.poll_step(&mut self.next) {
            Some(Step::Channel(message)) => out.channel.push_back(OnChannel::Message(message)),
            Some(Step::Fast { attempt, number, message }) if attempt > dead => {
                out.fast.push(OnFast { attempt, number, message });
            }
            // Nobody hears it.
            Some(Step::Fast { .. }) => {}
            Some(Step::End) => out.channel.push_back(OnChannel::Frame(Frame::End)),
            None => {}
        }
    }

    fn report(&mut self, all: bool, dead: u64, out: &mut Ways) {
        if let Some(attempt) = self.braid.fast {
            while let Some(report) = self.braid.poll_report(attempt, all) {
                if attempt > dead {
                    out.reports.push_back((attempt, report));
                }
            }
        }
    }

    fn hear(&mut self, said: OnChannel) {
        match said {
            OnChannel::Frame(frame) => self.braid.handle_frame(frame).unwrap(),
            OnChannel::Message(message) => self.braid.handle_message(message).unwrap(),
        }
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(message) = self.braid.poll_arrived() {
            assert_eq!(message, &self.heard.to_be_bytes()[..], "in order, each once");
            self.heard += 1;
            self.waiting.push_back(message.len());
        }
        let held: u64 = self.waiting.iter().map(|len| charge(*len)).sum();
        assert!(held <= WINDOW, "{held} bytes wait for the reader");
    }
}

#[test]
fn messages_arrive_in_order_and_once_whatever_becomes_of_the_second_way() {
    let mut seeded = Seeded::from_environment("messages_arrive_in_order_and_once");
    for _ in 0..soak(200, 5_000) {
        let mut run = Run::new();
        for _ in 0..60_000 {
            run.step(&mut seeded);
            if run.is_done() {
                break;
            }
        }
        assert!(run.is_done(), "{} and {} of {MESSAGES} arrived", run.sides[0].heard, run.sides[1].heard);
    }
}

struct Run {
    sides: [Side; 2],
    /// From the side of this number.
    ways: [Ways; 2],
    /// The connection that is, or is to be.
    attempt: u64,
    /// The last one that is dead, whether both sides have noticed or not.
    dead: u64,
}

impl Run {
    fn new() -> Self {
        Self { sides: [Side::new(), Side::new()], ways: [Ways::default(), Ways::default()], attempt: 1, dead: 0 }
    }

    fn step(&mut self, seeded: &mut Seeded) {
        let from = seeded.below(2) as usize;
        let to = 1 - from;
        match seeded.below(1_000) {
            0..=299 => self.sides[from].write(self.dead, &mut self.ways[from]),
            300..=499 => {
                if let Some(said) = self.ways[from].channel.pop_front() {
                    self.sides[to].hear(said);
                }
            }
            // Streams overtake each other.
            500..=749 if !self.ways[from].fast.is_empty() => {
                let at = seeded.below(self.ways[from].fast.len() as u64) as usize;
                let OnFast { attempt, number, message } = self.ways[from].fast.swap_remove(at);
                self.sides[to].braid.handle_numbered(attempt, number, message).unwrap();
                self.sides[to].collect();
            }
            750..=849 => {
                if let Some(len) = self.sides[to].waiting.pop_front() {
                    self.sides[to].braid.handle_taken(len);
                }
                let all = seeded.below(4) == 0;
                self.sides[to].report(all, self.dead, &mut self.ways[to]);
            }
            850..=989 => {
                if let Some((attempt, report)) = self.ways[from].reports.pop_front() {
                    self.sides[to].braid.handle_report(attempt, report).unwrap();
                }
            }
            // One side sees the connection come or go before the other does.
            990..=994 if self.sides[from].braid.fast != Some(self.attempt) => {
                self.sides[from].braid.handle_fast(self.attempt);
            }
            995 => {
                self.dead = self.attempt;
                self.attempt += 1;
                for ways in &mut self.ways {
                    // What was on it is lost, or comes late.
                    ways.fast.retain(|_| seeded.below(2) == 0);
                    ways.reports.clear();
                }
            }
            996..=999 => {
                if let Some(attempt) = self.sides[from].braid.fast.filter(|attempt| *attempt <= self.dead) {
                    self.sides[from].braid.handle_fast_gone(attempt);
                }
            }
            _ => {}
        }
    }

    fn is_done(&self) -> bool {
        self.sides.iter().all(|side| side.heard == MESSAGES && side.braid.receiving.ended)
    }
}

#[test]
fn only_what_did_not_arrive_is_sent_again() {
    let (mut left, mut right) = (open(), open());
    for braid in [&mut left, &mut right] {
        braid.handle_fast(1);
    }
    let sent: Vec<_> = (0..5).map(|_| fast(&mut left)).collect();
    for at in [0, 1, 3] {
        right.handle_numbered(1, sent[at].0, sent[at].1.clone()).unwrap();
    }
    left.handle_fast_gone(1);
    assert_eq!(left.poll_say(), Some(Frame::Back(1)));
    assert_eq!(left.poll_step(&mut Some(message())), None, "nothing goes before the answer");
    right.handle_frame(Frame::Back(1)).unwrap();
    assert_eq!(right.fast, None, "the other direction steps back too");
    assert_eq!(right.poll_say(), Some(Frame::Resume(2)));
    // What is still under way on the way that was given up is not taken.
    right.handle_numbered(1, sent[2].0, sent[2].1.clone()).unwrap();
    left.handle_frame(Frame::Resume(2)).unwrap();
    for _ in 2..5 {
        assert!(matches!(left.poll_step(&mut None), Some(Step::Channel(_))));
    }
    assert_eq!(left.poll_step(&mut None), None);
}

#[test]
fn the_end_waits_for_what_went_beside_the_channel() {
    let mut left = open();
    left.handle_fast(1);
    fast(&mut left);
    let mut end = Some(Outgoing::End);
    assert_eq!(left.poll_step(&mut end), None);
    left.handle_report(1, Report::Have(1)).unwrap();
    assert_eq!(left.poll_step(&mut end), Some(Step::End));
}

#[test]
fn who_breaks_the_rules_is_caught() {
    // More than granted, beside the channel.
    let mut braid = Braid::new(10 * charge(0));
    assert!(braid.poll_say().is_some());
    braid.handle_fast(1);
    for number in 1..11 {
        braid.handle_numbered(1, number, Bytes::new()).unwrap();
    }
    assert!(braid.handle_numbered(1, 11, Bytes::new()).is_err());
    // The same number twice, beyond and before the reader's place.
    let mut braid = open();
    braid.handle_fast(1);
    braid.handle_numbered(1, 5, Bytes::new()).unwrap();
    assert!(braid.handle_numbered(1, 5, Bytes::new()).is_err());
    braid.handle_message(Bytes::new()).unwrap();
    assert!(braid.handle_numbered(1, 0, Bytes::new()).is_err());
    // An end before all that was announced beyond it.
    assert!(braid.handle_frame(Frame::End).is_err());
    // An answer that nobody asked for, and one that claims too much or forgets what was acknowledged.
    let mut braid = open();
    assert!(braid.handle_frame(Frame::Resume(0)).is_err());
    for claimed in [0, 3] {
        let mut braid = open();
        braid.handle_fast(1);
        fast(&mut braid);
        fast(&mut braid);
        braid.handle_report(1, Report::Have(1)).unwrap();
        assert!(braid.handle_report(1, Report::Have(3)).is_err());
        braid.handle_fast_gone(1);
        assert!(braid.poll_say().is_some());
        assert!(braid.handle_frame(Frame::Resume(claimed)).is_err(), "{claimed}");
    }
}

#[test]
fn a_peer_that_acknowledges_nothing_makes_nobody_keep_more_than_the_limit() {
    let mut braid = Braid::new(WINDOW);
    braid.handle_frame(Frame::Credit(u64::MAX)).unwrap();
    braid.handle_fast(1);
    let chunk = Bytes::from(vec![0; 64 * 1024]);
    let sent = (0..).take_while(|_| braid.poll_step(&mut Some(Outgoing::Message(chunk.clone()))).is_some()).count();
    assert!(sent * chunk.len() <= KEPT_MAX as usize + chunk.len(), "{sent} chunks are kept");
}

/// Books with all the credit that there is, both ways.
fn open() -> Braid {
    let mut braid = Braid::new(WINDOW);
    braid.handle_frame(Frame::Credit(WINDOW)).unwrap();
    while braid.poll_say().is_some() {}
    braid
}

fn message() -> Outgoing {
    Outgoing::Message(Bytes::from_static(b"word"))
}

fn fast(braid: &mut Braid) -> (u64, Bytes) {
    match braid.poll_step(&mut Some(message())) {
        Some(Step::Fast { number, message, .. }) => (number, message),
        other => panic!("{other:?}"),
    }
}

const WINDOW: u64 = 40 * charge(8);
const MESSAGES: u64 = 400;
