//! Moves between two running programs, each of which may be killed, and is started again as a person would do it: by the
//! same command. Everything is seeded; the number of kills is the caller's.

use crate::nyx::{Ended, PASSWORD, Place, Talk};
use serde_json::Value;
use std::{
    fs,
    sync::{
        Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// Repeatable randomness (SplitMix64). The seed is printed, and taken from `NYX_SEED` where that is set.
pub(crate) struct Seed(u64);

impl Seed {
    #[expect(clippy::print_stderr, reason = "a failure is repeated by its seed")]
    pub(crate) fn from_environment() -> Self {
        let given = std::env::var("NYX_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
            u64::try_from(now.as_nanos() & u128::from(u64::MAX)).unwrap()
        });
        eprintln!("NYX_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// An old device with an account, and a new one without.
pub(crate) struct Move {
    pub(crate) old: Place,
    pub(crate) new: Place,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    Old,
    New,
}

/// What becomes of one run of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    /// After how many words about its progress it is killed, or told to stop.
    ends_after: Option<usize>,
    by: &'static str,
    /// Somebody writes this on the device while it goes on.
    writes: Option<&'static str>,
}

/// What a run told, and how it ended.
pub(crate) struct Heard {
    events: Vec<Value>,
    ended: Ended,
}

/// What one device shows and the other is given.
struct Between {
    links: (Sender<String>, Mutex<Receiver<String>>),
    digits: (Sender<String>, Mutex<Receiver<String>>),
}

impl Life {
    pub(crate) const fn whole() -> Self {
        Self { ends_after: None, by: "", writes: None }
    }

    pub(crate) const fn writes(self, text: &'static str) -> Self {
        Self { writes: Some(text), ..self }
    }

    /// Its person presses Ctrl-C as soon as something goes on.
    pub(crate) const fn cancelled() -> Self {
        Self { ends_after: Some(1), by: "INT", writes: None }
    }

    const fn killed(after: usize) -> Self {
        Self { ends_after: Some(after), by: "KILL", writes: None }
    }
}

impl Move {
    /// With files of these sizes in the account.
    pub(crate) fn new(random: &mut Seed, sizes: &[usize]) -> Self {
        let (old, new) = (Place::with_account(), Place::empty());
        for (number, size) in sizes.iter().enumerate() {
            let file = old.path(&format!("{number}.bin"));
            let bytes: Vec<u8> = (0..size.div_ceil(8)).flat_map(|_| random.next_u64().to_be_bytes()).collect();
            fs::write(&file, bytes).unwrap();
            old.run(&["note", "a file", "--attach", file.to_str().unwrap()], PASSWORD).assert_done();
        }
        for place in [&old, &new] {
            fs::write(place.path("password"), PASSWORD).unwrap();
        }
        Self { old, new }
    }

    fn place(&self, side: Side) -> &Place {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }

    fn start(&self, side: Side) -> Talk {
        let place = self.place(side);
        let command = match side {
            Side::Old => "send",
            Side::New => "receive",
        };
        let (password, interface) = (place.path("password"), ["--interface", "lo"]);
        let shared = ["--json", "--password-file", password.to_str().unwrap()];
        place.start(&[&[command][..], &interface, &shared].concat())
    }

    /// Both run at once; each to its end.
    pub(crate) fn run(&self, [old, new]: [Life; 2]) -> [Heard; 2] {
        let between = Between::new();
        thread::scope(|scope| {
            let new = scope.spawn(|| self.live(Side::New, new, &between));
            let old = scope.spawn(|| self.live(Side::Old, old, &between));
            [old.join().unwrap(), new.join().unwrap()]
        })
    }

    /// Both run until the account has moved; these sides are killed in the middle, each at a moment of its own, and started
    /// again.
    #[expect(clippy::print_stderr, reason = "a failure is repeated by what happened")]
    pub(crate) fn run_through(&self, random: &mut Seed, kills: &[Side]) {
        let between = Between::new();
        let lives = |side: Side, random: &mut Seed| -> Vec<Life> {
            let killed = kills.iter().filter(|kill| **kill == side);
            let mut lives: Vec<Life> = killed.map(|_| Life::killed(1 + (random.next_u64() % 6) as usize)).collect();
            lives.push(Life::whole());
            lives
        };
        let (old, new) = (lives(Side::Old, random), lives(Side::New, random));
        eprintln!("old: {old:?}, new: {new:?}");
        let last = |side, lives: &[Life]| {
            for life in lives {
                let heard = self.live(side, *life, &between);
                match heard.ended.code {
                    0 => return,
                    // Killed; `setsid` says it in its own way.
                    _ if life.by == "KILL" => {}
                    code => panic!("{side:?} {code}: {:?} {}", heard.events, heard.ended.err),
                }
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| last(Side::New, &new));
            scope.spawn(|| last(Side::Old, &old));
        });
    }

    /// One run of one program, with the answers of its person.
    fn live(&self, side: Side, life: Life, between: &Between) -> Heard {
        let mut talk = self.start(side);
        let (mut events, mut steps) = (Vec::new(), 0);
        while let Some(event) = talk.try_hear() {
            match (event["event"].as_str().unwrap(), event["what"].as_str()) {
                ("ticket", _) => between.links.0.send(event["link"].as_str().unwrap().to_owned()).unwrap(),
                ("sas", _) => between.digits.0.send(event["digits"].as_str().unwrap().to_owned()).unwrap(),
                ("ask", Some("link")) => talk.answer(&between.links.1.lock().unwrap().recv().unwrap()),
                ("ask", Some("sas")) => talk.answer(&between.digits.1.lock().unwrap().recv().unwrap()),
                ("ask", Some("confirm")) => talk.answer("yes"),
                ("progress", _) => {
                    steps += 1;
                    if let Some(text) = life.writes.filter(|_| steps == 1) {
                        self.place(side).run(&["note", text], PASSWORD).assert_done();
                    }
                    if life.ends_after == Some(steps) {
                        talk.signal(life.by);
                    }
                }
                _ => {}
            }
            events.push(event);
        }
        Heard { events, ended: talk.wait() }
    }

    /// The account is on the new device, and nowhere else.
    #[track_caller]
    pub(crate) fn assert_moved(&self) {
        let [one, other] = [&self.old, &self.new].map(|place| {
            let verified = place.run(&["verify", "--json"], PASSWORD);
            verified.assert_done();
            verified.event("verified")["content_hash"].clone()
        });
        assert_eq!(one, other, "another content");
        let states = [&self.old, &self.new].map(|place| place.run(&["status", "--json"], PASSWORD).event("account"));
        assert_eq!((&states[0]["state"], &states[1]["state"]), (&"moved".into(), &"active".into()));
        assert_eq!(states[0]["aid"], states[1]["aid"]);
        let beside = fs::read_dir(self.new.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = beside.filter(|name| name.to_string_lossy().starts_with("home.")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

impl Between {
    fn new() -> Self {
        let (link, links) = channel();
        let (digits, typed) = channel();
        Self { links: (link, Mutex::new(links)), digits: (digits, Mutex::new(typed)) }
    }
}

impl Heard {
    #[track_caller]
    pub(crate) fn assert_ended(&self, code: i32) {
        assert_eq!(self.ended.code, code, "{:?} {}", self.events, self.ended.err);
    }

    #[track_caller]
    pub(crate) fn assert_error(&self, code: i32, kind: &str) {
        self.assert_ended(code);
        assert_eq!(self.event("error")["kind"], kind);
    }

    #[track_caller]
    pub(crate) fn event(&self, name: &str) -> &Value {
        let found = self.events.iter().find(|event| event["event"] == name);
        found.unwrap_or_else(|| panic!("no {name}: {:?}", self.events))
    }

    /// What was told, in its order; what comes as often as it likes is left out.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.events.iter().filter_map(|event| match event["event"].as_str()? {
            "ask" => Some(format!("ask {}", event["what"].as_str()?)),
            "progress" | "stalled" | "resumed" => None,
            name => Some(name.to_owned()),
        });
        names.collect()
    }
}
