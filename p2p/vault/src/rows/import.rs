//! Rows into a database under construction. Only names that this program knows go into a statement, and what the schema
//! refuses was not written by this program.

use super::RowsError;
use crate::{error::StorageError, sealing};
use nyx_crypto::{purposes::SessionsKey, secret::Secret};
use nyx_wire::vault::Cell;
use rusqlite::{
    Connection, ToSql,
    types::{ToSqlOutput, ValueRef},
};
use zeroize::Zeroize;

/// What a table takes.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// The column that lies wrapped once more in a vault, bound to the row's `id`; on its way it is plain, because the next
    /// vault has other keys.
    pub(crate) wrapped: Option<&'static str>,
}

/// A table whose rows follow, and the statement that takes them. Columns that an earlier version does not have get their
/// defaults.
pub(crate) struct Intake {
    columns: usize,
    /// The column to be wrapped once more, and that of the id it is bound to.
    wrapped: Option<(usize, usize)>,
    statement: String,
}

impl Intake {
    pub(crate) fn of(target: Target, claimed: &[String]) -> Result<Self, RowsError> {
        let columns: Vec<&str> = claimed
            .iter()
            .map(|claimed| target.columns.iter().copied().find(|column| column == claimed))
            .collect::<Option<_>>()
            .ok_or(RowsError::Strange)?;
        let marks: Vec<String> = (1..=columns.len()).map(|mark| format!("?{mark}")).collect();
        let statement = format!("INSERT INTO {}({}) VALUES({})", target.table, columns.join(","), marks.join(","));
        let place = |name: &str| columns.iter().position(|column| *column == name);
        let wrapped = match target.wrapped.and_then(place) {
            None => None,
            Some(secret) => Some((secret, place("id").ok_or(RowsError::Strange)?)),
        };
        Ok(Self { columns: columns.len(), wrapped, statement })
    }

    /// Takes rows, within the caller's transaction.
    pub(crate) fn insert(
        &self,
        rows: &mut [Vec<Cell>],
        connection: &Connection,
        sessions: &Secret<SessionsKey>,
    ) -> Result<(), RowsError> {
        let mut statement = connection.prepare_cached(&self.statement).map_err(refused_row)?;
        for row in rows {
            if row.len() != self.columns {
                return Err(RowsError::Strange);
            }
            if let Some((secret, id)) = self.wrapped {
                wrap(row, secret, id, sessions)?;
            }
            statement.execute(rusqlite::params_from_iter(row.iter().map(Borrowed))).map_err(refused_row)?;
        }
        Ok(())
    }
}

/// Wraps a secret, and wipes what it was.
fn wrap(row: &mut [Cell], secret: usize, id: usize, key: &Secret<SessionsKey>) -> Result<(), RowsError> {
    let wrapped = match (&row[secret], &row[id]) {
        (Cell::Null, _) => return Ok(()),
        (Cell::Bytes(secret), Cell::Bytes(id)) if secret.len() == SECRET_LEN => {
            sealing::seal_contact_secret(key, id, secret)
        }
        _ => return Err(RowsError::Strange),
    };
    if let Cell::Bytes(plain) = &mut row[secret] {
        plain.zeroize();
    }
    row[secret] = Cell::Bytes(wrapped);
    Ok(())
}

struct Borrowed<'a>(&'a Cell);

impl ToSql for Borrowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Int(number) => ValueRef::Integer(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A row that the schema refuses was not written by this program.
pub(crate) fn refused_row(error: rusqlite::Error) -> RowsError {
    match StorageError::from(error) {
        StorageError::Database(_) | StorageError::Damaged(_) => RowsError::Strange,
        other => RowsError::Storage(other),
    }
}

/// What two people agreed on.
const SECRET_LEN: usize = 32;
