//! A pack: rows of one table, as many as fit.

use super::PACK_BYTES_MAX;
use crate::{
    codec::{DecodeError, decode_strict, encode},
    vault::Rows,
};
use alloc::{string::String, vec::Vec};
use minicbor::{Decode, Decoder, Encode};

/// Rows of one table. Names and not numbers stand for table and columns, so that a later version still knows what an
/// earlier one meant, and says no to what it does not know.
#[derive(Clone, Debug, Decode, Default, Encode, PartialEq)]
#[cbor(map)]
pub struct Pack {
    /// Which table.
    #[n(0)]
    pub table: String,
    /// What the cells of a row are.
    #[n(1)]
    pub columns: Vec<String>,
    /// The rows.
    #[n(2)]
    pub rows: Rows,
}

impl Pack {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads exactly that encoding. A row has as many cells as there are columns.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        let pack: Self = decode_strict(bytes, PACK_BYTES_MAX as usize)?;
        if pack.rows.0.iter().all(|row| row.len() == pack.columns.len()) {
            Ok(pack)
        } else {
            Err(DecodeError::Malformed)
        }
    }

    /// The table, out of the beginning of a pack: what has to be known of all packs before the rows of one are taken.
    pub fn table_in(beginning: &[u8]) -> Result<&str, DecodeError> {
        let mut decoder = Decoder::new(beginning);
        let table = decoder.map().and_then(|_| decoder.u8()).and_then(|key| match key {
            0 => decoder.str(),
            _ => Err(minicbor::decode::Error::message("the table comes first")),
        });
        table.map_err(|_| DecodeError::Malformed)
    }
}
