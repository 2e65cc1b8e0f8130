//! Kills, power cuts and full disks.

use crate::{
    damage::{copy, files},
    ground::*,
    power::{Disk, Event, Image},
    script::{self, SECOND_PASSWORD},
};
use nyx_crypto::{purposes::MasterKey, sealed, secret::Secret, vault_keys::VaultKeys};
use nyx_vault::{FindError, LockedVault, StorageError, WriteError};
use nyx_wire::vault::Header;
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    process::Command,
    time::Duration,
};

#[test]
fn a_killed_writer_loses_no_acknowledged_row() {
    let mut random = Seeded::new("kill");
    let (dir, home) = home();
    drop(create(&home));
    let kills: u32 = if is_soak() { 1_000 } else { 100 };
    let mut last = 0;
    for kill in 0..kills {
        let mut child = script::command(&[], "endless", dir.path()).spawn().unwrap();
        // Only when it writes: a slow machine must not make this an empty test.
        let told = || fs::metadata(dir.path().join("acks")).map_or(0, |acks| acks.len());
        let before = told();
        while told() == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(random.below(40_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let acks = fs::read_to_string(dir.path().join("acks")).unwrap_or_default();
        let acked: u64 = acks.lines().next_back().map_or(0, |line| line.parse().unwrap());
        let vault = open(&home);
        let seqs = vault
            .read::<_, WriteError>(|reader| {
                Ok(reader.messages(NOTES, nyx_vault::Page::After(last.max(1) - 1), 1000)?)
            })
            .unwrap();
        let newest = vault.read::<_, StorageError>(|reader| Ok(reader.counts()?.messages)).unwrap();
        assert!(newest >= acked, "kill {kill}: {acked} were acknowledged, {newest} are there");
        // Of each run at most one row was written and not yet told.
        assert!(newest <= acked.max(last) + 1, "kill {kill}: one at a time");
        assert!(seqs.windows(2).all(|two| two[1].seq == two[0].seq + 1));
        last = newest;
        if kill % 20 == 19 {
            vault.sweep().unwrap();
            assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
        }
        drop(vault);
    }
    assert!(last >= u64::from(kills), "each wrote something: {last}");
}

#[test]
fn a_power_cut_at_any_write_leaves_the_old_or_the_new_state() {
    let dir = tempfile::tempdir().unwrap();
    let Some(events) = traced("history", dir.path()) else { return };
    assert!(events.iter().any(|event| matches!(event, Event::Ack(line) if line == "end")), "the script ran to its end");
    let passwords = HashMap::from([("one", PASSWORD), ("two", SECOND_PASSWORD)]);
    cut_everywhere(&events, Disk::empty(dir.path()), &passwords, if is_soak() { usize::MAX } else { 260 });
}

#[test]
fn a_shelf_that_was_there_but_not_durable_loses_no_acknowledged_attachment() {
    let (dir, home) = home();
    drop(create(&home));
    let mut disk = Disk::holding(dir.path());
    // Made by a process that died before it could sync them.
    for shelf in 0..=255 {
        let path = Path::new("home/blobs").join(format!("{shelf:02x}"));
        fs::create_dir(dir.path().join(&path)).unwrap();
        disk.take(&Event::MakeDir(path));
    }
    let Some(events) = traced("attach", dir.path()) else { return };
    let told = events.iter().position(|event| matches!(event, Event::Ack(_))).unwrap();
    events[..told].iter().for_each(|event| disk.take(event));
    let again = tempfile::tempdir().unwrap();
    disk.write_image(Image::Dropped, &mut |_| 0, again.path());
    let vault = open(&again.path().join("home"));
    assert_eq!(bodies(&vault), ["with a file"]);
    assert_eq!(vault.verify(&mut |_| true).unwrap().damages, []);
}

#[test]
fn a_power_cut_in_a_migration_leaves_the_old_or_the_new_schema() {
    let (dir, home) = home();
    let vault = create(&home);
    for number in 1..200 {
        add(&vault, note(number, &format!("note {number} of an earlier version")));
    }
    drop(vault);
    back_to_version_1(&home);
    let disk = Disk::holding(dir.path());
    let Some(events) = traced("migrate", dir.path()) else { return };
    assert_eq!(search(&open(&home), "earlier version").len(), 199, "the script brought it up to date");
    let passwords = HashMap::from([("one", PASSWORD)]);
    cut_everywhere(&events, disk, &passwords, if is_soak() { usize::MAX } else { 60 });
}

#[test]
fn a_full_disk_is_said_so_and_costs_nothing_that_was_there() {
    // A limit on the size of files, at each of which something else fails first.
    for blocks in [1, 60, 200, 400, 500, 700, 1_200] {
        let (dir, home) = home();
        let is_new = blocks < 300;
        if !is_new {
            let vault = create(&home);
            add(&vault, note(1, "kept"));
        }
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let done = script::command(&["sh", "-c", &limit], "until-full", dir.path()).status().unwrap();
        assert!(done.success(), "{blocks} blocks");
        if !is_new {
            let vault = open(&home);
            assert_eq!(bodies(&vault)[0], "kept");
            assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
        }
    }
}

#[test]
fn a_full_file_system_is_said_so_and_costs_nothing_that_was_there() {
    // Its own mount namespace: nothing of it is left when the process ends. Not everybody may have one.
    let is_allowed = Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|status| status.success());
    if !is_allowed {
        return;
    }
    for kib in [64, 300, 700, 1_500, 3_000] {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().display();
        let mount = format!(
            "mount -t tmpfs -o size={kib}k none {place} && touch {place}/kept && \
             head -c {} /dev/zero > {place}/ballast && exec \"$0\" \"$@\"",
            kib * 500
        );
        let done = script::command(&["unshare", "-m", "sh", "-c", &mount], "until-full", dir.path()).status().unwrap();
        assert!(done.success(), "{kib} KiB");
    }
}

/// Runs a script under `strace` and gives what it did to the disk.
pub(crate) fn traced(script: &str, folder: &Path) -> Option<Vec<Event>> {
    let log = folder.join("trace");
    let arguments = [
        "strace",
        "-f",
        "-qq",
        "-xx",
        "-s",
        "4194304",
        "-o",
        log.to_str().unwrap(),
        "-e",
        "trace=openat,open,creat,pwrite64,write,lseek,fsync,fdatasync,syncfs,ftruncate,rename,renameat,renameat2,unlink,\
         unlinkat,mkdir,mkdirat,rmdir,close,dup,fcntl",
    ];
    let status = match script::command(&arguments, script, folder).status() {
        Ok(status) if log.exists() => status,
        _ => {
            assert!(std::env::var_os("CI").is_none(), "the package `strace` is missing");
            return None;
        }
    };
    assert!(status.success());
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(log).unwrap();
    Some(Event::all_in(&text, folder))
}

fn cut_everywhere(events: &[Event], mut disk: Disk, passwords: &HashMap<&str, &str>, cuts: usize) {
    let mut random = Seeded::new("power");
    let acks: Vec<&str> = events
        .iter()
        .filter_map(|event| if let Event::Ack(line) = event { Some(line.as_str()) } else { None })
        .collect();
    let writes = events.iter().filter(|event| event.changes()).count();
    assert!(writes > 20, "{writes} writes");
    let (mut said, mut looked, mut headers) = (0, 0, HashSet::new());
    let place = tempfile::tempdir().unwrap();
    for event in events {
        if let Event::Ack(_) = event {
            said += 1;
        }
        disk.take(event);
        let is_chosen = cuts >= writes || random.below(writes as u64) < cuts as u64;
        if !event.changes() || !is_chosen {
            continue;
        }
        for image in [Image::Dropped, Image::Kept, Image::Some, Image::Torn] {
            let folder = place.path().join(looked.to_string());
            disk.write_image(image, &mut |below| random.below(below), &folder);
            look(&folder, &acks, said, &format!("{image:?} after {event:?}"), passwords, &mut headers);
            fs::remove_dir_all(&folder).unwrap();
            looked += 1;
        }
    }
    println!("{looked} images of {writes} writes");
}

fn look(
    folder: &Path,
    acks: &[&str],
    said: usize,
    what: &str,
    passwords: &HashMap<&str, &str>,
    headers: &mut HashSet<Vec<u8>>,
) {
    for name in ["home", "second"] {
        let prefix = format!("{name} ");
        let hash_in = |line: &&str| line.strip_prefix(&prefix).map(ToOwned::to_owned);
        let old = acks[..said].iter().rev().find_map(&hash_in);
        let new = acks[said..].iter().find_map(hash_in);
        let is_loose = said > 0 && acks[said - 1] == "loose";
        let home = folder.join(name);
        let is_migration = acks.len() == 2;
        let found = match LockedVault::find(&home) {
            Ok(found) => found,
            Err(FindError::NoVault) if old.is_none() && (name == "second" || !is_migration) => continue,
            Err(error) => panic!("{what}: {error:?}"),
        };
        let header = fs::read(home.join("header")).unwrap();
        let vault = found.unlock_with_phrase(&root()).unwrap_or_else(|error| panic!("{what}: {error:?}"));
        let now: String = crate::backup::hash(&vault).iter().map(|byte| format!("{byte:02x}")).collect();
        let is_expected = Some(&now) == old.as_ref() || Some(&now) == new.as_ref();
        assert!(is_expected || is_loose, "{what}: {name} is neither the old state nor the new one");
        let damages = vault.verify(&mut |_| true).unwrap().damages;
        assert!(damages.is_empty(), "{what}: {damages:?}");
        vault.sweep().unwrap();
        let locked = vault.lock();
        // Argon2 once for each header there ever was.
        if name == "home" && headers.insert(header) {
            let mut locked = Some(locked);
            let opens =
                passwords.values().any(|typed| match locked.take().map(|locked| locked.unlock(&password(typed))) {
                    Some(Ok(_)) => true,
                    Some(Err(refused)) => {
                        locked = Some(refused.vault);
                        false
                    }
                    None => false,
                });
            assert!(opens, "{what}: no password opens");
        }
    }
}

/// As the first version left it: without the search index, the marks of attachments and moves.
fn back_to_version_1(home: &Path) {
    let header =
        Header::from_file(&fs::read(home.join("header")).unwrap(), |bytes| Sha256::digest(bytes).into()).unwrap();
    let master =
        sealed::open(&root().vault_reset_key(), &root().provenance(), &header.reset_slot, &header.reset_slot_ad())
            .unwrap();
    let keys = VaultKeys::from_master(&Secret::<MasterKey>::from_slice(&master).unwrap());
    let hex: String = keys.database.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    let database = rusqlite::Connection::open(home.join("vault.db")).unwrap();
    database
        .execute_batch(&format!(
            "PRAGMA key = \"x'{hex}'\"; DROP TABLE search_terms; DROP TABLE search; DROP VIEW search_source; \
             DROP TRIGGER attachments_mark; DROP INDEX messages_with_attachments; \
             ALTER TABLE messages DROP COLUMN attached; DROP TABLE moves; DROP TABLE move_items; \
             PRAGMA user_version = 1;"
        ))
        .unwrap();
    database.close().unwrap();
    assert!(files(home).iter().all(|path| !path.to_string_lossy().ends_with("-wal")));
}

#[test]
fn a_vault_of_a_later_schema_is_left_alone() {
    let (dir, home) = home();
    drop(create(&home));
    back_to_version_1(&home);
    let other = dir.path().join("later");
    copy(&home, &other);
    // The first version opens and is brought up to date.
    assert!(search(&open(&home), "anything").is_empty());
    set_version(&other, 99);
    let before = fs::read(other.join("vault.db")).unwrap();
    let refused = LockedVault::find(&other).unwrap().unlock_with_phrase(&root()).unwrap_err();
    assert!(matches!(refused.error, nyx_vault::UnlockError::OtherSchema(99)));
    drop(refused);
    assert_eq!(fs::read(other.join("vault.db")).unwrap(), before);
}

fn set_version(home: &Path, version: u32) {
    let header =
        Header::from_file(&fs::read(home.join("header")).unwrap(), |bytes| Sha256::digest(bytes).into()).unwrap();
    let master =
        sealed::open(&root().vault_reset_key(), &root().provenance(), &header.reset_slot, &header.reset_slot_ad())
            .unwrap();
    let keys = VaultKeys::from_master(&Secret::<MasterKey>::from_slice(&master).unwrap());
    let hex: String = keys.database.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    let database = rusqlite::Connection::open(home.join("vault.db")).unwrap();
    database.execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; PRAGMA user_version = {version};")).unwrap();
    database.close().unwrap();
}

/// Hours instead of seconds: every cut, a thousand kills.
pub(crate) fn is_soak() -> bool {
    std::env::var_os("NYX_SOAK").is_some()
}

/// Randomness that can be repeated: the seed is printed, and `NYX_SEED` sets it.
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(what: &str) -> Self {
        let seed = std::env::var("NYX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos().into()
        });
        println!("{what}: NYX_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, below: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }
}
