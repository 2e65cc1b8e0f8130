//! A device in a test: the machines behind one face, its driver, and what its person sees.

use super::{super::*, std::sync::LazyLock};
use alloc::{format, string::String, vec::Vec};
use nyx_crypto::{
    account::{AccountRootKey, Aid, OperatingKey},
    pairing::{Digits, Speaker},
    secret::Secret,
    signature::Verified,
};
use nyx_wire::{
    identity::{DeviceName, OpKeyCert},
    pairing::{Described, Hints, SignalUrl, Ticket},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

impl Owner {
    /// What nobody on the way may see of it.
    pub(super) fn marks(&self) -> Vec<Vec<u8>> {
        let cert = nyx_wire::codec::encode(self.cert.signed());
        let words = self.aid().words().map(|word| word.as_bytes().to_vec());
        let whole = [self.name.as_bytes().to_vec(), self.aid().as_bytes().to_vec(), self.ark.public().to_vec(), cert];
        [whole.as_slice(), words.as_slice()].concat()
    }
}

/// An account with what it takes to speak for it.
pub(super) struct Owner {
    pub(super) name: &'static str,
    ark: AccountRootKey,
    opkey: OperatingKey,
    cert: Verified<OpKeyCert>,
}

impl Owner {
    pub(super) fn new(name: &'static str, seed: u8) -> Self {
        let ark = AccountRootKey::from_seed(&Secret::from_bytes([seed; 32]));
        let opkey = OperatingKey::from_seed(Secret::from_bytes([seed ^ 0x80; 32]));
        let cert = ark.certify(&opkey, 1).unwrap();
        Self { name, ark, opkey, cert }
    }

    pub(super) fn aid(&self) -> Aid {
        self.ark.aid()
    }

    pub(super) fn speaker(&self) -> Speaker<'_> {
        Speaker { ark: self.ark.public(), cert: &self.cert, opkey: &self.opkey }
    }

    pub(super) fn sends(&self) -> Intent {
        Intent::Send(self.account())
    }

    pub(super) fn account(&self) -> Account {
        Account { name: name(self.name), aid: self.aid(), bytes: 1 << 30 }
    }
}

pub(super) fn ada() -> &'static Owner {
    static ADA: LazyLock<Owner> = LazyLock::new(|| Owner::new("Ada", 1));
    &ADA
}

/// Takes part, and has another account. It calls itself what the other is called.
pub(super) fn mallory() -> &'static Owner {
    static MALLORY: LazyLock<Owner> = LazyLock::new(|| Owner::new("Ada", 66));
    &MALLORY
}

pub(super) fn name(text: &str) -> DeviceName {
    DeviceName::new(text).unwrap()
}

pub(super) fn receives() -> Intent {
    Intent::Receive { device: name("New laptop") }
}

pub(super) fn checks(text: &str) -> Intent {
    Intent::Check { device: name(text) }
}

fn hints() -> Hints {
    let signal = SignalUrl::new("wss://nyx.example/v1").unwrap();
    Hints::new(Some(signal), &["192.168.1.7:4000".parse().unwrap()], &["192.168.1.7:4001".parse().unwrap()]).unwrap()
}

pub(super) fn shows(intent: Intent, now_ms: u64, rng: &mut ChaCha20Rng) -> (Showing, Ticket) {
    Showing::ticket(TicketBegun::new(rng), intent, hints(), now_ms, rng)
}

pub(super) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A device with its driver: it offers and answers connections as soon as it is asked to, and has one candidate.
pub(super) struct Device {
    meeting: Option<Meeting>,
    rng: ChaCha20Rng,
    pub(super) offers: Vec<String>,
    pub(super) answers: Vec<String>,
    pub(super) candidates: Vec<String>,
    /// What it said first, if it shows a code.
    pub(super) first_hello: Vec<u8>,
}

impl Device {
    pub(super) fn new(meeting: Meeting, seed: u64) -> Self {
        let (offers, answers, candidates) = (Vec::new(), Vec::new(), Vec::new());
        let first_hello = meeting.frames().first().cloned().unwrap_or_default();
        Self { meeting: Some(meeting), rng: rng(seed), offers, answers, candidates, first_hello }
    }

    pub(super) fn shows(intent: Intent, now_ms: u64, seed: u64) -> (Self, Ticket) {
        let (showing, ticket) = shows(intent, now_ms, &mut rng(seed));
        (Self::new(Meeting::showing(showing), seed + 1), ticket)
    }

    pub(super) fn scans(ticket: &Ticket, intent: Intent, now_ms: u64, seed: u64) -> Self {
        Self::new(Meeting::of_ticket(ticket, intent, now_ms).unwrap(), seed)
    }

    fn meeting(&self) -> &Meeting {
        self.meeting.as_ref().unwrap()
    }

