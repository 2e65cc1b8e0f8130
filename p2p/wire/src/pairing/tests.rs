//! One encoding a value, no bytes panic, every limit holds.

extern crate std;

use super::*;
use crate::{
    codec::DecodeError,
    identity::{Body, DeviceName, Signed, Version},
    signal::Number,
};
use alloc::{borrow::ToOwned, format, string::String, vec, vec::Vec};
use core::{
    fmt::Debug,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};
use proptest::{
    array::{uniform4, uniform16, uniform32},
    collection::vec as vec_of,
    option,
    prelude::*,
};
use zeroize::Zeroizing;

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Receive), Just(Kind::Send), Just(Kind::Contact), Just(Kind::Check)]
}

fn v4() -> impl Strategy<Value = SocketAddr> {
    (1..u32::MAX, 1..=u16::MAX).prop_map(|(ip, port)| SocketAddr::new(Ipv4Addr::from(ip).into(), port))
}

fn v6() -> impl Strategy<Value = SocketAddr> {
    (1..u128::MAX, 1..=u16::MAX).prop_map(|(ip, port)| SocketAddr::new(Ipv6Addr::from(ip).into(), port))
}

fn hints() -> impl Strategy<Value = Hints> {
    let places = || (vec_of(v4(), 0..3), vec_of(v6(), 0..2)).prop_map(|(v4, v6)| [v4, v6].concat());
    (option::of("wss?://[a-z0-9.:/-]{1,18}"), places(), places()).prop_map(|(url, hosted, lan)| {
        let signal = url.and_then(|url| SignalUrl::new(&url).ok());
        let fits = |lan: &[SocketAddr]| Hints::new(signal.clone(), &hosted, lan);
        fits(&lan).or_else(|_| fits(&[])).or_else(|_| Hints::new(None, &hosted, &[])).unwrap()
    })
}

fn ticket() -> impl Strategy<Value = Ticket> {
    (kind(), uniform32(any::<u8>()), uniform16(any::<u8>()), hints()).prop_map(|(kind, secret, commitment, hints)| {
        Ticket { kind, secret: Zeroizing::new(secret), commitment, hints }
    })
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let kind =
        prop_oneof![Just(CandidateKind::Host), Just(CandidateKind::ServerReflexive), Just(CandidateKind::Relayed)];
    (kind, prop_oneof![v4(), v6()]).prop_map(|(kind, address)| Candidate { kind, address })
}

fn code_one() -> impl Strategy<Value = CodeOne> {
    let candidates = vec_of(candidate(), 0..=CANDIDATES_MAX);
    (kind(), uniform32(any::<u8>()), uniform16(any::<u8>()), candidates).prop_map(
        |(kind, secret, commitment, candidates)| CodeOne {
            kind,
            secret: Zeroizing::new(secret),
            commitment,
            fingerprint: secret,
            candidates,
        },
    )
}

fn code_two() -> impl Strategy<Value = CodeTwo> {
    let candidates = vec_of(candidate(), 0..=CANDIDATES_MAX);
    (uniform32(any::<u8>()), uniform32(any::<u8>()), candidates).prop_map(|(e, mac, candidates)| CodeTwo {
        e,
        fingerprint: mac,
        candidates,
        mac,
    })
}

fn hello_a() -> impl Strategy<Value = HelloA> {
    (uniform32(any::<u8>()), any::<u8>(), uniform32(any::<u8>())).prop_map(|(e, byte, promise)| HelloA {
        v: Version,
        e,
        ek: [byte; 1184],
        promise,
    })
}

fn hello_b() -> impl Strategy<Value = HelloB> {
    (uniform32(any::<u8>()), any::<u8>(), uniform32(any::<u8>())).prop_map(|(e, byte, nonce)| HelloB {
        v: Version,
        e,
        ct: [byte; ML_KEM_768_CIPHERTEXT],
        nonce,
    })
}

fn sealed() -> impl Strategy<Value = Sealed> {
    (any::<u32>(), vec_of(any::<u8>(), 16..300)).prop_map(|(counter, ciphertext)| Sealed { counter, ciphertext })
}

fn reply() -> impl Strategy<Value = Reply> {
    let array = || uniform32(any::<u8>());
    (vec_of(any::<u8>(), 0..300), array(), option::of(vec_of(any::<u8>(), 0..300)), array()).prop_map(
        |(hello, confirm, offer, mac)| Reply { hello: hello.into(), confirm, offer: offer.map(Into::into), mac },
    )
}

