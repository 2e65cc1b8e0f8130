//! Each rule of the protocol, one at a time.

use super::{
    super::*,
    device::{
        Device, act, ada, assert_proven, checks, honest, mallory, meet, name, pair, pass, receives, rng, shows, talk,
    },
};
use crate::limits::{PAIRING_PEOPLE_MS, PAIRING_SCAN_MS, PAIRING_TICKET_MS};
use alloc::{string::String, vec, vec::Vec};
use nyx_wire::{
    pairing::{Frame, Kind, Scanned as Text, TypedCode},
    signal::Number,
};

#[test]
fn the_new_device_shows_and_the_old_one_scans() {
    let (mut a, mut b) = pair(1);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert_proven(&a, &b);
    assert_eq!((a.other_account(), b.other_account()), (Some(ada().aid()), None));
    assert_eq!((&a.offers, &b.answers), (&vec![String::from("offer")], &vec![String::from("answer")]));
    assert_eq!(
        (a.candidates.concat(), b.candidates.concat()),
        ("of the one that scans".into(), "of the one that shows".into())
    );
    let (a, b) = (a.settled(), b.settled());
    assert!(a.file == b.file && a.resume == b.resume && a.th == b.th);
}

#[test]
fn the_old_device_shows_and_the_new_one_scans() {
    let (mut a, ticket) = Device::shows(ada().sends(), 0, 2);
    let mut b = Device::scans(&ticket, receives(), 0, 3);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert_proven(&a, &b);
    assert_eq!(b.other_account(), Some(ada().aid()));
}

#[test]
fn contacts_prove_who_they_are_and_keep_one_secret() {
    let contact = |text| Intent::Contact { name: name(text) };
    let (ada, bob) = (ada(), super::device::Owner::new("Bob", 9));
    let (mut a, ticket) = Device::shows(contact("Ada"), 0, 4);
    assert_eq!(ticket.kind, Kind::Contact);
    let mut b = Device::scans(&ticket, contact("Bob"), 0, 5);
    talk(&mut a, &mut b, ada, 1_000, honest);
    for frame in a.speak(ada, 2_000) {
        b.frame(&frame, 2_000);
    }
    assert_eq!(b.other_account(), None, "it has not said who it is itself");
    for frame in b.speak(&bob, 3_000) {
        a.frame(&frame, 3_000);
    }
    assert_eq!((a.other_account(), b.other_account()), (Some(bob.aid()), Some(ada.aid())));
    let (a, b) = (a.acquainted(), b.acquainted());
    assert!(a.contact == b.contact && a.th == b.th && a.digits == b.digits);
}

#[test]
fn both_typed_directions_lead_to_the_same_keys() {
    for sends in [false, true] {
        let (shown, typed) = if sends { (ada().sends(), receives()) } else { (receives(), ada().sends()) };
        let (showing, text) = Showing::typed(shown, Number(42), 0, &mut rng(5));
        let code = TypedCode::parse(&text).unwrap();
        let scanned = Scanned::typed(&code, typed, 0).unwrap();
        let (mut a, mut b) = (Device::new(Meeting::showing(showing), 6), Device::new(Meeting::scanned(scanned), 7));
        talk(&mut a, &mut b, ada(), 1_000, honest);
        assert_proven(&a, &b);
    }
}

#[test]
fn a_wrong_word_number_or_direction_burns_a_typed_code_at_the_first_guess() {
    let right = |text: &str| String::from(text);
    let other_word = |text: &str| {
        let (start, last) = text.rsplit_once('-').unwrap();
        [start, if last == "zoo" { "abandon" } else { "zoo" }].join("-")
    };
    let other_number = |text: &str| text.replacen("42", "43", 1);
    for (change, intent) in
        [(&other_word as &dyn Fn(&str) -> String, ada().sends()), (&other_number, ada().sends()), (&right, receives())]
    {
        let (showing, text) = Showing::typed(receives(), Number(42), 0, &mut rng(8));
        let code = TypedCode::parse(&change(&text)).unwrap();
        let (mut a, mut b) = (
            Device::new(Meeting::showing(showing), 9),
            Device::new(Meeting::scanned(Scanned::typed(&code, intent, 0).unwrap()), 10),
        );
        talk(&mut a, &mut b, ada(), 1_000, honest);
        assert_eq!(a.burnt(), Some(BurntReason::WrongCode));
        assert_eq!(b.burnt(), Some(BurntReason::WrongCode), "whoever mistyped is told");
        // The right code comes too late.
        let code = TypedCode::parse(&text).unwrap();
        let mut late = Device::new(Meeting::scanned(Scanned::typed(&code, ada().sends(), 0).unwrap()), 11);
        talk(&mut a, &mut late, ada(), 2_000, honest);
        assert!(a.is_over() && !late.has_met());
    }
}

