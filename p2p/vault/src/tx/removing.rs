//! Taking away: a message, what is over, a conversation, a contact. Rows and words go with the transaction; files of
//! attachments and keys of disappearing messages right after it.

use super::{Tx, WriteError};
use crate::{
    error::StorageError,
    expiry::Bucket,
    ids::{ContactId, ConversationId, MessageId},
    model::{ConversationKind, Gone},
    reader::unsigned,
};
use rusqlite::params;

impl Tx<'_> {
    /// Removes a message, its earlier texts, reactions and attachments, what of it waits to be sent, and its words from
    /// the search index. Tells where it was.
    pub fn delete_message(&mut self, id: MessageId) -> Result<Gone, WriteError> {
        let (number, bucket) = self.message_row(id)?;
        let gone = self.remove_message(number)?.ok_or(WriteError::NoMessage)?;
        if let Some(bucket) = bucket {
            self.forget_key(bucket, id);
        }
        Ok(gone)
    }

    /// Removes a conversation with its messages, its draft, and what of them waits to be sent.
    pub fn delete_conversation(&mut self, id: ConversationId) -> Result<(), WriteError> {
        let conversation = self.reader.conversation(id)?.ok_or(WriteError::NoConversation)?;
        if conversation.kind == ConversationKind::Notes {
            return Err(WriteError::NotesStay);
        }
        Ok(self.remove_conversation(id)?)
    }

    /// Removes a contact with every conversation with them and what waits to be sent to them; tells which conversations.
    /// Session rows are the caller's.
    pub fn delete_contact(&mut self, id: ContactId) -> Result<Vec<ConversationId>, WriteError> {
        self.require_contact(id)?;
        let conversations =
            self.reader.all("SELECT uid FROM conversations WHERE contact = ?1", [id], |row| Ok(row.get(0)?))?;
        for conversation in &conversations {
            self.remove_conversation(*conversation)?;
        }
        self.execute("DELETE FROM outbox WHERE recipient = ?1", [id])?;
        self.execute("DELETE FROM contacts WHERE id = ?1", [id])?;
        Ok(conversations)
    }

    /// Removes the messages that are over at `now_ms`. Their keys die with their bucket.
    pub(crate) fn remove_expired(&mut self, now_ms: i64) -> Result<Vec<Gone>, StorageError> {
        let over =
            self.reader.all("SELECT id FROM messages WHERE bucket > 0 AND expires_ms <= ?1", [now_ms], |row| {
                Ok(row.get::<_, i64>(0)?)
            })?;
        over.into_iter().filter_map(|number| self.remove_message(number).transpose()).collect()
    }

    fn remove_message(&mut self, number: i64) -> Result<Option<Gone>, StorageError> {
        let gone = self.reader.one(
            "SELECT m.uid, c.uid, m.seq FROM messages m JOIN conversations c ON c.id = m.conversation WHERE m.id = ?1",
            [number],
            |row| Ok(Gone { id: row.get(0)?, conversation: row.get(1)?, seq: unsigned(row, 2)? }),
        )?;
        self.remove_where("m.id = ?1", number)?;
        Ok(gone)
    }

    fn remove_conversation(&mut self, id: ConversationId) -> Result<(), StorageError> {
        let Some(number) = self.reader.number_of(id)? else { return Ok(()) };
        let keys = self.reader.all(
            "SELECT bucket, uid FROM messages WHERE conversation = ?1 AND bucket IS NOT NULL",
            [number],
            |row| Ok((row.get::<_, Bucket>(0)?, row.get(1)?)),
        )?;
        if self.is_cheaper_in_bulk(number)? {
            // Deletions one by one rewrite what each of a text's trigrams stands in. As marks they cost next to nothing, and
            // one pass over the whole index then drops the marks and what they mark.
            self.transaction.execute_batch("INSERT INTO search(search, rank) VALUES('secure-delete', 0)")?;
            self.remove_where("m.conversation = ?1", number)?;
            self.transaction.execute_batch(
                "INSERT INTO search(search) VALUES('optimize'); INSERT INTO search(search, rank) VALUES('secure-delete', 1);",
            )?;
        } else {
            self.remove_where("m.conversation = ?1", number)?;
        }
        self.execute("DELETE FROM conversations WHERE id = ?1", [number])?;
        for (bucket, message) in keys {
            self.forget_key(bucket, message);
        }
        // Its row's number may be given again: the last place must not be written to whoever gets it.
        self.places.remove(&id);
        Ok(())
    }

    /// Whether so many messages are in this conversation that rewriting the index is less work than deleting from it.
    fn is_cheaper_in_bulk(&self, conversation: i64) -> Result<bool, StorageError> {
        let counts = self.reader.one(
            "SELECT (SELECT count(*) FROM messages WHERE conversation = ?1), (SELECT count(*) FROM messages)",
            [conversation],
            |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)),
        )?;
        Ok(counts.is_some_and(|(here, all)| here > BULK_MIN && here.saturating_mul(BULK_SHARE) > all))
    }

    /// Removes messages and everything that belongs to them; the files of attachments that nobody else has are removed
    /// after the commit.
    fn remove_where(&mut self, condition: &str, number: i64) -> Result<(), StorageError> {
        self.execute(
            &format!(
                "INSERT INTO search(search, rowid, text) SELECT 'delete', s.id, s.text FROM messages m \
                 JOIN search_source s ON s.id = m.id WHERE {condition}"
            ),
            [number],
        )?;
        self.execute(
            &format!("DELETE FROM outbox WHERE message IN (SELECT m.uid FROM messages m WHERE {condition})"),
            [number],
        )?;
        let blobs = self.reader.all(
            &format!("SELECT DISTINCT a.blob FROM messages m JOIN attachments a ON a.message = m.id WHERE {condition}"),
            [number],
            |row| Ok(row.get::<_, i64>(0)?),
        )?;
        self.execute(&format!("DELETE FROM messages AS m WHERE {condition}"), [number])?;
        for blob in blobs {
            let hash: Option<[u8; 32]> = self.reader.one(
                "DELETE FROM blobs WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM attachments WHERE blob = ?1) RETURNING hash",
                params![blob],
                |row| Ok(row.get(0)?),
            )?;
            self.after.blobs.extend(hash);
        }
        Ok(())
    }
}

