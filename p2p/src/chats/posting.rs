//! Posting: what was written, and the files that go with it, become a message.

use crate::{
    chats::conversation_or_notes,
    command::{NewNote, Source},
    commit::{commit, look, may_write},
    event::{Change, Event},
    failure::Failure,
    files::{
        outside::{Outside, PART_BYTES},
        picture::{self, Content},
    },
    jobs::{Job, World},
};
use nyx_vault::{
    MessageId, Vault,
    limits::ATTACHMENTS_MAX,
    model::{About, Author, ConversationKind, Delivery, Draft, NewAttachment, NewMessage},
};
use std::{
    io::{BufReader, Cursor},
    path::PathBuf,
};

/// A note in hand, and the draft that becomes it.
pub(crate) struct Posting {
    note: NewNote,
    draft: Option<Draft>,
    /// Its name, if somebody else gave it one.
    named: Option<MessageId>,
}

impl Posting {
    /// Takes a note in hand. The draft that becomes it is the one that is there now, and not what is begun while its
    /// files are copied.
    pub(crate) fn of(vault: &Vault, note: NewNote) -> Result<Self, Failure> {
        let draft = if note.clears_draft {
            look(vault, |reader| Ok(reader.draft(conversation_or_notes(reader, note.conversation)?.id)?))?
        } else {
            None
        };
        Ok(Self { note, draft, named: None })
    }

    /// Takes a note in hand that somebody hands over under a name. One that is there already is not written again: its
    /// writer did not hear the answer.
    pub(crate) const fn handed(note: NewNote, id: MessageId) -> Self {
        Self { note, draft: None, named: Some(id) }
    }

    /// Writes it: its files first, then everything in one transaction.
    pub(crate) fn write(self, job: &Job, world: &World, vault: &Vault) -> Result<(), Failure> {
        let Self { note, draft, named } = self;
        if note.text.trim().is_empty() && note.attachments.is_empty() {
            return Err(Failure::EmptyNote);
        }
        if note.attachments.len() > ATTACHMENTS_MAX {
            return Err(Failure::TooLong("list of attachments"));
        }
        if let Some(id) = named
            && look(vault, |reader| Ok(reader.message(id)?.is_some()))?
        {
            job.tell(Event::Noted { id });
            return Ok(());
        }
        // Before a byte is copied: whoever mistyped the third name does not wait for the first two.
        let files = open_all(job, note.attachments)?;
        let total = files.iter().map(|opened| opened.length).sum();
        let mut before = 0;
        let mut attachments = Vec::with_capacity(files.len());
        for mut opened in files {
            let about = about(job, &mut opened)?;
            let blob = vault
                .store_blob(&mut opened.content, &mut |done| job.progress(before + done, Some(total)))
                .map_err(|error| job.unless_unwanted(Failure::storing(opened.path.clone(), error)))?;
            before += blob.size();
            attachments.push(NewAttachment { blob, about });
        }
        job.check()?;
        let now_ms = world.now_ms();
        let id = named.unwrap_or_else(|| world.random(|rng| MessageId::new(now_ms, rng)));
        let changes = commit(vault, |tx| {
            may_write(tx)?;
            let notes = conversation_or_notes(tx, note.conversation)?;
            // Nobody else can be written to yet: what is kept here must not look as if it had been sent.
            if notes.kind != ConversationKind::Notes {
                return Err(Failure::NoConversation);
            }
            // Handed over twice at once.
            if named.is_some() && tx.message(id)?.is_some() {
                return Ok(Vec::new());
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
            let mut changes = vec![Change::Added { conversation: notes.id, last }];
            if draft.is_some() && tx.draft(notes.id)? == draft {
                tx.set_draft(notes.id, &Draft { body: String::new(), reply_to: None, updated_ms: now_ms })?;
                changes.push(Change::Conversation(notes.id));
            }
            Ok(changes)
        })?;
        job.tell(Event::Noted { id });
        for change in changes {
            job.tell(Event::Changed(change));
        }
        Ok(())
    }
}

/// What an attachment is read from.
struct Opened {
    /// What to call it when something is wrong with it.
    path: PathBuf,
    content: Box<dyn Content>,
    length: u64,
}

fn open_all(job: &Job, sources: Vec<Source>) -> Result<Vec<Opened>, Failure> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let outside = Outside::of(job)?;
    sources.into_iter().map(|source| open(&outside, source)).collect()
}

fn open(outside: &Outside, source: Source) -> Result<Opened, Failure> {
    match source {
        Source::File(path) => {
            let (file, length) = outside.open(&path)?;
            Ok(Opened { path, content: Box::new(BufReader::with_capacity(PART_BYTES, file)), length })
        }
        Source::Bytes { name, bytes } => {
            let length = bytes.len() as u64;
            Ok(Opened { path: PathBuf::from(name), content: Box::new(Cursor::new(bytes)), length })
        }
    }
}

/// What the attachment is: by its name, and if it is a picture by its content.
fn about(job: &Job, opened: &mut Opened) -> Result<About, Failure> {
    let name = opened.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let seen = picture::see(job, &mut opened.content);
    opened.content.rewind().map_err(|error| job.unless_unwanted(Failure::file(&opened.path, error)))?;
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
