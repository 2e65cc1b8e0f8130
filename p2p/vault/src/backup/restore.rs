//! Restoring a backup: into a folder beside, and only when the last byte fitted, in one step, to its place.

use super::{
    frames::{FrameReader, broken},
    keys,
    tables::{AFTER_BLOBS, BEFORE_BLOBS, Table},
};
use crate::{
    blobs::{self, Pins, StoreError},
    error::StorageError,
    expiry::Buckets,
    header::NewPassword,
    limits::{
        ATTACHMENTS_MAX, BODY_BYTES_MAX, EDITS_MAX, EMOJI_BYTES_MAX, NAME_BYTES_MAX, PREVIEW_BYTES_MAX, REACTIONS_MAX,
        TTL_SECS_MAX, VALUE_BYTES_MAX,
    },
    opened::Opened,
    origin::Origin,
    reader::{Reader, stored as stored_number},
    schema,
    sealing::{self, BlobKek},
    staging::{CreateError, Staged},
    vault::Vault,
};
use nyx_crypto::{purposes::SessionsKey, root::Root, secret::Secret};
use nyx_wire::{
    codec,
    vault::{BACKUP_VERSION, BackupStart, BlobStart, Cell as Value, FRAME_BYTES_MAX, FrameKind, Rows},
};
use rusqlite::{
    ToSql, params,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    cell::Cell,
    fs::File,
    io::{self, BufRead, Read},
    path::Path,
    rc::Rc,
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

/// Whether this opens a backup: nothing of it is believed yet, and nothing is made. As dear as opening it.
pub fn opens_backup(source: &mut dyn Read, key: BackupKey<'_>) -> Result<(), RestoreError> {
    open(source, key).map(|_| ())
}

fn open<'s>(
    source: &'s mut dyn Read,
    key: BackupKey<'_>,
) -> Result<age::stream::StreamReader<Bounded<'s>>, RestoreError> {
    let left = Rc::new(Cell::new(HEADER_BYTES_MAX));
    let bounded = Bounded { source: io::BufReader::with_capacity(BUFFER, source), left: Rc::clone(&left) };
    let decryptor = age::Decryptor::new_buffered(bounded).map_err(not_opened)?;
    left.set(u64::MAX);
    let stream = match (key, decryptor.is_scrypt()) {
        (BackupKey::Phrase(root), false) => {
            let identity = keys::identity_of(&root.backup_identity()).ok_or(RestoreError::WrongKey)?;
            decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
        }
        (BackupKey::Passphrase(text), true) => {
            let mut identity = age::scrypt::Identity::new(keys::passphrase(text));
            // A hostile file must not be able to keep the machine busy for hours.
            identity.set_max_work_factor(WORK_FACTOR_MAX);
            decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
        }
        _ => return Err(RestoreError::OtherKindOfKey),
    };
    stream.map_err(not_opened)
}

/// Ends with an error after so many bytes. age keeps a header in memory until its end is found, before anything of it is
/// authenticated: a hostile file without an end would fill the memory.
struct Bounded<'s> {
    source: io::BufReader<&'s mut dyn Read>,
    left: Rc<Cell<u64>>,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let read = available.len().min(buffer.len());
        buffer[..read].copy_from_slice(&available[..read]);
        self.consume(read);
        Ok(read)
    }
}

impl io::BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.left.get()).unwrap_or(usize::MAX);
        if left == 0 {
            return Err(broken());
        }
        let available = self.source.fill_buf()?;
        Ok(&available[..available.len().min(left)])
    }

    fn consume(&mut self, read: usize) {
        self.source.consume(read);
        self.left.set(self.left.get().saturating_sub(read as u64));
    }
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
        let stored = blobs::store(&opened.home.blobs(), pins, &mut parts, &mut |_| true);
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
                    stored.content
                ])
            })
            .map_err(refused_row)?;
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

/// A table whose rows follow, and the statement that takes them. Columns that a backup of an earlier version does not
/// have get their defaults.
struct Announced {
    table: &'static Table,
    columns: usize,
    /// The column to be wrapped once more, and that of the id it is bound to.
    wrapped: Option<(usize, usize)>,
    statement: String,
}

