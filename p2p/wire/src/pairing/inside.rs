//! What is inside an envelope, once it has been opened.

use super::{DESCRIPTION_MAX, INSIDE_MAX, PLACE_MAX};
use crate::{
    codec::{DecodeError, decode_strict, encode},
    identity::{DeviceName, OpKeyCert, Signed},
};
use alloc::{borrow::ToOwned, vec::Vec};
use core::fmt;
use minicbor::{Decode, Encode};

/// One thing that two devices say to each other before the pairing is proven.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub enum Inside {
    /// A link is proposed.
    #[n(0)]
    Offer {
        /// The end of the side that offers, with the fingerprint against which the channel is checked.
        #[n(0)]
        link: Described,
    },
    /// A link is accepted.
    #[n(1)]
    Answer {
        /// The end of the side that answers, with the fingerprint against which the channel is checked.
        #[n(0)]
        link: Described,
        /// Which offer it answers: the number of the envelope that it was in. An answer to another than the last one is late.
        #[n(1)]
        offer: u32,
    },
    /// One more place where the sender can be reached.
    #[n(2)]
    Candidate {
        /// The place.
        #[n(0)]
        place: Described,
    },
    /// Whose account would move. The id itself follows only when the digits were right.
    #[n(3)]
    Account {
        /// Name of the account.
        #[n(0)]
        name: DeviceName,
        /// The four words of its id, as places in the word list.
        #[n(1)]
        words: [u16; 4],
        /// How much would move.
        #[n(2)]
        bytes: u64,
    },
    /// Which device would receive it.
    #[n(4)]
    Device {
        /// Name of the device.
        #[n(0)]
        name: DeviceName,
    },
    /// Who wants to be a contact.
    #[n(5)]
    Contact {
        /// Name of the account.
        #[n(0)]
        name: DeviceName,
        /// That it is the account's.
        #[n(1)]
        proof: AccountProof,
    },
    /// The receiving device's person said: yes, this is my account. Now it shows the digits.
    #[n(6)]
    Agreed,
    /// The digits that were typed are right.
    #[n(7)]
    Matched {
        /// The account that will move, and that it is the account's own device that says so.
        #[n(0)]
        proof: AccountProof,
    },
    /// It is over.
    #[n(8)]
    Cancel {
        /// Why.
        #[n(0)]
        why: CancelReason,
    },
}

impl Inside {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads exactly that encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        let inside: Self = decode_strict(bytes, INSIDE_MAX)?;
        let short = match &inside {
            Self::Offer { link } | Self::Answer { link, .. } => link.0.len() <= DESCRIPTION_MAX,
            Self::Candidate { place } => place.0.len() <= PLACE_MAX,
            _ => true,
        };
        let listed = !matches!(&inside, Self::Account { words, .. } if words.iter().any(|place| *place > WORD_LAST));
        if short && listed { Ok(inside) } else { Err(DecodeError::Malformed) }
    }
}

/// A signature over this very meeting by the key that acts for an account. `Debug` does not show whose.
#[derive(Clone, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct AccountProof {
    /// Account root key (Ed25519): its hash is the account's id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub ark: [u8; 32],
    /// Signed by the account root key.
    #[n(1)]
    pub opkey_cert: Signed<OpKeyCert>,
    /// By the operating key, over the transcript and the side.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl fmt::Debug for AccountProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountProof(redacted)")
    }
}

/// One end of a link, or one more place where it can be reached, as [`link`](crate::link) writes it. A later version may
/// say more there than this one reads, so it is carried as bytes; whoever makes links decodes them. `Debug` does not
/// show it: it is full of addresses.
#[derive(Clone, Decode, Encode, Eq, PartialEq)]
#[cbor(transparent)]
pub struct Described(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>);

impl Described {
    /// A description, unless it is longer than one may be.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= DESCRIPTION_MAX).then(|| Self(bytes.to_owned()))
    }

    /// A candidate, unless it is longer than one may be.
    #[must_use]
    pub fn place(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= PLACE_MAX).then(|| Self(bytes.to_owned()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Described({} bytes)", self.0.len())
    }
}

/// Why one side ended it.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(index_only)]
pub enum CancelReason {
    /// Its person said so.
    #[n(0)]
    Person,
    /// The digits were wrong.
    #[n(1)]
    Digits,
    /// Somebody else used the same code.
    #[n(2)]
    Intruder,
    /// It took too long.
    #[n(3)]
    Expired,
    /// The other side said what it must not say here.
    #[n(4)]
    Protocol,
}

const WORD_LAST: u16 = 2047;
