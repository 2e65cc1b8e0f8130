//! Two programs that try the link between them, over loopback.

use crate::nyx::{Place, Talk};
use nyx_media::code::{Code, QUIET};
use serde_json::Value;
use std::fs;

/// Loopback only: it needs no rights and no network.
const LOOPBACK: [&str; 4] = ["--interface", "lo", "--json", "--peer"];

fn doctor(place: &Place, arguments: &[&str]) -> Talk {
    place.start(&[&["doctor"], arguments, &LOOPBACK].concat())
}

/// The next event that is no progress.
fn hear(talk: &mut Talk) -> Value {
    loop {
        let event = talk.hear();
        if event["event"] != "progress" {
            return event;
        }
    }
}

#[track_caller]
pub(crate) fn expect(talk: &mut Talk, name: &str) -> Value {
    let event = hear(talk);
    assert_eq!(event["event"], name, "{event}");
    event
}

/// Both tell whom they met, over this path, the same digits, and figures that fit each other.
pub(crate) fn figures(shows: &mut Talk, reads: &mut Talk, path: &str) {
    introduced(shows, reads, path);
    let bulk = measured(shows, reads);
    assert!(path != "relay" || bulk == ["channel"; 2], "no second connection through a relay");
}

/// Both tell whom they met, over this path, and the same digits.
pub(crate) fn introduced(shows: &mut Talk, reads: &mut Talk, path: &str) {
    let [one, other] = [shows, reads].map(|talk| {
        let peer = expect(talk, "peer");
        assert!(peer["path"] == path && peer["name"].as_str().is_some_and(|name| !name.is_empty()), "{peer}");
        let digits = expect(talk, "sas")["digits"].as_str().unwrap().to_owned();
        assert!(digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()), "{digits}");
        digits
    });
    assert_eq!(one, other);
}

/// Both tell figures that fit each other, perhaps after the link was silent for a while. Returns what carried bulk.
pub(crate) fn measured(shows: &mut Talk, reads: &mut Talk) -> [String; 2] {
    let [one, other] = [shows, reads].map(|talk| {
        loop {
            let event = hear(talk);
            if event["event"] != "stalled" && event["event"] != "resumed" {
                assert_eq!(event["event"], "measured", "{event}");
                return event;
            }
        }
    });
    for measured in [&one, &other] {
        for field in ["round_trip_ms", "to_peer", "from_peer"] {
            assert!(measured[field].as_f64().is_some_and(|number| number > 0.0), "{measured}");
        }
    }
    assert_eq!((&one["to_peer"], &one["from_peer"]), (&other["from_peer"], &other["to_peer"]));
    [one, other].map(|measured| {
        let bulk = measured["bulk"].as_str().unwrap();
        assert!(bulk == "quic" || bulk == "channel", "{measured}");
        bulk.to_owned()
    })
}

pub(crate) fn done(talk: Talk) {
    let ended = talk.wait();
    assert_eq!(ended.code, 0, "{} {}", ended.out, ended.err);
}

#[test]
fn a_link_in_a_file_leads_two_programs_together_without_any_account() {
    let place = Place::empty();
    let mut shows = doctor(&place, &["--show"]);
    let ticket = expect(&mut shows, "ticket");
    assert_eq!(ticket["kind"], "ticket");
    assert!(ticket["addresses"].as_array().unwrap().iter().all(|at| at.as_str().unwrap().contains(':')), "{ticket}");
    let file = place.path("link.txt");
    // As it arrives by mail.
    fs::write(&file, format!(" {}\r\n", ticket["link"].as_str().unwrap())).unwrap();
    let mut reads = doctor(&place, &["--link-file", file.to_str().unwrap()]);
    figures(&mut shows, &mut reads, "lan");
    done(shows);
    done(reads);
    assert!(!place.home().exists(), "nothing is written");
}

#[test]
fn two_codes_are_carried_by_hand() {
    let place = Place::empty();
    let mut shows = doctor(&place, &["--show", "--by-hand"]);
    let first = expect(&mut shows, "ticket");
    assert_eq!(first["kind"], "first");
    shows.asked("link");
    let mut reads = doctor(&place, &["--by-hand"]);
    reads.asked("link");
    reads.answer(first["link"].as_str().unwrap());
    let second = expect(&mut reads, "ticket");
    assert_eq!(second["kind"], "second");
    shows.answer("nyx:nothing");
    let again = expect(&mut shows, "ask");
    assert_eq!((&again["what"], &again["refused"]), (&"link".into(), &"bad-code".into()));
    shows.answer(second["link"].as_str().unwrap());
    figures(&mut shows, &mut reads, "lan");
    done(shows);
    done(reads);
}

