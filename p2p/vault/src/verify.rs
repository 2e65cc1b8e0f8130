//! Checking every byte. What is damaged is named; nothing is changed, removed or repaired.

use crate::{
    attachments::{AttachmentError, attachment_key},
    blobs::{self, CopyError},
    content,
    database::{self, Role},
    error::{Damage, StorageError},
    expiry, header,
    interruptible::interruptible,
    model::AttachmentId,
    reader::{Called, Reader},
    scope::Scope,
    sealing,
    vault::Vault,
};
use rusqlite::Connection;
use std::sync::PoisonError;

/// What a check found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// What is damaged.
    pub damages: Vec<Damage>,
    /// The [content hash](Reader::content_hash); `None` if something is damaged, because it would mean nothing.
    pub content_hash: Option<[u8; 32]>,
}

/// How far a check has come: bytes, of all that are to be read. The database counts as often as it is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VerifyProgress {
    /// What is being checked.
    pub step: VerifyStep,
    /// Bytes so far; never goes back.
    pub done: u64,
    /// Bytes in all, as they were when the check began.
    pub total: u64,
}

/// A part of a check.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum VerifyStep {
    /// The header.
    Header,
    /// The pages of the database, and what they say about each other.
    Database,
    /// The full-text index.
    Search,
    /// The rows.
    Rows,
    /// Expiry keys.
    Expiry,
    /// Attachments.
    Blobs,
    /// The content hash.
    Content,
}

/// Why a check was not finished.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The disk refused.
    #[error(transparent)]
    Storage(StorageError),
}

impl Vault {
    /// Checks header, database, index, rows, expiry keys and the content of every attachment. `progress` hears how far
    /// it is and answers whether to go on; it is asked while SQLite checks its own structure, too.
    pub fn verify(&self, progress: &mut dyn FnMut(VerifyProgress) -> bool) -> Result<Verdict, VerifyError> {
        let mut check = Check { vault: self, damages: Vec::new(), bar: Bar::of(self, progress) };
        check.bar.begin(VerifyStep::Header, 0)?;
        check.header()?;
        let database = check.bar.database;
        check.bar.begin(VerifyStep::Database, DATABASE_PASSES * database)?;
        if check.database()? {
            check.bar.begin(VerifyStep::Search, database)?;
            check.search()?;
            check.bar.begin(VerifyStep::Rows, database)?;
            check.rows()?;
        } else {
            check.bar.begin(VerifyStep::Rows, 2 * database)?;
        }
        check.bar.begin(VerifyStep::Expiry, 0)?;
        check.expiry()?;
        let blobs = check.bar.blobs;
        check.bar.begin(VerifyStep::Blobs, blobs)?;
        check.blobs()?;
        check.bar.begin(VerifyStep::Content, database)?;
        let content_hash = if check.damages.is_empty() { Some(check.content()?) } else { None };
        check.bar.end()?;
        Ok(Verdict { damages: check.damages, content_hash })
    }
}

struct Check<'v> {
    vault: &'v Vault,
    damages: Vec<Damage>,
    bar: Bar<'v>,
}

/// Turns the progress of the parts into that of the whole.
struct Bar<'v> {
    progress: &'v mut dyn FnMut(VerifyProgress) -> bool,
    step: VerifyStep,
    /// What the parts before this one have.
    before: u64,
    /// What this part has.
    part: u64,
    database: u64,
    blobs: u64,
}

impl<'v> Bar<'v> {
    fn of(vault: &Vault, progress: &'v mut dyn FnMut(VerifyProgress) -> bool) -> Self {
        let database = std::fs::metadata(vault.home.database()).map_or(0, |file| file.len());
        // A database that can't say is found damaged soon enough.
        let blobs = vault
            .read::<_, StorageError>(|reader| reader.one("SELECT sum(size) FROM blobs", [], |row| Ok(row.get(0)?)))
            .ok()
            .flatten()
            .flatten()
            .map_or(0, i64::unsigned_abs);
        Self { progress, step: VerifyStep::Header, before: 0, part: 0, database, blobs }
    }

