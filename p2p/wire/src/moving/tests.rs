use super::*;
use crate::{
    codec::{DecodeError, encode},
    content::{ContentHash, HashKind},
    identity::{Body, Signed, Version},
    vault::{Cell, Rows},
};
use alloc::{vec, vec::Vec};
use proptest::prelude::*;

fn item(number: u32, bytes: u64) -> Item {
    let mut hash = [7; 32];
    hash[..4].copy_from_slice(&number.to_be_bytes());
    Item { kind: ItemKind::Attachment, bytes, hash: ContentHash::sha256(&hash) }
}

fn index(items: Vec<Item>) -> Index {
    Index { dropped: vec![], items }
}

fn manifest(index: &Index) -> Manifest {
    Manifest {
        v: Version,
        transfer: [1; 16],
        aid: [2; 32],
        prev: [0; 32],
        index_bytes: index.to_bytes().len() as u64,
        index_hash: [3; 32],
        items: index.items.len() as u64,
        bytes: index.items.iter().fold(0, |sum, item| sum.wrapping_add(item.bytes)),
        schema: 2,
        selection: Selection::ALL,
        reset_public: [4; 32],
        backup_public: [5; 32],
        content: None,
    }
}

fn last(index: &Index) -> Manifest {
    Manifest { prev: [9; 32], content: Some([8; 32]), ..manifest(index) }
}

fn parse(index: &Index, before: Option<&Index>) -> Result<Index, IndexError> {
    Index::parse(&index.to_bytes(), &manifest(index), before)
}

#[test]
fn an_honest_index_is_read_as_it_was_written() {
    let first = index((0..100).map(|number| item(number, u64::from(number) * 1000)).collect());
    assert_eq!(parse(&first, None).as_ref(), Ok(&first));
    let next = Index { dropped: vec![0, 7, 99], items: vec![item(100, 1)] };
    assert_eq!(parse(&next, Some(&first)).as_ref(), Ok(&next));
    assert_eq!(parse(&index(vec![]), None), Ok(index(vec![])));
}

#[test]
fn other_counts_sums_or_lengths_than_announced_are_refused() {
    let honest = index(vec![item(1, 10), item(2, 20)]);
    let says = manifest(&honest);
    for lie in [
        Manifest { items: 1, ..says.clone() },
        Manifest { items: 3, ..says.clone() },
        Manifest { bytes: 29, ..says.clone() },
        Manifest { bytes: 31, ..says.clone() },
        Manifest { index_bytes: says.index_bytes + 1, ..says.clone() },
        Manifest { index_bytes: says.index_bytes - 1, ..says },
    ] {
        assert_eq!(Index::parse(&honest.to_bytes(), &lie, None), Err(IndexError::Amount));
    }
}

#[test]
fn sums_above_the_limit_are_refused_and_never_wrap() {
    assert_eq!(parse(&index(vec![item(1, ITEM_BYTES_MAX + 1)]), None), Err(IndexError::Amount));
    assert_eq!(parse(&index(vec![item(1, u64::MAX), item(2, 2)]), None), Err(IndexError::Amount));
    let most = index((0..256).map(|number| item(number, ITEM_BYTES_MAX)).collect());
    assert!(parse(&most, None).is_ok());
    let more = index((0..257).map(|number| item(number, ITEM_BYTES_MAX)).collect());
    assert_eq!(parse(&more, None), Err(IndexError::Amount));
    assert_eq!(parse(&index(vec![item(999, 1)]), Some(&most)), Err(IndexError::Amount), "both together");
}

#[test]
fn more_items_than_a_move_has_are_refused() {
    let most = index((0..ITEMS_MAX as u32).map(|number| item(number, ITEM_BYTES_MAX >> 12)).collect());
    assert!(most.to_bytes().len() as u64 <= INDEX_BYTES_MAX);
    assert!(parse(&most, None).is_ok());
    assert_eq!(parse(&index(vec![item(u32::MAX, 1)]), Some(&most)), Err(IndexError::Amount));
    let all_dropped = Index { dropped: (0..ITEMS_MAX as u32).collect(), items: vec![] };
    assert!(parse(&all_dropped, Some(&most)).is_ok());
}

