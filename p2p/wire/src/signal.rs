//! What a client and the signalling service say to each other: `p2p/docs/protocol/signalling.md`.
//!
//! One WebSocket binary message carries one [`Request`] or one [`Notice`]. The service relays the payload of
//! [`Request::Send`] without looking at it; these types have no way to look at it either.
//!
//! None of these structures is signed, so unknown keys are skipped: a later version may add some.

use crate::codec::{self, DecodeError};
use alloc::{string::String, vec::Vec};
use core::fmt;
use minicbor::{Decode, Encode};

/// The WebSocket subprotocol that both sides name. It changes when old clients could misread new messages.
pub const SUBPROTOCOL: &str = "nyx.signal.v1";

/// The largest payload of one frame: sealed SDP with thirty candidates takes under 8 KiB.
pub const MAX_PAYLOAD: usize = 16 * 1024;

/// The largest message: a payload and what stands around it.
pub const MAX_MESSAGE: usize = MAX_PAYLOAD + 64;

/// The service must not be talked into handing out long lists.
pub const MAX_ICE_SERVERS: usize = 8;
/// coturn's own user names are under 100 bytes; a URL of a relay is shorter still.
pub const MAX_ICE_TEXT: usize = 512;

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
        #[cbor(n(1), with = "ice_list")]
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

/// One STUN or TURN server.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct IceServer {
    /// `stun:host:port`, `turn:host:port?transport=udp`, `turns:…`.
    #[cbor(n(0), with = "short_text")]
    pub url: String,
    /// Empty for STUN.
    #[cbor(n(1), with = "short_text")]
    pub username: String,
    /// Empty for STUN. Short-lived, and good for relaying only.
    #[cbor(n(2), with = "short_text")]
    pub credential: String,
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

mod short_text {
    use super::{MAX_ICE_TEXT, String};
    use minicbor::{
        Decoder, Encoder,
        decode::Error as ReadError,
        encode::{Error as WriteError, Write},
    };

    pub(super) fn encode<C, W: Write>(text: &str, e: &mut Encoder<W>, _: &mut C) -> Result<(), WriteError<W::Error>> {
        e.str(text)?.ok()
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<String, ReadError> {
        let text = d.str()?;
        if text.len() > MAX_ICE_TEXT {
            return Err(ReadError::message("text too long"));
        }
        Ok(text.into())
    }
}

mod ice_list {
    use super::{IceServer, MAX_ICE_SERVERS, Vec};
    use minicbor::{
        Decode, Decoder, Encode, Encoder,
        decode::Error as ReadError,
        encode::{Error as WriteError, Write},
    };

    pub(super) fn encode<C, W: Write>(
        servers: &[IceServer],
        e: &mut Encoder<W>,
        c: &mut C,
    ) -> Result<(), WriteError<W::Error>> {
        e.array(servers.len() as u64)?;
        servers.iter().try_for_each(|server| server.encode(e, c))
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, c: &mut C) -> Result<Vec<IceServer>, ReadError> {
        // Only the definite length is deterministic, and it is checked before anything is allocated.
        let len = d.array()?.ok_or_else(|| ReadError::message("indefinite array"))?;
        if len > MAX_ICE_SERVERS as u64 {
            return Err(ReadError::message("too many servers"));
        }
        (0..len).map(|_| IceServer::decode(d, c)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};
    use proptest::prelude::*;

    fn room() -> impl Strategy<Value = RoomId> {
        any::<[u8; 16]>().prop_map(RoomId)
    }

    /// Payloads are borrowed, so the strategies cut them out of one that lasts.
    static ANY_PAYLOAD: [u8; MAX_PAYLOAD] = [7; MAX_PAYLOAD];

    fn payload() -> impl Strategy<Value = &'static [u8]> {
        prop_oneof![0..300usize, MAX_PAYLOAD - 1..=MAX_PAYLOAD].prop_map(|len| &ANY_PAYLOAD[..len])
    }

    fn request() -> impl Strategy<Value = Request<'static>> {
        prop_oneof![
            (room(), any::<Option<[u8; 16]>>(), any::<bool>()).prop_map(|(room, seat, standing)| Request::Join {
                room,
                seat: seat.map(SeatToken),
                standing
            }),
            room().prop_map(|room| Request::Leave { room }),
            (room(), payload()).prop_map(|(room, payload)| Request::Send { room, payload }),
            Just(Request::Allocate),
            any::<u32>().prop_map(|number| Request::Claim { number: Number(number) }),
            room().prop_map(|room| Request::IceServers { room }),
        ]
    }

    fn ice_server() -> impl Strategy<Value = IceServer> {
        ("[a-z:]{0,40}", "[a-z0-9:]{0,60}", "[A-Za-z0-9+/=]{0,40}").prop_map(|(url, username, credential)| IceServer {
            url,
            username,
            credential,
        })
    }

