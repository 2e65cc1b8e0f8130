//! What the child processes of the fault tests do: write, and say after each step what must be there from now on.

use crate::{
    backup::{address, hash},
    ground::*,
};
use nyx_vault::{BackupKey, BackupTo, LockedVault, Page, StorageError, Vault, WriteError, restore_backup};
use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// Says which script this process is to run; not set in a run of the tests themselves.
const SCRIPT: &str = "NYX_VAULT_TEST_SCRIPT";
const FOLDER: &str = "NYX_VAULT_TEST_FOLDER";
pub(crate) const SECOND_PASSWORD: &str = "the second password for tests only";

/// Not a promise of its own: this is what the others start as a process of its own.
#[test]
fn child() {
    let (Ok(script), Some(folder)) = (std::env::var(SCRIPT), std::env::var_os(FOLDER)) else { return };
    let folder = PathBuf::from(folder);
    match script.as_str() {
        "history" => history(&folder),
        "migrate" => migrate(&folder),
        "attach" => attach(&folder),
        "endless" => endless(&folder),
        "until-full" => until_full(&folder),
        "move" => crate::moving::script(&folder),
        "move-until-full" => crate::moving::until_full(&folder),
        other => unreachable!("{other}"),
    }
}

/// This program again, to run `script` in `folder`, behind whatever `before` says.
pub(crate) fn command(before: &[&str], script: &str, folder: &Path) -> Command {
    let exe = std::env::current_exe().unwrap();
    let mut command = match before.split_first() {
        None => Command::new(&exe),
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).arg(&exe);
            command
        }
    };
    command.args(["--exact", "script::child", "--nocapture", "--test-threads=1"]);
    command.env(SCRIPT, script).env(FOLDER, folder).stdout(std::process::Stdio::null());
    command
}

pub(crate) struct Acks(File);

impl Acks {
    pub(crate) fn of(folder: &Path) -> Self {
        Self(OpenOptions::new().create(true).append(true).open(folder.join("acks")).unwrap())
    }

    /// In one write, so that a trace shows when it was said.
    pub(crate) fn say(&mut self, what: &str) {
        self.0.write_all(format!("{what}\n").as_bytes()).unwrap();
    }

    fn state(&mut self, name: &str, vault: &Vault) {
        let hash: String = hash(vault).iter().map(|byte| format!("{byte:02x}")).collect();
        self.say(&format!("{name} {hash}"));
    }
}

/// One message with a file, into the vault that is there.
fn attach(folder: &Path) {
    let vault = open(&folder.join("home"));
    let mut message = note(1, "with a file");
    message.attachments.push(attachment(&vault, "short.txt", b"short"));
    add(&vault, message);
    Acks::of(folder).say("attached");
}

/// Once through everything that writes.
fn history(folder: &Path) {
    let mut acks = Acks::of(folder);
    let home = folder.join("home");
    let password_one = password(PASSWORD);
    let vault = LockedVault::create(&home, &new_password(&password_one), &nyx_vault::Origin::of(&root())).unwrap();
    acks.state("home", &vault);
    vault.commit(|tx| tx.put_conversation(&notes())).unwrap();
    acks.state("home", &vault);
    for number in 1..=8 {
        add(&vault, note(number, &format!("note {number} {}", "and more ".repeat(number as usize * 40))));
        acks.state("home", &vault);
    }
    let mut message = note(20, "with files");
    message.attachments.push(attachment(&vault, "long.bin", &vec![7; 150_000]));
    message.attachments.push(attachment(&vault, "short.txt", b"short"));
    add(&vault, message);
    acks.state("home", &vault);
    vault.commit(|tx| tx.edit_message(message_id(2), "edited", NOW_MS)).unwrap();
    acks.state("home", &vault);
    vault.commit(|tx| tx.delete_message(message_id(3))).unwrap();
    acks.state("home", &vault);
    let vault = vault.lock().unlock_with_phrase(&root()).unwrap();
    acks.state("home", &vault);
    vault.change_password(&password_one, &new_password(&password(SECOND_PASSWORD)), None).unwrap();
    acks.say("password");
    acks.state("home", &vault);
    let mut vanishing = note(30, "vanishing");
    vanishing.ttl_secs = Some(60);
    add(&vault, vanishing);
    acks.state("home", &vault);
    vault.commit(|tx| tx.start_timer(message_id(30), NOW_MS)).unwrap();
    acks.state("home", &vault);
    vault.commit(|tx| tx.delete_message(message_id(20))).unwrap();
    acks.state("home", &vault);
    // Its steps are told apart by nothing but the message itself: gone, or there, or there without its text.
    acks.say("loose");
    vault.expire(NOW_MS + 100_000_000).unwrap();
    acks.state("home", &vault);
    let mut message = note(40, "another file");
    message.attachments.push(attachment(&vault, "b.bin", &vec![9; 70_000]));
    add(&vault, message);
    acks.state("home", &vault);
    let file = folder.join("backup.age");
    vault.backup(BackupTo::Phrase(&address()), &file, NOW_MS, &mut |_| true).unwrap();
    let restored = restore_backup(
        &folder.join("second"),
        &mut File::open(&file).unwrap(),
        BackupKey::Phrase(&root()),
        &new_password(&password_one),
        &mut |_| true,
    )
    .unwrap();
    acks.state("second", &restored);
    drop(restored);
    add(&vault, note(50, "the last one"));
    acks.state("home", &vault);
    drop(vault);
    acks.say("end");
}