    /// The part before is over; the next one has so many bytes.
    fn begin(&mut self, step: VerifyStep, bytes: u64) -> Result<(), VerifyError> {
        self.before += self.part;
        (self.step, self.part) = (step, bytes);
        self.at(0, 1)
    }

    /// So much of this part is done, in whatever the part counts.
    fn at(&mut self, done: u64, total: u64) -> Result<(), VerifyError> {
        // Messages and attachments may come and go meanwhile.
        let part = u128::from(self.part) * u128::from(done.min(total)) / u128::from(total.max(1));
        let done = self.before + u64::try_from(part).unwrap_or(self.part);
        let total = (DATABASE_PASSES + 3) * self.database + self.blobs;
        if (self.progress)(VerifyProgress { step: self.step, done, total }) {
            Ok(())
        } else {
            Err(VerifyError::Cancelled)
        }
    }

    /// Carries out something that only SQLite knows how far it is. Asks meanwhile whether to go on.
    fn during<T: Send>(
        &mut self,
        connection: &mut Connection,
        work: impl FnOnce(&Connection) -> T + Send,
    ) -> Result<T, VerifyError> {
        let mut is_wanted = || self.at(0, 1).is_ok();
        interruptible(connection, &mut is_wanted, work).ok_or(VerifyError::Cancelled)
    }

    fn end(&mut self) -> Result<(), VerifyError> {
        self.at(1, 1)
    }
}

