//! A consistent, immutable copy of the database, taken while writing goes on, and the blobs that belong to it.

use crate::{
    blobs::Pin,
    database::{self, Role},
    error::StorageError,
    files::{create_private, sync_dir},
    origin::Origin,
    random,
    vault::Vault,
};
use nyx_crypto::{purposes::DatabaseKey, secret::Secret};
use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A copy of the vault as it was at one moment. Sessions and the outbox are not in it: cloned state would use message
/// keys twice. Its file lies under a key that only this value knows and goes away with it; its blobs stay until then.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) connection: Connection,
    pub(crate) taken_ms: i64,
    pub(crate) origin: Origin,
    _pins: Vec<Pin>,
    _file: SnapshotFile,
}

/// Why there is no snapshot. Nothing of it stays behind.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Vault {
    /// Copies the database, in steps, while others read and write. `progress` hears pages done and pages in all, and
    /// answers whether to go on.
    pub fn snapshot(
        &self,
        taken_ms: i64,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Snapshot, SnapshotError> {
        let mut source = self.reader()?;
        let origin = self.origin()?;
        let (view, pins) = {
            // For a moment nobody writes: the view and the blobs it names begin together.
            let _writer = self.writer();
            let view = source.transaction().map_err(StorageError::from)?;
            let pins = self.pin_all(&view)?;
            (view, pins)
        };
        let file = SnapshotFile::create(self)?;
        let key = Secret::<DatabaseKey>::random(&mut random());
        let mut connection = database::open(&file.path, &key, Role::Copy)?;
        {
            // The open view keeps the copy consistent and keeps it from starting over whenever somebody writes.
            let copy = Backup::new(&view, &mut connection).map_err(StorageError::from)?;
            while copy.step(STEP_PAGES).map_err(StorageError::from)? != StepResult::Done {
                let state = copy.progress();
                let done = state.pagecount.saturating_sub(state.remaining);
                if !progress(u64::try_from(done).unwrap_or(0), u64::try_from(state.pagecount).unwrap_or(0)) {
                    return Err(SnapshotError::Cancelled);
                }
            }
        }
        drop(view);
        self.give_back(source);
        connection
            .execute_batch("DELETE FROM sessions; DELETE FROM outbox; DELETE FROM moves; DELETE FROM move_items;")
            .map_err(StorageError::from)?;
        Ok(Snapshot { connection, taken_ms, origin, _pins: pins, _file: file })
    }

    pub(crate) fn pin_all(&self, view: &Connection) -> Result<Vec<Pin>, StorageError> {
        let hashes = view
            .prepare_cached("SELECT hash FROM blobs")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<Vec<[u8; 32]>, _>>()?;
        Ok(hashes.into_iter().map(|hash| self.pins.pin(hash)).collect())
    }
}

/// Whether this is the file of a snapshot, or one that SQLite kept beside it.
pub(crate) fn is_snapshot(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some((number, end)) = name.split_once('.') else { return false };
    number.len() == 16
        && number.bytes().all(|byte| byte.is_ascii_hexdigit())
        && ENDS.iter().any(|beside| end.strip_prefix("db") == Some(beside))
}

/// The file of a snapshot; removed with it, or at the next opening.
#[derive(Debug)]
struct SnapshotFile {
    path: PathBuf,
}

impl SnapshotFile {
    fn create(vault: &Vault) -> Result<Self, StorageError> {
        let mut name = [0; 8];
        rand_core::Rng::fill_bytes(&mut random(), &mut name);
        let dir = vault.home.snapshots();
        let path = dir.join(format!("{:016x}.db", u64::from_be_bytes(name)));
        create_private(&path)?;
        sync_dir(&dir)?;
        Ok(Self { path })
    }
}

impl Drop for SnapshotFile {
    fn drop(&mut self) {
        for end in ENDS {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            let _ = fs::remove_file(PathBuf::from(path));
        }
    }
}

/// The file itself, and what SQLite may keep beside it.
const ENDS: [&str; 4] = ["", "-wal", "-shm", "-journal"];
/// A megabyte at a time: progress moves, and a step is over in a few milliseconds.
const STEP_PAGES: i32 = 256;
