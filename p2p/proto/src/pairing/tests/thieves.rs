//! Somebody else has the code, or the carrier.

use super::{
    super::*,
    device::{Device, Owner, ada, assert_proven, honest, mallory, meet, pair, receives, talk},
};
use alloc::{string::String, vec::Vec};
use nyx_crypto::{pairing::HelloGuard, secret::Secret};
use nyx_wire::pairing::{Frame, Reply, Ticket};

#[test]
fn a_thief_who_comes_after_the_digits_ends_nothing() {
    let (mut a, ticket) = Device::shows(receives(), 0, 61);
    let hello = a.frames().remove(0);
    let mut b = Device::scans(&ticket, ada().sends(), 0, 62);
    let mut thief = Device::scans(&ticket, mallory().sends(), 0, 63);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    let key = a.file_key();
    let late = thief.frame(&hello, 2_000);
    assert!(late.iter().all(|reply| a.frame(reply, 2_000).is_empty()));
    assert!(key.is_some() && a.file_key() == key && !thief.has_met());
}

#[test]
fn a_stranger_who_says_that_it_is_over_ends_only_a_typed_code() {
    let (a, mut b) = pair(64);
    let hello = a.frames().remove(0);
    b.frame(&hello, 1);
    b.frame(&Frame::Over.to_bytes(), 2);
    assert!(!b.is_over());
}

#[test]
fn a_carrier_sees_no_name_no_account_and_no_connection() {
    let (mut a, mut b) = pair(66);
    let mut seen = Vec::new();
    talk(&mut a, &mut b, ada(), 1_000, |from, frame| {
        seen.push(frame.clone());
        honest(from, frame)
    });
    assert_proven(&a, &b);
    assert!(seen.len() > 6);
    let owner = Owner::new("Ada", 1);
    let said = ["New laptop", "offer", "answer", "of the one that"].map(|text| text.as_bytes().to_vec());
    // Three letters could be there by chance.
    for mark in owner.marks().iter().chain(&said).filter(|mark| mark.len() > 4) {
        let shows = seen.iter().any(|frame| frame.windows(mark.len()).any(|window| window == mark));
        assert!(!shows, "{:?}", String::from_utf8_lossy(mark));
    }
}

#[test]
fn a_used_ticket_is_refused() {
    let (mut a, ticket) = Device::shows(receives(), 0, 19);
    let mut b = Device::scans(&ticket, ada().sends(), 0, 20);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert_proven(&a, &b);
    let key = a.file_key();
    let mut late = Device::scans(&ticket, mallory().sends(), 0, 21);
    let (hello, _) = Device::shows(receives(), 0, 19);
    for reply in late.frame(&hello.frames()[0], 1_000) {
        for answer in a.frame(&reply, 1_000) {
            late.frame(&answer, 1_000);
        }
    }
    assert!(!late.has_met() && late.file_key().is_none());
    assert!(a.file_key().is_none() || a.file_key() == key);
}

#[test]
fn a_second_device_with_the_same_ticket_burns_it() {
    let (mut a, ticket) = Device::shows(receives(), 0, 22);
    let hello = a.frames().remove(0);
    let mut b = Device::scans(&ticket, ada().sends(), 0, 23);
    let mut thief = Device::scans(&ticket, mallory().sends(), 0, 24);
    for reply in b.frame(&hello, 1) {
        a.frame(&reply, 1);
    }
    assert!(a.has_met());
    let replies = thief.frame(&hello, 2);
    let last: Vec<_> = replies.iter().flat_map(|reply| a.frame(reply, 2)).collect();
    assert_eq!(a.burnt(), Some(BurntReason::Intruder));
    assert!(!thief.has_met());
    assert!(!last.is_empty(), "the one that it had met is told");
}

#[test]
fn a_stranger_without_the_ticket_burns_nothing() {
    let (mut a, ticket) = Device::shows(receives(), 0, 25);
    let hello = a.frames().remove(0);
    let mut wrong = ticket.clone();
    wrong.secret[0] ^= 1;
    let mut stranger = Device::scans(&wrong, mallory().sends(), 0, 26);
    for reply in stranger.frame(&hello, 1) {
        assert!(a.frame(&reply, 1).is_empty());
    }
    let mut b = Device::scans(&ticket, ada().sends(), 0, 27);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert_proven(&a, &b);
}

#[test]
fn the_right_mac_with_a_wrong_proof_burns() {
    let (mut a, ticket) = Device::shows(receives(), 0, 28);
    let mut b = Device::scans(&ticket, ada().sends(), 0, 29);
    let hello = a.frames().remove(0);
    let mut reply = replied(&mut b, &hello);
    reply.confirm[0] ^= 1;
    let guard = HelloGuard::new(&Secret::from_bytes(*ticket.secret), &hello[1..]);
    a.frame(&Frame::Reply(guard.sign(reply)).to_bytes(), 1);
    assert_eq!(a.burnt(), Some(BurntReason::WrongProof));
}

