//! The tables, and the steps from each earlier version to the next. A step, once released, never changes.

use crate::error::StorageError;
use rusqlite::{Connection, TransactionBehavior};

/// Brings the database to the newest version. Each step is one transaction together with its number, so that a power cut
/// leaves the version before it or the version after it.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), MigrateError> {
    migrate_to(connection, VERSION)
}

/// Brings the database up to `version`, for a backup that was written by an earlier version.
pub(crate) fn migrate_to(connection: &mut Connection, version: u32) -> Result<(), MigrateError> {
    let found = version_of(connection)?;
    if found > VERSION {
        return Err(MigrateError::TooNew(found));
    }
    for step in found..version {
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        transaction.execute_batch(STEPS[step as usize]).map_err(StorageError::from)?;
        transaction.pragma_update(None, "user_version", step + 1).map_err(StorageError::from)?;
        transaction.commit().map_err(StorageError::from)?;
    }
    Ok(())
}

/// The version that a database has.
pub(crate) fn version_of(connection: &Connection) -> Result<u32, StorageError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Why the database is not of this version.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    #[error("schema version {0}")]
    TooNew(u32),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The version that this program reads and writes.
pub(crate) const VERSION: u32 = STEPS.len() as u32;

const STEPS: [&str; 5] = [TABLES, SEARCH, ATTACHED, MOVES, HASHES];