    pub(super) fn frames(&self) -> Vec<Vec<u8>> {
        self.meeting().frames()
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.meeting().due_ms()
    }

    /// What the device sends in answer.
    pub(super) fn frame(&mut self, frame: &[u8], now_ms: u64) -> Vec<Vec<u8>> {
        let mut rng = self.rng.clone();
        let mut sent = self.change(now_ms, |meeting| meeting.handle_frame(frame, now_ms, &mut rng));
        self.rng = rng;
        if matches!(self.meeting().view(), View::Offer) {
            sent.extend(self.change(now_ms, |meeting| meeting.handle_offer(Described::new(b"offer"), now_ms)));
            sent.extend(self.candidate("of the one that scans", now_ms));
        }
        sent
    }

    pub(super) fn time(&mut self, now_ms: u64) -> Vec<Vec<u8>> {
        self.change(now_ms, |meeting| meeting.handle_time(now_ms))
    }

    pub(super) fn decide(&mut self, yes: bool, now_ms: u64) -> Vec<Vec<u8>> {
        self.change(now_ms, |meeting| meeting.handle_decision(yes, now_ms))
    }

    pub(super) fn type_digits(&mut self, typed: &str, owner: &Owner, now_ms: u64) -> Vec<Vec<u8>> {
        let digits = Digits::parse(typed).unwrap();
        self.change(now_ms, |meeting| meeting.handle_digits(&digits, &owner.speaker(), now_ms))
    }

    pub(super) fn speak(&mut self, owner: &Owner, now_ms: u64) -> Vec<Vec<u8>> {
        self.change(now_ms, |meeting| meeting.handle_speaker(&owner.speaker(), now_ms))
    }

    pub(super) fn cancel(&mut self, now_ms: u64) -> Vec<Vec<u8>> {
        self.change(now_ms, Meeting::cancel)
    }

    pub(super) fn restart(&mut self, link: &str, now_ms: u64) -> Vec<Vec<u8>> {
        let link = Described::new(link.as_bytes()).unwrap();
        self.change(now_ms, |meeting| meeting.handle_restart(link, now_ms))
    }

    fn candidate(&mut self, line: &str, now_ms: u64) -> Vec<Vec<u8>> {
        let line = Described::place(line.as_bytes()).unwrap();
        self.change(now_ms, |meeting| meeting.handle_candidate(line, now_ms))
    }

    fn change(&mut self, now_ms: u64, change: impl FnOnce(Meeting) -> (Meeting, Vec<Output>)) -> Vec<Vec<u8>> {
        let outputs = self.apply(change);
        self.drive(outputs, now_ms)
    }

    fn apply(&mut self, change: impl FnOnce(Meeting) -> (Meeting, Vec<Output>)) -> Vec<Output> {
        let (meeting, outputs) = change(self.meeting.take().unwrap());
        self.meeting = Some(meeting);
        outputs
    }

    fn drive(&mut self, outputs: Vec<Output>, now_ms: u64) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        for output in outputs {
            match output {
                Output::Send(frame) => sent.push(frame),
                Output::Candidate(place) => self.candidates.push(text(&place)),
                Output::Answer(link) => self.answers.push(text(&link)),
                Output::Offer(link) => {
                    self.offers.push(text(&link));
                    let answer = Described::new(b"answer").unwrap();
                    let answer = self.apply(|meeting| meeting.handle_answer(answer, now_ms));
                    sent.extend(self.drive(answer, now_ms));
                    sent.extend(self.candidate("of the one that shows", now_ms));
                }
            }
        }
        sent
    }

    /// What its person would look at before saying "this is my account".
    pub(super) fn question(&self) -> Option<String> {
        let View::Recognise { name, words, .. } = self.meeting().view() else { return None };
        Some(format!("{} {}", name.as_str(), words.join(" ")))
    }

    /// The digits on its screen.
    pub(super) fn screen(&self) -> Option<String> {
        let View::Show(digits) = self.meeting().view() else { return None };
        Some(digits.groups().as_flattened().iter().collect())
    }

    /// Whether it asks for digits.
    pub(super) fn asks(&self) -> bool {
        matches!(self.meeting().view(), View::Type(_))
    }

    pub(super) fn has_met(&self) -> bool {
        self.meeting().has_met()
    }

    pub(super) fn is_over(&self) -> bool {
        self.burnt().is_some()
    }

    pub(super) fn burnt(&self) -> Option<BurntReason> {
        let View::Over(burnt) = self.meeting().view() else { return None };
        Some(burnt.why)
    }

    /// The key of the transfer, if the meeting has led to one: an export, or an import, could begin.
    pub(super) fn file_key(&self) -> Option<[u8; 32]> {
        self.meeting().file_key()
    }

    /// The account that the other side has proved to be.
    pub(super) fn other_account(&self) -> Option<Aid> {
        match self.meeting().view() {
            View::Proven(Peer::Account { aid, .. }) => Some(*aid),
            View::Introduced { aid, .. } => Some(aid),
            _ => None,
        }
    }

    /// What it knows of the other, in a check.
    pub(super) fn known(&self) -> Option<(DeviceName, Digits)> {
        let View::Known { name, digits } = self.meeting().view() else { return None };
        Some((name.clone(), digits.clone()))
    }

    /// Ends here and says what a contact begins with.
    pub(super) fn acquainted(mut self) -> Acquainted {
        self.meeting.take().unwrap().acquaint().unwrap()
    }

    /// Ends here and says what a move begins with.
    pub(super) fn settled(mut self) -> Settled {
        self.meeting.take().unwrap().settle().unwrap()
    }
}

