//! A hostile middle: everything that the two say passes it, and it does with each frame what it likes.

use super::{
    super::*,
    device::{Device, act, ada, receives, rng},
};
use crate::limits::PAIRING_TICKET_MS;
use alloc::{collections::BTreeMap, vec, vec::Vec};
use nyx_testkit::seed::Seeded;
use nyx_wire::{
    codec,
    identity::Body,
    pairing::{Frame, HelloA, HelloB, TypedCode},
    signal::Number,
};

/// What it does to a frame.
const WAYS: u64 = 9;

struct Middle {
    random: Seeded,
    /// Of a hundred frames, how many it touches.
    malice: u64,
    /// Everything it has seen, of this meeting and of another one.
    seen: Vec<Vec<u8>>,
    held: Vec<(usize, Vec<u8>)>,
    tried: BTreeMap<(&'static str, usize), u32>,
}

impl Middle {
    fn pass(&mut self, from: usize, frame: Vec<u8>) -> Vec<(usize, Vec<u8>)> {
        self.seen.push(frame.clone());
        let to = 1 - from;
        if self.random.below(100) >= self.malice {
            let mut now = core::mem::take(&mut self.held);
            now.insert(0, (to, frame));
            return now;
        }
        match self.random.below(WAYS) {
            // Dropped.
            0 => vec![],
            // Twice.
            1 => vec![(to, frame.clone()), (to, frame)],
            // Thrown back at its sender.
            2 => vec![(from, frame.clone()), (to, frame)],
            // Held back until something else has passed.
            3 => {
                self.held.push((to, frame));
                vec![]
            }
            // Something old, to either side, before or in place of it.
            4 => {
                let old = self.random.below(self.seen.len() as u64) as usize;
                let side = self.random.below(2) as usize;
                vec![(side, self.seen[old].clone()), (to, frame)]
            }
            5 => {
                let old = self.random.below(self.seen.len() as u64) as usize;
                vec![(to, self.seen[old].clone())]
            }
            // One bit anywhere, cut, or continued.
            6 => vec![(to, self.damaged(frame))],
            // One field, the rest as it should be.
            _ => match self.with_a_field_changed(&frame) {
                Some(changed) => vec![(to, changed)],
                None => vec![(to, frame)],
            },
        }
    }

    fn damaged(&mut self, mut frame: Vec<u8>) -> Vec<u8> {
        let place = self.random.below(frame.len() as u64) as usize;
        match self.random.below(3) {
            0 => frame.truncate(place),
            1 => frame.push(0),
            _ => frame[place] ^= 1 << self.random.below(8),
        }
        frame
    }

    fn bend(&mut self, bytes: &mut [u8]) {
        if bytes.is_empty() {
            return;
        }
        let place = self.random.below(bytes.len() as u64) as usize;
        bytes[place] ^= 1 << self.random.below(8);
    }

    fn with_a_field_changed(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let mut frame = Frame::parse(frame).ok()?;
        let (name, field) = match &mut frame {
            Frame::Over | Frame::ResumeHello(_) => return None,
            Frame::HelloA(bytes) => {
                let field = self.random.below(4) as usize;
                *bytes = self.hello_a(bytes, field)?;
                ("hello A", field)
            }
            Frame::TypedHello(typed) => {
                let field = self.random.below(5) as usize;
                if field == 4 {
                    self.bend(&mut typed.pake);
                } else {
                    typed.hello = self.hello_a(&typed.hello, field)?.into();
                }
                ("typed hello", field)
            }
            Frame::Reply(reply) => ("reply", self.reply(reply)?),
            Frame::TypedReply(typed) => {
                if self.random.below(8) == 0 {
                    self.bend(&mut typed.pake);
                    ("typed reply", 8)
                } else {
                    ("typed reply", self.reply(&mut typed.reply)?)
                }
            }
            Frame::Confirm(confirm) => {
                let field = self.random.below(2) as usize;
                self.bend(if field == 0 { &mut confirm.confirm } else { &mut confirm.nonce });
                ("confirm", field)
            }
            Frame::Sealed(sealed) => {
                let field = self.random.below(2) as usize;
                if field == 0 {
                    sealed.counter = sealed.counter.wrapping_add(1 + self.random.below(300) as u32);
                } else {
                    self.bend(&mut sealed.ciphertext);
                }
                ("sealed", field)
            }
        };
        *self.tried.entry((name, field)).or_default() += 1;
        Some(frame.to_bytes())
    }

    fn hello_a(&mut self, bytes: &[u8], field: usize) -> Option<Vec<u8>> {
        let mut hello = HelloA::parse(bytes).ok()?;
        match field {
            0 => {
                let mut bytes = hello.to_bytes();
                bytes[2] = self.random.below(256) as u8;
                return Some(bytes);
            }
            1 => self.bend(&mut hello.e),
            2 => self.bend(&mut hello.ek),
            _ => self.bend(&mut hello.promise),
        }
        Some(hello.to_bytes())
    }

