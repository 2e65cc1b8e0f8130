//! The recovery phrase: BIP39, English, 24 words; 12 are accepted.

mod nearest;

pub use nearest::Nearest;

use alloc::string::String;
use bip39::{Language, Mnemonic};
use core::fmt;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// A phrase with a right checksum. Wiped on drop.
pub struct Phrase(Mnemonic);

/// How many words a new phrase has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WordCount {
    /// 128 bits.
    Twelve,
    /// 256 bits: what new accounts get.
    TwentyFour,
}

impl Phrase {
    /// A fresh phrase.
    #[must_use]
    pub fn generate(count: WordCount, rng: &mut impl CryptoRng) -> Self {
        let mut entropy = Zeroizing::new([0; 32]);
        rng.fill_bytes(entropy.as_mut());
        let entropy = match count {
            WordCount::Twelve => &entropy[..16],
            WordCount::TwentyFour => &entropy[..],
        };
        #[expect(clippy::expect_used, reason = "16 and 32 bytes are lengths that BIP39 knows")]
        Self(Mnemonic::from_entropy_in(Language::English, entropy).expect("a length that BIP39 knows"))
    }

    /// Reads what somebody typed: any white space between the words, capital letters welcome. The first word that is
    /// not in the list is named by its place, with the words it was probably meant to be.
    pub fn parse(typed: &str) -> Result<Self, PhraseError> {
        let count = typed.split_whitespace().count();
        if count != 12 && count != 24 {
            return Err(PhraseError::Count { given: count });
        }
        // Capital letters are one byte in ASCII, and everything else is in no word: the reserved length suffices.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len() + count));
        for (index, word) in typed.split_whitespace().enumerate() {
            let begin = normal.len();
            normal.extend(word.chars().map(|letter| letter.to_ascii_lowercase()));
            if Language::English.find_word(&normal[begin..]).is_none() {
                return Err(PhraseError::UnknownWord { index, nearest: Nearest::to(&normal[begin..]) });
            }
            normal.push(' ');
        }
        Mnemonic::parse_in_normalized(Language::English, &normal).map(Self).map_err(|_| PhraseError::Checksum)
    }

    /// The words, in order.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + Clone + '_ {
        self.0.words()
    }

    /// The BIP39 seed with an empty passphrase.
    pub(crate) fn seed(&self) -> Zeroizing<[u8; 64]> {
        Zeroizing::new(self.0.to_seed_normalized(""))
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phrase(redacted)")
    }
}

/// Why what was typed is no phrase.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum PhraseError {
    /// Neither 12 nor 24 words.
    #[error("a phrase has 12 or 24 words, not {given}")]
    Count {
        /// How many there were.
        given: usize,
    },
    /// A word that is not in the list.
    #[error("word {} is not in the list", index + 1)]
    UnknownWord {
        /// Its place, from 0.
        index: usize,
        /// What it was probably meant to be, best first. As secret as the phrase: for the screen, not for a log.
        nearest: Nearest,
    },
    /// Every word is in the list, but together they are no phrase: a wrong word or a wrong order.
    #[error("the words do not belong together")]
    Checksum,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec::Vec};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    const TWELVE: &str =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    fn joined(phrase: &Phrase) -> String {
        phrase.words().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn generated_phrases_parse_and_differ() {
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        for (count, words) in [(WordCount::Twelve, 12), (WordCount::TwentyFour, 24)] {
            let phrase = Phrase::generate(count, &mut rng);
            assert_eq!(phrase.words().count(), words);
            assert_eq!(joined(&Phrase::parse(&joined(&phrase)).unwrap()), joined(&phrase));
            assert_ne!(joined(&phrase), joined(&Phrase::generate(count, &mut rng)));
        }
    }

    #[test]
    fn spaces_lines_and_capitals_do_not_matter() {
        let typed = TWELVE.to_uppercase().replace(' ', " \n\t ");
        assert_eq!(joined(&Phrase::parse(&format!("  {typed} ")).unwrap()), TWELVE);
    }

    #[test]
    fn a_wrong_word_is_named_by_place_with_the_nearest_words() {
        let typed = TWELVE.replacen("abandon", "abandom", 1);
        let Err(PhraseError::UnknownWord { index, nearest }) = Phrase::parse(&typed) else { panic!("accepted") };
        assert_eq!((index, nearest.words()[0]), (0, "abandon"));
        let Err(PhraseError::UnknownWord { index, nearest }) = Phrase::parse(&TWELVE.replace("about", "abuot")) else {
            panic!("accepted")
        };
        assert_eq!((index, nearest.words()[0]), (11, "about"));
    }

    #[test]
    fn words_that_do_not_belong_together_are_a_checksum_error() {
        assert_eq!(Phrase::parse(&TWELVE.replace("about", "above")).unwrap_err(), PhraseError::Checksum);
    }

    #[test]
    fn other_counts_are_refused_with_the_count() {
        for given in (0..30).filter(|given| *given != 12 && *given != 24) {
            let typed = ["abandon"].repeat(given).join(" ");
            assert_eq!(Phrase::parse(&typed).unwrap_err(), PhraseError::Count { given });
        }
    }

    #[test]
    fn neither_phrase_nor_suggestions_show_in_debug() {
        assert_eq!(format!("{:?}", Phrase::parse(TWELVE).unwrap()), "Phrase(redacted)");
        let error = Phrase::parse(&TWELVE.replace("about", "abuot")).unwrap_err();
        assert_eq!(format!("{error:?}"), "UnknownWord { index: 11, nearest: Nearest(redacted) }");
        assert_eq!(format!("{error}"), "word 12 is not in the list");
    }
}
