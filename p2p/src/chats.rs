//! Conversations as a list shows them, and what is kept of each beside its messages.

pub(crate) mod drafts;
pub(crate) mod notes;
pub(crate) mod posting;
pub(crate) mod reading;
pub(crate) mod rows;

use crate::{
    command::ROWS_MAX,
    commit::{commit, look, may_write},
    event::{Change, Chat, Event, UNREAD_MAX},
    failure::Failure,
    jobs::{Job, World},
};
use nyx_vault::{
    ConversationId, Page, Reader, Tx, Vault,
    model::{AccountState, Author, Conversation, ConversationKind},
};

/// Tells every conversation, the one with the newest message first.
pub(crate) fn list(job: &Job, vault: &Vault) -> Result<(), Failure> {
    let chats = look(vault, |reader| {
        reader.conversations()?.into_iter().map(|conversation| chat(reader, conversation)).collect()
    })?;
    job.tell(Event::Chats(chats));
    Ok(())
}

/// The person has seen everything up to this place. From now on the time of what disappears after reading runs.
pub(crate) fn mark_read(
    job: &Job,
    world: &World,
    vault: &Vault,
    conversation: ConversationId,
    seq: u64,
) -> Result<(), Failure> {
    let now_ms = world.now_ms();
    let changes = commit(vault, |tx| {
        let present = tx.conversation(conversation)?.ok_or(Failure::NoConversation)?;
        let read = seq.min(present.last_seq);
        // A front end marks by itself what it shows: of an account that moved away this says nothing, and is no mistake.
        let is_active = tx.account()?.is_some_and(|account| account.state == AccountState::Active);
        if read <= present.read_seq || !is_active {
            return Ok(Vec::new());
        }
        tx.mark_read(conversation, read)?;
        let mut changes = vec![Change::Conversation(conversation)];
        // One's own were started when they were sent.
        if let ConversationKind::Direct(_) = present.kind {
            start_timers(tx, &present, read, now_ms, &mut changes)?;
        }
        Ok(changes)
    })?;
    for change in changes {
        job.tell(Event::Changed(change));
    }
    Ok(())
}

/// Lets new messages disappear after a while.
pub(crate) fn set_timer(
    job: &Job,
    vault: &Vault,
    conversation: Option<ConversationId>,
    ttl_secs: u32,
) -> Result<(), Failure> {
    let id = commit(vault, |tx| {
        may_write(tx)?;
        let conversation = conversation_or_notes(tx, conversation)?;
        tx.put_conversation(&Conversation { ttl_secs, ..conversation.clone() })?;
        Ok(conversation.id)
    })?;
    job.tell(Event::Changed(Change::Conversation(id)));
    Ok(())
}

/// The conversation that is meant: without a name the one with oneself.
pub(crate) fn conversation_or_notes(
    reader: &Reader<'_>,
    conversation: Option<ConversationId>,
) -> Result<Conversation, Failure> {
    let found = match conversation {
        Some(id) => reader.conversation(id)?,
        None => reader.notes()?,
    };
    found.ok_or(Failure::NoConversation)
}

fn chat(reader: &Reader<'_>, conversation: Conversation) -> Result<Chat, Failure> {
    let id = conversation.id;
    let (contact, unread) = match conversation.kind {
        // Nobody else writes there: not one of them has to be looked at, however many were written from a terminal.
        ConversationKind::Notes => (None, 0),
        ConversationKind::Direct(contact) => (reader.contact(contact)?, reader.unread(id, UNREAD_MAX)?),
    };
    Ok(Chat {
        contact,
        newest: reader.messages(id, Page::Newest, 1)?.pop(),
        ends: reader.ends(id)?,
        unread,
        draft: reader.draft(id)?,
        conversation,
    })
}

fn start_timers(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    read: u64,
    now_ms: i64,
    changes: &mut Vec<Change>,
) -> Result<(), Failure> {
    let mut from = conversation.read_seq;
    loop {
        let page = tx.messages(conversation.id, Page::After(from), ROWS_MAX as usize)?;
        let Some(last) = page.last() else { return Ok(()) };
        from = last.seq;
        for message in page.iter().filter(|message| message.seq <= read && message.author != Author::Me) {
            // A message whose key is gone has no time left that could run.
            let waits = message.disappears.is_some_and(|disappears| disappears.at_ms.is_none());
            if waits && message.body.is_some() {
                tx.start_timer(message.id, now_ms)?;
                changes.push(Change::Updated { conversation: conversation.id, seq: message.seq });
            }
        }
        if from >= read {
            return Ok(());
        }
    }
}
