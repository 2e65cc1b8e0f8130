//! What nobody asks for: messages that are over go, and a vault that was left alone is locked.

use super::{AutoLock, Engine, Open, State, working::blocking};
use crate::{
    event::{Change, Event, Told},
    pairing::What,
};
use nyx_vault::{Expired, Vault};
use std::{sync::Arc, time::Duration};
use tokio::{task::spawn_blocking, time::Instant};

impl Engine {
    /// Removes, beside everything else, what a crash between a file and its message left.
    pub(super) fn tidy(&mut self) {
        let State::Open(Open { vault, .. }) = &self.state else { return };
        let vault = Arc::clone(vault);
        self.lanes.tidy(move || {
            if let Err(error) = vault.sweep() {
                tracing::warn!(%error, "files without a message could not be removed");
            }
        });
    }

    /// Removes what is over. A clock that is wrong takes messages too early; see `vault.md`.
    pub(super) async fn sweep(&mut self) {
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

    pub(super) async fn expire(&mut self, vault: Arc<Vault>, now_ms: i64) {
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

    /// Locks a vault that was left alone for long enough, and wipes what was begun and not confirmed for too long.
    pub(super) async fn forget_what_is_over(&mut self) {
        if self.left(self.used, self.lock_after()).is_some_and(|left| left.is_zero()) {
            self.lock(None).await;
        }
        if self.begun.as_ref().is_some_and(|(_, since)| self.left(*since, Some(BEGUN_MAX)) == Some(Duration::ZERO)) {
            self.begun = None;
        }
    }

    /// When to look again whether something is over. Sooner than it can be: the timer stands still while the machine
    /// sleeps, and what was over meanwhile is to be over soon after it wakes.
    pub(super) fn look_at(&self) -> Option<Instant> {
        let lock = self.left(self.used, self.lock_after());
        let begun = self.begun.as_ref().and_then(|(_, since)| self.left(*since, Some(BEGUN_MAX)));
        let left = lock.into_iter().chain(begun).min()?;
        Some(Instant::now() + left.min(LOOK_EVERY))
    }

    /// After how long without use the vault is locked; `None`: not now.
    pub(super) fn lock_after(&self) -> Option<Duration> {
        let is_open = matches!(self.state, State::Open(_));
        let after = match self.auto_lock {
            AutoLock::Never => None,
            AutoLock::AsSet => self.settings.lock_after_secs,
        };
        let is_idle = self.lanes.is_idle() && !self.pairings.is(What::Send) && !self.pairings.is(What::Receive);
        after.filter(|_| is_open && is_idle).map(|secs| Duration::from_secs(secs.into()))
    }

    /// How much of a time is left.
    pub(super) fn left(&self, since: Duration, time: Option<Duration>) -> Option<Duration> {
        let passed = self.world.clock.passed().saturating_sub(since);
        time.map(|time| time.saturating_sub(passed))
    }
}

/// Often enough for a laptop that is opened again, seldom enough for a machine at rest.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Long enough to write two dozen words down and to put the paper away.
const BEGUN_MAX: Duration = Duration::from_secs(60 * 60);
/// Messages disappear by the hour, what is read of them by the minute; locked or not.
pub(super) const SWEEP_EVERY: Duration = Duration::from_secs(60);