#[test]
fn nobody_on_the_way_can_make_a_reply_into_one_that_burns() {
    let (mut a, mut b) = pair(28);
    let hello = a.frames().remove(0);
    let reply = replied(&mut b, &hello);
    let changes: [fn(&mut Reply); 7] = [
        |reply| reply.hello[40] ^= 1,
        |reply| reply.confirm[0] ^= 1,
        |reply| reply.offer.as_mut().unwrap()[10] ^= 1,
        |reply| reply.offer.as_mut().unwrap().truncate(20),
        |reply| reply.offer.as_mut().unwrap().truncate(3),
        |reply| reply.offer = None,
        |reply| reply.mac[31] ^= 1,
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut changed = reply.clone();
        change(&mut changed);
        assert!(a.frame(&Frame::Reply(changed).to_bytes(), 1).is_empty() && !a.is_over(), "{number}");
    }
    a.frame(&Frame::Reply(reply).to_bytes(), 1);
    assert!(a.has_met());
}

fn replied(b: &mut Device, hello: &[u8]) -> Reply {
    let Ok(Frame::Reply(reply)) = Frame::parse(&b.frame(hello, 1)[0]) else { panic!("a reply") };
    reply
}

#[test]
fn a_stolen_ticket_and_a_thousand_guesses_are_one_try() {
    let mut exported = 0;
    for seed in 0..3 {
        // The old device shows; the thief has photographed the code and takes part as the new one.
        let (mut a, ticket) = Device::shows(ada().sends(), 0, 100 + seed);
        let mut thief = Device::scans(&ticket, receives(), 0, 200 + seed);
        meet(&mut a, &mut thief);
        let shown = thief.screen().unwrap();
        let guesses = (0..1_000).map(|guess| alloc::format!("{:06}", (guess * 997 + seed) % 1_000_000));
        let mut tries = 0;
        for guess in guesses.filter(|guess| *guess != shown) {
            tries += u32::from(a.asks());
            a.type_digits(&guess, ada(), 2_000);
            exported += u32::from(a.file_key().is_some());
        }
        // Even what would have been right.
        a.type_digits(&shown, ada(), 2_000);
        exported += u32::from(a.file_key().is_some());
        assert_eq!((tries, a.burnt()), (1, Some(BurntReason::WrongDigits)));
    }
    assert_eq!(exported, 0);
}

#[test]
fn a_stolen_ticket_without_the_digits_exports_nothing() {
    let (mut a, ticket) = Device::shows(ada().sends(), 0, 31);
    let mut thief = Device::scans(&ticket, receives(), 0, 32);
    meet(&mut a, &mut thief);
    // The person waits for digits on the device that they hold, and none come.
    assert!(a.asks() && a.file_key().is_none());
    for last in a.cancel(3_000) {
        thief.frame(&last, 3_000);
    }
    assert!(thief.is_over() && thief.file_key().is_none());
}

/// The thief says that the digits were right, and that it is the account whose words were shown.
#[test]
fn a_thief_who_calls_itself_the_account_cannot_prove_it() {
    let (mut a, ticket) = Device::shows(receives(), 0, 33);
    // It knows the account's id, but not its operating key.
    let mut thief = Device::scans(&ticket, ada().sends(), 0, 34);
    meet(&mut a, &mut thief);
    let shown = a.screen().unwrap();
    let forged = thief.type_digits(&shown, mallory(), 2_000);
    forged.iter().for_each(|frame| drop(a.frame(frame, 2_000)));
    assert!(a.file_key().is_none() && a.other_account().is_none());
}

/// Whoever photographed the code knows the secret, but not the keys behind the hello that the code names.
#[test]
fn nobody_says_another_hello_than_the_one_of_the_code() {
    let (mut a, ticket) = Device::shows(receives(), 0, 44);
    let (thief, _) = Device::shows(receives(), 0, 45);
    let mut b = Device::scans(&ticket, ada().sends(), 0, 46);
    assert!(thief.frames().iter().all(|hello| b.frame(hello, 1).is_empty()) && !b.has_met());
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert_proven(&a, &b);
}

#[test]
fn another_version_is_not_spoken() {
    let (a, ticket) = Device::shows(receives(), 0, 42);
    // In the ticket: it does not parse. In the hello: the commitment is another, and if it were the right one for a
    // ticket that somebody made, it does not parse either.
    let mut bytes = ticket.to_bytes().to_vec();
    bytes[0] = 0;
    assert!(Ticket::parse(&bytes).is_err());
    let mut hello = a.frames().remove(0);
    hello[3] = 0;
    let mut lying = ticket.clone();
    lying.commitment = nyx_crypto::pairing::commitment(&hello[1..]);
    for ticket in [ticket, lying] {
        let mut b = Device::scans(&ticket, ada().sends(), 0, 43);
        assert!(b.frame(&hello, 1).is_empty() && !b.has_met());
    }
}
