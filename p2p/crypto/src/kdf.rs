//! From a secret to the keys made of it: HKDF-SHA512 between keys, Argon2id from a password.

mod password;

pub use password::{Password, PasswordError, PasswordParams, password_key};

use crate::{
    purposes::{Derives, Purpose},
    secret::Secret,
};
use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroize;

/// The key for the purpose `To` made of a key for the purpose `From`: HKDF-SHA512 with an empty salt; the label comes
/// with the pair of purposes, so that no caller can pick a wrong one.
#[must_use]
pub fn derive<From, To, const M: usize>(from: &Secret<From>) -> Secret<To, M>
where
    From: Derives<To>,
    To: Purpose,
{
    derive_for(from, &[])
}

/// As [`derive`], for one of many things that have a key each; `more`, which follows the label, says which.
#[must_use]
pub(crate) fn derive_for<From, To, const M: usize>(from: &Secret<From>, more: &[u8]) -> Secret<To, M>
where
    From: Derives<To>,
    To: Purpose,
{
    expanded(&extracted(None, from.expose()), From::LABEL, more)
}

/// The key for the purpose `To` made of something that is already the output of HKDF-Extract. That is longer than what
/// [`derive`] takes, so there is no second, different way to make a key of it. `more` follows the label.
#[must_use]
pub(crate) fn derive_from_extracted<From, To, const M: usize>(prk: &Secret<From, 64>, more: &[u8]) -> Secret<To, M>
where
    From: Derives<To>,
    To: Purpose,
{
    expanded(&from_prk(prk.expose()), From::LABEL, more)
}

/// HKDF-Extract-SHA512, kept.
#[must_use]
pub(crate) fn extract<To: Purpose>(salt: &[u8], secret: &[u8]) -> Secret<To, 64> {
    let (mut prk, _) = Hkdf::<Sha512>::extract(Some(salt), secret);
    let kept = Secret::filled(|place| place.copy_from_slice(&prk));
    prk.as_mut_slice().zeroize();
    kept
}

fn expanded<To: Purpose, const M: usize>(hkdf: &Hkdf<Sha512>, label: &str, more: &[u8]) -> Secret<To, M> {
    const { assert!(M <= 255 * 64) };
    Secret::filled(|key| {
        #[expect(clippy::expect_used, reason = "the length was checked when this was compiled")]
        hkdf.expand_multi_info(&[label.as_bytes(), more], key).expect("no longer than HKDF can give");
    })
}

/// HKDF-Extract. The crate below hands the extracted key out beside its state and forgets it; here it is wiped.
fn extracted(salt: Option<&[u8]>, secret: &[u8]) -> Hkdf<Sha512> {
    let (mut prk, hkdf) = Hkdf::extract(salt, secret);
    prk.as_mut_slice().zeroize();
    hkdf
}

fn from_prk(prk: &[u8; 64]) -> Hkdf<Sha512> {
    #[expect(clippy::expect_used, reason = "64 bytes are the output size of SHA-512")]
    Hkdf::from_prk(prk).expect("as long as the hash")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purposes::{BlobsKey, DatabaseKey, MasterKey, OutboxKey, SessionsKey};

    #[test]
    fn each_purpose_gets_a_key_of_its_own() {
        let master = Secret::<MasterKey>::from_bytes([1; 32]);
        let keys = [
            *derive::<_, DatabaseKey, 32>(&master).expose(),
            *derive::<_, BlobsKey, 32>(&master).expose(),
            *derive::<_, SessionsKey, 32>(&master).expose(),
            *derive::<_, OutboxKey, 32>(&master).expose(),
            *master.expose(),
        ];
        for (place, key) in keys.iter().enumerate() {
            assert!(keys[place + 1..].iter().all(|other| other != key));
        }
    }
}
