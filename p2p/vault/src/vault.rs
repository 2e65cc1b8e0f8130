//! The vault, locked and open. Only an open one has keys; locking wipes them.

use crate::{
    blobs::{self, BlobReader, CopyError, Pins, StoreError, StoredBlob},
    database::{self, Role},
    error::{Damage, StorageError},
    expiry::Buckets,
    files::{ASIDE, Home, HomeLock, LockRefused, is_free, is_regular, overwrite, sync_dir},
    header::{self, NewPassword, ReadHeaderError, SlotError},
    ids::MessageId,
    limits::IDLE_READERS_MAX,
    model::AttachmentId,
    random,
    reader::Reader,
    schema::{self, MigrateError},
    sealing::{self, BlobKek},
    tx::{After, Tx},
};
use nyx_crypto::{
    kdf::Password,
    purposes::{KeyringSecret, MasterKey, StreamKey, VaultResetKey},
    sealed::BoxAddress,
    secret::Secret,
    vault_keys::VaultKeys,
};
use nyx_wire::vault::Header;
use rusqlite::{Connection, TransactionBehavior};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A vault whose home is held for this process and whose keys are not in memory.
#[derive(Debug)]
pub struct LockedVault {
    pub(crate) home: Home,
    pub(crate) lock: HomeLock,
    pub(crate) header: Header,
}

/// An open vault. Share it between threads as it is: one writes at a time, readers do not wait for it.
pub struct Vault {
    pub(crate) home: Home,
    pub(crate) keys: VaultKeys,
    pub(crate) buckets: Buckets,
    pub(crate) pins: Arc<Pins>,
    pub(crate) header: Mutex<Header>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    // Last, so that the home is given up only when every connection is closed.
    lock: HomeLock,
}

impl LockedVault {
    /// Makes a new vault in `home`, which must be an empty folder or not be there yet, and opens it. It is there as a
    /// whole or not at all: it is built in a folder beside and renamed.
    pub fn create(
        home: &Path,
        password: &NewPassword<'_>,
        reset: &BoxAddress<VaultResetKey>,
    ) -> Result<Vault, CreateError> {
        let staged = Staged::begin(home, password, reset)?;
        staged.adopt()
    }

    /// Takes hold of the vault in `home`, without opening it.
    pub fn find(home: &Path) -> Result<Self, FindError> {
        let home = Home::at(home);
        // Before the lock file would be made in a folder that is no vault's.
        header::read(&home)?;
        let lock = HomeLock::take(&home)?;
        let header = header::read(&home)?;
        Ok(Self { home, lock, header })
    }

    /// Whether a keyring secret is needed beside the password.
    #[must_use]
    pub const fn wants_keyring(&self) -> bool {
        self.header.keyring
    }

    /// The random name of this vault.
    #[must_use]
    pub const fn vault_id(&self) -> [u8; 16] {
        self.header.vault_id
    }

    /// Opens with the password. Takes as long as its parameters were calibrated for.
    pub fn unlock(
        self,
        password: &Password,
        keyring: Option<&Secret<KeyringSecret>>,
    ) -> Result<Vault, Box<StillLocked>> {
        match header::open_with_password(&self.header, password, keyring) {
            Ok(master) => self.open(&master),
            Err(error) => Err(Box::new(StillLocked { vault: self, error: error.into() })),
        }
    }

    /// Opens with the key that comes out of the phrase.
    pub fn unlock_with_phrase(self, key: &Secret<VaultResetKey>) -> Result<Vault, Box<StillLocked>> {
        match header::open_with_reset(&self.header, key) {
            Ok(master) => self.open(&master),
            Err(error) => Err(Box::new(StillLocked { vault: self, error: error.into() })),
        }
    }

    /// Sets a new password with the key that comes out of the phrase. Everything in the vault stays.
    pub fn reset_password(
        &mut self,
        key: &Secret<VaultResetKey>,
        new: &NewPassword<'_>,
    ) -> Result<(), ChangePasswordError> {
        let master = header::open_with_reset(&self.header, key)?;
        let header = header::with_password(self.header.clone(), &master, new)?;
        header::write(&self.home, &header)?;
        self.header = header;
        Ok(())
    }

    /// Destroys the keys of every full hour that has passed at `now_ms`: that needs no key, so nobody has to be asked for
    /// a password first. The messages are unreadable from then on; their rows go with [`expire`](Vault::expire). Fails
    /// only after having tried every hour. The clock is the caller's: a wrong one takes messages too early, for good.
    pub fn destroy_due(&self, now_ms: i64) -> Result<(), StorageError> {
        self.home.make_dirs()?;
        Buckets::new(self.home.expiry()).destroy_due(now_ms)
    }

