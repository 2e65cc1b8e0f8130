//! An envelope: the exact bytes that were signed, and the signature.

use alloc::vec::Vec;
use core::{fmt, marker::PhantomData};
use minicbor::{Decode, Encode};

/// A `T` that somebody signed, as it arrived. There is no way from here to the `T` but through its verification,
/// which lives with the keys.
#[derive(Decode, Encode)]
#[cbor(map)]
pub struct Signed<T> {
    #[cbor(n(0), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[cbor(n(1), with = "minicbor::bytes")]
    signature: [u8; 64],
    #[cbor(skip)]
    what: PhantomData<fn() -> T>,
}

impl<T> Signed<T> {
    /// Puts a body and its signature together.
    #[must_use]
    pub const fn new(body: Vec<u8>, signature: [u8; 64]) -> Self {
        Self { body, signature, what: PhantomData }
    }

    /// The exact bytes that the signature covers. Not to be read before it was verified.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The signature (Ed25519).
    #[must_use]
    pub const fn signature(&self) -> &[u8; 64] {
        &self.signature
    }
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self::new(self.body.clone(), self.signature)
    }
}

impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body && self.signature == other.signature
    }
}

impl<T> Eq for Signed<T> {}

impl<T> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({} bytes)", self.body.len())
    }
}
