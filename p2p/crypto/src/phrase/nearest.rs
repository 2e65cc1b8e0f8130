//! The words that a mistyped word was probably meant to be.

use alloc::vec::Vec;
use bip39::Language;
use core::{cmp::Reverse, fmt};
use zeroize::Zeroizing;

/// Up to three words of the list, best first. A suggestion is nearly the word itself, so `Debug` shows none.
#[derive(Eq, PartialEq)]
pub struct Nearest(Vec<&'static str>);

impl Nearest {
    /// The suggestions.
    #[must_use]
    pub fn words(&self) -> &[&'static str] {
        &self.0
    }

    pub(crate) fn to(typed: &str) -> Self {
        // No word of the list has more than eight letters: what is far longer was not meant to be one.
        if typed.len() > TYPED_MAX {
            return Self(Vec::new());
        }
        let mut found: Vec<_> = Language::English
            .word_list()
            .iter()
            .map(|word| (distance(typed.as_bytes(), word.as_bytes()), Reverse(shared_start(typed, word)), *word))
            .filter(|(distance, ..)| *distance <= DISTANCE_MAX)
            .collect();
        found.sort_unstable();
        Self(found.into_iter().take(WORDS_MAX).map(|(_, _, word)| word).collect())
    }
}

impl fmt::Debug for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nearest(redacted)")
    }
}

/// Edit distance with neighbours exchanged as one mistake (optimal string alignment): people swap letters.
fn distance(typed: &[u8], word: &[u8]) -> usize {
    let width = word.len() + 1;
    // The table tells the typed word apart from others, so it is wiped.
    let mut table = Zeroizing::new([0; (TYPED_MAX + 1) * (TYPED_MAX + 1)]);
    let at = |row: usize, column: usize| row * width + column;
    for column in 0..width {
        table[column] = column;
    }
    for row in 1..=typed.len() {
        table[at(row, 0)] = row;
        for column in 1..width {
            let replaced = table[at(row - 1, column - 1)] + usize::from(typed[row - 1] != word[column - 1]);
            let mut best = replaced.min(table[at(row - 1, column)] + 1).min(table[at(row, column - 1)] + 1);
            let exchanged =
                row > 1 && column > 1 && typed[row - 1] == word[column - 2] && typed[row - 2] == word[column - 1];
            if exchanged {
                best = best.min(table[at(row - 2, column - 2)] + 1);
            }
            table[at(row, column)] = best;
        }
    }
    table[at(typed.len(), word.len())]
}

fn shared_start(typed: &str, word: &str) -> usize {
    typed.bytes().zip(word.bytes()).take_while(|(one, other)| one == other).count()
}

/// More would be a list to search, not a suggestion.
const WORDS_MAX: usize = 3;
/// With three mistakes in words of three to eight letters, half the list would be near.
const DISTANCE_MAX: usize = 2;
/// The longest word and twice the mistakes, with room to spare.
const TYPED_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_mistakes_find_their_word_first() {
        for (typed, meant) in [
            ("zooo", "zoo"),
            ("teh", "the"),
            ("recieve", "receive"),
            ("enviroment", ""),
            ("musik", "music"),
            ("wrold", "world"),
            ("acid1", "acid"),
        ] {
            let found = Nearest::to(typed);
            assert!(found.words().len() <= 3);
            if !meant.is_empty() && Language::English.find_word(meant).is_some() {
                assert_eq!(found.words().first(), Some(&meant), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_like_no_word_gets_no_suggestion() {
        for typed in ["xqzjvkwq", "a-very-long-thing-that-is-no-word", "日本語日本語", ""] {
            assert!(Nearest::to(typed).words().is_empty(), "{typed}");
        }
    }
}
