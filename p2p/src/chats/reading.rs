//! Messages for programs and for the terminal: as many as are wanted, one after the other.

use crate::{
    chats::conversation_or_notes,
    command::Reading,
    commit::look,
    event::Event,
    failure::Failure,
    files::{outside::Outside, saving::Saving},
    jobs::{Job, World},
};
use nyx_vault::{Page, Vault, limits::PAGE_MAX, model::Message};
use std::{collections::VecDeque, path::Path};

/// Tells messages, the older before the newer, and writes their attachments out if that is wanted.
pub(crate) fn read(job: &Job, world: &World, vault: &Vault, reading: &Reading) -> Result<(), Failure> {
    let save = match &reading.save {
        Some(dir) => {
            let saving = Saving { job, world, vault, outside: Outside::of(job)? };
            saving.make_dir(dir)?;
            Some((saving, dir.as_path()))
        }
        None => None,
    };
    match &reading.search {
        Some(query) => tell_found(job, vault, reading, query, save.as_ref()),
        None => tell_newest(job, vault, reading, save.as_ref()),
    }
}

/// Where attachments are written to, and by what.
type Save<'s> = Option<&'s (Saving<'s>, &'s Path)>;

/// However many are wanted, one page of them is in memory: the pages are counted backwards first, told forwards then.
fn tell_newest(job: &Job, vault: &Vault, reading: &Reading, save: Save<'_>) -> Result<(), Failure> {
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
        tell(job, messages.into_iter().filter(|message| message.seq <= last).collect(), save)?;
    }
    Ok(())
}

fn tell_found(job: &Job, vault: &Vault, reading: &Reading, query: &str, save: Save<'_>) -> Result<(), Failure> {
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
    tell(job, found, save)
}

fn tell(job: &Job, messages: Vec<Message>, save: Save<'_>) -> Result<(), Failure> {
    let total = messages.iter().flat_map(|message| &message.attachments).map(|attachment| attachment.size).sum();
    let mut before = 0;
    for message in messages {
        job.check()?;
        let mut saved = Vec::new();
        if let Some((saving, dir)) = save {
            // Without its key there is nothing left to save.
            for attachment in message.attachments.iter().filter(|attachment| attachment.about.is_some()) {
                saved.push(saving.save(attachment, dir, (before, total))?);
                before += attachment.size;
            }
        }
        job.tell(Event::Message { message, saved });
    }
    Ok(())
}
