//! What an engine is started with.

use crate::{account::keyring::Keyring, clock::Clock};
use nyx_crypto::kdf::PasswordParams;
use nyx_wire::identity::DeviceName;
use rand_core::CryptoRng;
use std::{path::PathBuf, sync::Arc};

/// What an engine is started with.
pub struct Setup {
    /// Where the vault lies or will lie.
    pub home: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness of keys, phrases and names. (The vault takes its own from the operating system.)
    pub rng: Box<dyn CryptoRng + Send>,
    /// How dear guessing a password is made.
    pub cost: PasswordCost,
    /// What this device is called, if an account begins on it; otherwise it is called after the program.
    pub device: Option<DeviceName>,
    /// What keeps secrets while somebody is logged in, where there is such a thing.
    pub keyring: Option<Arc<dyn Keyring>>,
    /// Whether the keys are wiped from memory when nobody is there.
    pub auto_lock: AutoLock,
    /// Whether other processes of this person may hand something over while this one holds the home: one that stays.
    pub has_door: bool,
}

/// When the keys are wiped from memory without anybody asking for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AutoLock {
    /// Never: the program is over before anybody is gone for long.
    Never,
    /// As the person [set](crate::Settings) it.
    AsSet,
}

/// How dear guessing a password is made.
#[derive(Clone, Copy, Debug)]
pub enum PasswordCost {
    /// As dear as this machine bears.
    Measured,
    /// As a caller that knows its machine says; there is no value below the floor.
    Fixed(PasswordParams),
}
