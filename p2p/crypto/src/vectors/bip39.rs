//! Trezor's English vectors.

use super::{Given, hex, hex_array};
use crate::phrase::{Phrase, PhraseError, WordCount};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use bip39::{Language, Mnemonic};
use serde_json::Value;

const FILE: &str = include_str!("../../tests/vectors/trezor_bip39_english.json");

/// Entropy, words, seed with the passphrase `TREZOR`.
fn vectors(words: usize) -> Vec<(Vec<u8>, String, [u8; 64])> {
    let file: Value = serde_json::from_str(FILE).unwrap();
    let text = |vector: &Value, place: usize| vector[place].as_str().unwrap().to_string();
    let all: Vec<_> = file["english"].as_array().unwrap().iter().collect();
    assert_eq!(all.len(), 24);
    all.into_iter()
        .map(|vector| (hex(&text(vector, 0)), text(vector, 1), hex_array(&text(vector, 2))))
        .filter(|(_, phrase, _)| phrase.split(' ').count() == words)
        .collect()
}

fn our_phrases(count: WordCount, words: usize) {
    let vectors = vectors(words);
    assert_eq!(vectors.len(), 8);
    for (entropy, text, seed) in vectors {
        let joined = |phrase: &Phrase| phrase.words().collect::<Vec<_>>().join(" ");
        assert_eq!(joined(&Phrase::generate(count, &mut Given(&[entropy.as_slice(), &[0; 32]].concat()))), text);
        assert_eq!(joined(&Phrase::parse(&text).unwrap()), text);
        assert_eq!(Mnemonic::parse_in_normalized(Language::English, &text).unwrap().to_seed_normalized("TREZOR"), seed);
    }
}

#[test]
fn trezor_english_12_words() {
    our_phrases(WordCount::Twelve, 12);
}

#[test]
fn trezor_english_24_words() {
    our_phrases(WordCount::TwentyFour, 24);
}

/// We neither make nor take phrases of 18 words; the crate below knows them.
#[test]
fn trezor_english_18_words() {
    let vectors = vectors(18);
    assert_eq!(vectors.len(), 8);
    for (entropy, text, seed) in vectors {
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &text).unwrap();
        assert_eq!(Mnemonic::from_entropy_in(Language::English, &entropy).unwrap(), mnemonic);
        assert_eq!(mnemonic.to_seed_normalized("TREZOR"), seed);
        assert_eq!(Phrase::parse(&text).unwrap_err(), PhraseError::Count { given: 18 });
    }
}

/// Every last word of a phrase but one in 16 (12 words) breaks the checksum.
#[test]
fn trezor_english_with_another_last_word() {
    for (_, text, _) in vectors(12) {
        let (start, _) = text.rsplit_once(' ').unwrap();
        let fitting = Language::English
            .word_list()
            .iter()
            .filter(|word| Phrase::parse(&[start, " ", word].concat()).is_ok())
            .count();
        assert_eq!(fitting, 128);
    }
}
