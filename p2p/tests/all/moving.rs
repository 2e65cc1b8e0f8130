//! Two engines over loopback: an account moves from one to the other.

use crate::front::{PASSWORD, password};
use nyx_p2p::{
    AccountState, AutoLock, CarriedCode, Clock, Command, Commands, Digits, Event, Events, Failure, Form, Meet, NewNote,
    Password, PasswordCost, PasswordParams, PeerTrouble, Question, Reach, Reply, RequestId, Selection, Setup,
    ShownKind, Source, Stage, SystemClock, WordCount,
};
use nyx_testkit::seed::Seeded;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{cell::Cell, path::Path, sync::Arc, time::Duration};
use tokio::sync::watch;

/// What opens the vault on the new device.
const NEW_PASSWORD: &str = "another horse, another battery";

/// The machine's clock, wrong by so much.
struct Wrong {
    clock: SystemClock,
    by_ms: i64,
}

impl Clock for Wrong {
    fn unix_ms(&self) -> i64 {
        self.clock.unix_ms() + self.by_ms
    }

    fn running(&self) -> Duration {
        self.clock.running()
    }

    fn passed(&self) -> Duration {
        self.clock.passed()
    }
}

const HOUR_MS: i64 = 60 * 60 * 1000;
const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

/// A device, and what it told since it was asked last.
struct Device {
    commands: Commands,
    events: Events,
    stages: Vec<Stage>,
    /// Bytes that are kept.
    arrived: watch::Sender<u64>,
}

/// What a test waits for.
#[derive(Debug)]
enum Next {
    Code(String),
    Met(nyx_p2p::Met),
    Asked(Question),
    Digits(String),
    Stage(Stage),
    Moved([u8; 32]),
    Ended(Result<(), Failure>),
}

fn loopback() -> Reach {
    Reach { interfaces: vec!["lo".into()], ..Reach::default() }
}

impl Device {
    fn at(home: &Path) -> Self {
        Self::with_clock(home, 0)
    }

