//! Two codes carried by people, and people in between.

use super::{
    super::*,
    device::{Device, ada, honest, mallory, receives, rng, talk},
};
use crate::limits::PAIRING_BY_HAND_MS;
use alloc::{vec, vec::Vec};
use nyx_wire::pairing::{Candidate, CandidateKind, CodeOne, CodeTwo, Scanned as Text};

const OF_A: [u8; 32] = [0xA; 32];
const OF_B: [u8; 32] = [0xB; 32];

fn candidates(last: u8) -> Vec<Candidate> {
    vec![Candidate { kind: CandidateKind::Host, address: ([192, 168, 1, last], 5000).into() }]
}

fn showing(fingerprint: [u8; 32], candidates: Vec<Candidate>, seed: u64) -> (HandShowing, CodeOne) {
    let mut rng = rng(seed);
    HandShowing::new(HandBegun::new(&mut rng), receives(), fingerprint, candidates, 0, &mut rng)
}

fn shown(seed: u64) -> (HandShowing, CodeOne) {
    showing(OF_A, candidates(1), seed)
}

fn answered(code: &CodeOne, seed: u64) -> HandScanned {
    HandScanned::new(code, ada().sends(), OF_B, candidates(2), 0, &mut rng(seed)).unwrap()
}

fn devices(showing: Showing, scanned: Scanned) -> (Device, Device) {
    (Device::new(Meeting::showing(showing), 50), Device::new(Meeting::scanned(scanned), 51))
}

#[test]
fn two_codes_open_a_channel_and_the_same_handshake_runs_in_it() {
    let (hand, one) = shown(1);
    // Both survive being copied as text.
    let Ok(Text::CodeOne(one)) = Text::parse(&Text::CodeOne(one).to_link()) else { panic!("code one") };
    let HandScanned { code, end: of_b, scanned } = answered(&one, 2);
    let Ok(Text::CodeTwo(code)) = Text::parse(&Text::CodeTwo(code).to_qr_text()) else { panic!("code two") };
    let (showing, of_a) = hand.handle_code(&code, 60_000).unwrap();
    assert_eq!((of_a.fingerprint, of_b.fingerprint), (OF_B, OF_A));
    assert_eq!((&of_a.candidates, &of_b.candidates), (&candidates(2), &candidates(1)));
    assert_eq!((&of_a.own_ice.ufrag, &of_a.other_ice.ufrag), (&of_b.other_ice.ufrag, &of_b.own_ice.ufrag));
    assert_eq!(of_a.own_ice.password, of_b.other_ice.password);
    let (mut a, mut b) = devices(showing, scanned);
    talk(&mut a, &mut b, ada(), 61_000, honest);
    assert!(a.file_key().is_some() && a.file_key() == b.file_key());
}

#[test]
fn an_old_or_damaged_second_code_may_be_followed_by_the_right_one() {
    let (hand, one) = shown(3);
    let (_, other) = shown(4);
    let right = answered(&one, 5);
    let old = answered(&other, 6);
    let hand = hand.handle_code(&old.code, 1).unwrap_err();
    let damaged = CodeTwo { fingerprint: [9; 32], ..right.code.clone() };
    let hand = hand.handle_code(&damaged, 2).unwrap_err();
    let (showing, _) = hand.handle_code(&right.code, 3).unwrap();
    let (mut a, mut b) = devices(showing, right.scanned);
    talk(&mut a, &mut b, ada(), 4, honest);
    assert!(a.file_key().is_some());
}

/// Whoever carries the codes has the secret, and can make the MAC right again.
#[test]
fn every_byte_of_both_codes_is_in_the_transcript() {
    let change_one: [&dyn Fn(&mut CodeOne); 3] =
        [&|code| code.fingerprint = [9; 32], &|code| code.candidates = candidates(9), &|code| code.candidates.clear()];
    for change in change_one {
        let (hand, one) = shown(7);
        let mut changed = one.clone();
        change(&mut changed);
        let mut answer = answered(&changed, 8);
        let secret = nyx_crypto::secret::Secret::from_bytes(*one.secret);
        answer.code.mac = nyx_crypto::pairing::code_two_mac(&secret, &one.to_bytes(), &answer.code);
        let (showing, _) = hand.handle_code(&answer.code, 1).unwrap();
        let (mut a, mut b) = devices(showing, answer.scanned);
        talk(&mut a, &mut b, ada(), 2, honest);
        assert_eq!(a.burnt(), Some(BurntReason::WrongProof));
    }
    let change_two: [&dyn Fn(&mut CodeTwo); 3] =
        [&|code| code.fingerprint = [9; 32], &|code| code.candidates = candidates(9), &|code| code.e = [9; 32]];
    for change in change_two {
        let (hand, one) = shown(9);
        let mut answer = answered(&one, 10);
        change(&mut answer.code);
        let secret = nyx_crypto::secret::Secret::from_bytes(*one.secret);
        answer.code.mac = nyx_crypto::pairing::code_two_mac(&secret, &one.to_bytes(), &answer.code);
        let (showing, _) = hand.handle_code(&answer.code, 1).unwrap();
        let (mut a, mut b) = devices(showing, answer.scanned);
        talk(&mut a, &mut b, ada(), 2, honest);
        assert_eq!(a.burnt(), Some(BurntReason::WrongProof));
    }
}

