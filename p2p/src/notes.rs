//! The conversation with oneself: ordinary in every respect, and there from the first minute.

use crate::{
    command::{NewNote, Reading},
    commit::{commit, look, may_write},
    event::Event,
    failure::{Failure, FileTrouble},
    jobs::{Job, World},
    saving,
};
use nyx_vault::{
    ConversationId, MessageId, Page, Reader, Vault,
    limits::{ATTACHMENTS_MAX, PAGE_MAX},
    model::{About, Author, Conversation, Delivery, Draft, Message, NewAttachment, NewMessage},
};
use std::{
    collections::VecDeque,
    fs::{self, File},
    path::{Path, PathBuf},
};

/// Writes a note: its files first, then everything in one transaction.
pub(crate) fn write(job: &Job, world: &World, vault: &Vault, note: NewNote) -> Result<(), Failure> {
    if note.text.trim().is_empty() && note.attachments.is_empty() {
        return Err(Failure::EmptyNote);
    }
    if note.attachments.len() > ATTACHMENTS_MAX {
        return Err(Failure::TooLong("list of attachments"));
    }
    // Before a byte is copied: whoever mistyped the third name does not wait for the first two.
    let files = note.attachments.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let total = files.iter().map(|file| file.length).sum();
    let mut before = 0;
    let mut attachments = Vec::with_capacity(files.len());
    for mut file in files {
        let blob = vault
            .store_blob(&mut file.file, &mut |done| job.progress(before + done, Some(total)))
            .map_err(|error| Failure::storing(file.path.clone(), error))?;
        before += blob.size();
        attachments.push(NewAttachment { blob, about: about(&file.path) });
    }
    job.check()?;
    let now_ms = world.now_ms();
    let id = world.random(|rng| MessageId::new(now_ms, rng));
    commit(vault, |tx| {
        may_write(tx)?;
        let notes = tx.notes()?.ok_or(Failure::NoConversation)?;
        tx.add_message(NewMessage {
            id,
            conversation: notes.id,
            author: Author::Me,
            at_ms: now_ms,
            delivery: Delivery::Here,
            body: note.text,
            reply_to: note.reply_to,
            attachments,
            ttl_secs: Some(notes.ttl_secs).filter(|ttl_secs| *ttl_secs > 0),
        })?;
        // One's own note was read when it was written.
        tx.start_timer(id, now_ms)?;
        Ok(())
    })?;
    job.tell(Event::Noted { id });
    Ok(())
}

/// Replaces the text of a message.
pub(crate) fn edit(world: &World, vault: &Vault, id: MessageId, text: &str) -> Result<(), Failure> {
    commit(vault, |tx| {
        may_write(tx)?;
        Ok(tx.edit_message(id, text, world.now_ms())?)
    })
}

/// Reacts to a message.
pub(crate) fn react(world: &World, vault: &Vault, id: MessageId, emoji: &str) -> Result<(), Failure> {
    commit(vault, |tx| {
        may_write(tx)?;
        Ok(tx.react(id, Author::Me, emoji, world.now_ms())?)
    })
}

/// Takes a reaction back.
pub(crate) fn unreact(vault: &Vault, id: MessageId, emoji: &str) -> Result<(), Failure> {
    commit(vault, |tx| {
        may_write(tx)?;
        Ok(tx.unreact(id, Author::Me, emoji)?)
    })
}

/// Removes a message.
pub(crate) fn delete(vault: &Vault, id: MessageId) -> Result<(), Failure> {
    commit(vault, |tx| {
        may_write(tx)?;
        Ok(tx.delete_message(id)?)
    })
}

/// Keeps what was begun.
pub(crate) fn keep_draft(
    world: &World,
    vault: &Vault,
    text: String,
    reply_to: Option<MessageId>,
) -> Result<(), Failure> {
    commit(vault, |tx| {
        may_write(tx)?;
        let notes = tx.notes()?.ok_or(Failure::NoConversation)?;
        Ok(tx.set_draft(notes.id, &Draft { body: text, reply_to, updated_ms: world.now_ms() })?)
    })
}

/// Tells what was begun.
pub(crate) fn show_draft(job: &Job, vault: &Vault) -> Result<(), Failure> {
    job.tell(Event::Draft(look(vault, |reader| Ok(reader.draft(notes_id(reader)?)?))?));
    Ok(())
}

/// Lets new notes disappear after a while.
pub(crate) fn set_timer(vault: &Vault, ttl_secs: u32) -> Result<(), Failure> {
    commit(vault, |tx| {
        may_write(tx)?;
        let notes = tx.notes()?.ok_or(Failure::NoConversation)?;
        Ok(tx.put_conversation(&Conversation { ttl_secs, ..notes })?)
    })
}

/// Tells the earlier texts of a message.
pub(crate) fn show_edits(job: &Job, vault: &Vault, id: MessageId) -> Result<(), Failure> {
    job.tell(Event::Edits(look(vault, |reader| Ok(reader.edits(id)?))?));
    Ok(())
}

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
    let conversation = look(vault, |reader| reading.conversation.map_or_else(|| notes_id(reader), Ok))?;
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

struct Source {
    path: PathBuf,
    file: File,
    length: u64,
}

fn open(path: PathBuf) -> Result<Source, Failure> {
    // Asked before it is opened: opening a pipe would wait for somebody to write into it.
    let metadata = fs::metadata(&path).map_err(|error| Failure::file(&path, error))?;
    if !metadata.is_file() {
        return Err(Failure::File { path, trouble: FileTrouble::NotAFile });
    }
    let file = File::open(&path).map_err(|error| Failure::file(&path, error))?;
    Ok(Source { path, file, length: metadata.len() })
}

fn about(path: &Path) -> About {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let media_type = mime_guess::from_path(path).first_or_octet_stream().essence_str().to_owned();
    About { name, media_type, ..About::default() }
}

fn notes_id(reader: &Reader<'_>) -> Result<ConversationId, Failure> {
    Ok(reader.notes()?.ok_or(Failure::NoConversation)?.id)
}
