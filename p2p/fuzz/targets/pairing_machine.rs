//! Two devices that meet, and a fuzzer that decides what becomes of each frame and when people act.
//!
//! Whatever it does, both have the same keys or one of them has none, and digits show only after a yes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_crypto::{
    account::{AccountRootKey, OperatingKey},
    pairing::{Digits, Speaker},
    secret::Secret,
};
use nyx_proto::pairing::{Account, Intent, Meeting, Output, Showing, TicketBegun, View};
use nyx_wire::{
    identity::DeviceName,
    pairing::{Described, Hints},
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::collections::VecDeque;

struct Run {
    devices: [Option<Meeting>; 2],
    queue: VecDeque<(usize, Vec<u8>)>,
    seen: Vec<Vec<u8>>,
    said_yes: bool,
    now_ms: u64,
    rng: ChaCha8Rng,
}

fuzz_target!(|bytes: &[u8]| {
    let mut run = Run::new();
    let mut choices = bytes.iter().copied();
    for _ in 0..CHOICES_MAX {
        let Some(choice) = choices.next() else { break };
        run.step(choice, &mut choices);
        assert!(run.said_yes || run.digits().is_none());
    }
    let keys = run.devices.map(|device| device.and_then(|meeting| meeting.settle().ok()).map(|settled| settled.file));
    if let [Some(one), Some(other)] = keys {
        assert_eq!(one, other);
    }
});

impl Run {
    fn new() -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let intent = Intent::Receive { device: name("New") };
        let begun = TicketBegun::new(&mut rng);
        let (showing, ticket) = Showing::ticket(begun, intent, Hints::default(), 0, &mut rng);
        let account = Account { name: name("Ada"), aid: owner().0.aid(), bytes: 7 };
        let scanned = Meeting::of_ticket(&ticket, Intent::Send(account), 0).expect("the other direction");
        let queue = showing.frames().iter().map(|frame| (1, frame.clone())).collect();
        let devices = [Some(Meeting::showing(showing)), Some(scanned)];
        Self { devices, queue, seen: Vec::new(), said_yes: false, now_ms: 0, rng }
    }

    fn step(&mut self, choice: u8, choices: &mut impl Iterator<Item = u8>) {
        let mut more = || choices.next().unwrap_or(0);
        let now_ms = self.now_ms;
        match choice % 12 {
            0..=2 => self.deliver(None),
            3 => drop(self.queue.pop_front()),
            4 => self.queue.extend(self.queue.front().cloned()),
            5 => self.queue.rotate_left(1.min(self.queue.len())),
            6 => self.deliver(Some((more(), more()))),
            7 => {
                let (place, to) = (usize::from(more()), usize::from(more()) % 2);
                let old = self.seen.get(place % self.seen.len().max(1)).cloned();
                self.queue.extend(old.map(|frame| (to, frame)));
            }
            8 => {
                self.now_ms += u64::from(more()) * 250;
                let now_ms = self.now_ms;
                for place in 0..2 {
                    self.change(place, |meeting| meeting.handle_time(now_ms));
                }
            }
            9 => {
                let (place, yes) = (usize::from(more()) % 2, more() % 8 != 0);
                self.said_yes |= yes && matches!(self.view(place), View::Recognise { .. });
                self.change(place, |meeting| meeting.handle_decision(yes, now_ms));
            }
            10 => {
                let typed = if more() % 4 == 0 { Some("123456".into()) } else { self.digits() };
                if let Some(digits) = typed.and_then(|typed: String| Digits::parse(&typed).ok()) {
                    let (ark, opkey) = owner();
                    let cert = ark.certify(&opkey, 1).expect("a small generation");
                    let speaker = Speaker { ark: ark.public(), cert: &cert, opkey: &opkey };
                    self.change(1, |meeting| meeting.handle_digits(&digits, &speaker, now_ms));
                }
            }
            _ => {
                let (to, length) = (usize::from(more()) % 2, usize::from(more()));
                let frame = (0..length).map(|_| more()).collect();
                self.queue.push_back((to, frame));
            }
        }
    }

    fn deliver(&mut self, change: Option<(u8, u8)>) {
        let Some((to, mut frame)) = self.queue.pop_front() else { return };
        self.seen.push(frame.clone());
        if let Some((place, flip)) = change
            && !frame.is_empty()
        {
            let place = usize::from(place) * frame.len() / 256;
            frame[place] ^= flip;
        }
        let (now_ms, mut rng) = (self.now_ms, self.rng.clone());
        self.change(to, |meeting| meeting.handle_frame(&frame, now_ms, &mut rng));
        if matches!(self.view(to), View::Offer) {
            self.change(to, |meeting| meeting.handle_offer(Described::new(b"offer"), now_ms));
        }
    }

    fn change(&mut self, place: usize, change: impl FnOnce(Meeting) -> (Meeting, Vec<Output>)) {
        let Some(meeting) = self.devices[place].take() else { return };
        let (meeting, outputs) = change(meeting);
        self.devices[place] = Some(meeting);
        for output in outputs {
            match output {
                Output::Send(frame) if self.queue.len() < QUEUE_MAX => self.queue.push_back((1 - place, frame)),
                _ => {}
            }
        }
    }

    fn view(&self, place: usize) -> View<'_> {
        self.devices[place].as_ref().map_or(View::Other, Meeting::view)
    }

    fn digits(&self) -> Option<String> {
        let View::Show(digits) = self.view(0) else { return None };
        Some(digits.groups().as_flattened().iter().collect())
    }
}

fn owner() -> (AccountRootKey, OperatingKey) {
    let ark = AccountRootKey::from_seed(&Secret::from_bytes([1; 32]));
    (ark, OperatingKey::from_seed(Secret::from_bytes([2; 32])))
}

fn name(text: &str) -> DeviceName {
    DeviceName::new(text).expect("a name")
}

const CHOICES_MAX: usize = 200;
const QUEUE_MAX: usize = 64;
