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
    let specification = include_str!("../../../docs/protocol/signalling.md");
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
