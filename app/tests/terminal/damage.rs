//! Disks that fail, and two processes at once.

use crate::nyx::{ATTACHED, Ended, PASSWORD, Place, files, plain};
use std::{fs, path::PathBuf, process::Command};

#[test]
fn a_second_process_hears_that_the_vault_is_in_use() {
    let place = Place::with_account();
    let mut first = place.start(&["status", "--json"]);
    first.asked("password");
    for command in
        [vec!["status"], vec!["note", "x"], vec!["init", "--name", "B"], vec!["erase", "--yes"], vec!["recover"]]
    {
        let second = place.run(&[command, vec!["--json"]].concat(), PASSWORD);
        second.assert_error(8, "in-use");
    }
    first.answer(PASSWORD);
    first.wait().assert_done();
    place.run(&["status"], PASSWORD).assert_done();
}

#[test]
fn a_changed_byte_is_named_and_nothing_is_removed() {
    let place = Place::with_account();
    let blob = files(&place.home().join("blobs")).pop().unwrap();
    flip(&blob, 30);
    let before = files(&place.home()).len();
    let checked = place.run(&["verify", "--json"], PASSWORD);
    checked.assert_error(6, "damaged");
    let what = checked.event("damaged")["what"].as_str().unwrap().to_owned();
    assert!(what.contains(blob.file_name().unwrap().to_str().unwrap()), "{what}");
    let out = place.path("out");
    let saved = place.run(&["messages", "--save", out.to_str().unwrap(), "--json"], PASSWORD);
    saved.assert_error(6, "damaged");
    assert!(files(&out).is_empty(), "half a file would be taken for the whole");
    let backup = place.path("b.age");
    place.run(&["backup", "create", backup.to_str().unwrap(), "--json"], PASSWORD).assert_error(6, "damaged");
    assert!(!backup.exists());
    assert_eq!(files(&place.home()).len(), before);
    // The rest can still be read.
    assert_eq!(place.run(&["messages", "--json"], PASSWORD).events().len(), 1);
}

#[test]
fn a_damaged_header_or_database_never_looks_like_a_new_vault() {
    let place = Place::with_account();
    flip(&place.home().join("vault.db"), 5000);
    let checked = place.run(&["verify", "--json"], PASSWORD);
    checked.assert_error(6, "damaged");
    assert!(checked.events().iter().any(|event| event["event"] == "damaged"));
    flip(&place.home().join("header"), 40);
    place.run(&["status", "--json"], PASSWORD).assert_error(6, "damaged");
    let checked = place.run(&["verify", "--json"], PASSWORD);
    checked.assert_error(6, "damaged");
    assert_eq!(checked.event("damaged")["what"], "header");
    place.run(&["init", "--name", "B", "--json"], PASSWORD).assert_error(6, "damaged");
    place.run_bare(&["erase", "--yes"], "").assert_done();
    assert!(!place.home().exists());
}

#[test]
fn a_full_disk_is_said_and_leaves_everything_as_it_was() {
    let place = Place::with_account();
    let big = place.path("besar.bin");
    fs::write(&big, vec![1; 4 << 20]).unwrap();
    let before = place.run(&["verify", "--json"], PASSWORD).event("verified");
    // Files can grow to 2 MiB and not further: as full as a disk can be made without one of its own.
    let limited = |arguments: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 2048; exec {} --home {} --password-file - --json {arguments}",
            env!("CARGO_BIN_EXE_nyx"),
            place.home().display()
        );
        let mut command = Command::new("bash");
        command.args(["-c", &script]);
        plain(&mut command);
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{PASSWORD}\n").as_bytes()).unwrap();
        Ended::of(child.wait_with_output().unwrap())
    };
    limited(&format!("note --attach {}", big.display())).assert_error(7, "disk-full");
    place.run(&["note", "--attach", big.to_str().unwrap()], PASSWORD).assert_done();
    let backup = place.path("b.age");
    limited(&format!("backup create {}", backup.display())).assert_error(7, "disk-full");
    let out = place.path("out");
    limited(&format!("messages --save {}", out.display())).assert_error(7, "disk-full");
    assert!(!backup.exists() && files(&out).iter().all(|path| path.ends_with("resep.txt")));
    assert_eq!(fs::read_to_string(out.join("resep.txt")).unwrap(), ATTACHED);
    assert_ne!(before, place.run(&["verify", "--json"], PASSWORD).event("verified"));
    assert_eq!(files(&place.home().join("blobs")).len(), 2);
}

#[test]
fn an_answer_that_cannot_be_written_is_an_error_and_creates_no_account() {
    let place = Place::empty();
    let mut command = place.command(&["init", "--name", "B", "--password-file", "-"]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{PASSWORD}\n").as_bytes()).unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 7, "{}", ended.err);
    assert!(files(place.dir.path()).is_empty());
}

#[test]
fn a_phrase_in_a_file_stays_once_there_is_an_account_whatever_happens_to_the_answer() {
    let place = Place::empty();
    let phrase = place.path("frasa");
    let arguments = ["init", "--name", "B", "--phrase-out", phrase.to_str().unwrap(), "--password-file", "-", "--json"];
    let mut command = place.command(&arguments);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{PASSWORD}\n").as_bytes()).unwrap();
    assert_eq!(Ended::of(child.wait_with_output().unwrap()).code, 7);
    place.run(&["status"], PASSWORD).assert_done();
    assert_eq!(fs::read_to_string(&phrase).unwrap().split_whitespace().count(), 24);
}

#[test]
fn a_killed_command_is_in_nobodys_way() {
    let place = Place::empty();
    for millis in [60, 150, 300] {
        let mut creating = place.start(&["init", "--name", "B", "--json"]);
        creating.asked("password");
        creating.answer(PASSWORD);
        creating.hear();
        // Somewhere in the making.
        std::thread::sleep(std::time::Duration::from_millis(millis));
        creating.signal("KILL");
        creating.wait();
        // There is an account or there is none; whatever lies beside it is none.
        let status = place.run(&["status", "--json"], PASSWORD);
        match status.code {
            0 => place.run(&["erase", "--yes"], PASSWORD).assert_done(),
            _ => status.assert_error(1, "no-account"),
        }
    }
    place.run(&["init", "--name", "B"], PASSWORD).assert_done();
    let names: Vec<_> = fs::read_dir(place.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["home"]);
    // A killed note is there as a whole or not at all.
    let big = place.path("besar.bin");
    fs::write(&big, vec![1; 64 << 20]).unwrap();
    let mut noting = place.start(&["note", "--attach", big.to_str().unwrap(), "--json"]);
    noting.asked("password");
    noting.answer(PASSWORD);
    std::thread::sleep(std::time::Duration::from_millis(300));
    noting.signal("KILL");
    noting.wait();
    place.run(&["note", "sesudahnya"], PASSWORD).assert_done();
    place.run(&["verify", "--json"], PASSWORD).event("verified");
    let notes = place.run(&["messages", "--json"], PASSWORD).events().len();
    assert_eq!(files(&place.home().join("blobs")).len(), notes - 1);
}

fn flip(path: &PathBuf, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}