/// Replaces both codes by its own and stands between two channels: only the digits are left, and it cannot choose them.
#[test]
fn a_carrier_of_codes_that_stands_in_the_middle_fails_at_the_digits() {
    for seed in 0..nyx_testkit::soak(200, 5_000) as u64 {
        let (hand, one) = showing(OF_A, candidates(1), seed * 4);
        let (own_hand, own_one) = showing([7; 32], candidates(7), seed * 4 + 1);
        let b = answered(&own_one, seed * 4 + 2);
        let own = HandScanned::new(&one, ada().sends(), [7; 32], candidates(7), 0, &mut rng(seed * 4 + 3)).unwrap();
        let (showing, _) = hand.handle_code(&own.code, 1).unwrap();
        let (own_showing, _) = own_hand.handle_code(&b.code, 1).unwrap();
        let (mut a, mut own_b) = devices(showing, own.scanned);
        let (mut own_a, mut b) = devices(own_showing, b.scanned);
        meet(&mut own_a, &mut b);
        meet(&mut a, &mut own_b);
        assert!(a.screen().is_some() && b.asks());
        // The person sees A's digits and types them on B.
        let typed = a.screen().unwrap();
        b.type_digits(&typed, ada(), 3);
        assert_eq!(b.burnt(), Some(BurntReason::WrongDigits), "seed {seed}");
        assert!(b.file_key().is_none() && a.file_key().is_none());
        // Towards A it says that the digits were right, as far as it can.
        for frame in own_b.type_digits(&typed, mallory(), 3) {
            a.frame(&frame, 3);
        }
        assert!(a.file_key().is_none());
    }
}

#[test]
fn codes_by_hand_die_after_ten_minutes() {
    let (hand, one) = shown(11);
    let answer = answered(&one, 12);
    let hand = hand.handle_code(&answer.code, PAIRING_BY_HAND_MS).unwrap_err();
    assert_eq!(hand.handle_time(PAIRING_BY_HAND_MS).unwrap_err().why, BurntReason::Expired);

    let (hand, one) = shown(13);
    let answer = answered(&one, 14);
    let (showing, _) = hand.handle_code(&answer.code, PAIRING_BY_HAND_MS - 1).unwrap();
    let (mut a, mut b) = devices(showing, answer.scanned);
    let reply = b.frame(&a.frames()[0], PAIRING_BY_HAND_MS - 1).remove(0);
    a.frame(&reply, PAIRING_BY_HAND_MS);
    b.time(PAIRING_BY_HAND_MS);
    assert_eq!((a.burnt(), b.burnt()), (Some(BurntReason::Expired), Some(BurntReason::Expired)));
}

#[test]
fn no_secret_of_a_code_by_hand_shows_in_debug() {
    let (hand, one) = shown(17);
    let answer = answered(&one, 18);
    let shown = alloc::format!("{hand:?} {one:?} {answer:?}");
    let secret: Vec<alloc::string::String> = one.secret[..4].iter().map(alloc::string::ToString::to_string).collect();
    assert!(!shown.contains(&secret.join(", ")) && !shown.contains("192.168") && !shown.contains("Ada"), "{shown}");
}

#[test]
fn a_first_code_for_the_other_direction_is_not_answered() {
    let (_, one) = shown(15);
    let answer = HandScanned::new(&one, receives(), OF_B, candidates(2), 0, &mut rng(16));
    assert_eq!(answer.unwrap_err(), MismatchError);
}

/// Until the digits show on one side and are asked for on the other; yes to everything.
fn meet(a: &mut Device, b: &mut Device) {
    let mut queue: Vec<(usize, Vec<u8>)> = a.frames().into_iter().map(|frame| (1, frame)).collect();
    loop {
        while !queue.is_empty() {
            let (to, frame) = queue.remove(0);
            let device = if to == 0 { &mut *a } else { &mut *b };
            queue.extend(device.frame(&frame, 2).into_iter().map(|frame| (1 - to, frame)));
        }
        if a.question().is_none() {
            return;
        }
        queue.extend(a.decide(true, 2).into_iter().map(|frame| (1, frame)));
    }
}
