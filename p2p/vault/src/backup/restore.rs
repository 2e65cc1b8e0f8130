//! Restoring a backup: into a folder beside, and only when the last byte fitted, in one step, to its place.

use super::{
    frames::{FrameReader, broken},
    opening::open,
    tables::{AFTER_BLOBS, BEFORE_BLOBS, Table},
};
use crate::{
    blobs::{self, Pins, StoreError},
    error::StorageError,
    header::NewPassword,
    opened::Opened,
    origin::Origin,
    reader::stored as stored_number,
    rows::{self, RowsError},
    schema,
    sealing::{self, BlobKek},
    staging::{CreateError, Staged},
    vault::Vault,
};
use nyx_crypto::{root::Root, secret::Secret};
use nyx_wire::{
    codec,
    vault::{BACKUP_VERSION, BackupStart, BlobStart, FRAME_BYTES_MAX, FrameKind, Rows},
};
use rusqlite::params;
use std::{
    io::{self, Read},
    path::Path,
    sync::Arc,
};
use zeroize::Zeroize;

/// What opens a backup.
#[derive(Clone, Copy, Debug)]
pub enum BackupKey<'a> {
    /// The phrase.
    Phrase(&'a Root),
    /// The passphrase.
    Passphrase(&'a str),
}

/// Why nothing was restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Not a backup of this program.
    #[error("not a backup")]
    NotABackup,
    /// The passphrase or the phrase does not open it.
    #[error("the passphrase or phrase does not open this backup")]
    WrongKey,
    /// It was made for the phrase, and a passphrase was given, or the other way round.
    #[error("this backup is opened by the other kind of secret")]
    OtherKindOfKey,
    /// It was written by a later version of this program.
    #[error("the backup has version {0}")]
    OtherVersion(u32),
    /// Bytes changed or are missing.
    #[error("the backup is damaged")]
    Damaged,
    /// Where it comes from refused.
    #[error("the backup cannot be read: {0}")]
    Source(#[source] io::Error),
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The new vault could not be made.
    #[error(transparent)]
    Create(#[from] CreateError),
}

/// Makes a vault in `home` (an empty folder, or none yet) from a backup. It gets a master key, password and name of its
/// own; the phrase that it opens by stays the same. There are no devices, sessions or prekeys in it: the caller makes
/// new ones. `progress` hears the bytes done so far and answers whether to go on.
pub fn restore_backup(
    home: &Path,
    source: &mut dyn Read,
    key: BackupKey<'_>,
    password: &NewPassword<'_>,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Vault, RestoreError> {
    let frames = FrameReader::begin(open(source, key)?).map_err(|error| match error.kind() {
        // It opened, but there is something else in it.
        io::ErrorKind::InvalidData => RestoreError::NotABackup,
        _ => read_error(error),
    })?;
    let mut input = Input { frames, progress };
    let mut start = input.start()?;
    let origin = Origin::from_parts(start.reset_public, Secret::from_bytes(start.provenance));
    start.provenance.zeroize();
    if let BackupKey::Phrase(root) = key
        && !origin.is_of(root)
    {
        // Made for this phrase's identity by somebody who has neither it nor a vault of it: anybody who knows the public
        // half can write such a file, and their reset key would open the new vault.
        return Err(RestoreError::NotABackup);
    }
    let mut staged = Staged::begin(home, password, &origin)?;
    {
        let opened = staged.opened().ok_or(CreateError::Occupied)?;
        input.rows_and_blobs(opened)?;
        finish(opened)?;
    }
    Ok(staged.adopt()?)
}

struct Input<'p, R> {
    frames: FrameReader<R>,
    progress: &'p mut dyn FnMut(u64) -> bool,
}

impl<R: Read> Input<'_, R> {
    fn next(&mut self) -> Result<FrameKind, RestoreError> {
        let kind = self.frames.next().map_err(read_error)?;
        if (self.progress)(self.frames.read()) { Ok(kind) } else { Err(RestoreError::Cancelled) }
    }

    fn start(&mut self) -> Result<BackupStart, RestoreError> {
        if self.next()? != FrameKind::Start {
            return Err(RestoreError::Damaged);
        }
        let start: BackupStart =
            codec::decode(self.frames.bytes(), FRAME_BYTES_MAX).map_err(|_| RestoreError::Damaged)?;
        if start.version != BACKUP_VERSION {
            return Err(RestoreError::OtherVersion(start.version.into()));
        }
        if start.schema > schema::VERSION {
            return Err(RestoreError::OtherVersion(start.schema));
        }
        Ok(start)
    }

    fn rows_and_blobs(&mut self, opened: &mut Opened) -> Result<(), RestoreError> {
        // Nothing here has to survive a power cut before the folder is renamed, and then everything was synced.
        opened.writer.execute_batch("PRAGMA synchronous = OFF").map_err(storage)?;
        let mut table: Option<Announced> = None;
        let pins = Arc::new(Pins::default());
        loop {
            match self.next()? {
                FrameKind::Table => table = Some(Announced::from(self.frames.id(), self.frames.bytes())?),
                FrameKind::Rows => {
                    let table = table.as_ref().ok_or(RestoreError::Damaged)?;
                    let mut rows =
                        codec::decode(self.frames.bytes(), FRAME_BYTES_MAX).map_err(|_| RestoreError::Damaged)?;
                    table.insert(self.frames.id(), &mut rows, opened)?;
                }
                FrameKind::Blob => self.blob(opened, &pins)?,
                FrameKind::End => return Ok(()),
                FrameKind::Start | FrameKind::BlobPart => return Err(RestoreError::Damaged),
            }
        }
    }

    fn blob(&mut self, opened: &Opened, pins: &Arc<Pins>) -> Result<(), RestoreError> {
        let id: [u8; 8] = self.frames.id().try_into().map_err(|_| RestoreError::Damaged)?;
        let start: BlobStart =
            codec::decode(self.frames.bytes(), FRAME_BYTES_MAX).map_err(|_| RestoreError::Damaged)?;
        let mut parts = Parts { input: self, id, left: start.size, place: 0, available: 0, failed: None };
        let stored = blobs::store(&opened.home.blobs(), pins, start.content.kind(), &mut parts, &mut |_| true);
        if let Some(error) = parts.failed {
            return Err(error);
        }
        let mut stored = stored.map_err(|error| match error {
            StoreError::Storage(error) => RestoreError::Create(error.into()),
            StoreError::Source(error) => read_error(error),
            StoreError::TooLong | StoreError::Cancelled => RestoreError::Damaged,
        })?;
        if stored.size != start.size || stored.content != start.content {
            return Err(RestoreError::Damaged);
        }
        let key = sealing::wrap_blob_key(BlobKek::Vault(&opened.keys.blobs), &stored.key, &stored.hash);
        opened
            .writer
            .prepare_cached("INSERT INTO blobs(id, hash, key, size, content) VALUES(?1, ?2, ?3, ?4, ?5)")
            .and_then(|mut statement| {
                statement.execute(params![
                    i64::from_be_bytes(id),
                    stored.hash,
                    key,
                    stored_number(stored.size),
                    stored.content.as_bytes()
                ])
            })
            .map_err(rows::refused_row)?;
        stored.placed.keep();
        Ok(())
    }
}

