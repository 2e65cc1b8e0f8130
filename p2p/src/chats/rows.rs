//! Messages at their places, as a list shows them, and finding them.

use crate::{
    command::{Query, ROWS_MAX},
    commit::look,
    event::{Event, Quote, Row, Rows},
    failure::Failure,
    jobs::Job,
};
use nyx_vault::{ConversationId, MessageId, Reader, Vault, model};
use std::{collections::HashMap, ops::RangeInclusive};

/// Tells the messages at these places, at most [`ROWS_MAX`] of them.
pub(crate) fn rows(
    job: &Job,
    vault: &Vault,
    conversation: ConversationId,
    places: RangeInclusive<u64>,
) -> Result<(), Failure> {
    let (first, last) = places.into_inner();
    let last = last.min(first.saturating_add(ROWS_MAX - 1));
    job.tell(Event::Rows(look(vault, |reader| at(reader, conversation, first..=last))?));
    Ok(())
}

/// Tells one message, wherever it is.
pub(crate) fn show(job: &Job, vault: &Vault, id: MessageId) -> Result<(), Failure> {
    let rows = look(vault, |reader| {
        let found = reader.quotes([id], 0)?.remove(&id).ok_or(Failure::NoMessage)?;
        at(reader, found.conversation, found.seq..=found.seq)
    })?;
    job.tell(Event::Rows(rows));
    Ok(())
}

/// Tells a page of the messages with attachments.
pub(crate) fn attached(
    job: &Job,
    vault: &Vault,
    conversation: ConversationId,
    before: Option<u64>,
    limit: usize,
) -> Result<(), Failure> {
    let limit = limit.clamp(1, ROWS_MAX as usize);
    let messages = look(vault, |reader| Ok(reader.attached(conversation, before, limit)?))?;
    // A page may end early because its texts are long: only one without messages is the end.
    let next = messages.last().map(|message| message.seq);
    job.tell(Event::Attached { conversation, messages, next });
    Ok(())
}

/// Tells a page of what was found.
pub(crate) fn search(job: &Job, vault: &Vault, query: &Query) -> Result<(), Failure> {
    let limit = query.limit.min(ROWS_MAX as usize);
    let page = look(vault, |reader| Ok(reader.search(&query.words, query.within, query.after, limit)?))?;
    // Whoever typed on has another question by now.
    job.check()?;
    job.tell(Event::Found { found: page.found, next: page.next });
    Ok(())
}

fn at(reader: &Reader<'_>, conversation: ConversationId, places: RangeInclusive<u64>) -> Result<Rows, Failure> {
    let found = reader.rows(conversation, places)?;
    let answered = found.messages.iter().filter_map(|message| message.reply_to);
    let quotes = reader.quotes(answered, QUOTE_CHARS)?;
    let rows = found.messages.into_iter().map(|message| Row { quote: quote(&quotes, &message), message }).collect();
    Ok(Rows { conversation, first: *found.covered.start(), last: *found.covered.end(), rows })
}

/// What a message answers. Whoever writes an answer can name any message; one of another conversation is not shown here,
/// and one without its text is as good as gone.
fn quote(quotes: &HashMap<MessageId, model::Quote>, message: &model::Message) -> Option<Quote> {
    let quote = quotes.get(&message.reply_to?)?;
    if quote.conversation != message.conversation {
        return None;
    }
    let mut text = quote.text.clone()?;
    if quote.is_cut {
        text.push('…');
    }
    Some(Quote { id: quote.id, seq: quote.seq, author: quote.author, text, has_attachments: quote.has_attachments })
}

/// Two lines above an answer.
const QUOTE_CHARS: usize = 160;