    fn notice() -> impl Strategy<Value = Notice<'static>> {
        prop_oneof![
            (room(), any::<[u8; 16]>(), any::<bool>(), any::<u32>()).prop_map(|(room, seat, peer, ttl_secs)| {
                Notice::Joined { room, seat: SeatToken(seat), peer, ttl_secs }
            }),
            room().prop_map(|room| Notice::PeerCame { room }),
            room().prop_map(|room| Notice::PeerWent { room }),
            (room(), payload()).prop_map(|(room, payload)| Notice::Frame { room, payload }),
            room().prop_map(|room| Notice::ThirdRefused { room }),
            room().prop_map(|room| Notice::Closed { room, why: CloseReason::SeatTakenOver }),
            room().prop_map(|room| Notice::FramesLost { room }),
            (any::<u32>(), room(), any::<u32>()).prop_map(|(number, room, ttl_secs)| Notice::Allocated {
                number: Number(number),
                room,
                ttl_secs
            }),
            (any::<u32>(), room()).prop_map(|(number, room)| Notice::Claimed { number: Number(number), room }),
            (room(), prop::collection::vec(ice_server(), 0..=MAX_ICE_SERVERS), any::<u32>())
                .prop_map(|(room, servers, ttl_secs)| Notice::IceServers { room, servers, ttl_secs }),
            (prop::option::of(room()), any::<u32>()).prop_map(|(room, retry_secs)| Notice::Refused {
                what: RequestKind::Claim,
                room,
                why: Refusal::UnknownNumber,
                retry_secs
            }),
            any::<u32>().prop_map(|retry_ms| Notice::Draining { retry_ms }),
        ]
    }

    proptest! {
        #[test]
        fn a_request_survives_the_wire(request in request()) {
            let bytes = request.encode();
            prop_assert_eq!(Request::decode(&bytes), Ok(request));
        }

        #[test]
        fn a_notice_survives_the_wire(notice in notice()) {
            let bytes = notice.encode();
            prop_assert_eq!(Notice::decode(&bytes), Ok(notice));
        }

        #[test]
        fn arbitrary_bytes_are_a_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Request::decode(&bytes);
            let _ = Notice::decode(&bytes);
        }

        #[test]
        fn a_cut_message_is_refused(request in request(), cut in any::<prop::sample::Index>()) {
            let bytes = request.encode();
            prop_assert!(Request::decode(&bytes[..cut.index(bytes.len())]).is_err());
        }

        #[test]
        fn bytes_after_a_message_are_refused(request in request(), more in prop::collection::vec(any::<u8>(), 1..9)) {
            let mut bytes = request.encode();
            bytes.extend(more);
            prop_assert!(Request::decode(&bytes).is_err());
        }
    }

    #[test]
    fn the_example_of_the_specification_is_what_we_write() {
        let hex = |text: &str| -> Vec<u8> {
            let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
            digits.chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
        };
        let specification = include_str!("../../docs/protocol/signalling.md");
        let examples: Vec<Vec<u8>> = specification.lines().filter(|line| line.starts_with("82 ")).map(hex).collect();
        let room = RoomId(core::array::from_fn(|place| place as u8));
        let seat = SeatToken(core::array::from_fn(|place| 0xf0 + place as u8));
        assert_eq!(examples[0], Request::Join { room, seat: None, standing: false }.encode());
        assert_eq!(examples[1], Notice::Joined { room, seat, peer: false, ttl_secs: 600 }.encode());
    }

    #[test]
    fn a_payload_over_the_limit_is_refused() {
        let request = Request::Send { room: RoomId([1; 16]), payload: &[0; MAX_PAYLOAD + 1] };
        assert!(Request::decode(&request.encode()).is_err());
    }

    #[test]
    fn a_room_id_of_another_length_is_refused() {
        // [1, {0: h'00…'}] with 15 and 17 bytes: nothing but 128 bits names a room.
        for len in [0u8, 15, 17, 32] {
            let mut bytes = vec![0x82, 0x01, 0xa1, 0x00];
            if len < 24 {
                bytes.push(0x40 | len)
            } else {
                bytes.extend([0x58, len])
            }
            bytes.extend(vec![0; usize::from(len)]);
            assert_eq!(Request::decode(&bytes), Err(DecodeError::Malformed));
        }
    }

    #[test]
    fn an_unknown_key_is_skipped() {
        // Leave with a key 9 that no version has: [1, {0: room, 9: "later"}].
        let mut bytes = vec![0x82, 0x01, 0xa2, 0x00, 0x50];
        bytes.extend([5; 16]);
        bytes.extend([0x09, 0x65]);
        bytes.extend(b"later");
        assert_eq!(Request::decode(&bytes), Ok(Request::Leave { room: RoomId([5; 16]) }));
    }

    #[test]
    fn a_long_list_of_relays_is_refused_before_it_is_allocated() {
        // [9, {1: array(2^32 - 1)…
        let bytes = [0x82, 0x09, 0xa1, 0x01, 0x9a, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(Notice::decode(&bytes), Err(DecodeError::Malformed));
    }

    #[test]
    fn room_and_seat_stay_out_of_debug_output() {
        let text = format!("{:?} {:?}", RoomId([0xab; 16]), SeatToken([0xab; 16]));
        assert!(!text.contains("ab, ") && !text.contains("171"));
    }
}