/// Version 1. Authors are a contact's id, or the empty blob for the person whose vault this is. `bucket` is null for
/// a message that stays, 0 for one that disappears and was not read yet, otherwise the hour in which its key dies.
/// What there is one of (account, this device, conversation with oneself) is held to it here, so that nobody who hands
/// rows in can make it two. Attachments' numbers are known outside and never given again.
const TABLES: &str = "
    CREATE TABLE accounts(
        aid BLOB PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL, state INTEGER NOT NULL,
        moved_to TEXT, backup_public BLOB NOT NULL, opkey_cert BLOB NOT NULL, device_list BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX accounts_one ON accounts(aid IS NOT NULL);
    CREATE TABLE devices(
        id BLOB PRIMARY KEY, name TEXT NOT NULL, certificate BLOB NOT NULL,
        this INTEGER NOT NULL CHECK(this IN (0, 1)), revoked INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX devices_this ON devices(this) WHERE this = 1;
    CREATE TABLE contacts(
        id BLOB PRIMARY KEY, aid BLOB UNIQUE, name TEXT NOT NULL, state INTEGER NOT NULL, verified INTEGER NOT NULL,
        pin_gen INTEGER, pin_epoch INTEGER, pin_hash BLOB, device_list BLOB, profile BLOB, created_ms INTEGER NOT NULL,
        secret BLOB
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE conversations(
        id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, contact BLOB REFERENCES contacts(id),
        title TEXT NOT NULL, created_ms INTEGER NOT NULL, ttl_secs INTEGER NOT NULL DEFAULT 0,
        last_seq INTEGER NOT NULL DEFAULT 0, read_seq INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX conversations_notes ON conversations(kind) WHERE kind = 0;
    CREATE TABLE messages(
        id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL REFERENCES conversations(id), seq INTEGER NOT NULL,
        uid BLOB NOT NULL UNIQUE, author BLOB NOT NULL, at_ms INTEGER NOT NULL, state INTEGER NOT NULL,
        reply_to BLOB, edited_ms INTEGER, body TEXT, sealed BLOB, ttl_secs INTEGER, expires_ms INTEGER, bucket INTEGER,
        UNIQUE(conversation, seq)
    ) STRICT;
    CREATE INDEX messages_by_bucket ON messages(bucket, expires_ms) WHERE bucket IS NOT NULL;
    CREATE TABLE edits(
        message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE, revision INTEGER NOT NULL,
        at_ms INTEGER NOT NULL, body TEXT, sealed BLOB, PRIMARY KEY(message, revision)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reactions(
        message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE, author BLOB NOT NULL, emoji TEXT NOT NULL,
        at_ms INTEGER NOT NULL, PRIMARY KEY(message, author, emoji)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blobs(
        id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, key BLOB NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL
    ) STRICT;
    CREATE TABLE attachments(
        id INTEGER PRIMARY KEY AUTOINCREMENT, message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
        position INTEGER NOT NULL, blob INTEGER NOT NULL REFERENCES blobs(id), name TEXT, media_type TEXT,
        width INTEGER, height INTEGER, duration_ms INTEGER, preview BLOB, sealed BLOB, UNIQUE(message, position)
    ) STRICT;
    CREATE INDEX attachments_by_blob ON attachments(blob);
    CREATE TABLE drafts(
        conversation INTEGER PRIMARY KEY REFERENCES conversations(id) ON DELETE CASCADE, body TEXT NOT NULL,
        reply_to BLOB, updated_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE outbox(
        id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, recipient BLOB NOT NULL, message BLOB,
        payload BLOB NOT NULL, created_ms INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX outbox_by_due ON outbox(next_ms, id);
    CREATE INDEX outbox_by_message ON outbox(message) WHERE message IS NOT NULL;
    CREATE TABLE sessions(kind TEXT NOT NULL, id BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(kind, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE settings(name TEXT PRIMARY KEY, value BLOB NOT NULL, moves INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// Version 2: full-text search over bodies and names of attachments, with what is there already.
///
/// Trigrams find parts of words (Indonesian stems inside affixes) and scripts without spaces. `detail=none` leaves
/// positions out; the reader compares the text itself, which it has to fetch anyway. Two characters that nobody types
/// close each text, so that its last letters begin a trigram too: short searches look trigrams up by their beginning.
/// Disappearing messages never come here. `secure-delete` takes deleted words out of the index at once.
const SEARCH: &str = "
    CREATE VIEW search_source(id, text) AS
        SELECT m.id, m.body || coalesce((
            SELECT group_concat(char(10) || a.name, '' ORDER BY a.position) FROM attachments a WHERE a.message = m.id
        ), '') || char(2, 2) FROM messages m WHERE m.body IS NOT NULL;
    CREATE VIRTUAL TABLE search USING fts5(
        text, content='search_source', content_rowid='id', tokenize='trigram', detail='none', columnsize=0
    );
    CREATE VIRTUAL TABLE search_terms USING fts5vocab('search', 'instance');
    INSERT INTO search(search, rank) VALUES('secure-delete', 1);
    INSERT INTO search(search) VALUES('rebuild');
";

/// Version 3: which messages have attachments, so that those of a conversation are found without passing over all others.
///
/// The mark is set by a trigger: whoever writes an attachment, also a backup that knows nothing of it. It is never taken
/// away, because attachments go only together with their message.
const ATTACHED: &str = "
    ALTER TABLE messages ADD COLUMN attached INTEGER NOT NULL DEFAULT 0;
    UPDATE messages SET attached = 1 WHERE id IN (SELECT message FROM attachments);
    CREATE INDEX messages_with_attachments ON messages(conversation, seq) WHERE attached = 1;
    CREATE TRIGGER attachments_mark AFTER INSERT ON attachments BEGIN
        UPDATE messages SET attached = 1 WHERE id = NEW.message AND attached = 0;
    END;
";

/// Version 4: what is kept of a move of the account while it may have to go on, and what of it lies in the home.
///
/// A move without a record was prepared and nothing more; the next one, or the next opening, removes it. Items are those of
/// the old device: `part` 0 of the first index and 1 of the last, with the index itself. `blob` names the attachment, and is
/// null for what lies in the folder `moving`; `stop` is where a pack ended.
const MOVES: &str = "
    CREATE TABLE moves(
        transfer BLOB PRIMARY KEY, side INTEGER NOT NULL CHECK(side IN (0, 1)), record BLOB, keys BLOB NOT NULL,
        heard_ms INTEGER NOT NULL, moved_to TEXT, note BLOB
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE move_items(
        transfer BLOB NOT NULL, item INTEGER NOT NULL, part INTEGER NOT NULL, content BLOB NOT NULL, bytes INTEGER NOT NULL,
        blob BLOB, key BLOB NOT NULL, stop BLOB, PRIMARY KEY(transfer, item)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX move_items_by_content ON move_items(transfer, content);
    CREATE INDEX move_items_by_blob ON move_items(blob) WHERE blob IS NOT NULL;
";

/// Version 5: content may be called by another hash than SHA-256, and blobs may. Both say so themselves, so no table changes; but
/// a program that knows neither must not open what it would take for damage.
const HASHES: &str = "";

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA secure_delete = ON;").unwrap();
        migrate(&mut connection).unwrap();
        connection
            .execute_batch("INSERT INTO conversations(uid, kind, title, created_ms) VALUES(x'01', 0, '', 0);")
            .unwrap();
        connection
    }

    fn add(connection: &Connection, number: i64, body: &str) {
        connection
            .execute(
                "INSERT INTO messages(id, conversation, seq, uid, author, at_ms, state, body) \
                 VALUES(?1, 1, ?1, CAST(?1 AS BLOB), x'', 0, 0, ?2)",
                rusqlite::params![number, body],
            )
            .unwrap();
        connection
            .execute("INSERT INTO search(rowid, text) SELECT id, text FROM search_source WHERE id = ?1", [number])
            .unwrap();
    }

    #[test]
    fn a_deleted_word_is_gone_from_the_index_at_once() {
        let connection = empty();
        for number in 1..500 {
            add(&connection, number, "an ordinary text");
        }
        add(&connection, 500, "qxzw");
        let terms = |like: &str| -> i64 {
            connection
                .query_row("SELECT count(*) FROM search_terms WHERE term LIKE ?1", [like], |row| row.get(0))
                .unwrap()
        };
        let holds = || -> i64 {
            connection
                .query_row("SELECT count(*) FROM search_data WHERE instr(block, CAST('xz' AS BLOB))", [], |row| {
                    row.get(0)
                })
                .unwrap()
        };
        assert_eq!(terms("qxz"), 1);
        assert_ne!(holds(), 0);
        connection
            .execute_batch(
                "INSERT INTO search(search, rowid, text) SELECT 'delete', id, text FROM search_source WHERE id = 500; \
                 DELETE FROM messages WHERE id = 500;",
            )
            .unwrap();
        assert_eq!(terms("qxz"), 0);
        assert_eq!(holds(), 0, "not a tombstone: the word itself is gone");
        connection.execute_batch("INSERT INTO search(search, rank) VALUES('integrity-check', 1)").unwrap();
    }

    #[test]
    fn the_first_version_becomes_the_newest_with_everything_findable() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_to(&mut connection, 1).unwrap();
        connection
            .execute_batch(
                "INSERT INTO conversations(uid, kind, title, created_ms) VALUES(x'01', 0, '', 0); \
                 INSERT INTO messages(conversation, seq, uid, author, at_ms, state, body) VALUES(1, 1, x'02', x'', 0, 0, 'needle'); \
                 INSERT INTO messages(conversation, seq, uid, author, at_ms, state, body) VALUES(1, 2, x'03', x'', 0, 0, ''); \
                 INSERT INTO blobs(hash, key, size, content) VALUES(x'01', x'', 0, x''); \
                 INSERT INTO attachments(message, position, blob) VALUES(2, 0, 1);",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        assert_eq!(version_of(&connection).unwrap(), VERSION);
        let found: i64 = connection
            .query_row("SELECT count(*) FROM search WHERE search MATCH '\"nee\" AND \"dle\"'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(found, 1);
        let attached = |connection: &Connection| -> Vec<i64> {
            let mut statement = connection.prepare("SELECT seq FROM messages WHERE attached = 1 ORDER BY seq").unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(attached(&connection), [2], "the mark of what was there already");
        connection.execute_batch("INSERT INTO attachments(message, position, blob) VALUES(1, 0, 1)").unwrap();
        assert_eq!(attached(&connection), [1, 2], "and of what comes");
        // Nothing is done twice.
        migrate(&mut connection).unwrap();
    }
}
