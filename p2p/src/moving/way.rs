//! How the two find each other again, kept in the vault: of this device alone, so it neither moves nor is backed up.

use crate::{commit::look, failure::Failure};
use nyx_vault::{Tx, Vault};
use nyx_wire::moving::WayBack;

/// Keeps it with what else is written.
pub(super) fn keep(tx: &mut Tx<'_>, transfer: &[u8; 16], way: &WayBack) -> Result<(), Failure> {
    for id in tx.session_ids(WAY)? {
        tx.remove_session(WAY, &id)?;
    }
    Ok(tx.put_session(WAY, transfer, &way.to_bytes())?)
}

/// What was kept.
pub(super) fn kept(vault: &Vault, transfer: &[u8; 16]) -> Result<Option<WayBack>, Failure> {
    let bytes = look(vault, |reader| Ok(reader.session(WAY, transfer, |way| way.map(<[u8]>::to_vec))?))?;
    Ok(bytes.and_then(|bytes| WayBack::parse(&bytes).ok()))
}

const WAY: &str = "move-way-back";
