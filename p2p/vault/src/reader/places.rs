//! Messages by their places: what a list needs that shows any part of a conversation, gaps included.

use super::{Reader, stored, unsigned};
use crate::{error::StorageError, ids::ConversationId, limits::PAGE_MAX, model::Message};
use rusqlite::params;
use std::ops::RangeInclusive;

/// The messages at some places of a conversation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rows {
    /// They, oldest first.
    pub messages: Vec<Message>,
    /// The places that this tells everything about: those of `messages` have one, all others have none and never will.
    /// Reaches up to the next messages on both sides; beyond the last place ever given nothing is known yet.
    pub covered: RangeInclusive<u64>,
}

impl Reader<'_> {
    /// The messages at these places, the first ones if there are more than a page: then `covered` ends before the next.
    /// However large the gap is that the places lie in, one answer tells of all of it.
    pub fn rows(&self, conversation: ConversationId, places: RangeInclusive<u64>) -> Result<Rows, StorageError> {
        let (first, last) = (stored(*places.start()), stored(*places.end()));
        let Some((number, newest)) =
            self.one("SELECT id, last_seq FROM conversations WHERE uid = ?1", [conversation], |row| {
                Ok((row.get::<_, i64>(0)?, unsigned(row, 1)?))
            })?
        else {
            // Not there, or not any more: nothing will ever be at any place.
            return Ok(Rows { messages: Vec::new(), covered: 1..=u64::MAX });
        };
        let messages = self.page_where(
            "WHERE m.conversation = ?1 AND m.seq BETWEEN ?2 AND ?3 ORDER BY m.seq LIMIT ?4",
            params![number, first, last, PAGE_MAX as i64],
        )?;
        // There may be more than a page. If there is not, the next message is behind the last place that was asked for. An
        // empty range asks about the gap between its ends.
        let end = messages.last().map_or(last.max(first.saturating_sub(1)), |message| stored(message.seq));
        // A transaction writes the last place only when it ends.
        let newest = messages.last().map_or(newest, |message| newest.max(message.seq));
        let before = self.seq_where("max(seq)", "seq < ?2", number, first)?.unwrap_or(0);
        let after = self.seq_where("min(seq)", "seq > ?2", number, end)?;
        Ok(Rows { messages, covered: before + 1..=after.map_or(newest, |after| after - 1) })
    }

    /// The places of the first and the last message that are there; `None` if there is none.
    pub fn ends(&self, conversation: ConversationId) -> Result<Option<(u64, u64)>, StorageError> {
        let Some(number) = self.number_of(conversation)? else { return Ok(None) };
        let first = self.seq_where("min(seq)", "seq >= ?2", number, 0)?;
        let last = self.seq_where("max(seq)", "seq >= ?2", number, 0)?;
        Ok(first.zip(last))
    }

    fn seq_where(
        &self,
        which: &str,
        condition: &str,
        conversation: i64,
        seq: i64,
    ) -> Result<Option<u64>, StorageError> {
        let found = self.one(
            &format!("SELECT {which} FROM messages WHERE conversation = ?1 AND {condition}"),
            [conversation, seq],
            |row| match row.get::<_, Option<i64>>(0)? {
                None => Ok(None),
                Some(_) => Ok(Some(unsigned(row, 0)?)),
            },
        )?;
        Ok(found.flatten())
    }
}
