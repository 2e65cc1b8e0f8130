//! The new device: a vault in the making, beside its home, that outlives the process. What comes is kept there as it came;
//! when all of it is there a database is built of it; and when the account was let go, the folder becomes the home.

mod build;
mod item;
mod journal;
mod packs;
mod store;

pub use build::BuildError;
pub(super) use journal::is_journal;
pub(super) use packs::{expecting, insert_blob};

use super::{OPERATING_KEY, Transfer, keeping::MoveSide};
use crate::{
    blobs::Placed,
    erasing::erase_files,
    error::{Damage, StorageError},
    expiry::Buckets,
    files::{Home, HomeLock, is_regular, make_dir, sync_parent, write_durably},
    header::{self, NewPassword, ReadHeaderError},
    locked::{FindError, LockedVault, UnlockError},
    opened::Opened,
    random,
    reader::Reader,
    staging::{CreateError, adopt, clear_staging},
    tx::{Tx, WriteError},
    vault::Vault,
};
use journal::{Journal, Kept};
use nyx_crypto::{
    account::OperatingKey,
    kdf::Password,
    moving::{Content, MoveKeys, TransferKeys},
    purposes::{MasterKey, PasswordKek},
    secret::Secret,
    vault_keys::VaultKeys,
};
use nyx_wire::{
    codec,
    content::ContentHash,
    identity::{Body, DeviceList, Signed},
    moving::{ChunkHead, ItemKind, Manifest, ReceiverRecord},
    vault::Header,
};
use rusqlite::{TransactionBehavior, params};
use std::{
    fs,
    path::{Path, PathBuf},
};
use store::Store;

/// An account on its way into a home. One thread has it. Dropped before a record was kept, it removes itself; after that it
/// stays, to be [found](Self::find) again.
pub struct Arrival {
    home: Home,
    staging: Home,
    header: Header,
    master: Secret<MasterKey>,
    kek: Secret<PasswordKek>,
    secrets: Option<MoveKeys>,
    kept: Option<Kept>,
    store: Store,
    built: Option<Opened>,
    journal: Journal,
    // Last, so that the folder is given up and removed only when everything in it is closed.
    lock: HomeLock,
    unkept: Unkept,
}

/// An arrival that was found again, and whose keys are not in memory.
#[derive(Debug)]
pub struct LockedArrival {
    home: Home,
    staging: Home,
    header: Header,
    lock: HomeLock,
}

/// What is stored of the two indexes, as the machine wants it after a restart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StoredIndexes {
    /// All before this place is durable.
    pub kept: u64,
    /// What is stored of the first index.
    pub first: Vec<u8>,
    /// What is stored of the last one.
    pub last: Vec<u8>,
}

/// An arrival that did not open, to try again with.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct StillLockedArrival {
    /// The arrival.
    pub arrival: LockedArrival,
    /// Why.
    #[source]
    pub error: UnlockError,
}

impl Arrival {
    /// Makes room beside `home`, which must be an empty folder or not be there yet, for an account that will open by this password.
    /// What an earlier one left that never got a record is removed; one that did is in the way.
    pub fn begin(home: &Path, password: &NewPassword<'_>) -> Result<Self, CreateError> {
        let home = Home::at(home);
        let staging = home.arrival();
        if !home.is_vacant().map_err(StorageError::from)? || is_regular(&mark(&staging)) {
            return Err(CreateError::Occupied);
        }
        clear_staging(&staging)?;
        let lock = staging.build()?;
        let unkept = Unkept(Some(staging.root().to_owned()));
        make_dir(&staging.moving()).map_err(StorageError::from)?;
        let master = Secret::random(&mut random());
        let (header, kek) = header::without_origin(&master, password)?;
        header::write(&staging, &header)?;
        let journal = Journal::create(&staging, &VaultKeys::from_master(&master).database)?;
        let store = Store::in_folder(staging.moving()).map_err(StorageError::from)?;
        Ok(Self {
            home,
            staging,
            header,
            master,
            kek,
            secrets: None,
            kept: None,
            store,
            built: None,
            journal,
            lock,
            unkept,
        })
    }

