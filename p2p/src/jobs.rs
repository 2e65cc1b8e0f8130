//! What a running command has in hand: whom to tell, and whether it is still wanted.

use crate::{
    account::keyring::Keyring,
    clock::Clock,
    engine::PasswordCost,
    event::{Event, Told},
    failure::Failure,
    front::RequestId,
};
use nyx_crypto::kdf::{Password, PasswordParams, password_key};
use nyx_vault::NewPassword;
use nyx_wire::identity::DeviceName;
use rand_core::CryptoRng;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;

/// One command while it is carried out, away from the async threads.
pub(crate) struct Job {
    pub(crate) by: RequestId,
    pub(crate) events: mpsc::Sender<Told>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) told_at_ms: AtomicU64,
}

impl Job {
    /// Tells the front end; waits while it is behind.
    pub(crate) fn tell(&self, event: Event) {
        // A front end that is gone needs no events; the engine notices by itself.
        let _ = self.events.blocking_send(Told { by: Some(self.by), event });
    }

    /// Tells how far it is, a few times a second at most, and answers whether to go on.
    pub(crate) fn progress(&self, done: u64, total: Option<u64>) -> bool {
        let now_ms = u64::try_from(self.clock.running().as_millis()).unwrap_or(u64::MAX);
        let last_ms = self.told_at_ms.load(Ordering::Relaxed);
        if now_ms.saturating_sub(last_ms) >= PROGRESS_EVERY_MS || total == Some(done) {
            self.told_at_ms.store(now_ms, Ordering::Relaxed);
            // Never waits: the next one says more than this one did.
            let _ = self.events.try_send(Told { by: Some(self.by), event: Event::Progress { done, total } });
        }
        self.is_wanted()
    }

    /// Whether nobody asked to stop.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// Why something went wrong: asked to stop, a file says that it can't be read or written.
    pub(crate) fn unless_unwanted(&self, failure: Failure) -> Failure {
        self.check().err().unwrap_or(failure)
    }

    /// Stops here if somebody asked to.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.is_wanted() { Ok(()) } else { Err(Failure::Cancelled) }
    }
}

/// What the engine was started with; the same for every command.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) home: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<Mutex<Box<dyn CryptoRng + Send>>>,
    pub(crate) cost: PasswordCost,
    pub(crate) device: Option<DeviceName>,
    pub(crate) keyring: Option<Arc<dyn Keyring>>,
}

impl World {
    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.unix_ms()
    }

    /// Milliseconds since some moment, also those in which the machine slept; never goes back. A code on the screen of a
    /// laptop that was closed does not wait for it to be opened.
    pub(crate) fn passed_ms(&self) -> u64 {
        u64::try_from(self.clock.passed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Lets something use the randomness that was handed in.
    pub(crate) fn random<T>(&self, with: impl FnOnce(&mut Box<dyn CryptoRng + Send>) -> T) -> T {
        with(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A number that nothing else has.
    pub(crate) fn number(&self) -> u64 {
        let mut random = [0; 8];
        self.random(|rng| rng.fill_bytes(&mut random));
        u64::from_be_bytes(random)
    }

    /// A password for a vault on this machine, as dear to guess as the machine bears.
    pub(crate) fn new_password<'a>(&self, password: &'a Password) -> Result<NewPassword<'a>, Failure> {
        let params = match self.cost {
            PasswordCost::Fixed(params) => params,
            PasswordCost::Measured => self.measured(password)?,
        };
        Ok(NewPassword { password, params })
    }

    fn measured(&self, password: &Password) -> Result<PasswordParams, Failure> {
        let floor = PasswordParams::floor();
        let begin = self.clock.running();
        // The result is dropped; only the time it took counts.
        password_key(password, &[0; 16], floor)?;
        let took = self.clock.running().saturating_sub(begin);
        Ok(floor.calibrated(millis(took), PASSWORD_MS))
    }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// How long opening a vault may take: long enough to make guessing dear, short enough not to be a nuisance.
const PASSWORD_MS: u32 = 700;
/// Ten a second look smooth and cost nothing.
const PROGRESS_EVERY_MS: u64 = 100;
