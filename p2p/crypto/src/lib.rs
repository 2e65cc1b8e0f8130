//! Keys, identity and encryption of Nyx.
//!
//! Invariants: no clock, no I/O and no randomness of its own (a random source is an argument, a time is a number
//! that the caller hands in); every key is a [`secret::Secret`] that names its one purpose, wipes itself and cannot be
//! copied, printed or compared in variable time; every label stands in [`labels`]; no unsafe code. A signed structure
//! is verified and parsed in one step, so there is no way to read a field that nobody vouched for.
//!
//! Reading order: [`secret`] and [`purposes`], [`labels`], [`kdf`]; then what protects data at rest: [`vault_keys`],
//! [`wrap`], [`sealed`], [`stream`], [`content`]; [`agreement`]; then who somebody is: [`phrase`], [`root`], [`account`], [`device`], [`device_list`],
//! [`recovery`]; how two devices meet: [`pairing`]; and how an account goes from one to the other: [`moving`].
//!
//! The bytes are specified in `p2p/docs/protocol/`: `identity.md`, `pairing.md` and `moving.md`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod account;
pub mod agreement;
pub mod content;
pub mod device;
pub mod device_list;
mod hash;
pub mod kdf;
pub mod labels;
pub mod moving;
pub mod pairing;
pub mod phrase;
pub mod purposes;
pub mod recovery;
pub mod root;
pub mod sealed;
pub mod secret;
pub mod signature;
pub mod stream;
pub mod vault_keys;
pub mod wrap;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod purity;
#[cfg(test)]
mod specification;
#[cfg(test)]
mod vectors;

/// Points of small order on Curve25519 and its twist, canonical and not (RFC 7748 §6.1; the list is from libsodium).
#[cfg(test)]
const LOW_ORDER_POINTS: [[u8; 32]; 7] = {
    const fn point(first: u8, middle: u8, last: u8) -> [u8; 32] {
        let mut point = [middle; 32];
        point[0] = first;
        point[31] = last;
        point
    }
    [
        point(0, 0, 0),
        point(1, 0, 0),
        [
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
            0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
        ],
        [
            0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
            0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
        ],
        point(0xec, 0xff, 0x7f),
        point(0xed, 0xff, 0x7f),
        point(0xee, 0xff, 0x7f),
    ]
};
