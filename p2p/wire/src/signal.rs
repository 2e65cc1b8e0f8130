//! What a client and the signalling service say to each other: `p2p/docs/protocol/signalling.md`.
//!
//! One WebSocket binary message carries one [`Request`] or one [`Notice`]. The service relays the payload of
//! [`Request::Send`] without looking at it; these types have no way to look at it either.
//!
//! None of these structures is signed, so unknown keys are skipped: a later version may add some.

mod ice;

pub use ice::{IceServer, MAX_ICE_SERVERS, MAX_ICE_TEXT};

use crate::codec::{self, DecodeError};
use alloc::vec::Vec;
use core::fmt;
use minicbor::{Decode, Encode};

/// The WebSocket subprotocol that both sides name. It changes when old clients could misread new messages.
pub const SUBPROTOCOL: &str = "nyx.signal.v1";

/// The largest payload of one frame: sealed SDP with thirty candidates takes under 8 KiB.
pub const MAX_PAYLOAD: usize = 16 * 1024;

/// The largest message: a payload and what stands around it.
pub const MAX_MESSAGE: usize = MAX_PAYLOAD + 64;

/// Names a room: 128 random bits, or 128 bits derived from a shared secret. Who knows it may enter.
///
/// It reaches no log, so its `Debug` says nothing.
#[derive(Clone, Copy, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(transparent)]
pub struct RoomId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// Proves who sat on a seat, so that a dead socket of one's own does not block one's return.
#[derive(Clone, Copy, Decode, Encode, Eq, PartialEq)]
#[cbor(transparent)]
pub struct SeatToken(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// The number of a typed code: short-lived, handed out once, claimed once.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, PartialEq)]
#[cbor(transparent)]
pub struct Number(#[n(0)] pub u32);

/// What a client asks of the service.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub enum Request<'a> {
    /// Take a seat in a room. Answered by [`Notice::Joined`] or [`Notice::Refused`].
    #[n(0)]
    Join {
        /// Which room.
        #[n(0)]
        room: RoomId,
        /// The seat that was mine: it is taken over, whatever became of the socket that held it.
        #[n(1)]
        seat: Option<SeatToken>,
        /// The room is a standing meeting place: it lives while somebody is in it.
        #[n(2)]
        standing: bool,
    },
    /// Give the seat up. Not answered.
    #[n(1)]
    Leave {
        /// Which room.
        #[n(0)]
        room: RoomId,
    },
    /// Relay a payload to the other member, now or when it arrives.
    #[n(2)]
    Send {
        /// Which room.
        #[n(0)]
        room: RoomId,
        /// Opaque to the service; at most [`MAX_PAYLOAD`] bytes.
        #[cbor(b(1), with = "minicbor::bytes")]
        payload: &'a [u8],
    },
    /// Hand out a short number for a fresh random room. Answered by [`Notice::Allocated`] or [`Notice::Refused`].
    #[n(3)]
    Allocate,
    /// Which room stands behind a number? Answered once, then the number is dead.
    #[n(4)]
    Claim {
        /// The number of the typed code.
        #[n(0)]
        number: Number,
    },
    /// STUN and TURN servers, for a room with two members. Answered by [`Notice::IceServers`] or [`Notice::Refused`].
    #[n(5)]
    IceServers {
        /// Which room.
        #[n(0)]
        room: RoomId,
    },
}

/// What the service tells a client.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub enum Notice<'a> {
    /// The seat is yours.
    #[n(0)]
    Joined {
        /// Which room.
        #[n(0)]
        room: RoomId,
        /// Keep it: with it you come back to this seat.
        #[n(1)]
        seat: SeatToken,
        /// The other member is there already.
        #[n(2)]
        peer: bool,
        /// How long the room can live at most; 0 for a standing one.
        #[n(3)]
        ttl_secs: u32,
    },
    /// The other member came, or came back on a new socket.
    #[n(1)]
    PeerCame {
        /// Which room.
        #[n(0)]
        room: RoomId,
    },
    /// The other member went.
    #[n(2)]
    PeerWent {
        /// Which room.
        #[n(0)]
        room: RoomId,
    },
    /// A payload from the other member.
    #[n(3)]
    Frame {
        /// Which room.
        #[n(0)]
        room: RoomId,
        /// As it was sent, if the service is honest.
        #[cbor(b(1), with = "minicbor::bytes")]
        payload: &'a [u8],
    },
    /// A third wanted in and was refused. Both members hear it: somebody else knows the room.
    #[n(4)]
    ThirdRefused {
        /// Which room.
        #[n(0)]
        room: RoomId,
    },
    /// You are no longer in this room.
    #[n(5)]
    Closed {
        /// Which room.
        #[n(0)]
        room: RoomId,
        /// Why.
        #[n(1)]
        why: CloseReason,
    },
    /// Frames of this room, to you or from you, may be lost: send again what matters.
    #[n(6)]
    FramesLost {
        /// Which room.
        #[n(0)]
        room: RoomId,
    },
    /// A number for a fresh room. Join it yourself.
    #[n(7)]
    Allocated {
        /// To be typed by the other person.
        #[n(0)]
        number: Number,
        /// The fresh room.
        #[n(1)]
        room: RoomId,
        /// How long the number can be claimed.
        #[n(2)]
        ttl_secs: u32,
    },
    /// The room behind a number.
    #[n(8)]
    Claimed {
        /// The number asked about.
        #[n(0)]
        number: Number,
        /// Its room.
        #[n(1)]
        room: RoomId,
    },
    /// STUN and TURN servers.
    #[n(9)]
    IceServers {
        /// Which room asked.
        #[n(0)]
        room: RoomId,
        /// The servers; bounded on reading.
        #[cbor(n(1), with = "ice::list")]
        servers: Vec<IceServer>,
        /// How long their credentials are good.
        #[n(2)]
        ttl_secs: u32,
    },
    /// A request was refused. Requests of one kind are answered in their order.
    #[n(10)]
    Refused {
        /// What kind of request.
        #[n(0)]
        what: RequestKind,
        /// Its room, where it named one.
        #[n(1)]
        room: Option<RoomId>,
        /// Why.
        #[n(2)]
        why: Refusal,
        /// When it is worth asking again; 0 where it is not, or where nobody knows.
        #[n(3)]
        retry_secs: u32,
    },
    /// The service is about to stop. New joins are refused; come back after this delay.
    #[n(11)]
    Draining {
        /// A different delay for each, so that not all come back at once.
        #[n(0)]
        retry_ms: u32,
    },
}

