//! The key that acts for an account: random, certified by the root key, signs device lists.

use crate::{
    account::Aid,
    device_list,
    purposes::OperatingSeed,
    secret::Secret,
    signature::{self, Verified},
};
use alloc::vec::Vec;
use core::fmt;
use ed25519_dalek::{Signer, SigningKey};
use nyx_wire::{
    identity::{DeviceCert, DeviceId, DeviceList, OpKeyCert, Signed, Version},
    moving::Manifest,
};
use rand_core::CryptoRng;

/// An operating key. Only the seed is held; the signing key is made for one signature and wiped.
pub struct OperatingKey(Secret<OperatingSeed>);

impl OperatingKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::random(rng))
    }

    /// The key that belongs to a stored seed.
    #[must_use]
    pub const fn from_seed(seed: Secret<OperatingSeed>) -> Self {
        Self(seed)
    }

    /// The seed, to store it wrapped.
    #[must_use]
    pub const fn seed(&self) -> &Secret<OperatingSeed> {
        &self.0
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.signing_key().verifying_key().to_bytes()
    }

    /// Signs something that is not a structure of its own.
    pub(crate) fn sign(&self, label: &str, body: &[u8]) -> [u8; 64] {
        self.signing_key().sign(&signature::message(label, body)).to_bytes()
    }

    /// Signs for a part of the account that is to move.
    #[must_use]
    pub fn sign_manifest(&self, manifest: Manifest) -> Verified<Manifest> {
        signature::sign(&self.signing_key(), manifest)
    }

    /// The first list of a generation.
    pub fn first_list(
        &self,
        cert: &Verified<OpKeyCert>,
        devices: Vec<Signed<DeviceCert>>,
    ) -> Result<Verified<DeviceList>, SignListError> {
        let list = DeviceList {
            v: Version,
            aid: cert.aid,
            generation: cert.generation,
            epoch: 0,
            prev_hash: [0; 32],
            devices,
            revoked: Vec::new(),
        };
        self.sign_list(cert, list)
    }

    /// The list after `previous`: `devices` from now on, and every device that was active and no longer is, revoked.
    pub fn next_list(
        &self,
        cert: &Verified<OpKeyCert>,
        previous: &device_list::VerifiedList,
        devices: Vec<Signed<DeviceCert>>,
    ) -> Result<Verified<DeviceList>, SignListError> {
        if previous.list().generation != cert.generation {
            // A generation starts its own chain: its contacts may each have seen another end of the one before.
            return Err(SignListError);
        }
        let kept = |id: [u8; 16]| {
            devices.iter().any(|device| {
                crate::device::verify(Aid::from_bytes(cert.aid), device).is_ok_and(|device| device.device_id == id)
            })
        };
        let mut revoked = previous.list().revoked.clone();
        revoked.extend(previous.devices().iter().map(|device| device.device_id).filter(|id| !kept(*id)).map(DeviceId));
        let surplus = revoked.len().saturating_sub(nyx_wire::identity::REVOKED_MAX);
        revoked.drain(..surplus);
        let list = DeviceList {
            v: Version,
            aid: cert.aid,
            generation: cert.generation,
            epoch: previous.list().epoch + 1,
            prev_hash: previous.hash(),
            devices,
            revoked,
        };
        self.sign_list(cert, list)
    }

    /// Signs only what every verifier accepts: the list is verified here first.
    fn sign_list(&self, cert: &Verified<OpKeyCert>, list: DeviceList) -> Result<Verified<DeviceList>, SignListError> {
        let signed = signature::sign(&self.signing_key(), list);
        device_list::verify(cert, signed.signed()).map_err(|_| SignListError)?;
        Ok(signed)
    }

    fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(self.0.expose())
    }
}

impl fmt::Debug for OperatingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatingKey(redacted)")
    }
}

/// Nobody would accept this list: the certificate is another key's, a device belongs to another account, one stands in
/// it twice or was revoked, or there are too many.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no verifier would accept this device list")]
pub struct SignListError;
