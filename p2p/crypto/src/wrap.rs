//! Small secrets under a key: XChaCha20-Poly1305, `nonce24 ‖ ciphertext ‖ tag16`.
//!
//! The nonce is random and long enough never to repeat, so one wrapping key serves any number of items.

use crate::{purposes::Wraps, secret::Secret};
use alloc::vec::Vec;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{AeadInOut, inout::InOutBuf},
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// What wrapping adds to the length.
pub const OVERHEAD: usize = NONCE + TAG;

/// Encrypts `plaintext` under `kek`. `ad` says where it belongs: moved to another place it does not open.
#[must_use]
pub fn wrap<P: Wraps>(kek: &Secret<P>, plaintext: &[u8], ad: &[u8], rng: &mut impl CryptoRng) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let mut out = Vec::with_capacity(plaintext.len() + OVERHEAD);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plaintext);
    #[expect(clippy::expect_used, reason = "only 256 GiB of plaintext make this fail")]
    let tag = XChaCha20Poly1305::new(kek.expose().into())
        .encrypt_inout_detached(&nonce.into(), ad, InOutBuf::from(&mut out[NONCE..]))
        .expect("shorter than the cipher's limit");
    out.extend_from_slice(&tag);
    out
}

/// Opens what [`wrap`] made with the same key and the same `ad`.
pub fn unwrap<P: Wraps>(kek: &Secret<P>, wrapped: &[u8], ad: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    let (nonce, rest) = wrapped.split_first_chunk::<NONCE>().ok_or(UnwrapError)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG>().ok_or(UnwrapError)?;
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    XChaCha20Poly1305::new(kek.expose().into())
        .decrypt_inout_detached(nonce.into(), ad, InOutBuf::from(plaintext.as_mut_slice()), tag.into())
        .map_err(|_| UnwrapError)?;
    Ok(plaintext)
}

/// Wrong key, wrong place or changed bytes: which one, nobody can tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("does not open with this key")]
pub struct UnwrapError;

const NONCE: usize = 24;
const TAG: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purposes::{PasswordKek, SessionsKey};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    #[test]
    fn what_was_wrapped_unwraps() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let kek = Secret::<PasswordKek>::random(&mut rng);
        for length in [0, 1, 32, 1000] {
            let plain = alloc::vec![7; length];
            let wrapped = wrap(&kek, &plain, b"here", &mut rng);
            assert_eq!(wrapped.len(), length + OVERHEAD);
            assert_eq!(*unwrap(&kek, &wrapped, b"here").unwrap(), plain);
        }
    }

    #[test]
    fn another_key_another_place_or_any_changed_bit_is_refused() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let kek = Secret::<SessionsKey>::random(&mut rng);
        let wrapped = wrap(&kek, b"thirty-two secret bytes of a key", b"row 1", &mut rng);
        assert_eq!(unwrap(&Secret::<SessionsKey>::random(&mut rng), &wrapped, b"row 1"), Err(UnwrapError));
        assert_eq!(unwrap(&kek, &wrapped, b"row 2"), Err(UnwrapError));
        for bit in 0..wrapped.len() * 8 {
            let mut changed = wrapped.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(unwrap(&kek, &changed, b"row 1"), Err(UnwrapError));
        }
        for length in 0..wrapped.len() {
            assert_eq!(unwrap(&kek, &wrapped[..length], b"row 1"), Err(UnwrapError));
        }
    }
}
