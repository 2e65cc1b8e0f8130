//! How the vault comes to be open: found, unlocked, made.

use super::{Engine, Open, State, working::blocking};
use crate::{
    account::{
        self, Entered,
        keyring::{self, KeyringError, KeyringKey, KeyringUse},
    },
    command::Settings,
    engine::lanes::Lane,
    event::{Event, Told},
    failure::Failure,
    files::passing::Passing,
    front::RequestId,
    jobs::Job,
    moving::{self, Arrived},
    pairing::What,
    settings,
};
use nyx_crypto::kdf::Password;
use nyx_vault::{LockedVault, Vault};
use std::sync::Arc;
use tokio::task::spawn_blocking;

impl Engine {
    pub(super) async fn find(&mut self, job: Job) {
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
                Err(failure) => {
                    if matches!(failure, Failure::NoAccount) {
                        self.tell_kept_beside(job.by).await;
                    }
                    return self.tell(job.by, Event::Failed(failure)).await;
                }
            }
        }
        let event = Event::Keyring(self.keyring());
        self.tell(job.by, event).await;
        self.tell(job.by, Event::Done).await;
    }

    pub(super) async fn unlock(&mut self, job: Job, password: Password) {
        if let State::Open(_) = self.state {
            // A front end that asks again wants to know whether it is the person.
            let check = move |_: &Job, open: Open| Ok(open.vault.check_password(&password)?);
            return self.beside(Lane::Password, job, check).await;
        }
        self.unlock_by(job.by, move |vault| account::unlock(vault, &password)).await;
    }

    /// Has the keyring asked; `heard_keyring` goes on with its answer.
    pub(super) async fn ask_keyring(&mut self, job: Job) {
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

    pub(super) async fn heard_keyring(&mut self, job: Job, key: Result<KeyringKey, Failure>) {
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

    pub(super) async fn unlock_by(
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

    /// Carries out what ends with an open vault. Nothing else can be done until it is.
    pub(super) async fn enter(&mut self, job: Job, work: impl FnOnce(&Job) -> Entered + Send + 'static) {
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

    /// A vault came into the home by a move, which goes on beside the engine until the old device has its receipt.
    pub(super) async fn moved_in(&mut self, arrived: Arrived) {
        let Arrived { vault, shared } = arrived;
        let vault = Arc::new(vault);
        // Nobody is there any more who needs it: the move was stopped, and comes back by itself when it is asked to.
        let _ = shared.send(Arc::clone(&vault));
        self.opened_shared(vault).await;
        self.keep_door();
    }

    /// Tells of an account that was on its way into this home.
    async fn tell_kept_beside(&mut self, by: RequestId) {
        let home = self.world.home.clone();
        match blocking(move || moving::kept_beside(&home)).await {
            Ok(Some(unfinished)) => self.tell(by, Event::Unfinished(unfinished)).await,
            Ok(None) => {}
            Err(failure) => tracing::warn!(%failure, "what came of an account could not be looked at"),
        }
    }

    /// A vault was made beside the engine, or was not.
    pub(super) async fn made(&mut self, by: RequestId, made: Result<Vault, Failure>) {
        match made {
            Ok(vault) => {
                self.opened(vault).await;
                self.tell(by, Event::Done).await;
            }
            Err(failure) => self.tell(by, Event::Failed(failure)).await,
        }
    }

    pub(super) async fn opened(&mut self, vault: Vault) {
        self.opened_shared(Arc::new(vault)).await;
    }

    async fn opened_shared(&mut self, vault: Arc<Vault>) {
        let passing = Passing::of(&self.world.home);
        let open = Open { vault, passing: Arc::new(passing) };
        let (vault, vault_of_move) = (Arc::clone(&open.vault), Arc::clone(&open.vault));
        let home = self.world.home.clone();
        self.settings = blocking(move || settings::on_opening(&home, &vault)).await.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "settings could not be read");
            Settings::default()
        });
        self.state = State::Open(open);
        self.used = self.world.clock.passed();
        // Whatever account was begun, this is another one now or it is made.
        self.begun = None;
        self.was_open = true;
        for event in [Event::Opened, Event::Settings(self.settings.clone()), Event::Keyring(self.keyring())] {
            let _ = self.events.send(Told { by: None, event }).await;
        }
        let (vault, world) = (Arc::clone(&vault_of_move), self.world.clone());
        match blocking(move || moving::kept_in(&vault, &world)).await {
            Ok(Some(unfinished)) if !self.pairings.is(What::Receive) => {
                let _ = self.events.send(Told { by: None, event: Event::Unfinished(unfinished) }).await;
            }
            Ok(_) => {}
            Err(failure) => tracing::warn!(%failure, "what is kept of a move could not be read"),
        }
        self.sweep().await;
        self.tidy();
    }

    /// How the keyring and the vault stand to each other.
    pub(super) fn keyring(&self) -> KeyringUse {
        let has_slot = match &self.state {
            State::Away => false,
            State::Locked(vault) => vault.has_keyring(),
            State::Open(open) => open.vault.has_keyring(),
        };
        keyring::in_use(&self.world, has_slot)
    }
}
