//! The open vault. Only it has keys; locking wipes them.

use crate::{
    blobs::{Pins, Placed},
    database::{self, Role},
    error::StorageError,
    expiry::Buckets,
    files::{Home, HomeLock},
    header::{self, NewPassword, SlotError},
    limits::IDLE_READERS_MAX,
    locked::{ChangePasswordError, LockedVault},
    model::Gone,
    moving::refuse_closed,
    opened::Opened,
    origin::Origin,
    reader::Reader,
    tx::Tx,
};
use nyx_crypto::{kdf::Password, purposes::KeyringSecret, secret::Secret, vault_keys::VaultKeys};
use nyx_wire::vault::Header;
use rusqlite::{Connection, TransactionBehavior};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// What was over.
#[derive(Debug)]
pub struct Expired {
    /// Messages that are gone, and where they were.
    pub gone: Vec<Gone>,
    /// Why not every key could be destroyed; the next time tries again.
    pub resisted: Option<StorageError>,
}

impl Vault {
    /// Writes. What `work` did is durable as a whole when this returns `Ok`, and undone as a whole otherwise. Only one
    /// runs at a time: calling this from within `work` waits for itself. [`Closed`](crate::Closed) once the account is being
    /// moved or lives elsewhere.
    pub fn commit<T, E: From<StorageError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.commit_if(refuse_closed, work)
    }

    /// Writes what a vault still writes itself when its person can't any more: the move, and what is over.
    pub(crate) fn commit_anyway<T, E: From<StorageError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.commit_if(|_| Ok(()), work)
    }

    fn commit_if<T, E: From<StorageError>>(
        &self,
        may: impl FnOnce(&Connection) -> Result<(), StorageError>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.writer();
        let transaction =
            writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        may(&transaction)?;
        let mut tx = Tx::new(&transaction, &self.keys, &self.buckets);
        let value = work(&mut tx)?;
        let mut after = tx.finish()?;
        let committed = transaction.commit();
        // Also if that failed: a disk that says so may have written it all the same.
        after.placed.iter_mut().for_each(Placed::keep);
        committed.map_err(StorageError::from)?;
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

    /// Removes what is over at `now_ms`: the keys of every full hour that has passed, and the messages themselves; also
    /// while the account is being moved and after it. The clock is the caller's: a wrong one takes messages too early, for good.
    pub fn expire(&self, now_ms: i64) -> Result<Expired, StorageError> {
        let resisted = {
            let _writer = self.writer();
            // Keys first. If the process dies here, the rows are unreadable already, and the next run removes them.
            self.buckets.destroy_due(now_ms).err()
        };
        // A key that can't be overwritten is no reason to leave the messages there too.
        let gone = self.commit_anyway(|tx| tx.remove_expired(now_ms))?;
        Ok(Expired { gone, resisted })
    }

    /// Changes the password: only the header is written, the master key stays. The keyring opens the vault afterwards if
    /// it gets this new secret of it; the one from before is useless.
    pub fn change_password(
        &self,
        present: &Password,
        new: &NewPassword<'_>,
        keyring: Option<&Secret<KeyringSecret>>,
    ) -> Result<(), ChangePasswordError> {
        self.change_header(|header| {
            let master = header::open_with_password(header, present)?;
            Ok(header::with_password(header.clone(), &master, new, keyring)?)
        })
    }

    /// Lets this secret of the desktop's keyring open the vault too, and no earlier one.
    pub fn add_keyring(&self, password: &Password, secret: &Secret<KeyringSecret>) -> Result<(), ChangePasswordError> {
        self.change_header(|header| {
            let master = header::open_with_password(header, password)?;
            Ok(header::with_keyring(header.clone(), &master, secret)?)
        })
    }

    /// Lets no keyring open it any more.
    pub fn remove_keyring(&self) -> Result<(), StorageError> {
        self.change_header(|header| Ok(Header { keyring_slot: None, ..header.clone() }))
    }

    /// Whether a secret of the desktop's keyring opens it.
    #[must_use]
    pub fn has_keyring(&self) -> bool {
        self.header.lock().unwrap_or_else(PoisonError::into_inner).keyring_slot.is_some()
    }

    /// Whether this is the password. Before something that cannot be undone.
    pub fn check_password(&self, password: &Password) -> Result<(), SlotError> {
        let header = self.header.lock().unwrap_or_else(PoisonError::into_inner).clone();
        header::open_with_password(&header, password).map(|_| ())
    }

    /// The public half of the vault-reset key.
    #[must_use]
    pub fn reset_public(&self) -> [u8; 32] {
        self.header.lock().unwrap_or_else(PoisonError::into_inner).reset_public
    }

    /// The phrase that it belongs to, as far as the vault knows it: to make a vault of the same phrase elsewhere.
    pub fn origin(&self) -> Result<Origin, StorageError> {
        self.read(|reader| Origin::kept(self.reset_public(), reader.connection, &self.keys.sessions))
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

    pub(crate) fn of(opened: Opened, locked: LockedVault) -> Self {
        let LockedVault { home, lock, header } = locked;
        Self {
            buckets: Buckets::new(home.expiry()),
            home,
            keys: opened.keys,
            pins: Arc::default(),
            header: Mutex::new(header),
            writer: Mutex::new(opened.writer),
            readers: Mutex::default(),
            lock,
        }
    }

    fn change_header<E: From<StorageError>>(&self, change: impl FnOnce(&Header) -> Result<Header, E>) -> Result<(), E> {
        let mut header = self.header.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&header)?;
        header::write(&self.home, &changed)?;
        *header = changed;
        Ok(())
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
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({}, keys redacted)", self.home.root().display())
    }
}
