//! The one task that owns all state. Here commands are only routed; what they do stands in the file of their capability.

use crate::{
    account::{self, Begun, Entered},
    backup, chats,
    clock::Clock,
    command::{Command, NewNote, Settings},
    creation,
    door::{Call, Entrance, Wanted},
    drafts,
    event::{Change, Event, ShownPhrase, Told},
    failure::Failure,
    front::{Commands, Ends, Events, Request, RequestId, Urgent, ends},
    jobs::{Job, World},
    keyring::{self, Asking, Keyring, KeyringError, KeyringKey, KeyringUse},
    lanes::{Lane, Lanes},
    lookout, notes,
    pairing::Pairings,
    passing::Passing,
    picture,
    posting::Posting,
    reading, rows, saving, settings, verify,
};
use nyx_crypto::{kdf::PasswordParams, phrase::Phrase};
use nyx_vault::{Expired, LockedVault, Vault};
use nyx_wire::identity::DeviceName;
use rand_core::CryptoRng;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicU64},
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc},
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
    /// What keeps secrets while somebody is logged in, where there is such a thing.
    pub keyring: Option<Arc<dyn Keyring>>,
    /// Whether the keys are wiped from memory when nobody is there.
    pub auto_lock: AutoLock,
    /// Whether other processes of this person may hand something over while this one holds the home: one that stays.
    pub has_door: bool,
}

/// When the keys are wiped from memory without anybody asking for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AutoLock {
    /// Never: the program is over before anybody is gone for long.
    Never,
    /// As the person [set](Settings) it.
    AsSet,
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
    let Setup { home, clock, rng, cost, device, keyring, auto_lock, has_door } = setup;
    let (front, Ends { incoming, urgent, outgoing, cancelled }) = ends();
    let (used, swept) = (clock.passed(), Instant::now());
    let engine = Engine {
        world: World { home, clock, rng: Arc::new(Mutex::new(rng)), cost, device, keyring },
        state: State::Away,
        asking: Asking::default(),
        was_open: false,
        begun: None,
        lanes: Lanes::new(),
        pairings: Pairings::default(),
        looking: JoinSet::new(),
        events: outgoing,
        cancelled,
        urgent,
        auto_lock,
        entrance: Entrance::new(has_door),
        settings: Settings::default(),
        used,
        swept,
    };
    tokio::spawn(engine.run(incoming));
    front
}

struct Engine {
    world: World,
    state: State,
    /// What the keyring is asked for.
    asking: Asking,
    /// Whether the vault was open since the program began: what was locked since, only its person opens.
    was_open: bool,
    /// An account whose phrase was shown and not confirmed yet, and since when.
    begun: Option<(Begun, Duration)>,
    /// What runs beside the engine: only what needs an open vault and changes nothing of the state here.
    lanes: Lanes,
    /// The meeting with another device, if there is one.
    pairings: Pairings,
    /// Looks at networks. Dropped with the engine, it ends.
    looking: JoinSet<()>,
    events: mpsc::Sender<Told>,
    cancelled: Arc<Notify>,
    urgent: Arc<Urgent>,
    auto_lock: AutoLock,
    entrance: Entrance,
    /// Those of the open vault.
    settings: Settings,
    /// When the person last wanted something; by the clock that goes on while the machine sleeps.
    used: Duration,
    /// When disappearing messages were last looked after.
    swept: Instant,
}

enum State {
    /// Nothing is known about the home yet, or nothing is there.
    Away,
    /// The home is held, the keys are not in memory.
    Locked(Box<LockedVault>),
    Open(Open),
}

/// What a command needs of an open vault.
#[derive(Clone)]
struct Open {
    vault: Arc<Vault>,
    passing: Arc<Passing>,
}

