//! What two devices tell each other so that a direct link can come about: `p2p/docs/protocol/link.md`.
//!
//! It is what matters of an SDP offer or answer and nothing else. Each side writes the SDP that its own WebRTC stack
//! wants from these values, so that no text of a stranger is ever parsed, and a whole description fits into a code.
//! It travels sealed; the fingerprint in it is what the DTLS handshake is held to.

use crate::codec::{self, DecodeError};
use alloc::{string::String, vec::Vec};
use core::{fmt, net::IpAddr};
use minicbor::{Decode, Encode};

/// A machine with a dozen interfaces and both families of addresses stays below; more would only cost checks.
pub const MAX_CANDIDATES: usize = 32;
/// RFC 8445 §5.3 wants at least 24 bits in a user name fragment and 128 in a password.
pub const MIN_UFRAG: usize = 4;
/// See [`MIN_UFRAG`].
pub const MIN_PASSWORD: usize = 22;
/// Stacks in use write up to 32; the RFC allows 256.
pub const MAX_CREDENTIAL: usize = 64;
/// All candidates at their longest, the credentials, and what stands around them.
pub const MAX_DESCRIPTION: usize = MAX_CANDIDATES * 40 + 2 * MAX_CREDENTIAL + 64;

/// What is mixed into the first word of a connection for bulk.
pub const FAST_LABEL: &[u8] = b"nyx/link/v1/fast";

/// One side of a link: how to reach it and how to know it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Description {
    /// Offer or answer.
    #[n(0)]
    pub kind: DescriptionKind,
    /// Names and guards this side's connectivity checks.
    #[n(1)]
    pub ice: IceCredentials,
    /// SHA-256 of the certificate that this side shows in the DTLS handshake.
    #[n(2)]
    pub fingerprint: Fingerprint,
    /// Where this side may be reached.
    #[cbor(n(3), with = "candidates")]
    pub candidates: Vec<Candidate>,
}

/// Who speaks first.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, PartialEq)]
#[cbor(index_only)]
pub enum DescriptionKind {
    /// The one that proposes the link, or a new way for one that broke.
    #[n(0)]
    Offer,
    /// The one that accepts.
    #[n(1)]
    Answer,
}

/// The user name fragment and password of RFC 8445. Whoever knows them can answer checks, so `Debug` says nothing.
#[derive(Clone, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct IceCredentials {
    #[cbor(n(0), with = "credential")]
    ufrag: String,
    #[cbor(n(1), with = "credential")]
    password: String,
}

/// SHA-256 of a DER certificate.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(transparent)]
pub struct Fingerprint(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// A place to try. It reaches no log.
#[derive(Clone, Copy, Decode, Encode, Eq, Hash, PartialEq)]
#[cbor(map)]
pub struct Candidate {
    /// How this side came by the address.
    #[n(0)]
    pub kind: CandidateKind,
    /// The address, 4 or 16 bytes.
    #[cbor(n(1), with = "address")]
    pub address: IpAddr,
    /// The UDP port.
    #[n(2)]
    pub port: u16,
    /// RFC 8445 §5.1.2; both sides must hold the same number.
    #[n(3)]
    pub priority: u32,
}

/// How a side came by a candidate's address.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, PartialEq)]
#[cbor(index_only)]
pub enum CandidateKind {
    /// An interface of its own.
    #[n(0)]
    Host,
    /// What a STUN server saw.
    #[n(1)]
    Reflexive,
    /// A relay's address.
    #[n(2)]
    Relayed,
}

impl IceCredentials {
    /// Only what RFC 8839 calls ice-chars, in lengths that both sides accept: they are written into SDP.
    pub fn new(ufrag: &str, password: &str) -> Option<Self> {
        let good = |text: &str, least| (least..=MAX_CREDENTIAL).contains(&text.len()) && is_ice_text(text);
        (good(ufrag, MIN_UFRAG) && good(password, MIN_PASSWORD))
            .then(|| Self { ufrag: ufrag.into(), password: password.into() })
    }

    /// The user name fragment.
    pub fn ufrag(&self) -> &str {
        &self.ufrag
    }

    /// The password.
    pub fn password(&self) -> &str {
        &self.password
    }
}

impl Description {
    /// The bytes to be sealed.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads opened bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let description: Self = codec::decode(bytes, MAX_DESCRIPTION)?;
        if description.ice.ufrag.len() < MIN_UFRAG || description.ice.password.len() < MIN_PASSWORD {
            return Err(DecodeError::Malformed);
        }
        Ok(description)
    }
}

impl Candidate {
    /// The bytes of a candidate that was found after the description was sent.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads opened bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        codec::decode(bytes, MAX_DESCRIPTION / MAX_CANDIDATES)
    }
}

impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IceCredentials(..)")
    }
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Candidate({:?})", self.kind)
    }
}

fn is_ice_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

mod credential {
    use super::{MAX_CREDENTIAL, String, is_ice_text};
    use minicbor::{
        Decoder, Encoder,
        decode::Error as ReadError,
        encode::{Error as WriteError, Write},
    };

