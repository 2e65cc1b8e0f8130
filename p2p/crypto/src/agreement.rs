//! X25519 between two keys.

use crate::{
    purposes::{Agrees, SharedSecret},
    secret::Secret,
};
use x25519_dalek::{PublicKey, StaticSecret};

/// The public half of a private key.
#[must_use]
pub fn public<P: Agrees>(private: &Secret<P>) -> [u8; 32] {
    PublicKey::from(&StaticSecret::from(*private.expose())).to_bytes()
}

/// What both sides get. An all-zero result is refused: the other key is a point of small order, sent by somebody who
/// wants to know the result beforehand (RFC 7748 §6.1).
pub fn agree<P: Agrees>(private: &Secret<P>, public: &[u8; 32]) -> Result<Secret<SharedSecret>, AgreeError> {
    let shared = StaticSecret::from(*private.expose()).diffie_hellman(&PublicKey::from(*public));
    if shared.was_contributory() {
        Ok(Secret::filled(|place| place.copy_from_slice(shared.as_bytes())))
    } else {
        Err(AgreeError)
    }
}

/// The other's key is a point of small order.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a public key to agree with")]
pub struct AgreeError;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purposes::DeviceAgreementKey;

    #[test]
    fn every_point_of_small_order_is_refused() {
        let private = Secret::<DeviceAgreementKey>::from_bytes([0x55; 32]);
        for point in crate::LOW_ORDER_POINTS {
            assert_eq!(agree(&private, &point), Err(AgreeError));
            let mut high_bit = point;
            high_bit[31] |= 0x80;
            assert_eq!(agree(&private, &high_bit), Err(AgreeError));
        }
    }
}
