//! How two devices meet for the first time, as bytes: the ticket that one shows and the other scans, the two hellos,
//! the confirms, the sealed envelopes, the typed code, and the two codes that are carried by hand.
//!
//! What a person carries ([`Ticket`], [`CodeOne`], [`CodeTwo`]) has a fixed layout, because it has to stay small enough
//! for a camera. What travels over a carrier is deterministic CBOR behind one byte that says what it is ([`Frame`]).
//! Both are strict: one value has one encoding, and the transcript hash covers the bytes.
//!
//! Specified in `p2p/docs/protocol/pairing.md`.

mod by_hand;
mod frame;
mod hello;
mod hints;
mod inside;
mod layout;
mod text;
mod ticket;
mod typed;

pub use by_hand::{Candidate, CandidateKind, CodeOne, CodeTwo};
pub use frame::{Confirm, Frame, Reply, ResumeHello, Sealed, TypedHello, TypedReply};
pub use hello::{HelloA, HelloB};
pub use hints::{Hints, HintsError, SignalUrl};
pub use inside::{AccountProof, CancelReason, Described, Inside};
pub use text::Scanned;
pub use ticket::{Kind, Ticket};
pub use typed::{TypedCode, typed_context};

/// The version of the pairing formats. Another one is refused before anything else is read.
pub const PAIRING_VERSION: u8 = 1;

/// Most bytes of a ticket: with the four letters before it, 193 characters, and 195 is what an alphanumeric QR code of
/// version 6 at level L holds. A larger code is what cameras fail to read.
pub const TICKET_MAX: usize = 118;
/// What a ticket has before its hints: version, form, kind, secret, commitment.
pub const TICKET_HEAD: usize = 3 + 32 + 16;
/// Most bytes of the signalling URL in a ticket: what is left beside its own two bytes.
pub const SIGNAL_URL_MAX: usize = TICKET_MAX - TICKET_HEAD - 2;
/// Most candidates in a code that is carried by hand: a machine with several networks has some, and each costs up to 19
/// bytes of the code.
pub const CANDIDATES_MAX: usize = 8;
/// One candidate: kind, IPv6 address, port.
pub const CANDIDATE_LEN_MAX: usize = 19;
/// Most bytes of the first code that is carried by hand: a ticket's head, a fingerprint, candidates. In base32 it fits a
/// QR code of version 11 at level L.
pub const CODE_ONE_MAX: usize = TICKET_HEAD + 32 + 1 + CANDIDATES_MAX * CANDIDATE_LEN_MAX;
/// Most bytes of the second: version, form, key, fingerprint, candidates, MAC.
pub const CODE_TWO_MAX: usize = 2 + 32 + 32 + 1 + CANDIDATES_MAX * CANDIDATE_LEN_MAX + 32;
/// Most characters of any of these as text, white space included: the base32 of the longest, its prefix, and as much
/// again for the line breaks that a mail program puts in.
pub const TEXT_MAX: usize = 1024;

/// Bytes of an ML-KEM-768 ciphertext (FIPS 203, table 3).
pub const ML_KEM_768_CIPHERTEXT: usize = 1088;
/// Most bytes of [`HelloA`]: its keys and hash (1,248) and their frames.
pub const HELLO_A_MAX: usize = 1280;
/// Most bytes of [`HelloB`]: key, ciphertext and nonce (1,152) and their frames.
pub const HELLO_B_MAX: usize = 1184;
/// Bytes of a SPAKE2 message without the byte that says whose it is.
pub const PAKE_LEN: usize = 32;
/// Most bytes that describe one end of a link.
pub const DESCRIPTION_MAX: usize = crate::link::MAX_DESCRIPTION;
/// Most bytes of one candidate that was found later.
pub const PLACE_MAX: usize = crate::link::MAX_DESCRIPTION / crate::link::MAX_CANDIDATES;
/// Most bytes inside an envelope: a description and its frame. A name with the proof of an account takes half of it.
pub const INSIDE_MAX: usize = DESCRIPTION_MAX + 64;
/// What an envelope adds: counter and tag.
pub const SEALED_OVERHEAD: usize = 4 + 16;
/// Most bytes of an envelope.
pub const SEALED_MAX: usize = INSIDE_MAX + SEALED_OVERHEAD;
/// Most bytes of a frame: a reply with its hello, confirm, sealed offer and MAC. Below [`MAX_PAYLOAD`](crate::signal::MAX_PAYLOAD),
/// so that one frame is one message of the signalling service.
pub const FRAME_MAX: usize = HELLO_B_MAX + SEALED_MAX + PAKE_LEN + 32 + 128;

const _: () = assert!(FRAME_MAX <= crate::signal::MAX_PAYLOAD);

#[cfg(test)]
mod tests;
