//! Two programs between which an account moves, and one who watches both: carries what one shows to the other, and says yes where nothing
//! else was said.

use crate::{
    mover::Side,
    nyx::{Ended, Place, below, plain},
};
use nyx_testkit::hosts::Namespace;
use serde_json::Value;
use std::{
    collections::VecDeque,
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, Command},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

/// Two programs at work. Dropping it ends them.
pub(crate) struct Watched {
    running: [Running; 2],
    told: Receiver<(Side, Option<Value>)>,
    tells: Sender<(Side, Option<Value>)>,
    seen: Vec<(Side, Instant, Value)>,
    /// The code that each shows.
    codes: [Option<String>; 2],
    digits: Option<String>,
}

struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    /// The question that nobody has answered yet.
    asked: Option<String>,
    /// What is answered before what goes without saying; `None`: nothing.
    answers: VecDeque<(String, Option<String>)>,
    has_ended: bool,
}

/// A command of a move, with its password, that tells events. Where no network is given it stays on loopback.
pub(crate) fn command(place: &Place, network: Option<&Namespace>, arguments: &[&str]) -> Command {
    let password = place.path("password");
    let shared = ["--json", "--password-file", password.to_str().unwrap()];
    let Some(network) = network else {
        return place.command(&[arguments, &["--interface", "lo"], &shared].concat());
    };
    below(|program| network.command(program), &place.command(&[arguments, &shared].concat()))
}

impl Watched {
    /// Starts the old device's program and the new one's.
    pub(crate) fn begin(old: Command, new: Command) -> Self {
        let (tells, told) = channel();
        let running = [Running::begin(Side::Old, old, &tells), Running::begin(Side::New, new, &tells)];
        Self { running, told, tells, seen: Vec::new(), codes: [None, None], digits: None }
    }

    /// One of them has ended; its person starts it again. Tells how it ended.
    pub(crate) fn again(&mut self, side: Side, command: Command) -> Ended {
        while !self.running[side as usize].has_ended {
            self.next();
        }
        let ended = self.ended(side);
        self.seen.retain(|(of, ..)| *of != side);
        self.running[side as usize] = Running::begin(side, command, &self.tells);
        ended
    }

    /// Its person answers this question so when it is asked next, instead of what is right.
    pub(crate) fn will_answer(&mut self, side: Side, what: &str, answer: &str) {
        self.running[side as usize].answers.push_back((what.into(), Some(answer.into())));
    }

    /// Its person does not answer this question.
    pub(crate) fn will_ponder(&mut self, side: Side, what: &str) {
        self.running[side as usize].answers.push_back((what.into(), None));
    }

    /// What is told next, once its question was answered; `None`: both have ended.
    pub(crate) fn next(&mut self) -> Option<(Side, Value)> {
        while self.running.iter().any(|running| !running.has_ended) {
            let told = self.told.recv_timeout(PATIENCE);
            let (side, event) = told.unwrap_or_else(|_| panic!("nothing happens any more: {:#?}", self.seen));
            let Some(event) = event else {
                self.running[side as usize].has_ended = true;
                continue;
            };
            let text = |field: &str| event[field].as_str().map(str::to_owned);
            match event["event"].as_str().unwrap() {
                "ticket" => self.codes[side as usize] = text("link").or_else(|| text("code")),
                "sas" => self.digits = text("digits"),
                "ask" => self.running[side as usize].asked = text("what"),
                _ => {}
            }
            self.attend();
            self.seen.push((side, Instant::now(), event.clone()));
            return Some((side, event));
        }
        None
    }

    /// Until one of them tells this.
    #[track_caller]
    pub(crate) fn until(&mut self, of: Side, mut is_it: impl FnMut(&Value) -> bool) -> Value {
        loop {
            match self.next() {
                Some((side, event)) if side == of && is_it(&event) => return event,
                Some(_) => {}
                None => panic!("it never came: {}", self.story()),
            }
        }
    }

