//! What the engine of this program is started with.

use getrandom::SysRng;
use nyx_p2p::{AutoLock, Clock, DeviceName, MessageId, PasswordCost, Setup, SystemClock};
use rand_core::UnwrapErr;
use std::{path::PathBuf, sync::Arc};

/// The real clock, the system's randomness, passwords as dear as this machine bears.
pub(crate) fn setup(home: PathBuf, auto_lock: AutoLock) -> Setup {
    Setup {
        home,
        clock: Arc::new(SystemClock::new()),
        rng: Box::new(UnwrapErr(SysRng)),
        cost: password_cost(),
        device: device_name(),
        keyring: crate::keyring::of_this_desktop(),
        auto_lock,
        // What stays open for somebody takes notes from commands of the terminal.
        has_door: auto_lock == AutoLock::AsSet,
    }
}

/// As dear as this machine bears. A build for development takes the least that a vault accepts where `NYX_CHEAP_PASSWORDS` is set: tests
/// open hundreds of vaults, and one that is dear to guess takes most of a second each time.
#[cfg(debug_assertions)]
fn password_cost() -> PasswordCost {
    if std::env::var_os("NYX_CHEAP_PASSWORDS").is_some() {
        PasswordCost::Fixed(nyx_p2p::PasswordParams::floor())
    } else {
        PasswordCost::Measured
    }
}

/// As dear as this machine bears.
#[cfg(not(debug_assertions))]
const fn password_cost() -> PasswordCost {
    PasswordCost::Measured
}

/// A name for a message that another process is to write: the same one when it is asked for again.
pub(crate) fn message_id() -> MessageId {
    MessageId::new(SystemClock::new().unix_ms(), &mut UnwrapErr(SysRng))
}

/// What this machine is called; contacts will see it in the list of devices. `None`: it has no name that can be shown.
fn device_name() -> Option<DeviceName> {
    let name = host_name();
    let name = name.trim();
    DeviceName::new(&name[..name.floor_char_boundary(DEVICE_NAME_BYTES_MAX)]).ok()
}

fn host_name() -> String {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    return std::env::var("COMPUTERNAME").unwrap_or_default();
}

/// A device's name in the protocol has at most 64 bytes.
const DEVICE_NAME_BYTES_MAX: usize = 64;
