//! Whose account it is. A name and four words are what a person recognises; this is what proves it.

use super::side::Side;
use crate::{
    account::{self, Aid, OperatingKey},
    labels,
    signature::{self, Verified, VerifyError},
};
use alloc::vec::Vec;
use nyx_wire::{identity::OpKeyCert, pairing::AccountProof};

/// What it takes to speak for an account.
#[derive(Clone, Copy, Debug)]
pub struct Speaker<'a> {
    /// Public half of the account root key.
    pub ark: [u8; 32],
    /// What the root key says about the operating key.
    pub cert: &'a Verified<OpKeyCert>,
    /// The operating key.
    pub opkey: &'a OperatingKey,
}

impl Speaker<'_> {
    /// The account.
    #[must_use]
    pub fn aid(&self) -> Aid {
        Aid::of(&self.ark)
    }
}

/// Signs this meeting as the side `S`: passed on to another meeting, or thrown back, it proves nothing.
pub(super) fn prove<S: Side>(th: &[u8; 32], speaker: &Speaker<'_>) -> AccountProof {
    AccountProof {
        ark: speaker.ark,
        opkey_cert: speaker.cert.signed().clone(),
        signature: speaker.opkey.sign(labels::PAIR_SIGN_ACCOUNT, &body(th, S::OWN)),
    }
}

/// The account for which the other side speaks.
pub(super) fn verify<S: Side>(th: &[u8; 32], proof: &AccountProof) -> Result<Aid, VerifyError> {
    let aid = Aid::of(&proof.ark);
    let cert = account::verify_opkey_cert(aid, &proof.ark, &proof.opkey_cert)?;
    let message = signature::message(labels::PAIR_SIGN_ACCOUNT, &body(th, S::OTHER));
    if signature::is_signed(&cert.opkey, &message, &proof.signature) { Ok(aid) } else { Err(VerifyError) }
}

fn body(th: &[u8; 32], side: u8) -> Vec<u8> {
    [&th[..], &[side]].concat()
}
