//! The conversation with oneself: ordinary in every respect, and there from the first minute.

use crate::{
    chats::conversation_or_notes,
    command::{NewNote, Source},
    commit::{commit, look, may_write},
    event::{Change, Event},
    failure::{Failure, FileTrouble},
    jobs::{Job, World},
    picture::{self, Content},
};
use nyx_vault::{
    MessageId, Tx, Vault,
    limits::ATTACHMENTS_MAX,
    model::{About, Author, ConversationKind, Delivery, NewAttachment, NewMessage},
};
use std::{
    fs::{self, File},
    io::Cursor,
    path::PathBuf,
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
    let total = files.iter().map(|opened| opened.length).sum();
    let mut before = 0;
    let mut attachments = Vec::with_capacity(files.len());
    for mut opened in files {
        let about = about(job, &mut opened)?;
        let blob = vault
            .store_blob(&mut opened.content, &mut |done| job.progress(before + done, Some(total)))
            .map_err(|error| Failure::storing(opened.path.clone(), error))?;
        before += blob.size();
        attachments.push(NewAttachment { blob, about });
    }
    job.check()?;
    let now_ms = world.now_ms();
    let id = world.random(|rng| MessageId::new(now_ms, rng));
    let added = commit(vault, |tx| {
        may_write(tx)?;
        let notes = conversation_or_notes(tx, note.conversation)?;
        // Nobody else can be written to yet: what is kept here must not look as if it had been sent.
        if notes.kind != ConversationKind::Notes {
            return Err(Failure::NoConversation);
        }
        let last = tx.add_message(NewMessage {
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
        Ok(Change::Added { conversation: notes.id, last })
    })?;
    job.tell(Event::Noted { id });
    job.tell(Event::Changed(added));
    Ok(())
}

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

/// What an attachment is read from.
struct Opened {
    /// What to call it when something is wrong with it.
    path: PathBuf,
    content: Box<dyn Content>,
    length: u64,
}

fn open(source: Source) -> Result<Opened, Failure> {
    match source {
        Source::File(path) => open_file(path),
        Source::Bytes { name, bytes } => {
            let length = bytes.len() as u64;
            Ok(Opened { path: PathBuf::from(name), content: Box::new(Cursor::new(bytes)), length })
        }
    }
}

fn open_file(path: PathBuf) -> Result<Opened, Failure> {
    // Asked before it is opened: opening a pipe would wait for somebody to write into it.
    let metadata = fs::metadata(&path).map_err(|error| Failure::file(&path, error))?;
    if !metadata.is_file() {
        return Err(Failure::File { path, trouble: FileTrouble::NotAFile });
    }
    let file = File::open(&path).map_err(|error| Failure::file(&path, error))?;
    Ok(Opened { path, content: Box::new(file), length: metadata.len() })
}

/// What the attachment is: by its name, and if it is a picture by its content.
fn about(job: &Job, opened: &mut Opened) -> Result<About, Failure> {
    let name = opened.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let seen = picture::see(job, &mut opened.content);
    opened.content.rewind().map_err(|error| Failure::file(&opened.path, error))?;
    Ok(match seen {
        Some(seen) => About {
            name,
            media_type: seen.media_type.to_owned(),
            width: Some(seen.width),
            height: Some(seen.height),
            preview: Some(seen.thumbhash),
            ..About::default()
        },
        None => {
            let media_type = mime_guess::from_path(&opened.path).first_or_octet_stream().essence_str().to_owned();
            About { name, media_type, ..About::default() }
        }
    })
}
