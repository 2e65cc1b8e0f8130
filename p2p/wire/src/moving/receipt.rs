//! What the new device signs: that it has everything, and that it is the account's device now.

use super::{DONE_MAX, READY_MAX};
use crate::identity::{Body, DeviceCert, Signed, Version};
use minicbor::{Decode, Encode};

/// Everything is here and was found right. Signed by the device that it names.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Ready {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The move.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub transfer: [u8; 16],
    /// Hash of the last manifest.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub manifest: [u8; 32],
    /// Content hash of what was built.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub content: [u8; 32],
    /// The device that is to have the account.
    #[n(4)]
    pub device: Signed<DeviceCert>,
}

/// The account is active on the new device. Signed by it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Done {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// The move.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub transfer: [u8; 16],
    /// Hash of the last manifest.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub manifest: [u8; 32],
    /// Chain hash of the device list that names it.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub list: [u8; 32],
}

impl Body for Ready {
    const MAX: usize = READY_MAX;

    fn is_well_formed(&self) -> bool {
        true
    }
}

impl Body for Done {
    const MAX: usize = DONE_MAX;

    fn is_well_formed(&self) -> bool {
        true
    }
}
