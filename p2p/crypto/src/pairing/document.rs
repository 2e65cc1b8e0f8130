//! The vectors, labels and limits in the specification are what this code makes.

use super::*;
use crate::{
    account::{AccountRootKey, OperatingKey},
    kdf::{derive, derive_from_extracted},
    purposes::{
        AToBKey, BToAKey, CodeTwoMacKey, ConfirmAKey, ConfirmBKey, ContactSecret, FileKey, PairingPrk, PairingSecret,
        ReplyMacKey, ResumeKey,
    },
    secret::Secret,
    specification::{Specification, Vectors},
    vectors::Given,
};
use alloc::{format, string::String, vec, vec::Vec};
use nyx_wire::{
    identity::Body,
    link::{self, Description, DescriptionKind, Fingerprint, IceCredentials},
    pairing::{
        CANDIDATES_MAX, CODE_ONE_MAX, CODE_TWO_MAX, Candidate, CandidateKind, CodeOne, CodeTwo, DESCRIPTION_MAX,
        Described, FRAME_MAX, Frame, HELLO_A_MAX, HELLO_B_MAX, Hints, INSIDE_MAX, Inside, Kind, Reply, Scanned,
        SignalUrl, TICKET_MAX, Ticket, TypedCode,
    },
    signal::Number,
};
use zeroize::Zeroizing;

const PAIRING: Specification = Specification(include_str!("../../../docs/protocol/pairing.md"));

#[test]
fn the_vectors_in_the_pairing_specification_are_what_the_code_makes() {
    let mut vectors = Vectors::new();
    ticket(&mut vectors);
    by_hand(&mut vectors);
    typed(&mut vectors);
    PAIRING.shows(&vectors);
}

#[test]
fn the_pairing_specification_lists_every_label_and_no_other() {
    PAIRING.lists_the_labels("nyx/pair/");
}

#[test]
fn the_pairing_specification_gives_the_limits_that_hold() {
    for (thing, limit) in [
        ("Ticket", TICKET_MAX),
        ("Code 1", CODE_ONE_MAX),
        ("Code 2", CODE_TWO_MAX),
        ("Candidates in a code", CANDIDATES_MAX),
        ("HelloA", HELLO_A_MAX),
        ("HelloB", HELLO_B_MAX),
        ("Inside", INSIDE_MAX),
        ("Description of a link", DESCRIPTION_MAX),
        ("Frame", FRAME_MAX),
        ("Envelopes of one side", ENVELOPES_MAX as usize),
    ] {
        PAIRING.gives(&format!("| {thing} | "), limit as u64);
    }
}

/// The end of a link with one place.
fn offered() -> Description {
    Description {
        kind: DescriptionKind::Offer,
        ice: IceCredentials::new("abcd", "0123456789abcdefghijkl").unwrap(),
        fingerprint: Fingerprint([0x42; 32]),
        candidates: vec![link::Candidate {
            kind: link::CandidateKind::Host,
            address: [192, 168, 1, 8].into(),
            port: 5000,
            priority: 2_130_706_431,
        }],
    }
}

fn secret() -> Secret<PairingSecret> {
    Secret::from_bytes([0x31; 32])
}

fn keys_of_a() -> HelloKeys {
    let bytes = [vec![0x11; 32], vec![0x12; 64], vec![0x13; 32]].concat();
    HelloKeys::generate(&mut Given(&bytes))
}

fn keys_of_b() -> AnswerKeys {
    AnswerKeys::generate(&mut Given(&[0x21; 32]))
}

fn of_b() -> Vec<u8> {
    [[0x22; 32], [0x23; 32]].concat()
}

fn signed(secret: &Secret<PairingSecret>, hello_a: &[u8], reply: Reply) -> Reply {
    HelloGuard::new(secret, hello_a).sign(reply)
}

fn ticket(vectors: &mut Vectors) {
    let keys = keys_of_a();
    let signal = SignalUrl::new("wss://nyx.example/v1").unwrap();
    let [hosted, lan] = ["192.168.1.7:4000", "192.168.1.7:4001"].map(|address| [address.parse().unwrap()]);
    let hints = Hints::new(Some(signal), &hosted, &lan).unwrap();
    let ticket =
        Ticket { kind: Kind::Receive, secret: Zeroizing::new([0x31; 32]), commitment: keys.commitment(), hints };
    vectors.bytes("ticket", &ticket.to_bytes());
    vectors.text("ticket.qr", &Scanned::Ticket(ticket.clone()).to_qr_text());
    vectors.bytes("ticket.room", &room_id(&secret()).0);
    vectors.secret("ticket.reply_mac_key", &derive::<_, ReplyMacKey, 32>(&secret()));
    vectors.hashed("hello_a", keys.hello());
    vectors.bytes("hello_a.commitment", &keys.commitment());
    let hello_a = keys.hello().to_vec();
    let promised: [u8; 32] = hello_a[hello_a.len() - 32..].try_into().unwrap();
    vectors.bytes("hello_a.promise", &promised);

    let context = Context::ticket(&ticket);
    let (hello_b, mut b) = keys_of_b().answer(&secret(), &context, &hello_a, &mut Given(&of_b())).unwrap();
    vectors.hashed("hello_b", &hello_b.to_bytes());
    let offer = Inside::Offer { link: Described::new(&offered().encode()).unwrap() };
    let sealed = b.seal(&offer).unwrap();
    let reply = signed(&secret(), &hello_a, Reply::new(&hello_b, b.confirm(), Some(&sealed)));
    let a = keys.agree(&secret(), &context, &reply).unwrap();
    schedule(vectors, "", a.transcript(), a.prk());
    vectors.bytes("confirm_b", &b.confirm());
    vectors.bytes("offer.inside", &offer.to_bytes());
    vectors.bytes("offer.sealed", &sealed.to_bytes());
    vectors.bytes("reply.mac", &reply.mac);
    vectors.hashed("frame.reply", &Frame::Reply(reply).to_bytes());
    let (mut a, confirm) = a.check(&b.confirm()).unwrap();
    vectors.bytes("frame.confirm", &Frame::Confirm(confirm).to_bytes());
    vectors.text("digits", &a.digits().groups().as_flattened().iter().collect::<String>());
    vectors.bytes("agreed.sealed", &a.channel().seal(&Inside::Agreed).unwrap().to_bytes());

    let ark = AccountRootKey::from_seed(&Secret::from_bytes([0x61; 32]));
    let opkey = OperatingKey::from_seed(Secret::from_bytes([0x62; 32]));
    let cert = ark.certify(&opkey, 1).unwrap();
    let speaker = Speaker { ark: ark.public(), cert: &cert, opkey: &opkey };
    vectors.bytes("account.signature_of_a", &a.prove_account(&speaker).signature);
}