#[test]
fn contents_twice_and_places_that_are_not_there_are_refused() {
    let first = index(vec![item(1, 1), item(2, 2)]);
    assert_eq!(parse(&index(vec![item(1, 1), item(1, 1)]), None), Err(IndexError::Item));
    assert_eq!(parse(&index(vec![item(1, 1), item(1, 5)]), None), Err(IndexError::Item), "one hash, two lengths");
    let newer = Item { hash: ContentHash::new(HashKind::Blake3, &[7; 32]), ..item(1, 5) };
    assert!(parse(&index(vec![item(1, 5), newer]), None).is_ok());
    let pack = Item { kind: ItemKind::Rows, ..newer };
    assert_eq!(parse(&index(vec![pack]), None), Err(IndexError::Item), "a pack has one kind of hash");
    assert_eq!(parse(&index(vec![item(2, 2)]), Some(&first)), Err(IndexError::Item), "it was sent before");
    for dropped in [vec![2], vec![1, 0], vec![0, 0], vec![u32::MAX]] {
        assert_eq!(parse(&Index { dropped, items: vec![] }, Some(&first)), Err(IndexError::Item));
    }
    assert_eq!(parse(&Index { dropped: vec![0], items: vec![] }, None), Err(IndexError::Item), "nothing was before");
}

#[test]
fn an_attachment_where_there_shall_be_none_and_a_pack_that_is_too_large_are_refused() {
    let one = index(vec![item(1, 1)]);
    let without = Manifest { selection: Selection { attachments: false, since_ms: None }, ..manifest(&one) };
    assert_eq!(Index::parse(&one.to_bytes(), &without, None), Err(IndexError::Item));
    let pack = |bytes| index(vec![Item { kind: ItemKind::Rows, ..item(1, bytes) }]);
    assert!(parse(&pack(PACK_BYTES_MAX), None).is_ok());
    assert_eq!(parse(&pack(PACK_BYTES_MAX + 1), None), Err(IndexError::Item));
}

#[test]
fn an_unknown_kind_and_an_unknown_key_are_refused() {
    let one = index(vec![item(1, 1)]);
    let mut bytes = one.to_bytes();
    let place = bytes.windows(2).position(|pair| pair == [0x83, 0x01]).unwrap() + 1;
    bytes[place] = 2;
    assert!(matches!(Index::parse(&bytes, &manifest(&one), None), Err(IndexError::Decode(_))));
    let mut bytes = one.to_bytes();
    bytes[0] = 0xA3;
    bytes.extend([2, 0]);
    let says = Manifest { index_bytes: bytes.len() as u64, ..manifest(&one) };
    assert_eq!(Index::parse(&bytes, &says, None), Err(IndexError::Decode(DecodeError::NotCanonical)));
}

#[test]
fn only_the_last_manifest_has_one_before_it_and_a_content_hash() {
    let none = index(vec![]);
    let parses = |manifest: Manifest| Manifest::parse(&manifest.to_bytes()).is_ok();
    assert!(parses(manifest(&none)) && parses(last(&none)));
    assert!(!parses(Manifest { content: Some([8; 32]), ..manifest(&none) }));
    assert!(!parses(Manifest { content: None, ..last(&none) }));
    for over in [
        Manifest { index_bytes: 0, ..manifest(&none) },
        Manifest { index_bytes: INDEX_BYTES_MAX + 1, ..manifest(&none) },
        Manifest { items: ITEMS_MAX as u64 + 1, ..manifest(&none) },
        Manifest { bytes: TOTAL_BYTES_MAX + 1, ..manifest(&none) },
    ] {
        assert!(!parses(over));
    }
    let largest = Manifest {
        index_bytes: INDEX_BYTES_MAX,
        items: ITEMS_MAX as u64,
        bytes: TOTAL_BYTES_MAX,
        schema: u64::MAX,
        selection: Selection { attachments: false, since_ms: Some(u64::MAX) },
        ..last(&none)
    };
    assert!(largest.to_bytes().len() <= MANIFEST_MAX && parses(largest));
}

