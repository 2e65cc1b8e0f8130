//! Messages for programs and for the terminal: as many as are wanted, one after the other.

use crate::{
    chats::conversation_or_notes, command::Reading, commit::look, event::Event, failure::Failure, jobs::Job, saving,
};
use nyx_vault::{Page, Vault, limits::PAGE_MAX, model::Message};
use std::{collections::VecDeque, fs, path::Path};

/// Tells messages, the older before the newer, and writes their attachments out if that is wanted.
pub(crate) fn read(job: &Job, vault: &Vault, reading: &Reading) -> Result<(), Failure> {
    if let Some(dir) = &reading.save {
        fs::create_dir_all(dir).map_err(|error| Failure::file(dir, error))?;
    }
    match &reading.search {
        Some(query) => tell_found(job, vault, reading, query),
        None => tell_newest(job, vault, reading),
    }
}

/// However many are wanted, one page of them is in memory: the pages are counted backwards first, told forwards then.
fn tell_newest(job: &Job, vault: &Vault, reading: &Reading) -> Result<(), Failure> {
    let conversation = look(vault, |reader| Ok(conversation_or_notes(reader, reading.conversation)?.id))?;
    let mut starts = VecDeque::new();
    let (mut page, mut wanted) = (Page::Newest, reading.limit);
    while wanted > 0 {
        job.check()?;
        let messages = look(vault, |reader| Ok(reader.messages(conversation, page, wanted.min(PAGE_MAX))?))?;
        let (Some(first), Some(last)) = (messages.first(), messages.last()) else { break };
        starts.push_front((first.seq, last.seq));
        wanted -= messages.len();
        page = Page::Before(first.seq);
    }
    for (first, last) in starts {
        let messages =
            look(vault, |reader| Ok(reader.messages(conversation, Page::After(first.saturating_sub(1)), PAGE_MAX)?))?;
        // What came in meanwhile belongs to no page.
        tell(
            job,
            vault,
            messages.into_iter().filter(|message| message.seq <= last).collect(),
            reading.save.as_deref(),
        )?;
    }
    Ok(())
}

fn tell_found(job: &Job, vault: &Vault, reading: &Reading, query: &str) -> Result<(), Failure> {
    let mut found = Vec::new();
    let mut cursor = None;
    while found.len() < reading.limit {
        job.check()?;
        let wanted = reading.limit - found.len();
        let page =
            look(vault, |reader| Ok(reader.search(query, reading.conversation, cursor, wanted.min(PAGE_MAX))?))?;
        found.extend(page.found);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    found.reverse();
    tell(job, vault, found, reading.save.as_deref())
}

fn tell(job: &Job, vault: &Vault, messages: Vec<Message>, save: Option<&Path>) -> Result<(), Failure> {
    let total = messages.iter().flat_map(|message| &message.attachments).map(|attachment| attachment.size).sum();
    let mut before = 0;
    for message in messages {
        job.check()?;
        let mut saved = Vec::new();
        if let Some(dir) = save {
            // Without its key there is nothing left to save.
            for attachment in message.attachments.iter().filter(|attachment| attachment.about.is_some()) {
                saved.push(saving::save(job, vault, attachment, dir, (before, total))?);
                before += attachment.size;
            }
        }
        job.tell(Event::Message { message, saved });
    }
    Ok(())
}
