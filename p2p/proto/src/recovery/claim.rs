//! The side that has the phrase.

use super::Refused;
use alloc::vec::Vec;
use nyx_crypto::{
    account::{AccountRootKey, Aid, OperatingKey, next_generation, verify_opkey_cert},
    recovery,
    signature::Verified,
};
use nyx_wire::identity::{Body, DeviceCert, OpKeyCert, RecoveryChallenge};

/// Ready to answer one challenge of one contact. The root key is borrowed: it goes when the phrase goes.
#[derive(Debug)]
pub struct Claim<'a> {
    ark: &'a AccountRootKey,
    opkey: &'a OperatingKey,
    cert: &'a Verified<OpKeyCert>,
    device: &'a Verified<DeviceCert>,
    verifier: Aid,
}

/// What to send, and what stands now.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The statement, for the contact.
    pub statement: Vec<u8>,
    /// The certificate in it. If its generation is higher than before, the next claims and the device list go on from
    /// this one.
    pub opkey_cert: Verified<OpKeyCert>,
}

impl<'a> Claim<'a> {
    /// `cert` is the new generation that the recovery began with (or the last [`Claimed::opkey_cert`]), `verifier` the
    /// contact that this device believes it is talking to.
    #[must_use]
    pub const fn new(
        ark: &'a AccountRootKey,
        opkey: &'a OperatingKey,
        cert: &'a Verified<OpKeyCert>,
        device: &'a Verified<DeviceCert>,
        verifier: Aid,
    ) -> Self {
        Self { ark, opkey, cert, device, verifier }
    }

    /// Answers the challenge. A challenge for another audience is refused: a contact could otherwise pass on the
    /// challenge of a third and speak there in this account's name.
    pub fn handle_challenge(self, challenge: &[u8], unix_secs: u64) -> Result<Claimed, Refused> {
        let challenge = RecoveryChallenge::parse(challenge).map_err(|_| Refused)?;
        let aid = self.ark.aid();
        if challenge.aid != *aid.as_bytes() || challenge.audience != *self.verifier.as_bytes() {
            return Err(Refused);
        }
        // What the verifier claims to have seen was signed by this account, or it could name the highest generation
        // there is and so use up all of them.
        let seen = verify_opkey_cert(aid, &self.ark.public(), &challenge.opkey_cert).map_err(|_| Refused)?;
        let opkey_cert = if self.cert.generation > seen.generation {
            self.cert.clone()
        } else {
            let generation = next_generation(self.cert.generation, seen.generation, unix_secs).map_err(|_| Refused)?;
            self.ark.certify(self.opkey, generation).map_err(|_| Refused)?
        };
        let hash = recovery::challenge_hash(&challenge);
        let statement = recovery::sign(self.ark, &opkey_cert, self.device, hash, self.verifier);
        Ok(Claimed { statement, opkey_cert })
    }
}