    fn open(self, master: &Secret<MasterKey>) -> Result<Vault, Box<StillLocked>> {
        match Opened::at(&self.home, master) {
            Ok(opened) => Ok(opened.into_vault(self)),
            Err(error) => Err(Box::new(StillLocked { vault: self, error })),
        }
    }
}

impl Vault {
    /// Writes. What `work` did is durable as a whole when this returns `Ok`, and undone as a whole otherwise. Only one
    /// runs at a time: calling this from within `work` waits for itself.
    pub fn commit<T, E: From<StorageError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut writer = self.writer();
        let transaction =
            writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        let mut tx = Tx::new(&transaction, &self.keys, &self.buckets);
        let value = work(&mut tx)?;
        let after = tx.finish()?;
        transaction.commit().map_err(StorageError::from)?;
        self.clean_up(after);
        Ok(value)
    }

    /// Reads: one consistent view for as long as `look` runs, whatever is written meanwhile.
    pub fn read<T, E: From<StorageError>>(&self, look: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.reader()?;
        let transaction = connection.transaction().map_err(StorageError::from)?;
        let seen = look(&Reader::new(&transaction, &self.keys, &self.buckets));
        drop(transaction);
        // After an error it may be the connection that is at fault; the next reader gets a new one.
        if seen.is_ok() {
            self.give_back(connection);
        }
        seen
    }

    /// Stores bytes, encrypted on the way, with the same small memory whatever their length. `progress` hears the bytes
    /// done so far and answers whether to go on. To keep them, attach them to a message.
    pub fn store_blob(
        &self,
        source: &mut dyn io::Read,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<StoredBlob, StoreError> {
        blobs::store(&self.home.blobs(), &self.pins, source, progress)
    }

    /// Opens an attachment for reading, from any place.
    pub fn open_attachment(&self, id: AttachmentId) -> Result<BlobReader, AttachmentError> {
        let (hash, key) = self.read(|reader| attachment_key(reader, id))?;
        Ok(blobs::open(&self.home.blobs(), hash, &key)?)
    }

    /// Writes an attachment into `sink`. `progress` hears the bytes done so far and answers whether to go on.
    pub fn save_attachment(
        &self,
        id: AttachmentId,
        sink: &mut dyn io::Write,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), AttachmentError> {
        Ok(self.open_attachment(id)?.copy_to(sink, progress)?)
    }

    /// Removes what is over at `now_ms`: the keys of every full hour that has passed, and the messages themselves. Tells
    /// which. The clock is the caller's: a wrong one takes messages too early, for good.
    pub fn expire(&self, now_ms: i64) -> Result<Vec<MessageId>, StorageError> {
        {
            let _writer = self.writer();
            // Keys first. If the process dies here, the rows are unreadable already, and the next run removes them.
            self.buckets.destroy_due(now_ms)?;
        }
        self.commit(|tx| tx.remove_expired(now_ms))
    }

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
                let is_named = writer
                    .prepare_cached("SELECT EXISTS(SELECT 1 FROM blobs WHERE hash = ?1)")?
                    .query_row([hash], |row| row.get::<_, bool>(0))?;
                if !is_named && !self.pins.holds(&hash) {
                    fs::remove_file(file.path())?;
                    swept += 1;
                }
            }
        }
        Ok(swept)
    }

    /// Changes the password: only the header is written, the master key stays. `keyring` is the present secret, if any.
    pub fn change_password(
        &self,
        present: &Password,
        keyring: Option<&Secret<KeyringSecret>>,
        new: &NewPassword<'_>,
    ) -> Result<(), ChangePasswordError> {
        let mut header = self.header.lock().unwrap_or_else(PoisonError::into_inner);
        let master = header::open_with_password(&header, present, keyring)?;
        let changed = header::with_password(header.clone(), &master, new)?;
        header::write(&self.home, &changed)?;
        *header = changed;
        Ok(())
    }

    /// Whether this is the password. Before something that cannot be undone.
    pub fn check_password(
        &self,
        password: &Password,
        keyring: Option<&Secret<KeyringSecret>>,
    ) -> Result<(), SlotError> {
        let header = self.header.lock().unwrap_or_else(PoisonError::into_inner).clone();
        header::open_with_password(&header, password, keyring).map(|_| ())
    }

    /// The public half of the vault-reset key.
    #[must_use]
    pub fn reset_public(&self) -> [u8; 32] {
        self.header.lock().unwrap_or_else(PoisonError::into_inner).reset_public
    }

    /// The random name of this vault.
    #[must_use]
    pub fn vault_id(&self) -> [u8; 16] {
        self.header.lock().unwrap_or_else(PoisonError::into_inner).vault_id
    }

    /// Wipes the keys and closes the database; the home stays held. Readers of attachments that are still open keep the
    /// key of that one attachment until they are dropped.
    #[must_use]
    pub fn lock(self) -> LockedVault {
        let Self { home, keys, buckets: _, pins: _, header, writer, readers, lock } = self;
        drop(readers);
        // The last connection empties the log into the database and removes it.
        drop(writer);
        drop(keys);
        LockedVault { home, lock, header: header.into_inner().unwrap_or_else(PoisonError::into_inner) }
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection to read with; to be given back.
    pub(crate) fn reader(&self) -> Result<Connection, StorageError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => database::open(&self.home.database(), &self.keys.database, Role::Reader),
        }
    }

    pub(crate) fn give_back(&self, connection: Connection) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS_MAX {
            readers.push(connection);
        }
    }

    /// Best effort: what fails here is done by the next opening or sweep.
    fn clean_up(&self, after: After) {
        for hash in after.blobs.iter().filter(|hash| !self.pins.holds(hash)) {
            let _ = fs::remove_file(blobs::path_of(&self.home.blobs(), hash));
        }
        if !after.keys.is_empty() {
            let buckets: std::collections::BTreeSet<_> = after.keys.iter().map(|(bucket, _)| *bucket).collect();
            for bucket in buckets {
                let _ = self.buckets.erase(bucket, |message| after.keys.contains(&(bucket, message)));
            }
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({}, keys redacted)", self.home.root().display())
    }
}