fn text(described: &Described) -> String {
    String::from_utf8(described.as_bytes().to_vec()).unwrap()
}

/// Hands frames to and fro until nobody has anything to say; a person acts whenever the devices ask something.
/// `way` may do to a frame what it wants: it gets the sender and the frame, and what it gives back arrives.
pub(super) fn talk(
    a: &mut Device,
    b: &mut Device,
    owner: &Owner,
    now_ms: u64,
    mut way: impl FnMut(usize, Vec<u8>) -> Vec<(usize, Vec<u8>)>,
) {
    let mut queue: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut sent = |from: usize, frames: Vec<Vec<u8>>, queue: &mut Vec<(usize, Vec<u8>)>| {
        for frame in frames {
            queue.extend(way(from, frame));
        }
    };
    let (first, other) = (a.frames(), b.frames());
    sent(0, first, &mut queue);
    sent(1, other, &mut queue);
    loop {
        while !queue.is_empty() {
            let (to, frame) = queue.remove(0);
            let device = if to == 0 { &mut *a } else { &mut *b };
            let answers = device.frame(&frame, now_ms);
            sent(to, answers, &mut queue);
        }
        let acted = act(a, b, owner, now_ms);
        if acted.is_empty() {
            return;
        }
        for (from, frames) in acted {
            sent(from, frames, &mut queue);
        }
    }
}

/// The person: recognises the account by name and words, and types what the other screen shows. Looks at these two
/// devices and at no other.
pub(super) fn act(a: &mut Device, b: &mut Device, owner: &Owner, now_ms: u64) -> Vec<(usize, Vec<Vec<u8>>)> {
    let mine = format!("{} {}", owner.name, owner.aid().words().join(" "));
    let mut acted = Vec::new();
    for (place, device) in [(0, &mut *a), (1, &mut *b)] {
        if let Some(question) = device.question() {
            acted.push((place, device.decide(question == mine, now_ms)));
        }
    }
    let screens = [a.screen(), b.screen()];
    for (place, device) in [(0, &mut *a), (1, &mut *b)] {
        if let (true, Some(digits)) = (device.asks(), &screens[1 - place]) {
            acted.push((place, device.type_digits(digits, owner, now_ms)));
        }
    }
    acted
}

/// A way that changes nothing.
pub(super) fn honest(from: usize, frame: Vec<u8>) -> Vec<(usize, Vec<u8>)> {
    [(1 - from, frame)].into()
}

/// A pair in the usual direction: the new device shows, the old one scans.
pub(super) fn pair(seed: u64) -> (Device, Device) {
    let (a, ticket) = Device::shows(receives(), 0, seed);
    (a, Device::scans(&ticket, ada().sends(), 0, seed + 2))
}

pub(super) fn assert_proven(a: &Device, b: &Device) {
    assert!(a.file_key().is_some(), "{:?} {:?}", a.burnt(), b.burnt());
    assert_eq!(a.file_key(), b.file_key());
}

/// Frames to and fro without anybody acting.
pub(super) fn pass(a: &mut Device, b: &mut Device, now_ms: u64) {
    let mut queue: Vec<(usize, Vec<u8>)> = a.frames().into_iter().map(|frame| (1, frame)).collect();
    while !queue.is_empty() {
        let (to, frame) = queue.remove(0);
        let device = if to == 0 { &mut *a } else { &mut *b };
        queue.extend(device.frame(&frame, now_ms).into_iter().map(|frame| (1 - to, frame)));
    }
}

/// Until the digits show on one side and are asked for on the other.
pub(super) fn meet(a: &mut Device, b: &mut Device) {
    pass(a, b, 1_000);
    for (yes, other) in [(0, 1), (1, 0)] {
        let both = [&mut *a, &mut *b];
        if both[yes].question().is_some() {
            for frame in both[yes].decide(true, 1_000) {
                both[other].frame(&frame, 1_000);
            }
        }
    }
    assert!(a.asks() || b.asks());
}
