//! Whatever arrives: no bytes panic, and nothing that nobody sealed or signed is accepted.

use crate::{
    account::Aid,
    device_list::Identity,
    phrase::{Phrase, PhraseError},
    purposes::{ItemKey, VaultResetKey},
    recovery, sealed,
    secret::Secret,
    wrap,
};
use alloc::{string::String, vec::Vec};
use bip39::Language;
use proptest::{collection::vec, prelude::*, sample::select};

fn word() -> impl Strategy<Value = &'static str> {
    select(Language::English.word_list().as_slice())
}

proptest! {
    #[test]
    fn arbitrary_bytes_open_nothing_and_do_not_panic(bytes in vec(any::<u8>(), 0..4096), ad in vec(any::<u8>(), 0..64)) {
        prop_assert!(wrap::unwrap(&Secret::<ItemKey>::from_bytes([1; 32]), &bytes, &ad).is_err());
        prop_assert!(sealed::open(&Secret::<VaultResetKey>::from_bytes([1; 32]), &Secret::from_bytes([2; 32]), &bytes, &ad).is_err());
        prop_assert!(Identity::from_bundle(Aid::from_bytes([1; 32]), &bytes).is_err());
        prop_assert!(recovery::verify(Aid::from_bytes([1; 32]), &bytes).is_err());
    }

    #[test]
    fn arbitrary_text_is_no_phrase_and_does_not_panic(text in any::<String>(), words in vec("\\PC{0,20}", 12..=12)) {
        prop_assert!(Phrase::parse(&text).is_err());
        prop_assert!(Phrase::parse(&words.join(" ")).is_err());
    }

    /// Of one place a phrase names exactly the first bad word; a phrase of list words is right or has a wrong checksum.
    #[test]
    fn a_phrase_of_list_words_fails_only_by_checksum(words in vec(word(), 12..=12)) {
        match Phrase::parse(&words.join(" ")) {
            Ok(phrase) => prop_assert_eq!(phrase.words().collect::<Vec<_>>(), words),
            Err(error) => prop_assert_eq!(error, PhraseError::Checksum),
        }
    }

    #[test]
    fn the_first_word_that_is_not_in_the_list_is_named(mut words in vec(word(), 24..=24), place in 0..24usize) {
        words[place] = "notaword";
        let named = match Phrase::parse(&words.join("  ")) {
            Err(PhraseError::UnknownWord { index, .. }) => Some(index),
            _ => None,
        };
        prop_assert_eq!(named, Some(place));
    }

    /// A letter doubled, dropped or replaced always leads to suggestions; if there are fewer than three, the word that was
    /// meant is one of them.
    #[test]
    fn one_mistake_in_a_word_finds_it_or_three_that_are_as_near(meant in word(), place in any::<usize>(), way in 0..3u8) {
        let mut typed: Vec<u8> = meant.bytes().collect();
        let place = place % typed.len();
        match way {
            0 => typed.insert(place, typed[place]),
            1 => { typed.remove(place); }
            _ => typed[place] = b'q',
        }
        let typed = String::from_utf8(typed).unwrap();
        let text = [["abandon"].repeat(11).join(" ").as_str(), " ", &typed].concat();
        if let Err(PhraseError::UnknownWord { index, nearest }) = Phrase::parse(&text) {
            prop_assert_eq!(index, 11);
            prop_assert!(!nearest.words().is_empty());
            prop_assert!(nearest.words().len() == 3 || nearest.words().contains(&meant));
        }
    }
}
