//! Finding messages by their words: every word of the query must occur, as a whole or as part of a word, whatever its
//! case; newest first. An index of trigrams narrows down, the text itself decides.

use crate::{
    error::StorageError,
    ids::ConversationId,
    limits::{PAGE_MAX, QUERY_BYTES_MAX},
    model::Message,
    reader::Reader,
};
use rusqlite::params;
use std::collections::BTreeSet;

/// What a search found.
#[derive(Debug, Default)]
pub struct SearchPage {
    /// The messages, newest first.
    pub found: Vec<Message>,
    /// Where to go on; `None`: that was all.
    pub next: Option<SearchCursor>,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SearchCursor(i64);

impl Reader<'_> {
    /// Messages with every word of `query` in their text or in the names of their attachments. Disappearing messages are
    /// never found: their text is in no index.
    pub fn search(
        &self,
        query: &str,
        within: Option<ConversationId>,
        after: Option<SearchCursor>,
        limit: usize,
    ) -> Result<SearchPage, StorageError> {
        let query = &query[..query.floor_char_boundary(QUERY_BYTES_MAX)];
        let words: BTreeSet<String> = query.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
        let within = match within {
            None => None,
            Some(conversation) => match self.number_of(conversation)? {
                None => return Ok(SearchPage::default()),
                number => number,
            },
        };
        if words.is_empty() {
            return Ok(SearchPage::default());
        }
        let mut hunt = Hunt {
            reader: self,
            words: &words,
            within,
            below: after.map_or(i64::MAX, |cursor| cursor.0),
            // One more tells whether there is more.
            wanted: limit.clamp(1, PAGE_MAX) + 1,
            found: Vec::new(),
        };
        // Of the words as they were typed: the index folds them as it folded the texts.
        let trigrams: BTreeSet<String> = query.split_whitespace().flat_map(trigrams).collect();
        if trigrams.is_empty() {
            hunt.short()?
        } else {
            hunt.indexed(&trigrams)?
        }
        let mut found = hunt.found;
        let more = found.len() > limit.clamp(1, PAGE_MAX);
        found.truncate(limit.clamp(1, PAGE_MAX));
        let messages = self.in_order(&found)?;
        // Long messages: the next page begins with the first that did not fit.
        let is_cut = messages.len() < found.len();
        found.truncate(messages.len());
        let next = found.last().filter(|_| more || is_cut).map(|last| SearchCursor(*last));
        Ok(SearchPage { found: messages, next })
    }

    fn in_order(&self, numbers: &[i64]) -> Result<Vec<Message>, StorageError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let list = numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        self.page_where(&format!("WHERE m.id IN ({list}) ORDER BY m.id DESC"), [])
    }
}

struct Hunt<'r> {
    reader: &'r Reader<'r>,
    words: &'r BTreeSet<String>,
    within: Option<i64>,
    /// Only rows below this one are new to the caller.
    below: i64,
    wanted: usize,
    found: Vec<i64>,
}

