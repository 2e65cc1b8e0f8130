//! Two who have the same three secrets, and everybody else.

use super::*;
use crate::{
    account::{AccountRootKey, OperatingKey},
    purposes::PairingSecret,
    secret::Secret,
};
use alloc::{format, vec::Vec};
use nyx_wire::{
    identity::Body,
    pairing::{
        CodeTwo, Confirm, Described, HelloA, HelloB, Hints, Inside, Kind, ML_KEM_768_CIPHERTEXT, Reply, SignalUrl,
        Ticket, TypedCode,
    },
    signal::Number,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use zeroize::Zeroizing;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn secret(byte: u8) -> Secret<PairingSecret> {
    Secret::from_bytes([byte; 32])
}

fn ticket(keys: &HelloKeys) -> Ticket {
    let signal = SignalUrl::new("wss://nyx.example/v1").unwrap();
    let [hosted, lan] = ["192.168.1.7:4000", "192.168.1.7:4001"].map(|address| [address.parse().unwrap()]);
    let hints = Hints::new(Some(signal), &hosted, &lan).unwrap();
    Ticket { kind: Kind::Receive, secret: Zeroizing::new([7; 32]), commitment: keys.commitment(), hints }
}

/// Both sides after their hellos, with an honest way between them.
fn met(seed: u64) -> (Unconfirmed<A>, Unconfirmed<B>) {
    let mut rng = rng(seed);
    let keys = HelloKeys::generate(&mut rng);
    let context = Context::ticket(&ticket(&keys));
    let hello = keys.hello().to_vec();
    let (answer, b) = AnswerKeys::generate(&mut rng).answer(&secret(7), &context, &hello, &mut rng).unwrap();
    (keys.agree(&secret(7), &context, &reply(7, &hello, &answer)).unwrap(), b)
}

/// What somebody says who has a secret, without a proof.
fn reply(of: u8, hello: &[u8], answer: &HelloB) -> Reply {
    HelloGuard::new(&secret(of), hello).sign(Reply::new(answer, [0; 32], None))
}

fn confirmed(seed: u64) -> (Confirmed<A>, Confirmed<B>) {
    let (a, b) = met(seed);
    let (a, confirm) = a.check(&b.confirm()).unwrap();
    (a, b.check(&confirm).unwrap())
}

fn candidate(text: &str) -> Inside {
    Inside::Candidate { place: Described::place(text.as_bytes()).unwrap() }
}

#[test]
fn two_who_have_the_ticket_get_the_same_keys_and_digits() {
    let (mut a, mut b) = confirmed(1);
    assert_eq!(a.digits(), b.digits());
    let sealed = a.channel().seal(&Inside::Agreed).unwrap();
    assert_eq!(b.channel().open(&sealed), Ok(Inside::Agreed));
    let sealed = b.channel().seal(&candidate("one")).unwrap();
    assert_eq!(a.channel().open(&sealed), Ok(candidate("one")));
    let shown = b.digits().clone();
    let (a, b) = (a.try_digits(&shown).unwrap(), b.matched());
    assert_eq!((&a.file, &a.resume, a.th), (&b.file, &b.resume, b.th));
    assert_ne!(a.file.expose(), a.resume.expose());
}

#[test]
fn another_meeting_has_other_keys_digits_and_transcript() {
    let (one, two) = (confirmed(1).0, confirmed(2).0);
    assert_ne!(one.digits(), two.digits());
    let (one, two) = (one.matched(), two.matched());
    assert!(one.file != two.file && one.resume != two.resume && one.th != two.th);
}

#[test]
fn contacts_get_a_secret_of_their_own() {
    let (a, b) = confirmed(1);
    let (file, (a, b)) = (confirmed(1).0.matched().file, (a.introduce(), b.introduce()));
    assert_eq!((&a.contact, &a.digits), (&b.contact, &b.digits));
    assert_ne!(a.contact.expose(), file.expose());
}

#[test]
fn an_account_is_proved_for_this_meeting_and_this_side_only() {
    let ark = AccountRootKey::from_seed(&Secret::from_bytes([1; 32]));
    let opkey = OperatingKey::generate(&mut rng(20));
    let cert = ark.certify(&opkey, 1).unwrap();
    let speaker = Speaker { ark: ark.public(), cert: &cert, opkey: &opkey };
    let ((a, b), (other, _)) = (confirmed(1), confirmed(2));
    let proof = b.prove_account(&speaker);
    assert_eq!(a.verify_account(&proof).unwrap(), ark.aid());
    assert!(b.verify_account(&proof).is_err(), "thrown back");
    assert!(other.verify_account(&proof).is_err(), "passed on");

    let thief = AccountRootKey::from_seed(&Secret::from_bytes([2; 32]));
    let stolen = Speaker { ark: thief.public(), ..speaker };
    assert!(a.verify_account(&b.prove_account(&stolen)).is_err(), "another's certificate");
    let own = OperatingKey::generate(&mut rng(21));
    let forged = Speaker { opkey: &own, ..speaker };
    assert!(a.verify_account(&b.prove_account(&forged)).is_err(), "without the operating key");
}

#[test]
fn wrong_digits_leave_no_key_and_one_try() {
    let (a, b) = confirmed(1);
    let mut wrong = b.digits().groups().concat();
    wrong[5] = if wrong[5] == '0' { '1' } else { '0' };
    let wrong = Digits::parse(&wrong.iter().collect::<alloc::string::String>()).unwrap();
    // The state is consumed: there is nothing on which to try again.
    let WrongDigits(mut channel) = a.try_digits(&wrong).unwrap_err();
    assert!(channel.seal(&Inside::Agreed).is_some());
}

#[test]
fn every_bit_of_a_proof_counts_and_a_proof_is_for_one_side() {
    let (_, b) = met(1);
    for bit in 0..256 {
        let mut wrong = b.confirm();
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert!(met(1).0.check(&wrong).is_none());
    }
    let (a, b) = met(1);
    let own = a.check(&b.confirm()).unwrap().1;
    assert!(met(1).0.check(&own.confirm).is_none(), "A's own proof, thrown back");
    let mirrored = Confirm { confirm: b.confirm(), ..own.clone() };
    let b = b.check(&mirrored).unwrap_err();
    let other_nonce = Confirm { nonce: [9; 32], ..own.clone() };
    let b = b.check(&other_nonce).unwrap_err();
    assert!(b.check(&own).is_ok(), "what came before cost nothing");
}

/// Somebody who has the ticket changes one bit of the second hello and makes the MAC right again.
#[test]
fn every_field_of_the_second_hello_is_under_the_proofs() {
    let mut rng = rng(3);
    for (field, length) in [(1, 32), (2, ML_KEM_768_CIPHERTEXT), (3, 32)] {
        for place in [0, length / 2, length - 1] {
            let keys = HelloKeys::generate(&mut rng);
            let context = Context::ticket(&ticket(&keys));
            let hello = keys.hello().to_vec();
            let (mut answer, b) =
                AnswerKeys::generate(&mut rng).answer(&secret(7), &context, &hello, &mut rng).unwrap();
            let said = reply(7, &hello, &answer);
            match field {
                1 => answer.e[place] ^= 1,
                2 => answer.ct[place] ^= 1,
                _ => answer.nonce[place] ^= 1,
            }
            let changed = Reply { hello: answer.to_bytes().into(), ..said };
            assert_eq!(
                HelloGuard::new(&secret(7), &hello).admit(&changed),
                None,
                "without the ticket it stays outside"
            );
            let a = keys.agree(&secret(7), &context, &reply(7, &hello, &answer)).unwrap();
            assert!(a.check(&b.confirm()).is_none(), "field {field}, byte {place}");
        }
    }
}

#[test]
fn every_byte_of_the_ticket_is_in_the_transcript() {
    let keys = |seed| HelloKeys::generate(&mut rng(seed));
    let right = ticket(&keys(4));
    let hints = |url: &str, [hosted, lan]: [&str; 2]| {
        let [hosted, lan] = [hosted, lan].map(|address| [address.parse().unwrap()]);
        Hints::new(Some(SignalUrl::new(url).unwrap()), &hosted, &lan).unwrap()
    };
    let places = ["192.168.1.7:4000", "192.168.1.7:4001"];
    assert_eq!(hints("wss://nyx.example/v1", places), right.hints);
    for wrong in [
        Ticket { kind: Kind::Send, ..right.clone() },
        Ticket { kind: Kind::Contact, ..right.clone() },
        Ticket { hints: Hints::default(), ..right.clone() },
        Ticket { hints: hints("wss://nyx.example/v2", places), ..right.clone() },
        Ticket { hints: hints("ws://nyx.example/v1", places), ..right.clone() },
        Ticket { hints: hints("wss://nyx.example/v1", ["192.168.1.7:4002", places[1]]), ..right.clone() },
        Ticket { hints: hints("wss://nyx.example/v1", ["192.168.1.8:4000", places[1]]), ..right.clone() },
        Ticket { hints: hints("wss://nyx.example/v1", [places[0], "192.168.1.8:4001"]), ..right.clone() },
        Ticket { hints: hints("wss://nyx.example/v1", [places[1], places[0]]), ..right.clone() },
    ] {
        let keys = keys(4);
        let hello = keys.hello().to_vec();
        let mut rng = rng(5);
        let b = AnswerKeys::generate(&mut rng).answer(&secret(7), &Context::ticket(&wrong), &hello, &mut rng);
        let (answer, b) = b.unwrap();
        let a = keys.agree(&secret(7), &Context::ticket(&right), &reply(7, &hello, &answer)).unwrap();
        assert!(a.check(&b.confirm()).is_none());
    }
}

#[test]
fn every_byte_of_the_first_hello_is_committed_to() {
    let keys = HelloKeys::generate(&mut rng(6));
    let right = keys.commitment();
    let hello = HelloA::parse(keys.hello()).unwrap();
    let mut ek = hello.clone();
    ek.ek[1183] ^= 1;
    let changed = [HelloA { e: [1; 32], ..hello.clone() }, ek, HelloA { promise: [1; 32], ..hello.clone() }];
    assert!(changed.iter().all(|hello| commitment(&hello.to_bytes()) != right));
    assert_eq!(commitment(&hello.to_bytes()), right);
}

#[test]
fn keys_that_force_the_result_are_refused_on_both_sides() {
    let mut rng = rng(7);
    for point in crate::LOW_ORDER_POINTS {
        let keys = HelloKeys::generate(&mut rng);
        let context = Context::ticket(&ticket(&keys));
        let hello = keys.hello().to_vec();
        let forced = HelloA { e: point, ..HelloA::parse(&hello).unwrap() }.to_bytes();
        let answered = AnswerKeys::generate(&mut rng).answer(&secret(7), &context, &forced, &mut rng);
        assert_eq!(answered.unwrap_err(), HelloError::Dishonest);

        let (answer, _) = AnswerKeys::generate(&mut rng).answer(&secret(7), &context, &hello, &mut rng).unwrap();
        let forced = reply(7, &hello, &HelloB { e: point, ..answer });
        assert_eq!(keys.agree(&secret(7), &context, &forced).unwrap_err(), HelloError::Dishonest);
    }
}

#[test]
fn an_encapsulation_key_outside_the_ring_is_refused() {
    let mut rng = rng(8);
    let keys = HelloKeys::generate(&mut rng);
    let context = Context::ticket(&ticket(&keys));
    let forced = HelloA { ek: [0xFF; 1184], ..HelloA::parse(keys.hello()).unwrap() }.to_bytes();
    let answered = AnswerKeys::generate(&mut rng).answer(&secret(7), &context, &forced, &mut rng);
    assert_eq!(answered.unwrap_err(), HelloError::Dishonest);
}

#[test]
fn who_lacks_the_secret_is_a_stranger() {
    let mut rng = rng(9);
    let keys = HelloKeys::generate(&mut rng);
    let context = Context::ticket(&ticket(&keys));
    let hello = keys.hello().to_vec();
    let (answer, _) = AnswerKeys::generate(&mut rng).answer(&secret(8), &context, &hello, &mut rng).unwrap();
    let said = reply(8, &hello, &answer);
    assert_eq!(keys.agree(&secret(7), &context, &said).unwrap_err(), HelloError::Stranger);
    let keys = HelloKeys::generate(&mut rng);
    let hello = keys.hello().to_vec();
    let nothing = HelloGuard::new(&secret(7), &hello).sign(Reply { hello: Vec::new().into(), ..said });
    assert_eq!(keys.agree(&secret(7), &context, &nothing).unwrap_err(), HelloError::Stranger);
}

#[test]
fn an_envelope_opens_once_in_any_order_and_never_for_its_sender() {
    let (mut a, mut b) = confirmed(1);
    let sealed: Vec<_> = (0..5).map(|n| a.channel().seal(&candidate(&format!("{n}"))).unwrap()).collect();
    for place in [3, 0, 4, 1, 2] {
        assert_eq!(a.channel().open(&sealed[place]), Err(OpenError::Ignored), "reflected");
        assert_eq!(b.channel().open(&sealed[place]), Ok(candidate(&format!("{place}"))));
        assert_eq!(b.channel().open(&sealed[place]), Err(OpenError::Ignored), "replayed");
    }
}

#[test]
fn a_changed_envelope_says_nothing_and_keeps_the_place_of_the_right_one() {
    let (mut a, mut b) = confirmed(1);
    let sealed = a.channel().seal(&Inside::Agreed).unwrap();
    for bit in 0..sealed.ciphertext.len() * 8 {
        let mut changed = sealed.clone();
        changed.ciphertext[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(b.channel().open(&changed), Err(OpenError::Ignored));
    }
    for counter in [1, 63, 64, 255, 256, u32::MAX] {
        let moved = nyx_wire::pairing::Sealed { counter, ..sealed.clone() };
        assert_eq!(b.channel().open(&moved), Err(OpenError::Ignored));
    }
    assert_eq!(b.channel().open(&sealed), Ok(Inside::Agreed));
}

#[test]
fn a_channel_ends_before_a_nonce_comes_twice() {
    let (mut a, mut b) = confirmed(1);
    for _ in 0..ENVELOPES_MAX {
        let sealed = a.channel().seal(&Inside::Agreed).unwrap();
        assert_eq!(b.channel().open(&sealed), Ok(Inside::Agreed));
    }
    assert!(a.channel().seal(&Inside::Agreed).is_none());
}

#[test]
fn the_second_code_is_bound_to_the_first() {
    let mut code = CodeTwo { e: [1; 32], fingerprint: [2; 32], candidates: Vec::new(), mac: [0; 32] };
    code.mac = code_two_mac(&secret(7), b"code one", &code);
    assert!(is_code_two_mac(&secret(7), b"code one", &code));
    assert!(!is_code_two_mac(&secret(7), b"code onf", &code) && !is_code_two_mac(&secret(8), b"code one", &code));
    let other = CodeTwo { fingerprint: [3; 32], ..code };
    assert!(!is_code_two_mac(&secret(7), b"code one", &other));
}

#[test]
fn ice_credentials_are_long_enough_and_differ_by_side() {
    let (a, b) = (ice_of_a(&secret(7)), ice_of_b(&secret(7)));
    assert_eq!((a.ufrag.len(), a.password.len()), (8, 32));
    assert!(a.ufrag != b.ufrag && a.password != b.password);
    assert_ne!(*a.password, *ice_of_a(&secret(8)).password);
    assert_eq!(format!("{a:?}"), "IceCredentials(redacted)");
}

#[test]
fn the_same_four_words_make_the_same_secret_and_others_do_not() {
    let mut rng = rng(10);
    let words = CodeWords::random(&mut rng);
    let text = TypedCode::text(Number(1234), words.words());
    let typed = CodeWords::from_typed(&TypedCode::parse(&text).unwrap()).unwrap();
    let a = PakeA::start(&words, &mut rng);
    let (answer, of_b) = answer_pake(&typed, a.message(), &mut rng).unwrap();
    assert_eq!(a.finish(&answer).unwrap(), of_b);

    let a = PakeA::start(&words, &mut rng);
    let (answer, of_b) = answer_pake(&CodeWords::random(&mut rng), a.message(), &mut rng).unwrap();
    assert_ne!(a.finish(&answer).unwrap(), of_b);
}

#[test]
fn a_word_that_is_not_in_the_list_is_named() {
    let typed = TypedCode::parse("7 abandon abilty able about").unwrap();
    let error = CodeWords::from_typed(&typed).unwrap_err();
    assert_eq!((error.index, error.nearest.words()[0]), (1, "ability"));
}

#[test]
fn points_outside_the_prime_order_group_are_no_answer() {
    let mut rng = rng(11);
    let words = CodeWords::random(&mut rng);
    let a = PakeA::start(&words, &mut rng);
    let torsion = curve25519_dalek::constants::EIGHT_TORSION;
    for point in torsion {
        let answer = point.compress().to_bytes();
        assert!(answer_pake(&words, &answer, &mut rng).is_none());
        let mixed = curve25519_dalek::edwards::CompressedEdwardsY(*a.message()).decompress().unwrap() + point;
        let is_whole = point == torsion[0];
        assert_eq!(answer_pake(&words, &mixed.compress().to_bytes(), &mut rng).is_some(), is_whole);
    }
    assert!(PakeA::start(&words, &mut rng).finish(&[0xFF; 32]).is_none());
}

#[test]
fn digits_are_six_however_they_are_grouped() {
    for typed in ["012345", "012 345", " 0-1-2 3 4 5\n"] {
        assert_eq!(Digits::parse(typed).unwrap().groups(), [['0', '1', '2'], ['3', '4', '5']]);
    }
    for bad in ["", "12345", "1234567", "12345a", "१२३४५६"] {
        assert!(Digits::parse(bad).is_err(), "{bad}");
    }
    assert_ne!(Digits::parse("000001").unwrap(), Digits::parse("000000").unwrap());
    assert_eq!(format!("{:?}", Digits::parse("000000").unwrap()), "Digits(redacted)");
}

#[test]
fn digits_depend_on_the_nonce_that_a_tells_last() {
    let (a, b) = met(12);
    // The same agreement with another nonce: what somebody who tries hellos could not have known.
    let other = Unconfirmed::<A>::new(a_th(&a), copy_prk(&a), Secret::from_bytes([1; 32]));
    let (other, _) = other.check(&b.confirm()).unwrap();
    let (a, _) = a.check(&b.confirm()).unwrap();
    assert_ne!(a.digits(), other.digits());
    assert_eq!(a.matched().file, other.matched().file);
}

fn a_th(a: &Unconfirmed<A>) -> [u8; 32] {
    *a.transcript()
}

fn copy_prk(a: &Unconfirmed<A>) -> Secret<crate::purposes::PairingPrk, 64> {
    Secret::from_bytes(*a.prk().expose())
}