/// Removes a vault: first its header, without which nothing of the rest can be read any more, then the rest. Works on a
/// damaged or half erased vault too. Files that are not the vault's stay, and their folder with them.
pub fn erase(home: &Path) -> Result<(), EraseError> {
    let home = Home::at(home);
    // Or the lock alone, which an erasing leaves that was interrupted at its very end.
    let is_vault = is_regular(&home.header())
        || is_regular(&home.database())
        || (is_regular(&home.lock()) && home.is_vacant().map_err(StorageError::from)?);
    if !is_vault {
        return Err(EraseError::NoVault);
    }
    let lock = HomeLock::take(&home)?;
    erase_files(&home).map_err(StorageError::from)?;
    drop(lock);
    let _ = fs::remove_file(home.root().join("lock"));
    // Refused by the system if something else lies in it.
    let _ = fs::remove_dir(home.root());
    Ok(())
}

fn erase_files(home: &Home) -> io::Result<()> {
    // Headers that were replaced or never finished open the vault as well, by an older password.
    for path in regular_files(home.root())?.into_iter().filter(|path| is_header(path)) {
        overwrite(&mut fs::OpenOptions::new().write(true).open(&path)?)?;
        fs::remove_file(path)?;
        sync_dir(home.root())?;
    }
    // What is left of this name is a link: gone itself, and what it leads to untouched.
    if !is_free(&home.header()) {
        fs::remove_file(home.header())?;
    }
    for dir in [home.expiry(), home.blobs(), home.snapshots()] {
        unless_missing(fs::remove_dir_all(dir))?;
    }
    // The database last: as long as it is there, an interrupted erasing is recognised and can be repeated.
    let database = home.database();
    for end in ["-wal", "-shm", ""] {
        let mut path = database.clone().into_os_string();
        path.push(end);
        unless_missing(fs::remove_file(PathBuf::from(path)))?;
    }
    sync_dir(home.root())
}

