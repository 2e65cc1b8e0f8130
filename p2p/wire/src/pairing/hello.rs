//! What the two devices say first. The bytes go into the transcript hash as they were received.

use super::{HELLO_A_MAX, HELLO_B_MAX, ML_KEM_768_CIPHERTEXT};
use crate::identity::{Body, ML_KEM_768_PUBLIC, Version};
use minicbor::{Decode, Encode};

/// From the device that shows the code (A). The code commits to it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct HelloA {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// X25519, for this one meeting.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub e: [u8; 32],
    /// ML-KEM-768 encapsulation key, for this one meeting.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub ek: [u8; ML_KEM_768_PUBLIC],
    /// Hash of a nonce that A tells only after it has taken B's hello. The digits depend on it, so that nobody between
    /// the two can try hellos until the digits on both sides are the same.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub promise: [u8; 32],
}

/// From the device that scanned it (B).
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct HelloB {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// X25519, for this one meeting.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub e: [u8; 32],
    /// ML-KEM-768 ciphertext for A's key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub ct: [u8; ML_KEM_768_CIPHERTEXT],
    /// Random.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
}

impl Body for HelloA {
    const MAX: usize = HELLO_A_MAX;

    fn is_well_formed(&self) -> bool {
        true
    }
}

impl Body for HelloB {
    const MAX: usize = HELLO_B_MAX;

    fn is_well_formed(&self) -> bool {
        true
    }
}
