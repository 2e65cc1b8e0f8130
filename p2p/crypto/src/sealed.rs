//! A box that one private key opens, and only if it was closed by whoever shares a second key with its owner: HPKE
//! (RFC 9180) PSK mode, X25519-HKDF-SHA256, HKDF-SHA256, ChaCha20Poly1305. `enc32 ‖ ciphertext ‖ tag16`.
//!
//! In base mode everybody who knows the public key could close one. A box that lies where others can write would then
//! open to whatever they put into it.

use crate::{purposes::Receives, secret::Secret};
use alloc::vec::Vec;
use core::marker::PhantomData;
use hpke::{
    Deserializable, OpModeR, OpModeS, PskBundle, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// What sealing adds to the length.
pub const OVERHEAD: usize = ENC + 16;

/// The public half of a key that boxes are sealed to.
#[derive(Debug)]
pub struct BoxAddress<P: Receives> {
    public: [u8; 32],
    purpose: PhantomData<P>,
}

impl<P: Receives> BoxAddress<P> {
    /// The public half of `key`.
    #[must_use]
    pub fn of(key: &Secret<P>) -> Self {
        let private = x25519_dalek::StaticSecret::from(*key.expose());
        Self::from_bytes(x25519_dalek::PublicKey::from(&private).to_bytes())
    }

    /// A public key that was stored.
    #[must_use]
    pub const fn from_bytes(public: [u8; 32]) -> Self {
        Self { public, purpose: PhantomData }
    }

    /// The 32 bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.public
    }
}

/// Seals `plaintext`, as one who has `sender`. `ad` says where the box belongs. A public key that no honest side can have (all-zero result of
/// Diffie-Hellman) is refused, because such a box would open for everybody.
pub fn seal<P: Receives>(
    to: &BoxAddress<P>,
    sender: &Secret<P::Sender>,
    plaintext: &[u8],
    ad: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let to = Public::from_bytes(&to.public).map_err(|_| SealError)?;
    let (enc, ciphertext) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Psk(shared::<P>(sender).ok_or(SealError)?),
        &to,
        P::INFO.as_bytes(),
        plaintext,
        ad,
        rng,
    )
    .map_err(|_| SealError)?;
    let mut out = enc.to_bytes().to_vec();
    out.extend_from_slice(&ciphertext);
    Ok(out)
}

/// Opens a box that was sealed to `key` by one who has `sender`, with the same `ad`.
pub fn open<P: Receives>(
    key: &Secret<P>,
    sender: &Secret<P::Sender>,
    sealed: &[u8],
    ad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (enc, ciphertext) = sealed.split_at_checked(ENC).ok_or(OpenError)?;
    let private = <X25519HkdfSha256 as hpke::Kem>::PrivateKey::from_bytes(key.expose()).map_err(|_| OpenError)?;
    let enc = <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(enc).map_err(|_| OpenError)?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Psk(shared::<P>(sender).ok_or(OpenError)?),
        &private,
        &enc,
        P::INFO.as_bytes(),
        ciphertext,
        ad,
    )
    .map(Zeroizing::new)
    .map_err(|_| OpenError)
}

fn shared<P: Receives>(sender: &Secret<P::Sender>) -> Option<PskBundle<'_>> {
    // Refuses empty ones only, and neither is.
    PskBundle::new(sender.expose(), P::SENDER.as_bytes()).ok()
}

/// The address is not a public key that anybody can have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this public key cannot receive")]
pub struct SealError;

/// Wrong key, wrong place or changed bytes: which one, nobody can tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("does not open with this key")]
pub struct OpenError;

type Public = <X25519HkdfSha256 as hpke::Kem>::PublicKey;

const ENC: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purposes::VaultResetKey;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    #[test]
    fn only_the_right_key_opens_and_only_in_its_place() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let key = Secret::<VaultResetKey>::random(&mut rng);
        let sender = Secret::random(&mut rng);
        let sealed = seal(&BoxAddress::of(&key), &sender, &[5; 32], b"header", &mut rng).unwrap();
        assert_eq!(sealed.len(), 32 + OVERHEAD);
        assert_eq!(**open(&key, &sender, &sealed, b"header").unwrap(), [5; 32]);
        assert_eq!(open(&key, &sender, &sealed, b"other header"), Err(OpenError));
        assert_eq!(open(&Secret::<VaultResetKey>::random(&mut rng), &sender, &sealed, b"header"), Err(OpenError));
    }

    #[test]
    fn a_box_from_somebody_who_knows_only_the_public_key_does_not_open() {
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let (key, sender) = (Secret::<VaultResetKey>::random(&mut rng), Secret::random(&mut rng));
        let address = BoxAddress::of(&key);
        let foreign = seal(&address, &Secret::random(&mut rng), &[5; 32], b"", &mut rng).unwrap();
        assert_eq!(open(&key, &sender, &foreign, b""), Err(OpenError));
        let to = Public::from_bytes(address.as_bytes()).unwrap();
        let (enc, ciphertext) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &to,
            VaultResetKey::INFO.as_bytes(),
            &[5; 32],
            b"",
            &mut rng,
        )
        .unwrap();
        let unsigned = [enc.to_bytes().as_slice(), &ciphertext].concat();
        assert_eq!(open(&key, &sender, &unsigned, b""), Err(OpenError), "base mode is no way around");
    }

    #[test]
    fn every_changed_bit_and_every_truncation_is_refused() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let key = Secret::<VaultResetKey>::random(&mut rng);
        let sender = Secret::random(&mut rng);
        let sealed = seal(&BoxAddress::of(&key), &sender, &[5; 32], b"", &mut rng).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key, &sender, &changed, b"").is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(open(&key, &sender, &sealed[..length], b"").is_err());
        }
    }

    #[test]
    fn public_keys_with_an_all_zero_result_are_refused() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let key = Secret::<VaultResetKey>::random(&mut rng);
        let sender = Secret::random(&mut rng);
        for low_order in crate::LOW_ORDER_POINTS {
            let address = BoxAddress::<VaultResetKey>::from_bytes(low_order);
            assert_eq!(seal(&address, &sender, b"x", b"", &mut rng), Err(SealError));
            let mut sealed = seal(&BoxAddress::of(&key), &sender, b"x", b"", &mut rng).unwrap();
            sealed[..32].copy_from_slice(&low_order);
            assert_eq!(open(&key, &sender, &sealed, b"").unwrap_err(), OpenError);
        }
    }
}