/// Whether this is the header or an unfinished one.
fn is_header(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "header" || (name.starts_with("header.") && name.ends_with(ASIDE))
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A vault under construction, in a folder beside its home. Dropped without being adopted, it is removed.
pub(crate) struct Staged {
    home: Home,
    staging: Home,
    parts: Option<(LockedVault, Opened)>,
}

impl Staged {
    pub(crate) fn begin(
        home: &Path,
        password: &NewPassword<'_>,
        reset: &BoxAddress<VaultResetKey>,
    ) -> Result<Self, CreateError> {
        let home = Home::at(home);
        if !home.is_vacant().map_err(StorageError::from)? {
            return Err(CreateError::Occupied);
        }
        let staging = home.staging();
        let lock = match clear_staging(&staging) {
            Ok(()) => staging.build()?,
            Err(error) => return Err(error),
        };
        let mut staged = Self { home, staging, parts: None };
        let master = Secret::random(&mut random());
        let header = header::new(&master, password, reset)?;
        header::write(&staged.staging, &header)?;
        crate::files::create_private(&staged.staging.database()).map_err(StorageError::from)?;
        let opened = Opened::at(&staged.staging, &master).map_err(|error| match error {
            UnlockError::Storage(error) => error,
            other => StorageError::Disk(io::Error::other(other)),
        })?;
        let locked = LockedVault { home: staged.staging.clone(), lock, header };
        staged.parts = Some((locked, opened));
        Ok(staged)
    }

    /// The database and folders under construction.
    pub(crate) fn opened(&mut self) -> Option<&mut Opened> {
        self.parts.as_mut().map(|(_, opened)| opened)
    }

    /// Makes it the vault of its home, and opens it there.
    pub(crate) fn adopt(mut self) -> Result<Vault, CreateError> {
        let Some((mut locked, opened)) = self.parts.take() else { return Err(CreateError::Occupied) };
        let keys = opened.close()?;
        self.home.adopt(&self.staging).map_err(|error| match error.kind() {
            // Somebody put something there meanwhile.
            io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => CreateError::Occupied,
            _ => CreateError::Storage(error.into()),
        })?;
        locked.home = self.home.clone();
        let opened = Opened::with_keys(&self.home, keys).map_err(|error| match error {
            UnlockError::Storage(error) => error,
            other => StorageError::Disk(io::Error::other(other)),
        })?;
        Ok(opened.into_vault(locked))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.parts = None;
        // Never was a vault: nobody was told that it exists. After `adopt` there is nothing of this name.
        let _ = fs::remove_dir_all(self.staging.root());
    }
}

/// Removes what an interrupted construction left, unless another process is at it.
fn clear_staging(staging: &Home) -> Result<(), CreateError> {
    if !staging.root().exists() {
        return Ok(());
    }
    let held = HomeLock::take(staging).map_err(|refused| match refused {
        LockRefused::Held => CreateError::InUse,
        LockRefused::Storage(error) => CreateError::Storage(error),
    })?;
    fs::remove_dir_all(staging.root()).map_err(StorageError::from)?;
    drop(held);
    Ok(())
}

/// The open parts of a vault, before it is one.
pub(crate) struct Opened {
    pub(crate) keys: VaultKeys,
    pub(crate) writer: Connection,
    pub(crate) home: Home,
}

impl Opened {
    fn at(home: &Home, master: &Secret<MasterKey>) -> Result<Self, UnlockError> {
        Self::with_keys(home, VaultKeys::from_master(master))
    }

    fn with_keys(home: &Home, keys: VaultKeys) -> Result<Self, UnlockError> {
        // Opening a file that is missing would make an empty database, and an empty database looks like a new vault.
        if !home.database().exists() {
            return Err(StorageError::Damaged(Damage::Database("missing".into())).into());
        }
        let mut writer = database::open(&home.database(), &keys.database, Role::Writer)?;
        schema::migrate(&mut writer).map_err(|error| match error {
            MigrateError::TooNew(version) => UnlockError::OtherSchema(version),
            MigrateError::Storage(error) => UnlockError::Storage(error),
        })?;
        tidy(home, &writer)?;
        Ok(Self { keys, writer, home: home.clone() })
    }

    fn into_vault(self, locked: LockedVault) -> Vault {
        let LockedVault { home, lock, header } = locked;
        Vault {
            buckets: Buckets::new(home.expiry()),
            home,
            keys: self.keys,
            pins: Arc::default(),
            header: Mutex::new(header),
            writer: Mutex::new(self.writer),
            readers: Mutex::default(),
            lock,
        }
    }

    /// Closes the database, with everything in its one file.
    fn close(self) -> Result<VaultKeys, StorageError> {
        self.writer.close().map_err(|(_, error)| error)?;
        Ok(self.keys)
    }
}

/// Finishes what the last process may have left: unfinished files of our own, keys that moved to another bucket. A
/// leftover that resists keeps nobody out of the vault; the next opening tries again.
fn tidy(home: &Home, connection: &Connection) -> Result<(), StorageError> {
    home.make_dirs()?;
    for dir in [home.root().to_owned(), home.blobs()] {
        for path in regular_files(&dir)? {
            if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ASIDE)) {
                if is_header(&path) {
                    // It has the master key under a password.
                    let _ = fs::OpenOptions::new().write(true).open(&path).and_then(|mut file| overwrite(&mut file));
                }
                let _ = fs::remove_file(path);
            }
        }
    }
    // Under keys that only the process knew that made them.
    for path in regular_files(&home.snapshots())? {
        let _ = fs::remove_file(path);
    }
    let buckets = Buckets::new(home.expiry());
    let _ = buckets.destroy_begun();
    // A message that was deleted, or whose time began to run, just before the process died still has its old key.
    for bucket in buckets.list()?.known.into_keys() {
        let wanted: std::collections::HashSet<MessageId> = connection
            .prepare_cached("SELECT uid FROM messages WHERE bucket = ?1")?
            .query_map([bucket], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let _ = buckets.erase(bucket, |message| !wanted.contains(&message));
    }
    Ok(())
}

