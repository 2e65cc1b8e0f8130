//! Command lines that cannot be meant, and what the shell needs.

use crate::nyx::{PASSWORD, Place, plain};
use std::process::Command;

#[test]
fn without_a_command_it_says_what_there_is() {
    let place = Place::empty();
    let said = place.run_bare(&[], "");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    for command in ["init", "recover", "password", "status", "verify", "note", "messages", "backup", "erase"] {
        assert!(said.err.contains(command), "{command}");
    }
    place.run_bare(&["--json"], "").assert_error(2, "no-window");
}

#[test]
fn what_cannot_be_meant_ends_with_2_and_a_sentence() {
    let place = Place::empty();
    for arguments in [
        vec!["frobnicate"],
        vec!["status", "--nothing"],
        vec!["backup"],
        vec!["backup", "create"],
        vec!["init", "--words", "13"],
        vec!["messages", "--limit", "many"],
        vec!["init", "--name"],
        vec!["--language", "xx", "status"],
        vec!["backup", "create", "x", "--to", "phrase", "--passphrase-file", "y"],
        vec!["completions", "tcsh"],
    ] {
        let said = place.run_bare(&[arguments.clone(), vec!["--json"]].concat(), "");
        said.assert_error(2, "usage");
        let people = place.run_bare(&arguments, "");
        assert!(
            people.code == 2 && people.out.is_empty() && people.err.ends_with('\n') && people.err.lines().count() == 1,
            "{arguments:?}: {}",
            people.err
        );
    }
    place.run(&["note", "--json"], PASSWORD).assert_error(2, "empty-note");
    place.run(&["init", "--name", "", "--json"], PASSWORD).assert_error(2, "name-empty");
    place.run(&["init", "--name", "a\nb", "--json"], PASSWORD).assert_error(2, "name-characters");
    place.run(&["init", "--name", "B", "--json"], "").assert_error(2, "password-empty");
    place.run_bare(&["init", "--json"], "").assert_error(2, "no-terminal");
    place.run_bare(&["init", "--name", "B"], "").assert_error_plain(2, "--password-file");
    assert!(!place.home().exists());
}

#[test]
fn what_is_not_there_is_said_before_a_password_is_asked() {
    let place = Place::empty();
    for command in
        [vec!["status"], vec!["verify"], vec!["note", "x"], vec!["messages"], vec!["password"], vec!["erase", "--yes"]]
    {
        place.run_bare(&[command, vec!["--json"]].concat(), "").assert_error(1, "no-account");
    }
    let there = Place::with_account();
    there.run(&["messages", "Budi", "--json"], PASSWORD).assert_error(1, "no-conversation");
    there.run(&["note", "--attach", "/nonexistent/file", "--json"], PASSWORD).assert_error(1, "file-missing");
    there.run(&["note", "--attach", "/tmp", "--json"], PASSWORD).assert_error(1, "not-a-file");
    there.run(&["init", "--name", "B", "--json"], PASSWORD).assert_error(1, "account-exists");
    std::fs::create_dir_all(place.home()).unwrap();
    std::fs::write(place.home().join("mine"), "x").unwrap();
    place.run(&["init", "--name", "B", "--json"], PASSWORD).assert_error(1, "folder-not-empty");
    there.run(&["status", "--json"], "").assert_error(2, "password-empty");
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let place = Place::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = place.run_bare(&["completions", shell], "");
        script.assert_done();
        assert!(script.out.contains("passphrase-file") && script.out.contains("recover"), "{shell}");
    }
    let script = place.path("nyx.bash");
    std::fs::write(&script, place.run_bare(&["completions", "bash"], "").out).unwrap();
    assert!(Command::new("bash").arg("-n").arg(&script).status().unwrap().success());
    let manual = place.run_bare(&["man"], "");
    manual.assert_done();
    for command in [
        "INIT",
        "RECOVER",
        "PASSWORD",
        "STATUS",
        "VERIFY",
        "NOTE",
        "MESSAGES",
        "BACKUP CREATE",
        "BACKUP RESTORE",
        "ERASE",
        "COMPLETIONS",
        "MAN",
    ] {
        assert!(manual.out.contains(&format!(".SH \"NYX {command}\"")), "{command}");
    }
}

#[test]
fn the_home_comes_from_the_option_the_variable_or_the_platform() {
    let place = Place::with_account();
    let status = |home: &str, value: &std::path::Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nyx"));
        plain(&mut command);
        command.env(home, value).env("NYX_PASSWORD_FILE", "/nonexistent").args(["status", "--json"]).output().unwrap()
    };
    // It got as far as the password.
    assert!(String::from_utf8_lossy(&status("NYX_HOME", &place.home()).stdout).contains("password-file"));
    std::fs::rename(place.home(), place.path("nyx")).unwrap();
    assert!(String::from_utf8_lossy(&status("XDG_DATA_HOME", place.dir.path()).stdout).contains("password-file"));
    assert!(String::from_utf8_lossy(&status("XDG_DATA_HOME", &place.path("elsewhere")).stdout).contains("no-account"));
}
