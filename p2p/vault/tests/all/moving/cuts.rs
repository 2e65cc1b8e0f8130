//! The power goes, on both devices at once, at any write of a whole move; and disks that are full.

use super::{
    account::{HER, content, identity, with_account},
    sides::{Pair, new_password_typed},
};
use crate::{
    damage::files,
    faults::{Seeded, is_soak, traced},
    ground::*,
    power::{Disk, Event, Image},
    script::{self, Acks},
};
use nyx_crypto::moving::Content;
use nyx_vault::{Arrival, FindError, LockedVault, PrepareError, StorageError, Vault, WriteError};
use nyx_wire::content::ContentHash;
use nyx_wire::moving::{ChunkHead, ItemKind, Selection};
use std::{fs, path::Path};

/// Chunks under way: a quarter of them is made durable at once.
const WINDOW: u64 = 64;

/// A whole move, in a process of its own. Says what the account holds, and when each step is durable.
pub(crate) fn script(folder: &Path) {
    let vault = with_account(&folder.join("home"));
    fill(&vault);
    let mut acks = Acks::of(folder);
    acks.say(&hex(&content(&vault)));
    let mut pair = Pair::begin_with_window(vault, &folder.join("new"), Selection::ALL, WINDOW);
    pair.durable = Box::new(move |which| acks.say(which));
    pair.run();
    pair.check_moved();
}

fn fill(vault: &Vault) {
    for number in 1..=3 {
        add(vault, note(number, &format!("note {number}")));
    }
    let mut message = note(4, "with a file");
    message.attachments.push(attachment(vault, "long.bin", &vec![7; 150_000]));
    // Written in pieces, in the middle of which it is made durable.
    message.attachments.push(attachment(vault, "longer.bin", &vec![8; 1_400_000]));
    message.attachments.push(attachment(vault, "short.txt", b"short"));
    // So many that several are made durable at once.
    for number in 0..12 {
        let name = format!("small{number}.txt");
        message.attachments.push(attachment(vault, &name, name.as_bytes()));
    }
    add(vault, message);
    let mut vanishing = note(5, "vanishing");
    vanishing.ttl_secs = Some(60);
    vanishing.attachments.push(attachment(vault, "vanishing.txt", b"vanishing too"));
    add(vault, vanishing);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_contact(&somebody(HER))?;
            tx.put_conversation(&with(HER, 2))
        })
        .unwrap();
}

#[test]
fn a_power_cut_on_both_devices_at_any_write_of_a_move_leaves_what_both_can_go_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let Some(events) = traced("move", dir.path()) else { return };
    let acks =
        || events.iter().filter_map(|event| if let Event::Ack(line) = event { Some(line.as_str()) } else { None });
    let expected = acks().next().unwrap().to_owned();
    assert!(acks().any(|ack| ack == "active"), "the script ran to its end");
    let begun = events.iter().position(|event| matches!(event, Event::Ack(_))).unwrap();
    let writes = events[begun..].iter().filter(|event| event.changes()).count() as u64;
    let cuts = if is_soak() { u64::MAX } else { 14 };
    let mut random = Seeded::new("power in a move");
    let (mut disk, place, mut looked) = (Disk::empty(dir.path()), tempfile::tempdir().unwrap(), 0);
    let mut ends = [0; 3];
    for (at, event) in events.iter().enumerate() {
        disk.take(event);
        let is_chosen = event.changes() && (cuts >= writes || random.below(writes) < cuts);
        let images: &[Image] = match event {
            _ if at < begun => &[],
            // Right after it was said that something is durable, nothing else is there.
            Event::Ack(_) => &[Image::Dropped],
            _ if is_chosen => &[Image::Dropped, Image::Kept, Image::Some, Image::Torn],
            _ => &[],
        };
        for image in images.iter().copied() {
            let folder = place.path().join(looked.to_string());
            disk.write_image(image, &mut |below| random.below(below), &folder);
            let what = format!("{image:?} after {event:?}");
            ends[goes_on(&folder, &expected, &what)] += 1;
            fs::remove_dir_all(&folder).unwrap();
            looked += 1;
        }
    }
    println!("{looked} images of {writes} writes: {ends:?} were before the move, in it, and after it");
}

