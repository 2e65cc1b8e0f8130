//! What is said and written down when an account moves: what is accepted has one encoding and keeps its limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::{
    identity::{Body, Version},
    moving::{
        ChunkHead, Done, Frame, Index, Manifest, Pack, Ready, ReceiverRecord, Selection, SenderRecord, TOTAL_BYTES_MAX,
    },
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = Frame::parse(bytes) {
        assert_eq!(frame.to_bytes(), bytes);
    }
    if let Ok((head, sealed)) = ChunkHead::parse(bytes) {
        assert_eq!([&head.to_bytes()[..], sealed].concat(), bytes);
    }
    one_encoding::<Manifest>(bytes);
    one_encoding::<Ready>(bytes);
    one_encoding::<Done>(bytes);
    one_encoding::<SenderRecord>(bytes);
    one_encoding::<ReceiverRecord>(bytes);
    if let Ok(pack) = Pack::parse(bytes) {
        assert_eq!(pack.to_bytes(), bytes);
        assert_eq!(Pack::table_in(bytes), Ok(pack.table.as_str()));
    }
    // The beginning of a pack is read before the rest of it.
    let _ = Pack::table_in(bytes);
    // An index, under a manifest that says whatever is right for its length.
    let Ok(loose) = nyx_wire::codec::decode::<Index>(bytes, bytes.len()) else { return };
    let sum = loose.items.iter().fold(0_u64, |sum, item| sum.wrapping_add(item.bytes));
    let manifest = manifest(bytes.len() as u64, loose.items.len() as u64, sum);
    if let Ok(index) = Index::parse(bytes, &manifest, None) {
        assert_eq!(index.to_bytes(), bytes);
        assert!(index.dropped.is_empty() && index.bytes().is_some_and(|sum| sum <= TOTAL_BYTES_MAX));
        assert!(index.items.is_empty() || Index::parse(bytes, &manifest, Some(&index)).is_err());
    }
});

fn one_encoding<T: Body>(bytes: &[u8]) {
    if let Ok(value) = T::parse(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

fn manifest(index_bytes: u64, items: u64, bytes: u64) -> Manifest {
    Manifest {
        v: Version,
        transfer: [1; 16],
        aid: [2; 32],
        prev: [0; 32],
        index_bytes,
        index_hash: [3; 32],
        items,
        bytes,
        schema: 2,
        selection: Selection::ALL,
        reset_public: [4; 32],
        backup_public: [5; 32],
        content: None,
    }
}
