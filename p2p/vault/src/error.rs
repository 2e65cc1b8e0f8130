//! What goes wrong below every operation: the disk, the bytes on it, or that nothing may be written any more.

use std::{fmt, io};

/// The disk refused, what lies on it is not what was written, or nothing may be written.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No space left, or a quota reached. What was there before still is.
    #[error("the disk is full")]
    DiskFull,
    /// The disk or the system refused for another reason.
    #[error("the disk refused: {0}")]
    Disk(#[source] io::Error),
    /// Bytes on the disk changed or are missing. Nothing was removed or overwritten because of it.
    #[error("the vault is damaged: {0}")]
    Damaged(Damage),
    /// The account is being moved or lives elsewhere: it can be read and not changed.
    #[error(transparent)]
    Closed(Closed),
    /// The database refused what this program asked: our bug.
    #[error("the database refused: {0}")]
    Database(#[source] rusqlite::Error),
}

/// Why an account can't be changed any more.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Closed {
    /// It is being moved to another device. If that comes to nothing, it can be changed again.
    #[error("the account is being moved")]
    Moving,
    /// It lives elsewhere now.
    #[error("the account lives on another device")]
    Moved {
        /// The name of the other device.
        to: String,
    },
}

/// One thing that is damaged, named so that a person can be told what is affected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Damage {
    /// The header file.
    Header,
    /// A page of the database, by number.
    Page(u64),
    /// The database as a whole: it does not open or contradicts itself; with SQLite's words.
    Database(String),
    /// The full-text index does not fit the messages.
    Search,
    /// A row that cannot be understood: table and row.
    Row(&'static str, i64),
    /// A blob that is missing, by the name of its file.
    BlobMissing(String),
    /// A blob whose bytes changed, by the name of its file.
    BlobChanged(String),
    /// A file of expiry keys.
    Bucket(String),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Page(page) => write!(f, "database page {page}"),
            Self::Database(what) => write!(f, "database: {what}"),
            Self::Search => f.write_str("search index"),
            Self::Row(table, row) => write!(f, "row {row} of {table}"),
            Self::BlobMissing(name) => write!(f, "attachment file {name} is missing"),
            Self::BlobChanged(name) => write!(f, "attachment file {name}"),
            Self::Bucket(name) => write!(f, "expiry keys {name}"),
        }
    }
}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A limit on the size of files is how a test makes any disk full, and a quota means the same to a person.
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Self::DiskFull,
            _ => Self::Disk(error),
        }
    }
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{Error, ErrorCode};
        match &error {
            Error::SqliteFailure(failure, words) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                // Even who only reads has an index of the WAL made: a few pages, for which there was no room.
                ErrorCode::SystemIoFailure if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
                    Self::DiskFull
                }
                // A connection that met a page with a wrong HMAC takes nothing more; this is how SQLCipher says so. A folder
                // that cannot be written is noticed before, when the lock is taken.
                ErrorCode::ReadOnly if failure.extended_code == rusqlite::ffi::SQLITE_READONLY => {
                    Self::Damaged(Damage::Database("a page was changed".into()))
                }
                ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly => {
                    Self::Disk(io::Error::other(error))
                }
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    Self::Damaged(Damage::Database(words.clone().unwrap_or_else(|| failure.to_string())))
                }
                _ => Self::Database(error),
            },
            // A value of another type than the one that was written.
            Error::FromSqlConversionFailure(..) | Error::InvalidColumnType(..) | Error::IntegralValueOutOfRange(..) => {
                Self::Damaged(Damage::Database(error.to_string()))
            }
            _ => Self::Database(error),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for StorageError {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::Damaged(Damage::Database(error.to_string()))
    }
}

impl StorageError {
    /// Something that the rows of `table` cannot mean.
    pub(crate) const fn row(table: &'static str, row: i64) -> Self {
        Self::Damaged(Damage::Row(table, row))
    }
}
