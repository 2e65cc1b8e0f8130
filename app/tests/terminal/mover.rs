//! Moves between two running programs, each of which may be killed, and is started again as a person would do it: by the
//! same command. Everything is seeded; the number of kills is the caller's.

use crate::nyx::{Ended, PASSWORD, Place, Talk};
use nyx_testkit::{hosts::Pair, seed::Seeded};
use serde_json::Value;
use std::{
    fs::{self, File},
    ops::AddAssign,
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
    /// Where the two can meet besides the place that the new one hosts.
    pub(crate) signal: Option<String>,
    /// Most chunks under way, where it is fewer than the program allows by itself.
    pub(crate) window: Option<u64>,
    /// The old one on the left, the new one on the right; otherwise both are on this machine.
    pub(crate) networks: Option<Pair>,
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
    /// Its person gives up once it is said that nothing goes on.
    is_impatient: bool,
}

/// What a run told, and how it ended.
#[derive(Debug)]
pub(crate) struct Heard {
    events: Vec<Value>,
    ended: Ended,
    /// What was written on the device meanwhile, and taken.
    pub(crate) written: Option<String>,
    /// What it handed to its links.
    pub(crate) sent: Sent,
}

/// What a program handed to its links, as it says in its log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) links: u64,
    pub(crate) bytes: u64,
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
        Self { ends_after: None, by: "", lingers_ms: 0, writes: None, cut: None, is_impatient: false }
    }

    pub(crate) fn writes(self, text: &str) -> Self {
        Self { writes: Some(text.into()), ..self }
    }

    pub(crate) fn lingers_ms(self, lingers_ms: u64) -> Self {
        Self { lingers_ms, ..self }
    }

    /// Its person presses Ctrl-C as soon as something goes on.
    pub(crate) fn cancelled() -> Self {
        Self { ends_after: Some(1), by: "INT", ..Self::whole() }
    }

    /// Its person presses Ctrl-C as soon as nothing goes on.
    pub(crate) fn impatient() -> Self {
        Self { is_impatient: true, ..Self::whole() }
    }

    /// The power goes at this step.
    pub(crate) fn cut(step: &'static str) -> Self {
        Self { cut: Some(step), ..Self::whole() }
    }

    pub(crate) fn killed(after: usize) -> Self {
        Self { ends_after: Some(after), by: "KILL", ..Self::whole() }
    }

    pub(crate) const fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    pub(crate) const fn ends_early(&self) -> bool {
        self.cut.is_some() || self.ends_after.is_some()
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
        Self { old, new, signal: None, window: None, networks: None }
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
        let password = place.path("password");
        let shared = [command, "--json", "--password-file", password.to_str().unwrap()];
        let signal: Vec<&str> = self.signal.iter().flat_map(|url| ["--signal", url]).collect();
        let arguments = [&shared[..], &signal].concat();
        let mut command = match (&self.networks, side) {
            (Some(pair), Side::Old) => place.command_on(&pair.left, &arguments),
            (Some(pair), Side::New) => place.command_on(&pair.right, &arguments),
            (None, _) => place.command(&[&arguments[..], &["--interface", "lo"]].concat()),
        };
        command.envs(life.cut.map(|step| ("NYX_POWER_CUT", step)));
        command.envs(self.window.map(|chunks| ("NYX_CREDIT_CHUNKS", chunks.to_string())));
        // A file: nobody reads it while the program runs, and all of it is there whatever becomes of the program.
        command.env("NYX_LOG", LOG).stderr(File::create(place.path("log")).unwrap());
        Talk::begin(&mut command)
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
                ("stalled", _) if life.is_impatient => talk.signal("INT"),
                _ => {}
            }
            events.push(event);
        }
        let (mut ended, log) = (talk.wait(), fs::read_to_string(self.place(side).path("log")).unwrap());
        let (counted, said): (Vec<&str>, _) = log.lines().partition(|line| line.contains("TRACE"));
        ended.err = said.join("\n");
        Heard { events, ended, written, sent: Sent::counted(&counted) }
    }

    #[track_caller]
    pub(crate) fn assert_moved(&self) {
        assert_moved(&self.old, &self.new);
    }
}

impl AddAssign for Sent {
    fn add_assign(&mut self, more: Self) {
        self.links += more.links;
        self.bytes += more.bytes;
    }
}

impl Sent {
    fn counted(log: &[&str]) -> Self {
        let bytes = log.iter().filter_map(|line| line.rsplit_once(" bytes=")?.1.parse::<u64>().ok()).sum();
        Self { links: log.iter().filter(|line| line.ends_with("a link stands")).count() as u64, bytes }
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
    pub(crate) fn is_over(&self, side: Side) -> bool {
        let over = match side {
            Side::Old => "account-moved",
            Side::New => "account-exists",
        };
        self.events.iter().any(|event| event["kind"] == over)
    }

    /// How many bytes the whole account has, where that was told.
    pub(crate) fn total(&self) -> Option<u64> {
        self.events.iter().filter_map(|event| event["total"].as_u64()).next_back()
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

/// The account is on the new device, and nowhere else.
#[track_caller]
pub(crate) fn assert_moved(old: &Place, new: &Place) {
    let [one, other] = [old, new].map(|place| {
        let verified = place.run(&["verify", "--json"], PASSWORD);
        verified.assert_done();
        verified.event("verified")["content_hash"].clone()
    });
    assert_eq!(one, other, "another content");
    let states = [old, new].map(|place| place.run(&["status", "--json"], PASSWORD).event("account"));
    assert_eq!((&states[0]["state"], &states[1]["state"]), (&"moved".into(), &"active".into()));
    assert_eq!(states[0]["aid"], states[1]["aid"]);
    let beside = fs::read_dir(new.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = beside.filter(|name| name.to_string_lossy().starts_with("home.")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What is counted, and what else matters.
const LOG: &str = "error,nyx_p2p::moving=trace";
