//! The desktop's keyring: comfort for whoever is logged in. It keeps a random secret that opens the vault's third slot
//! when the program starts. What that costs, and why it opens nothing later, stands in decision 10.
//!
//! Invariants: the password alone always opens; the slot is there only while its person wants it; no wait for a keyring
//! is without an end, and each can be stopped.

use crate::{
    event::Event,
    failure::Failure,
    jobs::{Job, World},
};
use nyx_crypto::{kdf::Password, purposes::KeyringSecret, secret::Secret};
use nyx_vault::Vault;
use rand_core::CryptoRng;
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// What a keyring keeps.
pub type KeyringKey = Secret<KeyringSecret>;

/// What a keyring answers, once it does.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyringError>> + Send + 'a>>;

/// What keeps secrets for as long as somebody is logged in. The engine gives each answer [`patience`](Self::patience) and
/// drops what is late, so an answer may wait for ever.
pub trait Keyring: Send + Sync {
    /// Keeps the secret of a vault, in place of an earlier one.
    fn keep<'a>(&'a self, vault: [u8; 16], key: &'a KeyringKey) -> Answer<'a, ()>;

    /// Finds the secret of a vault.
    fn find(&self, vault: [u8; 16]) -> Answer<'_, KeyringKey>;

    /// Forgets the secret of a vault. That there is none is no error.
    fn forget(&self, vault: [u8; 16]) -> Answer<'_, ()>;

    /// How long an answer may take. A keyring that is locked asks its person for a password of its own meanwhile.
    fn patience(&self) -> Duration {
        PATIENCE
    }
}

/// Why a keyring did not do it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyringError {
    /// There is none, or nothing in it to keep secrets in.
    #[error("there is no keyring")]
    Absent,
    /// It stayed locked: its person did not open it.
    #[error("the keyring is locked")]
    Locked,
    /// It does not have the secret, or did not keep it.
    #[error("the keyring has no secret of this vault")]
    Lost,
    /// What it has is no secret of this vault.
    #[error("the keyring has another secret")]
    Foreign,
    /// It did not answer in time.
    #[error("the keyring did not answer in time")]
    Slow,
    /// It refused, in words of its own that the log has.
    #[error("the keyring refused")]
    Refused,
}

/// How the keyring and the vault stand to each other.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KeyringUse {
    /// This program was started without one.
    #[default]
    Absent,
    /// It opens nothing.
    Off,
    /// It opens the vault when the program starts.
    On,
}

/// Whether a keyring works: keeps something, has it, and forgets it again.
pub async fn try_keyring(keyring: &dyn Keyring, rng: &mut (impl CryptoRng + ?Sized)) -> Result<(), KeyringError> {
    let (mut name, mut key) = ([0; 16], [0; 32]);
    rng.fill_bytes(&mut name);
    rng.fill_bytes(&mut key);
    let key = KeyringKey::from_bytes(key);
    let kept = match in_time(keyring, keyring.keep(name, &key)).await {
        Ok(()) => in_time(keyring, keyring.find(name)).await,
        Err(error) => Err(error),
    };
    // Whatever went wrong: it may have been kept all the same.
    let forgotten = in_time(keyring, keyring.forget(name)).await;
    if kept? != key {
        return Err(KeyringError::Foreign);
    }
    forgotten?;
    match in_time(keyring, keyring.find(name)).await {
        Err(KeyringError::Lost) => Ok(()),
        Ok(_) => Err(KeyringError::Refused),
        Err(error) => Err(error),
    }
}

/// The keyring is being asked for what opens the vault. Everything else goes on meanwhile.
#[derive(Default)]
pub(crate) struct Asking(Option<(Arc<AtomicBool>, JoinHandle<Heard>)>);

type Heard = (Job, Result<KeyringKey, Failure>);

impl Asking {
    /// Asks for the secret of a vault, unless it is being asked already.
    pub(crate) fn begin(&mut self, job: Job, keyring: Arc<dyn Keyring>, vault: [u8; 16]) -> Result<(), Job> {
        if self.0.is_some() {
            return Err(job);
        }
        let stop = Arc::clone(&job.stop);
        let asked = tokio::spawn(async move {
            let key = while_wanted(&job, &*keyring, keyring.find(vault)).await;
            (job, key)
        });
        self.0 = Some((stop, asked));
        Ok(())
    }

    /// The answer; `None`: nothing is asked, or who asked is gone.
    pub(crate) async fn answered(&mut self) -> Option<Heard> {
        let answered = (&mut self.0.as_mut()?.1).await;
        self.0 = None;
        answered.inspect_err(|error| tracing::error!(%error, "asking the keyring ended early")).ok()
    }

