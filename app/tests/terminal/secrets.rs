//! What must never lie anywhere in the clear.

use crate::nyx::{ATTACHED, NOTE, PASSWORD, Place, files, phrase_in};
use std::fs;

#[test]
fn after_use_nothing_readable_lies_in_the_home_or_beside_it() {
    let place = Place::with_account();
    place.run(&["note", "kenari kuning di jendela timur"], PASSWORD).assert_done();
    place.run(&["messages", "--search", "kenari"], PASSWORD).assert_done();
    let backup = place.path("b.age");
    place.run(&["backup", "create", backup.to_str().unwrap()], PASSWORD).assert_done();
    place.run(&["verify"], PASSWORD).assert_done();
    let new = "pisang goreng hangat sore hari";
    place.run_with(&["recover"], new, &format!("{}\n", place.phrase)).assert_done();
    place.run(&["note", "burung gereja"], new).assert_done();
    let words: Vec<&str> = place.phrase.split(' ').collect();
    let mut secrets =
        vec![PASSWORD, new, NOTE, "dokumen rahasia", "kenari", "gereja", ATTACHED, "lengkuas", "resep", "Sari"];
    let pairs: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
    secrets.extend(pairs.iter().map(String::as_str));
    let all = files(place.dir.path());
    assert!(all.len() >= 4, "there is something to search: {all:?}");
    for file in all {
        let bytes = fs::read(&file).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret:?} in {}", file.display());
            assert!(!file.to_string_lossy().contains(*secret) || *secret == "Sari");
        }
    }
}

#[test]
fn other_people_on_the_machine_see_no_secret_in_the_process() {
    let place = Place::with_account();
    let mut asking = place.start(&["password", "--json"]);
    asking.asked("password");
    asking.answer(PASSWORD);
    asking.asked("password");
    let process = format!("/proc/{}", asking.id());
    for name in ["cmdline", "environ"] {
        let shown = fs::read(format!("{process}/{name}")).unwrap();
        assert!(!shown.is_empty() && !shown.windows(8).any(|window| PASSWORD.as_bytes().starts_with(window)));
    }
    let limits = fs::read_to_string(format!("{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "no core file keeps what is in memory: {core}");
}

#[test]
fn no_option_takes_a_secret() {
    let help = Place::empty().run_bare(&["man"], "").out;
    for option in ["\\-\\-password ", "\\-\\-phrase ", "\\-\\-passphrase ", "\\-\\-password=", "\\-\\-passphrase="] {
        assert!(!help.contains(option), "{option}");
    }
    assert!(help.contains("\\-\\-password\\-file"));
}

#[test]
fn the_phrase_goes_into_a_new_file_of_its_own_or_nowhere() {
    let place = Place::empty();
    let file = place.path("frasa");
    fs::write(&file, "milik orang lain").unwrap();
    let arguments = ["init", "--name", "B", "--words", "12", "--phrase-out", file.to_str().unwrap(), "--json"];
    place.run(&arguments, PASSWORD).assert_error(1, "file-exists");
    assert_eq!(fs::read_to_string(&file).unwrap(), "milik orang lain");
    assert!(!place.home().exists());
    fs::remove_file(&file).unwrap();
    let created = place.run(&arguments, PASSWORD);
    created.assert_done();
    let phrase = fs::read_to_string(&file).unwrap();
    assert_eq!(phrase.split_whitespace().count(), 12);
    assert!(!created.out.contains(phrase.split_whitespace().next().unwrap()) || !created.out.contains("phrase"));
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    place.run_with(&["recover"], PASSWORD, &phrase).assert_done();
}

#[test]
fn an_interrupted_creation_leaves_nothing() {
    let place = Place::empty();
    let mut creating = place.start(&["init", "--name", "B", "--json"]);
    creating.asked("password");
    creating.answer(PASSWORD);
    let phrase = creating.hear();
    assert_eq!(phrase_in(&[phrase]).split(' ').count(), 24);
    creating.signal("INT");
    creating.wait().assert_error(130, "interrupted");
    assert!(files(place.dir.path()).is_empty(), "{:?}", files(place.dir.path()));
}

#[test]
fn an_interrupted_question_ends_with_130() {
    let place = Place::with_account();
    for signal in ["INT", "TERM", "HUP"] {
        let mut asking = place.start(&["status", "--json"]);
        asking.asked("password");
        asking.signal(signal);
        asking.wait().assert_error(130, "interrupted");
    }
}
