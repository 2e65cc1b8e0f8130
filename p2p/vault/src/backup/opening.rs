//! The outer format: whether a key opens an age file, before anything in it is believed.

use super::{
    frames::broken,
    keys,
    restore::{BackupKey, RestoreError},
};
use std::{
    cell::Cell,
    io::{self, BufRead, Read},
    rc::Rc,
};

/// Whether this opens a backup: nothing of it is believed yet, and nothing is made. As dear as opening it.
pub fn opens_backup(source: &mut dyn Read, key: BackupKey<'_>) -> Result<(), RestoreError> {
    open(source, key).map(|_| ())
}

/// What is inside.
pub(super) fn open<'s>(source: &'s mut dyn Read, key: BackupKey<'_>) -> Result<Opened<'s>, RestoreError> {
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

/// The plaintext of a backup, verified piece by piece.
pub(super) type Opened<'s> = age::stream::StreamReader<Bounded<'s>>;

/// Ends with an error after so many bytes. age keeps a header in memory until its end is found, before anything of it is
/// authenticated: a hostile file without an end would fill the memory.
pub(super) struct Bounded<'s> {
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

/// scrypt takes a KiB times two to this power: 1 GiB. Four times what this program writes, which leaves room for backups
/// made again by other programs, and a hostile file cannot take more.
const WORK_FACTOR_MAX: u8 = 20;
/// The header of a backup has some hundred bytes; this is room for a hundred recipients, and little enough that age,
/// which reads a header from its beginning again with each line, is not kept busy.
const HEADER_BYTES_MAX: u64 = 16 * 1024;
const BUFFER: usize = 64 * 1024;
