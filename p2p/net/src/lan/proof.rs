//! Showing that one knows the room, to those who know it.
//!
//! Everything is bound to the transport identities, which are fresh for each meeting: nobody who repeats it elsewhere
//! shows anything by it, and two meetings have nothing in common.

use crate::signal::RoomId;
use hmac::{Hmac, KeyInit, Mac};
use libp2p::{
    PeerId,
    identity::{Keypair, PublicKey, ed25519},
};
use nyx_wire::lan::{ANNOUNCE_LABEL, ANSWER_LABEL, Announcement, KNOCK_LABEL, MAC_LEN, NONCE_LEN, Request};
use sha2::Sha256;

/// What is said and believed about one room, by one identity.
pub(super) struct Proofs {
    room: RoomId,
    key: [u8; 32],
    own: PeerId,
}

impl Proofs {
    /// `None` for an identity of another kind than Ed25519.
    pub(super) fn new(room: RoomId, identity: &Keypair) -> Option<Self> {
        let key = identity.public().try_into_ed25519().ok()?.to_bytes();
        Some(Self { room, key, own: identity.public().to_peer_id() })
    }

    pub(super) fn announcement(&self, port: u16) -> Announcement {
        let mac = self.mac(ANNOUNCE_LABEL, &[&self.own.to_bytes(), &port.to_be_bytes()]);
        Announcement { key: self.key, port, mac: mac.finalize().into_bytes().into() }
    }

    /// Who announced itself, if it knows the room and is somebody else.
    pub(super) fn announced(&self, said: &Announcement) -> Option<PeerId> {
        let key = ed25519::PublicKey::try_from_bytes(&said.key).ok()?;
        let peer = PublicKey::from(key).to_peer_id();
        let mac = self.mac(ANNOUNCE_LABEL, &[&peer.to_bytes(), &said.port.to_be_bytes()]);
        (mac.verify_slice(&said.mac).is_ok() && peer != self.own).then_some(peer)
    }

    pub(super) fn knock(&self, at: &PeerId, nonce: [u8; NONCE_LEN]) -> Request {
        let mac = self.mac(KNOCK_LABEL, &[&self.own.to_bytes(), &at.to_bytes(), &nonce]);
        Request::Knock { nonce, mac: mac.finalize().into_bytes().into() }
    }

    pub(super) fn is_knock(&self, from: &PeerId, nonce: &[u8; NONCE_LEN], mac: &[u8; MAC_LEN]) -> bool {
        self.mac(KNOCK_LABEL, &[&from.to_bytes(), &self.own.to_bytes(), nonce]).verify_slice(mac).is_ok()
    }

    pub(super) fn answer(&self, to: &PeerId, nonce: &[u8; NONCE_LEN]) -> [u8; MAC_LEN] {
        self.mac(ANSWER_LABEL, &[&self.own.to_bytes(), &to.to_bytes(), nonce]).finalize().into_bytes().into()
    }

    pub(super) fn is_answer(&self, from: &PeerId, nonce: &[u8; NONCE_LEN], mac: &[u8; MAC_LEN]) -> bool {
        self.mac(ANSWER_LABEL, &[&from.to_bytes(), &self.own.to_bytes(), nonce]).verify_slice(mac).is_ok()
    }

    /// Over `lp(label) ‖ lp(part) ‖ …`, under the room's id; compared in constant time.
    fn mac(&self, label: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.room.0).expect("any length");
        for part in [label].iter().chain(parts) {
            mac.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_wire::lan::Answer;

    fn side(room: u8) -> (Proofs, PeerId) {
        let identity = Keypair::generate_ed25519();
        (Proofs::new(RoomId([room; 16]), &identity).unwrap(), identity.public().to_peer_id())
    }

    #[test]
    fn the_vectors_of_the_specification_are_ours() {
        let page = include_str!("../../../docs/protocol/lan.md");
        let vector = |name: &str| {
            let hex = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = ")).unwrap();
            let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
            (0..hex.len()).step_by(2).map(digit).collect::<Vec<_>>()
        };
        let [(a, a_id), (b, b_id)] = [0x11, 0x12].map(|seed| {
            let identity = Keypair::ed25519_from_bytes([seed; 32]).unwrap();
            (Proofs::new(RoomId([0x31; 16]), &identity).unwrap(), identity.public().to_peer_id())
        });
        assert_eq!((a_id.to_bytes(), b_id.to_bytes()), (vector("id.a"), vector("id.b")));
        assert_eq!(a.announcement(4000).encode(), vector("announcement"));
        assert_eq!(b.knock(&a_id, [0x21; 16]).encode(), vector("knock"));
        assert_eq!(Answer::Knocked(a.answer(&b_id, &[0x21; 16])).encode(), vector("answer"));
    }

    #[test]
    fn only_who_knows_the_room_is_believed_and_only_between_these_two() {
        let ((a, a_id), (b, b_id), (stranger, stranger_id)) = (side(1), side(1), side(2));
        let said = a.announcement(4000);
        assert_eq!(b.announced(&said), Some(a_id));
        assert_eq!(a.announced(&said), None, "oneself is nobody to call");
        assert_eq!(stranger.announced(&said), None);
        assert_eq!(b.announced(&Announcement { port: 4001, ..said.clone() }), None);
        assert_eq!(b.announced(&Announcement { key: stranger.key, ..said }), None);

        let Request::Knock { nonce, mac } = a.knock(&b_id, [7; 16]) else { panic!("a knock") };
        assert!(b.is_knock(&a_id, &nonce, &mac));
        // Carried on by somebody in between, said back, or said again with another nonce.
        assert!(!b.is_knock(&stranger_id, &nonce, &mac));
        assert!(!a.is_knock(&b_id, &nonce, &mac));
        assert!(!b.is_knock(&a_id, &[8; 16], &mac));
        assert!(!stranger.is_knock(&a_id, &nonce, &mac));

        let answer = b.answer(&a_id, &nonce);
        assert!(a.is_answer(&b_id, &nonce, &answer));
        assert!(!a.is_answer(&b_id, &nonce, &mac), "a knock is no answer");
        assert!(!a.is_answer(&stranger_id, &nonce, &answer));
        assert!(!a.is_answer(&b_id, &nonce, &stranger.answer(&a_id, &nonce)));
    }
}
