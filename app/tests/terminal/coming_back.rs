//! A forgotten password and a lost machine.

use crate::nyx::{NOTE, PASSWORD, Place};

const NEW: &str = "jambu air di kebun belakang";

#[test]
fn the_phrase_sets_a_new_password_and_keeps_the_history() {
    let place = Place::with_account();
    let aid = place.run(&["status", "--json"], PASSWORD).event("account")["aid"].clone();
    let mut asking = place.start(&["recover", "--json"]);
    asking.asked("phrase");
    asking.answer(&place.phrase.to_uppercase());
    asking.asked("password");
    asking.answer(NEW);
    let recovered = asking.wait();
    recovered.assert_done();
    let account = recovered.event("account");
    assert_eq!((&account["aid"], &account["messages"]), (&aid, &1.into()));
    place.run(&["status", "--json"], PASSWORD).assert_error(3, "wrong-password");
    assert!(place.run(&["messages"], NEW).out.contains(NOTE));
}

#[test]
fn the_phrase_alone_brings_the_identity_back_and_says_what_it_does_not() {
    let place = Place::with_account();
    let aid = place.run(&["status", "--json"], PASSWORD).event("account")["aid"].clone();
    let lost = Place::empty();
    lost.run(&["recover", "--json"], NEW).assert_error(2, "no-terminal");
    let back = lost.run_with(&["recover", "--name", "Sari"], NEW, &format!("{}\n", place.phrase));
    back.assert_done();
    assert!(back.out.contains("alone brings back who you are") && back.out.contains("backup"), "{}", back.out);
    let account = lost.run(&["status", "--json"], NEW).event("account");
    assert_eq!((&account["aid"], &account["name"], &account["messages"]), (&aid, &"Sari".into(), &0.into()));
    lost.run(&["note", "mulai lagi"], NEW).assert_done();
}

#[test]
fn a_restored_passphrase_backup_speaks_for_the_account_again_after_the_phrase() {
    let place = Place::with_account();
    let (backup, secret) = (place.path("b.age"), place.path("s"));
    std::fs::write(&secret, "kopi tubruk tanpa gula\n").unwrap();
    let (backup, secret) = (backup.to_str().unwrap(), secret.to_str().unwrap());
    place.run(&["backup", "create", backup, "--passphrase-file", secret], PASSWORD).assert_done();
    let other = Place::empty();
    let restored = other.run(&["backup", "restore", backup, "--passphrase-file", secret], NEW);
    restored.assert_done();
    assert!(restored.out.contains("nyx recover"), "{}", restored.out);
    assert!(other.run(&["status"], NEW).out.contains("nyx recover"));
    other.run_with(&["recover"], NEW, &format!("{}\n", place.phrase)).assert_done();
    assert!(other.run(&["status"], NEW).out.contains("State: active"));
}

#[test]
fn a_mistyped_phrase_is_explained() {
    let place = Place::with_account();
    let words: Vec<&str> = place.phrase.split(' ').collect();
    let recover = |phrase: &str| place.run_with(&["recover", "--json"], NEW, &format!("{phrase}\n"));
    let missing = recover(&words[1..].join(" "));
    missing.assert_error(3, "phrase-typo");
    assert!(missing.event("error")["message"].as_str().unwrap().contains("not 23"));
    let mut typo = words.clone();
    typo[4] = "abuot";
    let typo = recover(&typo.join(" "));
    typo.assert_error(3, "phrase-typo");
    let message = typo.event("error")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("Word 5") && message.contains("about"), "{message}");
    // One in 256 orders is right by chance; two different swaps never both are for these words unless they are equal.
    let swapped = |one: usize, other: usize| {
        let mut words = words.clone();
        words.swap(one, other);
        recover(&words.join(" "))
    };
    let refused = [(0, 1), (2, 3), (5, 9), (11, 20)].map(|(one, other)| swapped(one, other));
    assert!(refused.iter().all(|ended| ended.code == 3));
    assert!(refused.iter().any(|ended| ended.out.contains("typos") && ended.out.contains("order")));
    let foreign = recover("legal winner thank year wave sausage worth useful legal winner thank yellow");
    foreign.assert_error(3, "wrong-phrase");
    place.run(&["status"], PASSWORD).assert_done();
}
