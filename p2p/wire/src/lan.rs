//! What two devices say on a network that both are on, until they have met: `p2p/docs/protocol/lan.md`.
//!
//! An [`Announcement`] goes to everybody, as a message of multicast DNS with one layout and no other, so that nothing of
//! DNS has to be parsed. A [`Request`] and its [`Answer`] travel on a connection. The MACs are made and checked where the
//! room's id is known; what they cover stands here.

use alloc::vec::Vec;

/// Names the exchange on a connection.
pub const PROTOCOL: &str = "/nyx/lan/1";

/// What an announcement's MAC covers begins with this.
pub const ANNOUNCE_LABEL: &[u8] = b"nyx/lan/v1/announce";
/// What a knock's MAC covers begins with this.
pub const KNOCK_LABEL: &[u8] = b"nyx/lan/v1/knock";
/// What the MAC of the answer to a knock covers begins with this.
pub const ANSWER_LABEL: &[u8] = b"nyx/lan/v1/answer";

/// Bytes of an announcement.
pub const ANNOUNCEMENT_LEN: usize = HEAD.len() + TEXT_LEN;
/// Most bytes of a frame that is carried: what pairing needs.
pub const MAX_FRAME: usize = crate::pairing::FRAME_MAX;
/// Most bytes of a request: a frame and the byte before it.
pub const MAX_REQUEST: usize = 1 + MAX_FRAME;
/// Most bytes of an answer: that to a knock.
pub const MAX_ANSWER: usize = 1 + MAC_LEN;
/// Bytes of an Ed25519 key.
pub const KEY_LEN: usize = 32;
/// Bytes of HMAC-SHA256.
pub const MAC_LEN: usize = 32;
/// Bytes of the random part of a knock.
pub const NONCE_LEN: usize = 16;

/// Somebody listens, at the address that this came from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Announcement {
    /// The Ed25519 key of its transport identity, for this one meeting.
    pub key: [u8; KEY_LEN],
    /// The TCP port on which it listens.
    pub port: u16,
    /// Shows those who know the room that its author does too.
    pub mac: [u8; MAC_LEN],
}

/// What one side asks on a connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Request {
    /// I know the room.
    Knock {
        /// Random.
        nonce: [u8; NONCE_LEN],
        /// Shows it to those who know it too.
        mac: [u8; MAC_LEN],
    },
    /// A sealed frame of the meeting.
    Frame(Vec<u8>),
}

/// What the other side answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// To a knock: a MAC, or as many random bytes. Without the room nobody sees which.
    Knocked([u8; MAC_LEN]),
    /// To a frame: it arrived. Said to everybody.
    Arrived,
}

/// Bytes that are none of these. Why would only help whoever made them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a message of the local network")]
pub struct NotOurs;

impl Announcement {
    /// The one datagram that says this.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ANNOUNCEMENT_LEN);
        bytes.extend_from_slice(&HEAD);
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&self.port.to_be_bytes());
        bytes.extend_from_slice(&self.mac);
        bytes
    }

    /// Reads a datagram. Almost all on this port are somebody else's.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotOurs> {
        let rest = bytes.strip_prefix(&HEAD).ok_or(NotOurs)?;
        let (key, rest) = rest.split_first_chunk().ok_or(NotOurs)?;
        let (port, rest) = rest.split_first_chunk().ok_or(NotOurs)?;
        let mac = rest.try_into().map_err(|_| NotOurs)?;
        let port = u16::from_be_bytes(*port);
        if port == 0 { Err(NotOurs) } else { Ok(Self { key: *key, port, mac }) }
    }
}