impl Announced {
    fn from(name: &[u8], columns: &[u8]) -> Result<Self, RestoreError> {
        let table = BEFORE_BLOBS
            .iter()
            .chain(&AFTER_BLOBS)
            .find(|table| table.name.as_bytes() == name)
            .ok_or(RestoreError::Damaged)?;
        let claimed: Vec<String> = codec::decode(columns, FRAME_BYTES_MAX).map_err(|_| RestoreError::Damaged)?;
        // Only our own words go into a statement.
        let columns: Vec<&str> = claimed
            .iter()
            .map(|claimed| table.columns.iter().copied().find(|column| column == claimed))
            .collect::<Option<_>>()
            .ok_or(RestoreError::Damaged)?;
        let marks: Vec<String> = (1..=columns.len()).map(|mark| format!("?{mark}")).collect();
        let statement = format!("INSERT INTO {}({}) VALUES({})", table.name, columns.join(","), marks.join(","));
        let place = |name: &str| columns.iter().position(|column| *column == name);
        let wrapped = match table.wrapped.and_then(place) {
            None => None,
            Some(secret) => Some((secret, place("id").ok_or(RestoreError::Damaged)?)),
        };
        Ok(Self { table, columns: columns.len(), wrapped, statement })
    }

    fn insert(&self, name: &[u8], rows: &mut Rows, opened: &mut Opened) -> Result<(), RestoreError> {
        if self.table.name.as_bytes() != name || rows.0.iter().any(|row| row.len() != self.columns) {
            return Err(RestoreError::Damaged);
        }
        let transaction = opened.writer.transaction().map_err(storage)?;
        {
            let mut statement = transaction.prepare_cached(&self.statement).map_err(refused_row)?;
            for row in &mut rows.0 {
                if let Some((secret, id)) = self.wrapped {
                    wrap(row, secret, id, &opened.keys.sessions)?;
                }
                statement.execute(rusqlite::params_from_iter(row.iter().map(Borrowed))).map_err(refused_row)?;
            }
        }
        transaction.commit().map_err(storage)?;
        Ok(())
    }
}

/// Wraps a secret, and wipes what it was.
fn wrap(row: &mut [Value], secret: usize, id: usize, key: &Secret<SessionsKey>) -> Result<(), RestoreError> {
    let wrapped = match (&row[secret], &row[id]) {
        (Value::Null, _) => return Ok(()),
        (Value::Bytes(secret), Value::Bytes(id)) if secret.len() == SECRET_LEN => {
            sealing::seal_contact_secret(key, id, secret)
        }
        _ => return Err(RestoreError::Damaged),
    };
    if let Value::Bytes(plain) = &mut row[secret] {
        plain.zeroize();
    }
    row[secret] = Value::Bytes(wrapped);
    Ok(())
}

struct Borrowed<'a>(&'a Value);

impl ToSql for Borrowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What this program never writes into a backup, and what the rest of it relies on being otherwise: limits that bound the
/// memory of whoever reads a page, messages without a text, settings that belong to another device. The schema holds
/// what there is only one of.
fn refuse_strange(opened: &Opened) -> Result<(), RestoreError> {
    let is_strange: bool = opened
        .writer
        .query_row(
            "SELECT EXISTS(SELECT 1 FROM settings WHERE moves <> 1 OR length(value) > ?5) \
             OR EXISTS(SELECT 1 FROM messages WHERE body IS NULL OR octet_length(body) > ?1) \
             OR EXISTS(SELECT 1 FROM edits WHERE body IS NULL OR octet_length(body) > ?1) \
             OR EXISTS(SELECT 1 FROM drafts WHERE octet_length(body) > ?1) \
             OR EXISTS(SELECT 1 FROM attachments GROUP BY message HAVING count(*) > ?2) \
             OR EXISTS(SELECT 1 FROM attachments WHERE octet_length(name) > ?3 OR length(preview) > ?4) \
             OR EXISTS(SELECT 1 FROM reactions WHERE octet_length(emoji) > ?6) \
             OR EXISTS(SELECT 1 FROM reactions GROUP BY message, author HAVING count(*) > ?8) \
             OR EXISTS(SELECT 1 FROM edits GROUP BY message HAVING count(*) > ?9) \
             OR EXISTS(SELECT 1 FROM conversations WHERE ttl_secs > ?7 OR octet_length(title) > ?3) \
             OR EXISTS(SELECT 1 FROM contacts WHERE octet_length(name) > ?3) \
             OR EXISTS(SELECT 1 FROM accounts WHERE octet_length(name) > ?3)",
            params![
                BODY_BYTES_MAX as i64,
                ATTACHMENTS_MAX as i64,
                NAME_BYTES_MAX as i64,
                PREVIEW_BYTES_MAX as i64,
                VALUE_BYTES_MAX as i64,
                EMOJI_BYTES_MAX as i64,
                TTL_SECS_MAX,
                REACTIONS_MAX,
                EDITS_MAX,
            ],
            |row| row.get(0),
        )
        .map_err(storage)?;
    if is_strange { Err(RestoreError::Damaged) } else { Ok(()) }
}