    /// Whose clock is wrong by so much.
    fn with_clock(home: &Path, by_ms: i64) -> Self {
        let seed = Seeded::from_environment(&home.display().to_string()).next_u64();
        let (commands, events) = nyx_p2p::start(Setup {
            home: home.to_owned(),
            clock: Arc::new(Wrong { clock: SystemClock::new(), by_ms }),
            rng: Box::new(ChaCha20Rng::seed_from_u64(seed)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: Some(nyx_p2p::DeviceName::new("New laptop").unwrap()),
            keyring: None,
            auto_lock: AutoLock::Never,
            has_door: false,
        });
        Self { commands, events, stages: Vec::new(), arrived: watch::Sender::new(0) }
    }

    /// With an account, some notes, and files of several sizes.
    async fn with_account(home: &Path, random: &mut Seeded) -> Self {
        Self::at(home).fill(random, 1_500_000).await
    }

    async fn fill(self, random: &mut Seeded, largest: usize) -> Self {
        let mut device = self;
        let begin = Command::NewAccount { name: "Ayu".into(), password: password(), words: WordCount::Twelve };
        device.run(begin).await.unwrap();
        device.run(Command::PhraseKept).await.unwrap();
        for (number, size) in [0usize, 1, 65_536, 65_537, largest].into_iter().enumerate() {
            let bytes: Vec<u8> =
                (0..size.div_ceil(8)).flat_map(|_| random.next_u64().to_be_bytes()).take(size).collect();
            let file = Source::Bytes { name: format!("file {number}"), bytes: bytes.into() };
            let note = NewNote { text: format!("note {number}"), attachments: vec![file], ..NewNote::default() };
            device.run(Command::Note(note)).await.unwrap();
        }
        device
    }

    /// Its program ends.
    async fn close(self) {
        let Self { commands, mut events, .. } = self;
        drop(commands);
        while events.next().await.is_some() {}
    }

    async fn note(&mut self, text: &str) -> Result<(), Failure> {
        self.run(Command::Note(NewNote { text: text.into(), ..NewNote::default() })).await
    }

    async fn run(&mut self, command: Command) -> Result<(), Failure> {
        let by = self.commands.send(command).await.unwrap();
        loop {
            if let Next::Ended(ended) = self.next(by).await {
                return ended;
            }
        }
    }

    async fn begin(&self, command: Command) -> RequestId {
        self.commands.send(command).await.unwrap()
    }

    async fn answer(&self, reply: Reply) {
        self.commands.send(Command::Answer(reply)).await.unwrap();
    }

    async fn next(&mut self, by: RequestId) -> Next {
        loop {
            let told = self.events.next().await.unwrap();
            if told.by != Some(by) {
                continue;
            }
            return match told.event {
                Event::Code(code) if code.kind == ShownKind::Ticket => Next::Code(code.text().to_owned()),
                Event::Met(met) => Next::Met(met),
                Event::Asked(question) => Next::Asked(question),
                Event::Digits(digits) => Next::Digits(digits.groups().as_flattened().iter().collect()),
                Event::Stage(stage) => {
                    self.stages.push(stage);
                    Next::Stage(stage)
                }
                Event::Moved { manifest_hash, .. } => Next::Moved(manifest_hash),
                Event::Moving(progress) => {
                    self.arrived.send_replace(progress.done);
                    continue;
                }
                Event::Done => Next::Ended(Ok(())),
                Event::Failed(failure) => Next::Ended(Err(failure)),
                _ => continue,
            };
        }
    }

    async fn code(&mut self, by: RequestId) -> String {
        loop {
            match self.next(by).await {
                Next::Code(code) => return code,
                Next::Ended(ended) => panic!("{ended:?}"),
                _ => {}
            }
        }
    }

    async fn content(&mut self) -> [u8; 32] {
        let by = self.begin(Command::Verify).await;
        loop {
            let told = self.events.next().await.unwrap();
            match told.event {
                Event::Verified { content_hash } if told.by == Some(by) => return content_hash,
                Event::Failed(failure) if told.by == Some(by) => panic!("{failure}"),
                _ => {}
            }
        }
    }

    async fn state(&mut self) -> AccountState {
        let by = self.begin(Command::Status).await;
        loop {
            let told = self.events.next().await.unwrap();
            match told.event {
                Event::Account(view) if told.by == Some(by) => return view.state,
                Event::Failed(failure) if told.by == Some(by) => panic!("{failure}"),
                _ => {}
            }
        }
    }
}

/// Both, and the digits on their way from one to the other.
struct Pair {
    old: Device,
    new: Device,
    sends: RequestId,
    receives: RequestId,
}

fn send(meet: Meet) -> Command {
    Command::SendAccount { selection: Selection::default(), meet, reach: loopback() }
}

fn receive(meet: Meet) -> Command {
    let password = Password::new(NEW_PASSWORD).unwrap();
    Command::ReceiveAccount { password, meet, reach: loopback() }
}

impl Pair {
    /// Both meet. `old_shows`: the code is on the old device.
    async fn meet(mut old: Device, mut new: Device, old_shows: bool) -> Self {
        let show = || Meet::Show(Form::Ticket);
        let read = |code: &str| Meet::Read(CarriedCode::new(code));
        let (sends, receives);
        if old_shows {
            sends = old.begin(send(show())).await;
            receives = new.begin(receive(read(&old.code(sends).await))).await;
        } else {
            receives = new.begin(receive(show())).await;
            sends = old.begin(send(read(&new.code(receives).await))).await;
        }
        Self { old, new, sends, receives }
    }

