//! The old device's disk, as the machine wants it used.

use super::power;
use crate::{account::identity, commit::look, failure::Failure, jobs::World, pairing::Wanted};
use nyx_crypto::{account::OperatingKey, moving::TransferKeys, signature::Verified};
use nyx_proto::moving::With;
use nyx_vault::{PrepareError, Turn, Vault};
use nyx_wire::moving::Manifest;
use std::sync::Arc;

/// What the machine wants done.
pub(super) enum Task {
    /// Make this durable, with what else changes.
    Persist(Vec<u8>, With),
    /// Put together what changed since the snapshot.
    Delta(Box<Verified<Manifest>>),
    /// Open the operating key.
    OpenKey,
    /// The other side was heard.
    Heard,
}

/// What came of it.
pub(super) enum Answer {
    Persisted,
    Delta(Box<Verified<Manifest>>, Vec<u8>),
    Key(OperatingKey),
    /// The disk did not do it, or what lies there is damaged.
    Failed(Failure),
}

/// The vault that an account leaves.
pub(super) struct Outgoing {
    pub(super) world: World,
    pub(super) vault: Arc<Vault>,
    pub(super) transfer: [u8; 16],
    pub(super) wanted: Wanted,
}

impl Outgoing {
    pub(super) fn work(&mut self, task: Task) -> Option<Answer> {
        let answer = match task {
            Task::Persist(record, with) => self.persist(&record, with).map(|()| Answer::Persisted),
            Task::Delta(first) => self.delta(&first),
            Task::OpenKey => look(&self.vault, identity::operating_key).map(Answer::Key),
            Task::Heard => {
                if let Err(error) = self.vault.heard_move(&self.transfer, self.world.now_ms()) {
                    tracing::warn!(%error, "that the other device was heard could not be noted");
                }
                return None;
            }
        };
        Some(answer.unwrap_or_else(Answer::Failed))
    }

    fn persist(&self, record: &[u8], with: With) -> Result<(), Failure> {
        let turn = match with {
            With::Nothing | With::Discard => Turn::Stay,
            With::Freeze => Turn::Freeze,
            With::LetGo => Turn::LetGo,
            With::Thaw => Turn::Thaw,
        };
        power::step(power::of_old(record), || {
            Ok(self.vault.keep_move(&self.transfer, record, turn, self.world.now_ms())?)
        })
    }

    fn delta(&self, first: &Verified<Manifest>) -> Result<Answer, Failure> {
        let prepared = self.vault.move_delta(first, &mut |_, _| self.wanted.is_wanted()).map_err(not_prepared)?;
        let opkey = look(&self.vault, identity::operating_key)?;
        Ok(Answer::Delta(Box::new(opkey.sign_manifest(prepared.manifest)), prepared.index))
    }
}

/// Why nothing was prepared.
pub(super) fn not_prepared(error: PrepareError) -> Failure {
    match error {
        PrepareError::NoAccount => Failure::NoAccount,
        PrepareError::Underway => Failure::MoveUnderway,
        PrepareError::TooLarge => Failure::TooLong("account"),
        PrepareError::Cancelled => Failure::Cancelled,
        PrepareError::Storage(error) => error.into(),
    }
}

/// The keys of a move that is kept, each time a copy of them is needed.
pub(super) fn kept_keys(vault: &Vault, transfer: [u8; 16]) -> Result<TransferKeys, Failure> {
    let keys = vault.move_keys(&transfer)?.ok_or(Failure::NoMove)?;
    Ok(keys.into_transfer(transfer).0)
}