/// Makes the words findable, reads everything once, and syncs it.
fn finish(opened: &mut Opened) -> Result<(), RestoreError> {
    refuse_strange(opened)?;
    places(opened)?;
    opened.writer.execute_batch("INSERT INTO search(search) VALUES('rebuild')").map_err(storage)?;
    let buckets = Buckets::new(opened.home.expiry());
    // Rows that cannot be understood are noticed now, while nothing has changed yet.
    Reader::new(&opened.writer, &opened.keys, &buckets).content_hash().map_err(|error| match error {
        StorageError::Damaged(_) => RestoreError::Damaged,
        other => RestoreError::Create(other.into()),
    })?;
    opened.writer.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);").map_err(storage)?;
    File::open(opened.home.database())
        .and_then(|file| file.sync_all())
        .map_err(|error| RestoreError::Create(StorageError::from(error).into()))
}

/// What a backup says about the last place of a conversation is not believed: a hostile one would say the highest, and
/// no message could ever be added, or claim everything to come as read.
fn places(opened: &Opened) -> Result<(), RestoreError> {
    let has_absurd: bool = opened
        .writer
        .query_row(
            "SELECT EXISTS(SELECT 1 FROM messages WHERE seq NOT BETWEEN 1 AND ?1 OR id NOT BETWEEN 1 AND ?1) \
             OR EXISTS(SELECT 1 FROM conversations WHERE id NOT BETWEEN 1 AND ?1) \
             OR EXISTS(SELECT 1 FROM attachments WHERE id NOT BETWEEN 1 AND ?1) \
             OR EXISTS(SELECT 1 FROM blobs WHERE id NOT BETWEEN 1 AND ?1)",
            [SEQ_MAX],
            |row| row.get(0),
        )
        .map_err(storage)?;
    if has_absurd {
        return Err(RestoreError::Damaged);
    }
    opened
        .writer
        .execute_batch(
            "UPDATE conversations SET \
             last_seq = (SELECT coalesce(max(seq), 0) FROM messages WHERE conversation = conversations.id); \
             UPDATE conversations SET read_seq = max(0, min(read_seq, last_seq));",
        )
        .map_err(storage)
}

fn not_opened(error: age::DecryptError) -> RestoreError {
    use age::DecryptError;
    match error {
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            RestoreError::WrongKey
        }
        DecryptError::InvalidHeader | DecryptError::UnknownFormat => RestoreError::NotABackup,
        DecryptError::InvalidMac | DecryptError::ExcessiveWork { .. } => RestoreError::Damaged,
        DecryptError::Io(error) => match error.kind() {
            // Ends before an age header would, or is none.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => RestoreError::NotABackup,
            _ => RestoreError::Source(error),
        },
    }
}

fn read_error(error: io::Error) -> RestoreError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => RestoreError::Damaged,
        _ => RestoreError::Source(error),
    }
}

/// A row that the schema refuses was not written by this program.
fn refused_row(error: rusqlite::Error) -> RestoreError {
    match StorageError::from(error) {
        StorageError::Database(_) | StorageError::Damaged(_) => RestoreError::Damaged,
        other => RestoreError::Create(other.into()),
    }
}

fn storage(error: rusqlite::Error) -> RestoreError {
    RestoreError::Create(StorageError::from(error).into())
}

/// scrypt takes a KiB times two to this power: 1 GiB. Four times what this program writes, which leaves room for backups
/// made again by other programs, and a hostile file cannot take more.
const WORK_FACTOR_MAX: u8 = 20;
/// The header of a backup has some hundred bytes; this is room for a hundred recipients, and little enough that age,
/// which reads a header from its beginning again with each line, is not kept busy.
const HEADER_BYTES_MAX: u64 = 16 * 1024;
const BUFFER: usize = 64 * 1024;
/// What two people agreed on.
const SECRET_LEN: usize = 32;
/// More messages than a conversation can ever have, and far from the end of the numbers.
const SEQ_MAX: i64 = 1 << 48;

#[cfg(test)]
mod tests {
    use super::*;
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