    /// Answers what a person answers who wants it, until both have ended. `written`: a note that is written on the old
    /// device while the bytes go.
    async fn move_over(&mut self, written: Option<&str>) -> ([u8; 32], [u8; 32]) {
        let (tell_digits, digits) = tokio::sync::oneshot::channel();
        let (old, new, sends, receives) = (&mut self.old, &mut self.new, self.sends, self.receives);
        let has_consented = Cell::new(false);
        let sending = async {
            let (mut digits, mut moved) = (Some(digits), None);
            loop {
                match old.next(sends).await {
                    Next::Asked(Question::Digits) => {
                        let typed = digits.take().unwrap().await.unwrap();
                        old.answer(Reply::Digits(typed)).await;
                    }
                    Next::Asked(Question::Password { .. }) => {
                        old.answer(Reply::Password(Password::new(PASSWORD).unwrap())).await;
                    }
                    Next::Asked(Question::Consent) => {
                        has_consented.set(true);
                        old.answer(Reply::Yes).await;
                    }
                    Next::Stage(Stage::Sending) => {
                        if let Some(text) = written {
                            let note = NewNote { text: text.into(), ..NewNote::default() };
                            old.begin(Command::Note(note)).await;
                        }
                    }
                    Next::Moved(hash) => moved = Some(hash),
                    Next::Ended(ended) => {
                        ended.unwrap();
                        return moved.unwrap();
                    }
                    _ => {}
                }
            }
        };
        let receiving = async {
            let (mut tell_digits, mut moved) = (Some(tell_digits), None);
            loop {
                match new.next(receives).await {
                    Next::Met(met) => assert!(met.name == "Ayu" && met.words.is_some() && met.bytes > 0),
                    Next::Asked(Question::Account) => new.answer(Reply::Yes).await,
                    Next::Digits(digits) => {
                        tell_digits.take().unwrap().send(Digits::parse(&digits).unwrap()).unwrap();
                    }
                    // Who comes back is not asked again.
                    Next::Stage(Stage::Finding) => has_consented.set(true),
                    Next::Stage(Stage::Receiving) => assert!(has_consented.get(), "nothing was to come yet"),
                    Next::Moved(hash) => moved = Some(hash),
                    Next::Ended(ended) => {
                        ended.unwrap();
                        return moved.unwrap();
                    }
                    _ => {}
                }
            }
        };
        tokio::join!(sending, receiving)
    }
}

#[tokio::test]
async fn an_account_moves_with_what_was_written_meanwhile_whoever_shows_the_code() {
    for old_shows in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let mut random = Seeded::from_environment("moving");
        let old = Device::with_account(&dir.path().join("old"), &mut random).await;
        let new = Device::at(&dir.path().join("new"));
        let mut pair = Pair::meet(old, new, old_shows).await;
        let (sent, received) = pair.move_over(Some("written meanwhile")).await;
        assert_eq!(sent, received);
        let Pair { mut old, mut new, .. } = pair;
        assert_eq!(old.content().await, new.content().await);
        assert_eq!(old.state().await, AccountState::Moved { to: "New laptop".into() });
        assert_eq!(new.state().await, AccountState::Active);
        let refused = old.note("late").await;
        assert!(matches!(&refused, Err(Failure::Moved { to }) if to == "New laptop"), "{refused:?}");
        new.note("the first one here").await.unwrap();
        // And it opens by the password that was chosen here.
        new.run(Command::Lock).await.unwrap();
        new.run(Command::Unlock { password: Password::new(NEW_PASSWORD).unwrap() }).await.unwrap();
    }
}

#[tokio::test]
async fn wrong_digits_end_it_on_both_sides_and_leave_both_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Seeded::from_environment("moving");
    let old = Device::with_account(&dir.path().join("old"), &mut random).await;
    let new = Device::at(&dir.path().join("new"));
    let Pair { mut old, mut new, sends, receives } = Pair::meet(old, new, false).await;
    let sending = async {
        loop {
            match old.next(sends).await {
                Next::Asked(Question::Digits) => old.answer(Reply::Digits(Digits::parse("000 000").unwrap())).await,
                Next::Ended(ended) => return ended,
                _ => {}
            }
        }
    };
    let receiving = async {
        loop {
            match new.next(receives).await {
                Next::Asked(Question::Account) => new.answer(Reply::Yes).await,
                Next::Ended(ended) => return ended,
                _ => {}
            }
        }
    };
    for ended in <[_; 2]>::from(tokio::join!(sending, receiving)) {
        assert!(matches!(ended, Err(Failure::Peer(PeerTrouble::WrongDigits))), "{ended:?}");
    }
    old.note("still here").await.unwrap();
    assert!(matches!(new.run(Command::Find).await, Err(Failure::NoAccount)));
    assert!(std::fs::read_dir(dir.path()).unwrap().count() == 1, "something stays beside the new home");
    // A retry works at once.
    Pair::meet(old, new, false).await.move_over(None).await;
}

