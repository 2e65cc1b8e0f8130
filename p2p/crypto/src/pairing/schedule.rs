//! From what was agreed to the keys, one type a step.

use super::{
    account::{self, Speaker},
    digits::Digits,
    envelope::Channel,
    hello::promise,
    mac,
    side::{A, B, Side},
};
use crate::{
    account::Aid,
    kdf::derive_from_extracted,
    purposes::{ContactSecret, FileKey, PairingNonce, PairingPrk, ResumeKey},
    secret::Secret,
    signature::VerifyError,
};
use hmac::Mac;
use nyx_wire::pairing::{AccountProof, Confirm, Inside, Sealed};

/// The keys of one side that depend on which side it is.
#[derive(Debug)]
pub struct SideKeys<S: Side> {
    pub(super) seals: Secret<S::Seals>,
    pub(super) opens: Secret<S::Opens>,
    pub(super) confirms: Secret<S::Confirms>,
    pub(super) checks: Secret<S::Checks>,
}

/// Both may have the same keys; nobody has proved it. Nothing that arrives can be opened yet.
#[derive(Debug)]
pub struct Unconfirmed<S: Side + Promised> {
    th: [u8; 32],
    prk: Secret<PairingPrk, 64>,
    confirms: Secret<S::Confirms>,
    checks: Secret<S::Checks>,
    channel: Channel<S>,
    promised: S::Promise,
}

/// What a side knows of the nonce before the other has proved itself: A has it, B its hash.
pub trait Promised: Side {
    /// The nonce or its hash.
    type Promise: core::fmt::Debug;
}

impl Promised for A {
    type Promise = Secret<PairingNonce>;
}

impl Promised for B {
    type Promise = [u8; 32];
}

impl<S: Promised> Unconfirmed<S> {
    pub(super) fn new(th: [u8; 32], prk: Secret<PairingPrk, 64>, promised: S::Promise) -> Self {
        let SideKeys { seals, opens, confirms, checks } = S::keys(&prk);
        Self { th, prk, confirms, checks, channel: Channel::new(seals, opens), promised }
    }

    fn proof(&self) -> [u8; 32] {
        mac(self.confirms.expose(), &[&self.th]).finalize().into_bytes().into()
    }

    fn is_proof(&self, of_the_other: &[u8; 32]) -> bool {
        mac(self.checks.expose(), &[&self.th]).verify_slice(of_the_other).is_ok()
    }

    #[cfg(test)]
    pub(super) const fn transcript(&self) -> &[u8; 32] {
        &self.th
    }

    #[cfg(test)]
    pub(super) const fn prk(&self) -> &Secret<PairingPrk, 64> {
        &self.prk
    }

    fn confirmed(self, nonce: &Secret<PairingNonce>) -> Confirmed<S> {
        Confirmed {
            digits: Digits::from_seed(&derive_from_extracted(&self.prk, nonce.expose())),
            th: self.th,
            prk: self.prk,
            channel: self.channel,
        }
    }
}

impl Unconfirmed<A> {
    /// Takes B's proof; the answer to it is A's own, and the nonce that was promised. A wrong proof ends it: whoever
    /// said the hello has the ticket and not the keys.
    #[must_use]
    pub fn check(self, proof_of_b: &[u8; 32]) -> Option<(Confirmed<A>, Confirm)> {
        if !self.is_proof(proof_of_b) {
            return None;
        }
        let confirm = Confirm { confirm: self.proof(), nonce: *self.promised.expose() };
        let nonce = Secret::from_bytes(confirm.nonce);
        Some((self.confirmed(&nonce), confirm))
    }
}

impl Unconfirmed<B> {
    /// B's proof, to be sent with its hello.
    #[must_use]
    pub fn confirm(&self) -> [u8; 32] {
        self.proof()
    }

    /// Seals something to be sent with the hello: only who has the keys can read it.
    pub fn seal(&mut self, inside: &Inside) -> Option<Sealed> {
        self.channel.seal(inside)
    }

