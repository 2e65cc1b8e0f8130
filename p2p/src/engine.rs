//! The one task that owns all state. Here commands are only routed; what they do stands in the file of their capability.

use crate::{
    account::{self, Begun},
    backup,
    clock::Clock,
    command::Command,
    creation,
    event::{Event, ShownPhrase, Told},
    failure::Failure,
    jobs::{Job, World},
    notes, verify,
};
use nyx_crypto::{kdf::PasswordParams, phrase::Phrase};
use nyx_vault::{LockedVault, Vault};
use nyx_wire::identity::DeviceName;
use rand_core::CryptoRng;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::{JoinSet, spawn_blocking},
    time::{Instant, sleep_until},
};

/// What an engine is started with.
pub struct Setup {
    /// Where the vault lies or will lie.
    pub home: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness of keys, phrases and names. (The vault takes its own from the operating system.)
    pub rng: Box<dyn CryptoRng + Send>,
    /// How dear guessing a password is made.
    pub cost: PasswordCost,
    /// What this device is called, if an account begins on it; otherwise it is called after the program.
    pub device: Option<DeviceName>,
    /// After how long without a command the keys are wiped from memory; `None`: never by itself.
    pub lock_after: Option<Duration>,
}

/// How dear guessing a password is made.
#[derive(Clone, Copy, Debug)]
pub enum PasswordCost {
    /// As dear as this machine bears.
    Measured,
    /// As a caller that knows its machine says; there is no value below the floor.
    Fixed(PasswordParams),
}

/// Starts the engine on the present tokio runtime. It ends when every [`Commands`] is dropped: what is running is
/// stopped, keys are wiped, and [`Events::next`] answers `None`.
#[must_use]
pub fn start(setup: Setup) -> (Commands, Events) {
    let Setup { home, clock, rng, cost, device, lock_after } = setup;
    let (requests, incoming) = mpsc::channel(COMMANDS_MAX);
    let (outgoing, events) = mpsc::channel(EVENTS_MAX);
    let engine = Engine {
        world: World { home, clock, rng: Arc::new(Mutex::new(rng)), cost, device },
        state: State::Away,
        begun: None,
        events: outgoing,
        jobs: JoinSet::new(),
        stops: Vec::new(),
        lock_after,
        used: Instant::now(),
        swept: Instant::now(),
    };
    tokio::spawn(engine.run(incoming));
    let commands = Commands { requests, next: Arc::default(), stops: Arc::default() };
    (commands, Events(events))
}

/// Where commands go in.
#[derive(Clone, Debug)]
pub struct Commands {
    requests: mpsc::Sender<Request>,
    next: Arc<AtomicU64>,
    stops: Arc<Mutex<Vec<Running>>>,
}

/// Where events come out. Whoever does not take them holds the engine up.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Told>);

/// A command that was sent, to recognise its events by.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RequestId(u64);

/// The engine is no longer there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the engine has stopped")]
pub struct Stopped;

/// A command that may be asked to stop, as long as it lives.
#[derive(Debug)]
struct Running {
    by: RequestId,
    stop: Weak<AtomicBool>,
}

impl Commands {
    /// Sends a command; waits while the engine is behind.
    pub async fn send(&self, command: Command) -> Result<RequestId, Stopped> {
        let by = RequestId(self.next.fetch_add(1, Ordering::Relaxed));
        let stop = Arc::new(AtomicBool::new(false));
        {
            let mut stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
            stops.retain(|running| running.stop.strong_count() > 0);
            stops.push(Running { by, stop: Arc::downgrade(&stop) });
        }
        self.requests.send(Request { by, stop, command }).await.map_err(|_| Stopped)?;
        Ok(by)
    }