impl Engine {
    async fn run(mut self, mut incoming: mpsc::Receiver<Request>) {
        loop {
            while let Some(request) = self.urgent.take() {
                self.take(request).await;
            }
            self.forget_what_is_over().await;
            let look_at = self.look_at();
            let sweep_at = (!matches!(self.state, State::Away)).then(|| self.swept + SWEEP_EVERY);
            tokio::select! {
                call = self.entrance.calls.recv() => {
                    if let Some(call) = call {
                        self.answer(call).await;
                    }
                }
                request = incoming.recv() => match request {
                    Some(request) => self.take(request).await,
                    None => break,
                },
                () = self.urgent.added() => {}
                Some((job, key)) = self.asking.answered() => self.heard_keyring(job, key).await,
                Some(_) = self.looking.join_next() => {}
                Some(lane) = self.lanes.ended() => {
                    if lane == Lane::Long {
                        self.used = self.world.clock.passed();
                    }
                }
                () = self.cancelled.notified() => {
                    self.pairings.drop_unwanted();
                    self.lanes.drop_unwanted().await;
                }
                () = at(look_at) => {}
                () = at(sweep_at) => self.sweep().await,
            }
        }
        // Sent before the last sender went.
        while let Some(request) = self.urgent.take() {
            self.take(request).await;
        }
        self.close().await;
    }

