//! What instances of the signalling service tell each other over the store that they share.
//!
//! Not part of the protocol that clients speak: all instances of one deployment run the same version.

use crate::{
    codec::{self, DecodeError},
    signal::{MAX_MESSAGE, RoomId},
};
use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// One message on its way.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Envelope<'a> {
    /// The sending instance.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub from: [u8; 8],
    /// Counts the messages from this instance to this one, from 1: a gap is a loss.
    #[n(1)]
    pub sequence: u64,
    /// The room it is about.
    #[n(2)]
    pub room: RoomId,
    /// What happened.
    #[b(3)]
    pub event: Event<'a>,
}

/// What happened in a room.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub enum Event<'a> {
    /// A member of the sender's sat down.
    #[n(0)]
    Came,
    /// The sender's member left.
    #[n(1)]
    Went,
    /// A third was refused.
    #[n(2)]
    ThirdRefused,
    /// The owner of a seat has come back at the sender's: the stay at the receiver's is over.
    #[n(3)]
    SeatTaken {
        /// Which stay.
        #[cbor(n(0), with = "minicbor::bytes")]
        stay: [u8; 16],
    },
    /// A payload for the receiver's member.
    #[n(4)]
    Frame {
        /// Opaque.
        #[cbor(b(0), with = "minicbor::bytes")]
        payload: &'a [u8],
    },
}

impl<'a> Envelope<'a> {
    /// The bytes of one message.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one message.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        codec::decode(bytes, MAX_MESSAGE + 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_envelope_survives_the_bus(from: [u8; 8], sequence: u64, room: [u8; 16], payload: Vec<u8>, kind in 0..5) {
            let event = match kind {
                0 => Event::Came,
                1 => Event::Went,
                2 => Event::ThirdRefused,
                3 => Event::SeatTaken { stay: room },
                _ => Event::Frame { payload: &payload },
            };
            let envelope = Envelope { from, sequence, room: RoomId(room), event };
            let bytes = envelope.encode();
            prop_assert_eq!(Envelope::decode(&bytes), Ok(envelope));
        }

        #[test]
        fn arbitrary_bytes_are_an_envelope_or_an_error(bytes: Vec<u8>) {
            let _ = Envelope::decode(&bytes);
        }
    }
}