#[test]
fn what_is_no_hello_is_no_guess_at_a_typed_code() {
    let (showing, text) = Showing::typed(receives(), Number(42), 0, &mut rng(12));
    let mut a = Device::new(Meeting::showing(showing), 13);
    let scanned = Scanned::typed(&TypedCode::parse(&text).unwrap(), ada().sends(), 0).unwrap();
    let mut b = Device::new(Meeting::scanned(scanned), 14);
    let hello = a.frames().remove(0);
    let Ok(Frame::TypedHello(mut no_point)) = Frame::parse(&hello) else { panic!("a hello") };
    no_point.pake = [0xFF; 32];
    // A well-formed answer with no point in it.
    let scanned = Scanned::typed(&TypedCode::parse("42-zoo-zoo-zoo-zoo").unwrap(), ada().sends(), 0).unwrap();
    let guess = Device::new(Meeting::scanned(scanned), 15).frame(&hello, 1).remove(0);
    let Ok(Frame::TypedReply(mut guess)) = Frame::parse(&guess) else { panic!("a reply") };
    guess.pake = [0xFF; 32];
    let (no_point, guess) = (Frame::TypedHello(no_point).to_bytes(), Frame::TypedReply(guess).to_bytes());
    for junk in [&[][..], &[1], &[6, 0xA2, 0, 0], &[0xFF; 100], &no_point, &guess] {
        a.frame(junk, 1);
        b.frame(junk, 1);
    }
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert_proven(&a, &b);
}

#[test]
fn a_ticket_dies_after_two_minutes_and_when_the_clock_runs_backwards() {
    for (begin, now, lives) in [
        (0, PAIRING_TICKET_MS - 1, true),
        (0, PAIRING_TICKET_MS, false),
        (0, u64::MAX, false),
        (1_000, 999, false),
        (u64::MAX - 5, u64::MAX, true),
    ] {
        let (mut a, ticket) = Device::shows(receives(), begin, 15);
        let mut b = Device::scans(&ticket, ada().sends(), now, 16);
        let hello = a.frames().remove(0);
        for reply in b.frame(&hello, now) {
            a.frame(&reply, now);
        }
        assert_eq!(a.has_met(), lives, "begin {begin}, now {now}");
        assert_eq!(a.burnt(), (!lives).then_some(BurntReason::Expired));
    }
}

#[test]
fn each_side_gives_up_by_itself() {
    let (mut a, mut b) = pair(17);
    a.time(PAIRING_TICKET_MS);
    b.time(PAIRING_SCAN_MS);
    assert_eq!((a.burnt(), b.burnt()), (Some(BurntReason::Expired), Some(BurntReason::Expired)));

    let (mut a, mut b) = pair(18);
    let hello = a.frames().remove(0);
    for reply in b.frame(&hello, 10) {
        a.frame(&reply, 10);
    }
    assert!(a.has_met());
    a.time(10 + PAIRING_PEOPLE_MS - 1);
    assert!(!a.is_over());
    a.time(10 + PAIRING_PEOPLE_MS);
    assert_eq!(a.burnt(), Some(BurntReason::Expired));
    b.time(PAIRING_SCAN_MS);
    assert_eq!(b.burnt(), Some(BurntReason::Expired));
}

#[test]
fn what_people_have_settled_does_not_expire() {
    let (mut a, mut b) = pair(60);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    let key = a.file_key();
    for now_ms in [1_000 + PAIRING_PEOPLE_MS, u64::MAX] {
        a.time(now_ms);
        b.time(now_ms);
    }
    assert!(key.is_some() && a.file_key() == key && b.file_key() == key);
    assert!(a.due_ms().is_none_or(|due_ms| due_ms < 1_000 + PAIRING_PEOPLE_MS));
}