/// The content of one blob, out of the frames that follow.
struct Parts<'i, 'p, R> {
    input: &'i mut Input<'p, R>,
    id: [u8; 8],
    left: u64,
    place: usize,
    available: usize,
    failed: Option<RestoreError>,
}

impl<R: Read> Read for Parts<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        while self.place == self.available {
            match self.input.next() {
                Ok(FrameKind::BlobPart) if self.input.frames.id() == self.id => {}
                other => {
                    self.failed = Some(other.err().unwrap_or(RestoreError::Damaged));
                    return Err(broken());
                }
            }
            (self.place, self.available) = (0, self.input.frames.bytes().len());
            if self.available as u64 > self.left {
                self.failed = Some(RestoreError::Damaged);
                return Err(broken());
            }
        }
        let read = buffer.len().min(self.available - self.place);
        buffer[..read].copy_from_slice(&self.input.frames.bytes()[self.place..self.place + read]);
        self.place += read;
        self.left -= read as u64;
        Ok(read)
    }
}

/// A table whose rows follow.
struct Announced {
    table: &'static Table,
    intake: rows::Intake,
}

impl Announced {
    fn from(name: &[u8], columns: &[u8]) -> Result<Self, RestoreError> {
        let table = BEFORE_BLOBS
            .iter()
            .chain(&AFTER_BLOBS)
            .find(|table| table.takes.table.as_bytes() == name)
            .ok_or(RestoreError::Damaged)?;
        let claimed: Vec<String> = codec::decode(columns, FRAME_BYTES_MAX).map_err(|_| RestoreError::Damaged)?;
        Ok(Self { table, intake: rows::Intake::of(table.takes, &claimed)? })
    }

