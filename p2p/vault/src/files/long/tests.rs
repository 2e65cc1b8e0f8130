use super::*;
use std::{fs, path::Path};

fn created(path: &Path) -> File {
    crate::files::create_private(path).unwrap()
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place / 5 % 251) as u8).collect()
}

/// Lengths at which the last block, the last piece and the buffer end in different places.
const LENGTHS: [usize; 9] = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, ROOM, ROOM + 1, 3 * ROOM + 77, 40 * SEALED_CHUNK];

#[test]
fn a_long_file_is_what_was_added_whenever_it_is_settled() {
    let dir = tempfile::tempdir().unwrap();
    for (number, length) in LENGTHS.into_iter().enumerate() {
        for settle_every in [1, 7] {
            let (path, expected) = (dir.path().join(format!("{number}-{settle_every}")), bytes(length));
            let mut long = LongFile::at(created(&path), 0, Buffer::default()).unwrap();
            let mut parts: Vec<&[u8]> = expected.chunks(SEALED_CHUNK).collect();
            let last = parts.pop().unwrap_or_default();
            for (at, part) in parts.iter().enumerate() {
                long.append(part).unwrap();
                if (at + 1) % settle_every == 0 {
                    long.settle().unwrap();
                    let found = fs::read(&path).unwrap();
                    let end = (at + 1) * SEALED_CHUNK;
                    assert!(found[..end] == expected[..end], "{length} after {end}");
                    assert!(found.len() < end + BLOCK && found[end..].iter().all(|byte| *byte == 0));
                }
            }
            long.append_last(last).unwrap();
            assert!(fs::read(&path).unwrap() == expected, "{length}, settled every {settle_every}");
        }
    }
}

#[test]
fn it_goes_on_in_the_middle_of_a_block_and_with_the_buffer_of_another() {
    let (dir, expected) = (tempfile::tempdir().unwrap(), bytes(2 * ROOM + 99));
    let mut buffer = Buffer::default();
    for begin in [0, 7, BLOCK, SEALED_CHUNK + 8, ROOM + 3] {
        let path = dir.path().join(begin.to_string());
        let mut file = created(&path);
        file.write_all(&expected[..begin]).unwrap();
        let mut long = LongFile::at(file, begin as u64, buffer).unwrap();
        for part in expected[begin..].chunks(SEALED_CHUNK) {
            long.append(part).unwrap();
        }
        long.append_last(&[]).unwrap();
        assert!(fs::read(&path).unwrap() == expected, "{begin}");
        buffer = long.into_parts().1;
    }
}

#[test]
fn what_could_not_be_written_can_be_added_again() {
    let (dir, expected) = (tempfile::tempdir().unwrap(), bytes(ROOM + 5 * SEALED_CHUNK + 3));
    let path = dir.path().join("file");
    let file = created(&path);
    let mut long = LongFile::at(file, 0, Buffer::default()).unwrap();
    let parts: Vec<&[u8]> = expected.chunks(SEALED_CHUNK).collect();
    for (at, part) in parts.iter().enumerate() {
        let is_last = at + 1 == parts.len();
        let add = |long: &mut LongFile| if is_last { long.append_last(part) } else { long.append(part) };
        // A file that nobody may write to stands for a disk that takes nothing.
        let open = std::mem::replace(&mut long.file, File::open(&path).unwrap());
        let (refused, settled) = (add(&mut long), long.settle());
        long.file = open;
        if refused.is_ok() {
            assert!(settled.is_err(), "it was in memory only");
        } else {
            add(&mut long).unwrap();
        }
    }
    assert!(fs::read(&path).unwrap() == expected);
}

#[test]
fn a_write_that_is_refused_past_the_cache_goes_through_it() {
    let (dir, expected) = (tempfile::tempdir().unwrap(), bytes(3 * BLOCK));
    let path = dir.path().join("file");
    // A buffer that begins in the middle of a block is what a system with larger blocks finds ours to be.
    let mut buffer = Buffer::default();
    buffer.begin += 1;
    buffer.bytes = [&buffer.bytes[..], &[0]].concat().into();
    let mut long = LongFile::at(created(&path), 0, buffer).unwrap();
    long.append_last(&expected).unwrap();
    assert!(fs::read(&path).unwrap() == expected);
}
