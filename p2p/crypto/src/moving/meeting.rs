//! How the two meet again: the handshake of pairing, with a secret that only they have in place of a code's. No digits:
//! what they were for is what the secret stands for.

use crate::{
    kdf::derive,
    labels,
    pairing::{Context, HelloKeys, mac},
    purposes::{MeetMacKey, PairingSecret, ResumeKey},
    secret::Secret,
};
use hmac::Mac;
use nyx_wire::pairing::ResumeHello;

/// What stands in place of a code's secret. The room is made of it too.
#[must_use]
pub fn meeting_secret(resume: &Secret<ResumeKey>) -> Secret<PairingSecret> {
    derive(resume)
}

/// What stands at the beginning of the transcript.
#[must_use]
pub fn meeting_context(transfer: &[u8; 16]) -> Context {
    Context::meeting_again(labels::MOVE_MEET, transfer)
}

/// A's hello, with the MAC that gets it an answer.
#[must_use]
pub fn greet(resume: &Secret<ResumeKey>, transfer: &[u8; 16], keys: &HelloKeys) -> ResumeHello {
    let key = derive::<_, MeetMacKey, 32>(resume);
    let mac = mac(key.expose(), &[transfer, keys.hello()]).finalize().into_bytes().into();
    ResumeHello { hello: keys.hello().to_vec().into(), mac }
}

/// Whether somebody who has the secret said this hello.
#[must_use]
pub fn is_greeting(resume: &Secret<ResumeKey>, transfer: &[u8; 16], hello: &ResumeHello) -> bool {
    let key = derive::<_, MeetMacKey, 32>(resume);
    mac(key.expose(), &[transfer, &hello.hello]).verify_slice(&hello.mac).is_ok()
}