    /// What there is to go on with beside `home`, if anything.
    pub fn find(home: &Path) -> Result<Option<LockedArrival>, FindError> {
        let home = Home::at(home);
        let staging = home.arrival();
        if !is_regular(&mark(&staging)) {
            return Ok(None);
        }
        let lock = HomeLock::take(&staging)?;
        match header::read(&staging) {
            Ok(header) => Ok(Some(LockedArrival { home, staging, header, lock })),
            // Being discarded when the power went.
            Err(ReadHeaderError::NoVault) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The keys of the meeting, which are kept with the first record.
    pub fn expect(&mut self, keys: &MoveKeys) {
        self.secrets = Some(copy(keys));
    }

    /// Keeps a few bytes of whoever drives the move beside the record: how the two find each other again. Durable.
    pub fn keep_note(&mut self, note: &[u8]) -> Result<(), StorageError> {
        self.journal.set_note(note)
    }

    /// What was kept beside the record.
    pub fn note(&self) -> Result<Option<Vec<u8>>, StorageError> {
        self.journal.note()
    }

    /// Makes a record durable. From the first one on there is something to go on with after a restart.
    pub fn keep(&mut self, record: &[u8], now_ms: i64) -> Result<(), StorageError> {
        let transfer = transfer_of(record).ok_or_else(unexpected)?;
        let secrets = self.secrets.as_ref().ok_or_else(unexpected)?;
        let keys = secrets.wrap(&self.vault_keys().sessions, &transfer, &mut random());
        let kept = Kept { transfer, record: record.to_owned(), keys, heard_ms: now_ms };
        self.journal.keep(&kept)?;
        if !is_regular(&mark(&self.staging)) {
            write_durably(&mark(&self.staging), b"")?;
        }
        self.unkept.0 = None;
        self.kept = Some(kept);
        Ok(())
    }

    /// The other device was heard.
    pub fn heard(&mut self, now_ms: i64) -> Result<(), StorageError> {
        if let Some(kept) = &mut self.kept {
            self.journal.heard(now_ms)?;
            kept.heard_ms = now_ms;
        }
        Ok(())
    }

    /// Writes a chunk that was found right, as it came. It is not durable yet.
    pub fn store(
        &mut self,
        at: ChunkHead,
        content: &Content,
        kind: Option<ItemKind>,
        sealed: &[u8],
    ) -> Result<(), StorageError> {
        self.store.put(at, content, kind, sealed)
    }

    /// Makes everything durable that was stored, and with it that all before `place` is.
    pub fn sync(&mut self, place: u64) -> Result<(), StorageError> {
        self.store.sync()?;
        let arrived = self.store.arrived();
        self.journal.arrive(arrived, place)?;
        self.store.forget_arrived();
        Ok(())
    }

    /// What is stored is called, of an item whose beginning was stored before a restart.
    pub fn hash_item(&mut self, item: u32) -> Result<ContentHash, BuildError> {
        let keys = self.transfer_keys()?;
        Ok(self.store.hash(item, &keys)?)
    }

    /// Writes to the vault that was built. What `work` did is durable when this returns.
    pub fn write<T, E: From<StorageError>>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let opened = self.built.as_mut().ok_or_else(unexpected)?;
        let buckets = Buckets::new(opened.home.expiry());
        let transaction =
            opened.writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        let mut tx = Tx::new(&transaction, &opened.keys, &buckets);
        let value = work(&mut tx)?;
        let mut after = tx.finish()?;
        let committed = transaction.commit();
        after.placed.iter_mut().for_each(Placed::keep);
        committed.map_err(StorageError::from)?;
        Ok(value)
    }

    /// Reads the vault that was built.
    pub fn read<T, E: From<StorageError>>(&mut self, look: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let opened = self.built.as_mut().ok_or_else(unexpected)?;
        let buckets = Buckets::new(opened.home.expiry());
        look(&Reader::new(&opened.writer, &opened.keys, &buckets))
    }

    /// The account is this device's: its operating key and its device list are kept, with the record, and the folder becomes the
    /// home, in one step. The vault is open there. Whatever stops it, one of the two is there: what can be found again and
    /// activated again, or the vault.
    pub fn activate(mut self, opkey: &OperatingKey, list: &Signed<DeviceList>) -> Result<Vault, CreateError> {
        let (kept, note) = (self.kept.take().ok_or_else(unexpected)?, self.note()?);
        self.write::<_, StorageError>(|tx| {
            tx.put_session(OPERATING_KEY, &[], opkey.seed().expose()).map_err(|error| match error {
                WriteError::Storage(error) => error,
                _ => unexpected(),
            })?;
            tx.execute("UPDATE accounts SET state = 0, moved_to = NULL, device_list = ?1", [codec::encode(list)])?;
            let Kept { transfer, record, keys, heard_ms } = &kept;
            tx.execute(
                "INSERT OR REPLACE INTO moves(transfer, side, record, keys, heard_ms, note) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                params![transfer, MoveSide::New as i64, record, keys, heard_ms, note],
            )?;
            Ok(())
        })?;
        let Self { home, staging, header, built, journal, store, lock, .. } = self;
        let built = built.ok_or_else(unexpected)?;
        drop((journal, store));
        adopt(&home, LockedVault { home: staging, lock, header }, built)
    }

    /// Nothing of it stays.
    pub fn discard(self) -> Result<(), StorageError> {
        let Self { staging, built, journal, store, lock, .. } = self;
        drop((built, journal, store));
        discard(&staging, lock)
    }

    /// What was written down last.
    #[must_use]
    pub fn record(&self) -> Option<&[u8]> {
        self.kept.as_ref().map(|kept| kept.record.as_slice())
    }

    /// When the other device was last heard.
    #[must_use]
    pub fn heard_ms(&self) -> i64 {
        self.kept.as_ref().map_or(0, |kept| kept.heard_ms)
    }

    /// The keys of the move.
    #[must_use]
    pub fn move_keys(&self) -> Option<MoveKeys> {
        self.secrets.as_ref().map(copy)
    }

    /// What is stored of the indexes, and up to which place everything is durable.
    pub fn stored(&mut self) -> Result<StoredIndexes, StorageError> {
        let kept = self.journal.place()?;
        let manifest = self.manifest()?;
        let keys = self.transfer_keys()?;
        let first = Content { bytes: manifest.index_bytes, hash: ContentHash::sha256(&manifest.index_hash) };
        let last_item = u32::try_from(manifest.items + 1).map_err(|_| unexpected())?;
        let first = self.store.beginning(0, &first, &keys)?;
        let last = match self.last_manifest()? {
            Some(last) => {
                let content = Content { bytes: last.index_bytes, hash: ContentHash::sha256(&last.index_hash) };
                self.store.beginning(last_item, &content, &keys)?
            }
            None => Vec::new(),
        };
        Ok(StoredIndexes { kept, first, last })
    }

    fn vault_keys(&self) -> VaultKeys {
        VaultKeys::from_master(&self.master)
    }

    fn transfer_keys(&self) -> Result<TransferKeys, StorageError> {
        let (secrets, kept) = self.secrets.as_ref().zip(self.kept.as_ref()).ok_or_else(unexpected)?;
        Ok(copy(secrets).into_transfer(kept.transfer).0)
    }

    fn receiver_record(&self) -> Result<ReceiverRecord, StorageError> {
        let kept = self.kept.as_ref().ok_or_else(unexpected)?;
        ReceiverRecord::parse(&kept.record).map_err(|_| unexpected())
    }

    /// The first manifest; it was verified before it was written down.
    fn manifest(&self) -> Result<Manifest, StorageError> {
        Manifest::parse(self.receiver_record()?.first.body()).map_err(|_| unexpected())
    }

    fn last_manifest(&self) -> Result<Option<Manifest>, StorageError> {
        use nyx_wire::moving::ReceiverPhase;
        let last = match self.receiver_record()?.phase {
            ReceiverPhase::Receiving { last } => last,
            ReceiverPhase::Ready { last, .. } | ReceiverPhase::Released { last, .. } => Some(last),
            ReceiverPhase::Over | ReceiverPhase::Cancelled { .. } => None,
        };
        last.map(|last| Manifest::parse(last.body()).map_err(|_| unexpected())).transpose()
    }
}

impl LockedArrival {
    /// Opens it. Takes as long as the password's parameters were calibrated for.
    pub fn unlock(self, password: &Password) -> Result<Arrival, Box<StillLockedArrival>> {
        let opened = header::open_password_slot(&self.header, password).map_err(UnlockError::from);
        match opened.and_then(|(master, kek)| Ok((self.open(&master)?, master, kek))) {
            Ok(((journal, store, kept, secrets, built), master, kek)) => {
                let Self { home, staging, header, lock } = self;
                let (kept, secrets, unkept) = (Some(kept), Some(secrets), Unkept(None));
                Ok(Arrival { home, staging, header, master, kek, secrets, kept, store, built, journal, lock, unkept })
            }
            Err(error) => Err(Box::new(StillLockedArrival { arrival: self, error })),
        }
    }