    /// Until all of these were told, in whatever order.
    #[track_caller]
    pub(crate) fn until_all(&mut self, mut told: Vec<(Side, &str)>) {
        while !told.is_empty() {
            let Some((side, event)) = self.next() else { panic!("{told:?} never came: {}", self.story()) };
            told.retain(|(of, name)| !(*of == side && event["event"] == *name));
        }
    }

    /// Until it tells something of this name.
    #[track_caller]
    pub(crate) fn until_named(&mut self, of: Side, name: &str) -> Value {
        self.until(of, |event| event["event"] == name)
    }

    /// Until the bytes go: something of the account has arrived, and not all.
    #[track_caller]
    pub(crate) fn until_under_way(&mut self) {
        let progress = self.until(Side::Old, |event| event["event"] == "progress" && event["done"] != 0);
        let [done, total] = ["done", "total"].map(|field| progress[field].as_u64().unwrap());
        assert!(done < total, "it is over already: {progress}");
    }

    /// Both to their end.
    pub(crate) fn end(mut self) -> [Ended; 2] {
        while self.next().is_some() {}
        println!("longest without a word: {:?}", self.longest_silence());
        [Side::Old, Side::New].map(|side| self.ended(side))
    }

    fn ended(&mut self, side: Side) -> Ended {
        let mut out = String::new();
        for (_, _, event) in self.seen.iter().filter(|(of, ..)| *of == side) {
            writeln!(out, "{event}").unwrap();
        }
        let child = &mut self.running[side as usize].child;
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        Ended { code: child.wait().unwrap().code().unwrap_or(-1), out, err }
    }

    pub(crate) fn signal(&self, side: Side, name: &str) {
        let id = self.running[side as usize].child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let id = children.split_whitespace().next().map_or(id.to_string(), str::to_owned);
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// What was told, without what goes on all the time.
    pub(crate) fn story(&self) -> String {
        let told = self.seen.iter().filter(|(_, _, event)| event["event"] != "progress");
        told.map(|(side, _, event)| format!("{side:?} {event}\n")).collect()
    }

    fn attend(&mut self) {
        for side in [Side::Old, Side::New] {
            let running = &mut self.running[side as usize];
            let Some(what) = &running.asked else { continue };
            let said = running.answers.iter().position(|(to, _)| to == what);
            let answer = match (said, what.as_str()) {
                (Some(place), _) if running.answers[place].1.is_none() => None,
                (Some(place), _) => running.answers.remove(place).and_then(|(_, answer)| answer),
                (None, "link") => self.codes[1 - side as usize].take(),
                (None, "sas") => self.digits.clone(),
                (None, "confirm") => Some("yes".into()),
                (None, _) => None,
            };
            if let (Some(answer), Some(stdin)) = (answer, &mut running.stdin) {
                running.asked = None;
                // It may have ended since it asked.
                let _ = writeln!(stdin, "{answer}");
            }
        }
    }

    /// Of each, once both have met.
    fn longest_silence(&self) -> [Duration; 2] {
        [Side::Old, Side::New].map(|side| {
            let times = self.seen.iter().filter(|(of, ..)| *of == side).map(|(_, at, event)| (*at, event));
            let met: Vec<Instant> = times.skip_while(|(_, event)| event["event"] != "peer").map(|(at, _)| at).collect();
            met.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
        })
    }
}

impl Running {
    fn begin(side: Side, mut command: Command, tells: &Sender<(Side, Option<Value>)>) -> Self {
        plain(&mut command);
        let mut child = command.spawn().unwrap();
        let (stdin, out, tells) = (child.stdin.take(), child.stdout.take().unwrap(), tells.clone());
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // One that was killed in the middle of a line; whoever listened may be gone.
                let Ok(event) = serde_json::from_str(&line) else { break };
                let _ = tells.send((side, Some(event)));
            }
            let _ = tells.send((side, None));
        });
        Self { child, stdin, asked: None, answers: VecDeque::new(), has_ended: false }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        for side in [Side::Old, Side::New] {
            if !self.running[side as usize].has_ended {
                self.signal(side, "KILL");
            }
            let child = &mut self.running[side as usize].child;
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Longer than anything takes on a busy machine; only what is stuck gets here.
const PATIENCE: Duration = Duration::from_secs(120);