/// Opens a vault of an earlier schema.
fn migrate(folder: &Path) {
    let mut acks = Acks::of(folder);
    let vault = open(&folder.join("home"));
    acks.state("home", &vault);
    drop(vault);
    acks.say("end");
}

/// Writes until it is killed.
fn endless(folder: &Path) {
    let mut acks = Acks::of(folder);
    let vault = open(&folder.join("home"));
    let mut number = vault.read::<_, StorageError>(|reader| Ok(reader.notes()?.unwrap().last_seq)).unwrap();
    loop {
        number += 1;
        let mut message = note(number, &format!("row {number} {}", "x".repeat((number * 37 % 3000) as usize)));
        if number.is_multiple_of(7) {
            message.attachments.push(attachment(&vault, "a", format!("file {number}").repeat(9000).as_bytes()));
        }
        add(&vault, message);
        acks.say(&number.to_string());
        if number.is_multiple_of(5) {
            vault.commit(|tx| tx.edit_message(message_id(number), &format!("row {number} edited"), NOW_MS)).unwrap();
        }
    }
}

/// Writes until the disk refuses, each time in another way, and shows that it is said so and nothing else happened.
fn until_full(folder: &Path) {
    let home = folder.join("home");
    let mut refusals = 0;
    let mut refused = |error: &dyn std::fmt::Debug| {
        let words = format!("{error:?}");
        assert!(words.contains("DiskFull") || words.contains("Disk(") || words.contains("SinkFull"), "{words}");
        refusals += 1;
    };
    if !home.join("header").exists() {
        let typed = password(PASSWORD);
        let address = nyx_vault::Origin::of(&root());
        match LockedVault::create(&home, &new_password(&typed), &address) {
            Ok(vault) => vault.commit(|tx| tx.put_conversation(&notes())).unwrap_or_else(|error| refused(&error)),
            Err(error) => {
                refused(&error);
                assert!(!home.exists(), "no half vault");
                return;
            }
        }
    }
    let vault = match LockedVault::find(&home).unwrap().unlock_with_phrase(&root()) {
        Ok(vault) => vault,
        Err(locked) => return refused(&locked.error),
    };
    let Some(notes) = vault.read::<_, StorageError>(|reader| reader.notes()).unwrap() else { return };
    let mut kept = notes.last_seq;
    for round in 0..4_000 {
        let number = kept + 1;
        let added = if round % 3 == 2 {
            match vault.store_blob(&mut vec![5; 100_000].as_slice(), &mut |_| true) {
                Ok(blob) => {
                    let mut message = note(number, "with a file");
                    let about = nyx_vault::model::About::default();
                    message.attachments.push(nyx_vault::model::NewAttachment { blob, about });
                    vault.commit(|tx| tx.add_message(message))
                }
                Err(error) => {
                    refused(&error);
                    break;
                }
            }
        } else {
            vault.commit(|tx| tx.add_message(note(number, &"y".repeat(20_000))))
        };
        match added {
            Ok(_) => kept = number,
            Err(error) => {
                refused(&error);
                break;
            }
        }
    }
    if let Err(error) = vault.backup(BackupTo::Phrase(&address()), &folder.join("b.age"), NOW_MS, &mut |_| true) {
        refused(&error);
        assert!(!folder.join("b.age").exists());
    }
    let second = password(SECOND_PASSWORD);
    if let Err(error) = vault.change_password(&password(PASSWORD), &new_password(&second), None) {
        refused(&error);
    }
    // Reading goes on.
    let newest = vault.read::<_, WriteError>(|reader| Ok(reader.messages(NOTES, Page::Newest, 1)?)).unwrap();
    assert_eq!(newest.first().map_or(0, |message| message.seq), kept);
    assert!(refusals > 0, "the disk was to be full");
    let _ = std::fs::remove_file(folder.join("ballast"));
    drop(vault);
    if folder.join("kept").exists() {
        // Outside a limit on this process the parent looks; inside a file system of its own this one does.
        let vault = open(&home);
        assert_eq!(bodies(&vault).len() as u64, kept.min(1000));
        assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
    }
}