/// Fewer than these are gone in a moment either way.
const BULK_MIN: u64 = 100;
/// A deletion costs about as much as passing over this many messages of the index; see `vault.md` for the measurement.
const BULK_SHARE: u64 = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        LockedVault, NewPassword, Origin, Vault,
        model::{Author, Contact, ContactState, Conversation, Delivery, NewMessage},
    };
    use nyx_crypto::{
        kdf::{Password, PasswordParams},
        phrase::Phrase,
        root::Root,
    };

    const HER: ContactId = ContactId([7; 16]);
    const WITH_HER: ConversationId = ConversationId([2; 16]);

    fn conversation(id: u8, kind: ConversationKind) -> Conversation {
        Conversation {
            id: ConversationId([id; 16]),
            kind,
            title: String::new(),
            created_ms: 0,
            ttl_secs: 0,
            last_seq: 0,
            read_seq: 0,
        }
    }

    /// A vault with a thousand notes and so many messages in a conversation with her, each with a word of its own.
    fn vault(dir: &std::path::Path, hers: u64) -> Vault {
        let words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let origin = Origin::of(&Root::from_phrase(&Phrase::parse(words).unwrap()));
        let typed = Password::new("a password for tests only").unwrap();
        let password = NewPassword { password: &typed, params: PasswordParams::floor() };
        let vault = LockedVault::create(&dir.join("home"), &password, &origin).unwrap();
        let contact = Contact {
            id: HER,
            aid: None,
            name: String::new(),
            state: ContactState::Accepted,
            verified: false,
            pin: None,
            device_list: None,
            profile: None,
            created_ms: 0,
        };
        vault
            .commit::<_, WriteError>(|tx| {
                tx.put_contact(&contact)?;
                tx.put_conversation(&conversation(1, ConversationKind::Notes))?;
                tx.put_conversation(&conversation(2, ConversationKind::Direct(HER)))?;
                for number in 0..1000 + hers {
                    let mut id = [0; 16];
                    id[..8].copy_from_slice(&number.to_be_bytes());
                    let (place, body) = if number < 1000 { (1, "an ordinary text") } else { (2, "qxzw") };
                    tx.add_message(NewMessage {
                        id: MessageId(id),
                        conversation: ConversationId([place; 16]),
                        author: Author::Me,
                        at_ms: 0,
                        delivery: Delivery::Here,
                        body: body.into(),
                        reply_to: None,
                        attachments: Vec::new(),
                        ttl_secs: None,
                    })?;
                }
                Ok(())
            })
            .unwrap();
        vault
    }

    #[test]
    fn the_words_of_a_deleted_conversation_are_gone_from_the_index_however_many_there_were() {
        for hers in [3, BULK_MIN + 1] {
            let dir = tempfile::tempdir().unwrap();
            let vault = vault(dir.path(), hers);
            let holds = || -> i64 {
                vault
                    .writer()
                    .query_row("SELECT count(*) FROM search_data WHERE instr(block, CAST('xz' AS BLOB))", [], |row| {
                        row.get(0)
                    })
                    .unwrap()
            };
            assert_ne!(holds(), 0);
            vault.commit(|tx| tx.delete_conversation(WITH_HER)).unwrap();
            assert_eq!(holds(), 0, "{hers}: not a mark that they are: the words themselves are gone");
            let is_secure: i64 = vault
                .writer()
                .query_row("SELECT v FROM search_config WHERE k = 'secure-delete'", [], |row| row.get(0))
                .unwrap();
            assert_eq!(is_secure, 1, "and the next one goes at once too");
            assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
        }
    }
}
