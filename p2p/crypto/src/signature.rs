//! Signing and verifying, in one step with encoding and parsing.
//!
//! Ed25519 over `label ‖ lp(body)`: a signature over one kind of structure is none over another. Verification is
//! strict (`verify_strict`: canonical encodings, no small-order keys), so that all implementations agree on which
//! signatures are right and nobody can make a second one. A [`Verified`] is the only way to a signed structure's fields.

use crate::labels;
use alloc::vec::Vec;
use core::{fmt, ops::Deref};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use nyx_wire::{
    identity::{Body, DeviceCert, DeviceList, OpKeyCert, RecoveryStatement, Signed},
    moving::{Done, Manifest, Ready},
};

/// A structure and the label under which it is signed.
pub trait Signable: Body {
    /// Stands before the body in what is signed.
    const LABEL: &'static str;
}

impl Signable for OpKeyCert {
    const LABEL: &'static str = labels::SIGN_OPKEY_CERT;
}
impl Signable for DeviceCert {
    const LABEL: &'static str = labels::SIGN_DEVICE_CERT;
}
impl Signable for DeviceList {
    const LABEL: &'static str = labels::SIGN_DEVICE_LIST;
}
impl Signable for RecoveryStatement {
    const LABEL: &'static str = labels::SIGN_RECOVERY;
}
impl Signable for Manifest {
    const LABEL: &'static str = labels::MOVE_SIGN_MANIFEST;
}
impl Signable for Ready {
    const LABEL: &'static str = labels::MOVE_SIGN_READY;
}
impl Signable for Done {
    const LABEL: &'static str = labels::MOVE_SIGN_DONE;
}

/// A structure whose signature was found right, with the envelope it came in.
pub struct Verified<T> {
    value: T,
    signed: Signed<T>,
}

impl<T> Verified<T> {
    /// The envelope, to keep or to hand on.
    #[must_use]
    pub const fn signed(&self) -> &Signed<T> {
        &self.signed
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Clone> Clone for Verified<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), signed: self.signed.clone() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verified").field(&self.value).finish()
    }
}

/// The signature is wrong, the structure is malformed, or it is not about who it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not signed by the right key")]
pub struct VerifyError;

pub(crate) fn sign<T: Signable>(key: &SigningKey, value: T) -> Verified<T> {
    let body = value.to_bytes();
    let signature = key.sign(&message(T::LABEL, &body)).to_bytes();
    Verified { value, signed: Signed::new(body, signature) }
}

pub(crate) fn verify<T: Signable>(key: &[u8; 32], signed: &Signed<T>) -> Result<Verified<T>, VerifyError> {
    if signed.body().len() > T::MAX {
        return Err(VerifyError);
    }
    if !is_signed(key, &message(T::LABEL, signed.body()), signed.signature()) {
        return Err(VerifyError);
    }
    let value = T::parse(signed.body()).map_err(|_| VerifyError)?;
    Ok(Verified { value, signed: signed.clone() })
}

/// For a structure that holds the key by which it is signed: it is parsed to find the key, and handed out only if that
/// key signed it.
pub(crate) fn verify_own<T: Signable>(
    signed: &Signed<T>,
    key: impl FnOnce(&T) -> [u8; 32],
) -> Result<Verified<T>, VerifyError> {
    let claimed = key(&T::parse(signed.body()).map_err(|_| VerifyError)?);
    verify(&claimed, signed)
}

/// Strict: canonical encodings and no point of small order, so that everybody agrees on what is signed.
pub(crate) fn is_signed(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    canonical(key).is_some_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

/// The crate below reduces the coordinate of a public key silently: one key would have two names.
fn canonical(key: &[u8; 32]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(key).ok().filter(|point| point.to_edwards().compress().as_bytes() == key)
}

pub(crate) fn message(label: &str, body: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(label.len() + 4 + body.len());
    message.extend_from_slice(label.as_bytes());
    crate::hash::lp(body, |bytes| message.extend_from_slice(bytes));
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The encoding of `number` plus the field's prime: the same coordinate, not reduced.
    fn unreduced(number: u8) -> [u8; 32] {
        let mut bytes = [0xFF; 32];
        bytes[0] = 0xED + number;
        bytes[31] = 0x7F;
        bytes
    }

    #[test]
    fn a_public_key_has_one_name() {
        let accepted_below = (0..19).filter(|number| VerifyingKey::from_bytes(&unreduced(*number)).is_ok()).count();
        assert!(accepted_below > 5, "there is something to refuse");
        assert!((0..19).all(|number| canonical(&unreduced(number)).is_none()));
        let right = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
        assert!(canonical(&right).is_some());
    }

    #[test]
    fn a_signature_over_one_kind_of_structure_is_none_over_another() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let body = [1, 2, 3];
        let signature = key.sign(&message(DeviceList::LABEL, &body)).to_bytes();
        let public = key.verifying_key().to_bytes();
        assert!(is_signed(&public, &message(DeviceList::LABEL, &body), &signature));
        for label in [OpKeyCert::LABEL, DeviceCert::LABEL, RecoveryStatement::LABEL] {
            assert!(!is_signed(&public, &message(label, &body), &signature));
        }
    }
}