/// Both start again with these disks, and end as they should: 0 if there was no move yet, 1 if there was one, 2 if it was over.
fn goes_on(folder: &Path, expected: &str, what: &str) -> usize {
    let (home, new) = (folder.join("home"), folder.join("new"));
    let vault =
        LockedVault::find(&home).unwrap().unlock_with_phrase(&root()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let is_active_here = super::account::operating_key(&vault).is_some();
    // After that the time of what nobody has read begins to run, which is all that changes.
    assert!(!is_active_here || hex(&content(&vault)) == expected, "{what}: the old device's history");
    assert_eq!(bodies(&vault).len(), 5, "{what}");
    let is_active_there = match LockedVault::find(&new) {
        Ok(found) => {
            let there = found.unlock(&new_password_typed()).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(hex(&content(&there)), expected, "{what}: no half account is in the home");
            assert!(!identity(&there).list().devices().is_empty());
            true
        }
        Err(FindError::NoVault) => false,
        Err(error) => panic!("{what}: {error}"),
    };
    assert!(!(is_active_here && is_active_there), "{what}: two active devices");
    let Some(mut pair) = Pair::resume(vault, &new) else {
        assert!(is_active_here && !is_active_there, "{what}: without a record nothing has changed");
        assert!(Arrival::find(&new).unwrap().is_none(), "{what}: the other side can't know of it");
        let vault = open(&home);
        add(&vault, note(100, "it can be used as before"));
        vault.prepare_move(Selection::ALL, &mut |_, _| true).unwrap();
        return 0;
    };
    pair.run();
    assert!(pair.stopped.is_none(), "{what}: {:?}", pair.stopped);
    pair.check_moved();
    assert_eq!(hex(&content(pair.new.vault.as_ref().unwrap())), expected, "{what}");
    if is_active_there { 2 } else { 1 }
}

#[test]
fn a_full_disk_is_said_so_on_either_side_and_changes_nothing() {
    // A limit on the size of files, at each of which something else fails first.
    for blocks in [8, 40, 100, 200, 420, 700] {
        let dir = tempfile::tempdir().unwrap();
        let vault = with_account(&dir.path().join("home"));
        fill(&vault);
        add(&vault, note(50, &"long ".repeat(40_000)));
        drop(vault);
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let done = script::command(&["sh", "-c", &limit], "move-until-full", dir.path()).status().unwrap();
        assert!(done.success(), "{blocks} blocks");
        let vault = open(&dir.path().join("home"));
        assert!(vault.verify(&mut |_| true).unwrap().damages.is_empty());
        add(&vault, note(60, "goes on"));
    }
}

/// Both sides on a disk that takes only so much.
pub(crate) fn until_full(folder: &Path) {
    let home = folder.join("home");
    if let Ok(vault) = LockedVault::find(&home).unwrap().unlock_with_phrase(&root()) {
        match vault.prepare_move(Selection::ALL, &mut |_, _| true) {
            Ok(prepared) => vault.drop_prepared(&prepared.manifest.transfer).unwrap_or_else(|error| is_full(&error)),
            Err(PrepareError::Storage(error)) => is_full(&error),
            Err(error) => panic!("{error:?}"),
        }
        assert!(vault.moves().unwrap().is_empty());
        assert!(!bodies(&vault).is_empty(), "reading goes on");
    }
    let new = folder.join("new");
    let typed = new_password_typed();
    let mut arrival = match Arrival::begin(&new, &new_password(&typed)) {
        Ok(arrival) => arrival,
        Err(nyx_vault::CreateError::Storage(error)) => {
            is_full(&error);
            return assert!(!folder.join("new.moving").exists(), "nothing of it stays");
        }
        Err(error) => panic!("{error:?}"),
    };
    // An attachment without an end: one file that grows.
    let content = Content { bytes: 1 << 40, hash: ContentHash::sha256(&[1; 32]) };
    let stopped = (0..).find_map(|chunk| {
        let at = ChunkHead { item: 7, chunk };
        let stored = arrival.store(at, &content, Some(ItemKind::Attachment), &[7; 65_552]);
        stored.and_then(|()| arrival.sync(u64::from(chunk))).err()
    });
    is_full(&stopped.unwrap());
    arrival.discard().unwrap();
    assert!(!folder.join("new.moving").exists() && LockedVault::find(&new).is_err());
}

fn is_full(error: &StorageError) {
    let words = format!("{error:?}");
    assert!(words.contains("DiskFull") || words.contains("Disk("), "{words}");
}

#[test]
fn nothing_that_lies_about_on_either_side_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_account(&dir.path().join("home"));
    fill(&vault);
    let mut message = note(70, &"canary-message ".repeat(400));
    message.attachments.push(attachment(&vault, "canary-name.txt", "canary-attachment ".repeat(20_000).as_bytes()));
    add(&vault, message);
    let mut vanishing = note(71, "canary-vanishing");
    vanishing.ttl_secs = Some(3_600);
    vanishing.attachments.push(attachment(&vault, "canary-vanished.txt", b"canary-vanished"));
    add(&vault, vanishing);
    let mut pair = Pair::begin(vault, &dir.path().join("new"), Selection::ALL);
    pair.link();
    let mut looked = 0;
    loop {
        let goes_on = pair.step();
        looked += 1;
        if looked % 7 == 0 || !goes_on {
            for file in files(dir.path()) {
                let bytes = fs::read(&file).unwrap_or_default();
                let is_there = bytes.windows(7).any(|window| window == b"canary-");
                assert!(!is_there, "{} after {looked} steps", file.display());
            }
        }
        if !goes_on {
            break;
        }
    }
    pair.check_moved();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
