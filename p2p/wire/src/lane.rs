//! What travels on one lane of a link: messages, and the credit that keeps them from piling up:
//! `p2p/docs/protocol/link.md`.
//!
//! One message of the data channel below is one [`Frame`]. The first byte says which; there is no CBOR here, because a
//! gigabyte passes through in pieces of 64 KiB.

use alloc::vec::Vec;

/// A chunk of 64 KiB, its tag, and its place. Whoever has more to say says it in parts of its own.
pub const MAX_MESSAGE: usize = 64 * 1024 + 512;
/// A message and the byte before it.
pub const MAX_FRAME: usize = MAX_MESSAGE + 1;

/// One frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Frame<'a> {
    /// A message for the user of the lane.
    Message(&'a [u8]),
    /// How much the other side may have sent in total since the lane began, by [`charge`]. Never goes down.
    Credit(u64),
    /// Nothing will follow.
    End,
    /// The end of the other side has arrived, and with it all that was sent before.
    Ended,
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a frame of a lane")]
pub struct NotAFrame;

/// What a message costs of the credit. Small ones are charged for what it takes to hold them, so that a flood of empty
/// ones is bounded too.
pub const fn charge(message_len: usize) -> u64 {
    // usize has at most 64 bits.
    (message_len + MESSAGE_OVERHEAD) as u64
}

impl<'a> Frame<'a> {
    /// Reads one frame; the message is borrowed.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, NotAFrame> {
        let (&kind, rest) = bytes.split_first().ok_or(NotAFrame)?;
        match kind {
            MESSAGE if rest.len() <= MAX_MESSAGE => Ok(Self::Message(rest)),
            CREDIT => rest.try_into().map(|total| Self::Credit(u64::from_be_bytes(total))).map_err(|_| NotAFrame),
            END if rest.is_empty() => Ok(Self::End),
            ENDED if rest.is_empty() => Ok(Self::Ended),
            _ => Err(NotAFrame),
        }
    }

    /// The bytes of the frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Message(message) => {
                bytes.push(MESSAGE);
                bytes.extend_from_slice(message);
            }
            Self::Credit(total) => {
                bytes.push(CREDIT);
                bytes.extend_from_slice(&total.to_be_bytes());
            }
            Self::End => bytes.push(END),
            Self::Ended => bytes.push(ENDED),
        }
        bytes
    }
}

/// The byte before a message, so that a writer of many need not copy twice.
pub const MESSAGE: u8 = 0;
const CREDIT: u8 = 1;
const END: u8 = 2;
const ENDED: u8 = 3;

/// About what a queue needs to hold one more entry.
const MESSAGE_OVERHEAD: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(message in prop::collection::vec(any::<u8>(), 0..2000), total in any::<u64>()) {
            for frame in [Frame::Message(&message), Frame::Credit(total), Frame::End, Frame::Ended] {
                let bytes = frame.encode();
                prop_assert_eq!(Frame::decode(&bytes), Ok(frame));
            }
        }

        #[test]
        fn a_frame_has_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(frame) = Frame::decode(&bytes) {
                prop_assert_eq!(frame.encode(), bytes);
            }
        }
    }

    #[test]
    fn larger_messages_and_strange_frames_are_refused() {
        assert!(Frame::decode(&vec![MESSAGE; MAX_FRAME]).is_ok());
        assert_eq!(Frame::decode(&vec![MESSAGE; MAX_FRAME + 1]), Err(NotAFrame));
        for bytes in [&[][..], &[CREDIT, 0], &[END, 0], &[ENDED, 0], &[9]] {
            assert_eq!(Frame::decode(bytes), Err(NotAFrame));
        }
    }

    #[test]
    fn an_empty_message_is_not_free() {
        assert!(charge(0) > 0);
    }
}