#[tokio::test]
async fn an_account_moves_between_clocks_that_are_years_apart() {
    for (old_ms, new_ms) in [(YEAR_MS, -YEAR_MS), (-YEAR_MS, YEAR_MS)] {
        let dir = tempfile::tempdir().unwrap();
        let mut random = Seeded::from_environment("moving");
        let old = Device::with_clock(&dir.path().join("old"), old_ms).fill(&mut random, 10).await;
        let new = Device::with_clock(&dir.path().join("new"), new_ms);
        let mut pair = Pair::meet(old, new, false).await;
        let (sent, received) = pair.move_over(Some("written meanwhile")).await;
        assert_eq!(sent, received);
        let Pair { mut old, mut new, .. } = pair;
        assert_eq!(old.content().await, new.content().await);
        assert_eq!(new.state().await, AccountState::Active);
        // A certificate or a password that seems to be of next year locks nobody out.
        new.note("written a year off").await.unwrap();
        new.run(Command::Lock).await.unwrap();
        new.run(Command::Unlock { password: Password::new(NEW_PASSWORD).unwrap() }).await.unwrap();
    }
}

/// A move in the middle of which both programs end.
async fn broken_off(old: &Path, new: &Path) {
    let mut random = Seeded::from_environment("moving");
    let old = Device::at(old).fill(&mut random, 40_000_000).await;
    let mut pair = Pair::meet(old, Device::at(new), false).await;
    let mut arrived = pair.new.arrived.subscribe();
    tokio::select! {
        _ = pair.move_over(None) => panic!("it was over before anything had arrived"),
        _ = arrived.wait_for(|bytes| *bytes > 0) => {}
    }
    let Pair { old, new, .. } = pair;
    tokio::join!(old.close(), new.close());
}

#[tokio::test]
async fn who_comes_back_within_a_day_goes_on_and_who_comes_later_begins_anew() {
    for (away_ms, goes_on) in [(23 * HOUR_MS, true), (24 * HOUR_MS, false)] {
        let dir = tempfile::tempdir().unwrap();
        let homes = ["old", "new"].map(|name| dir.path().join(name));
        broken_off(&homes[0], &homes[1]).await;
        let [mut old, mut new] = homes.each_ref().map(|home| Device::with_clock(home, away_ms));
        old.run(Command::Unlock { password: password() }).await.unwrap();
        let go_on = |password: Option<&str>| Command::GoOn {
            password: password.map(|typed| Password::new(typed).unwrap()),
            reach: loopback(),
        };
        if goes_on {
            let (sends, receives) = (old.begin(go_on(None)).await, new.begin(go_on(Some(NEW_PASSWORD))).await);
            Pair { old, new, sends, receives }.move_over(None).await;
            continue;
        }
        let ended = [old.run(go_on(None)).await, new.run(go_on(Some(NEW_PASSWORD))).await];
        assert!(matches!(ended, [Err(Failure::NoMove), Err(Failure::MoveExpired)]), "{ended:?}");
        assert!(matches!(new.run(Command::Find).await, Err(Failure::NoAccount)));
        old.note("still mine").await.unwrap();
        assert!(std::fs::read_dir(dir.path()).unwrap().count() == 1, "something stays beside the new home");
        Pair::meet(old, new, false).await.move_over(None).await;
    }
}