fn by_hand(vectors: &mut Vectors) {
    let keys = keys_of_a();
    let place = |kind, address: &str| vec![Candidate { kind, address: address.parse().unwrap() }];
    let one = CodeOne {
        kind: Kind::Receive,
        secret: Zeroizing::new([0x31; 32]),
        commitment: keys.commitment(),
        fingerprint: [0x41; 32],
        candidates: place(CandidateKind::Host, "192.168.1.7:5000"),
    };
    let one_bytes = one.to_bytes();
    let mut two = CodeTwo {
        e: keys_of_b().public(),
        fingerprint: [0x42; 32],
        candidates: place(CandidateKind::ServerReflexive, "[2001:db8::7]:5000"),
        mac: [0; 32],
    };
    two.mac = code_two_mac(&secret(), &one_bytes, &two);
    vectors.bytes("by_hand.code_one", &one_bytes);
    vectors.secret("by_hand.code_two_mac_key", &derive::<_, CodeTwoMacKey, 32>(&secret()));
    vectors.bytes("by_hand.code_two", &two.to_bytes());
    for (name, ice) in [("a", ice_of_a(&secret())), ("b", ice_of_b(&secret()))] {
        vectors.text(&format!("by_hand.ice_{name}"), &format!("{} {}", ice.ufrag, *ice.password));
    }
    let context = Context::by_hand(&one_bytes, &two.to_bytes());
    let hello_a = keys.hello().to_vec();
    let (hello_b, b) = keys_of_b().answer(&secret(), &context, &hello_a, &mut Given(&of_b())).unwrap();
    let reply = signed(&secret(), &hello_a, Reply::new(&hello_b, b.confirm(), None));
    let a = keys.agree(&secret(), &context, &reply).unwrap();
    vectors.bytes("by_hand.th", a.transcript());
}

fn typed(vectors: &mut Vectors) {
    let code = TypedCode::parse("1234-abandon-ability-able-about").unwrap();
    let words = CodeWords::from_typed(&code).unwrap();
    let pake = PakeA::start(&words, &mut Given(&[0x51; 64]));
    let (answer, of_b_secret) = answer_pake(&words, pake.message(), &mut Given(&[0x52; 64])).unwrap();
    vectors.bytes("typed.pake_a", pake.message());
    vectors.bytes("typed.pake_b", &answer);
    let secret = pake.finish(&answer).unwrap();
    assert_eq!(secret, of_b_secret);
    vectors.secret("typed.secret", &secret);
    let (keys, context) = (keys_of_a(), Context::typed(Kind::Receive, Number(1234)));
    let hello_a = keys.hello().to_vec();
    let (hello_b, b) = keys_of_b().answer(&secret, &context, &hello_a, &mut Given(&of_b())).unwrap();
    let reply = signed(&secret, &hello_a, Reply::new(&hello_b, b.confirm(), None));
    let a = keys.agree(&secret, &context, &reply).unwrap();
    vectors.bytes("typed.th", a.transcript());
}

fn schedule(vectors: &mut Vectors, start: &str, th: &[u8; 32], prk: &Secret<PairingPrk, 64>) {
    vectors.bytes(&format!("{start}th"), th);
    vectors.bytes(&format!("{start}prk"), prk.expose());
    vectors.secret("key.a2b", &derive_from_extracted::<_, AToBKey, 32>(prk, &[]));
    vectors.secret("key.b2a", &derive_from_extracted::<_, BToAKey, 32>(prk, &[]));
    vectors.secret("key.confirm_a", &derive_from_extracted::<_, ConfirmAKey, 32>(prk, &[]));
    vectors.secret("key.confirm_b", &derive_from_extracted::<_, ConfirmBKey, 32>(prk, &[]));
    vectors.secret("key.file", &derive_from_extracted::<_, FileKey, 32>(prk, &[]));
    vectors.secret("key.resume", &derive_from_extracted::<_, ResumeKey, 32>(prk, &[]));
    vectors.secret("key.contact", &derive_from_extracted::<_, ContactSecret, 32>(prk, &[]));
}
