//! Which of the two a device is. A type, so that what one side sealed cannot be opened as if the other had.

use super::schedule::SideKeys;
use crate::{
    kdf::derive_from_extracted,
    purposes::{AToBKey, BToAKey, ConfirmAKey, ConfirmBKey, Derives, PairingPrk, Purpose},
    secret::Secret,
};
use core::fmt;

/// One of the two sides.
pub trait Side: Sized + closed::Closed + fmt::Debug {
    /// Seals what this side sends.
    type Seals: Purpose;
    /// Opens what this side receives.
    type Opens: Purpose;
    /// Proves this side.
    type Confirms: Purpose;
    /// Proves the other.
    type Checks: Purpose;

    /// This side in what it signs.
    const OWN: u8;
    /// The other side in what it signs.
    const OTHER: u8;

    #[doc(hidden)]
    fn keys(prk: &Secret<PairingPrk, 64>) -> SideKeys<Self>;
}

/// The side that shows the code.
#[derive(Clone, Copy, Debug)]
pub enum A {}

/// The side that scans it, pastes it or types it.
#[derive(Clone, Copy, Debug)]
pub enum B {}

impl Side for A {
    type Seals = AToBKey;
    type Opens = BToAKey;
    type Confirms = ConfirmAKey;
    type Checks = ConfirmBKey;
    const OWN: u8 = 1;
    const OTHER: u8 = 2;

    fn keys(prk: &Secret<PairingPrk, 64>) -> SideKeys<Self> {
        keys(prk)
    }
}

impl Side for B {
    type Seals = BToAKey;
    type Opens = AToBKey;
    type Confirms = ConfirmBKey;
    type Checks = ConfirmAKey;
    const OWN: u8 = 2;
    const OTHER: u8 = 1;

    fn keys(prk: &Secret<PairingPrk, 64>) -> SideKeys<Self> {
        keys(prk)
    }
}

fn keys<S: Side>(prk: &Secret<PairingPrk, 64>) -> SideKeys<S>
where
    PairingPrk: Derives<S::Seals> + Derives<S::Opens> + Derives<S::Confirms> + Derives<S::Checks>,
{
    SideKeys {
        seals: derive_from_extracted(prk, &[]),
        opens: derive_from_extracted(prk, &[]),
        confirms: derive_from_extracted(prk, &[]),
        checks: derive_from_extracted(prk, &[]),
    }
}

mod closed {
    pub trait Closed {}
    impl Closed for super::A {}
    impl Closed for super::B {}
}
