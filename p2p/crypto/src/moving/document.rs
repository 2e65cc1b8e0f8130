//! The vectors, labels and limits in the specification are what this code makes.

use super::{
    tests::{last, owner},
    *,
};
use crate::{
    pairing::{HelloKeys, room_id},
    purposes::{MeetMacKey, ResumeKey},
    vectors::Given,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use nyx_wire::{
    moving::{
        DONE_MAX, FRAME_MAX, INDEX_BYTES_MAX, ITEM_BYTES_MAX, ITEMS_MAX, Index, Item, ItemKind, MANIFEST_MAX,
        PACK_BYTES_MAX, Pack, READY_MAX, TOTAL_BYTES_MAX, WINDOW_CHUNKS_MAX,
    },
    vault::{Cell, Rows},
};

const DOCUMENT: &str = include_str!("../../../docs/protocol/moving.md");

#[test]
fn the_vectors_in_the_moving_specification_are_what_the_code_makes() {
    let written: Vec<&str> = DOCUMENT
        .lines()
        .skip_while(|line| *line != "<!-- vectors begin -->")
        .take_while(|line| *line != "<!-- vectors end -->")
        .filter(|line| line.contains(" = "))
        .collect();
    let made = vectors();
    let shown = made.join("\n");
    assert_eq!(written, made, "the vectors now are:\n{shown}");
}

#[test]
fn the_moving_specification_lists_every_label_and_no_other() {
    let table = DOCUMENT.split("## 12. Labels").nth(1).unwrap().split("## 13.").next().unwrap();
    let mut written: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let mut used: Vec<&str> = include_str!("../labels.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1))
        .filter(|label| label.starts_with("nyx/move/"))
        .collect();
    written.sort_unstable();
    used.sort_unstable();
    assert_eq!(written, used);
}

#[test]
fn the_moving_specification_gives_the_limits_that_hold() {
    for (thing, limit) in [
        ("Items of a move", ITEMS_MAX as u64),
        ("Bytes of a pack of rows", PACK_BYTES_MAX),
        ("Bytes of an item", ITEM_BYTES_MAX),
        ("Bytes of all contents", TOTAL_BYTES_MAX),
        ("Bytes of an index", INDEX_BYTES_MAX),
        ("Manifest", MANIFEST_MAX as u64),
        ("Ready", READY_MAX as u64),
        ("Done", DONE_MAX as u64),
        ("Control frame", FRAME_MAX as u64),
        ("Chunks under way", WINDOW_CHUNKS_MAX),
    ] {
        let start = format!("| {thing} | ");
        let line = DOCUMENT.lines().find_map(|line| line.strip_prefix(start.as_str())).unwrap();
        let digits: String = line.chars().take_while(|letter| *letter != '|').filter(char::is_ascii_digit).collect();
        assert_eq!(digits, limit.to_string(), "{thing}");
    }
}

fn vectors() -> Vec<String> {
    let mut lines = Vec::new();
    let mut put = |name: &str, value: &[u8]| {
        let digits: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push(format!("{name} = {digits}"));
    };
    let keys = TransferKeys::new(Secret::from_bytes([0x77; 32]), [0x71; 16]);
    let content = Content { bytes: 5, hash: content_hash(b"hello") };
    put("item.key", keys.key(&content).expose());
    put("item.chunk", &crate::stream::seal_whole(keys.key(&content), b"hello").unwrap());
    let item = Item { kind: ItemKind::Attachment, bytes: 5, hash: content.hash };
    let reaction = [Cell::Int(1), Cell::Bytes(Vec::new()), Cell::Text("\u{1F44D}".into()), Cell::Int(1_000)];
    let columns = ["message", "author", "emoji", "at_ms"].map(ToString::to_string).into();
    put("pack", &Pack { table: "reactions".into(), columns, rows: Rows([reaction.into()].into()) }.to_bytes());
    put("index", &Index { dropped: [0, 300].into(), items: [item].into() }.to_bytes());

    let owner = owner(0x61);
    let end = owner.opkey.sign_manifest(last(owner.cert.aid));
    put("manifest", end.signed().body());
    put("manifest.signature", end.signed().signature());
    put("manifest.hash", &manifest_hash(&end));
    put("release.key", keys.release_key().expose());
    put("release.opkey", &keys.wrap_operating_key(&owner.opkey, &end, &mut Given(&[0x78; 24])).unwrap());

    let done = nyx_wire::moving::Done {
        v: nyx_wire::identity::Version,
        transfer: [0x71; 16],
        manifest: manifest_hash(&end),
        list: [0x79; 32],
    };
    put("done", &nyx_wire::identity::Body::to_bytes(&done));

    let resume = Secret::<ResumeKey>::from_bytes([0x7a; 32]);
    put("meet.secret", meeting_secret(&resume).expose());
    put("meet.room", &room_id(&meeting_secret(&resume)).0);
    put("meet.mac_key", derive::<_, MeetMacKey, 32>(&resume).expose());
    let seeds = [&[0x11; 32][..], &[0x12; 64], &[0x13; 32]].concat();
    put("meet.mac", &greet(&resume, &[0x71; 16], &HelloKeys::generate(&mut Given(&seeds))).mac);
    lines
}
