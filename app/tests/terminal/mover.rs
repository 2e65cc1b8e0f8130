//! Moves between two running programs, each of which may be killed, and is started again as a person would do it: by the
//! same command. Everything is seeded; the number of kills is the caller's.

use crate::nyx::{Ended, PASSWORD, Place, Talk};
use nyx_testkit::seed::Seeded;
use serde_json::Value;
use std::{
    fs,
    process::{Command, Stdio},
    sync::{
        Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

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
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// After how many words about its progress it is killed, or told to stop.
    ends_after: Option<usize>,
    by: &'static str,
    /// How long it goes on after that word.
    lingers_ms: u64,
    /// Somebody writes this on the device while it goes on.
    writes: Option<String>,
    /// At which step its power is cut, in the words of `NYX_POWER_CUT`.
    cut: Option<&'static str>,
}

/// What a run told, and how it ended.
#[derive(Debug)]
pub(crate) struct Heard {
    events: Vec<Value>,
    ended: Ended,
    /// What was written on the device meanwhile, and taken.
    pub(crate) written: Option<String>,
}

/// What one device shows and the other is given.
pub(crate) struct Between {
    links: (Sender<String>, Mutex<Receiver<String>>),
    digits: (Sender<String>, Mutex<Receiver<String>>),
    /// The programs that run, and whether they still may.
    running: Mutex<Option<Vec<u32>>>,
}

impl Life {
    pub(crate) const fn whole() -> Self {
        Self { ends_after: None, by: "", lingers_ms: 0, writes: None, cut: None }
    }

    pub(crate) fn writes(self, text: &str) -> Self {
        Self { writes: Some(text.into()), ..self }
    }

    pub(crate) fn lingers_ms(self, lingers_ms: u64) -> Self {
        Self { lingers_ms, ..self }
    }

    /// Its person presses Ctrl-C as soon as something goes on.
    pub(crate) const fn cancelled() -> Self {
        Self { ends_after: Some(1), by: "INT", lingers_ms: 0, writes: None, cut: None }
    }

    /// The power goes at this step.
    pub(crate) const fn cut(step: &'static str) -> Self {
        Self { ends_after: None, by: "", lingers_ms: 0, writes: None, cut: Some(step) }
    }

    pub(crate) const fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    pub(crate) const fn ends_early(&self) -> bool {
        self.cut.is_some() || self.ends_after.is_some()
    }

    pub(crate) const fn killed(after: usize) -> Self {
        Self { ends_after: Some(after), by: "KILL", lingers_ms: 0, writes: None, cut: None }
    }
}

impl Move {
    /// With files of these sizes in the account.
    pub(crate) fn new(random: &mut Seeded, sizes: &[usize]) -> Self {
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

    fn start(&self, side: Side, life: &Life) -> Talk {
        let place = self.place(side);
        let command = match side {
            Side::Old => "send",
            Side::New => "receive",
        };
        let (password, interface) = (place.path("password"), ["--interface", "lo"]);
        let shared = ["--json", "--password-file", password.to_str().unwrap()];
        let mut command = place.command(&[&[command][..], &interface, &shared].concat());
        Talk::begin(command.envs(life.cut.map(|step| ("NYX_POWER_CUT", step))))
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

    /// One run of one program, with the answers of its person.
    pub(crate) fn live(&self, side: Side, life: Life, between: &Between) -> Heard {
        let mut running = between.running.lock().unwrap();
        let Some(ids) = running.as_mut() else { panic!("the other side failed, or took too long") };
        let mut talk = self.start(side, &life);
        ids.push(talk.id());
        drop(running);
        let (mut events, mut steps, mut is_told, mut written) = (Vec::new(), 0, false, None);
        while let Some(event) = talk.try_hear() {
            match (event["event"].as_str().unwrap(), event["what"].as_str()) {
                ("ticket", _) => between.links.0.send(event["link"].as_str().unwrap().to_owned()).unwrap(),
                ("sas", _) => between.digits.0.send(event["digits"].as_str().unwrap().to_owned()).unwrap(),
                ("ask", Some("link")) => talk.answer(&between.links.1.lock().unwrap().recv().unwrap()),
                ("ask", Some("sas")) => talk.answer(&between.digits.1.lock().unwrap().recv().unwrap()),
                ("ask", Some("confirm")) => talk.answer("yes"),
                ("progress", _) => {
                    if let Some(text) = life.writes.as_ref().filter(|_| !is_told) {
                        let noted = self.place(side).run(&["note", text], PASSWORD);
                        written = (noted.code == 0).then(|| text.clone());
                    }
                    is_told = true;
                    // Once something has arrived, both have something to go on with. Who cancels does not go on.
                    steps += usize::from(event["done"] != 0 || life.by == "INT");
                    if life.ends_after == Some(steps) && steps > 0 {
                        thread::sleep(Duration::from_millis(life.lingers_ms));
                        talk.signal(life.by);
                    }
                }
                _ => {}
            }
            events.push(event);
        }
        Heard { events, ended: talk.wait(), written }
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
    pub(crate) fn new() -> Self {
        let (link, links) = channel();
        let (digits, typed) = channel();
        Self {
            links: (link, Mutex::new(links)),
            digits: (digits, Mutex::new(typed)),
            running: Mutex::new(Some(Vec::new())),
        }
    }

    /// Nobody waits any longer: what runs is killed, and nothing is started.
    pub(crate) fn give_up(&self) {
        for id in self.running.lock().unwrap().take().into_iter().flatten() {
            // It may have ended.
            let _ = Command::new("kill").args(["-KILL", &id.to_string()]).stderr(Stdio::null()).status();
        }
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

    pub(crate) const fn has_ended(&self, code: i32) -> bool {
        self.ended.code == code
    }

    /// It was killed when all was done, and there is nothing to go on with.
    pub(crate) fn is_over(&self) -> bool {
        self.events.iter().any(|event| event["kind"] == "account-moved")
    }

    /// How much of the account the other side has kept, each time it was told.
    pub(crate) fn kept(&self) -> impl Iterator<Item = u64> {
        self.events.iter().filter(|event| event["event"] == "progress").filter_map(|event| event["done"].as_u64())
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