    pub(super) fn encode<C, W: Write>(text: &str, e: &mut Encoder<W>, _: &mut C) -> Result<(), WriteError<W::Error>> {
        e.str(text)?.ok()
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<String, ReadError> {
        let text = d.str()?;
        if text.len() > MAX_CREDENTIAL || !is_ice_text(text) {
            return Err(ReadError::message("not an ICE credential"));
        }
        Ok(text.into())
    }
}

mod address {
    use super::IpAddr;
    use minicbor::{
        Decoder, Encoder,
        decode::Error as ReadError,
        encode::{Error as WriteError, Write},
    };

    pub(super) fn encode<C, W: Write>(
        address: &IpAddr,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), WriteError<W::Error>> {
        match address {
            IpAddr::V4(address) => e.bytes(&address.octets())?.ok(),
            IpAddr::V6(address) => e.bytes(&address.octets())?.ok(),
        }
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<IpAddr, ReadError> {
        let bytes = d.bytes()?;
        if let Ok(octets) = <[u8; 4]>::try_from(bytes) {
            return Ok(octets.into());
        }
        if let Ok(octets) = <[u8; 16]>::try_from(bytes) {
            return Ok(octets.into());
        }
        Err(ReadError::message("neither 4 nor 16 bytes"))
    }
}

mod candidates {
    use super::{Candidate, MAX_CANDIDATES, Vec};
    use minicbor::{
        Decode, Decoder, Encode, Encoder,
        decode::Error as ReadError,
        encode::{Error as WriteError, Write},
    };

    pub(super) fn encode<C, W: Write>(
        candidates: &[Candidate],
        e: &mut Encoder<W>,
        c: &mut C,
    ) -> Result<(), WriteError<W::Error>> {
        e.array(candidates.len() as u64)?;
        candidates.iter().try_for_each(|candidate| Encode::encode(candidate, e, c))
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, c: &mut C) -> Result<Vec<Candidate>, ReadError> {
        // Only the definite length is deterministic, and it is checked before anything is allocated.
        let len = d.array()?.ok_or_else(|| ReadError::message("indefinite array"))?;
        if len > MAX_CANDIDATES as u64 {
            return Err(ReadError::message("too many candidates"));
        }
        (0..len).map(|_| Decode::decode(d, c)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn candidate() -> impl Strategy<Value = Candidate> {
        let kind = prop_oneof![Just(CandidateKind::Host), Just(CandidateKind::Reflexive), Just(CandidateKind::Relayed)];
        (kind, any::<IpAddr>(), any::<u16>(), any::<u32>()).prop_map(|(kind, address, port, priority)| Candidate {
            kind,
            address,
            port,
            priority,
        })
    }

    fn description() -> impl Strategy<Value = Description> {
        (
            any::<bool>(),
            "[a-zA-Z0-9+/]{4,64}",
            "[a-zA-Z0-9+/]{22,64}",
            any::<[u8; 32]>(),
            prop::collection::vec(candidate(), 0..=MAX_CANDIDATES),
        )
            .prop_map(|(offer, ufrag, password, fingerprint, candidates)| Description {
                kind: if offer { DescriptionKind::Offer } else { DescriptionKind::Answer },
                ice: IceCredentials::new(&ufrag, &password).expect("ice text"),
                fingerprint: Fingerprint(fingerprint),
                candidates,
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(description in description()) {
            let bytes = description.encode();
            prop_assert!(bytes.len() <= MAX_DESCRIPTION);
            prop_assert_eq!(Description::decode(&bytes), Ok(description));
        }

        #[test]
        fn a_late_candidate_is_read(candidate in candidate()) {
            prop_assert_eq!(Candidate::decode(&candidate.encode()), Ok(candidate));
        }

        #[test]
        fn strange_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Description::decode(&bytes);
            let _ = Candidate::decode(&bytes);
        }
    }

    #[test]
    fn credentials_can_not_carry_another_line_into_sdp() {
        assert!(IceCredentials::new("abcd", "0123456789abcdefghijkl").is_some());
        assert!(IceCredentials::new("abc", "0123456789abcdefghijkl").is_none());
        assert!(IceCredentials::new("abcd", "0123456789abcdefghijk").is_none());
        assert!(IceCredentials::new("ab\r\na=x", "0123456789abcdefghijkl").is_none());
        let smuggled = Description {
            kind: DescriptionKind::Offer,
            ice: IceCredentials { ufrag: "ab\r\na=x".into(), password: "0123456789abcdefghijkl".into() },
            fingerprint: Fingerprint([0; 32]),
            candidates: vec![],
        };
        assert!(Description::decode(&smuggled.encode()).is_err());
    }

    #[test]
    fn a_longer_list_is_refused() {
        let one = Candidate { kind: CandidateKind::Host, address: [10, 0, 0, 1].into(), port: 1, priority: 1 };
        let long = Description {
            kind: DescriptionKind::Answer,
            ice: IceCredentials::new("abcd", "0123456789abcdefghijkl").expect("ice text"),
            fingerprint: Fingerprint([0; 32]),
            candidates: vec![one; MAX_CANDIDATES + 1],
        };
        assert!(Description::decode(&long.encode()).is_err());
    }
}