#[test]
fn the_last_manifest_says_the_same_of_what_both_say() {
    let none = index(vec![]);
    let (first, end) = (manifest(&none), last(&none));
    assert!(first.is_continued_by(&Manifest { items: 4, bytes: 5, index_hash: [0; 32], ..end.clone() }));
    for other in [
        Manifest { transfer: [0; 16], ..end.clone() },
        Manifest { aid: [0; 32], ..end.clone() },
        Manifest { schema: 3, ..end.clone() },
        Manifest { selection: Selection { attachments: false, since_ms: None }, ..end.clone() },
        Manifest { reset_public: [0; 32], ..end.clone() },
        Manifest { backup_public: [0; 32], ..end.clone() },
        first.clone(),
    ] {
        assert!(!first.is_continued_by(&other));
    }
    assert!(!end.is_continued_by(&end));
}

fn frames() -> Vec<Frame> {
    let release = Release { list: Signed::new(vec![1; 1500], [2; 64]), opkey: [3; WRAPPED_SEED] };
    vec![
        Frame::Offer(Offer { bundle: vec![1; 1743].into(), manifest: Signed::new(vec![4; 300], [5; 64]) }),
        Frame::Credit { kept: 5, may: u64::MAX },
        Frame::Last(Signed::new(vec![4; 300], [5; 64])),
        Frame::Ready(Signed::new(vec![4; 300], [5; 64])),
        Frame::Release(release),
        Frame::Done(Signed::new(vec![4; 100], [5; 64])),
        Frame::Closed,
        Frame::Cancel(StopReason::NoRoom),
        Frame::Alive,
    ]
}

#[test]
fn every_frame_is_read_as_it_was_written_and_in_no_other_way() {
    for frame in frames() {
        let bytes = frame.to_bytes();
        assert_eq!(Frame::parse(&bytes).as_ref(), Ok(&frame));
        assert!(Frame::parse(&[&bytes[..], &[0]].concat()).is_err());
        assert!((0..bytes.len()).all(|length| Frame::parse(&bytes[..length]).is_err()));
    }
    assert!(Frame::parse(&[10, 0xA0]).is_err() && Frame::parse(&[0, 0xA0]).is_err());
    assert_eq!(Frame::parse(&vec![0; FRAME_MAX + 1]), Err(DecodeError::TooLarge));
    let fat = Offer { bundle: vec![1; 17_889].into(), manifest: Signed::new(vec![], [0; 64]) };
    assert!(Frame::parse(&Frame::Offer(fat).to_bytes()).is_err());
}

#[test]
fn records_are_read_as_they_were_written() {
    let (manifest, ready) = (Signed::new(vec![4; MANIFEST_MAX], [5; 64]), Signed::new(vec![6; READY_MAX], [5; 64]));
    let release = Release { list: Signed::new(vec![1; 17_536], [2; 64]), opkey: [3; WRAPPED_SEED] };
    let phase = ReceiverPhase::Released { last: manifest.clone(), ready, release: release.clone() };
    let bundle: minicbor::bytes::ByteVec = vec![1; 17_888].into();
    let record = ReceiverRecord { v: Version, bundle: bundle.clone(), first: manifest.clone(), phase };
    assert_eq!(ReceiverRecord::parse(&record.to_bytes()), Ok(record));
    let phase = SenderPhase::Released { last: manifest.clone(), release };
    let record = SenderRecord { v: Version, bundle, first: manifest, phase };
    assert_eq!(SenderRecord::parse(&record.to_bytes()), Ok(record));
}

