//! A vault's header, its expiry buckets, its settings, the frames of a backup, and what is said at the door of its home.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::{
    codec,
    door::{Answer, Knock},
    settings::{self, LockAfter, Notify},
    vault::{BackupStart, BlobStart, BucketRecord, FRAME_BYTES_MAX, FRAME_HEAD_LEN, FrameHead, FrameKind, Header, Rows},
};

fuzz_target!(|bytes: &[u8]| {
    // A constant in place of the hash lets the fuzzer reach what stands behind it.
    let _ = Header::from_file(bytes, |_| [0; 32]);
    assert!(BucketRecord::all_in(bytes).count() <= bytes.len());
    let _ = (settings::decode::<LockAfter>(bytes), settings::decode::<Notify>(bytes));
    if let Ok(knock) = Knock::from_body(bytes) {
        assert!(knock.to_frame().ends_with(bytes));
    }
    if let Ok(answer) = Answer::from_body(bytes) {
        assert!(answer.to_frame().ends_with(bytes));
    }
    frames(bytes);
});

fn frames(mut bytes: &[u8]) {
    while let Some((head, rest)) = bytes.split_first_chunk::<FRAME_HEAD_LEN>() {
        let Ok(head) = FrameHead::from_bytes(*head) else { return };
        assert_eq!(FrameHead::from_bytes(head.to_bytes()), Ok(head));
        let Some((_, rest)) = rest.split_at_checked(head.id_len.into()) else { return };
        let Some((body, rest)) = rest.split_at_checked(head.len as usize) else { return };
        match head.kind {
            FrameKind::Start => drop(codec::decode::<BackupStart>(body, FRAME_BYTES_MAX)),
            FrameKind::Rows => drop(codec::decode::<Rows>(body, FRAME_BYTES_MAX)),
            FrameKind::Blob => drop(codec::decode::<BlobStart>(body, FRAME_BYTES_MAX)),
            FrameKind::Table | FrameKind::BlobPart | FrameKind::End => {}
        }
        bytes = rest;
    }
}