#[test]
fn who_is_interrupted_says_so_to_the_other() {
    let place = Place::empty();
    let (mut shows, mut reads) = met(&place);
    expect(&mut reads, "peer");
    reads.signal("INT");
    let reads = reads.wait();
    assert_eq!(reads.code, 130, "{} {}", reads.out, reads.err);
    expect(&mut shows, "peer");
    let shows = shows.wait();
    assert_eq!(shows.code, 4, "{} {}", shows.out, shows.err);
    assert!(shows.out.contains(r#""kind":"cancelled""#), "{}", shows.out);
}

#[test]
fn who_is_killed_is_missed_within_seconds_and_in_plain_words() {
    let place = Place::empty();
    let (mut shows, mut reads) = met(&place);
    expect(&mut reads, "peer");
    reads.signal("KILL");
    expect(&mut shows, "peer");
    let shows = shows.wait();
    assert_eq!(shows.code, 5, "{} {}", shows.out, shows.err);
    assert!(shows.out.contains(r#""event":"stalled""#) && shows.out.contains(r#""kind":"lost""#), "{}", shows.out);
}

#[test]
fn what_cannot_lead_to_a_meeting_is_said_at_once() {
    let place = Place::empty();
    let said = |arguments: &[&str], input: &str| {
        place.run_bare(&[&["doctor"], arguments, &LOOPBACK].concat(), &format!("{input}\n"))
    };
    said(&[], "hello").assert_error(1, "bad-code");
    said(&[], "nyx:aiaacmjrgeytcmjr").assert_error(1, "later-version");
    said(&["--link-file", "/nowhere/at/all"], "").assert_error(1, "file-missing");
    said(&["--show", "--code"], "").assert_error(2, "service-needed");
    said(&["--show", "--signal", "http://example.org"], "").assert_error(2, "not-a-service");
    said(&["--show", "--relay-only"], "").assert_error(5, "no-relay");
    said(&["--show", "--lan-only", "--relay-only"], "").assert_error(2, "usage");
    said(&["--show", "--link-file", "x"], "").assert_error(2, "usage");
    place.run_bare(&["doctor", "--show", "--json"], "").assert_error(2, "usage");
    // The service is not there, and nobody pretends that it is.
    said(&["--show", "--code", "--signal", "ws://127.0.0.1:9"], "").assert_error(5, "no-service");
}

#[test]
fn a_person_reads_sentences_and_copies_a_link() {
    let place = Place::empty();
    let mut shows = doctor(&place, &["--show"]);
    let link = expect(&mut shows, "ticket")["link"].as_str().unwrap().to_owned();
    let read = place.run_bare(&["doctor", "--peer", "--interface", "lo", "--link-file", "-"], &link);
    assert_eq!(read.code, 0, "{} {}", read.out, read.err);
    for part in ["Connected with ", "(this network)", "Compare: ", "/s, back "] {
        assert!(read.out.contains(part), "{part}: {}", read.out);
    }
    assert!(!read.out.contains('\u{1b}'), "{}", read.out);
}

#[test]
fn the_doctor_lists_networks_and_says_what_helps() {
    let place = Place::empty();
    let said = place.run_bare(&["doctor", "--interface", "lo", "--json"], "");
    said.assert_done();
    let events = said.events();
    // A machine without a camera or a keyring is well all the same.
    let may_lack = |event: &Value| event["what"] == "camera" || event["what"] == "keyring";
    let is_found = |event: &Value| event["event"] == "found" && (event["works"] == true || may_lack(event));
    assert!(events.iter().all(is_found), "{}", said.out);
    assert_eq!(events.iter().filter(|event| may_lack(event)).count(), 2, "{}", said.out);
    assert!(events.iter().any(|event| event["what"] == "network" && event["name"] == "lo 127.0.0.1"), "{}", said.out);
    let none = place.run_bare(&["doctor", "--interface", "none0", "--json"], "");
    assert_eq!(none.code, 1);
    assert!(none.out.contains("--interface") && none.out.contains(r#""kind":"unwell""#), "{}", none.out);
    let service = place.run_bare(&["doctor", "--interface", "lo", "--signal", "ws://127.0.0.1:9", "--json"], "");
    assert_eq!(service.code, 1, "{}", service.out);
    assert!(service.out.contains(r#""what":"service","works":false"#) || service.out.contains("does not answer"));
}

/// Two that have met.
fn met(place: &Place) -> (Talk, Talk) {
    let mut shows = doctor(place, &["--show"]);
    let ticket = expect(&mut shows, "ticket");
    let mut reads = doctor(place, &[]);
    reads.asked("link");
    reads.answer(ticket["link"].as_str().unwrap());
    (shows, reads)
}

#[test]
fn a_picture_of_the_code_is_as_good_as_the_link() {
    let place = Place::empty();
    let mut shows = doctor(&place, &["--show"]);
    let link = expect(&mut shows, "ticket")["link"].as_str().unwrap().to_ascii_uppercase();
    let picture = place.dir.path().join("code.png");
    draw(&Code::new(&link).unwrap()).save(&picture).unwrap();
    let read = place.run_bare(&["doctor", "--peer", "--interface", "lo", "--image", picture.to_str().unwrap()], "");
    assert_eq!(read.code, 0, "{} {}", read.out, read.err);
    image::GrayImage::from_pixel(200, 200, image::Luma([255])).save(&picture).unwrap();
    let none = place.run_bare(&["--json", "doctor", "--peer", "--image", picture.to_str().unwrap()], "");
    none.assert_error(1, "bad-code");
}

#[test]
fn without_the_camera_that_is_wanted_it_ends_with_what_to_do() {
    let place = Place::empty();
    let kind = if nyx_media::source::camera::cameras().is_empty() { "no-camera" } else { "unknown-camera" };
    let said = |arguments: &[&str]| place.run_bare(&[&["doctor", "--peer", "--json"], arguments].concat(), "");
    said(&["--camera=One that is called so"]).assert_error(1, kind);
    said(&["--camera", "--image", "x.png"]).assert_error(2, "usage");
    said(&["--camera", "--show"]).assert_error(2, "usage");
    place.run_bare(&["doctor", "--camera", "--json"], "").assert_error(2, "usage");
}

/// Four pixels a module, as a screenshot has them.
fn draw(code: &Code) -> image::GrayImage {
    let edge = u32::try_from(code.printed_size()).unwrap() * 4;
    image::GrayImage::from_fn(edge, edge, |x, y| {
        let at = |pixel: u32| (pixel as usize / 4).checked_sub(QUIET);
        let dark = at(x).zip(at(y)).is_some_and(|(column, row)| code.is_dark(column, row));
        image::Luma([if dark { 0 } else { 255 }])
    })
}
