//! The first word of a connection, which only the other device can say.
//!
//! A server of QUIC begins a handshake with whoever sends a first packet, and for UDP that is whoever can write the peer's address
//! on an envelope. The client chooses the connection identifier in that packet, so ours is made of a secret that both have from
//! the sealed descriptions. A packet without it costs one hash and gets no answer.

use hmac::{Hmac, KeyInit, Mac};
use nyx_wire::link::{FAST_LABEL, IceCredentials};
use quinn::ConnectionId;
use sha2::Sha256;

/// What both devices know of the connections to come.
#[derive(Clone)]
pub(crate) struct Knock(Hmac<Sha256>);

impl Knock {
    /// From the credentials in the first offer and its answer. Those of a restart don't change it: the two sides do not
    /// see one at the same moment.
    pub(crate) fn new(offer: &IceCredentials, answer: &IceCredentials) -> Self {
        // No credential has a colon in it.
        let key = [offer.password(), ":", answer.password()].concat();
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::new_from_slice(key.as_bytes()).expect("any length");
        mac.update(FAST_LABEL);
        Self(mac)
    }

    /// The identifier of an attempt. Each is used once.
    pub(super) fn connection_id(&self, attempt: u32) -> ConnectionId {
        let mut id = [0; ATTEMPT + PROOF];
        let (number, proof) = id.split_at_mut(ATTEMPT);
        number.copy_from_slice(&attempt.to_be_bytes());
        proof.copy_from_slice(&self.mac(number).finalize().into_bytes()[..PROOF]);
        ConnectionId::new(&id)
    }

    /// Which attempt it is, if the other device says it.
    pub(super) fn attempt(&self, id: &[u8]) -> Option<u32> {
        let (number, proof) = id.split_first_chunk::<ATTEMPT>()?;
        (proof.len() == PROOF && self.mac(number).verify_truncated_left(proof).is_ok())
            .then(|| u32::from_be_bytes(*number))
    }

    fn mac(&self, number: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(number)
    }
}

/// A connection identifier of QUIC has at most 20 bytes.
const ATTEMPT: usize = 4;
const PROOF: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn knock(offer: &str, answer: &str) -> Knock {
        let of = |password| IceCredentials::new("abcd", password).unwrap();
        Knock::new(&of(offer), &of(answer))
    }

    #[test]
    fn only_who_has_both_descriptions_is_let_in() {
        let ours = knock("0123456789abcdefghijkl", "mnopqrstuvwxyz01234567");
        let id = ours.connection_id(7);
        assert_eq!(ours.attempt(&id), Some(7));
        assert_eq!(knock("0123456789abcdefghijkl", "mnopqrstuvwxyz01234568").attempt(&id), None);
        assert_eq!(knock("mnopqrstuvwxyz01234567", "0123456789abcdefghijkl").attempt(&id), None);
        for at in 0..id.len() {
            let mut changed = id.to_vec();
            changed[at] ^= 1;
            assert_eq!(ours.attempt(&changed), None, "{at}");
        }
        for short in 0..id.len() {
            assert_eq!(ours.attempt(&id[..short]), None);
        }
    }

    /// The vector of `p2p/docs/protocol/link.md`.
    #[test]
    fn the_vector_of_the_specification() {
        let id = knock("0123456789abcdefghijkl", "mnopqrstuvwxyz01234567").connection_id(1);
        let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "000000015788206bd62f5e8b2b77a027a2768699");
    }
}
