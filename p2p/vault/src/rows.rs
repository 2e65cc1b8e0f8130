//! Rows on their way out of a vault and into one: what backups and moves have in common.

mod check;
mod export;
mod import;

#[cfg(test)]
pub(crate) use check::SEQ_MAX;
pub(crate) use check::{count_places, make_findable, refuse_strange, settle};
pub(crate) use export::{cell, size_of};
pub(crate) use import::{Intake, Target, refused_row};

use crate::error::StorageError;

/// Why rows were not taken.
#[derive(Debug)]
pub(crate) enum RowsError {
    /// This program never wrote them.
    Strange,
    Storage(StorageError),
}

impl From<StorageError> for RowsError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<rusqlite::Error> for RowsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}