    /// Nothing of it stays. Needs no password.
    pub fn discard(self) -> Result<(), StorageError> {
        discard(&self.staging, self.lock)
    }

    fn open(&self, master: &Secret<MasterKey>) -> Result<Found, UnlockError> {
        let keys = VaultKeys::from_master(master);
        let journal = Journal::open(&self.staging, &keys.database)?;
        let kept = journal.kept()?.ok_or_else(unexpected)?;
        let secrets = MoveKeys::unwrap(&keys.sessions, &kept.transfer, &kept.keys).ok_or_else(unexpected)?;
        let built = if journal.is_built()? { Some(Opened::as_it_lies(&self.staging, keys)?) } else { None };
        let store = Store::in_folder(self.staging.moving()).map_err(StorageError::from)?;
        Ok((journal, store, kept, secrets, built))
    }
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Arrival({}, keys redacted)", self.staging.root().display())
    }
}

/// What lies in an arrival that opened.
type Found = (Journal, Store, Kept, MoveKeys, Option<Opened>);

/// A staging without a record: never was anybody's, so it goes.
struct Unkept(Option<PathBuf>);

impl Drop for Unkept {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn discard(staging: &Home, lock: HomeLock) -> Result<(), StorageError> {
    erase_files(staging)?;
    drop(lock);
    let _ = fs::remove_file(staging.lock());
    // Refused by the system if something else lies in it.
    let _ = fs::remove_dir(staging.root());
    Ok(sync_parent(staging.root())?)
}

/// Says that a record was kept here: without it nothing can be gone on with, and nothing has to be asked for a password.
fn mark(staging: &Home) -> PathBuf {
    staging.moving().join(MARK)
}

fn transfer_of(record: &[u8]) -> Option<Transfer> {
    let record = ReceiverRecord::parse(record).ok()?;
    Some(Manifest::parse(record.first.body()).ok()?.transfer)
}

fn copy(keys: &MoveKeys) -> MoveKeys {
    MoveKeys { file: Secret::from_bytes(*keys.file.expose()), resume: Secret::from_bytes(*keys.resume.expose()) }
}

/// What no machine asks for, or what a journal of ours never says.
fn unexpected() -> StorageError {
    StorageError::Damaged(Damage::Database("an arrival is not as far as that".into()))
}

/// The name of the file that says so.
pub(super) const MARK: &str = "kept";

/// A worker of the engine's has it, in a thread of its own.
const _: fn() = || {
    const fn crosses<T: Send>() {}
    crosses::<Arrival>();
    crosses::<LockedArrival>();
};
