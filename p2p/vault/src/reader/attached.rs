//! The messages of a conversation that have attachments: what a gallery shows.

use super::{Reader, stored};
use crate::{error::StorageError, ids::ConversationId, limits::PAGE_MAX, model::Message};
use rusqlite::params;

impl Reader<'_> {
    /// Up to `limit` messages of a conversation with attachments, newest first, from before a place on. Fewer if their texts
    /// are long; there are no more only if there is none. However many others lie between them costs nothing.
    pub fn attached(
        &self,
        conversation: ConversationId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Message>, StorageError> {
        let before = before.map_or(i64::MAX, stored);
        self.page_where(ATTACHED, params![conversation, before, limit.min(PAGE_MAX) as i64])
    }
}

/// The `attached = 1` is written as it is in the index, or that would not be used.
const ATTACHED: &str = "WHERE m.conversation = (SELECT id FROM conversations WHERE uid = ?1) AND m.attached = 1 \
    AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{reader::messages::MESSAGES, schema};
    use rusqlite::Connection;

    #[test]
    fn messages_without_attachments_are_not_even_looked_at() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {MESSAGES} {ATTACHED}")).unwrap();
        let steps = statement.query_map(params![[0_u8; 16], 0, 0], |row| row.get::<_, String>(3)).unwrap();
        let plan: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(
            plan.iter().any(|step| step.contains("messages_with_attachments (conversation=? AND seq<?)")),
            "{plan:?}"
        );
        assert!(!plan.iter().any(|step| step.contains("SCAN m") || step.contains("TEMP B-TREE")), "{plan:?}");
    }
}