fn frame() -> impl Strategy<Value = Frame> {
    let bytes = || vec_of(any::<u8>(), 0..300);
    let array = || uniform32(any::<u8>());
    prop_oneof![
        bytes().prop_map(Frame::HelloA),
        Just(Frame::Over),
        reply().prop_map(Frame::Reply),
        (array(), array()).prop_map(|(confirm, nonce)| Frame::Confirm(Confirm { confirm, nonce })),
        sealed().prop_map(Frame::Sealed),
        (array(), bytes()).prop_map(|(pake, hello)| Frame::TypedHello(TypedHello { pake, hello: hello.into() })),
        (array(), reply()).prop_map(|(pake, reply)| Frame::TypedReply(TypedReply { pake, reply })),
    ]
}

fn proof() -> impl Strategy<Value = AccountProof> {
    (uniform32(any::<u8>()), vec_of(any::<u8>(), 0..100), any::<u8>()).prop_map(|(ark, body, byte)| AccountProof {
        ark,
        opkey_cert: Signed::new(body, [byte; 64]),
        signature: [byte; 64],
    })
}

fn inside() -> impl Strategy<Value = Inside> {
    let link = || vec_of(any::<u8>(), 0..200).prop_map(|bytes| Described::new(&bytes).unwrap());
    let place = vec_of(any::<u8>(), 0..PLACE_MAX).prop_map(|bytes| Described::place(&bytes).unwrap());
    let name = || "[a-zA-Z]{1,20}".prop_map(|name| DeviceName::new(&name).unwrap());
    prop_oneof![
        link().prop_map(|link| Inside::Offer { link }),
        (link(), any::<u32>()).prop_map(|(link, offer)| Inside::Answer { link, offer }),
        place.prop_map(|place| Inside::Candidate { place }),
        (name(), uniform4(0..2048u16), any::<u64>()).prop_map(|(name, words, bytes)| Inside::Account {
            name,
            words,
            bytes
        }),
        name().prop_map(|name| Inside::Device { name }),
        (name(), proof()).prop_map(|(name, proof)| Inside::Contact { name, proof }),
        Just(Inside::Agreed),
        proof().prop_map(|proof| Inside::Matched { proof }),
        Just(Inside::Cancel { why: CancelReason::Intruder }),
    ]
}

/// For one value, one arbitrary string of bytes and one change: the value comes back; what is accepted has this one
/// encoding; nothing shorter or longer is accepted; a change is noticed or makes another value.
fn holds<T: PartialEq + Debug>(
    value: &T,
    write: impl Fn(&T) -> Vec<u8>,
    read: impl Fn(&[u8]) -> Result<T, DecodeError>,
    junk: &[u8],
    change: (usize, u8),
) -> Result<(), TestCaseError> {
    let mut bytes = write(value);
    prop_assert_eq!(&read(&bytes).unwrap(), value);
    if let Ok(other) = read(junk) {
        prop_assert_eq!(write(&other), junk);
    }
    let place = change.0 % bytes.len();
    if let Ok(other) = read(&bytes[..place]) {
        prop_assert_eq!(write(&other), &bytes[..place]);
    }
    bytes[place] ^= change.1;
    if let Ok(other) = read(&bytes) {
        prop_assert_eq!(write(&other), bytes);
        prop_assert_ne!(&other, value);
    }
    Ok(())
}

macro_rules! properties {
    ($($name:ident: $strategy:expr, $write:expr, $read:expr;)+) => {
        proptest! {$(
            #[test]
            fn $name(
                value in $strategy,
                junk in vec_of(any::<u8>(), 0..300),
                change in (any::<usize>(), 1..=255u8),
            ) {
                holds(&value, $write, $read, &junk, change)?;
            }
        )+}
    };
}

