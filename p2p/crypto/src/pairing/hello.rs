//! The two hellos and what is made of them.

use super::{
    hashed, mac,
    schedule::Unconfirmed,
    side::{A, B},
};
use crate::{
    agreement,
    hash::lp,
    kdf::{derive, extract},
    labels,
    purposes::{PairingAgreementKey, PairingKemSeed, PairingNonce, PairingPrk, PairingSecret, ReplyMacKey},
    secret::Secret,
};
use alloc::vec::Vec;
use core::fmt;
use hmac::Mac;
use ml_kem::{
    EncapsulationKey768,
    kem::{Decapsulate, Encapsulate, KeyExport},
    ml_kem_768,
};
use nyx_wire::{
    identity::{Body, Version},
    pairing::{HelloA, HelloB, Kind, Reply, Ticket, typed_context},
    signal::Number,
};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// What stands at the beginning of the transcript: how the two came to meet, in all its bytes. A ticket whose hints were
/// changed on the way is another ticket.
pub struct Context(Zeroizing<Vec<u8>>);

impl Context {
    /// A ticket was scanned.
    #[must_use]
    pub fn ticket(ticket: &Ticket) -> Self {
        Self::of(&[&ticket.to_bytes()])
    }

    /// A code was typed.
    #[must_use]
    pub fn typed(kind: Kind, number: Number) -> Self {
        Self::of(&[&typed_context(kind, number)])
    }

    /// Two codes were carried by hand: their exact bytes.
    #[must_use]
    pub fn by_hand(code_one: &[u8], code_two: &[u8]) -> Self {
        Self::of(&[code_one, code_two])
    }

    /// The two have met before, for this move.
    pub(crate) fn meeting_again(label: &str, transfer: &[u8; 16]) -> Self {
        Self::of(&[label.as_bytes(), transfer])
    }

    fn of(parts: &[&[u8]]) -> Self {
        let length = parts.iter().map(|part| part.len() + 4).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        for part in parts {
            lp(part, |piece| bytes.extend_from_slice(piece));
        }
        Self(bytes)
    }

    fn transcript(&self, hello_a: &[u8], hello_b: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(&*self.0);
        lp(hello_a, |bytes| hash.update(bytes));
        lp(hello_b, |bytes| hash.update(bytes));
        hash.finalize().into()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context(redacted)")
    }
}

/// By what a ticket names the hello of the side that shows it.
#[must_use]
pub fn commitment(hello_a: &[u8]) -> [u8; 16] {
    let [first @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = hashed(labels::PAIR_COMMITMENT, hello_a);
    first
}

/// Why a hello leads nowhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HelloError {
    /// Nobody who has the ticket said this: to be ignored.
    #[error("not from somebody who has the ticket")]
    Stranger,
    /// Somebody who has the ticket said it, and it is no honest hello.
    #[error("not a hello to agree with")]
    Dishonest,
}

/// The keys of the side that shows the code, all for this one meeting.
#[derive(Debug)]
pub struct HelloKeys {
    e: Secret<PairingAgreementKey>,
    kem: Secret<PairingKemSeed, 64>,
    nonce: Secret<PairingNonce>,
    hello: Vec<u8>,
}

impl HelloKeys {
    /// Fresh keys.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (e, kem, nonce) = (Secret::random(rng), Secret::<PairingKemSeed, 64>::random(rng), Secret::random(rng));
        let hello = HelloA {
            v: Version,
            e: agreement::public(&e),
            ek: decapsulation_key(&kem).encapsulation_key().to_bytes().into(),
            promise: promise(&nonce),
        };
        Self { e, kem, nonce, hello: hello.to_bytes() }
    }

    /// The hello, to be said on every carrier.
    #[must_use]
    pub fn hello(&self) -> &[u8] {
        &self.hello
    }

    /// By what a ticket names it.
    #[must_use]
    pub fn commitment(&self) -> [u8; 16] {
        commitment(&self.hello)
    }

    /// Agrees with the other's hello. One call for one pair of keys: whoever could make several agree with the same keys
    /// could make several guesses at a typed code.
    pub fn agree(
        self,
        secret: &Secret<PairingSecret>,
        context: &Context,
        reply: &Reply,
    ) -> Result<Unconfirmed<A>, HelloError> {
        let hello = HelloGuard::new(secret, &self.hello).admit(reply).ok_or(HelloError::Stranger)?;
        let shared = agreement::agree(&self.e, &hello.e).map_err(|_| HelloError::Dishonest)?;
        let mut kem = decapsulation_key(&self.kem).decapsulate(&hello.ct.into());
        let th = context.transcript(&self.hello, &reply.hello);
        let prk = agreed(&th, shared.expose(), kem.as_slice(), secret);
        kem.as_mut_slice().zeroize();
        Ok(Unconfirmed::new(th, prk, self.nonce))
    }
}

