//! What content is called: the hash of something that may be long, made piece by piece.

use alloc::boxed::Box;
use core::fmt;
use nyx_wire::content::{ContentHash, HashKind};
use sha2::{Digest, Sha256};

/// Watches what pieces add up to.
#[derive(Clone)]
pub struct ContentHasher(State);

#[derive(Clone)]
enum State {
    Sha256(Sha256),
    /// Does not wipe itself, as the other does. In a box, so that it is not moved about, and goes with what the program's
    /// allocator overwrites.
    Blake3(Box<blake3::Hasher>),
}

impl ContentHasher {
    /// For a hash of this kind.
    #[must_use]
    pub fn new(kind: HashKind) -> Self {
        Self(match kind {
            HashKind::Sha256 => State::Sha256(Sha256::new()),
            HashKind::Blake3 => State::Blake3(Box::default()),
        })
    }

    /// The next piece. BLAKE3 is at its best with long ones.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.0 {
            State::Sha256(hash) => hash.update(piece),
            State::Blake3(hash) => {
                hash.update(piece);
            }
        }
    }

    /// What all pieces so far are called.
    #[must_use]
    pub fn finish(&self) -> ContentHash {
        match &self.0 {
            State::Sha256(hash) => ContentHash::sha256(&hash.clone().finalize().into()),
            State::Blake3(hash) => ContentHash::new(HashKind::Blake3, hash.finalize().as_bytes()),
        }
    }
}

impl fmt::Debug for ContentHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentHasher(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(kind: HashKind, pieces: &[&[u8]]) -> ContentHash {
        let mut hash = ContentHasher::new(kind);
        pieces.iter().for_each(|piece| hash.update(piece));
        hash.finish()
    }

    /// The crate's own vectors are run where it is made; this is that the right one was taken, and taken right.
    #[test]
    fn each_kind_is_the_hash_of_its_name() {
        let known = [
            (HashKind::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (HashKind::Blake3, "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
        ];
        for (kind, expected) in known {
            let hash = hashed(kind, &[b"abc"]);
            assert_eq!(data_encoding::HEXLOWER.encode(&hash.digest()), expected);
            assert_eq!(hash.kind(), kind);
        }
    }

    #[test]
    fn how_it_is_cut_into_pieces_makes_no_difference() {
        let bytes = [7; 200_000];
        for kind in [HashKind::Sha256, HashKind::Blake3] {
            let whole = hashed(kind, &[&bytes]);
            for length in [1_000, 1_024, 65_552, 199_999] {
                assert_eq!(hashed(kind, &bytes.chunks(length).collect::<alloc::vec::Vec<_>>()), whole, "{length}");
            }
            assert_ne!(hashed(kind, &[&bytes[1..]]), whole);
        }
    }
}
