//! A finished stream under another key, chunk by chunk and in any order: what a transfer sends.

use super::{OpenError, Reader, SEALED_CHUNK, TAG, cipher_of, nonce};
use crate::{purposes::StreamKey, secret::Secret};
use aes_gcm::{
    Aes256Gcm,
    aead::{AeadInOut, inout::InOutBuf},
};
use core::fmt;

/// Seals the chunks of a finished stream once more, under another key, as often as somebody asks for them.
///
/// A transfer that breaks off goes on at chunk n under the same key. Sealing "from n on" would be a call in which the
/// caller swears that the plaintext is still the same; if it is not, two plaintexts lie under one nonce, and both can be
/// read and forged. So there is no such call. This takes no plaintext at all: it takes a chunk that was sealed before, by
/// a [`Sealer`](super::Sealer) that sealed each place once, and proves that it is that chunk before it seals anything.
/// Whatever happened to the source meanwhile, a place gives the same bytes again or none, in this process or in the next.
///
/// What remains for the caller is that the other key belongs to this one source. Derive it from the hash of the content.
pub struct Resealer {
    from: Reader,
    to: Aes256Gcm,
}

impl Resealer {
    /// For the stream that `from` reads, under the key that is derived for it.
    #[must_use]
    pub fn new(from: Reader, to: &Secret<StreamKey>) -> Self {
        Self { from, to: cipher_of(to) }
    }

    /// Turns chunk `index` of the source, exactly that chunk, into the same chunk under the other key, in place. Nothing
    /// is sealed unless it was found right.
    pub fn reseal_chunk(&self, index: u64, sealed: &mut [u8]) -> Result<(), OpenError> {
        self.from.open_chunk(index, sealed)?;
        seal_again(&self.to, index, index + 1 == self.from.chunks(), sealed)
    }

    /// Turns a stream that has one chunk into the same stream under the other key, in place: what a resealer of it does, and what
    /// it opens to begin with is what it seals. A longer one is refused.
    pub fn reseal_short(from: &Secret<StreamKey>, to: &Secret<StreamKey>, sealed: &mut [u8]) -> Result<(), OpenError> {
        if sealed.len() > SEALED_CHUNK {
            return Err(OpenError);
        }
        Reader::new(from, sealed.len() as u64, sealed)?;
        seal_again(&cipher_of(to), 0, true, sealed)
    }

    /// The source.
    #[must_use]
    pub const fn source(&self) -> &Reader {
        &self.from
    }
}

/// Of a chunk that has just been opened where it lies.
fn seal_again(to: &Aes256Gcm, index: u64, is_last: bool, opened: &mut [u8]) -> Result<(), OpenError> {
    let (text, tag_place) = opened.split_last_chunk_mut::<TAG>().ok_or(OpenError)?;
    let tag =
        to.encrypt_inout_detached(&nonce(index, is_last).into(), &[], InOutBuf::from(text)).map_err(|_| OpenError)?;
    tag_place.copy_from_slice(&tag);
    Ok(())
}

