//! What a person began to write.

use crate::{
    chats::conversation_or_notes,
    commit::{commit, look, may_write},
    event::{Change, Event},
    failure::Failure,
    jobs::{Job, World},
};
use nyx_vault::{ConversationId, MessageId, Vault, model::Draft};

/// Keeps what was begun; an empty text forgets it.
pub(crate) fn keep(
    job: &Job,
    world: &World,
    vault: &Vault,
    conversation: Option<ConversationId>,
    text: String,
    reply_to: Option<MessageId>,
) -> Result<(), Failure> {
    let id = commit(vault, |tx| {
        may_write(tx)?;
        let id = conversation_or_notes(tx, conversation)?.id;
        tx.set_draft(id, &Draft { body: text, reply_to, updated_ms: world.now_ms() })?;
        Ok(id)
    })?;
    job.tell(Event::Changed(Change::Conversation(id)));
    Ok(())
}

/// Tells what was begun.
pub(crate) fn show(job: &Job, vault: &Vault, conversation: Option<ConversationId>) -> Result<(), Failure> {
    let draft = look(vault, |reader| Ok(reader.draft(conversation_or_notes(reader, conversation)?.id)?))?;
    job.tell(Event::Draft(draft));
    Ok(())
}
