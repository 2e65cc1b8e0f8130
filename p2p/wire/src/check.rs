//! What two devices say to each other when they try the link between them: `p2p/docs/protocol/check.md`.

use crate::codec::{DecodeError, decode_strict, encode};
use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// A message on the lane *control*. What is poured on *bulk* means nothing; an empty message ends it.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub enum CheckMessage {
    /// To be answered at once.
    #[n(0)]
    Ping {
        /// Which.
        #[n(0)]
        number: u32,
    },
    /// The answer.
    #[n(1)]
    Pong {
        /// To which.
        #[n(0)]
        number: u32,
    },
    /// So much has arrived so far.
    #[n(2)]
    Got {
        /// In all.
        #[n(0)]
        bytes: u64,
    },
    /// All has arrived.
    #[n(3)]
    Counted(#[n(0)] Counted),
    /// What was found, from the side that led.
    #[n(4)]
    Found {
        /// From a ping to its pong, the middle of several.
        #[n(0)]
        round_trip_us: u64,
        /// What the other side got.
        #[n(1)]
        there: Counted,
        /// What this side got.
        #[n(2)]
        back: Counted,
    },
}

/// How much arrived, and in which time.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Counted {
    /// Bytes.
    #[n(0)]
    pub bytes: u64,
    /// From the first of them to the last.
    #[n(1)]
    pub micros: u64,
}

impl CheckMessage {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads exactly that encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode_strict(bytes, CHECK_MESSAGE_MAX)
    }
}

impl Counted {
    /// Bytes a second; none where no time went by.
    #[must_use]
    pub fn rate(&self) -> u64 {
        let rate = u128::from(self.bytes) * 1_000_000 / u128::from(self.micros.max(1));
        if self.micros == 0 { 0 } else { u64::try_from(rate).unwrap_or(u64::MAX) }
    }
}

/// The longest message: five numbers of nine bytes, and their frames.
pub const CHECK_MESSAGE_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};
    use proptest::prelude::*;

    const DOCUMENT: &str = include_str!("../../docs/protocol/check.md");

    fn counted() -> impl Strategy<Value = Counted> {
        (any::<u64>(), any::<u64>()).prop_map(|(bytes, micros)| Counted { bytes, micros })
    }

    fn message() -> impl Strategy<Value = CheckMessage> {
        prop_oneof![
            any::<u32>().prop_map(|number| CheckMessage::Ping { number }),
            any::<u32>().prop_map(|number| CheckMessage::Pong { number }),
            any::<u64>().prop_map(|bytes| CheckMessage::Got { bytes }),
            counted().prop_map(CheckMessage::Counted),
            (any::<u64>(), counted(), counted()).prop_map(|(round_trip_us, there, back)| CheckMessage::Found {
                round_trip_us,
                there,
                back
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_fits(message in message()) {
            let bytes = message.to_bytes();
            prop_assert!(bytes.len() <= CHECK_MESSAGE_MAX);
            prop_assert_eq!(CheckMessage::parse(&bytes), Ok(message));
        }

        #[test]
        fn strange_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(message) = CheckMessage::parse(&bytes) {
                prop_assert_eq!(message.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn the_examples_in_the_specification_are_what_the_code_makes() {
        let there = Counted { bytes: 65_536, micros: 1_000 };
        for (name, message) in [
            ("Ping", CheckMessage::Ping { number: 1 }),
            ("Pong", CheckMessage::Pong { number: 1 }),
            ("Got", CheckMessage::Got { bytes: 131_072 }),
            ("Counted", CheckMessage::Counted(there)),
            ("Found", CheckMessage::Found { round_trip_us: 250, there, back: Counted::default() }),
        ] {
            let digits: String = message.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(DOCUMENT.contains(&format!("{name} = {digits}\n")), "{name} = {digits}");
        }
    }

    #[test]
    fn a_rate_needs_time() {
        assert_eq!(Counted { bytes: 5, micros: 0 }.rate(), 0);
        assert_eq!(Counted { bytes: 5, micros: 1_000_000 }.rate(), 5);
        assert_eq!(Counted { bytes: u64::MAX, micros: 1 }.rate(), u64::MAX);
    }
}
