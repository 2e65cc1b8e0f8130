//! The one way in which the engine writes: new state and what is to be sent go into one transaction. When [`commit`]
//! has returned they are durable together, and only then may anything of the outbox leave the device; a power cut in
//! between sends nothing twice under one key and loses nothing that was promised.

use crate::failure::Failure;
use nyx_vault::{Reader, Tx, Vault, model::AccountState};

/// Writes. All of it is there when this returns `Ok`, and nothing of it otherwise.
pub(crate) fn commit<T>(vault: &Vault, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
    vault.commit::<T, Failure>(work)
}

/// Reads one consistent view.
pub(crate) fn look<T>(vault: &Vault, look: impl FnOnce(&Reader<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
    vault.read::<T, Failure>(look)
}

/// An account that moved away or is about to may not be written to: what is written here would be lost.
pub(crate) fn may_write(tx: &Tx<'_>) -> Result<(), Failure> {
    match tx.account()?.map(|account| account.state) {
        Some(AccountState::Active) => Ok(()),
        Some(AccountState::Frozen) => Err(Failure::BeingMoved),
        Some(AccountState::Moved { to }) => Err(Failure::Moved { to }),
        None => Err(Failure::NoAccount),
    }
}
