//! What is signed in a recovery. Who asks when, and how long an answer is good, is `nyx-proto`'s.

use crate::{
    account::{self, AccountRootKey, Aid},
    device, hash, labels,
    signature::{self, Verified, VerifyError},
};
use alloc::vec::Vec;
use nyx_wire::{
    codec,
    identity::{
        Body, DeviceCert, OpKeyCert, RECOVERY_STATEMENT_MAX, RecoveryChallenge, RecoveryStatement, Revoke,
        SIGNED_OVERHEAD, Signed, Version,
    },
};

/// Signs the answer to the challenge with this hash, for this verifier, and puts it into the bytes to send.
#[must_use]
pub fn sign(
    ark: &AccountRootKey,
    opkey: &Verified<OpKeyCert>,
    device: &Verified<DeviceCert>,
    challenge: [u8; 32],
    audience: Aid,
) -> Vec<u8> {
    let statement = RecoveryStatement {
        v: Version,
        aid: *ark.aid().as_bytes(),
        ark: ark.public(),
        opkey_cert: opkey.signed().clone(),
        device: device.signed().clone(),
        revoke: Revoke::All,
        challenge,
        audience: *audience.as_bytes(),
    };
    codec::encode(ark.sign_recovery(statement).signed())
}

/// A statement that the owner of an account signed, with everything in it verified. Whether it answers the right
/// question is for the one who asked.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The new generation.
    pub opkey_cert: Verified<OpKeyCert>,
    /// The new device.
    pub device: Verified<DeviceCert>,
    /// Hash of the challenge that it answers.
    pub challenge: [u8; 32],
    /// The verifier for whom it is.
    pub audience: Aid,
}

/// Reads and verifies a statement about the account `aid`.
pub fn verify(aid: Aid, bytes: &[u8]) -> Result<Recovery, VerifyError> {
    let signed: Signed<RecoveryStatement> =
        codec::decode_strict(bytes, RECOVERY_STATEMENT_MAX + SIGNED_OVERHEAD).map_err(|_| VerifyError)?;
    let statement = signature::verify_own(&signed, |statement| statement.ark)?;
    if statement.aid != *aid.as_bytes() {
        return Err(VerifyError);
    }
    Ok(Recovery {
        // Also says that the key by which the statement is signed is the account's.
        opkey_cert: account::verify_opkey_cert(aid, &statement.ark, &statement.opkey_cert)?,
        device: device::verify(aid, &statement.device)?,
        challenge: statement.challenge,
        audience: Aid::from_bytes(statement.audience),
    })
}

/// By what a statement names the challenge: the hash covers its every field, so also what the verifier has seen last.
#[must_use]
pub fn challenge_hash(challenge: &RecoveryChallenge) -> [u8; 32] {
    hash::labelled(labels::HASH_RECOVERY_CHALLENGE, &challenge.to_bytes())
}