impl fmt::Debug for Resealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resealer({} chunks, keys redacted)", self.from.chunks())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CHUNK, Opener, seal_whole};
    use super::*;
    use alloc::{vec, vec::Vec};

    fn key(byte: u8) -> Secret<StreamKey> {
        Secret::from_bytes([byte; 32])
    }

    fn resealer(sealed: &[u8]) -> Resealer {
        let begin = (sealed.len() - 1) / SEALED_CHUNK * SEALED_CHUNK;
        let reader = Reader::new(&key(3), sealed.len() as u64, &mut sealed[begin..].to_vec()).unwrap();
        Resealer::new(reader, &key(4))
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|place| (place / 7) as u8).collect()
    }

    #[test]
    fn what_is_sealed_again_is_the_stream_of_the_same_content_under_the_other_key() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let plain = plain(length);
            let source = seal_whole(key(3), &plain).unwrap();
            let mut again = source.clone();
            // From the end to the beginning: the order is nobody's business.
            for (index, chunk) in again.chunks_mut(SEALED_CHUNK).enumerate().rev() {
                resealer(&source).reseal_chunk(index as u64, chunk).unwrap();
            }
            assert!(again == seal_whole(key(4), &plain).unwrap(), "{length}");
        }
    }

    #[test]
    fn a_stream_of_one_chunk_is_sealed_again_at_once_and_no_other() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let plain = plain(length);
            let source = seal_whole(key(3), &plain).unwrap();
            let mut again = source.clone();
            let sealed = Resealer::reseal_short(&key(3), &key(4), &mut again);
            if length <= CHUNK {
                assert_eq!(sealed, Ok(()));
                assert!(again == seal_whole(key(4), &plain).unwrap(), "{length}");
            } else {
                assert_eq!(sealed, Err(OpenError));
            }
            let mut other = source.clone();
            other[length / 2] ^= 1;
            let changed = other.clone();
            assert_eq!(Resealer::reseal_short(&key(3), &key(4), &mut other), Err(OpenError));
            assert_eq!(Resealer::reseal_short(&key(5), &key(4), &mut source.clone()), Err(OpenError));
            assert!(other == changed, "and nothing was sealed");
        }
    }

    #[test]
    fn a_source_that_changed_since_gives_nothing_to_go_on_with() {
        let source = seal_whole(key(3), &plain(2 * CHUNK + 9)).unwrap();
        let resealer = resealer(&source);
        // The same key and length, other content: what a file is that somebody wrote to between two attempts.
        let changed = seal_whole(key(5), &vec![0; 2 * CHUNK + 9]).unwrap();
        for (index, chunk) in changed.chunks(SEALED_CHUNK).enumerate() {
            let mut buffer = chunk.to_vec();
            assert_eq!(resealer.reseal_chunk(index as u64, &mut buffer), Err(OpenError));
            assert!(buffer == chunk, "and nothing was sealed");
        }
        for (index, chunk) in source.chunks(SEALED_CHUNK).enumerate() {
            for other in (0..4).filter(|other| *other != index as u64) {
                assert_eq!(resealer.reseal_chunk(other, &mut chunk.to_vec()), Err(OpenError));
            }
            let mut flipped = chunk.to_vec();
            flipped[0] ^= 1;
            assert_eq!(resealer.reseal_chunk(index as u64, &mut flipped), Err(OpenError));
        }
        assert_eq!(resealer.reseal_chunk(u64::MAX, &mut source[..SEALED_CHUNK].to_vec()), Err(OpenError));
    }

    #[test]
    fn a_transfer_goes_on_after_any_chunk_with_the_bytes_it_would_have_had() {
        let plain = plain(4 * CHUNK + 77);
        let source = seal_whole(key(3), &plain).unwrap();
        for broken_off in 0..=4 {
            let mut received = Vec::new();
            let mut opener = Opener::new(&key(4));
            let mut end = None;
            for (index, chunk) in source.chunks(SEALED_CHUNK).enumerate() {
                if index == broken_off {
                    // Both sides begin again: nothing is kept but the key, the source and what was verified.
                    opener = Opener::resume(&key(4), index as u64);
                }
                let mut chunk = chunk.to_vec();
                resealer(&source).reseal_chunk(index as u64, &mut chunk).unwrap();
                match chunk.first_chunk_mut::<SEALED_CHUNK>() {
                    Some(full) => opener.open_chunk(full).unwrap(),
                    None => {
                        let opener = core::mem::replace(&mut opener, Opener::new(&key(4)));
                        end = Some(opener.open_last(&mut chunk).unwrap());
                    }
                }
                received.extend_from_slice(&chunk[..chunk.len() - TAG]);
            }
            assert_eq!(end, Some(77));
            assert!(received == plain, "{broken_off}");
        }
    }
}