/// The files of a folder, without folders and links in it.
fn regular_files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(dir)?.map(|entry| Ok(entry?.path()));
    Ok(paths.collect::<io::Result<Vec<_>>>()?.into_iter().filter(|path| is_regular(path)).collect())
}

/// Where the blob of an attachment is, and its key.
pub(crate) fn attachment_key(
    reader: &Reader<'_>,
    id: AttachmentId,
) -> Result<([u8; 32], Secret<StreamKey>), AttachmentError> {
    let (hash, wrapped, message, bucket): ([u8; 32], Vec<u8>, MessageId, Option<i64>) = reader
        .one(
            "SELECT b.hash, b.key, m.uid, m.bucket FROM attachments a JOIN blobs b ON b.id = a.blob \
             JOIN messages m ON m.id = a.message WHERE a.id = ?1",
            [id.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?
        .ok_or(AttachmentError::NoAttachment)?;
    let item = match bucket {
        None => None,
        Some(bucket) => Some(reader.item_key(bucket, message)?.ok_or(AttachmentError::Disappeared)?),
    };
    let kek = item.as_ref().map_or(BlobKek::Vault(&reader.keys.blobs), BlobKek::Message);
    let key = sealing::unwrap_blob_key(kek, &wrapped, &hash).ok_or(StorageError::row("attachments", id.0))?;
    Ok((hash, key))
}

/// Why a vault was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is something in the folder already.
    #[error("the folder is not empty")]
    Occupied,
    /// Another process is making a vault there.
    #[error("another process is making a vault there")]
    InUse,
    /// The password or the reset key cannot be used.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why there is no vault to unlock.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is none in this folder.
    #[error("no vault here")]
    NoVault,
    /// Another process has it.
    #[error("the vault is in use")]
    InUse,
    /// Its header is of a version that this program does not know.
    #[error("the vault has version {0}")]
    OtherVersion(u16),
    /// The disk, or a damaged header.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A vault that did not open, to try again with.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct StillLocked {
    /// The vault.
    pub vault: LockedVault,
    /// Why.
    #[source]
    pub error: UnlockError,
}

/// Why a vault did not open.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The password or the phrase.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The database was written by a later version of this program.
    #[error("the vault has schema {0}")]
    OtherSchema(u32),
    /// The disk, or a damaged database: the password was right.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why a password was not changed. The present one still opens.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The present password or phrase, or the new password.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why an attachment did not come out.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// There is none of this name.
    #[error("no such attachment")]
    NoAttachment,
    /// The key of its message is gone.
    #[error("the message has disappeared")]
    Disappeared,
    /// Where the bytes go.
    #[error("the target cannot be written: {0}")]
    Sink(#[source] io::Error),
    /// `progress` said stop.
    #[error("cancelled")]
    Cancelled,
    /// The disk, or a damaged blob.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why a vault was not erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is none in this folder.
    #[error("no vault here")]
    NoVault,
    /// Another process has it.
    #[error("the vault is in use")]
    InUse,
    /// The disk. The header is gone first, so what is left cannot be read any more.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<ReadHeaderError> for FindError {
    fn from(error: ReadHeaderError) -> Self {
        match error {
            ReadHeaderError::NoVault => Self::NoVault,
            ReadHeaderError::OtherVersion(version) => Self::OtherVersion(version),
            ReadHeaderError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<LockRefused> for FindError {
    fn from(refused: LockRefused) -> Self {
        match refused {
            LockRefused::Held => Self::InUse,
            LockRefused::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<LockRefused> for EraseError {
    fn from(refused: LockRefused) -> Self {
        match refused {
            LockRefused::Held => Self::InUse,
            LockRefused::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<CopyError> for AttachmentError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Sink(error) => Self::Sink(error),
            CopyError::Cancelled => Self::Cancelled,
            CopyError::Storage(error) => Self::Storage(error),
        }
    }
}
