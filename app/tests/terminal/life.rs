//! From the first command to the last.

use crate::nyx::{ATTACHED, Ended, NOTE, PASSWORD, Place, files, phrase_in};
use std::{fs, process::Stdio};

#[test]
fn a_new_person_creates_writes_reads_searches_and_saves() {
    let place = Place::empty();
    fs::write(place.path("password"), PASSWORD).unwrap();
    let file = place.path("password");
    // As dear to guess as anybody's; the other vaults of these tests are not.
    let mut command = place.command(&["init", "--name", "Budi", "--json", "--password-file", file.to_str().unwrap()]);
    let created = Ended::of(command.env_remove("NYX_CHEAP_PASSWORDS").stdin(Stdio::null()).output().unwrap());
    created.assert_done();
    assert_eq!(phrase_in(&created.events()).split(' ').count(), 24);
    let account = created.event("account");
    assert_eq!(account["aid"].as_str().unwrap().len(), 64);
    assert_eq!((&account["name"], &account["state"]), (&"Budi".into(), &"active".into()));
    assert_eq!((&account["messages"], &account["attachments"]), (&0.into(), &0.into()));
    assert!(account["moved_to"].is_null());
    let photo = place.path("foto laut.png");
    fs::write(&photo, [7; 200_000]).unwrap();

    let note = place.run(&["note", "Ombak di Parangtritis", "--attach", photo.to_str().unwrap(), "--json"], PASSWORD);
    note.assert_done();
    let id = note.event("note")["id"].clone();
    let typed = place.run_with(&["note", "-"], PASSWORD, "baris satu\nbaris dua\n");
    typed.assert_done();
    assert_eq!(typed.out, "Noted.\n");

    let read = place.run(&["messages", "--json"], PASSWORD);
    let events = read.events();
    assert_eq!(events.len(), 2);
    assert_eq!((&events[0]["event"], &events[0]["id"], &events[0]["from"]), (&"message".into(), &id, &"me".into()));
    assert_eq!(events[0]["text"], "Ombak di Parangtritis");
    assert!(events[0]["at"].as_i64().unwrap() > 1_700_000_000_000);
    let attachment = &events[0]["attachments"][0];
    assert_eq!(attachment["name"], "foto laut.png");
    assert_eq!((&attachment["type"], &attachment["bytes"]), (&"image/png".into(), &200_000.into()));
    assert_eq!(events[1]["text"], "baris satu\nbaris dua");

    let saved = place.path("keluar");
    let found = place.run(&["messages", "--search", "laut", "--save", saved.to_str().unwrap(), "--json"], PASSWORD);
    let found = found.event("message");
    assert_eq!(found["id"], id);
    let path = found["attachments"][0]["saved"].as_str().unwrap();
    assert_eq!(fs::read(path).unwrap(), [7; 200_000]);

    let newest = place.run(&["messages", "notes", "--limit", "1", "--json"], PASSWORD);
    assert_eq!(newest.event("message")["text"], "baris satu\nbaris dua");
    let account = place.run(&["status", "--json"], PASSWORD).event("account");
    assert_eq!((&account["messages"], &account["attachments"]), (&2.into(), &1.into()));
    assert!(place.run(&["messages", "--search", "gunung"], PASSWORD).out.starts_with("No message has all"));
}

#[test]
fn people_read_plain_sentences_without_colours_in_a_pipe() {
    let place = Place::with_account();
    let status = place.run(&["status"], PASSWORD);
    assert!(
        status.out.starts_with("Name: Sari\nAccount: ") && status.out.contains("Files: 1 (54 B)"),
        "{}",
        status.out
    );
    let read = place.run(&["messages"], PASSWORD);
    assert!(read.out.contains(&format!("  me\n  {NOTE}\n  [resep.txt, 54 B]\n")), "{}", read.out);
    for text in [&status.out, &status.err, &read.out, &read.err] {
        assert!(!text.contains('\u{1b}'));
    }
}

#[test]
fn a_backup_by_passphrase_brings_the_same_content_back_after_erasing() {
    let place = Place::with_account();
    let (backup, secret) = (place.path("cadangan.age"), place.path("frasa-sandi"));
    fs::write(&secret, "gunung merapi meletus\n").unwrap();
    let (backup, secret) = (backup.to_str().unwrap(), secret.to_str().unwrap());
    let verified = place.run(&["verify", "--json"], PASSWORD);
    let before = verified.event("verified")["content_hash"].clone();
    assert_eq!(before.as_str().unwrap().len(), 64);
    // How far it is, for programs too; at the end it is there.
    let progress: Vec<_> = verified.events().into_iter().filter(|event| event["event"] == "progress").collect();
    let last = progress.last().unwrap();
    assert!(last["done"].is_u64() && last["done"] == last["total"], "{last}");

    let made = place.run(&["backup", "create", backup, "--passphrase-file", secret, "--json"], PASSWORD);
    made.assert_done();
    assert_eq!(made.event("backup")["bytes"], fs::metadata(backup).unwrap().len());
    place.run(&["backup", "create", backup, "--json"], PASSWORD).assert_error(1, "file-exists");
    place
        .run(&["backup", "restore", backup, "--passphrase-file", secret, "--json"], PASSWORD)
        .assert_error(1, "account-exists");

    let mut asking = place.start(&["erase", "--json"]);
    asking.asked("confirm");
    asking.answer("no");
    let declined = asking.wait();
    declined.assert_error(1, "declined");
    place.run_bare(&["erase", "--yes"], "").assert_done();
    assert!(!place.home().exists());
    place.run(&["status", "--json"], PASSWORD).assert_error(1, "no-account");
    place.run_bare(&["erase", "--json"], "").assert_error(1, "no-account");
    // Where a killed restore leaves what it has read so far. Nobody's account yet, so nobody is asked.
    fs::create_dir_all(place.path("home.making.staging/blobs")).unwrap();
    let erased = place.run_bare(&["erase", "--language", "en"], "");
    erased.assert_done();
    assert!(erased.out.contains("only what an interrupted"), "{}", erased.out);
    assert!(!place.path("home.making.staging").exists());

    fs::write(place.path("salah"), "gunung semeru\n").unwrap();
    let wrong = place.path("salah");
    place
        .run(
            &["backup", "restore", backup, "--passphrase-file", wrong.to_str().unwrap(), "--json"],
            "kata sandi lain lagi",
        )
        .assert_error(3, "wrong-backup-key");
    // Before a new password is asked for.
    let early =
        place.run_bare(&["backup", "restore", backup, "--passphrase-file", wrong.to_str().unwrap(), "--json"], "");
    early.assert_error(3, "wrong-backup-key");
    assert!(early.events().iter().all(|event| event["event"] != "ask"), "{}", early.out);
    assert!(!place.home().exists());
    let restored =
        place.run(&["backup", "restore", backup, "--passphrase-file", secret, "--json"], "kata sandi lain lagi");
    restored.assert_done();
    assert_eq!(restored.event("account")["messages"], 1);
    let after = place.run(&["verify", "--json"], "kata sandi lain lagi").event("verified")["content_hash"].clone();
    assert_eq!(before, after);
    place.run(&["note", "masih bisa"], "kata sandi lain lagi").assert_done();
}

