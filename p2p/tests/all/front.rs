//! A front end that waits for the end of each command.

use nyx_p2p::{
    Clock, Command, Commands, Event, Events, Failure, Password, PasswordCost, PasswordParams, Phrase, Setup, WordCount,
    start,
};
use nyx_testkit::seed::Seeded;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Time that a test sets; nothing else moves it.
#[derive(Debug)]
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    pub(crate) fn at(unix_ms: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(unix_ms)))
    }

    pub(crate) fn set(&self, unix_ms: i64) {
        self.0.store(unix_ms, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn unix_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn running(&self) -> Duration {
        Duration::from_millis(self.unix_ms().unsigned_abs())
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
    pub(crate) fn at(home: &Path, lock_after: Option<Duration>) -> Self {
        let clock = SetClock::at(NOW_MS);
        // Printed there, so that a failure can be repeated.
        let seed = Seeded::from_environment(&home.display().to_string()).next_u64();
        let (commands, events) = start(Setup {
            home: home.to_owned(),
            clock: clock.clone(),
            rng: Box::new(ChaCha20Rng::seed_from_u64(seed)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            lock_after,
        });
        Self { commands, events, clock }
    }

    /// With a new account, and its phrase.
    pub(crate) async fn with_account(home: &Path, lock_after: Option<Duration>) -> (Self, Phrase) {
        let mut front = Self::at(home, lock_after);
        let phrase = front.create().await;
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