#[test]
fn what_does_not_fit_the_state_changes_nothing() {
    let (mut a, mut b) = pair(65);
    let mut queue: Vec<(usize, Vec<u8>)> = a.frames().into_iter().map(|frame| (1, frame)).collect();
    for step in 0..100 {
        for device in [&mut a, &mut b] {
            if device.question().is_none() {
                assert!(device.decide(true, step).is_empty() && device.decide(false, step).is_empty());
            }
            if !device.asks() {
                assert!(device.type_digits("000000", ada(), step).is_empty());
            }
            assert!(device.speak(ada(), step).is_empty());
        }
        if queue.is_empty() {
            let acted = act(&mut a, &mut b, ada(), step);
            let sent =
                acted.into_iter().flat_map(|(from, frames)| frames.into_iter().map(move |frame| (1 - from, frame)));
            queue.extend(sent);
        } else {
            let (to, frame) = queue.remove(0);
            let device = if to == 0 { &mut a } else { &mut b };
            queue.extend(device.frame(&frame, step).into_iter().map(|frame| (1 - to, frame)));
        }
    }
    assert_proven(&a, &b);
}

#[test]
fn the_same_reply_over_three_carriers_is_one_reply() {
    let (mut a, mut b) = pair(29);
    let hello = a.frames().remove(0);
    let replies = b.frame(&hello, 1);
    assert!(b.frame(&hello, 1).is_empty(), "the hello over another carrier");
    let first = a.frame(&replies[0], 1);
    let second = a.frame(&replies[0], 2);
    assert_eq!(second, first[..1], "the proof again, and nothing new");
    a.frame(&replies[0], 3);
    assert!(a.has_met() && !a.is_over());
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert_proven(&a, &b);
}

#[test]
fn one_wrong_digit_and_it_is_over_on_both_sides() {
    let (mut a, mut b) = pair(30);
    meet(&mut a, &mut b);
    let shown = a.screen().unwrap();
    let wrong: String =
        shown.chars().enumerate().map(|(place, digit)| if place == 5 { next(digit) } else { digit }).collect();
    for frame in b.type_digits(&wrong, ada(), 2_000) {
        a.frame(&frame, 2_000);
    }
    assert_eq!(b.burnt(), Some(BurntReason::WrongDigits));
    assert_eq!(a.burnt(), Some(BurntReason::Cancelled(nyx_wire::pairing::CancelReason::Digits)));
    assert!(b.type_digits(&shown, ada(), 2_001).is_empty() && b.file_key().is_none());
}

#[test]
fn an_account_that_its_person_does_not_recognise_is_refused_before_any_digit_shows() {
    let (mut a, ticket) = Device::shows(receives(), 0, 35);
    let mut b = Device::scans(&ticket, mallory().sends(), 0, 36);
    talk(&mut a, &mut b, ada(), 1_000, |from, frame| {
        assert!(from < 2);
        honest(from, frame)
    });
    assert_eq!(a.burnt(), Some(BurntReason::Refused));
    assert_eq!(b.burnt(), Some(BurntReason::Cancelled(nyx_wire::pairing::CancelReason::Person)));
    assert!(a.screen().is_none());
}

#[test]
fn digits_show_only_after_a_yes_and_are_asked_for_only_then() {
    let (mut a, mut b) = pair(37);
    let mut asked_early = false;
    pass(&mut a, &mut b, 1_000);
    asked_early |= a.screen().is_some() || b.asks();
    assert!(a.question().is_some() && !asked_early);
    let agreed = a.decide(true, 1_001);
    assert!(a.screen().is_some());
    agreed.iter().for_each(|frame| drop(b.frame(frame, 1_002)));
    assert!(b.asks());
}

#[test]
fn a_cancel_shows_on_the_other_side() {
    for who in [0, 1] {
        let (mut a, mut b) = pair(38 + who);
        pass(&mut a, &mut b, 1_000);
        let (one, other) = if who == 0 { (&mut a, &mut b) } else { (&mut b, &mut a) };
        for last in one.cancel(1_500) {
            other.frame(&last, 1_500);
        }
        assert_eq!(one.burnt(), Some(BurntReason::Refused));
        assert_eq!(other.burnt(), Some(BurntReason::Cancelled(nyx_wire::pairing::CancelReason::Person)));
    }
}

