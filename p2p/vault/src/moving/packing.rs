//! Rows into packs. A pack of the snapshot and a pack of the same rows later are the same bytes: both end where the
//! snapshot's ended, so that only those travel again in which something changed.

use super::{PrepareError, spool::Spool, tables::PackTable};
use crate::{
    error::StorageError,
    reader::Reader,
    rows::{cell, size_of},
    scope::Scope,
    sealing,
};
use nyx_wire::{
    codec,
    moving::Pack,
    vault::{Cell, Rows},
};
use std::{cmp::Ordering, collections::HashMap, vec};
use zeroize::Zeroizing;

/// Where the packs of a table ended, by table, in order. A key each: the first cells of a row.
pub(super) type Stops = HashMap<String, Vec<Vec<Cell>>>;

/// Takes the rows of one table, in order, and hands packs on.
pub(super) struct Packer<'s, 'v> {
    spool: &'s mut Spool<'v>,
    /// Bytes of packs so far; answers whether to go on.
    progress: &'s mut dyn FnMut(u64) -> bool,
    table: &'static str,
    columns: Vec<String>,
    key: usize,
    stops: std::iter::Peekable<vec::IntoIter<Vec<Cell>>>,
    rows: Vec<Vec<Cell>>,
    size: usize,
}

impl<'s, 'v> Packer<'s, 'v> {
    pub(super) fn new(
        spool: &'s mut Spool<'v>,
        progress: &'s mut dyn FnMut(u64) -> bool,
        (table, columns, key): (&'static str, &[&'static str], usize),
        stops: &mut Stops,
    ) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let stops = stops.remove(table).unwrap_or_default().into_iter().peekable();
        Self { spool, progress, table, columns, key, stops, rows: Vec::new(), size: 0 }
    }

    pub(super) fn push(&mut self, row: Vec<Cell>) -> Result<(), PrepareError> {
        let mut is_behind = false;
        while self.stops.next_if(|stop| compare(stop, &row[..self.key]) == Ordering::Less).is_some() {
            is_behind = true;
        }
        let size = row.iter().map(size_of).sum::<usize>();
        if is_behind || self.size + size > PACK_BYTES {
            self.flush()?;
        }
        self.size += size;
        self.rows.push(row);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), PrepareError> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), PrepareError> {
        let Some(last) = self.rows.last() else { return Ok(()) };
        let mut stop = vec![Cell::Text(self.table.to_owned())];
        stop.extend_from_slice(&last[..self.key]);
        let rows = Rows(std::mem::take(&mut self.rows));
        self.size = 0;
        let pack = Pack { table: self.table.to_owned(), columns: self.columns.clone(), rows };
        let bytes = Zeroizing::new(pack.to_bytes());
        self.spool.add_pack(&bytes, codec::encode(&Rows(vec![stop])))?;
        if (self.progress)(bytes.len() as u64) { Ok(()) } else { Err(PrepareError::Cancelled) }
    }
}

/// Packs the rows of a table that are meant.
pub(super) fn pack_table(
    reader: &Reader<'_>,
    scope: Scope,
    table: &PackTable,
    mut packer: Packer<'_, '_>,
) -> Result<(), PrepareError> {
    let columns = table.takes.columns;
    let secret = table.takes.wrapped.and_then(|wrapped| columns.iter().position(|column| *column == wrapped));
    each_row(reader, table.query, scope, columns.len(), &mut |mut row| {
        if let Some(secret) = secret
            && let [Cell::Bytes(id), ..] = &row[..]
            && let Cell::Bytes(wrapped) = &row[secret]
        {
            let plain = sealing::open_contact_secret(&reader.keys.sessions, id, wrapped)
                .ok_or(StorageError::row("contacts", 0))?;
            row[secret] = Cell::Bytes(plain.expose().to_vec());
        }
        packer.push(row)
    })?;
    packer.finish()
}

/// The rows of a query, which may ask for what is meant.
pub(super) fn each_row(
    reader: &Reader<'_>,
    query: &str,
    scope: Scope,
    columns: usize,
    visit: &mut dyn FnMut(Vec<Cell>) -> Result<(), PrepareError>,
) -> Result<(), PrepareError> {
    let mut statement = reader.connection.prepare(query).map_err(StorageError::from)?;
    let params = &scope.params()[..statement.parameter_count().min(2)];
    let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(StorageError::from)?;
    while let Some(row) = rows.next().map_err(StorageError::from)? {
        let cells = (0..columns).map(|column| cell(row.get_ref(column)?)).collect::<Result<_, StorageError>>()?;
        visit(cells)?;
    }
    Ok(())
}

/// Reads what [`Packer`] wrote about where a pack ended.
pub(super) fn stop_in(bytes: &[u8]) -> Option<(String, Vec<Cell>)> {
    let mut rows: Rows = codec::decode(bytes, bytes.len()).ok()?;
    let mut cells = rows.0.pop()?.into_iter();
    match cells.next()? {
        Cell::Text(table) => Some((table, cells.collect())),
        _ => None,
    }
}

/// As SQLite orders keys: numbers by value, texts and bytes as bytes.
fn compare(one: &[Cell], other: &[Cell]) -> Ordering {
    let cells = |pair: (&Cell, &Cell)| match pair {
        (Cell::Int(one), Cell::Int(other)) => one.cmp(other),
        (Cell::Text(one), Cell::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
        (Cell::Bytes(one), Cell::Bytes(other)) => one.cmp(other),
        // A column of a key has one type.
        _ => Ordering::Equal,
    };
    one.iter().zip(other).map(cells).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// About how much is in a pack: one row that changes costs so much once more, and each pack costs an item. Far below the
/// most that a pack may have, so that the longest row fits.
const PACK_BYTES: usize = 256 * 1024;