properties! {
    a_ticket_has_one_encoding_and_no_bytes_panic: ticket(), |v: &Ticket| v.to_bytes().to_vec(), Ticket::parse;
    code_one_has_one_encoding_and_no_bytes_panic: code_one(), |v: &CodeOne| v.to_bytes().to_vec(), CodeOne::parse;
    code_two_has_one_encoding_and_no_bytes_panic: code_two(), CodeTwo::to_bytes, CodeTwo::parse;
    hello_a_has_one_encoding_and_no_bytes_panic: hello_a(), HelloA::to_bytes, HelloA::parse;
    hello_b_has_one_encoding_and_no_bytes_panic: hello_b(), HelloB::to_bytes, HelloB::parse;
    a_frame_has_one_encoding_and_no_bytes_panic: frame(), Frame::to_bytes, Frame::parse;
    an_envelope_has_one_encoding_and_no_bytes_panic: sealed(), Sealed::to_bytes, Sealed::parse;
    an_inside_has_one_encoding_and_no_bytes_panic: inside(), Inside::to_bytes, Inside::parse;
}

proptest! {
    #[test]
    fn what_is_shown_is_read_in_capitals_small_letters_and_broken_lines(
        ticket in ticket(),
        one in code_one(),
        two in code_two(),
        every in 1..80usize,
    ) {
        for scanned in [Scanned::Ticket(ticket), Scanned::CodeOne(one), Scanned::CodeTwo(two)] {
            let qr = scanned.to_qr_text();
            prop_assert!(qr.starts_with("NYX:") && qr.bytes().all(|byte| !byte.is_ascii_lowercase()));
            prop_assert_eq!(&Scanned::parse(&qr).unwrap(), &scanned);
            prop_assert_eq!(&Scanned::parse(&scanned.to_link()).unwrap(), &scanned);
            let letters: Vec<char> = qr.chars().collect();
            let broken: Vec<String> = letters.chunks(every).map(|line| line.iter().collect()).collect();
            let broken = format!(" {} \n", broken.join("\r\n"));
            if broken.len() <= TEXT_MAX {
                prop_assert_eq!(&Scanned::parse(&broken).unwrap(), &scanned);
            }
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>(), base32 in "[A-Z2-7]{0,300}") {
        let _ = Scanned::parse(&text);
        let _ = Scanned::parse(&format!("NYX:{base32}"));
        let _ = TypedCode::parse(&text);
        let _ = TypedCode::parse(&format!("12 {text}"));
    }

    #[test]
    fn a_typed_code_is_read_however_it_is_separated(number in any::<u32>(), words in uniform4("[a-z]{3,8}"), by in "[ .,-]{1,3}") {
        let typed = format!(" {number}{by}{}", words.join(&by).to_uppercase());
        let code = TypedCode::parse(&typed).unwrap();
        prop_assert_eq!(code.number, Number(number));
        prop_assert!(code.words().eq(words.iter().map(String::as_str)));
        let text = TypedCode::text(code.number, [&words[0], &words[1], &words[2], &words[3]]);
        prop_assert!(TypedCode::parse(&text).unwrap().words().eq(words.iter().map(String::as_str)));
    }
}

fn full_ticket() -> Ticket {
    let signal = SignalUrl::new(&format!("wss://{}", "h".repeat(SIGNAL_URL_MAX - 6))).unwrap();
    Ticket {
        kind: Kind::Receive,
        secret: Zeroizing::new([1; 32]),
        commitment: [2; 16],
        hints: Hints::new(Some(signal), &[], &[]).unwrap(),
    }
}

#[test]
fn the_largest_ticket_is_118_bytes_and_fits_a_version_6_code() {
    let ticket = full_ticket();
    assert_eq!(ticket.to_bytes().len(), TICKET_MAX);
    assert_eq!(TICKET_MAX, 118);
    assert!(Scanned::Ticket(ticket).to_qr_text().len() <= 195);
}

#[test]
fn hints_that_do_not_fit_are_refused_when_they_are_made_and_when_they_are_read() {
    let places: Vec<SocketAddr> = (1..=12).map(|port| SocketAddr::from(([10, 0, 0, 1], port))).collect();
    for (hosted, lan) in [(12, 0), (0, 12), (6, 6), (10, 1)] {
        assert_eq!(Hints::new(None, &places[..hosted], &places[..lan]), Err(HintsError::TooLong));
    }
    for (hosted, lan) in [(10, 0), (0, 10), (5, 5)] {
        assert!(Hints::new(None, &places[..hosted], &places[..lan]).is_ok());
    }
    let long = format!("wss://{}", "h".repeat(SIGNAL_URL_MAX - 5));
    assert_eq!(SignalUrl::new(&long), Err(HintsError::TooLong));
    assert_eq!(Ticket::parse(&[&full_ticket().to_bytes()[..], &[2]].concat()), Err(DecodeError::TooLarge));
}

#[test]
fn addresses_that_lead_nowhere_are_no_hints() {
    for bad in ["http://a", "wss://", "wss://a b", "wss://ä", "WSS://a", "a"] {
        assert_eq!(SignalUrl::new(bad), Err(HintsError::NoAddress), "{bad}");
    }
    for bad in ["0.0.0.0:1", "[::]:1", "1.2.3.4:0"] {
        let bad = [bad.parse().unwrap()];
        assert_eq!(Hints::new(None, &bad, &[]), Err(HintsError::NoAddress), "{bad:?}");
        assert_eq!(Hints::new(None, &[], &bad), Err(HintsError::NoAddress), "{bad:?}");
    }
}

#[test]
fn hints_twice_out_of_order_empty_or_unknown_are_refused() {
    let head = Ticket { hints: Hints::default(), ..full_ticket() }.to_bytes();
    let with = |hints: &[u8]| Ticket::parse(&[&head[..], hints].concat());
    let address = [10, 0, 0, 1, 0, 80];
    let v4 = [&[2, 6][..], &address].concat();
    let lan = [&[4, 6][..], &address].concat();
    assert!(with(&[]).is_ok() && with(&v4).is_ok());
    let both = with(&[v4.clone(), lan.clone()].concat()).unwrap().hints;
    let read = [SocketAddr::from(([10, 0, 0, 1], 80))];
    assert_eq!((both.hosted(), both.lan()), (&read[..], &read[..]));
    let url = [&[1, 7][..], b"ws://ab"].concat();
    for bad in [
        [v4.clone(), v4.clone()].concat(),
        [v4.clone(), url].concat(),
        [lan.clone(), v4.clone()].concat(),
        vec![2, 0],
        vec![4, 0],
        vec![4, 5, 1, 2, 3, 4, 5],
        vec![5, 6, 10, 0, 0, 1, 0, 80],
        vec![6, 1, 0],
        vec![0, 1, 0],
        vec![2, 5, 1, 2, 3, 4, 5],
        vec![2, 6, 1],
        vec![2],
        vec![1, 7, b'w', b's', b':', b'/', b'/', 0xFF, 0xFF],
    ] {
        assert!(with(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn another_version_form_or_kind_is_refused() {
    let ticket = full_ticket().to_bytes();
    for (place, bad) in [(0, 0), (0, 2), (0, 255), (1, 1), (1, 2), (1, 3), (2, 0), (2, 5)] {
        let mut changed = ticket.to_vec();
        changed[place] = bad;
        assert!(Ticket::parse(&changed).is_err(), "byte {place} = {bad}");
        assert!(CodeOne::parse(&changed).is_err() || (place, bad) == (1, 1));
    }
    let mut hello = HelloA { v: Version, e: [1; 32], ek: [2; 1184], promise: [3; 32] }.to_bytes();
    hello[2] = 2;
    assert!(HelloA::parse(&hello).is_err());
}

#[test]
fn a_code_of_a_later_version_is_told_apart_from_none() {
    let code = |version: u8| {
        let mut bytes = full_ticket().to_bytes().to_vec();
        bytes[0] = version;
        Scanned::parse(&format!("nyx:{}", data_encoding::BASE32_NOPAD.encode(&bytes)))
    };
    assert!(code(1).is_ok());
    assert_eq!(
        [0, 2, 255].map(|version| code(version).unwrap_err()),
        [DecodeError::Malformed, DecodeError::LaterVersion, DecodeError::LaterVersion]
    );
}

#[test]
fn one_code_never_passes_for_another() {
    let code = CodeTwo { e: [1; 32], fingerprint: [2; 32], candidates: vec![], mac: [3; 32] };
    assert!(Ticket::parse(&code.to_bytes()).is_err() && CodeOne::parse(&code.to_bytes()).is_err());
    assert!(CodeTwo::parse(&full_ticket().to_bytes()).is_err());
}

#[test]
fn text_without_the_prefix_with_padding_or_loose_bits_is_refused() {
    let text = Scanned::Ticket(Ticket { hints: Hints::default(), ..full_ticket() }).to_qr_text();
    assert!(Scanned::parse(&text).is_ok());
    assert!(Scanned::parse(&text[4..]).is_err());
    assert!(Scanned::parse(&format!("{}===", *text)).is_err());
    // 51 bytes leave two bits over in the last letter.
    let mut loose = text[..text.len() - 1].to_owned();
    let last = text.bytes().last().unwrap();
    loose.push(char::from(if last == b'Z' { b'2' } else { last + 1 }));
    assert!(Scanned::parse(&loose).is_err());
    assert!(Scanned::parse(&" ".repeat(TEXT_MAX + 1)).is_err());
}

#[test]
fn what_was_typed_wrong_is_no_typed_code() {
    for bad in [
        "",
        "12",
        "12 a b c",
        "12 a b c d e",
        "a b c d 12",
        "4294967296 a b c d",
        "-1 a b c d e",
        "12 abcdefghi b c d",
        "12 a1 b c d",
        "12 ä b c d",
        "+12 a b c d",
    ] {
        assert!(TypedCode::parse(bad).is_err(), "{bad:?}");
    }
    assert!(TypedCode::parse(&" ".repeat(200)).is_err());
}

#[test]
fn too_many_candidates_are_not_read_and_not_written() {
    let candidate = Candidate { kind: CandidateKind::Host, address: "[2001:db8::1]:9".parse().unwrap() };
    let mut code =
        CodeTwo { e: [1; 32], fingerprint: [2; 32], candidates: vec![candidate; CANDIDATES_MAX], mac: [3; 32] };
    let full = code.to_bytes();
    assert_eq!(full.len(), CODE_TWO_MAX);
    code.candidates.push(candidate);
    assert_eq!(code.to_bytes(), full);
    let mut lies = full;
    lies[66] = 9;
    assert!(CodeTwo::parse(&lies).is_err());
}

#[test]
fn the_largest_of_each_structure_fits_its_limit_and_not_by_far() {
    let hello_a = HelloA { v: Version, e: [0xFF; 32], ek: [0xFF; 1184], promise: [0xFF; 32] };
    let hello_b = HelloB { v: Version, e: [0xFF; 32], ct: [0xFF; 1088], nonce: [0xFF; 32] };
    let inside = Inside::Answer { link: Described::new(&[0xFF; DESCRIPTION_MAX]).unwrap(), offer: u32::MAX };
    let envelope = Sealed { counter: u32::MAX, ciphertext: vec![0xFF; INSIDE_MAX + 16] };
    let reply = Reply::new(&hello_b, [0xFF; 32], Some(&envelope));
    let frame = Frame::TypedReply(TypedReply { pake: [0xFF; 32], reply });
    for (name, length, max) in [
        ("hello A", hello_a.to_bytes().len(), HELLO_A_MAX),
        ("hello B", hello_b.to_bytes().len(), HELLO_B_MAX),
        ("inside", inside.to_bytes().len(), INSIDE_MAX),
        ("envelope", envelope.to_bytes().len(), SEALED_MAX),
        ("frame", frame.to_bytes().len(), FRAME_MAX),
    ] {
        assert!(length <= max && max < length + 128, "{name}: {length} of {max}");
    }
    assert_eq!(Frame::parse(&frame.to_bytes()), Ok(frame));
    assert!(Described::new(&[0; DESCRIPTION_MAX + 1]).is_none() && Described::place(&[0; PLACE_MAX + 1]).is_none());
}

#[test]
fn a_candidate_as_long_as_a_description_and_a_word_outside_the_list_are_refused() {
    let place = Described::new(&[0; PLACE_MAX + 1]).unwrap();
    assert!(Inside::parse(&Inside::Candidate { place }.to_bytes()).is_err());
    let name = DeviceName::new("Ada").unwrap();
    let account = |last| Inside::Account { name: name.clone(), words: [0, 1, 2, last], bytes: 0 }.to_bytes();
    assert!(Inside::parse(&account(2047)).is_ok() && Inside::parse(&account(2048)).is_err());
}

#[test]
fn nothing_secret_shows_in_debug() {
    let shown = format!(
        "{:?} {:?} {:?}",
        full_ticket(),
        TypedCode::parse("7 ab cd ef gh").unwrap(),
        Described::new(b"10.0.0.1").unwrap()
    );
    assert_eq!(shown, "Ticket(Receive, redacted) TypedCode(redacted) Described(8 bytes)");
}