#[test]
fn two_that_both_want_to_send_or_to_receive_do_not_begin() {
    let (_, ticket) = Device::shows(receives(), 0, 40);
    assert_eq!(Scanned::ticket(&ticket, receives(), 0).unwrap_err(), MismatchError);
    let (_, ticket) = Device::shows(ada().sends(), 0, 41);
    assert_eq!(Scanned::ticket(&ticket, ada().sends(), 0).unwrap_err(), MismatchError);
    let contact = Intent::Contact { name: name("Ada") };
    assert_eq!(Scanned::ticket(&ticket, contact, 0).unwrap_err(), MismatchError);
}

#[test]
fn the_text_of_a_ticket_leads_to_the_same_room() {
    let room = TicketBegun::new(&mut rng(44)).room();
    let (showing, ticket) = shows(receives(), 0, &mut rng(44));
    let text = Text::Ticket(ticket).to_link();
    let Ok(Text::Ticket(read)) = Text::parse(&text) else { panic!("a ticket") };
    let scanned = Scanned::ticket(&read, ada().sends(), 0).unwrap();
    assert_eq!((showing.room(), scanned.room()), (Some(room), Some(room)));
}

#[test]
fn nothing_secret_shows_in_debug() {
    let (showing, ticket) = shows(ada().sends(), 0, &mut rng(45));
    let shown = alloc::format!("{showing:?} {ticket:?} {:?}", Scanned::ticket(&ticket, receives(), 0).unwrap());
    let secret: Vec<String> = ticket.secret[..4].iter().map(alloc::string::ToString::to_string).collect();
    assert!(!shown.contains(&secret.join(", ")) && !shown.contains("Ada") && !shown.contains("192.168"));
}

fn next(digit: char) -> char {
    if digit == '9' { '0' } else { char::from(digit as u8 + 1) }
}

#[test]
fn two_that_check_their_link_know_each_others_name_and_see_the_same_digits() {
    let (mut a, ticket) = Device::shows(checks("Desk"), 0, 70);
    assert_eq!(ticket.kind, Kind::Check);
    let mut b = Device::scans(&ticket, checks("Lap"), 0, 71);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    let (of_a, of_b) = (a.known().unwrap(), b.known().unwrap());
    assert_eq!((of_a.0.as_str(), of_b.0.as_str()), ("Lap", "Desk"));
    assert_eq!(of_a.1, of_b.1);
    // Nothing that moves or keeps anything comes of it, and nothing is asked.
    assert!(a.file_key().is_none() && a.screen().is_none() && !a.asks() && a.question().is_none());
    // It does not expire, and what is said twice or late changes nothing.
    a.time(u64::MAX);
    assert!(a.known().is_some());
}

#[test]
fn a_check_and_a_move_do_not_meet() {
    let (_, ticket) = Device::shows(checks("Desk"), 0, 72);
    for other in [receives(), ada().sends(), Intent::Contact { name: name("Ada") }] {
        assert_eq!(Scanned::ticket(&ticket, other, 0).unwrap_err(), MismatchError);
    }
    let (_, ticket) = Device::shows(receives(), 0, 73);
    assert_eq!(Scanned::ticket(&ticket, checks("Lap"), 0).unwrap_err(), MismatchError);
}

#[test]
fn in_a_check_nobody_speaks_for_an_account_and_a_second_device_ends_it() {
    let (mut a, ticket) = Device::shows(checks("Desk"), 0, 74);
    let mut b = Device::scans(&ticket, checks("Lap"), 0, 75);
    talk(&mut a, &mut b, ada(), 1_000, honest);
    assert!(a.speak(ada(), 1_001).is_empty() && a.decide(true, 1_001).is_empty());
    let mut thief = Device::scans(&ticket, checks("Thief"), 0, 76);
    let hello = a.first_hello.clone();
    for reply in thief.frame(&hello, 1_002) {
        for last in a.frame(&reply, 1_002) {
            b.frame(&last, 1_002);
        }
    }
    assert_eq!(a.burnt(), Some(BurntReason::Intruder));
    assert_eq!(b.burnt(), Some(BurntReason::Cancelled(nyx_wire::pairing::CancelReason::Intruder)));
}
