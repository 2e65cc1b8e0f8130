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
    vectors::Given,
};
use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
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

const DOCUMENT: &str = include_str!("../../../docs/protocol/pairing.md");

#[test]
fn the_vectors_in_the_pairing_specification_are_what_the_code_makes() {
    let written: Vec<&str> = DOCUMENT
        .lines()
        .skip_while(|line| *line != "<!-- vectors begin -->")
        .take_while(|line| *line != "<!-- vectors end -->")
        .filter(|line| line.contains(" = "))
        .collect();
    let made = vectors();
    let shown = made.join("\n");
    assert_eq!(written, made, "the vectors now are:\n{shown}");
}

#[test]
fn the_pairing_specification_lists_every_label_and_no_other() {
    let table = DOCUMENT.split("## 12. Labels").nth(1).unwrap().split("## 13.").next().unwrap();
    let mut written: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let mut used: Vec<&str> = include_str!("../labels.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1))
        .filter(|label| label.starts_with("nyx/pair/"))
        .collect();
    written.sort_unstable();
    used.sort_unstable();
    assert_eq!(written, used);
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
        let start = format!("| {thing} | ");
        let line = DOCUMENT.lines().find_map(|line| line.strip_prefix(start.as_str())).unwrap();
        let digits: String = line.chars().take_while(|letter| *letter != '|').filter(char::is_ascii_digit).collect();
        assert_eq!(digits, limit.to_string(), "{thing}");
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

fn vectors() -> Vec<String> {
    let mut lines = Lines(Vec::new());
    ticket(&mut lines);
    by_hand(&mut lines);
    typed(&mut lines);
    lines.0
}

fn ticket(lines: &mut Lines) {
    let keys = keys_of_a();
    let signal = SignalUrl::new("wss://nyx.example/v1").unwrap();
    let [hosted, lan] = ["192.168.1.7:4000", "192.168.1.7:4001"].map(|address| [address.parse().unwrap()]);
    let hints = Hints::new(Some(signal), &hosted, &lan).unwrap();
    let ticket =
        Ticket { kind: Kind::Receive, secret: Zeroizing::new([0x31; 32]), commitment: keys.commitment(), hints };
    lines.bytes("ticket", &ticket.to_bytes());
    lines.text("ticket.qr", &Scanned::Ticket(ticket.clone()).to_qr_text());
    lines.bytes("ticket.room", &room_id(&secret()).0);
    lines.bytes("ticket.reply_mac_key", derive::<_, ReplyMacKey, 32>(&secret()).expose());
    lines.long("hello_a", keys.hello());
    lines.bytes("hello_a.commitment", &keys.commitment());
    let hello_a = keys.hello().to_vec();
    let promised: [u8; 32] = hello_a[hello_a.len() - 32..].try_into().unwrap();
    lines.bytes("hello_a.promise", &promised);

    let context = Context::ticket(&ticket);
    let (hello_b, mut b) = keys_of_b().answer(&secret(), &context, &hello_a, &mut Given(&of_b())).unwrap();
    lines.long("hello_b", &hello_b.to_bytes());
    let offer = Inside::Offer { link: Described::new(&offered().encode()).unwrap() };
    let sealed = b.seal(&offer).unwrap();
    let reply = signed(&secret(), &hello_a, Reply::new(&hello_b, b.confirm(), Some(&sealed)));
    let a = keys.agree(&secret(), &context, &reply).unwrap();
    schedule(lines, "", a.transcript(), a.prk());
    lines.bytes("confirm_b", &b.confirm());
    lines.bytes("offer.inside", &offer.to_bytes());
    lines.bytes("offer.sealed", &sealed.to_bytes());
    lines.bytes("reply.mac", &reply.mac);
    lines.long("frame.reply", &Frame::Reply(reply).to_bytes());
    let (mut a, confirm) = a.check(&b.confirm()).unwrap();
    lines.bytes("frame.confirm", &Frame::Confirm(confirm).to_bytes());
    lines.text("digits", &a.digits().groups().as_flattened().iter().collect::<String>());
    lines.bytes("agreed.sealed", &a.channel().seal(&Inside::Agreed).unwrap().to_bytes());

    let ark = AccountRootKey::from_seed(&Secret::from_bytes([0x61; 32]));
    let opkey = OperatingKey::from_seed(Secret::from_bytes([0x62; 32]));
    let cert = ark.certify(&opkey, 1).unwrap();
    let speaker = Speaker { ark: ark.public(), cert: &cert, opkey: &opkey };
    lines.bytes("account.signature_of_a", &a.prove_account(&speaker).signature);
}

fn by_hand(lines: &mut Lines) {
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
    lines.bytes("by_hand.code_one", &one_bytes);
    lines.bytes("by_hand.code_two_mac_key", derive::<_, CodeTwoMacKey, 32>(&secret()).expose());
    lines.bytes("by_hand.code_two", &two.to_bytes());
    for (name, ice) in [("a", ice_of_a(&secret())), ("b", ice_of_b(&secret()))] {
        lines.text(&format!("by_hand.ice_{name}"), &format!("{} {}", ice.ufrag, *ice.password));
    }
    let context = Context::by_hand(&one_bytes, &two.to_bytes());
    let hello_a = keys.hello().to_vec();
    let (hello_b, b) = keys_of_b().answer(&secret(), &context, &hello_a, &mut Given(&of_b())).unwrap();
    let reply = signed(&secret(), &hello_a, Reply::new(&hello_b, b.confirm(), None));
    let a = keys.agree(&secret(), &context, &reply).unwrap();
    lines.bytes("by_hand.th", a.transcript());
}

fn typed(lines: &mut Lines) {
    let code = TypedCode::parse("1234-abandon-ability-able-about").unwrap();
    let words = CodeWords::from_typed(&code).unwrap();
    let pake = PakeA::start(&words, &mut Given(&[0x51; 64]));
    let (answer, of_b_secret) = answer_pake(&words, pake.message(), &mut Given(&[0x52; 64])).unwrap();
    lines.bytes("typed.pake_a", pake.message());
    lines.bytes("typed.pake_b", &answer);
    let secret = pake.finish(&answer).unwrap();
    assert_eq!(secret, of_b_secret);
    lines.bytes("typed.secret", secret.expose());
    let (keys, context) = (keys_of_a(), Context::typed(Kind::Receive, Number(1234)));
    let hello_a = keys.hello().to_vec();
    let (hello_b, b) = keys_of_b().answer(&secret, &context, &hello_a, &mut Given(&of_b())).unwrap();
    let reply = signed(&secret, &hello_a, Reply::new(&hello_b, b.confirm(), None));
    let a = keys.agree(&secret, &context, &reply).unwrap();
    lines.bytes("typed.th", a.transcript());
}

fn schedule(lines: &mut Lines, start: &str, th: &[u8; 32], prk: &Secret<PairingPrk, 64>) {
    lines.bytes(&format!("{start}th"), th);
    lines.bytes(&format!("{start}prk"), prk.expose());
    lines.bytes("key.a2b", derive_from_extracted::<_, AToBKey, 32>(prk, &[]).expose());
    lines.bytes("key.b2a", derive_from_extracted::<_, BToAKey, 32>(prk, &[]).expose());
    lines.bytes("key.confirm_a", derive_from_extracted::<_, ConfirmAKey, 32>(prk, &[]).expose());
    lines.bytes("key.confirm_b", derive_from_extracted::<_, ConfirmBKey, 32>(prk, &[]).expose());
    lines.bytes("key.file", derive_from_extracted::<_, FileKey, 32>(prk, &[]).expose());
    lines.bytes("key.resume", derive_from_extracted::<_, ResumeKey, 32>(prk, &[]).expose());
    lines.bytes("key.contact", derive_from_extracted::<_, ContactSecret, 32>(prk, &[]).expose());
}

struct Lines(Vec<String>);

impl Lines {
    fn text(&mut self, name: &str, value: &str) {
        self.0.push(format!("{name} = {value}"));
    }

    fn bytes(&mut self, name: &str, value: &[u8]) {
        let digits: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        self.text(name, &digits);
    }

    fn long(&mut self, name: &str, value: &[u8]) {
        self.text(&format!("{name}.length"), &value.len().to_string());
        self.bytes(&format!("{name}.sha256"), &Sha256::digest(value));
    }
}