#[test]
fn a_backup_by_phrase_opens_with_the_phrase_and_with_nothing_else() {
    let place = Place::with_account();
    let backup = place.path("cadangan.age");
    let backup = backup.to_str().unwrap();
    place.run(&["backup", "create", backup, "--to", "phrase"], PASSWORD).assert_done();
    let aid = place.run(&["status", "--json"], PASSWORD).event("account")["aid"].clone();
    let other = Place { dir: tempfile::tempdir().unwrap(), phrase: place.phrase.clone() };
    let foreign = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    other
        .run_with(&["backup", "restore", backup, "--json"], "baru sekali", foreign)
        .assert_error(3, "wrong-backup-key");
    let restored =
        other.run_with(&["backup", "restore", backup, "--json"], "sandi yang sama sekali baru", &place.phrase);
    restored.assert_done();
    assert_eq!(restored.event("account")["aid"], aid);
    let out = other.path("out");
    other.run(&["messages", "--save", out.to_str().unwrap()], "sandi yang sama sekali baru").assert_done();
    assert_eq!(fs::read_to_string(out.join("resep.txt")).unwrap(), ATTACHED);
    fs::write(other.path("lain"), "bukan cadangan").unwrap();
    let third = Place::empty();
    let not_a_backup = other.path("lain");
    third.run(&["backup", "restore", not_a_backup.to_str().unwrap(), "--json"], "x y z").assert_error(6, "bad-backup");
    let whole = fs::read(backup).unwrap();
    fs::write(other.path("potong"), &whole[..whole.len() - 20]).unwrap();
    let cut = other.path("potong");
    third
        .run_with(&["backup", "restore", cut.to_str().unwrap(), "--json"], "x y z", &place.phrase)
        .assert_error(6, "bad-backup");
    assert!(!third.home().exists() && files(third.dir.path()).is_empty());
}

#[test]
fn names_of_files_cannot_leave_the_folder_or_overwrite_anything() {
    let place = Place::with_account();
    let (dir, out) = (place.path("in"), place.path("out"));
    fs::create_dir_all(&dir).unwrap();
    for name in [".bashrc", "..\\..\\evil.txt", "warna\u{1b}[31m.txt"] {
        fs::write(dir.join(name), "x").unwrap();
        let file = dir.join(name);
        place.run(&["note", "--attach", file.to_str().unwrap()], PASSWORD).assert_done();
    }
    for _ in 0..2 {
        place.run(&["messages", "--save", out.to_str().unwrap()], PASSWORD).assert_done();
    }
    let mut names: Vec<_> =
        files(&out).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    let expected = [
        "_.bashrc",
        "_.bashrc (2)",
        "evil (2).txt",
        "evil.txt",
        "resep (2).txt",
        "resep.txt",
        "warna_[31m (2).txt",
        "warna_[31m.txt",
    ];
    assert_eq!(
        names,
        expected
            .map(|name| name.replace("_.bashrc (2)", "_ (2).bashrc"))
            .iter()
            .map(String::as_str)
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    let read = place.run(&["messages"], PASSWORD);
    assert!(!read.out.contains('\u{1b}'));
}

#[test]
fn the_password_changes_and_the_old_one_no_longer_opens() {
    let place = Place::with_account();
    let mut asking = place.start(&["password", "--json"]);
    asking.asked("password");
    asking.answer(PASSWORD);
    asking.asked("password");
    asking.answer("salak pondoh dari sleman");
    asking.wait().assert_done();
    place.run(&["status", "--json"], PASSWORD).assert_error(3, "wrong-password");
    place.run(&["status"], "salak pondoh dari sleman").assert_done();
    let file = place.path("baru");
    fs::write(&file, "kelapa muda di tepi pantai\n").unwrap();
    place.run(&["password", "--new-password-file", file.to_str().unwrap()], "salak pondoh dari sleman").assert_done();
    place.run(&["status"], "kelapa muda di tepi pantai").assert_done();
}
