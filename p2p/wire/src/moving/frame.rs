//! What the two devices say to each other on the control lane: one byte that says what it is, then the thing itself.

use super::{Done, FRAME_MAX, Manifest, Ready, WRAPPED_SEED};
use crate::{
    codec::{DecodeError, decode_strict, encode},
    identity::{DeviceList, IDENTITY_BUNDLE_MAX, Signed},
};
use alloc::vec::Vec;
use minicbor::{Decode, Encode, bytes::ByteVec};

/// One frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Frame {
    /// S: this is what would come.
    Offer(Offer),
    /// R: what is kept, and what may come.
    Credit {
        /// All chunks before this place are verified and durable.
        kept: u64,
        /// The chunks before this place may be sent.
        may: u64,
    },
    /// S: this is all.
    Last(Signed<Manifest>),
    /// R: it is here and right.
    Ready(Signed<Ready>),
    /// S: it is yours.
    Release(Release),
    /// R: it is active here.
    Done(Signed<Done>),
    /// S: the receipt has arrived.
    Closed,
    /// It is over, and nothing has changed.
    Cancel(StopReason),
    /// Still here.
    Alive,
}

/// Whose account, and the first manifest.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Offer {
    /// [`IdentityBundle`](crate::identity::IdentityBundle), in its exact bytes.
    #[n(0)]
    pub bundle: ByteVec,
    /// Signed by the operating key in it.
    #[n(1)]
    pub manifest: Signed<Manifest>,
}

/// The account changes hands.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct Release {
    /// The next epoch: the new device alone.
    #[n(0)]
    pub list: Signed<DeviceList>,
    /// The operating key's seed, wrapped.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub opkey: [u8; WRAPPED_SEED],
}

/// Why a move ended without a result.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(index_only)]
pub enum StopReason {
    /// A person said so.
    #[n(0)]
    Person,
    /// It does not fit on the new device.
    #[n(1)]
    NoRoom,
    /// The new device does not know these rows yet.
    #[n(2)]
    Version,
    /// Something is damaged, or the other side is not honest.
    #[n(3)]
    Content,
    /// A disk refused.
    #[n(4)]
    Disk,
    /// Nobody came back.
    #[n(5)]
    Late,
}

impl Frame {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Offer(offer) => tagged(OFFER, offer),
            Self::Credit { kept, may } => tagged(CREDIT, &Credit { kept: *kept, may: *may }),
            Self::Last(manifest) => tagged(LAST, &One { it: manifest.clone() }),
            Self::Ready(ready) => tagged(READY, &One { it: ready.clone() }),
            Self::Release(release) => tagged(RELEASE, release),
            Self::Done(done) => tagged(DONE, &One { it: done.clone() }),
            Self::Closed => tagged(CLOSED, &Nothing {}),
            Self::Cancel(why) => tagged(CANCEL, &Why { why: *why }),
            Self::Alive => tagged(ALIVE, &Nothing {}),
        }
    }

    /// Reads exactly that encoding. Nothing that is signed was verified yet.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > FRAME_MAX {
            return Err(DecodeError::TooLarge);
        }
        let (tag, body) = bytes.split_first().ok_or(DecodeError::Malformed)?;
        Ok(match *tag {
            OFFER => Self::Offer(read(body).and_then(Offer::checked)?),
            CREDIT => {
                let Credit { kept, may } = read(body)?;
                Self::Credit { kept, may }
            }
            LAST => Self::Last(read::<One<_>>(body)?.it),
            READY => Self::Ready(read::<One<_>>(body)?.it),
            RELEASE => Self::Release(read(body)?),
            DONE => Self::Done(read::<One<_>>(body)?.it),
            CLOSED => read::<Nothing>(body).map(|_| Self::Closed)?,
            CANCEL => Self::Cancel(read::<Why>(body)?.why),
            ALIVE => read::<Nothing>(body).map(|_| Self::Alive)?,
            _ => return Err(DecodeError::Malformed),
        })
    }
}

impl Offer {
    fn checked(self) -> Result<Self, DecodeError> {
        if self.bundle.len() <= IDENTITY_BUNDLE_MAX { Ok(self) } else { Err(DecodeError::TooLarge) }
    }
}

#[derive(Decode, Encode)]
#[cbor(map)]
struct Credit {
    #[n(0)]
    kept: u64,
    #[n(1)]
    may: u64,
}

#[derive(Decode, Encode)]
#[cbor(map)]
struct One<T> {
    #[n(0)]
    it: Signed<T>,
}

#[derive(Decode, Encode)]
#[cbor(map)]
struct Why {
    #[n(0)]
    why: StopReason,
}

#[derive(Decode, Encode)]
#[cbor(map)]
struct Nothing {}

fn tagged<T: Encode<()>>(tag: u8, body: &T) -> Vec<u8> {
    [&[tag], encode(body).as_slice()].concat()
}

fn read<T: for<'b> Decode<'b, ()> + Encode<()>>(body: &[u8]) -> Result<T, DecodeError> {
    decode_strict(body, FRAME_MAX)
}

const OFFER: u8 = 1;
const CREDIT: u8 = 2;
const LAST: u8 = 3;
const READY: u8 = 4;
const RELEASE: u8 = 5;
const DONE: u8 = 6;
const CLOSED: u8 = 7;
const CANCEL: u8 = 8;
const ALIVE: u8 = 9;
