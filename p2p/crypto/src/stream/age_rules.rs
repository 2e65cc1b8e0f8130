//! The `stream_*` rules of the age test kit (C2SP/CCTV), one test a rule, named as there, applied to our stream.
//!
//! Left out: `stream_no_nonce` and `stream_short_nonce`, because our stream has no header; its key is its own.
//! Each rule is tried on all three ways to open: in order, whole, and by a reader that proves the end first.

use super::*;
use alloc::vec::Vec;

const KEY: [u8; 32] = [0xA9; 32];

/// Makes streams that no sealer makes.
struct File {
    position: Position,
    plain: Vec<u8>,
    bytes: Vec<u8>,
}

impl File {
    fn new() -> Self {
        let key = Secret::from_bytes(KEY);
        Self { position: Position::start(&key), plain: Vec::new(), bytes: Vec::new() }
    }

    fn any(mut self, length: usize, last: bool) -> Self {
        let begin = self.bytes.len();
        self.bytes.resize(begin + length, (self.position.next * 31 + 7) as u8);
        self.plain.extend_from_slice(&self.bytes[begin..]);
        self.bytes.extend([0; TAG]);
        self.position.seal(&mut self.bytes[begin..], last).unwrap();
        self
    }

    fn chunk(self, length: usize) -> Self {
        self.any(length, false)
    }

    fn last(self, length: usize) -> Self {
        self.any(length, true)
    }

    fn garbage(mut self, length: usize) -> Self {
        self.bytes.extend((0..length).map(|place| (place * 57 + 3) as u8));
        self
    }

    fn flip(mut self) -> Self {
        let end = self.bytes.len() - 1;
        self.bytes[end] ^= 0b0010_0000;
        self
    }

    fn cut(mut self, length: usize) -> Self {
        self.bytes.truncate(self.bytes.len() - length);
        self
    }

    fn opens(self) {
        assert_eq!(self.in_order(), (self.plain.len(), true));
        assert_eq!(*open_whole(&Secret::from_bytes(KEY), &self.bytes).unwrap(), self.plain);
        assert_eq!(self.by_reader().unwrap(), self.plain);
    }

    /// Refused, after `good` bytes of plaintext at most.
    fn fails_after(self, good: usize) {
        assert_eq!(self.in_order(), (good, false));
        assert!(open_whole(&Secret::from_bytes(KEY), &self.bytes).is_err());
        assert!(self.by_reader().is_err());
    }

    /// Opens chunk after chunk as a download does: how much came out, and whether the end was found.
    fn in_order(&self) -> (usize, bool) {
        let mut opener = Opener::new(&Secret::from_bytes(KEY));
        let mut good = 0;
        let mut bytes = self.bytes.clone();
        let mut rest = bytes.as_mut_slice();
        while rest.len() > SEALED_CHUNK {
            let (chunk, after) = rest.split_first_chunk_mut().unwrap();
            if opener.open_chunk(chunk).is_err() {
                return (good, false);
            }
            assert_eq!(chunk[..CHUNK], self.plain[good..][..CHUNK]);
            (rest, good) = (after, good + CHUNK);
        }
        // A stream that ends after a full chunk without an end: that chunk is good as a chunk, but not as the last.
        let mut again = rest.to_vec();
        let position = opener.0.next;
        match opener.open_last(rest) {
            Ok(length) => (good + length, true),
            Err(OpenError) => {
                let cipher = Aes256Gcm::new(&KEY.into());
                let full = again.len() == SEALED_CHUNK && open_at(&cipher, position, &mut again, false).is_ok();
                (good + if full { CHUNK } else { 0 }, false)
            }
        }
    }

    fn by_reader(&self) -> Result<Vec<u8>, OpenError> {
        let key = Secret::from_bytes(KEY);
        let begin = self.bytes.len().saturating_sub(1) / SEALED_CHUNK * SEALED_CHUNK;
        let reader = Reader::new(&key, self.bytes.len() as u64, &mut self.bytes[begin..].to_vec())?;
        let mut plain = Vec::new();
        for (index, chunk) in self.bytes.chunks(SEALED_CHUNK).enumerate() {
            let mut buffer = chunk.to_vec();
            let length = reader.open_chunk(index as u64, &mut buffer)?;
            plain.extend_from_slice(&buffer[..length]);
        }
        Ok(plain)
    }
}

