//! Who somebody is: certificates, device lists and recovery, as bytes.
//!
//! All of these are read with [`Body::parse`], so one value has one encoding, no unknown key is signed for and every
//! limit holds. [`Signed`] keeps the exact bytes that were signed; what is in them
//! is for whoever verifies the signature first.
//!
//! Specified in `p2p/docs/protocol/identity.md`.

mod body;
mod name;
mod signed;
mod version;

pub use body::Body;
pub use name::{DeviceName, NameError};
pub use signed::Signed;
pub use version::Version;

use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// The account root key says which operating key acts for the account, in which generation.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct OpKeyCert {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The account.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub aid: [u8; 32],
    /// A higher generation always wins.
    #[n(2)]
    pub generation: u64,
    /// Operating key (Ed25519).
    #[cbor(n(3), with = "minicbor::bytes")]
    pub opkey: [u8; 32],
}

/// A device says which keys are its own. Signed by the device, which proves that it holds the signing key; that it
/// belongs to the account is what the device list says.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct DeviceCert {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The account.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub aid: [u8; 32],
    /// The device, random and never used again.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub device_id: [u8; 16],
    /// What its person calls it.
    #[n(3)]
    pub name: DeviceName,
    /// Signing key (Ed25519).
    #[cbor(n(4), with = "minicbor::bytes")]
    pub ed25519: [u8; 32],
    /// Key agreement (X25519).
    #[cbor(n(5), with = "minicbor::bytes")]
    pub x25519: [u8; 32],
    /// Key encapsulation (ML-KEM-768, FIPS 203 encoding).
    #[cbor(n(6), with = "minicbor::bytes")]
    pub ml_kem_768: [u8; ML_KEM_768_PUBLIC],
    /// What it can do, one bit each. Bits that a reader does not know mean nothing to it.
    #[n(7)]
    pub capabilities: u64,
}

/// The operating key says which devices are the account's. Each list names the hash of the one before.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct DeviceList {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The account.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub aid: [u8; 32],
    /// Generation of the operating key that signs.
    #[n(2)]
    pub generation: u64,
    /// Counts lists within the generation, from 0.
    #[n(3)]
    pub epoch: u64,
    /// Hash of the list before; zeros at epoch 0.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub prev_hash: [u8; 32],
    /// Active devices.
    #[n(5)]
    pub devices: Vec<Signed<DeviceCert>>,
    /// Devices that no longer are, oldest first.
    #[n(6)]
    pub revoked: Vec<DeviceId>,
}

/// A device's id where it stands alone.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(transparent)]
pub struct DeviceId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// Everything from which a stranger who knows only the account's id can verify its devices.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct IdentityBundle {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// Account root key (Ed25519): its hash is the account's id.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub ark: [u8; 32],
    /// Signed by the account root key.
    #[n(2)]
    pub opkey_cert: Signed<OpKeyCert>,
    /// Signed by the operating key.
    #[n(3)]
    pub device_list: Signed<DeviceList>,
}

/// What a verifier asks of somebody who claims to have recovered an account.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct RecoveryChallenge {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The account that is to be recovered.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub aid: [u8; 32],
    /// The verifier's own account: an answer for one verifier is no answer for another.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub audience: [u8; 32],
    /// Random, for this one time.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// The last generation that the verifier has seen, as the account root key signed it: a verifier cannot make up a
    /// generation so high that none is left above it.
    #[n(4)]
    pub opkey_cert: Signed<OpKeyCert>,
    /// Epoch of the last device list that the verifier has seen.
    #[n(5)]
    pub epoch: u64,
    /// Hash of that list; zeros if it has seen none in this generation.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub list_hash: [u8; 32],
}

/// The account root key says: this is the new generation, this is the device, all others are revoked.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct RecoveryStatement {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The account.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub aid: [u8; 32],
    /// Account root key (Ed25519), by which the statement is signed: its hash is the account's id.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub ark: [u8; 32],
    /// The new generation.
    #[n(3)]
    pub opkey_cert: Signed<OpKeyCert>,
    /// The new device.
    #[n(4)]
    pub device: Signed<DeviceCert>,
    /// Which devices are revoked.
    #[n(5)]
    pub revoke: Revoke,
    /// Hash of the challenge that this answers.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub challenge: [u8; 32],
    /// The verifier for whom this is.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub audience: [u8; 32],
}

/// Which devices a recovery revokes.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(index_only)]
pub enum Revoke {
    /// Every device of every earlier generation. A phrase remembers no devices, so there is nothing finer to say.
    #[n(0)]
    All,
}

/// Bytes of an ML-KEM-768 encapsulation key (FIPS 203, table 3).
pub const ML_KEM_768_PUBLIC: usize = 1184;
/// Most bytes of a name, in UTF-8: fits a line on a small screen in any script.
pub const NAME_MAX: usize = 64;
/// Most devices of an account. Version 1 has one active; the rest is room for the same format to carry several.
pub const DEVICES_MAX: usize = 8;
/// Most revoked devices that a list remembers: 4 KiB. A device that is not in the list is not trusted anyway, so the
/// oldest may fall out.
pub const REVOKED_MAX: usize = 256;
/// Greatest generation and epoch: both are stored as signed 64-bit integers.
pub const COUNT_MAX: u64 = i64::MAX as u64;
/// Most bytes of an operating key certificate: 90 and some room.
pub const OPKEY_CERT_MAX: usize = 128;
/// Most bytes of a device certificate: keys 1,280, the name, ids and frames.
pub const DEVICE_CERT_MAX: usize = 1536;
/// Most bytes of a device list: all devices and all revoked ids.
pub const DEVICE_LIST_MAX: usize = DEVICES_MAX * (DEVICE_CERT_MAX + SIGNED_OVERHEAD) + REVOKED_MAX * 17 + 256;
/// Most bytes of an identity bundle.
pub const IDENTITY_BUNDLE_MAX: usize = DEVICE_LIST_MAX + OPKEY_CERT_MAX + 2 * SIGNED_OVERHEAD + 64;
/// Most bytes of a recovery challenge.
pub const RECOVERY_CHALLENGE_MAX: usize = OPKEY_CERT_MAX + SIGNED_OVERHEAD + 256;
/// Most bytes of a recovery statement.
pub const RECOVERY_STATEMENT_MAX: usize = OPKEY_CERT_MAX + DEVICE_CERT_MAX + 2 * SIGNED_OVERHEAD + 256;
/// What an envelope adds: map, two keys, two lengths, 64 bytes of signature.
pub const SIGNED_OVERHEAD: usize = 80;

#[cfg(test)]
mod tests;
