//! The code that a person types: a number and four words. Which words there are is `nyx-crypto`'s to know.

use super::Kind;
use crate::{codec::DecodeError, signal::Number};
use alloc::string::String;
use core::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A number and four words, as typed: small ASCII letters, not yet looked up in the list. As secret as the code.
pub struct TypedCode {
    /// Which room, as the service handed it out.
    pub number: Number,
    words: Zeroizing<[[u8; WORD_MAX]; 4]>,
}

impl TypedCode {
    /// Reads what was typed: the number first, then four words; white space, hyphens, dots and commas separate; capitals
    /// are welcome.
    pub fn parse(typed: &str) -> Result<Self, DecodeError> {
        if typed.len() > TYPED_MAX {
            return Err(DecodeError::TooLarge);
        }
        let separates = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '.' | ',');
        let mut parts = typed.split(separates).filter(|part| !part.is_empty());
        let number = parts.next().ok_or(DecodeError::Malformed)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DecodeError::Malformed);
        }
        let number = Number(number.parse().map_err(|_| DecodeError::Malformed)?);
        let mut words = Zeroizing::new([[0; WORD_MAX]; 4]);
        for place in words.iter_mut() {
            let word = parts.next().ok_or(DecodeError::Malformed)?;
            if word.len() > WORD_MAX || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return Err(DecodeError::Malformed);
            }
            for (to, from) in place.iter_mut().zip(word.bytes()) {
                *to = from.to_ascii_lowercase();
            }
        }
        if parts.next().is_some() { Err(DecodeError::Trailing) } else { Ok(Self { number, words }) }
    }

    /// The words, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| {
            let end = word.iter().position(|byte| *byte == 0).unwrap_or(WORD_MAX);
            // ASCII letters only, by `parse`.
            core::str::from_utf8(&word[..end]).unwrap_or_default()
        })
    }

    /// The code as it is shown: `number-word-word-word-word`.
    #[must_use]
    pub fn text(number: Number, words: [&str; 4]) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(TYPED_MAX));
        let mut digits = alloc::format!("{}", number.0);
        text.push_str(&digits);
        digits.zeroize();
        for word in words {
            text.push('-');
            text.push_str(word);
        }
        text
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(redacted)")
    }
}

/// What stands in the transcript where a ticket would: `kind ‖ number`, 32-bit big-endian.
#[must_use]
pub const fn typed_context(kind: Kind, number: Number) -> [u8; 5] {
    let [a, b, c, d] = number.0.to_be_bytes();
    [kind as u8, a, b, c, d]
}

/// The longest word of the English BIP39 list has eight letters.
const WORD_MAX: usize = 8;
/// Ten digits, four words and generous white space.
const TYPED_MAX: usize = 128;
