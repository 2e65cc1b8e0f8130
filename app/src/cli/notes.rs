//! Writing and reading.

use super::{
    account::{hex, unlock},
    ask::Ask,
    ended::Ended,
    say::{Say, tame, tame_line},
    session::Session,
};
use crate::setup::message_id;
use jiff::{Timestamp, tz::TimeZone};
use nyx_p2p::{Attachment, Author, Command, Event, Failure, Holder, Message, NewNote, Reading, Source};
use serde_json::json;
use std::path::PathBuf;

/// `nyx note`
pub(crate) async fn note(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    text: Option<String>,
    attachments: Vec<PathBuf>,
) -> Result<(), Ended> {
    let text = match text.as_deref() {
        Some("-") => {
            let mut text = ask.rest_of_stdin().await?;
            // The end of the last line belongs to the file, not to the note.
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
            text
        }
        _ => text.unwrap_or_default(),
    };
    if text.trim().is_empty() && attachments.is_empty() {
        return Err(Failure::EmptyNote.into());
    }
    match unlock(session, ask, say).await {
        Err(Ended::Failure(Failure::InUse)) => return hand_over(session, say, text, attachments).await,
        unlocked => unlocked?,
    }
    let attachments = attachments.into_iter().map(Source::File).collect();
    let note = NewNote { text, attachments, ..NewNote::default() };
    session.run(Command::Note(note), |event| noted(say, event)).await
}

/// Has the process that holds the home write it. That one is open already, so no password is asked.
async fn hand_over(session: &Session, say: &mut Say, text: String, files: Vec<PathBuf>) -> Result<(), Ended> {
    let holder = Holder::reach(session.home()).await.ok_or(Failure::InUse)?;
    let mut interrupt = session.interrupt();
    let mut said = Ok(());
    let on = |event| {
        if said.is_ok() {
            said = noted(say, event);
        }
    };
    match holder.note(message_id(), text, files, interrupt.heard(), on).await {
        Ok(()) => said,
        Err(Failure::Locked) => Err(Ended::LockedThere),
        Err(failure) => Err(failure.into()),
    }
}

fn noted(say: &mut Say, event: Event) -> Result<(), Ended> {
    match event {
        Event::Noted { id } => {
            say.event("note", json!({ "id": hex(&id.0) }))?;
            say.line(&say.texts.get("note-done"))
        }
        Event::Progress { done, total } => {
            say.progress(done, total);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// `nyx messages`
pub(crate) async fn messages(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    who: Option<String>,
    (search, limit, save): (Option<String>, usize, Option<PathBuf>),
) -> Result<(), Ended> {
    // Notes go by their name in every language: whoever learnt it in one finds it in the other.
    if let Some(who) = who.filter(|who| !NOTES.iter().any(|notes| who.trim().eq_ignore_ascii_case(notes))) {
        return Err(Ended::NobodyNamed(tame_line(&who)));
    }
    unlock(session, ask, say).await?;
    let mut count = 0;
    let searched = search.is_some();
    let reading = Reading { conversation: None, search, limit, save };
    session
        .run(Command::Read(reading), |event| match event {
            Event::Message { message, saved } => {
                count += 1;
                tell(say, &message, &saved)
            }
            Event::Progress { done, total } => {
                say.progress(done, total);
                Ok(())
            }
            _ => Ok(()),
        })
        .await?;
    if count == 0 {
        say.line(&say.texts.get(if searched { "messages-none-found" } else { "messages-none" }))?;
    }
    Ok(())
}

fn tell(say: &mut Say, message: &Message, saved: &[PathBuf]) -> Result<(), Ended> {
    if say.json {
        let mut saved = saved.iter();
        let attachments: Vec<_> = message
            .attachments
            .iter()
            .map(|attachment| {
                let path = attachment.about.as_ref().and_then(|_| saved.next());
                json!({
                    "name": attachment.about.as_ref().map(|about| &about.name),
                    "type": attachment.about.as_ref().map(|about| &about.media_type),
                    "bytes": attachment.size,
                    "saved": path.map(|path| path.to_string_lossy()),
                })
            })
            .collect();
        let from = match message.author {
            Author::Me => "me".to_owned(),
            Author::Contact(contact) => hex(&contact.0),
        };
        return say.event(
            "message",
            json!({
                "id": hex(&message.id.0),
                "from": from,
                "at": message.at_ms,
                "text": message.body,
                "attachments": attachments,
            }),
        );
    }
    let from = match message.author {
        Author::Me => say.texts.get("message-me"),
        Author::Contact(contact) => hex(&contact.0),
    };
    let head = say.texts.with("message-head", &[("at", time(message.at_ms).into()), ("from", from.into())]);
    let mut lines =
        vec![if message.edited_ms.is_some() { format!("{head} {}", say.texts.get("message-edited")) } else { head }];
    match &message.body {
        Some(body) if body.is_empty() => {}
        Some(body) => lines.extend(tame(body).lines().map(|line| format!("  {line}"))),
        None => lines.push(format!("  {}", say.texts.get("message-disappeared"))),
    }
    for attachment in &message.attachments {
        lines.push(format!("  {}", about(say, attachment)));
    }
    for path in saved {
        let values = [("file", tame_line(&path.display().to_string()).into())];
        lines.push(format!("  {}", say.texts.with("message-saved", &values)));
    }
    if !message.reactions.is_empty() {
        let all: Vec<String> = message.reactions.iter().map(|reaction| tame_line(&reaction.emoji)).collect();
        lines.push(format!("  {}", all.join(" ")));
    }
    lines.push(String::new());
    say.line(&lines.join("\n"))
}

fn about(say: &Say, attachment: &Attachment) -> String {
    let size = say.texts.bytes(attachment.size);
    match &attachment.about {
        Some(about) => {
            say.texts.with("message-attachment", &[("name", tame_line(&about.name).into()), ("size", size.into())])
        }
        None => say.texts.get("message-disappeared"),
    }
}

/// As the clock on the reader's wall would have shown it.
fn time(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map_or_else(|_| at_ms.to_string(), |at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string())
}

/// Names of the conversation with oneself.
const NOTES: [&str; 3] = ["notes", "note", "catatan"];