    /// Asks a command to stop. It does so at the next point where nothing is half done, and answers
    /// [`Failure::Cancelled`]; what is done already stays done. Never waits, however busy the engine is.
    pub fn cancel(&self, request: RequestId) {
        let stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
        for stop in stops.iter().filter(|running| running.by == request).filter_map(|running| running.stop.upgrade()) {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Events {
    /// The next event; `None` once the engine has ended.
    pub async fn next(&mut self) -> Option<Told> {
        self.0.recv().await
    }
}

#[derive(Debug)]
struct Request {
    by: RequestId,
    stop: Arc<AtomicBool>,
    command: Command,
}

struct Engine {
    world: World,
    state: State,
    /// An account whose phrase was shown and not confirmed yet.
    begun: Option<Begun>,
    events: mpsc::Sender<Told>,
    /// What runs beside the engine: only what needs an open vault and changes nothing of the state here.
    jobs: JoinSet<()>,
    stops: Vec<Weak<AtomicBool>>,
    lock_after: Option<Duration>,
    /// When the person last wanted something.
    used: Instant,
    /// When disappearing messages were last looked after.
    swept: Instant,
}

enum State {
    /// Nothing is known about the home yet, or nothing is there.
    Away,
    /// The home is held, the keys are not in memory.
    Locked(Box<LockedVault>),
    Open(Arc<Vault>),
}

impl Engine {
    async fn run(mut self, mut incoming: mpsc::Receiver<Request>) {
        loop {
            let lock_at = self.lock_at();
            let sweep_at = (!matches!(self.state, State::Away)).then(|| self.swept + SWEEP_EVERY);
            tokio::select! {
                request = incoming.recv() => match request {
                    Some(request) => {
                        self.used = Instant::now();
                        self.route(request).await;
                    }
                    None => break,
                },
                Some(_) = self.jobs.join_next() => self.used = Instant::now(),
                () = at(lock_at) => self.lock(None).await,
                () = at(sweep_at) => self.sweep().await,
            }
        }
        self.close().await;
    }

    async fn route(&mut self, request: Request) {
        let job = Job {
            by: request.by,
            events: self.events.clone(),
            stop: Arc::clone(&request.stop),
            clock: Arc::clone(&self.world.clock),
            told_at_ms: AtomicU64::new(0),
        };
        let world = self.world.clone();
        match request.command {
            Command::Find => self.find(job).await,
            Command::NewAccount { name, password, words } => {
                // Before anybody writes a phrase down for nothing.
                let home = match self.state {
                    State::Away => Ok(world.home.clone()),
                    State::Locked(_) | State::Open(_) => Err(Failure::AccountExists),
                };
                let free = blocking(move || creation::must_be_free(&home?)).await;
                let begun = free.and_then(|()| account::account_name(&name)).map(|name| {
                    let phrase = world.random(|rng| Phrase::generate(words, rng));
                    Begun { name, password, phrase }
                });
                match begun {
                    Ok(begun) => {
                        self.tell(request.by, Event::Phrase(ShownPhrase::of(&begun.phrase))).await;
                        self.begun = Some(begun);
                        self.tell(request.by, Event::Done).await;
                    }
                    Err(failure) => self.tell(request.by, Event::Failed(failure)).await,
                }
            }
            Command::PhraseKept => match self.begun.take() {
                None => self.tell(request.by, Event::Failed(Failure::NothingToConfirm)).await,
                Some(begun) => self.enter(job, move |job| account::create(job, &world, &begun)).await,
            },
            Command::Recover { phrase, password, name } => {
                let held = self.leave().await;
                self.enter(job, move |job| account::recover(job, &world, held, (&phrase, &password, &name))).await;
            }
            Command::LookAtBackup { file } => self.finish(job, move |job| backup::opens_by(job, &file)).await,
            Command::RestoreBackup { file, by, password } => {
                if !matches!(self.state, State::Away) {
                    return self.tell(request.by, Event::Failed(Failure::AccountExists)).await;
                }
                self.enter(job, move |job| backup::restore(job, &world, &file, &by, &password)).await;
            }
            Command::Unlock { password } => self.unlock(job, password).await,
            Command::Lock => self.lock(Some(request.by)).await,
            Command::Erase => {
                drop(self.leave().await);
                self.begun = None;
                self.finish(job, move |job| creation::erase(job, &world)).await;
            }
            Command::ChangePassword { present, new } => {
                self.with_vault(job, move |_, vault| {
                    Ok(vault.change_password(&present, None, &world.new_password(&new)?)?)
                })
                .await;
            }
            Command::Status => self.with_vault(job, account::status).await,
            Command::Edit { id, text } => {
                self.with_vault(job, move |_, vault| notes::edit(&world, vault, id, &text)).await;
            }
            Command::React { id, emoji } => {
                self.with_vault(job, move |_, vault| notes::react(&world, vault, id, &emoji)).await;
            }
            Command::Unreact { id, emoji } => {
                self.with_vault(job, move |_, vault| notes::unreact(vault, id, &emoji)).await;
            }
            Command::Delete { id } => self.with_vault(job, move |_, vault| notes::delete(vault, id)).await,
            Command::KeepDraft { text, reply_to } => {
                self.with_vault(job, move |_, vault| notes::keep_draft(&world, vault, text, reply_to)).await;
            }
            Command::ShowDraft => self.with_vault(job, notes::show_draft).await,
            Command::SetTimer { ttl_secs } => {
                self.with_vault(job, move |_, vault| notes::set_timer(vault, ttl_secs)).await;
            }
            Command::ShowEdits { id } => {
                self.with_vault(job, move |job, vault| notes::show_edits(job, vault, id)).await
            }
            Command::Note(note) => {
                self.beside(job, move |job, vault| notes::write(job, &world, vault, note)).await;
            }
            Command::Read(reading) => self.beside(job, move |job, vault| notes::read(job, vault, &reading)).await,
            Command::CreateBackup { file, to } => {
                self.beside(job, move |job, vault| backup::create(job, &world, vault, &file, &to)).await;
            }
            Command::Verify => self.beside(job, verify::verify).await,
        }
    }

    /// Carries out what ends with an open vault. Nothing else can be done until it is.
    async fn enter(&mut self, job: Job, work: impl FnOnce(&Job) -> Result<Vault, Failure> + Send + 'static) {
        let by = job.by;
        let entered = blocking(move || work(&job)).await;
        match entered {
            Ok(vault) => {
                self.opened(vault).await;
                self.tell(by, Event::Done).await;
            }
            Err(failure) => self.tell(by, Event::Failed(failure)).await,
        }
    }

    async fn find(&mut self, job: Job) {
        if matches!(self.state, State::Away) {
            let home = self.world.home.clone();
            match blocking(move || Ok(Box::new(LockedVault::find(&home)?))).await {
                Ok(vault) => self.state = State::Locked(vault),
                Err(failure) => return self.tell(job.by, Event::Failed(failure)).await,
            }
        }
        self.tell(job.by, Event::Done).await;
    }

    async fn unlock(&mut self, job: Job, password: nyx_crypto::kdf::Password) {
        if let State::Open(_) = self.state {
            // A front end that asks again wants to know whether it is the person.
            return self.with_vault(job, move |_, vault| Ok(vault.check_password(&password, None)?)).await;
        }
        let held = self.give_up().await;
        let home = self.world.home.clone();
        let by = job.by;
        let (unlocked, held) = spawn_blocking(move || match held {
            Some(vault) => account::unlock(*vault, &password),
            None => match LockedVault::find(&home) {
                Ok(vault) => account::unlock(vault, &password),
                Err(error) => (Err(error.into()), None),
            },
        })
        .await
        .unwrap_or_else(|panic| (Err(Failure::Internal(panic.to_string())), None));
        self.state = held.map_or(State::Away, State::Locked);
        match unlocked {
            Ok(vault) => {
                self.opened(vault).await;
                self.tell(by, Event::Done).await;
            }
            Err(failure) => self.tell(by, Event::Failed(failure)).await,
        }
    }

    async fn opened(&mut self, vault: Vault) {
        self.state = State::Open(Arc::new(vault));
        self.used = Instant::now();
        self.sweep().await;
        self.tidy();
    }

    /// Removes, beside everything else, what a crash between a file and its message left.
    fn tidy(&mut self) {
        let State::Open(vault) = &self.state else { return };
        let vault = Arc::clone(vault);
        self.jobs.spawn(async move {
            if let Err(failure) = blocking(move || Ok(vault.sweep()?)).await {
                tracing::warn!(%failure, "files without a message could not be removed");
            }
        });
    }

    /// Removes what is over. A clock that is wrong takes messages too early; see `vault.md`.
    async fn sweep(&mut self) {
        self.swept = Instant::now();
        let now_ms = self.world.now_ms();
        match std::mem::replace(&mut self.state, State::Away) {
            State::Away => {}
            // Destroying keys needs none: a promise that a message disappears holds while nobody types a password.
            State::Locked(vault) => {
                let swept = spawn_blocking(move || (vault.destroy_due(now_ms), vault)).await;
                match swept {
                    Ok((destroyed, vault)) => {
                        self.state = State::Locked(vault);
                        if let Err(error) = destroyed {
                            tracing::warn!(%error, "keys of disappeared messages could not be destroyed");
                        }
                    }
                    // The home is given up with the thread that had it; the next command finds it again.
                    Err(panic) => tracing::error!(%panic, "destroying keys ended early"),
                }
            }
            State::Open(vault) => {
                self.state = State::Open(Arc::clone(&vault));
                self.expire(vault, now_ms).await;
            }
        }
    }

    async fn expire(&self, vault: Arc<Vault>, now_ms: i64) {
        match blocking(move || Ok(vault.expire(now_ms)?)).await {
            Ok(over) if over.is_empty() => {}
            Ok(over) => {
                let _ = self.events.send(Told { by: None, event: Event::Disappeared(over) }).await;
            }
            // The next sweep tries again; whoever reads a message that is over finds it without its text.
            Err(failure) => tracing::warn!(%failure, "disappearing messages could not be removed"),
        }
    }

    /// Carries out something short with the open vault; the next command waits, so that what is sent in order happens in
    /// order.
    async fn with_vault(&mut self, job: Job, work: impl FnOnce(&Job, &Vault) -> Result<(), Failure> + Send + 'static) {
        let State::Open(vault) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        let vault = Arc::clone(vault);
        self.finish(job, move |job| work(job, &vault)).await;
    }

    async fn finish(&self, job: Job, work: impl FnOnce(&Job) -> Result<(), Failure> + Send + 'static) {
        let by = job.by;
        let ended = blocking(move || work(&job)).await.map_or_else(Event::Failed, |()| Event::Done);
        self.tell(by, ended).await;
    }

    /// Carries out something long with the open vault; other commands go on meanwhile.
    async fn beside(&mut self, job: Job, work: impl FnOnce(&Job, &Vault) -> Result<(), Failure> + Send + 'static) {
        let State::Open(vault) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        while self.jobs.len() >= JOBS_MAX {
            self.jobs.join_next().await;
        }
        self.stops.retain(|stop| stop.strong_count() > 0);
        self.stops.push(Arc::downgrade(&job.stop));
        let vault = Arc::clone(vault);
        let (events, by) = (self.events.clone(), job.by);
        self.jobs.spawn(async move {
            let ended = blocking(move || work(&job, &vault)).await.map_or_else(Event::Failed, |()| Event::Done);
            let _ = events.send(Told { by: Some(by), event: ended }).await;
        });
    }

    /// Wipes the keys; the home stays held.
    async fn lock(&mut self, by: Option<RequestId>) {
        self.begun = None;
        if let Some(vault) = self.give_up().await {
            self.state = State::Locked(vault);
        }
        let _ = self.events.send(Told { by, event: Event::Locked }).await;
        if let Some(by) = by {
            self.tell(by, Event::Done).await;
        }
    }

    /// Gives the vault up and says so, if it was open: what comes next may fail, and then it is not open again.
    async fn leave(&mut self) -> Option<Box<LockedVault>> {
        let was_open = matches!(self.state, State::Open(_));
        let vault = self.give_up().await;
        if was_open {
            let _ = self.events.send(Told { by: None, event: Event::Locked }).await;
        }
        vault
    }

    /// Stops what runs and takes the vault away, locked. Afterwards no key of it is in memory.
    async fn give_up(&mut self) -> Option<Box<LockedVault>> {
        for stop in self.stops.drain(..).filter_map(|stop| stop.upgrade()) {
            stop.store(true, Ordering::Relaxed);
        }
        while self.jobs.join_next().await.is_some() {}
        match std::mem::replace(&mut self.state, State::Away) {
            State::Away => None,
            State::Locked(vault) => Some(vault),
            State::Open(vault) => match Arc::try_unwrap(vault) {
                Ok(vault) => blocking(move || Ok(Box::new(vault.lock()))).await.ok(),
                Err(_) => {
                    tracing::error!("a vault was still in use after everything had stopped");
                    None
                }
            },
        }
    }

    async fn close(mut self) {
        drop(self.give_up().await);
    }

    fn lock_at(&self) -> Option<Instant> {
        let is_idle = matches!(self.state, State::Open(_)) && self.jobs.is_empty();
        self.lock_after.filter(|_| is_idle).map(|after| self.used + after)
    }

    async fn tell(&self, by: RequestId, event: Event) {
        // A front end that is gone needs no events.
        let _ = self.events.send(Told { by: Some(by), event }).await;
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    spawn_blocking(work).await.unwrap_or_else(|panic| Err(Failure::Internal(panic.to_string())))
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// A person does not have more wishes at once; a program that does is made to wait.
const COMMANDS_MAX: usize = 64;
/// A page of messages goes through without waiting for each.
const EVENTS_MAX: usize = 256;
/// More long work at once only makes each of it slower.
const JOBS_MAX: usize = 4;
/// Messages disappear by the hour, what is read of them by the minute; locked or not.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
