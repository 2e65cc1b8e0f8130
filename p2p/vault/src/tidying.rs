//! What a process that died left behind, and what a commit leaves to be removed: files that no row names, keys that no
//! message has.

use crate::{
    blobs,
    database::{self, Role},
    error::StorageError,
    expiry::{Bucket, Buckets},
    files::{Home, is_unfinished_header, overwrite, regular_files},
    ids::MessageId,
    moving::{is_wanted, tidy_moves},
    snapshot::is_snapshot,
    tx::After,
    vault::Vault,
};
use nyx_crypto::vault_keys::VaultKeys;
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, HashSet},
    fs,
};

impl Vault {
    /// Removes blobs that no message and no snapshot has: what a crash between a blob and its message left. Tells how many.
    pub fn sweep(&self) -> Result<u64, StorageError> {
        let mut swept = 0;
        for shelf in fs::read_dir(self.home.blobs())? {
            let shelf = shelf?;
            if !shelf.file_type()?.is_dir() {
                continue;
            }
            // A shelf at a time, so that a writer never waits for long.
            let writer = self.writer();
            for file in fs::read_dir(shelf.path())? {
                let file = file?;
                let Some(hash) = file.file_name().to_str().and_then(blobs::hash_in) else { continue };
                if !is_wanted(&writer, &hash)? && !self.pins.holds(&hash) {
                    fs::remove_file(file.path())?;
                    swept += 1;
                }
            }
        }
        Ok(swept)
    }

    /// Best effort: what fails here is done by the next opening or sweep.
    pub(crate) fn clean_up(&self, after: After) {
        for hash in after.blobs.iter().filter(|hash| !self.pins.holds(hash)) {
            if self.read::<_, StorageError>(|reader| is_wanted(reader.connection, hash)).is_ok_and(|wanted| !wanted) {
                let _ = fs::remove_file(blobs::path_of(&self.home.blobs(), hash));
            }
        }
        let mut buckets: BTreeMap<Bucket, HashSet<MessageId>> = BTreeMap::new();
        for (bucket, message) in after.keys {
            buckets.entry(bucket).or_default().insert(message);
        }
        for (bucket, over) in buckets {
            let _ = self.buckets.erase(bucket, |message| over.contains(&message));
        }
    }
}

/// Finishes what the last process may have left: unfinished files of our own, keys that moved to another bucket. A
/// leftover that resists keeps nobody out of the vault, a damaged place neither; the next opening tries again.
pub(crate) fn tidy(home: &Home, keys: &VaultKeys) -> Result<(), StorageError> {
    home.make_dirs()?;
    for path in regular_files(home.root()).unwrap_or_default().into_iter().filter(|path| is_unfinished_header(path)) {
        // It has the master key under a password.
        let _ = fs::OpenOptions::new().write(true).open(&path).and_then(|mut file| overwrite(&mut file));
        let _ = fs::remove_file(path);
    }
    for path in regular_files(&home.blobs()).unwrap_or_default().into_iter().filter(|path| blobs::is_unfinished(path)) {
        let _ = fs::remove_file(path);
    }
    // Under keys that only the process knew that made them.
    for path in regular_files(&home.snapshots()).unwrap_or_default().into_iter().filter(|path| is_snapshot(path)) {
        let _ = fs::remove_file(path);
    }
    tidy_moves(home, keys);
    let buckets = Buckets::new(home.expiry());
    let _ = buckets.destroy_begun();
    let found = buckets.list().unwrap_or_default().known;
    if !found.is_empty() {
        // With a connection of its own: one that meets a damaged page refuses everything from then on.
        let _ = database::open(&home.database(), &keys.database, Role::Reader)
            .and_then(|connection| forget_moved(&buckets, found.into_keys(), &connection));
    }
    Ok(())
}

/// A message that was deleted, or whose time began to run, just before the process died still has its old key.
fn forget_moved(
    buckets: &Buckets,
    found: impl Iterator<Item = Bucket>,
    connection: &Connection,
) -> Result<(), StorageError> {
    for bucket in found {
        let wanted: HashSet<MessageId> = connection
            .prepare_cached("SELECT uid FROM messages WHERE bucket = ?1")?
            .query_map([bucket], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let _ = buckets.erase(bucket, |message| !wanted.contains(&message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ConversationId, LockedVault, NewPassword, Origin, WriteError,
        model::{Author, Conversation, ConversationKind, Delivery, NewMessage},
    };
    use nyx_crypto::{
        kdf::{Password, PasswordParams},
        phrase::Phrase,
        root::Root,
    };

    #[test]
    fn a_damaged_index_keeps_nobody_out_and_costs_no_key() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let root = Root::from_phrase(&Phrase::parse(words).unwrap());
        let typed = Password::new("a password for tests only").unwrap();
        let password = NewPassword { password: &typed, params: PasswordParams::floor() };
        let vault = LockedVault::create(&home, &password, &Origin::of(&root)).unwrap();
        let id = ConversationId([1; 16]);
        let conversation = Conversation {
            id,
            kind: ConversationKind::Notes,
            title: String::new(),
            created_ms: 0,
            ttl_secs: 0,
            last_seq: 0,
            read_seq: 0,
        };
        let message = NewMessage {
            id: MessageId([1; 16]),
            conversation: id,
            author: Author::Me,
            at_ms: 0,
            delivery: Delivery::Here,
            body: "vanishes".into(),
            reply_to: None,
            attachments: Vec::new(),
            ttl_secs: Some(60),
        };
        vault
            .commit::<_, WriteError>(|tx| {
                tx.put_conversation(&conversation)?;
                tx.add_message(message)
            })
            .unwrap();
        let page: u64 = vault
            .writer()
            .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'messages_by_bucket'", [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap()
            .unsigned_abs();
        let locked = vault.lock();
        let mut bytes = fs::read(home.join("vault.db")).unwrap();
        bytes[(page as usize - 1) * 4096 + 99] ^= 1;
        fs::write(home.join("vault.db"), bytes).unwrap();
        let keys = fs::read(home.join("expiry/unread")).unwrap();

        let vault = locked.unlock_with_phrase(&root).unwrap();
        assert_eq!(fs::read(home.join("expiry/unread")).unwrap(), keys);
        let read = vault.read::<_, StorageError>(|reader| reader.message(MessageId([1; 16]))).unwrap().unwrap();
        assert_eq!(read.body.as_deref(), Some("vanishes"));
        vault.commit(|tx| tx.put_conversation(&Conversation { title: "Notes".into(), ..conversation })).unwrap();
        assert!(vault.verify(&mut |_| true).unwrap().damages.contains(&crate::Damage::Page(page)));
    }
}