    /// Its answer is not wanted any more, and will say so.
    pub(crate) fn stop(&self) {
        if let Some((stop, _)) = &self.0 {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

/// How they stand to each other.
pub(crate) fn in_use(world: &World, has_slot: bool) -> KeyringUse {
    match (&world.keyring, has_slot) {
        (None, _) => KeyringUse::Absent,
        (Some(_), false) => KeyringUse::Off,
        (Some(_), true) => KeyringUse::On,
    }
}

/// Lets the keyring open the vault from now on.
pub(crate) fn turn_on(job: &Job, world: &World, vault: &Vault, password: &Password) -> Result<(), Failure> {
    let keyring = world.keyring.as_deref().ok_or(KeyringError::Absent)?;
    let key = world.random(KeyringKey::random);
    // The vault first: a wrong password is told before the keyring is touched.
    vault.add_keyring(password, &key)?;
    let kept = keep(job, keyring, vault, &key);
    if kept.is_err() {
        drop_slot(vault);
    }
    job.tell(Event::Keyring(in_use(world, vault.has_keyring())));
    kept
}

/// Lets it open nothing any more. That needs no password: it only makes the vault harder to open.
pub(crate) fn turn_off(job: &Job, world: &World, vault: &Vault) -> Result<(), Failure> {
    vault.remove_keyring()?;
    job.tell(Event::Keyring(in_use(world, false)));
    forget(job, world, vault.vault_id());
    Ok(())
}

/// Changes the password. The keyring gets another secret: who changes a lock wants all of the old keys to be useless.
pub(crate) fn change_password(
    job: &Job,
    world: &World,
    vault: &Vault,
    (present, new): (&Password, &Password),
) -> Result<(), Failure> {
    let was_used = vault.has_keyring();
    let keyring = world.keyring.as_deref().filter(|_| was_used);
    let key = keyring.map(|_| world.random(KeyringKey::random));
    vault.change_password(present, &world.new_password(new)?, key.as_ref())?;
    if let (Some(keyring), Some(key)) = (keyring, &key)
        && let Err(failure) = keep(job, keyring, vault, key)
    {
        tracing::info!(%failure, "the keyring did not take the new secret");
        drop_slot(vault);
    }
    if was_used {
        job.tell(Event::Keyring(in_use(world, vault.has_keyring())));
        if !vault.has_keyring() {
            job.tell(Event::KeyringTurnedOff);
        }
    }
    Ok(())
}

/// Has the keyring forget what opened a vault. The slot is gone already, so what may stay there opens nothing.
pub(crate) fn forget(job: &Job, world: &World, vault: [u8; 16]) {
    let Some(keyring) = world.keyring.as_deref() else { return };
    if let Err(failure) = wait(job, keyring, keyring.forget(vault)) {
        tracing::info!(%failure, "the keyring did not forget");
        job.tell(Event::KeyringEntryStays);
    }
}

/// Keeps it, and looks whether it is kept: some take a secret and have none.
fn keep(job: &Job, keyring: &dyn Keyring, vault: &Vault, key: &KeyringKey) -> Result<(), Failure> {
    let vault = vault.vault_id();
    wait(job, keyring, keyring.keep(vault, key))?;
    let found = wait(job, keyring, keyring.find(vault))?;
    if found == *key { Ok(()) } else { Err(KeyringError::Lost.into()) }
}

/// A slot whose secret nobody has opens nothing, and would only promise it.
fn drop_slot(vault: &Vault) {
    if let Err(error) = vault.remove_keyring() {
        // The next start says that the keyring does not have the secret, and asks for the password.
        tracing::warn!(%error, "a slot without its secret could not be removed");
    }
}

/// Waits on a thread that may.
fn wait<T>(job: &Job, keyring: &dyn Keyring, answer: Answer<'_, T>) -> Result<T, Failure> {
    Handle::current().block_on(while_wanted(job, keyring, answer))
}

async fn while_wanted<T>(job: &Job, keyring: &dyn Keyring, answer: Answer<'_, T>) -> Result<T, Failure> {
    let unwanted = async {
        while !job.stop.load(Ordering::Relaxed) {
            sleep(LOOK_EVERY).await;
        }
    };
    tokio::select! {
        answer = in_time(keyring, answer) => Ok(answer?),
        () = unwanted => Err(Failure::Cancelled),
    }
}

async fn in_time<T>(keyring: &dyn Keyring, answer: Answer<'_, T>) -> Result<T, KeyringError> {
    timeout(keyring.patience(), answer).await.unwrap_or(Err(KeyringError::Slow))
}

/// A keyring that is locked asks for a password, and people look for it first. The window can be used meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);
/// A command knows that it is to stop by a switch; while a keyring thinks, somebody has to look at it.
const LOOK_EVERY: Duration = Duration::from_millis(50);