    fn insert(&self, name: &[u8], rows: &mut Rows, opened: &mut Opened) -> Result<(), RestoreError> {
        if self.table.takes.table.as_bytes() != name {
            return Err(RestoreError::Damaged);
        }
        let transaction = opened.writer.transaction().map_err(storage)?;
        self.intake.insert(&mut rows.0, &transaction, &opened.keys.sessions)?;
        transaction.commit().map_err(storage)
    }
}

/// Makes the words findable, reads everything once, and syncs it.
fn finish(opened: &Opened) -> Result<(), RestoreError> {
    // Of a vault whose account was being moved, or had left: that was so on that device. Here nothing would ever end it, and whether
    // this vault speaks for the account is the phrase's to say.
    let here = "UPDATE accounts SET state = 0, moved_to = NULL WHERE state IN (1, 2)";
    opened.writer.execute_batch(here).map_err(storage)?;
    rows::refuse_strange(&opened.writer)?;
    rows::count_places(&opened.writer)?;
    rows::make_findable(opened, &mut |_| true)?;
    rows::settle(opened).map_err(|error| RestoreError::Create(error.into()))
}

impl From<RowsError> for RestoreError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Strange => Self::Damaged,
            RowsError::Storage(error) => Self::Create(error.into()),
        }
    }
}

fn read_error(error: io::Error) -> RestoreError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => RestoreError::Damaged,
        _ => RestoreError::Source(error),
    }
}

