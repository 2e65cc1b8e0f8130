//! How the vault is given up: afterwards no key of it is in memory.

use super::{Engine, Open, State, working::blocking};
use crate::{
    event::{Event, Told},
    failure::Failure,
    front::RequestId,
};
use nyx_vault::LockedVault;
use std::sync::Arc;

impl Engine {
    /// Wipes the keys; the home stays held.
    pub(super) async fn lock(&mut self, by: Option<RequestId>) {
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
    pub(super) async fn leave(&mut self) -> Option<Box<LockedVault>> {
        let was_open = matches!(self.state, State::Open(_));
        let vault = self.give_up().await;
        if was_open {
            let _ = self.events.send(Told { by: None, event: Event::Locked }).await;
        }
        vault
    }

    /// Stops what runs and takes the vault away, locked. Afterwards no key of it is in memory, and nothing of it lies
    /// outside of it but what the person saved.
    pub(super) async fn give_up(&mut self) -> Option<Box<LockedVault>> {
        self.asking.stop();
        self.pairings.stop_moving().await;
        self.settling.stop().await;
        // One that came in while it was being stopped is in its place, and is not to open by itself.
        while self.arrivals.try_recv().is_ok() {}
        if let Some(by) = self.making.stop().await {
            self.tell(by, Event::Failed(Failure::Cancelled)).await;
        }
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
}
