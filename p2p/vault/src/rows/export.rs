//! Cells out of a database.

use crate::error::StorageError;
use nyx_wire::vault::Cell;
use rusqlite::types::{FromSqlError, ValueRef};

/// One value, as it travels.
pub(crate) fn cell(value: ValueRef<'_>) -> Result<Cell, StorageError> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Text(_) => Cell::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_owned()),
        ValueRef::Real(_) => return Err(FromSqlError::InvalidType.into()),
    })
}

/// How many bytes a cell has on its way, at most.
pub(crate) const fn size_of(cell: &Cell) -> usize {
    match cell {
        Cell::Null | Cell::Int(_) => 9,
        Cell::Text(text) => text.len() + 5,
        Cell::Bytes(bytes) => bytes.len() + 5,
    }
}
