//! Making a backup.

use super::{
    frames::FrameWriter,
    keys,
    tables::{AFTER_BLOBS, BEFORE_BLOBS, BLOBS, Table},
};
use crate::{
    blobs,
    error::StorageError,
    files::{create_aside, is_free, publish_new},
    reader::Called,
    rows::{Target, cell, size_of},
    schema,
    sealing::{self, BlobKek},
    snapshot::{Snapshot, SnapshotError},
    vault::Vault,
};
use nyx_wire::{
    codec,
    vault::{BACKUP_VERSION, BackupStart, BlobStart, Cell, FrameKind, Rows},
};
use rusqlite::Connection;
use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
};
use zeroize::{Zeroize, Zeroizing};

/// Who can open a backup. age allows a passphrase only alone, so it is one or the other.
#[derive(Clone, Copy, Debug)]
pub enum BackupTo<'a> {
    /// Whoever has the phrase: the public half of its backup identity, as the account has it.
    Phrase(&'a [u8; 32]),
    /// Whoever knows the passphrase.
    Passphrase(&'a str),
}

/// Why there is no backup. Nothing of it stays behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file of this name already.
    #[error("there is a file of this name already")]
    Exists,
    /// The public key is none.
    #[error("the backup key is not a public key")]
    Recipient,
    /// Where the backup goes is full.
    #[error("the disk of the backup is full")]
    SinkFull,
    /// Where the backup goes refused.
    #[error("the backup cannot be written: {0}")]
    Sink(#[source] io::Error),
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The vault's disk, or something in it is damaged: a backup of half a vault would be worse than none.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Vault {
    /// Makes a backup in a file that must not be there yet, and tells its length. The file is there as a whole or not at
    /// all. Writing to the vault goes on meanwhile. `progress` hears the bytes done so far and answers whether to go on.
    pub fn backup(
        &self,
        to: BackupTo<'_>,
        file: &Path,
        now_ms: i64,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<u64, BackupError> {
        if !is_free(file) {
            return Err(BackupError::Exists);
        }
        let snapshot = self.snapshot(now_ms, &mut |_, _| progress(0))?;
        let (aside, mut sink) = create_aside(file).map_err(refused)?;
        let written = write_backup(self, &snapshot, to, &mut sink, progress).and_then(|()| {
            sink.sync_all().map_err(refused)?;
            let length = sink.metadata().map_err(refused)?.len();
            publish_new(&aside, file).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => BackupError::Exists,
                _ => refused(error),
            })?;
            Ok(length)
        });
        if written.is_err() {
            // Ours, unfinished, and never named by anything.
            let _ = fs::remove_file(&aside);
        }
        written
    }
}

/// Writes a backup of a snapshot into `sink`, with the same small memory whatever its length.
pub fn write_backup(
    vault: &Vault,
    snapshot: &Snapshot,
    to: BackupTo<'_>,
    sink: &mut dyn Write,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(), BackupError> {
    let encryptor = match to {
        BackupTo::Phrase(public) => {
            let recipient = keys::recipient_of(public).ok_or(BackupError::Recipient)?;
            age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
                .map_err(|_| BackupError::Recipient)?
        }
        BackupTo::Passphrase(text) => {
            let mut recipient = age::scrypt::Recipient::new(keys::passphrase(text));
            recipient.set_work_factor(WORK_FACTOR);
            age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
                .map_err(|_| BackupError::Recipient)?
        }
    };
    let mut out = Output {
        frames: FrameWriter::begin(encryptor.wrap_output(io::BufWriter::with_capacity(BUFFER, sink)).map_err(refused)?)
            .map_err(refused)?,
        progress,
    };
    let (blobs, blob_bytes) = blob_totals(&snapshot.connection)?;
    let mut start = BackupStart {
        version: BACKUP_VERSION,
        schema: schema::VERSION,
        taken_ms: snapshot.taken_ms,
        reset_public: snapshot.origin.reset_public(),
        provenance: *snapshot.origin.provenance().expose(),
        blobs,
        blob_bytes,
    };
    let bytes = Zeroizing::new(codec::encode(&start));
    start.provenance.zeroize();
    out.put(FrameKind::Start, &[], &bytes)?;
    for table in &BEFORE_BLOBS {
        out.put_table(vault, &snapshot.connection, table)?;
    }
    out.put_blobs(vault, &snapshot.connection)?;
    for table in &AFTER_BLOBS {
        out.put_table(vault, &snapshot.connection, table)?;
    }
    let mut sink = out.frames.end().and_then(age::stream::StreamWriter::finish).map_err(refused)?;
    sink.flush().map_err(refused)
}

struct Output<'p, W: Write> {
    frames: FrameWriter<W>,
    progress: &'p mut dyn FnMut(u64) -> bool,
}