fn storage(error: rusqlite::Error) -> RestoreError {
    RestoreError::Create(StorageError::from(error).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{BODY_BYTES_MAX, EDITS_MAX, EMOJI_BYTES_MAX, NAME_BYTES_MAX, REACTIONS_MAX, TTL_SECS_MAX};
    use crate::rows::SEQ_MAX;
    use crate::{
        BackupTo, ConversationId, LockedVault, MessageId, WriteError, backup_address,
        model::{Author, Conversation, ConversationKind, Delivery, NewMessage},
        write_backup,
    };
    use nyx_crypto::{
        kdf::{Password, PasswordParams},
        phrase::Phrase,
    };

    fn root() -> Root {
        let words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        Root::from_phrase(&Phrase::parse(words).unwrap())
    }

    fn message(number: u8) -> NewMessage {
        NewMessage {
            id: MessageId([number; 16]),
            conversation: ConversationId([1; 16]),
            author: Author::Me,
            at_ms: 1,
            delivery: Delivery::Here,
            body: "text".into(),
            reply_to: None,
            attachments: Vec::new(),
            ttl_secs: None,
        }
    }

    /// What becomes of a backup of a vault with one message and these changes, which the program itself never makes.
    fn restored(changes: &str) -> (tempfile::TempDir, Vault, Result<Vault, RestoreError>) {
        let dir = tempfile::tempdir().unwrap();
        let typed = Password::new("a password for tests only").unwrap();
        let password = NewPassword { password: &typed, params: PasswordParams::floor() };
        let vault = LockedVault::create(&dir.path().join("first"), &password, &Origin::of(&root())).unwrap();
        let conversation = Conversation {
            id: ConversationId([1; 16]),
            kind: ConversationKind::Notes,
            title: "Notes".into(),
            created_ms: 1,
            ttl_secs: 0,
            last_seq: 0,
            read_seq: 0,
        };
        vault
            .commit::<_, WriteError>(|tx| {
                tx.put_conversation(&conversation)?;
                tx.add_message(message(1))
            })
            .unwrap();
        vault.writer().execute_batch(changes).unwrap();
        let snapshot = vault.snapshot(1, &mut |_, _| true).unwrap();
        let mut bytes = Vec::new();
        let to = backup_address(&root().backup_identity());
        write_backup(&vault, &snapshot, BackupTo::Phrase(&to), &mut bytes, &mut |_| true).unwrap();
        drop(snapshot);
        let home = dir.path().join("second");
        let restored = restore_backup(&home, &mut &*bytes, BackupKey::Phrase(&root()), &password, &mut |_| true);
        (dir, vault, restored)
    }

    #[test]
    fn the_last_place_that_a_backup_claims_is_not_believed() {
        let (_dir, hostile, restored) =
            restored("UPDATE conversations SET last_seq = 9223372036854775807, read_seq = 9223372036854775807");
        let refused = hostile.commit(|tx| tx.add_message(message(2)));
        assert!(matches!(refused, Err(WriteError::Storage(StorageError::Damaged(_)))));
        let restored = restored.unwrap();
        let theirs = NewMessage { author: Author::Contact(crate::ContactId([9; 16])), ..message(2) };
        assert_eq!(restored.commit(|tx| tx.add_message(theirs)).unwrap(), 2);
        let unread = restored.read::<_, StorageError>(|reader| reader.unread(ConversationId([1; 16]), 9)).unwrap();
        assert_eq!(unread, 1, "what is to come is not read yet");
    }

    #[test]
    fn a_backup_with_two_of_what_there_is_one_of_is_refused() {
        let account = |aid: &str| {
            format!(
                "INSERT INTO accounts(aid, name, created_ms, state, backup_public, opkey_cert, device_list) \
                 VALUES(x'{aid}', 'Ana', 0, 0, zeroblob(32), x'', x'');"
            )
        };
        let aid = "05".repeat(32);
        assert!(restored(&account(&aid)).2.is_ok());
        let two = ["DROP INDEX accounts_one;", &account(&aid), &account(&"06".repeat(32))].concat();
        assert!(matches!(restored(&two).2, Err(RestoreError::Damaged)));
        let notes = "DROP INDEX conversations_notes; \
             INSERT INTO conversations(uid, kind, title, created_ms) VALUES(x'02020202020202020202020202020202', 0, '', 0);";
        assert!(matches!(restored(notes).2, Err(RestoreError::Damaged)));
    }

    #[test]
    fn a_backup_with_rows_that_no_vault_writes_is_refused() {
        let reaction = |length| format!("INSERT INTO reactions VALUES(1, x'', printf('%.{length}c', 'a'), 0);");
        assert!(restored(&reaction(EMOJI_BYTES_MAX)).2.is_ok());
        for strange in [
            reaction(EMOJI_BYTES_MAX + 1),
            format!("UPDATE messages SET body = printf('%.{}c', 'a');", BODY_BYTES_MAX + 1),
            "UPDATE messages SET body = NULL;".into(),
            format!(
                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {REACTIONS_MAX}) \
                 INSERT INTO reactions SELECT 1, x'', 'a' || i, 0 FROM n;"
            ),
            format!(
                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {EDITS_MAX}) \
                 INSERT INTO edits SELECT 1, i, 0, 'text', NULL FROM n;"
            ),
            format!("UPDATE conversations SET ttl_secs = {};", TTL_SECS_MAX + 1),
            format!("UPDATE conversations SET title = printf('%.{}c', 'a');", NAME_BYTES_MAX + 1),
            format!("INSERT INTO drafts VALUES(1, printf('%.{}c', 'a'), NULL, 0);", BODY_BYTES_MAX + 1),
        ] {
            assert!(matches!(restored(&strange).2, Err(RestoreError::Damaged)), "{strange}");
        }
    }

    #[test]
    fn a_backup_with_an_absurd_place_is_refused() {
        for place in [i64::MAX, SEQ_MAX + 1, 0, -1] {
            for change in [
                format!("UPDATE messages SET seq = {place}"),
                // Numbers of rows decide the order of what a search finds, and after the highest there is none.
                format!("UPDATE messages SET id = {place}"),
                format!(
                    "PRAGMA foreign_keys = OFF; UPDATE conversations SET id = {place}; UPDATE messages SET conversation = {place};"
                ),
            ] {
                let (_dir, _vault, restored) = restored(&change);
                assert!(matches!(restored, Err(RestoreError::Damaged)), "{change}");
            }
        }
    }
}
