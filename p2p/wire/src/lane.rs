//! What travels on one lane of a link: messages, and the credit that keeps them from piling up:
//! `p2p/docs/protocol/link.md`.
//!
//! One message of the data channel below is one [`Frame`]. The first byte says which; there is no CBOR here, because a
//! gigabyte passes through in pieces of 64 KiB. Where bulk runs over QUIC, a stream carries one message behind its
//! [number](Numbered), and one stream carries [`Report`]s.

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
    /// This side gives up sending over QUIC, on the connection of this attempt and all before it, and asks what has arrived.
    Back(u64),
    /// All messages below this number have arrived, and nothing is kept of those beyond. The next one on this channel is this one.
    Resume(u64),
}

/// What the receiver of bulk over QUIC says to its sender.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Report {
    /// As [`Frame::Credit`]: one account for both ways.
    Credit(u64),
    /// All messages below this number have arrived and need not be kept.
    Have(u64),
}

/// A message that says which one it is, counted from zero since the lane began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Numbered;

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
            CREDIT => number(rest).map(Self::Credit),
            BACK => number(rest).map(Self::Back),
            RESUME => number(rest).map(Self::Resume),
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
            Self::Credit(total) => bytes.extend_from_slice(&with_number(CREDIT, *total)),
            Self::Back(attempt) => bytes.extend_from_slice(&with_number(BACK, *attempt)),
            Self::Resume(next) => bytes.extend_from_slice(&with_number(RESUME, *next)),
            Self::End => bytes.push(END),
            Self::Ended => bytes.push(ENDED),
        }
        bytes
    }
}

impl Report {
    /// All of them are this long, so that a stream needs no other framing.
    pub const LEN: usize = 9;

    /// Reads one.
    pub fn decode(bytes: &[u8; Self::LEN]) -> Result<Self, NotAFrame> {
        let [kind, total @ ..] = bytes;
        match *kind {
            CREDIT => Ok(Self::Credit(u64::from_be_bytes(*total))),
            HAVE => Ok(Self::Have(u64::from_be_bytes(*total))),
            _ => Err(NotAFrame),
        }
    }

    /// The bytes of it.
    pub const fn encode(self) -> [u8; Self::LEN] {
        match self {
            Self::Credit(total) => with_number(CREDIT, total),
            Self::Have(next) => with_number(HAVE, next),
        }
    }
}

impl Numbered {
    /// What stands before the message.
    pub const HEAD: usize = 8;
    /// The largest message and what stands before it.
    pub const MAX: usize = Self::HEAD + MAX_MESSAGE;

    /// What is to stand before a message.
    pub const fn head(number: u64) -> [u8; Self::HEAD] {
        number.to_be_bytes()
    }

    /// The number and the message behind it.
    pub fn decode(bytes: &[u8]) -> Result<(u64, &[u8]), NotAFrame> {
        match bytes.split_first_chunk() {
            Some((head, message)) if message.len() <= MAX_MESSAGE => Ok((u64::from_be_bytes(*head), message)),
            _ => Err(NotAFrame),
        }
    }
}

fn number(rest: &[u8]) -> Result<u64, NotAFrame> {
    rest.try_into().map(u64::from_be_bytes).map_err(|_| NotAFrame)
}

const fn with_number(kind: u8, number: u64) -> [u8; Report::LEN] {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    [kind, a, b, c, d, e, f, g, h]
}

/// The byte before a message, so that a writer of many need not copy twice.
pub const MESSAGE: u8 = 0;
const CREDIT: u8 = 1;
const END: u8 = 2;
const ENDED: u8 = 3;
const HAVE: u8 = 4;
const BACK: u8 = 5;
const RESUME: u8 = 6;

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
            let counting = [Frame::Credit(total), Frame::Back(total), Frame::Resume(total)];
            for frame in [Frame::Message(&message), Frame::End, Frame::Ended].into_iter().chain(counting) {
                let bytes = frame.encode();
                prop_assert_eq!(Frame::decode(&bytes), Ok(frame));
            }
            for report in [Report::Credit(total), Report::Have(total)] {
                prop_assert_eq!(Report::decode(&report.encode()), Ok(report));
            }
            let numbered = [&Numbered::head(total)[..], &message].concat();
            prop_assert_eq!(Numbered::decode(&numbered), Ok((total, &message[..])));
        }

        #[test]
        fn a_frame_has_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(frame) = Frame::decode(&bytes) {
                prop_assert_eq!(frame.encode(), bytes);
            }
        }

        #[test]
        fn a_report_has_one_encoding(bytes in any::<[u8; Report::LEN]>()) {
            if let Ok(report) = Report::decode(&bytes) {
                prop_assert_eq!(report.encode(), bytes);
            }
        }
    }

    #[test]
    fn larger_messages_and_strange_frames_are_refused() {
        assert!(Frame::decode(&vec![MESSAGE; MAX_FRAME]).is_ok());
        assert_eq!(Frame::decode(&vec![MESSAGE; MAX_FRAME + 1]), Err(NotAFrame));
        for bytes in [&[][..], &[CREDIT, 0], &[END, 0], &[ENDED, 0], &[BACK], &[RESUME, 1, 2], &[9]] {
            assert_eq!(Frame::decode(bytes), Err(NotAFrame));
        }
        assert_eq!(Frame::decode(&Report::Have(1).encode()), Err(NotAFrame));
        assert_eq!(Report::decode(&[BACK; Report::LEN]), Err(NotAFrame));
        assert_eq!(Numbered::decode(&[0; Numbered::HEAD - 1]), Err(NotAFrame));
        assert!(Numbered::decode(&vec![0; Numbered::MAX]).is_ok());
        assert_eq!(Numbered::decode(&vec![0; Numbered::MAX + 1]), Err(NotAFrame));
    }

    /// The vectors of `p2p/docs/protocol/link.md`.
    #[test]
    fn the_vectors_of_the_specification() {
        assert_eq!([&Numbered::head(7)[..], b"ab"].concat(), [0, 0, 0, 0, 0, 0, 0, 7, 0x61, 0x62]);
        assert_eq!(Report::Have(7).encode(), [4, 0, 0, 0, 0, 0, 0, 0, 7]);
        assert_eq!(Frame::Back(3).encode(), [5, 0, 0, 0, 0, 0, 0, 0, 3]);
        assert_eq!(Frame::Resume(7).encode(), [6, 0, 0, 0, 0, 0, 0, 0, 7]);
    }

    #[test]
    fn an_empty_message_is_not_free() {
        assert!(charge(0) > 0);
    }
}
