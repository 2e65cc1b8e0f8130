//! Somebody else wants to be the one who scanned.

use super::device::{Device, ada, mallory, receives};
use alloc::{vec, vec::Vec};
use nyx_testkit::seed::Seeded;

/// Three devices in a room that should have two: the one that shows, the one that is meant, and one that is not.
struct Race {
    devices: [Device; 3],
    queue: Vec<(usize, Vec<u8>)>,
    random: Seeded,
    now_ms: u64,
}

const A: usize = 0;
const MEANT: usize = 1;
const THIRD: usize = 2;

impl Race {
    /// Whoever has the room hears everything, and everybody can be first.
    fn send(&mut self, from: usize, frames: Vec<Vec<u8>>) {
        for frame in frames {
            let heard: &[usize] = match from {
                A => &[MEANT, THIRD],
                THIRD => &[A, MEANT],
                _ => &[A, THIRD],
            };
            for to in heard {
                let place = self.random.below(self.queue.len() as u64 + 1) as usize;
                self.queue.insert(place, (*to, frame.clone()));
            }
        }
    }

    fn run(&mut self, shows_sends: bool) {
        let hello = self.devices[A].frames();
        self.send(A, hello);
        for _ in 0..120 {
            self.now_ms += 10;
            if !self.queue.is_empty() {
                let (to, frame) = self.queue.remove(0);
                let answers = self.devices[to].frame(&frame, self.now_ms);
                self.send(to, answers);
            } else if !self.people(shows_sends) {
                return;
            }
        }
    }

    /// The person looks at A and at the device that is meant; the third does whatever helps it.
    fn people(&mut self, shows_sends: bool) -> bool {
        let (now_ms, mut acted) = (self.now_ms, false);
        let mine = alloc::format!("{} {}", ada().name, ada().aid().words().join(" "));
        for place in [A, MEANT, THIRD] {
            if let Some(question) = self.devices[place].question() {
                let yes = place == THIRD || question == mine;
                let frames = self.devices[place].decide(yes, now_ms);
                self.send(place, frames);
                acted = true;
            }
        }
        let (holder, shower) = if shows_sends { (A, MEANT) } else { (MEANT, A) };
        if let (true, Some(digits)) = (self.devices[holder].asks(), self.devices[shower].screen()) {
            let frames = self.devices[holder].type_digits(&digits, ada(), now_ms);
            self.send(holder, frames);
            acted = true;
        }
        // The third has the digits of its own meeting with A, and no key of the account.
        if let (true, Some(digits)) = (self.devices[THIRD].asks(), self.devices[A].screen()) {
            let frames = self.devices[THIRD].type_digits(&digits, mallory(), now_ms);
            self.send(THIRD, frames);
            let forged = self.devices[THIRD].type_digits(&digits, ada(), now_ms);
            assert!(forged.is_empty());
            acted = true;
        }
        acted
    }
}

#[test]
fn of_ten_thousand_races_of_a_third_into_the_room_none_is_a_wrong_pairing() {
    let races = nyx_testkit::soak(10_000, 100_000) as u64;
    let mut random = Seeded::from_environment("races");
    let base = random.next_u64() >> 8;
    let (mut right, mut wrong, mut burnt) = (0, 0, 0);
    for number in 0..races {
        let seed = base.wrapping_add(number);
        let shows_sends = random.below(2) == 1;
        let (a, ticket) = Device::shows(if shows_sends { ada().sends() } else { receives() }, 0, seed);
        let mut stolen = ticket.clone();
        // Knowing the room is not having the ticket.
        let has_ticket = random.below(4) > 0;
        if !has_ticket {
            stolen.secret[random.below(32) as usize] ^= 1 << random.below(8);
        }
        let third = match (shows_sends, random.below(2)) {
            (true, _) => receives(),
            // Under the account's own id, or as itself with the account's name.
            (false, 0) => ada().sends(),
            (false, _) => mallory().sends(),
        };
        let meant = if shows_sends { receives() } else { ada().sends() };
        let devices =
            [a, Device::scans(&ticket, meant, 0, seed ^ 1 << 60), Device::scans(&stolen, third, 0, seed ^ 1 << 61)];
        let mut race = Race { devices, queue: vec![], random: Seeded::new(seed), now_ms: 0 };
        race.run(shows_sends);
        let [a, meant, third] = &race.devices;
        match (a.file_key(), meant.file_key()) {
            (Some(one), Some(other)) if one == other => right += 1,
            (None, None) => burnt += u64::from(a.is_over()),
            _ => wrong += 1,
        }
        // The third may say to itself that it is proven; nobody else does.
        let with_third = third.file_key().is_some() && third.file_key() == a.file_key();
        wrong += u64::from(with_third);
        assert_eq!(wrong, 0, "seed {seed}");
        assert!(has_ticket || a.file_key().is_some(), "seed {seed}: a stranger burnt a ticket: {:?}", a.burnt());
    }
    assert!(right > races / 5 && burnt > races / 10, "{races} races: {right} right, {burnt} burnt");
}