impl Check<'_> {
    fn content(&mut self) -> Result<[u8; 32], VerifyError> {
        let (vault, bar) = (self.vault, &mut self.bar);
        let mut stopped = Ok(());
        let hash = vault
            .read::<_, StorageError>(|reader| {
                let messages = reader.counts()?.messages;
                content::hash(reader, Scope::ALL, &mut |done| {
                    stopped = bar.at(done, messages);
                    stopped.is_ok()
                })
            })
            .map_err(VerifyError::Storage)?;
        stopped?;
        hash.ok_or(VerifyError::Cancelled)
    }

    /// Takes note of a damage and goes on; only when the disk itself refuses there is no going on.
    fn note<T>(&mut self, result: Result<T, StorageError>) -> Result<Option<T>, VerifyError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(StorageError::Damaged(damage)) => {
                self.add(damage);
                Ok(None)
            }
            // SQLCipher says "generic error" about a page that was changed.
            Err(StorageError::Database(error)) => {
                self.add(Damage::Database(error.to_string()));
                Ok(None)
            }
            Err(error @ (StorageError::Disk(_) | StorageError::DiskFull | StorageError::Closed(_))) => {
                Err(VerifyError::Storage(error))
            }
        }
    }

    fn add(&mut self, damage: Damage) {
        if self.damages.len() < DAMAGES_MAX && !self.damages.contains(&damage) {
            self.damages.push(damage);
        }
    }

    fn header(&mut self) -> Result<(), VerifyError> {
        // Held while reading: a new password replaces both, and is no damage.
        let known = self.vault.header.lock().unwrap_or_else(PoisonError::into_inner);
        let found = header::read(&self.vault.home);
        let is_known = found.as_ref().is_ok_and(|found| *found == *known);
        drop(known);
        match found {
            Ok(_) if is_known => {}
            Ok(_) | Err(header::ReadHeaderError::NoVault | header::ReadHeaderError::OtherVersion(_)) => {
                self.add(Damage::Header);
            }
            Err(header::ReadHeaderError::Storage(error)) => {
                self.note::<()>(Err(error))?;
            }
        }
        Ok(())
    }

    /// Tells whether the database can be read at all.
    fn database(&mut self) -> Result<bool, VerifyError> {
        {
            // So that every page is in the one file that is checked page by page.
            let writer = self.vault.writer();
            let folded =
                writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(StorageError::from);
            drop(writer);
            match folded {
                // Pages stay in the log then; those in the file can be checked all the same.
                Err(StorageError::DiskFull) => {}
                other => {
                    self.note(other)?;
                }
            }
        }
        // A connection of its own: one that has met a damaged page refuses everything from then on, and pages that another
        // has in memory would hide what the disk holds.
        let opened = database::open(&self.vault.home.database(), &self.vault.keys.database, Role::Reader);
        let Some(mut connection) = self.note(opened)? else {
            return Ok(false);
        };
        let pages =
            self.bar.during(&mut connection, |connection| column(connection, "PRAGMA cipher_integrity_check"))?;
        for line in self.note(pages)?.unwrap_or_default() {
            let page = line.rsplit(' ').next().and_then(|page| page.parse().ok());
            self.add(page.map_or(Damage::Database(line), Damage::Page));
        }
        if !self.damages.is_empty() {
            return Ok(true);
        }
        let structure =
            self.bar.during(&mut connection, |connection| column(connection, "PRAGMA integrity_check(20)"))?;
        for line in self.note(structure)?.unwrap_or_default().into_iter().filter(|line| line != "ok") {
            self.add(Damage::Database(line));
        }
        let references = self.bar.during(&mut connection, |connection| {
            column(connection, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 20")
        })?;
        for table in self.note(references)?.unwrap_or_default() {
            self.add(Damage::Database(format!("a row of {table} refers to a row that is not there")));
        }
        Ok(true)
    }

    fn search(&mut self) -> Result<(), VerifyError> {
        let checked = self.bar.during(&mut self.vault.writer(), |connection| {
            let check = "INSERT INTO search(search, rank) VALUES('integrity-check', 1)";
            connection.execute_batch(check).map_err(StorageError::from)
        })?;
        match checked {
            Err(StorageError::Damaged(_) | StorageError::Database(_)) => {
                self.add(Damage::Search);
                Ok(())
            }
            other => self.note(other).map(|_| ()),
        }
    }

    /// Reads every row as the program would.
    fn rows(&mut self) -> Result<(), VerifyError> {
        let vault = self.vault;
        let connection = vault.reader().map_err(VerifyError::Storage)?;
        let reader = Reader::new(&connection, &vault.keys, &vault.buckets);
        self.note(reader.account())?;
        self.note(reader.devices())?;
        for contact in self.note(reader.contacts())?.unwrap_or_default() {
            self.note(reader.contact_secret(contact.id).map(drop))?;
        }
        self.note(reader.settings())?;
        for conversation in self.note(reader.conversations())?.unwrap_or_default() {
            self.note(reader.draft(conversation.id))?;
        }
        let sessions = reader.all("SELECT kind, id, value FROM sessions", [], |row| {
            let (kind, id, value): (String, Vec<u8>, Vec<u8>) = row.try_into()?;
            let opened = sealing::open_session(&vault.keys.sessions, &kind, &id, &value);
            opened.map(|_| ()).ok_or(StorageError::row("sessions", 0))
        });
        self.note(sessions)?;
        let waiting = reader.all("SELECT uid, recipient, payload, id FROM outbox", [], |row| {
            let (id, recipient, payload): (_, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let opened = sealing::open_outgoing(&vault.keys.outbox, id, &recipient, &payload);
            opened.map(|_| ()).ok_or(StorageError::row("outbox", row.get(3)?))
        });
        self.note(waiting)?;
        let newest = reader.one("SELECT max(id) FROM messages", [], |row| Ok(row.get::<_, Option<i64>>(0)?));
        let newest = self.note(newest)?.flatten().flatten().unwrap_or(0).unsigned_abs();
        let mut last = 0_i64;
        loop {
            self.bar.at(last.unsigned_abs(), newest)?;
            let numbers = reader.all("SELECT id FROM messages WHERE id > ?1 ORDER BY id LIMIT 500", [last], |row| {
                Ok(row.get::<_, i64>(0)?)
            });
            let Some(numbers) = self.note(numbers)? else { break };
            let (Some(first), Some(end)) = (numbers.first(), numbers.last()) else { break };
            last = *end;
            if let Err(error) = messages(&reader, *first, *end) {
                self.note::<()>(Err(error))?;
                // Something among these; which one, they tell one by one.
                for number in &numbers {
                    let one = messages(&reader, *number, *number);
                    self.note(one)?;
                }
            }
        }
        drop(reader);
        vault.give_back(connection);
        Ok(())
    }

    fn expiry(&mut self) -> Result<(), VerifyError> {
        let list = self.vault.buckets.list();
        let list = self.note(list)?.unwrap_or_default();
        for path in list.foreign {
            self.add(Damage::Bucket(expiry::name_of(&path)));
        }
        for (bucket, path) in list.known {
            let records = self.vault.buckets.read(bucket);
            let records = self.note(records)?.unwrap_or_default();
            if records.values().any(|record| expiry::key_in(record, &self.vault.keys.sessions).is_none()) {
                self.add(Damage::Bucket(expiry::name_of(&path)));
            }
        }
        Ok(())
    }

    fn blobs(&mut self) -> Result<(), VerifyError> {
        let vault = self.vault;
        let opened = vault.reader();
        let Some(connection) = self.note(opened)? else { return Ok(()) };
        let reader = Reader::new(&connection, &vault.keys, &vault.buckets);
        // A blob that several attachments share is read once.
        let list = reader.all(
            "SELECT min(a.id), b.size, b.content FROM attachments a JOIN blobs b ON b.id = a.blob GROUP BY b.id",
            [],
            |row| Ok((AttachmentId(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs(), row.get::<_, Called>(2)?.0)),
        );
        let list = self.note(list)?.unwrap_or_default();
        let total: u64 = list.iter().map(|(_, size, _)| size).sum();
        let mut before = 0;
        for (id, size, content) in list {
            self.bar.at(before, total)?;
            let read = attachment_key(&reader, id)
                .and_then(|(hash, key)| Ok(blobs::open(&vault.home.blobs(), hash, &key)?))
                .and_then(|blob| {
                    let bar = &mut self.bar;
                    Ok(blob.verify(size, &content, &mut |done| bar.at(before + done, total).is_ok())?)
                });
            match read {
                // Without its key nobody can tell, and the expiry keys were checked before.
                // And what was deleted since the list was made is no damage.
                Ok(()) | Err(AttachmentError::Disappeared | AttachmentError::NoAttachment) => {}
                Err(AttachmentError::Cancelled) => return Err(VerifyError::Cancelled),
                // Deleted between the row and the file: a deletion takes the row first, so then there is none any more.
                Err(AttachmentError::Storage(StorageError::Damaged(Damage::BlobMissing(_))))
                    if matches!(attachment_key(&reader, id), Err(AttachmentError::NoAttachment)) => {}
                Err(AttachmentError::Storage(error)) => {
                    self.note::<()>(Err(error))?;
                }
                Err(AttachmentError::Sink(_)) => {
                    self.add(Damage::Row("attachments", id.0));
                }
            }
            before += size;
        }
        Ok(())
    }
}

fn messages(reader: &Reader<'_>, first: i64, last: i64) -> Result<(), StorageError> {
    let messages = reader.messages_where("WHERE m.id BETWEEN ?1 AND ?2", [first, last])?;
    for message in messages.iter().filter(|message| message.edited_ms.is_some()) {
        reader.edits(message.id)?;
    }
    Ok(())
}

fn column(connection: &Connection, query: &str) -> Result<Vec<String>, StorageError> {
    Ok(connection.prepare(query)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The pages one by one, then what they say about each other.
const DATABASE_PASSES: u64 = 2;
/// More than anybody reads: a database full of damages must not fill the memory.
const DAMAGES_MAX: usize = 10_000;

impl From<CopyError> for VerifyError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Cancelled => Self::Cancelled,
            CopyError::Sink(error) => Self::Storage(error.into()),
            CopyError::Storage(error) => Self::Storage(error),
        }
    }
}
