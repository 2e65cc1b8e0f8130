//! What people choose and do about a move: every kind of code, every no, every Ctrl-C, odd accounts, and moves after moves.

use crate::{
    mover::{Move, Side, assert_moved},
    nyx::{Ended, PASSWORD, Place},
    watched::{Watched, command},
};
use nyx_testkit::{
    process::{Process, free_port},
    seed::Seeded,
};
use serde_json::Value;
use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, path::Path, process::Command, process::Stdio};

/// Starts a move over loopback.
fn begin(old: &Place, new: &Place, [send, receive]: [&[&str]; 2]) -> Watched {
    let command = |place, name, more: &[&str]| command(place, None, &[&[name], more].concat());
    Watched::begin(command(old, "send", send), command(new, "receive", receive))
}

/// Everything goes as it should.
fn moves(old: &Place, new: &Place) -> [Ended; 2] {
    let ended = begin(old, new, [&[], &[]]).end();
    for ended in &ended {
        ended.assert_done();
    }
    ended
}

fn small() -> Move {
    Move::new(&mut Seeded::new(0), &[])
}

/// Both are as they were.
fn assert_as_before(moving: &Move) {
    moving.old.run(&["note", "still mine"], PASSWORD).assert_done();
    moving.new.run(&["status", "--json"], PASSWORD).assert_error(1, "no-account");
}

#[test]
fn an_account_moves_by_every_kind_of_code() {
    let program = Path::new(env!("CARGO_BIN_EXE_nyx")).with_file_name("nyx-signal");
    assert!(program.exists(), "`cargo build -p nyx-signal` makes {}; `make test` does too", program.display());
    let port = free_port();
    let mut service = Command::new(program);
    let mut service = Process::start(service.args(["--listen", &format!("127.0.0.1:{port}")]).stdout(Stdio::null()));
    service.wait_for("listening");
    let signal = format!("ws://127.0.0.1:{port}");
    let typed = ["--code", "--signal", &signal];
    let shown = [&["--show"], &typed[..]].concat();
    let ways: [[&[&str]; 2]; 4] = [
        [&typed, &shown],
        [&shown, &typed],
        [&["--by-hand"], &["--show", "--by-hand"]],
        [&["--show"], &["--link-file", "-"]],
    ];
    for [send, receive] in ways {
        let moving = small();
        for ended in begin(&moving.old, &moving.new, [send, receive]).end() {
            ended.assert_done();
        }
        moving.assert_moved();
    }
}

#[test]
fn whoever_says_no_ends_it_for_both_with_its_own_word() {
    let moving = small();
    for (side, what, answer, codes, kinds) in [
        (Side::New, "confirm", "no", [4, 1], ["cancelled", "declined"]),
        (Side::Old, "confirm", "no", [1, 4], ["declined", "cancelled"]),
        (Side::Old, "sas", "000000", [4, 4], ["wrong-digits", "wrong-digits"]),
    ] {
        let mut watched = begin(&moving.old, &moving.new, [&[], &[]]);
        watched.will_answer(side, what, answer);
        for ((ended, code), kind) in watched.end().iter().zip(codes).zip(kinds) {
            ended.assert_error(code, kind);
        }
        assert_as_before(&moving);
    }
    moves(&moving.old, &moving.new);
    moving.assert_moved();
}

#[test]
fn ctrl_c_at_any_question_on_either_side_is_heard_and_another_try_begins_at_once() {
    let moving = small();
    for (asked, what) in [(Side::New, "confirm"), (Side::Old, "sas"), (Side::Old, "confirm")] {
        for side in [Side::Old, Side::New] {
            let mut watched = begin(&moving.old, &moving.new, [&[], &[]]);
            watched.will_ponder(asked, what);
            watched.until(asked, |event| event["what"] == what);
            watched.signal(side, "INT");
            let ended = watched.end();
            ended[side as usize].assert_error(130, "interrupted");
            ended[1 - side as usize].assert_error(4, "cancelled");
            assert_as_before(&moving);
        }
    }
    moves(&moving.old, &moving.new);
    moving.assert_moved();
}

#[test]
fn an_account_moves_on_and_back_to_where_it_came_from() {
    let [first, second] = [small(), small()];
    let (one, two, three) = (&first.old, &first.new, &second.new);
    moves(one, two);
    assert_moved(one, two);
    two.run(&["note", "written on the second"], PASSWORD).assert_done();
    moves(two, three);
    assert_moved(two, three);
    one.run(&["erase", "--yes"], PASSWORD).assert_done();
    three.run(&["note", "written on the third"], PASSWORD).assert_done();
    moves(three, one);
    assert_moved(three, one);
    let read = one.run(&["messages", "--json"], PASSWORD).out;
    assert!(read.contains("on the second") && read.contains("on the third"), "{read}");
}

