//! Six digits that two people compare, or that one types.

use crate::{purposes::DigitsSeed, secret::Secret};
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Six decimal digits. Secret until they are shown: whoever holds secrets must be told them by a person.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Digits([u8; COUNT]);

impl Digits {
    /// Reads what was typed: six digits; spaces and hyphens between them do not matter.
    pub fn parse(typed: &str) -> Result<Self, DigitsError> {
        let mut digits = Self([0; COUNT]);
        let mut count = 0;
        for letter in typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-') {
            let value = letter.to_digit(10).ok_or(DigitsError)?;
            *digits.0.get_mut(count).ok_or(DigitsError)? = value as u8;
            count += 1;
        }
        if count == COUNT { Ok(digits) } else { Err(DigitsError) }
    }

    /// The digits as they are shown, in two groups of three.
    #[must_use]
    pub fn groups(&self) -> [[char; 3]; 2] {
        let [a, b, c, d, e, f] = self.0.map(|digit| char::from(b'0' + digit));
        [[a, b, c], [d, e, f]]
    }

    /// 2^64 is so much larger than 10^6 that the remainder favours nobody.
    pub(super) fn from_seed(seed: &Secret<DigitsSeed, 8>) -> Self {
        let mut number = u64::from_be_bytes(*seed.expose());
        let mut digits = Self([0; COUNT]);
        for place in digits.0.iter_mut().rev() {
            *place = (number % 10) as u8;
            number /= 10;
        }
        number.zeroize();
        digits
    }
}

impl PartialEq for Digits {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digits {}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(redacted)")
    }
}

/// Not six digits. It costs no try: nothing was compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not six digits")]
pub struct DigitsError;

const COUNT: usize = 6;