fn many(chunks: usize) -> File {
    (0..chunks).fold(File::new(), |file, _| file.chunk(CHUNK))
}

#[test]
fn stream_257_chunks() {
    many(256).last(1).opens();
}

#[test]
fn stream_257_chunks_full() {
    many(256).last(CHUNK).opens();
}

#[test]
fn stream_258_chunks() {
    many(257).last(1).opens();
}

#[test]
fn stream_bad_tag() {
    File::new().last(3).flip().fails_after(0);
}

#[test]
fn stream_bad_tag_second_chunk() {
    many(1).last(1).flip().fails_after(CHUNK);
}

#[test]
fn stream_bad_tag_second_chunk_full() {
    many(1).last(CHUNK).flip().fails_after(CHUNK);
}

#[test]
fn stream_empty_payload() {
    File::new().last(0).opens();
}

#[test]
fn stream_last_chunk_empty() {
    many(1).last(0).fails_after(CHUNK);
}

#[test]
fn stream_last_chunk_full() {
    File::new().last(CHUNK).opens();
}

#[test]
fn stream_last_chunk_full_second() {
    many(1).last(CHUNK).opens();
}

#[test]
fn stream_missing_tag() {
    File::new().last(3).cut(TAG).fails_after(0);
}

#[test]
fn stream_no_chunks() {
    File::new().fails_after(0);
}

#[test]
fn stream_no_final() {
    File::new().chunk(1).fails_after(0);
}

#[test]
fn stream_no_final_full() {
    many(1).fails_after(CHUNK);
}

#[test]
fn stream_no_final_two_chunks() {
    many(1).chunk(1).fails_after(CHUNK);
}

#[test]
fn stream_no_final_two_chunks_full() {
    many(2).fails_after(2 * CHUNK);
}

#[test]
fn stream_short_chunk() {
    File::new().garbage(12).fails_after(0);
}

#[test]
fn stream_short_second_chunk() {
    many(1).garbage(12).fails_after(CHUNK);
}

#[test]
fn stream_three_chunks() {
    many(2).last(CHUNK).opens();
}

#[test]
fn stream_trailing_garbage_long() {
    File::new().last(CHUNK).garbage(20).fails_after(0);
}

#[test]
fn stream_trailing_garbage_short() {
    File::new().last(CHUNK).garbage(12).fails_after(0);
}

#[test]
fn stream_two_chunks() {
    many(1).last(CHUNK).opens();
}

#[test]
fn stream_two_final_chunks() {
    File::new().last(CHUNK).last(1).fails_after(0);
}

#[test]
fn stream_two_final_chunks_full() {
    File::new().last(CHUNK).last(CHUNK).fails_after(0);
}

#[test]
fn stream_two_final_chunks_second() {
    many(1).last(CHUNK).last(1).fails_after(CHUNK);
}

#[test]
fn stream_two_final_chunks_short() {
    File::new().last(1).last(1).fails_after(0);
}

// Not in the kit, but of the same kind.

#[test]
fn reordered_chunks() {
    let mut file = many(2).last(5);
    let (first, rest) = file.bytes.split_at_mut(SEALED_CHUNK);
    first.swap_with_slice(&mut rest[..SEALED_CHUNK]);
    file.fails_after(0);
}

#[test]
fn duplicated_chunk() {
    let mut file = many(2).last(5);
    let second = file.bytes[SEALED_CHUNK..2 * SEALED_CHUNK].to_vec();
    file.bytes.splice(2 * SEALED_CHUNK..2 * SEALED_CHUNK, second);
    file.fails_after(2 * CHUNK);
}

#[test]
fn dropped_chunk() {
    let mut file = many(3).last(5);
    file.bytes.drain(SEALED_CHUNK..2 * SEALED_CHUNK);
    file.fails_after(CHUNK);
}

#[test]
fn a_chunk_of_another_stream() {
    let mut file = many(2).last(5);
    let mut other = Sealer::new(Secret::from_bytes([1; 32]));
    let buffer: &mut [u8; SEALED_CHUNK] = file.bytes.first_chunk_mut().unwrap();
    other.seal_chunk(buffer).unwrap();
    file.fails_after(0);
}

#[test]
fn every_flipped_bit_of_a_short_stream() {
    let right = File::new().last(40);
    for bit in 0..right.bytes.len() * 8 {
        let mut bytes = right.bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(open_whole(&Secret::from_bytes(KEY), &bytes).is_err(), "bit {bit}");
    }
}
