//! A device: its own keys, and the certificate in which it names them.

use crate::{
    account::Aid,
    agreement,
    purposes::{DeviceAgreementKey, DeviceKemSeed, DeviceSigningSeed},
    secret::Secret,
    signature::{self, Verified, VerifyError},
};
use ed25519_dalek::SigningKey;
use ml_kem::{EncapsulationKey768, kem::KeyExport, ml_kem_768};
use nyx_wire::identity::{DeviceCert, DeviceName, ML_KEM_768_PUBLIC, Signed, Version};
use rand_core::CryptoRng;

/// A device's private keys, all random, never copied to another device.
#[derive(Debug)]
pub struct DeviceKeys {
    /// Random id of the device.
    pub device_id: [u8; 16],
    /// Signs its certificate and its prekeys.
    pub signing: Secret<DeviceSigningSeed>,
    /// X25519.
    pub agreement: Secret<DeviceAgreementKey>,
    /// Seed `d ‖ z` of its ML-KEM-768 key.
    pub kem: Secret<DeviceKemSeed, 64>,
}

impl DeviceKeys {
    /// Fresh keys for a new device.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut device_id = [0; 16];
        rng.fill_bytes(&mut device_id);
        Self { device_id, signing: Secret::random(rng), agreement: Secret::random(rng), kem: Secret::random(rng) }
    }

    /// The certificate in which this device says which account it wants to belong to and which keys are its own.
    #[must_use]
    pub fn certify(&self, aid: Aid, name: DeviceName, capabilities: u64) -> Verified<DeviceCert> {
        let signing = SigningKey::from_bytes(self.signing.expose());
        let cert = DeviceCert {
            v: Version,
            aid: *aid.as_bytes(),
            device_id: self.device_id,
            name,
            ed25519: signing.verifying_key().to_bytes(),
            x25519: agreement::public(&self.agreement),
            ml_kem_768: self.kem_public(),
            capabilities,
        };
        signature::sign(&signing, cert)
    }

    fn kem_public(&self) -> [u8; ML_KEM_768_PUBLIC] {
        let private = ml_kem_768::DecapsulationKey::from_seed((*self.kem.expose()).into());
        private.encapsulation_key().to_bytes().into()
    }
}

/// Verifies a device's own signature, that it names this account, and that its keys are keys at all: an X25519 key with
/// an all-zero result or an ML-KEM key outside the ring is refused here, before anybody encrypts to it.
/// That it belongs to the account is what a device list says.
pub fn verify(aid: Aid, cert: &Signed<DeviceCert>) -> Result<Verified<DeviceCert>, VerifyError> {
    let cert = signature::verify_own(cert, |cert| cert.ed25519)?;
    let kem = EncapsulationKey768::new(&cert.ml_kem_768.into());
    if cert.aid == *aid.as_bytes() && is_usable(&cert.x25519) && kem.is_ok() { Ok(cert) } else { Err(VerifyError) }
}

/// Whether agreeing with it gives anything. Every private key is a multiple of the cofactor, so one tells for all.
fn is_usable(x25519: &[u8; 32]) -> bool {
    agreement::agree(&Secret::<DeviceAgreementKey>::from_bytes([1; 32]), x25519).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    const AID: Aid = Aid::from_bytes([4; 32]);

    fn keys() -> DeviceKeys {
        DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(7))
    }

    fn cert() -> DeviceCert {
        (*keys().certify(AID, DeviceName::new("Laptop").unwrap(), 3)).clone()
    }

    fn signed_by_itself(cert: DeviceCert) -> Signed<DeviceCert> {
        signature::sign(&SigningKey::from_bytes(keys().signing.expose()), cert).signed().clone()
    }

    #[test]
    fn a_device_vouches_for_its_own_keys() {
        let verified = verify(AID, keys().certify(AID, DeviceName::new("Laptop").unwrap(), 3).signed()).unwrap();
        assert_eq!(*verified, cert());
        assert!(verify(Aid::from_bytes([5; 32]), verified.signed()).is_err());
    }

    #[test]
    fn a_device_cannot_pass_off_anothers_signing_key_as_its_own() {
        let other = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(8));
        let stolen = SigningKey::from_bytes(other.signing.expose()).verifying_key().to_bytes();
        assert!(verify(AID, &signed_by_itself(DeviceCert { ed25519: stolen, ..cert() })).is_err());
    }

    #[test]
    fn keys_that_are_no_keys_are_refused() {
        assert!(verify(AID, &signed_by_itself(cert())).is_ok());
        for x25519 in crate::LOW_ORDER_POINTS {
            assert!(verify(AID, &signed_by_itself(DeviceCert { x25519, ..cert() })).is_err());
        }
        let ml_kem_768 = [0xFF; ML_KEM_768_PUBLIC];
        assert!(verify(AID, &signed_by_itself(DeviceCert { ml_kem_768, ..cert() })).is_err());
    }
}