impl<W: Write> Output<'_, W> {
    fn put(&mut self, kind: FrameKind, id: &[u8], bytes: &[u8]) -> Result<(), BackupError> {
        self.frames.put(kind, id, bytes).map_err(refused)?;
        if (self.progress)(self.frames.written()) { Ok(()) } else { Err(BackupError::Cancelled) }
    }

    fn put_table(&mut self, vault: &Vault, snapshot: &Connection, table: &Table) -> Result<(), BackupError> {
        let Target { table: name, columns, wrapped } = table.takes;
        let name_bytes = name.as_bytes();
        let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        self.put(FrameKind::Table, name_bytes, &codec::encode(&columns))?;
        let query = format!("SELECT {} FROM {name} {}", columns.join(","), table.rows);
        let mut statement = snapshot.prepare(&query).map_err(StorageError::from)?;
        let mut rows = statement.query([]).map_err(StorageError::from)?;
        let (mut batch, mut size) = (Rows::default(), 0);
        while let Some(row) = rows.next().map_err(StorageError::from)? {
            let mut cells = Vec::with_capacity(columns.len());
            for (column, name) in columns.iter().enumerate() {
                let mut cell = cell(row.get_ref(column).map_err(StorageError::from)?)?;
                if Some(name.as_str()) == wrapped
                    && let Cell::Bytes(wrapped) = &cell
                {
                    let id: Vec<u8> = row.get("id").map_err(StorageError::from)?;
                    let secret = sealing::open_contact_secret(&vault.keys.sessions, &id, wrapped)
                        .ok_or(StorageError::row("contacts", 0))?;
                    cell = Cell::Bytes(secret.expose().to_vec());
                }
                size += size_of(&cell);
                cells.push(cell);
            }
            batch.0.push(cells);
            if size >= BATCH_BYTES {
                self.put(FrameKind::Rows, name_bytes, &Zeroizing::new(codec::encode(&batch)))?;
                (batch, size) = (Rows::default(), 0);
            }
        }
        if !batch.0.is_empty() {
            self.put(FrameKind::Rows, name_bytes, &Zeroizing::new(codec::encode(&batch)))?;
        }
        Ok(())
    }

    fn put_blobs(&mut self, vault: &Vault, snapshot: &Connection) -> Result<(), BackupError> {
        let mut part = Zeroizing::new(vec![0; BUFFER]);
        let mut statement = snapshot.prepare(BLOBS).map_err(StorageError::from)?;
        let mut rows = statement.query([]).map_err(StorageError::from)?;
        while let Some(row) = rows.next().map_err(StorageError::from)? {
            let (number, hash, wrapped, size, Called(content)): (i64, [u8; 32], Vec<u8>, i64, Called) =
                row.try_into().map_err(StorageError::from)?;
            let size = size.unsigned_abs();
            let key = sealing::unwrap_blob_key(BlobKek::Vault(&vault.keys.blobs), &wrapped, &hash)
                .ok_or(StorageError::row("blobs", number))?;
            let id = number.to_be_bytes();
            self.put(FrameKind::Blob, &id, &codec::encode(&BlobStart { size, content }))?;
            let mut blob = blobs::open(&vault.home.blobs(), hash, &key)?;
            loop {
                let read = blob.read(&mut part).map_err(|error| match error.downcast::<StorageError>() {
                    Ok(error) => error,
                    Err(error) => error.into(),
                })?;
                if read == 0 {
                    break;
                }
                self.put(FrameKind::BlobPart, &id, &part[..read])?;
            }
        }
        Ok(())
    }
}

fn blob_totals(snapshot: &Connection) -> Result<(u64, u64), StorageError> {
    Ok(snapshot.query_row(&format!("SELECT count(*), coalesce(sum(size), 0) FROM ({BLOBS})"), [], |row| {
        Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()))
    })?)
}

fn refused(error: io::Error) -> BackupError {
    match StorageError::from(error) {
        StorageError::DiskFull => BackupError::SinkFull,
        StorageError::Disk(error) => BackupError::Sink(error),
        other => BackupError::Storage(other),
    }
}

impl From<SnapshotError> for BackupError {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Cancelled => Self::Cancelled,
            SnapshotError::Storage(error) => Self::Storage(error),
        }
    }
}

/// scrypt with 2^18 rounds takes 256 MiB and about a second. Not what age would choose for this machine: a fast one would
/// write backups that a small one cannot open.
const WORK_FACTOR: u8 = 18;
/// Rows are put into frames of about this size.
const BATCH_BYTES: usize = 64 * 1024;
/// What of an attachment is in memory at once.
const BUFFER: usize = 64 * 1024;