/// Why a room ended for its member.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, PartialEq)]
#[cbor(index_only)]
pub enum CloseReason {
    /// Nobody else came in time.
    #[n(0)]
    Alone,
    /// Its time was up.
    #[n(1)]
    Expired,
    /// A newer socket that knew the seat token sits there now.
    #[n(2)]
    SeatTakenOver,
    /// The service lost hold of the room (its shared store forgot it).
    #[n(3)]
    Forgotten,
}

/// The kinds of [`Request`], for [`Notice::Refused`].
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, PartialEq)]
#[cbor(index_only)]
pub enum RequestKind {
    /// [`Request::Join`]
    #[n(0)]
    Join,
    /// [`Request::Send`]
    #[n(1)]
    Send,
    /// [`Request::Allocate`]
    #[n(2)]
    Allocate,
    /// [`Request::Claim`]
    #[n(3)]
    Claim,
    /// [`Request::IceServers`]
    #[n(4)]
    IceServers,
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, PartialEq)]
#[cbor(index_only)]
pub enum Refusal {
    /// Two are in the room already.
    #[n(0)]
    RoomFull,
    /// Too many of these from this address or on this connection: wait.
    #[n(1)]
    TooOften,
    /// This connection sits in as many rooms as it may.
    #[n(2)]
    TooManyRooms,
    /// The service holds as many rooms or numbers as it may.
    #[n(3)]
    ServiceFull,
    /// As many frames or bytes wait in this room as may wait.
    #[n(4)]
    WaitingFull,
    /// The request needs a seat in the room.
    #[n(5)]
    NotInRoom,
    /// The request needs both members in the room.
    #[n(6)]
    NeedsBoth,
    /// Nobody holds this number: mistyped, expired or claimed. They look alike on purpose.
    #[n(7)]
    UnknownNumber,
    /// The service is stopping: come back in a moment.
    #[n(8)]
    Draining,
    /// The service can't reach what it needs at the moment.
    #[n(9)]
    Unavailable,
}

impl<'a> Request<'a> {
    /// The bytes of one WebSocket message.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one WebSocket message; the payload is borrowed from it.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        match codec::decode(bytes, MAX_MESSAGE)? {
            Self::Send { payload, .. } if payload.len() > MAX_PAYLOAD => Err(DecodeError::TooLarge),
            request => Ok(request),
        }
    }
}

impl<'a> Notice<'a> {
    /// The bytes of one WebSocket message.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one WebSocket message; the payload is borrowed from it.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        // A list of relays is the one notice that may be longer than a frame, and it is bounded by its own limits.
        match codec::decode(bytes, MAX_MESSAGE + MAX_ICE_SERVERS * 3 * (MAX_ICE_TEXT + 8))? {
            Self::Frame { payload, .. } if payload.len() > MAX_PAYLOAD => Err(DecodeError::TooLarge),
            notice => Ok(notice),
        }
    }
}

impl fmt::Debug for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomId(..)")
    }
}

impl fmt::Debug for SeatToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeatToken(..)")
    }
}

#[cfg(test)]
mod tests;
