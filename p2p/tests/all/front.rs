//! A front end that waits for the end of each command.

use nyx_p2p::{
    AutoLock, Clock, Command, Commands, Event, Events, Failure, Keyring, Message, NewNote, Password, PasswordCost,
    PasswordParams, Phrase, Reading, Settings, Setup, Source, WordCount, start,
};
use nyx_testkit::seed::Seeded;
use nyx_vault::{
    LockedVault, MessageId, Tx, WriteError,
    model::{Author, Delivery, NewMessage},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Time that a test sets; nothing else moves it. But what passes is what tokio says, and what the machine slept.
#[derive(Debug)]
pub(crate) struct SetClock {
    unix_ms: AtomicI64,
    started: Instant,
    slept_secs: AtomicU64,
}

impl SetClock {
    pub(crate) fn at(unix_ms: i64) -> Arc<Self> {
        Arc::new(Self { unix_ms: AtomicI64::new(unix_ms), started: Instant::now(), slept_secs: AtomicU64::new(0) })
    }

    pub(crate) fn set(&self, unix_ms: i64) {
        self.unix_ms.store(unix_ms, Ordering::Relaxed);
    }

    /// The machine sleeps for so long, and wakes.
    pub(crate) fn sleep(&self, time: Duration) {
        self.slept_secs.fetch_add(time.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn unix_ms(&self) -> i64 {
        self.unix_ms.load(Ordering::Relaxed)
    }

    fn running(&self) -> Duration {
        Duration::from_millis(self.unix_ms().unsigned_abs())
    }

    fn passed(&self) -> Duration {
        self.started.elapsed() + Duration::from_secs(self.slept_secs.load(Ordering::Relaxed))
    }
}

/// An engine and its front end.
pub(crate) struct Front {
    pub(crate) commands: Commands,
    pub(crate) events: Events,
    pub(crate) clock: Arc<SetClock>,
}

/// A moment in 2026.
pub(crate) const NOW_MS: i64 = 1_790_000_000_000;

impl Front {
    pub(crate) fn at(home: &Path) -> Self {
        Self::with(home, AutoLock::Never)
    }

    pub(crate) fn with(home: &Path, auto_lock: AutoLock) -> Self {
        Self::with_keyring(home, auto_lock, None)
    }

    pub(crate) fn with_keyring(home: &Path, auto_lock: AutoLock, keyring: Option<Arc<dyn Keyring>>) -> Self {
        let clock = SetClock::at(NOW_MS);
        // Printed there, so that a failure can be repeated.
        let seed = Seeded::from_environment(&home.display().to_string()).next_u64();
        let (commands, events) = start(Setup {
            home: home.to_owned(),
            clock: clock.clone(),
            rng: Box::new(ChaCha20Rng::seed_from_u64(seed)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring,
            auto_lock,
            has_door: auto_lock == AutoLock::AsSet,
        });
        Self { commands, events, clock }
    }

    /// With a new account, and its phrase. `lock_after` is set as a person would set it.
    pub(crate) async fn with_account(home: &Path, lock_after: Option<Duration>) -> (Self, Phrase) {
        let mut front = Self::with(home, if lock_after.is_some() { AutoLock::AsSet } else { AutoLock::Never });
        let phrase = front.create().await;
        if let Some(after) = lock_after {
            let lock_after_secs = Some(u32::try_from(after.as_secs()).unwrap());
            front.run(Command::ChangeSettings(Settings { lock_after_secs, ..Settings::default() })).await.unwrap();
        }
        (front, phrase)
    }

    pub(crate) async fn create(&mut self) -> Phrase {
        let begin = Command::NewAccount { name: "Ayu".to_owned(), password: password(), words: WordCount::Twelve };
        let mut phrase = None;
        for event in self.run(begin).await.unwrap() {
            if let Event::Phrase(shown) = event {
                phrase = Some(Phrase::parse(shown.line()).unwrap());
            }
        }
        self.run(Command::PhraseKept).await.unwrap();
        phrase.unwrap()
    }

    /// Sends a command and collects its events until it ends.
    pub(crate) async fn run(&mut self, command: Command) -> Result<Vec<Event>, Failure> {
        let by = self.commands.send(command).await.unwrap();
        let mut heard = Vec::new();
        loop {
            let told = self.events.next().await.unwrap();
            if told.by != Some(by) {
                continue;
            }
            match told.event {
                Event::Done => return Ok(heard),
                Event::Failed(failure) => return Err(failure),
                event => heard.push(event),
            }
        }
    }

    /// Writes a note with these attachments, and tells the message.
    pub(crate) async fn attach(&mut self, attachments: Vec<Source>) -> Message {
        self.run(Command::Note(NewNote { attachments, ..NewNote::default() })).await.unwrap();
        let heard = self.run(Command::Read(Reading { limit: 1, ..Reading::default() })).await.unwrap();
        heard
            .into_iter()
            .find_map(|event| if let Event::Message { message, .. } = event { Some(message) } else { None })
            .unwrap()
    }

    pub(crate) async fn unlock(&mut self) -> Result<Vec<Event>, Failure> {
        self.run(Command::Unlock { password: password() }).await
    }

    /// Ends the engine and waits until it has let go of everything.
    pub(crate) async fn close(self) {
        let Self { commands, mut events, .. } = self;
        drop(commands);
        while events.next().await.is_some() {}
    }
}

pub(crate) fn password() -> Password {
    Password::new(PASSWORD).unwrap()
}

/// Writes into a vault that no engine has.
pub(crate) fn write_to(home: &Path, work: impl FnOnce(&mut Tx<'_>) -> Result<(), WriteError>) {
    let vault = LockedVault::find(home).unwrap().unlock(&password()).unwrap();
    vault.commit(work).unwrap();
}

/// With an account and many notes, written in one transaction as an import would write them.
pub(crate) async fn filled(home: &Path, count: usize) -> Front {
    let (front, _) = Front::with_account(home, None).await;
    front.close().await;
    let mut rng = Seeded::new(1);
    write_to(home, |tx| {
        let notes = tx.notes()?.unwrap().id;
        for number in 0..count {
            tx.add_message(NewMessage {
                id: MessageId(rng.bytes()),
                conversation: notes,
                author: Author::Me,
                at_ms: NOW_MS,
                delivery: Delivery::Here,
                body: format!("note {number}"),
                reply_to: None,
                attachments: Vec::new(),
                ttl_secs: None,
            })?;
        }
        Ok(())
    });
    let mut front = Front::at(home);
    front.unlock().await.unwrap();
    front
}