#[test]
fn a_chunk_says_where_it_belongs() {
    let head = ChunkHead { item: 1, chunk: u32::MAX };
    let message = [&head.to_bytes()[..], &[9; 16]].concat();
    assert_eq!(ChunkHead::parse(&message), Ok((head, &[9; 16][..])));
    assert!(ChunkHead::parse(&message[..23]).is_err());
    assert!(ChunkHead::parse(&vec![0; CHUNK_HEAD_LEN + SEALED_CHUNK_MAX]).is_ok());
    assert!(ChunkHead::parse(&vec![0; CHUNK_HEAD_LEN + SEALED_CHUNK_MAX + 1]).is_err());
}

proptest! {
    #[test]
    fn whatever_is_accepted_has_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(frame) = Frame::parse(&bytes) {
            prop_assert_eq!(frame.to_bytes(), bytes.clone());
        }
        if let Ok(manifest) = Manifest::parse(&bytes) {
            prop_assert_eq!(manifest.to_bytes(), bytes.clone());
        }
        let _ = ChunkHead::parse(&bytes);
    }

    #[test]
    fn any_index_is_read_as_it_was_written(
        sizes in prop::collection::vec(0..ITEM_BYTES_MAX, 0..40), dropped in prop::collection::btree_set(0..40_u32, 0..40)
    ) {
        let before = index((0..40).map(|number| item(number + 1000, 1)).collect());
        let items = sizes.iter().enumerate().map(|(number, bytes)| item(number as u32, *bytes)).collect();
        let index = Index { dropped: dropped.into_iter().collect(), items };
        prop_assert_eq!(parse(&index, Some(&before)), Ok(index.clone()));
    }

    #[test]
    fn a_changed_index_is_refused_or_another_one(at in 0..200_usize, to in any::<u8>()) {
        let honest = index((0..5).map(|number| item(number, 1000)).collect());
        let mut bytes = honest.to_bytes();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(read) = Index::parse(&bytes, &manifest(&honest), None) {
            prop_assert_eq!(encode(&read), bytes);
        }
    }
}

fn pack() -> Pack {
    let row = |number| vec![Cell::Int(number), Cell::Text("text".into()), Cell::Bytes(vec![7]), Cell::Null];
    let columns = ["id", "body", "key", "reply_to"].map(Into::into).into();
    Pack { table: "messages".into(), columns, rows: Rows(vec![row(1), row(-2)]) }
}

#[test]
fn a_pack_is_read_as_it_was_written_and_its_table_out_of_its_beginning() {
    let bytes = pack().to_bytes();
    assert_eq!(Pack::parse(&bytes), Ok(pack()));
    assert_eq!(Pack::table_in(&bytes[..12]), Ok("messages"));
    for cut in 0..bytes.len() {
        assert!(Pack::parse(&bytes[..cut]).is_err());
        assert!(Pack::table_in(&bytes[..cut]).is_ok_and(|table| table == "messages") || cut < 11);
    }
}

#[test]
fn a_pack_whose_rows_do_not_fit_its_columns_or_that_is_too_large_is_refused() {
    let mut uneven = pack();
    uneven.rows.0[1].pop();
    assert_eq!(Pack::parse(&uneven.to_bytes()), Err(DecodeError::Malformed));
    let mut large = pack();
    large.rows.0[0][2] = Cell::Bytes(vec![0; PACK_BYTES_MAX as usize]);
    assert_eq!(Pack::parse(&large.to_bytes()), Err(DecodeError::TooLarge));
    // Not the shortest form of the same: the first column's name with a longer length.
    let mut loose = pack().to_bytes();
    let at = loose.windows(3).position(|bytes| bytes == b"\x62id").unwrap();
    loose.splice(at..=at, [0x78, 2]);
    assert_eq!(Pack::parse(&loose), Err(DecodeError::NotCanonical));
}
