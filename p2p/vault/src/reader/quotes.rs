//! What is shown of a message above its answer.

use super::{Reader, messages::author, unsigned};
use crate::{error::StorageError, expiry::Bucket, ids::MessageId, limits::PAGE_MAX, model::Quote, sealing};
use std::collections::HashMap;

impl Reader<'_> {
    /// The messages of these names, at most a page of them, with the first `chars` characters of their texts. What is not
    /// there is not in the answer. Cheaper than the messages themselves: no attachments, reactions or long texts.
    pub fn quotes(
        &self,
        ids: impl IntoIterator<Item = MessageId>,
        chars: usize,
    ) -> Result<HashMap<MessageId, Quote>, StorageError> {
        let mut quotes = HashMap::new();
        for id in ids {
            if quotes.len() == PAGE_MAX {
                break;
            }
            if let std::collections::hash_map::Entry::Vacant(entry) = quotes.entry(id)
                && let Some(quote) = self.quote(id, chars)?
            {
                entry.insert(quote);
            }
        }
        Ok(quotes)
    }

    fn quote(&self, id: MessageId, chars: usize) -> Result<Option<Quote>, StorageError> {
        self.one(
            "SELECT m.id, c.uid, m.seq, m.author, m.body, m.sealed, m.bucket, \
             EXISTS(SELECT 1 FROM attachments WHERE message = m.id) \
             FROM messages m JOIN conversations c ON c.id = m.conversation WHERE m.uid = ?1",
            [id],
            |row| {
                let number: i64 = row.get(0)?;
                let damaged = || StorageError::row("messages", number);
                let (text, is_cut) = match row.get::<_, Option<Bucket>>(6)? {
                    // The text is borrowed: only what is shown of it is copied.
                    None => match row.get_ref(4)?.as_str_or_null().map_err(|_| damaged())? {
                        None => (None, false),
                        Some(body) => (Some(beginning(body, chars).to_owned()), is_longer(body, chars)),
                    },
                    Some(bucket) => match self.item_key(bucket, id)? {
                        None => (None, false),
                        Some(key) => {
                            let sealed = row.get_ref(5)?.as_blob().map_err(|_| damaged())?;
                            let body =
                                sealing::open_text(&key, sealed, &sealing::body_place(id)).ok_or_else(damaged)?;
                            (Some(beginning(&body, chars).to_owned()), is_longer(&body, chars))
                        }
                    },
                };
                Ok(Quote {
                    id,
                    conversation: row.get(1)?,
                    seq: unsigned(row, 2)?,
                    author: author(row, 3).ok_or_else(damaged)?,
                    text,
                    is_cut,
                    has_attachments: row.get(7)?,
                })
            },
        )
    }
}

fn beginning(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

fn is_longer(text: &str, chars: usize) -> bool {
    beginning(text, chars).len() < text.len()
}