    async fn take(&mut self, request: Request) {
        // Before it counts as a sign of life: whoever wakes the machine after a night does not come back to an open vault.
        self.forget_what_is_over().await;
        if is_of_a_person(&request.command) {
            self.used = self.world.clock.passed();
        }
        self.route(request).await;
        self.keep_door();
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
                        self.begun = Some((begun, self.world.clock.passed()));
                        self.tell(request.by, Event::Done).await;
                    }
                    Err(failure) => self.tell(request.by, Event::Failed(failure)).await,
                }
            }
            Command::PhraseKept => match self.begun.take() {
                None => self.tell(request.by, Event::Failed(Failure::NothingToConfirm)).await,
                Some((begun, _)) => self.enter(job, move |job| (account::create(job, &world, &begun), None)).await,
            },
            Command::PhraseNotKept => {
                self.begun = None;
                self.tell(request.by, Event::Done).await;
            }
            Command::Recover { phrase, password, name } => {
                let held = self.leave().await;
                self.enter(job, move |job| account::recover(job, &world, held, (&phrase, &password, &name))).await;
            }
            // Beside the engine: the file may never answer.
            Command::LookAtBackup { file } => {
                self.lanes.add(Lane::Long, job, move |job| backup::opens_by(job, &file)).await;
            }
            Command::TryBackup { file, by } => {
                self.lanes.add(Lane::Password, job, move |job| backup::try_key(job, &file, &by)).await;
            }
            Command::RestoreBackup { file, by, password } => {
                if !matches!(self.state, State::Away) {
                    return self.tell(request.by, Event::Failed(Failure::AccountExists)).await;
                }
                self.enter(job, move |job| (backup::restore(job, &world, &file, &by, &password), None)).await;
            }
            Command::Unlock { password } => self.unlock(job, password).await,
            Command::UnlockWithKeyring => self.ask_keyring(job).await,
            Command::UseKeyring { password } => {
                self.beside(Lane::Password, job, move |job, open| {
                    keyring::turn_on(job, &world, &open.vault, &password)
                })
                .await;
            }
            Command::LeaveKeyring => {
                self.beside(Lane::Password, job, move |job, open| keyring::turn_off(job, &world, &open.vault)).await;
            }
            // Whatever arrives puts the lock off.
            Command::Present => self.tell(request.by, Event::Done).await,
            Command::Lock => self.lock(Some(request.by)).await,
            Command::Erase => {
                let kept = self.leave().await.filter(|vault| vault.has_keyring()).map(|vault| vault.vault_id());
                self.entrance.close();
                self.begun = None;
                let erase = move |job: &Job| {
                    creation::erase(job, &world)?;
                    if let Some(vault) = kept {
                        keyring::forget(job, &world, vault);
                    }
                    Ok(())
                };
                self.finish(job, erase).await;
            }
            Command::ChangePassword { present, new } => {
                self.beside(Lane::Password, job, move |job, open| {
                    keyring::change_password(job, &world, &open.vault, (&present, &new))
                })
                .await;
            }
            Command::Status => self.with_vault(job, account::status).await,
            Command::ListChats => self.with_vault(job, chats::list).await,
            Command::Rows { conversation, first, last } => {
                self.with_vault(job, move |job, vault| rows::rows(job, vault, conversation, first..=last)).await;
            }
            Command::Attached { conversation, before, limit } => {
                self.with_vault(job, move |job, vault| rows::attached(job, vault, conversation, before, limit)).await;
            }
            Command::Show { id } => self.with_vault(job, move |job, vault| rows::show(job, vault, id)).await,
            Command::ShowEdits { id } => {
                self.with_vault(job, move |job, vault| notes::show_edits(job, vault, id)).await;
            }
            Command::Search(query) => {
                self.beside(Lane::Search, job, move |job, open| rows::search(job, &open.vault, &query)).await;
            }
            Command::MarkRead { conversation, seq } => {
                self.with_vault(job, move |job, vault| chats::mark_read(job, &world, vault, conversation, seq)).await;
            }
            Command::SetTimer { conversation, ttl_secs } => {
                self.with_vault(job, move |job, vault| chats::set_timer(job, vault, conversation, ttl_secs)).await;
            }
            Command::KeepDraft { conversation, text, reply_to } => {
                self.with_vault(job, move |job, vault| drafts::keep(job, &world, vault, conversation, text, reply_to))
                    .await;
            }
            Command::ShowDraft { conversation } => {
                self.with_vault(job, move |job, vault| drafts::show(job, vault, conversation)).await;
            }
            Command::Note(note) => self.post(job, note).await,
            Command::Edit { id, text } => {
                self.with_vault(job, move |job, vault| notes::edit(job, &world, vault, id, &text)).await;
            }
            Command::React { id, emoji } => {
                self.with_vault(job, move |job, vault| notes::react(job, &world, vault, id, &emoji)).await;
            }
            Command::Unreact { id, emoji } => {
                self.with_vault(job, move |job, vault| notes::unreact(job, vault, id, &emoji)).await;
            }
            Command::Delete { id } => self.with_vault(job, move |job, vault| notes::delete(job, vault, id)).await,
            Command::ShowPicture { attachment, edge } => {
                self.beside(Lane::Picture, job, move |job, open| picture::show(job, open.vault, attachment, edge))
                    .await;
            }
            Command::SaveAttachment { attachment, to } => {
                self.beside(Lane::Long, job, move |job, open| {
                    saving::save_to(job, &world, &open.vault, &open.passing, attachment, &to)
                })
                .await;
            }
            Command::ShowSettings => {
                if let State::Open(_) = self.state {
                    self.tell(request.by, Event::Settings(self.settings)).await;
                    self.tell(request.by, Event::Done).await;
                } else {
                    self.tell(request.by, Event::Failed(Failure::Locked)).await;
                }
            }
            Command::ChangeSettings(wanted) => self.change_settings(request.by, wanted).await,
            Command::Read(reading) => {
                self.beside(Lane::Long, job, move |job, open| reading::read(job, &world, &open.vault, &reading)).await;
            }
            Command::CreateBackup { file, to } => {
                self.beside(Lane::Long, job, move |job, open| backup::create(job, &world, &open.vault, &file, &to))
                    .await;
            }
            Command::CheckLink { meet, reach } => self.pairings.check(job, world, meet, reach).await,
            Command::LookAround { reach } => {
                // Beside the engine: it waits for others.
                self.looking.spawn(async move {
                    let ended = lookout::look(&job, &reach).await.map_or_else(Event::Failed, |()| Event::Done);
                    let _ = job.events.send(Told { by: Some(job.by), event: ended }).await;
                });
            }
            Command::Carried(code) => {
                let ended = self.pairings.carry(code).map_or_else(Event::Failed, |()| Event::Done);
                self.tell(request.by, ended).await;
            }
            Command::Verify => self.beside(Lane::Long, job, |job, open| verify::verify(job, &open.vault)).await,
        }
    }

    /// Carries out what ends with an open vault. Nothing else can be done until it is.
    async fn enter(&mut self, job: Job, work: impl FnOnce(&Job) -> Entered + Send + 'static) {
        let by = job.by;
        let (entered, held) = spawn_blocking(move || work(&job))
            .await
            .unwrap_or_else(|panic| (Err(Failure::Internal(panic.to_string())), None));
        if let Some(held) = held {
            self.state = State::Locked(held);
        }
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
            let found = blocking(move || {
                let vault = LockedVault::find(&home)?;
                // The home is held: whoever left something there is no more.
                Passing::of(&home).clear();
                Ok(Box::new(vault))
            });
            match found.await {
                Ok(vault) => self.state = State::Locked(vault),
                Err(failure) => return self.tell(job.by, Event::Failed(failure)).await,
            }
        }
        let event = Event::Keyring(self.keyring());
        self.tell(job.by, event).await;
        self.tell(job.by, Event::Done).await;
    }

    async fn unlock(&mut self, job: Job, password: nyx_crypto::kdf::Password) {
        if let State::Open(_) = self.state {
            // A front end that asks again wants to know whether it is the person.
            let check = move |_: &Job, open: Open| Ok(open.vault.check_password(&password)?);
            return self.beside(Lane::Password, job, check).await;
        }
        self.unlock_by(job.by, move |vault| account::unlock(vault, &password)).await;
    }

    /// Has the keyring asked; `heard_keyring` goes on with its answer.
    async fn ask_keyring(&mut self, job: Job) {
        let vault = match &self.state {
            State::Locked(vault) if !self.was_open && vault.has_keyring() => vault.vault_id(),
            _ => return self.tell(job.by, Event::Failed(Failure::KeyringUnused)).await,
        };
        let Some(keyring) = self.world.keyring.clone() else {
            return self.tell(job.by, Event::Failed(KeyringError::Absent.into())).await;
        };
        if let Err(job) = self.asking.begin(job, keyring, vault) {
            self.tell(job.by, Event::Failed(Failure::Busy)).await;
        }
    }

    async fn heard_keyring(&mut self, job: Job, key: Result<KeyringKey, Failure>) {
        match key {
            Ok(key) if !self.was_open => {
                self.unlock_by(job.by, move |vault| account::unlock_with_keyring(vault, &key)).await;
                self.keep_door();
            }
            // Its person was faster.
            Ok(_) => self.tell(job.by, Event::Failed(Failure::Cancelled)).await,
            Err(failure) => self.tell(job.by, Event::Failed(failure)).await,
        }
    }

    async fn unlock_by(
        &mut self,
        by: RequestId,
        unlock: impl FnOnce(LockedVault) -> account::Entered + Send + 'static,
    ) {
        let held = self.give_up().await;
        let home = self.world.home.clone();
        let (unlocked, held) = spawn_blocking(move || match held {
            Some(vault) => unlock(*vault),
            None => match LockedVault::find(&home) {
                Ok(vault) => {
                    Passing::of(&home).clear();
                    unlock(vault)
                }
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
        let passing = Passing::of(&self.world.home);
        let open = Open { vault: Arc::new(vault), passing: Arc::new(passing) };
        let vault = Arc::clone(&open.vault);
        self.settings = blocking(move || settings::of(&vault)).await.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "settings could not be read");
            Settings::default()
        });
        self.state = State::Open(open);
        self.used = self.world.clock.passed();
        // Whatever account was begun, this is another one now or it is made.
        self.begun = None;
        self.was_open = true;
        for event in [Event::Settings(self.settings), Event::Keyring(self.keyring())] {
            let _ = self.events.send(Told { by: None, event }).await;
        }
        self.sweep().await;
        self.tidy();
    }

    /// Words alone are written at once, whatever runs; files take as long as they are long.
    async fn post(&mut self, job: Job, note: NewNote) {
        let world = self.world.clone();
        if note.attachments.is_empty() {
            let post = move |job: &Job, vault: &Vault| Posting::of(vault, note)?.write(job, &world, vault);
            return self.with_vault(job, post).await;
        }
        let State::Open(Open { vault, .. }) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        let vault = Arc::clone(vault);
        match blocking(move || Posting::of(&vault, note)).await {
            Ok(posting) => {
                self.beside(Lane::Long, job, move |job, open| posting.write(job, &world, &open.vault)).await;
            }
            Err(failure) => self.tell(job.by, Event::Failed(failure)).await,
        }
    }

    async fn change_settings(&mut self, by: RequestId, wanted: Settings) {
        let State::Open(Open { vault, .. }) = &self.state else {
            return self.tell(by, Event::Failed(Failure::Locked)).await;
        };
        let vault = Arc::clone(vault);
        match blocking(move || settings::change(&vault, wanted)).await {
            Ok(settings) => {
                self.settings = settings;
                self.tell(by, Event::Settings(settings)).await;
                self.tell(by, Event::Done).await;
            }
            Err(failure) => self.tell(by, Event::Failed(failure)).await,
        }
    }

    /// How the keyring and the vault stand to each other.
    fn keyring(&self) -> KeyringUse {
        let has_slot = match &self.state {
            State::Away => false,
            State::Locked(vault) => vault.has_keyring(),
            State::Open(open) => open.vault.has_keyring(),
        };
        keyring::in_use(&self.world, has_slot)
    }

    /// Removes, beside everything else, what a crash between a file and its message left.
    fn tidy(&mut self) {
        let State::Open(Open { vault, .. }) = &self.state else { return };
        let vault = Arc::clone(vault);
        self.lanes.tidy(move || {
            if let Err(error) = vault.sweep() {
                tracing::warn!(%error, "files without a message could not be removed");
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
            State::Open(open) => {
                let vault = Arc::clone(&open.vault);
                self.state = State::Open(open);
                self.expire(vault, now_ms).await;
            }
        }
    }

    async fn expire(&mut self, vault: Arc<Vault>, now_ms: i64) {
        match blocking(move || Ok(vault.expire(now_ms)?)).await {
            Ok(Expired { gone, resisted }) => {
                for change in Change::removed(gone) {
                    let _ = self.events.send(Told { by: None, event: Event::Changed(change) }).await;
                }
                if let Some(error) = resisted {
                    tracing::warn!(%error, "keys of disappeared messages could not be destroyed");
                }
            }
            // The next sweep tries again; whoever reads a message that is over finds it without its text.
            Err(failure) => tracing::warn!(%failure, "disappearing messages could not be removed"),
        }
    }

    /// Carries out something short with the open vault; the next command waits, so that what is sent in order happens in
    /// order, and an answer never tells less than one before it.
    async fn with_vault(&mut self, job: Job, work: impl FnOnce(&Job, &Vault) -> Result<(), Failure> + Send + 'static) {
        let State::Open(Open { vault, .. }) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        let vault = Arc::clone(vault);
        self.finish(job, move |job| work(job, &vault)).await;
    }

    async fn finish(&mut self, job: Job, work: impl FnOnce(&Job) -> Result<(), Failure> + Send + 'static) {
        let by = job.by;
        let ended = blocking(move || work(&job)).await.map_or_else(Event::Failed, |()| Event::Done);
        self.tell(by, ended).await;
    }

    /// Carries out something long with the open vault; other commands go on meanwhile.
    async fn beside(
        &mut self,
        lane: Lane,
        job: Job,
        work: impl FnOnce(&Job, Open) -> Result<(), Failure> + Send + 'static,
    ) {
        let State::Open(open) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        let open = open.clone();
        self.lanes.add(lane, job, move |job| work(job, open)).await;
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

    /// Stops what runs and takes the vault away, locked. Afterwards no key of it is in memory, and nothing of it lies
    /// outside of it but what the person saved.
    async fn give_up(&mut self) -> Option<Box<LockedVault>> {
        self.asking.stop();
        self.lanes.stop().await;
        match std::mem::replace(&mut self.state, State::Away) {
            State::Away => None,
            State::Locked(vault) => Some(vault),
            State::Open(Open { vault, passing }) => match Arc::try_unwrap(vault) {
                Ok(vault) => blocking(move || {
                    passing.clear();
                    Ok(Box::new(vault.lock()))
                })
                .await
                .ok(),
                // Something hangs on the vault's own disk. The keys go with it, and the home is given up then.
                Err(_) => {
                    tracing::error!("a vault was still in use after everything was to have stopped");
                    let _ = blocking(move || {
                        passing.clear();
                        Ok(())
                    })
                    .await;
                    None
                }
            },
        }
    }

    /// The door is there while the home is held, locked or not.
    fn keep_door(&mut self) {
        if matches!(self.state, State::Away) {
            self.entrance.close();
        } else {
            self.entrance.open(&self.world.home, &self.events);
        }
    }

    /// Does what somebody at the door wants.
    async fn answer(&mut self, call: Call) {
        self.forget_what_is_over().await;
        let Call { wanted, answers, stop } = call;
        let job = Job {
            by: RequestId::FOREIGN,
            events: answers,
            stop,
            clock: Arc::clone(&self.world.clock),
            told_at_ms: AtomicU64::new(0),
        };
        let ended = match (wanted, &self.state) {
            (Wanted::Show, _) => {
                let _ = self.events.send(Told { by: None, event: Event::ShowWindow }).await;
                Event::Done
            }
            (Wanted::Note(id, note), State::Open(open)) => {
                let (world, vault) = (self.world.clone(), Arc::clone(&open.vault));
                let work = move |job: &Job| Posting::handed(note, id).write(job, &world, &vault);
                return self.lanes.add(Lane::Handed, job, work).await;
            }
            (Wanted::Note(..), State::Away | State::Locked(_)) => Event::Failed(Failure::Locked),
        };
        let _ = job.events.send(Told { by: Some(job.by), event: ended }).await;
    }

    async fn close(mut self) {
        self.entrance.close();
        self.pairings.stop().await;
        drop(self.give_up().await);
    }

    /// Locks a vault that was left alone for long enough, and wipes what was begun and not confirmed for too long.
    async fn forget_what_is_over(&mut self) {
        if self.left(self.used, self.lock_after()).is_some_and(|left| left.is_zero()) {
            self.lock(None).await;
        }
        if self.begun.as_ref().is_some_and(|(_, since)| self.left(*since, Some(BEGUN_MAX)) == Some(Duration::ZERO)) {
            self.begun = None;
        }
    }

    /// When to look again whether something is over. Sooner than it can be: the timer stands still while the machine
    /// sleeps, and what was over meanwhile is to be over soon after it wakes.
    fn look_at(&self) -> Option<Instant> {
        let lock = self.left(self.used, self.lock_after());
        let begun = self.begun.as_ref().and_then(|(_, since)| self.left(*since, Some(BEGUN_MAX)));
        let left = lock.into_iter().chain(begun).min()?;
        Some(Instant::now() + left.min(LOOK_EVERY))
    }

    /// After how long without use the vault is locked; `None`: not now.
    fn lock_after(&self) -> Option<Duration> {
        let is_open = matches!(self.state, State::Open(_));
        let after = match self.auto_lock {
            AutoLock::Never => None,
            AutoLock::AsSet => self.settings.lock_after_secs,
        };
        after.filter(|_| is_open && self.lanes.is_idle()).map(|secs| Duration::from_secs(secs.into()))
    }

    /// How much of a time is left.
    fn left(&self, since: Duration, time: Option<Duration>) -> Option<Duration> {
        let passed = self.world.clock.passed().saturating_sub(since);
        time.map(|time| time.saturating_sub(passed))
    }

    async fn tell(&mut self, by: RequestId, event: Event) {
        // A front end that is gone needs no events.
        let _ = self.events.send(Told { by: Some(by), event }).await;
    }
}

/// What a front end asks by itself, to show what changed, keeps no vault open that its person left.
const fn is_of_a_person(command: &Command) -> bool {
    !matches!(
        command,
        Command::ListChats
            | Command::Rows { .. }
            | Command::Attached { .. }
            | Command::Show { .. }
            | Command::MarkRead { .. }
            | Command::ShowDraft { .. }
            | Command::ShowPicture { .. }
            | Command::ShowSettings
    )
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

/// Often enough for a laptop that is opened again, seldom enough for a machine at rest.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Long enough to write two dozen words down and to put the paper away.
const BEGUN_MAX: Duration = Duration::from_secs(60 * 60);
/// Messages disappear by the hour, what is read of them by the minute; locked or not.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
