//! Streams of any length, and any change to one.

use super::*;
use aead_stream::EncryptorBE32;
use alloc::vec::Vec;
use proptest::{collection::vec, prelude::*};

const KEY: [u8; 32] = [0x5A; 32];

fn key() -> Secret<StreamKey> {
    Secret::from_bytes(KEY)
}

/// Lengths around the edges of chunks.
fn length() -> impl Strategy<Value = usize> {
    (0..3usize, -20..20isize).prop_map(|(chunks, off)| (chunks * CHUNK).saturating_add_signed(off))
}

fn opens(sealed: &[u8]) -> bool {
    open_whole(&key(), sealed).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_sealed_opens_and_has_the_length_that_was_promised(length in length(), byte in any::<u8>()) {
        let plain = alloc::vec![byte; length];
        let sealed = seal_whole(key(), &plain).unwrap();
        prop_assert_eq!(Some(sealed.len() as u64), sealed_len(length as u64));
        prop_assert_eq!(plain_len(sealed.len() as u64), Some(length as u64));
        prop_assert!(*open_whole(&key(), &sealed).unwrap() == plain);
    }

    #[test]
    fn any_changed_dropped_or_added_byte_is_refused(length in length(), place in any::<usize>(), change in 1..=255u8) {
        let sealed = seal_whole(key(), &alloc::vec![3; length]).unwrap();
        let place = place % sealed.len();
        let mut changed = sealed.clone();
        changed[place] ^= change;
        prop_assert!(!opens(&changed));
        prop_assert!(!opens(&sealed[..place]));
        prop_assert!(!opens(&sealed[place + 1..]));
        let mut dropped = sealed.clone();
        dropped.remove(place);
        prop_assert!(!opens(&dropped));
        let mut added = sealed;
        added.insert(place, change);
        prop_assert!(!opens(&added));
    }

    #[test]
    fn arbitrary_bytes_open_nothing_and_do_not_panic(bytes in vec(any::<u8>(), 0..1000), length in any::<u64>(), index in any::<u64>()) {
        prop_assert!(!opens(&bytes));
        prop_assert!(Reader::new(&key(), length, &mut bytes.clone()).is_err());
        let right = seal_whole(key(), b"right").unwrap();
        let reader = Reader::new(&key(), right.len() as u64, &mut right.clone()).unwrap();
        prop_assert!(reader.open_chunk(index, &mut bytes.clone()).is_err());
    }

    /// The well-known crate makes the same bytes, with its 32-bit counter and a prefix of zeros.
    #[test]
    fn the_bytes_are_those_of_aead_stream(length in length()) {
        let plain = alloc::vec![9; length];
        let theirs = EncryptorBE32::from_aead(Aes256Gcm::new(&KEY.into()), &[0; 7].into());
        prop_assert!(sealed_by(theirs, &plain) == seal_whole(key(), &plain).unwrap());
    }
}

fn sealed_by(mut theirs: EncryptorBE32<Aes256Gcm>, plain: &[u8]) -> Vec<u8> {
    let (full, last) = plain.split_at(plain.len().saturating_sub(1) / CHUNK * CHUNK);
    let mut out = Vec::new();
    for chunk in full.chunks(CHUNK) {
        let mut buffer = chunk.to_vec();
        theirs.encrypt_next_in_place(&[], &mut buffer).unwrap();
        out.extend(buffer);
    }
    let mut buffer = last.to_vec();
    theirs.encrypt_last_in_place(&[], &mut buffer).unwrap();
    out.extend(buffer);
    out
}
