//! The vectors, labels and limits in the specification are what this code makes.

use super::{
    tests::{last, owner},
    *,
};
use crate::{
    pairing::{HelloKeys, room_id},
    purposes::{MeetMacKey, ResumeKey},
    specification::{Specification, Vectors},
    vectors::Given,
};
use alloc::{format, string::ToString, vec::Vec};
use nyx_wire::{
    moving::{
        DONE_MAX, FRAME_MAX, INDEX_BYTES_MAX, ITEM_BYTES_MAX, ITEMS_MAX, Index, Item, ItemKind, MANIFEST_MAX,
        PACK_BYTES_MAX, Pack, READY_MAX, SMALL_CHUNKS, TOTAL_BYTES_MAX, WINDOW_CHUNKS_MAX,
    },
    vault::{Cell, Rows},
};

const MOVING: Specification = Specification(include_str!("../../../docs/protocol/moving.md"));

#[test]
fn the_vectors_in_the_moving_specification_are_what_the_code_makes() {
    let mut vectors = Vectors::new();
    let keys = TransferKeys::new(Secret::from_bytes([0x77; 32]), [0x71; 16]);
    let content = Content::of(HashKind::Sha256, b"hello");
    vectors.secret("item.key", &keys.key(&content));
    vectors.bytes("item.chunk", &crate::stream::seal_whole(keys.key(&content), b"hello").unwrap());
    let item = Item { kind: ItemKind::Attachment, bytes: 5, hash: content.hash };
    let newer = Content::of(HashKind::Blake3, b"hello");
    vectors.bytes("blake3.content", newer.hash.as_bytes());
    vectors.secret("blake3.key", &keys.key(&newer));
    let newer = Item { hash: newer.hash, ..item };
    vectors.bytes("blake3.index", &Index { dropped: Vec::new(), items: [newer].into() }.to_bytes());
    let reaction = [Cell::Int(1), Cell::Bytes(Vec::new()), Cell::Text("\u{1F44D}".into()), Cell::Int(1_000)];
    let columns = ["message", "author", "emoji", "at_ms"].map(ToString::to_string).into();
    vectors
        .bytes("pack", &Pack { table: "reactions".into(), columns, rows: Rows([reaction.into()].into()) }.to_bytes());
    vectors.bytes("index", &Index { dropped: [0, 300].into(), items: [item].into() }.to_bytes());

    let owner = owner(0x61);
    let end = owner.opkey.sign_manifest(last(owner.cert.aid));
    vectors.bytes("manifest", end.signed().body());
    vectors.bytes("manifest.signature", end.signed().signature());
    vectors.bytes("manifest.hash", &manifest_hash(&end));
    vectors.secret("release.key", &keys.release_key());
    vectors.bytes("release.opkey", &keys.wrap_operating_key(&owner.opkey, &end, &mut Given(&[0x78; 24])).unwrap());

    let done = nyx_wire::moving::Done {
        v: nyx_wire::identity::Version,
        transfer: [0x71; 16],
        manifest: manifest_hash(&end),
        list: [0x79; 32],
    };
    vectors.bytes("done", &nyx_wire::identity::Body::to_bytes(&done));

    let resume = Secret::<ResumeKey>::from_bytes([0x7a; 32]);
    vectors.secret("meet.secret", &meeting_secret(&resume));
    vectors.bytes("meet.room", &room_id(&meeting_secret(&resume)).0);
    vectors.secret("meet.mac_key", &derive::<_, MeetMacKey, 32>(&resume));
    let seeds = [&[0x11; 32][..], &[0x12; 64], &[0x13; 32]].concat();
    vectors.bytes("meet.mac", &greet(&resume, &[0x71; 16], &HelloKeys::generate(&mut Given(&seeds))).mac);
    MOVING.shows(&vectors);
}

#[test]
fn the_moving_specification_lists_every_label_and_no_other() {
    MOVING.lists_the_labels("nyx/move/");
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
        ("Small chunks that count as one", SMALL_CHUNKS),
    ] {
        MOVING.gives(&format!("| {thing} | "), limit);
    }
}
