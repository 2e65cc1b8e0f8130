//! A secret that knows what it is for.
//!
//! The bytes live on the heap, in one place: moving the value moves a pointer and leaves no copy behind on the stack.
//! They are overwritten on drop. There is deliberately no `Clone`, `Display`, `Serialize` or `Hash`, and equality takes
//! the same time whatever the bytes are.

use crate::purposes::Purpose;
use alloc::boxed::Box;
use core::{fmt, marker::PhantomData};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// `N` secret bytes for the purpose `P`.
pub struct Secret<P: Purpose, const N: usize = 32> {
    bytes: Box<[u8; N]>,
    purpose: PhantomData<P>,
}

impl<P: Purpose, const N: usize> Secret<P, N> {
    /// Fresh random bytes.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        Self::filled(|bytes| rng.fill_bytes(bytes))
    }

    /// Takes bytes that come from a place that is itself wiped: the copy made for this call is overwritten, the
    /// caller's own is the caller's to wipe.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; N]) -> Self {
        let secret = Self::filled(|place| place.copy_from_slice(&bytes));
        bytes.zeroize();
        secret
    }

    /// Takes exactly `N` bytes, or nothing.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == N).then(|| Self::filled(|place| place.copy_from_slice(bytes)))
    }

    /// The bytes, for the one call that needs them. Whoever copies them owes the wiping.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.bytes
    }

    /// Lets `fill` write straight into the final place, so that no copy has to be wiped.
    pub(crate) fn filled(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut bytes = Box::new([0; N]);
        fill(&mut bytes);
        Self { bytes, purpose: PhantomData }
    }
}

impl<P: Purpose, const N: usize> Drop for Secret<P, N> {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl<P: Purpose, const N: usize> ZeroizeOnDrop for Secret<P, N> {}

impl<P: Purpose, const N: usize> PartialEq for Secret<P, N> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes.ct_eq(&*other.bytes).into()
    }
}

impl<P: Purpose, const N: usize> Eq for Secret<P, N> {}

impl<P: Purpose, const N: usize> fmt::Debug for Secret<P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}, redacted)", P::NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purposes::{MasterKey, PasswordKek};
    use alloc::format;

    #[test]
    fn debug_shows_the_purpose_and_not_one_byte() {
        let secret = Secret::<MasterKey>::from_bytes([0xAB; 32]);
        assert_eq!(format!("{secret:?}"), "Secret(master key, redacted)");
        assert_eq!(format!("{secret:#?}"), "Secret(master key, redacted)");
    }

    #[test]
    fn equality_looks_at_every_byte() {
        let one = Secret::<PasswordKek>::from_bytes([7; 32]);
        for place in 0..32 {
            let mut bytes = [7; 32];
            bytes[place] ^= 1;
            assert_ne!(one, Secret::from_bytes(bytes));
        }
        assert_eq!(one, Secret::from_bytes([7; 32]));
    }

    #[test]
    fn a_slice_of_another_length_is_no_secret() {
        assert!(Secret::<MasterKey>::from_slice(&[0; 31]).is_none());
        assert!(Secret::<MasterKey>::from_slice(&[0; 33]).is_none());
        assert!(Secret::<MasterKey>::from_slice(&[0; 32]).is_some());
    }

    #[test]
    fn secrets_promise_to_wipe_themselves() {
        fn promises<T: ZeroizeOnDrop>() {}
        promises::<Secret<MasterKey>>();
    }
}