/// Tells answers of those who have the ticket from strangers', and from those that were changed on the way, before anything
/// is spent on them.
#[derive(Debug)]
pub struct HelloGuard {
    key: Secret<ReplyMacKey>,
    hello_a: Vec<u8>,
}

impl HelloGuard {
    /// For one meeting.
    #[must_use]
    pub fn new(secret: &Secret<PairingSecret>, hello_a: &[u8]) -> Self {
        Self { key: derive(secret), hello_a: hello_a.to_vec() }
    }

    /// The hello in an answer, if somebody who has the ticket said all of it in answer to this one.
    #[must_use]
    pub fn admit(&self, reply: &Reply) -> Option<HelloB> {
        mac(self.key.expose(), &[&self.hello_a, &reply.covered()]).verify_slice(&reply.mac).ok()?;
        HelloB::parse(&reply.hello).ok()
    }

    /// Says an answer as one who has the ticket.
    #[must_use]
    pub fn sign(&self, reply: Reply) -> Reply {
        let mac = mac(self.key.expose(), &[&self.hello_a, &reply.covered()]).finalize().into_bytes().into();
        Reply { mac, ..reply }
    }
}

/// The key of the side that scans, for this one meeting.
#[derive(Debug)]
pub struct AnswerKeys {
    e: Secret<PairingAgreementKey>,
}

impl AnswerKeys {
    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self { e: Secret::random(rng) }
    }

    /// The public half, for a code that is carried by hand.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        agreement::public(&self.e)
    }

    /// Answers the other's hello, whose commitment was checked where there is one. A fresh ciphertext each time, so one
    /// call for one key.
    pub fn answer(
        self,
        secret: &Secret<PairingSecret>,
        context: &Context,
        hello_a: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(HelloB, Unconfirmed<B>), HelloError> {
        let hello = HelloA::parse(hello_a).map_err(|_| HelloError::Stranger)?;
        let shared = agreement::agree(&self.e, &hello.e).map_err(|_| HelloError::Dishonest)?;
        let ek = EncapsulationKey768::new(&hello.ek.into()).map_err(|_| HelloError::Dishonest)?;
        let (ct, mut kem) = ek.encapsulate_with_rng(rng);
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let answer = HelloB { v: Version, e: self.public(), ct: ct.into(), nonce };
        let th = context.transcript(hello_a, &answer.to_bytes());
        let prk = agreed(&th, shared.expose(), kem.as_slice(), secret);
        kem.as_mut_slice().zeroize();
        Ok((answer, Unconfirmed::new(th, prk, hello.promise)))
    }
}

/// The hash that stands in a hello in place of the nonce.
pub(super) fn promise(nonce: &Secret<PairingNonce>) -> [u8; 32] {
    hashed(labels::PAIR_PROMISE, nonce.expose())
}

/// Three secrets, each of its fixed length, under the hash of everything that was said.
fn agreed(th: &[u8; 32], shared: &[u8; 32], kem: &[u8], secret: &Secret<PairingSecret>) -> Secret<PairingPrk, 64> {
    let mut all = Zeroizing::new([0; 96]);
    all[..32].copy_from_slice(shared);
    all[32..64].copy_from_slice(kem);
    all[64..].copy_from_slice(secret.expose());
    extract(th, all.as_slice())
}

fn decapsulation_key(seed: &Secret<PairingKemSeed, 64>) -> ml_kem_768::DecapsulationKey {
    let mut seed = (*seed.expose()).into();
    let key = ml_kem_768::DecapsulationKey::from_seed(seed);
    seed.as_mut_slice().zeroize();
    key
}