    /// Takes A's proof and nonce, or stays as it is: anybody on the way can send a wrong one.
    #[expect(clippy::result_large_err, reason = "the state goes back to where it came from")]
    pub fn check(self, confirm: &Confirm) -> Result<Confirmed<B>, Self> {
        let nonce = Secret::from_bytes(confirm.nonce);
        if self.is_proof(&confirm.confirm) && promise(&nonce) == self.promised {
            Ok(self.confirmed(&nonce))
        } else {
            Err(self)
        }
    }
}

/// Both have the same keys. Whether they are the two that their people mean, the digits will say.
#[derive(Debug)]
pub struct Confirmed<S: Side> {
    th: [u8; 32],
    prk: Secret<PairingPrk, 64>,
    channel: Channel<S>,
    digits: Digits,
}

impl<S: Side> Confirmed<S> {
    /// To talk to the other side.
    pub const fn channel(&mut self) -> &mut Channel<S> {
        &mut self.channel
    }

    /// The six digits, to be shown.
    #[must_use]
    pub const fn digits(&self) -> &Digits {
        &self.digits
    }

    /// Speaks for an account in this meeting.
    #[must_use]
    pub fn prove_account(&self, speaker: &Speaker<'_>) -> AccountProof {
        account::prove::<S>(&self.th, speaker)
    }

    /// The account for which the other side speaks in this meeting.
    pub fn verify_account(&self, proof: &AccountProof) -> Result<Aid, VerifyError> {
        account::verify::<S>(&self.th, proof)
    }

    /// One try: what was typed on the side that holds the secrets against what the other side shows. The keys of the
    /// transfer exist from here on, or never.
    pub fn try_digits(self, typed: &Digits) -> Result<Proven<S>, WrongDigits<S>> {
        if self.digits == *typed { Ok(self.proven()) } else { Err(WrongDigits(self.channel)) }
    }

    /// The other side, which holds the secrets, says that the digits were right. Only for the side that receives: it has
    /// nothing to lose but its patience.
    #[must_use]
    pub fn matched(self) -> Proven<S> {
        self.proven()
    }

    /// Two who become contacts compare the digits now or later.
    #[must_use]
    pub fn introduce(self) -> Introduced<S> {
        Introduced {
            contact: derive_from_extracted(&self.prk, &[]),
            th: self.th,
            channel: self.channel,
            digits: self.digits,
        }
    }

    /// Two who have met before and found each other again by what they kept: nothing of this meeting lasts but a way to
    /// talk.
    #[must_use]
    pub fn into_channel(self) -> Channel<S> {
        self.channel
    }

    fn proven(self) -> Proven<S> {
        Proven {
            file: derive_from_extracted(&self.prk, &[]),
            resume: derive_from_extracted(&self.prk, &[]),
            th: self.th,
            channel: self.channel,
        }
    }
}

/// The digits were wrong: what is left can say so and nothing else.
#[derive(Debug)]
pub struct WrongDigits<S: Side>(pub Channel<S>);

/// The two that their people mean.
#[derive(Debug)]
pub struct Proven<S: Side> {
    /// Key of the transfer.
    pub file: Secret<FileKey>,
    /// Authenticates those who resume it.
    pub resume: Secret<ResumeKey>,
    /// Hash of everything by which the two came to agree.
    pub th: [u8; 32],
    /// To talk to the other side.
    pub channel: Channel<S>,
}

impl<S: Side> Proven<S> {
    /// Speaks for an account in this meeting.
    #[must_use]
    pub fn prove_account(&self, speaker: &Speaker<'_>) -> AccountProof {
        account::prove::<S>(&self.th, speaker)
    }
}

/// Two who have each other's word and not yet their people's.
#[derive(Debug)]
pub struct Introduced<S: Side> {
    /// What both keep, to find each other again.
    pub contact: Secret<ContactSecret>,
    /// Hash of everything by which the two came to agree.
    pub th: [u8; 32],
    /// To talk to the other side.
    pub channel: Channel<S>,
    /// To be compared, now or later.
    pub digits: Digits,
}
