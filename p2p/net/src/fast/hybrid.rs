//! The key exchange of QUIC: X25519 and ML-KEM-768 together (draft-ietf-tls-ecdhe-mlkem), so that what is recorded today stays
//! closed to whoever has a quantum computer later, and to whoever breaks ML-KEM.
//!
//! rustls has it only with another provider, which would be a second one beside ring. Both halves are somebody else's; here they are
//! put one behind the other, which is all that the document asks for.

use getrandom::SysRng;
use ml_kem::{
    EncapsulationKey768, Seed,
    kem::{Decapsulate, Encapsulate, KeyExport},
    ml_kem_768::DecapsulationKey,
};
use rand_core::UnwrapErr;
use rustls::{
    Error, NamedGroup, PeerMisbehaved, ProtocolVersion,
    crypto::{ActiveKeyExchange, CompletedKeyExchange, SharedSecret, SupportedKxGroup, ring::kx_group::X25519},
    ffdhe_groups::FfdheGroup,
};
use zeroize::Zeroize;

/// The group that both sides of a link offer, and the only one.
#[derive(Debug)]
pub(super) struct X25519MlKem768;

struct Started {
    x25519: Box<dyn ActiveKeyExchange>,
    kem: DecapsulationKey,
    share: Vec<u8>,
}

impl SupportedKxGroup for X25519MlKem768 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let x25519 = X25519.start()?;
        let mut seed = Seed::default();
        getrandom::fill(&mut seed).map_err(|_| Error::FailedToGetRandomBytes)?;
        let kem = DecapsulationKey::from_seed(seed);
        seed.as_mut_slice().zeroize();
        let share = [kem.encapsulation_key().to_bytes().as_slice(), x25519.pub_key()].concat();
        Ok(Box::new(Started { x25519, kem, share }))
    }

    fn start_and_complete(&self, client_share: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let (ek, public) = split::<ENCAPSULATION_KEY>(client_share)?;
        let ek = EncapsulationKey768::new(&(*ek).into()).map_err(|_| INVALID)?;
        let x25519 = X25519.start_and_complete(public)?;
        let (ciphertext, mut kem) = ek.encapsulate_with_rng(&mut UnwrapErr(SysRng));
        let secret = both(kem.as_mut_slice(), &x25519.secret);
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key: [ciphertext.as_slice(), &x25519.pub_key].concat(),
            secret,
        })
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

impl ActiveKeyExchange for Started {
    fn complete(self: Box<Self>, server_share: &[u8]) -> Result<SharedSecret, Error> {
        let (ciphertext, public) = split::<CIPHERTEXT>(server_share)?;
        let x25519 = self.x25519.complete(public)?;
        let mut kem = self.kem.decapsulate(&(*ciphertext).into());
        Ok(both(kem.as_mut_slice(), &x25519))
    }

    fn pub_key(&self) -> &[u8] {
        &self.share
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}

/// The half of ML-KEM stands first in a share, and in the secret.
fn split<const KEM: usize>(share: &[u8]) -> Result<(&[u8; KEM], &[u8]), Error> {
    share.split_first_chunk().filter(|(_, public)| public.len() == PUBLIC).ok_or(INVALID)
}

/// Nothing is left of the half of ML-KEM; the other half wipes itself, as the whole does.
fn both(kem: &mut [u8], x25519: &SharedSecret) -> SharedSecret {
    let both = SharedSecret::from([&*kem, x25519.secret_bytes()].concat());
    kem.zeroize();
    both
}

const ENCAPSULATION_KEY: usize = 1184;
const CIPHERTEXT: usize = 1088;
const PUBLIC: usize = 32;
const INVALID: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_come_to_the_same_secret_of_two_halves() {
        let client = X25519MlKem768.start().unwrap();
        assert_eq!(client.pub_key().len(), ENCAPSULATION_KEY + PUBLIC);
        let server = X25519MlKem768.start_and_complete(client.pub_key()).unwrap();
        assert_eq!(server.pub_key.len(), CIPHERTEXT + PUBLIC);
        let secret = client.complete(&server.pub_key).unwrap();
        assert_eq!(secret.secret_bytes(), server.secret.secret_bytes());
        assert_eq!(secret.secret_bytes().len(), 64);
    }

    #[test]
    fn nothing_is_left_of_a_half() {
        let x25519 = SharedSecret::from(&[2; 32][..]);
        let mut kem = [1; 32];
        assert_eq!(both(&mut kem, &x25519).secret_bytes(), [[1; 32], [2; 32]].concat());
        assert_eq!(kem, [0; 32]);
    }

    #[test]
    fn each_half_matters() {
        for at in [0, CIPHERTEXT] {
            let client = X25519MlKem768.start().unwrap();
            let server = X25519MlKem768.start_and_complete(client.pub_key()).unwrap();
            let mut share = server.pub_key.clone();
            share[at] ^= 1;
            let secret = client.complete(&share).unwrap();
            assert_ne!(secret.secret_bytes(), server.secret.secret_bytes(), "{at}");
        }
    }

    #[test]
    fn shares_that_are_none_are_refused() {
        let share = X25519MlKem768.start().unwrap().pub_key().to_vec();
        for bad in [&share[..share.len() - 1], &[&share[..], &[0]].concat(), &[]] {
            assert!(X25519MlKem768.start_and_complete(bad).is_err());
            assert!(X25519MlKem768.start().unwrap().complete(bad).is_err());
        }
        // An encapsulation key whose numbers are out of range (FIPS 203, 7.2), and a public key of order one.
        assert!(
            X25519MlKem768
                .start_and_complete(&[&[0xFF; ENCAPSULATION_KEY][..], &share[ENCAPSULATION_KEY..]].concat())
                .is_err()
        );
        assert!(X25519MlKem768.start_and_complete(&[&share[..ENCAPSULATION_KEY], &[0; PUBLIC]].concat()).is_err());
    }
}
