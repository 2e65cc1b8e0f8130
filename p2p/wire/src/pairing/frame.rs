//! What travels over a carrier: one byte that says what it is, then the thing itself.

use super::{FRAME_MAX, HELLO_A_MAX, HELLO_B_MAX, PAKE_LEN, SEALED_MAX, SEALED_OVERHEAD};
use crate::{
    codec::{DecodeError, decode_strict, encode},
    identity::Body,
};
use alloc::vec::Vec;
use minicbor::{Decode, Encode, bytes::ByteVec};

/// One message of the meeting. The same bytes may come over several carriers and more than once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Frame {
    /// A's hello, in its exact bytes.
    HelloA(Vec<u8>),
    /// B's answer.
    Reply(Reply),
    /// A's proof, and the nonce that it promised.
    Confirm(Confirm),
    /// Something sealed, from either side.
    Sealed(Sealed),
    /// A's hello where a code was typed.
    TypedHello(TypedHello),
    /// B's answer where a code was typed.
    TypedReply(TypedReply),
    /// A's code is used up. Under no key, because there is none: whoever typed a wrong word would otherwise wait.
    Over,
    /// A's hello where the two have met before, and go on with a move.
    ResumeHello(ResumeHello),
}

/// B's hello, its proof, and what it wants to say first, in one piece.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Reply {
    /// [`HelloB`](super::HelloB), in its exact bytes.
    #[n(0)]
    pub hello: ByteVec,
    /// B's proof that it has the same keys.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub confirm: [u8; 32],
    /// The sealed offer, as [`Sealed::to_bytes`] writes it; none where the channel stands already.
    #[n(2)]
    pub offer: Option<ByteVec>,
    /// Under a key from the ticket's secret, over all of it: who has not got the secret can make A spend nothing, and nobody
    /// on the way can change anything for which A would burn the ticket.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub mac: [u8; 32],
}

/// A's proof that it has the same keys.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Confirm {
    /// The proof.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub confirm: [u8; 32],
    /// The nonce whose hash stands in A's hello.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
}

/// `counter u32 ‖ ciphertext ‖ tag 16`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    /// Counts the envelopes of one side, from 0.
    pub counter: u32,
    /// Ciphertext and tag.
    pub ciphertext: Vec<u8>,
}

/// A's hello where the two have met before.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct ResumeHello {
    /// [`HelloA`](super::HelloA), in its exact bytes.
    #[n(0)]
    pub hello: ByteVec,
    /// Under a key that only the two have: nobody else gets an answer.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub mac: [u8; 32],
}

/// A's hello where a code was typed.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct TypedHello {
    /// A's SPAKE2 message.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub pake: [u8; PAKE_LEN],
    /// [`HelloA`](super::HelloA), in its exact bytes.
    #[n(1)]
    pub hello: ByteVec,
}

/// B's answer where a code was typed.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct TypedReply {
    /// B's SPAKE2 message.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub pake: [u8; PAKE_LEN],
    /// Everything else.
    #[n(1)]
    pub reply: Reply,
}

impl Frame {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::HelloA(hello) => [&[HELLO_A], hello.as_slice()].concat(),
            Self::Reply(reply) => tagged(REPLY, reply),
            Self::Confirm(confirm) => tagged(CONFIRM, confirm),
            Self::Sealed(sealed) => [&[SEALED], sealed.to_bytes().as_slice()].concat(),
            Self::TypedHello(hello) => tagged(TYPED_HELLO, hello),
            Self::TypedReply(reply) => tagged(TYPED_REPLY, reply),
            Self::Over => [OVER].into(),
            Self::ResumeHello(hello) => tagged(RESUME_HELLO, hello),
        }
    }

    /// Reads exactly that encoding. What is in a hello is not looked at yet.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > FRAME_MAX {
            return Err(DecodeError::TooLarge);
        }
        let (tag, body) = bytes.split_first().ok_or(DecodeError::Malformed)?;
        let frame = match *tag {
            HELLO_A => Self::HelloA(body.to_vec()),
            REPLY => Self::Reply(decode_strict(body, FRAME_MAX)?),
            CONFIRM => Self::Confirm(decode_strict(body, FRAME_MAX)?),
            SEALED => Self::Sealed(Sealed::parse(body)?),
            TYPED_HELLO => Self::TypedHello(decode_strict(body, FRAME_MAX)?),
            TYPED_REPLY => Self::TypedReply(decode_strict(body, FRAME_MAX)?),
            OVER if body.is_empty() => Self::Over,
            RESUME_HELLO => Self::ResumeHello(decode_strict(body, FRAME_MAX)?),
            _ => return Err(DecodeError::Malformed),
        };
        if frame.keeps_limits() { Ok(frame) } else { Err(DecodeError::TooLarge) }
    }

    fn keeps_limits(&self) -> bool {
        match self {
            Self::HelloA(hello) => hello.len() <= HELLO_A_MAX,
            Self::TypedHello(typed) => typed.hello.len() <= HELLO_A_MAX,
            Self::ResumeHello(resume) => resume.hello.len() <= HELLO_A_MAX,
            Self::Reply(reply) | Self::TypedReply(TypedReply { reply, .. }) => {
                reply.hello.len() <= HELLO_B_MAX && reply.offer.as_ref().is_none_or(|offer| offer.len() <= SEALED_MAX)
            }
            Self::Confirm(_) | Self::Sealed(_) | Self::Over => true,
        }
    }
}

impl Sealed {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.counter.to_be_bytes(), self.ciphertext.as_slice()].concat()
    }

    /// Reads exactly that encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > SEALED_MAX {
            return Err(DecodeError::TooLarge);
        }
        if bytes.len() < SEALED_OVERHEAD {
            return Err(DecodeError::Malformed);
        }
        let (counter, ciphertext) = bytes.split_first_chunk().ok_or(DecodeError::Malformed)?;
        Ok(Self { counter: u32::from_be_bytes(*counter), ciphertext: ciphertext.to_vec() })
    }
}

impl Reply {
    /// Puts an answer together, with zeros in the MAC's place.
    #[must_use]
    pub fn new<H: Body>(hello: &H, confirm: [u8; 32], offer: Option<&Sealed>) -> Self {
        let offer = offer.map(|offer| offer.to_bytes().into());
        Self { hello: hello.to_bytes().into(), confirm, offer, mac: [0; 32] }
    }

    /// What the MAC covers beside A's hello: this answer with zeros in the MAC's place.
    #[must_use]
    pub fn covered(&self) -> Vec<u8> {
        encode(&Self { mac: [0; 32], ..self.clone() })
    }
}

fn tagged<T: Encode<()>>(tag: u8, body: &T) -> Vec<u8> {
    [&[tag], encode(body).as_slice()].concat()
}

const HELLO_A: u8 = 1;
const REPLY: u8 = 2;
const CONFIRM: u8 = 3;
const SEALED: u8 = 4;
const TYPED_HELLO: u8 = 5;
const TYPED_REPLY: u8 = 6;
const OVER: u8 = 7;
const RESUME_HELLO: u8 = 8;