impl Hunt<'_> {
    /// Words of three letters and more: the index knows which messages have all their trigrams.
    fn indexed(&mut self, trigrams: &BTreeSet<String>) -> Result<(), StorageError> {
        let expression = trigrams.iter().map(|trigram| quoted(trigram)).collect::<Vec<_>>().join(" AND ");
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT t.id, t.text FROM search s JOIN search_source t ON t.id = s.rowid \
             WHERE s.search MATCH ?1 AND s.rowid < ?2 ORDER BY s.rowid DESC",
        )?;
        let mut rows = statement.query(params![expression, self.below])?;
        while self.found.len() < self.wanted
            && let Some(row) = rows.next()?
        {
            self.consider(row.get(0)?, text_of(row, 1)?)?;
        }
        Ok(())
    }

    /// Words of one or two letters (most Chinese words) have no trigram. What is frequent is among the newest messages;
    /// what is not begins few trigrams, and the index lists those by their beginning.
    fn short(&mut self) -> Result<(), StorageError> {
        if self.scan(SCANNED_FIRST)? {
            return Ok(());
        }
        let rarest = self.words.iter().max_by_key(|word| word.len()).map_or("", String::as_str);
        match self.beginning_with(rarest)? {
            None => {
                // In so many messages that reading on finds enough of them soon.
                self.scan(i64::MAX)?;
            }
            Some(rows) => {
                let below = self.below;
                for number in rows.into_iter().rev().filter(|number| *number < below) {
                    if self.found.len() >= self.wanted {
                        break;
                    }
                    let text = self.reader.one("SELECT text FROM search_source WHERE id = ?1", [number], |row| {
                        Ok(text_of(row, 0)?.to_owned())
                    })?;
                    if let Some(text) = text {
                        self.consider(number, &text)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads up to `count` messages, newest first, and remembers how far; tells whether the search is over.
    fn scan(&mut self, count: i64) -> Result<bool, StorageError> {
        let mut statement = self
            .reader
            .connection
            .prepare_cached("SELECT id, text FROM search_source WHERE id < ?1 ORDER BY id DESC LIMIT ?2")?;
        let mut rows = statement.query([self.below, count])?;
        let mut read = 0;
        while self.found.len() < self.wanted {
            let Some(row) = rows.next()? else {
                return Ok(read < count);
            };
            read += 1;
            self.below = row.get(0)?;
            self.consider(self.below, text_of(row, 1)?)?;
        }
        Ok(true)
    }

    /// Rows that have a trigram with this beginning, ascending; `None` if these are too many to be worth listing.
    fn beginning_with(&self, start: &str) -> Result<Option<BTreeSet<i64>>, StorageError> {
        let mut statement = self
            .reader
            .connection
            .prepare_cached("SELECT doc FROM search_terms WHERE term >= ?1 AND term <= ?2 LIMIT ?3")?;
        let end = format!("{start}{}", char::MAX);
        let mut rows = statement.query(params![start, end, LISTED_MAX + 1])?;
        let (mut listed, mut found) = (0, BTreeSet::<i64>::new());
        while let Some(row) = rows.next()? {
            listed += 1;
            found.insert(row.get(0)?);
        }
        Ok((listed <= LISTED_MAX).then_some(found))
    }

    fn consider(&mut self, number: i64, text: &str) -> Result<(), StorageError> {
        let text = fold(text);
        if self.words.iter().all(|word| text.contains(word.as_str())) && self.is_within(number)? {
            self.found.push(number);
        }
        Ok(())
    }

    fn is_within(&self, number: i64) -> Result<bool, StorageError> {
        let Some(conversation) = self.within else { return Ok(true) };
        let found =
            self.reader.one("SELECT conversation = ?2 FROM messages WHERE id = ?1", [number, conversation], |row| {
                Ok(row.get(0)?)
            })?;
        Ok(found.unwrap_or(false))
    }
}

/// Letter by letter as the index does it, so that both agree on what is the same word: a letter that becomes several
/// stays as it is. Zero bytes and the two closing characters never match anything a person types.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|letter| *letter != '\0' && *letter != '\u{2}')
        .map(|letter| {
            let mut lower = letter.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => letter,
            }
        })
        .collect()
}

fn trigrams(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().filter(|letter| *letter != '\0' && *letter != '\u{2}').collect();
    letters.windows(3).map(|three| three.iter().collect()).collect()
}

fn quoted(trigram: &str) -> String {
    format!("\"{}\"", trigram.replace('"', "\"\""))
}

fn text_of<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<&'r str, StorageError> {
    row.get_ref(column)?.as_str().map_err(StorageError::from)
}

/// A short word that is frequent shows on the first page without the index: about as long as one lookup takes.
const SCANNED_FIRST: i64 = 2_000;
/// Above this a short word is in so many messages that scanning is quicker than listing.
const LISTED_MAX: i64 = 50_000;
