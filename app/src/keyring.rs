//! The keyring that this program hands to its engine, where it is built with one.

#[cfg(feature = "desktop")]
mod desktop;

use getrandom::SysRng;
use nyx_p2p::{Keyring, KeyringError, try_keyring};
use rand_core::UnwrapErr;
use std::sync::Arc;

/// The keyring of the desktop; `None`: this program knows none. Nothing is asked before somebody wants something of it.
#[must_use]
pub fn of_this_desktop() -> Option<Arc<dyn Keyring>> {
    #[cfg(feature = "desktop")]
    return Some(Arc::new(desktop::SecretService));
    #[cfg(not(feature = "desktop"))]
    return None;
}

/// Whether the desktop's keyring works: it keeps something, has it, and forgets it again. A locked one asks its person.
pub async fn works() -> Result<(), KeyringError> {
    let keyring = of_this_desktop().ok_or(KeyringError::Absent)?;
    try_keyring(&*keyring, &mut UnwrapErr(SysRng)).await
}
