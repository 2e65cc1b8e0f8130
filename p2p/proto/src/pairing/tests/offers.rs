//! A link that broke is offered anew, over carriers that lose, repeat and reorder, for as long as the network stays away.

use super::device::{Device, ada, checks, honest, talk};
use crate::limits::{PAIRING_PEOPLE_MS, PAIRING_RESEND_WAY_MS};
use alloc::{vec, vec::Vec};

const HOUR_MS: u64 = 3_600_000;
const MET_MS: u64 = 1_000;

/// Two whose meeting is settled and whose first link is answered.
fn linked(seed: u64) -> (Device, Device) {
    let (mut a, ticket) = Device::shows(checks("Desk"), 0, seed);
    let mut b = Device::scans(&ticket, checks("Lap"), 0, seed + 1);
    talk(&mut a, &mut b, ada(), MET_MS, honest);
    assert_eq!((a.offers.len(), b.answers.len()), (1, 1));
    (a, b)
}

/// What is said by itself until then, with nobody to hear it.
fn alone(device: &mut Device, until_ms: u64) -> Vec<Vec<u8>> {
    let mut said = vec![];
    while let Some(due_ms) = device.due_ms().filter(|due_ms| *due_ms <= until_ms) {
        said.extend(device.time(due_ms));
    }
    said
}

#[test]
fn a_broken_link_is_offered_anew_while_both_still_hear_each_other() {
    let (mut a, mut b) = linked(77);
    for offer in b.restart("another way", 2_000) {
        for answer in a.frame(&offer, 2_000) {
            b.frame(&answer, 2_000);
        }
    }
    assert_eq!((a.offers.len(), b.answers.len()), (2, 2));
    assert_eq!(a.offers.last().unwrap(), "another way");
    // Only who offered does.
    assert!(a.restart("the wrong side", 2_001).is_empty());
}

#[test]
fn an_answer_to_an_earlier_offer_is_dropped_and_ends_nothing() {
    let (mut a, mut b) = linked(81);
    let early = a.frame(&b.restart("first", 2_000).remove(0), 2_001);
    let late = a.frame(&b.restart("second", 2_002).remove(0), 2_003);
    for frame in &early {
        b.frame(frame, 2_004);
    }
    assert_eq!(b.answers.len(), 1, "it answers an offer that is no longer the one of now");
    for frame in late.iter().chain(&late).chain(&early) {
        b.frame(frame, 2_005);
    }
    assert_eq!((b.answers.len(), b.is_over()), (2, false));
}

#[test]
fn an_offer_that_comes_after_a_later_one_is_dropped() {
    let (mut a, mut b) = linked(83);
    let (first, second) = (b.restart("first", 2_000).remove(0), b.restart("second", 2_001).remove(0));
    let answers = a.frame(&second, 2_002);
    assert!(a.frame(&first, 2_003).is_empty());
    assert_eq!(a.offers, ["offer", "second"]);
    for frame in answers {
        b.frame(&frame, 2_004);
    }
    assert_eq!((b.answers.len(), a.is_over(), b.is_over()), (2, false, false));
}

#[test]
fn two_answers_that_were_both_lost_are_said_again_when_the_offer_is() {
    let (mut a, mut b) = linked(85);
    let late_ms = MET_MS + PAIRING_PEOPLE_MS + HOUR_MS;
    assert!(!a.frame(&b.restart("another way", late_ms).remove(0), late_ms).is_empty());
    assert!(alone(&mut a, 2 * late_ms).is_empty(), "who answers has no timer of its own by then");
    let again_ms = b.due_ms().unwrap();
    let offer = b.time(again_ms);
    let answer = a.frame(&offer[0], again_ms);
    assert_eq!((offer.len(), answer.len(), a.offers.len()), (1, 1, 2), "and does not begin anew");
    b.frame(&answer[0], again_ms);
    assert_eq!(b.answers.len(), 2);
    // Once it is answered there is nothing to say.
    assert_eq!(b.due_ms(), None);
}

#[test]
fn a_network_that_is_gone_for_an_hour_costs_a_frame_a_minute_and_no_more() {
    let (mut a, mut b) = linked(87);
    let gone_ms = 2 * HOUR_MS;
    assert_eq!(b.restart("another way", gone_ms).len(), 1);
    let said = alone(&mut b, gone_ms + HOUR_MS);
    let most = (HOUR_MS / PAIRING_RESEND_WAY_MS) as usize + 6;
    assert!((30..=most).contains(&said.len()), "{} frames in an hour", said.len());
    // It is back: a carrier that opens asks at once, and one that lost frames without a word within a minute.
    let back_ms = b.due_ms().unwrap();
    assert!(back_ms <= gone_ms + HOUR_MS + PAIRING_RESEND_WAY_MS);
    assert!(b.frames().contains(&said[0]));
    for frame in b.time(back_ms) {
        for answer in a.frame(&frame, back_ms) {
            b.frame(&answer, back_ms);
        }
    }
    assert_eq!((a.offers.len(), b.answers.len()), (2, 2));
}

#[test]
fn a_machine_that_slept_for_a_night_offers_anew_when_it_wakes() {
    let (mut a, mut b) = linked(89);
    b.restart("before the night", 2_000);
    let morning_ms = 2_000 + 8 * HOUR_MS;
    // One word, not one for every minute that went by.
    assert_eq!(b.time(morning_ms).len(), 1);
    let offer = b.restart("in the morning", morning_ms);
    for answer in a.frame(&offer[0], morning_ms) {
        b.frame(&answer, morning_ms);
    }
    assert_eq!((a.offers.last().unwrap().as_str(), b.answers.len()), ("in the morning", 2));
}

#[test]
fn places_of_an_earlier_end_are_not_said_again() {
    let (_, mut b) = linked(91);
    let before = b.frames().len();
    let first = b.restart("first", 2_000);
    let second = b.restart("second", 2_001);
    let frames = b.frames();
    assert!(!frames.contains(&first[0]) && frames.contains(&second[0]));
    assert!(frames.len() <= before + 1, "{} and then {}", before, frames.len());
}