impl Request {
    /// The bytes of one stream, up to its end.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Knock { nonce, mac } => {
                bytes.push(KNOCK);
                bytes.extend_from_slice(nonce);
                bytes.extend_from_slice(mac);
            }
            Self::Frame(frame) => {
                bytes.reserve_exact(1 + frame.len());
                bytes.push(FRAME);
                bytes.extend_from_slice(frame);
            }
        }
        bytes
    }

    /// Reads one stream.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotOurs> {
        match bytes.split_first() {
            Some((&KNOCK, rest)) => {
                let (nonce, mac) = rest.split_first_chunk().ok_or(NotOurs)?;
                Ok(Self::Knock { nonce: *nonce, mac: mac.try_into().map_err(|_| NotOurs)? })
            }
            Some((&FRAME, frame)) if (1..=MAX_FRAME).contains(&frame.len()) => Ok(Self::Frame(frame.to_vec())),
            _ => Err(NotOurs),
        }
    }
}

impl Answer {
    /// The bytes that go back on the stream.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Knocked(mac) => [&[KNOCK], mac.as_slice()].concat(),
            Self::Arrived => [FRAME].into(),
        }
    }

    /// Reads them.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotOurs> {
        match bytes.split_first() {
            Some((&KNOCK, mac)) => mac.try_into().map(Self::Knocked).map_err(|_| NotOurs),
            Some((&FRAME, [])) => Ok(Self::Arrived),
            _ => Err(NotOurs),
        }
    }
}

const KNOCK: u8 = 0;
const FRAME: u8 = 1;

/// The text of an announcement: key, port, MAC.
const TEXT_LEN: usize = KEY_LEN + 2 + MAC_LEN;

/// An unasked, authoritative answer (RFC 6762 §8.3) with one TXT record, which no cache keeps for longer than a few
/// repetitions.
#[rustfmt::skip]
const HEAD: [u8; 12 + 17 + 12] = [
    // Id 0, answer and authoritative, one answer record.
    0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0,
    // _nyx1._udp.local
    5, b'_', b'n', b'y', b'x', b'1', 4, b'_', b'u', b'd', b'p', 5, b'l', b'o', b'c', b'a', b'l',
    // The end of the name; TXT, IN, 60 s; the lengths of all texts and of the one.
    0, 0, 16, 0, 1, 0, 0, 0, 60, 0, TEXT_LEN as u8 + 1, TEXT_LEN as u8,
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(key: [u8; 32], port in 1u16.., mac: [u8; 32], nonce: [u8; 16],
            frame in prop::collection::vec(any::<u8>(), 1..400)) {
            let announcement = Announcement { key, port, mac };
            prop_assert_eq!(Announcement::decode(&announcement.encode()), Ok(announcement));
            for request in [Request::Knock { nonce, mac }, Request::Frame(frame)] {
                prop_assert_eq!(Request::decode(&request.encode()), Ok(request));
            }
            for answer in [Answer::Knocked(mac), Answer::Arrived] {
                prop_assert!(answer.encode().len() <= MAX_ANSWER);
                prop_assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
            }
        }

        #[test]
        fn strange_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (Announcement::decode(&bytes), Request::decode(&bytes), Answer::decode(&bytes));
        }
    }

    #[test]
    fn an_announcement_has_one_encoding() {
        let bytes = Announcement { key: [1; 32], port: 4000, mac: [2; 32] }.encode();
        assert_eq!(bytes.len(), ANNOUNCEMENT_LEN);
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 1;
            // Only key, port and MAC may differ.
            assert_eq!(Announcement::decode(&other).is_ok(), place >= HEAD.len(), "byte {place}");
        }
        assert!(Announcement::decode(&bytes[..bytes.len() - 1]).is_err());
        assert!(Announcement::decode(&[bytes, vec![0]].concat()).is_err());
        assert!(Announcement::decode(&Announcement { key: [1; 32], port: 0, mac: [2; 32] }.encode()).is_err());
    }

    #[test]
    fn frames_are_bounded_and_not_empty() {
        assert!(Request::decode(&Request::Frame(vec![0; MAX_FRAME]).encode()).is_ok());
        assert!(Request::decode(&Request::Frame(vec![0; MAX_FRAME + 1]).encode()).is_err());
        assert!(Request::decode(&Request::Frame(vec![]).encode()).is_err());
    }
}