    fn reply(&mut self, reply: &mut nyx_wire::pairing::Reply) -> Option<usize> {
        let field = self.random.below(8) as usize;
        let mut hello = HelloB::parse(&reply.hello).ok()?;
        match field {
            0 => {
                reply.hello[2] = self.random.below(256) as u8;
                return Some(field);
            }
            1 => self.bend(&mut hello.e),
            2 => self.bend(&mut hello.ct),
            3 => self.bend(&mut hello.nonce),
            4 => self.bend(&mut reply.mac),
            5 => self.bend(&mut reply.confirm),
            6 => self.bend(reply.offer.as_mut()?),
            _ => reply.offer = None,
        }
        if (1..4).contains(&field) {
            reply.hello = codec::encode(&hello).into();
        }
        Some(field)
    }
}

/// A pair that meets in one of the four ways: which side sends, and whether a code is typed.
fn pair(seed: u64) -> (Device, Device) {
    let sends = seed & 1 == 1;
    let (shown, other) = if sends { (ada().sends(), receives()) } else { (receives(), ada().sends()) };
    if seed & 2 == 0 {
        let (a, ticket) = Device::shows(shown, 0, seed);
        return (a, Device::scans(&ticket, other, 0, seed ^ 0xB0B));
    }
    let (showing, text) = Showing::typed(shown, Number(seed as u32), 0, &mut rng(seed));
    let scanned = Scanned::typed(&TypedCode::parse(&text).unwrap(), other, 0).unwrap();
    (Device::new(Meeting::showing(showing), seed + 1), Device::new(Meeting::scanned(scanned), seed ^ 0xB0B))
}

/// Runs two devices through the middle until both have ended or two minutes are over.
fn run(a: &mut Device, b: &mut Device, middle: &mut Middle) {
    let mut now_ms = 10;
    let mut queue: Vec<(usize, Vec<u8>)> = Vec::new();
    for frame in a.frames() {
        queue.extend(middle.pass(0, frame));
    }
    while now_ms < PAIRING_TICKET_MS + 20_000 {
        // A middle that repeats everything for ever gets only so far in one moment.
        for _ in 0..200 {
            if queue.is_empty() {
                let acted = act(a, b, ada(), now_ms);
                if acted.is_empty() {
                    break;
                }
                for (from, frames) in acted {
                    frames.into_iter().for_each(|frame| queue.extend(middle.pass(from, frame)));
                }
                continue;
            }
            let (to, frame) = queue.remove(0);
            let device = if to == 0 { &mut *a } else { &mut *b };
            for answer in device.frame(&frame, now_ms) {
                queue.extend(middle.pass(to, answer));
            }
        }
        if a.is_over() && b.is_over() || a.file_key().is_some() && b.file_key().is_some() {
            return;
        }
        now_ms += 4_000;
        for (from, frames) in [(0, a.time(now_ms)), (1, b.time(now_ms))] {
            frames.into_iter().for_each(|frame| queue.extend(middle.pass(from, frame)));
        }
    }
}

#[test]
fn whatever_a_middle_does_to_the_frames_no_pairing_is_false() {
    let runs = nyx_testkit::soak(2_000, 100_000) as u64;
    let mut random = Seeded::from_environment("a hostile middle");
    let base = random.next_u64() >> 8;
    let (mut proven, mut tried) = (0, BTreeMap::new());
    for run_number in 0..runs {
        let seed = base.wrapping_add(run_number);
        let (mut a, mut b) = pair(seed);
        // What was said in another meeting is material too.
        let mut seen = Vec::new();
        if seed.is_multiple_of(8) {
            let (mut c, mut d) = pair(seed ^ 0xDEAD);
            super::device::talk(&mut c, &mut d, ada(), 5, |from, frame| {
                seen.push(frame.clone());
                super::device::honest(from, frame)
            });
        }
        let malice = [3, 10, 30, 80][random.below(4) as usize];
        let mut middle = Middle { random: Seeded::new(seed), malice, seen, held: Vec::new(), tried };
        run(&mut a, &mut b, &mut middle);
        tried = middle.tried;
        match (a.file_key(), b.file_key()) {
            (Some(of_a), Some(of_b)) => {
                assert_eq!(of_a, of_b, "seed {seed}: two pairings in one");
                proven += 1;
            }
            // One side may not have heard yet; then it has not ended otherwise with another key.
            _ => assert!(a.file_key().is_none() || b.file_key().is_none()),
        }
        let receiver = if a.other_account().is_some() { &a } else { &b };
        assert!(receiver.other_account().is_none_or(|aid| aid == ada().aid()), "seed {seed}: another account");
    }
    for (name, fields) in
        [("hello A", 4), ("typed hello", 5), ("reply", 8), ("typed reply", 9), ("confirm", 2), ("sealed", 2)]
    {
        for field in 0..fields {
            assert!(tried.contains_key(&(name, field)), "field {field} of {name} was never changed: {tried:?}");
        }
    }
    assert!(proven > runs / 10, "the middle is not so hostile that nothing was tested: {proven}");
}
