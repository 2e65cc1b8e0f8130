//! The conversation with oneself: ordinary in every respect, and there from the first minute.

use crate::{
    commit::{commit, look, may_write},
    event::{Change, Event},
    failure::Failure,
    jobs::{Job, World},
};
use nyx_vault::{MessageId, Tx, Vault, model::Author};

/// Replaces the text of a message.
pub(crate) fn edit(job: &Job, world: &World, vault: &Vault, id: MessageId, text: &str) -> Result<(), Failure> {
    update(job, vault, id, |tx| Ok(tx.edit_message(id, text, world.now_ms())?))
}

/// Reacts to a message.
pub(crate) fn react(job: &Job, world: &World, vault: &Vault, id: MessageId, emoji: &str) -> Result<(), Failure> {
    update(job, vault, id, |tx| Ok(tx.react(id, Author::Me, emoji, world.now_ms())?))
}

/// Takes a reaction back.
pub(crate) fn unreact(job: &Job, vault: &Vault, id: MessageId, emoji: &str) -> Result<(), Failure> {
    update(job, vault, id, |tx| Ok(tx.unreact(id, Author::Me, emoji)?))
}

/// Removes a message.
pub(crate) fn delete(job: &Job, vault: &Vault, id: MessageId) -> Result<(), Failure> {
    let gone = commit(vault, |tx| {
        may_write(tx)?;
        Ok(tx.delete_message(id)?)
    })?;
    job.tell(Event::Changed(Change::Removed { conversation: gone.conversation, seqs: vec![gone.seq] }));
    Ok(())
}

/// Tells the earlier texts of a message.
pub(crate) fn show_edits(job: &Job, vault: &Vault, id: MessageId) -> Result<(), Failure> {
    job.tell(Event::Edits(look(vault, |reader| Ok(reader.edits(id)?))?));
    Ok(())
}

/// Changes a message in its place.
fn update(
    job: &Job,
    vault: &Vault,
    id: MessageId,
    work: impl FnOnce(&mut Tx<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let change = commit(vault, |tx| {
        may_write(tx)?;
        work(tx)?;
        let place = tx.quotes([id], 0)?.remove(&id).ok_or(Failure::NoMessage)?;
        Ok(Change::Updated { conversation: place.conversation, seq: place.seq })
    })?;
    job.tell(Event::Changed(change));
    Ok(())
}
