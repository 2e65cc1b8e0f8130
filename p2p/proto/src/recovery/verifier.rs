//! The side that has to be convinced.

use super::Refused;
use crate::limits::RECOVERY_CHALLENGE_MS;
use alloc::vec::Vec;
use nyx_crypto::{
    account::Aid,
    device_list::{Head, Pin},
    recovery,
    signature::Verified,
};
use nyx_wire::identity::{Body, DeviceCert, OpKeyCert, RecoveryChallenge, Version};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

/// Knows an account and can ask whoever claims to have recovered it.
#[derive(Clone, Debug)]
pub struct Verifier {
    pin: Pin,
    opkey_cert: Verified<OpKeyCert>,
    audience: Aid,
}

/// Has asked, and takes one answer.
#[derive(Debug)]
pub struct Challenged {
    pin: Pin,
    audience: Aid,
    challenge: [u8; 32],
    asked_at_ms: u64,
}

/// Is convinced: store the pin, drop every session with the account's earlier devices, and show it.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// To be remembered from now on.
    pub pin: Pin,
    /// The new generation.
    pub opkey_cert: Verified<OpKeyCert>,
    /// The device to talk to from now on.
    pub device: Verified<DeviceCert>,
}

impl Verifier {
    /// `pin` and `opkey_cert` are what is known of the account, `audience` is the verifier's own account.
    pub fn new(pin: Pin, opkey_cert: Verified<OpKeyCert>, audience: Aid) -> Result<Self, Refused> {
        let known = Pin::recovered(&opkey_cert);
        if (Pin { head: None, ..pin }) == known { Ok(Self { pin, opkey_cert, audience }) } else { Err(Refused) }
    }

    /// Asks. `now_ms` is monotonic: a person who sets the clock back must not bring a challenge back to life. Held in
    /// memory only, so a restart ends it too.
    #[must_use]
    pub fn challenge(self, now_ms: u64, rng: &mut impl CryptoRng) -> (Challenged, Vec<u8>) {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let head = self.pin.head.unwrap_or(Head { epoch: 0, hash: [0; 32] });
        let challenge = RecoveryChallenge {
            v: Version,
            aid: *self.pin.aid.as_bytes(),
            audience: *self.audience.as_bytes(),
            nonce,
            opkey_cert: self.opkey_cert.signed().clone(),
            epoch: head.epoch,
            list_hash: head.hash,
        };
        let asked = Challenged {
            pin: self.pin,
            audience: self.audience,
            challenge: recovery::challenge_hash(&challenge),
            asked_at_ms: now_ms,
        };
        (asked, challenge.to_bytes())
    }
}

impl Challenged {
    /// Takes the one answer. Whatever comes of it, the challenge is used up. `stored` is the pin as it is remembered now,
    /// read in the transaction that will store the new one: since the question was asked the account may have come back by
    /// another way, and what is lower than that must not replace it.
    pub fn handle_statement(self, statement: &[u8], stored: &Pin, now_ms: u64) -> Result<Recovered, Refused> {
        // A late answer costs as much time as one in time: how old a challenge is, cannot be measured from outside.
        let in_time = now_ms.checked_sub(self.asked_at_ms).is_some_and(|age| age < RECOVERY_CHALLENGE_MS);
        let said = recovery::verify(self.pin.aid, statement).map_err(|_| Refused)?;
        let answers = bool::from(said.challenge.ct_eq(&self.challenge)) && said.audience == self.audience;
        let known = self.pin.generation.max(stored.generation);
        if in_time && answers && stored.aid == self.pin.aid && said.opkey_cert.generation > known {
            let pin = Pin::recovered(&said.opkey_cert);
            Ok(Recovered { pin, opkey_cert: said.opkey_cert, device: said.device })
        } else {
            Err(Refused)
        }
    }
}