#[test]
fn an_account_without_a_message_and_one_with_the_oddest_files_move_whole() {
    let moving = small();
    let empty = Place::empty();
    empty.run(&["init", "--name", "Budi", "--json"], PASSWORD).assert_done();
    fs::write(empty.path("password"), PASSWORD).unwrap();
    moves(&empty, &moving.new);
    assert_moved(&empty, &moving.new);

    let moving = small();
    let long = format!("{}.txt", "n".repeat(251));
    let names: [&[u8]; 5] =
        [b"line\nbreak.txt", "\u{202e}txt.exe".as_bytes(), long.as_bytes(), b"..hidden", "foto ✓ é.jpg".as_bytes()];
    for (number, name) in names.into_iter().enumerate() {
        let file = moving.old.dir.path().join(OsStr::from_bytes(name));
        // The first one has nothing in it.
        fs::write(&file, vec![7; number * 70_000]).unwrap();
        moving.old.run(&["note", "odd", "--attach", file.to_str().unwrap()], PASSWORD).assert_done();
    }
    let text = "sepanjang jalan kenangan ".repeat(10_000);
    moving.old.run_with(&["note", "-"], PASSWORD, &text).assert_done();
    let before = read(&moving.old);
    moves(&moving.old, &moving.new);
    moving.assert_moved();
    assert_eq!(before, read(&moving.new));
}

#[test]
fn without_attachments_the_texts_come_and_the_sizes_say_so_before() {
    let moving = Move::new(&mut Seeded::new(2), &[3_000_000]);
    let ended = begin(&moving.old, &moving.new, [&["--without-attachments", "--months", "1"], &[]]).end();
    for ended in &ended {
        ended.assert_done();
        assert!(ended.event("peer")["bytes"].as_u64().unwrap() < 100_000, "{}", ended.out);
    }
    moving.new.run(&["verify", "--json"], PASSWORD).assert_done();
    let messages = read(&moving.new);
    assert!(!messages.is_empty() && messages.iter().all(|message| message["attachments"] == Value::Array(Vec::new())));
    // What was left out stays.
    assert!(read(&moving.old).iter().any(|message| message["attachments"] != Value::Array(Vec::new())));
}

#[test]
fn a_move_that_can_not_begin_says_why_at_once() {
    let moving = small();
    let (old, new) = (&moving.old, &moving.new);
    // There is an account already, or something else.
    old.run(&["receive", "--json"], PASSWORD).assert_error(1, "account-exists");
    let other = Place::empty();
    fs::create_dir(other.home()).unwrap();
    fs::write(other.home().join("diary.txt"), "mine").unwrap();
    other.run(&["receive", "--json"], PASSWORD).assert_error(1, "folder-not-empty");
    // There is none, or its password is another one, or nothing was begun.
    new.run(&["send", "--json"], PASSWORD).assert_error(1, "no-account");
    old.run(&["send", "--json"], "salah").assert_error(3, "wrong-password");
    old.run(&["send", "--discard", "--json"], PASSWORD).assert_error(1, "no-move");
    new.run(&["receive", "--discard", "--json"], PASSWORD).assert_error(1, "no-move");
    // The other device has a later version, and its code says so.
    for (place, command) in [(old, "send"), (new, "receive")] {
        fs::write(place.path("link"), "nyx:aiaacmjrgeytcmjr").unwrap();
        let link = place.path("link");
        let file = [command, "--json", "--interface", "lo", "--link-file", link.to_str().unwrap()];
        place.run(&file, PASSWORD).assert_error(1, "later-version");
    }
    // Somebody else has it open.
    let mut watched = begin(old, new, [&[], &[]]);
    watched.will_ponder(Side::Old, "sas");
    watched.until(Side::Old, |event| event["what"] == "sas");
    old.run(&["send", "--json"], PASSWORD).assert_error(8, "in-use");
    new.run(&["receive", "--json"], PASSWORD).assert_error(8, "in-use");
}

#[test]
fn a_code_that_was_used_leads_a_second_one_nowhere() {
    let (moving, other) = (small(), small());
    let mut watched = begin(&moving.old, &moving.new, [&[], &[]]);
    let ticket = watched.until_named(Side::New, "ticket");
    watched.will_ponder(Side::Old, "sas");
    watched.until(Side::Old, |event| event["what"] == "sas");
    // Somebody who saw the code comes second.
    fs::write(other.old.path("link"), ticket["link"].as_str().unwrap()).unwrap();
    let link = other.old.path("link");
    let file = ["send", "--json", "--interface", "lo", "--link-file", link.to_str().unwrap()];
    let refused = other.old.run(&file, PASSWORD);
    assert!([4, 5].contains(&refused.code), "{} {}", refused.out, refused.err);
    other.old.run(&["note", "still mine"], PASSWORD).assert_done();
    drop(watched);
    assert_as_before(&moving);
}

fn read(place: &Place) -> Vec<Value> {
    place.run(&["messages", "--json"], PASSWORD).events()
}
