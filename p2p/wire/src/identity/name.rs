//! What a person calls a device.

use super::NAME_MAX;
use alloc::{borrow::ToOwned, string::String};
use core::fmt;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

/// A name that a screen can show as it is: 1 to [`NAME_MAX`] bytes, nothing that breaks lines or turns the direction of
/// the text round (a name is chosen by somebody else, and must not be able to rewrite the line it stands in).
/// `Debug` does not show it: names stay out of logs.
#[derive(Clone, Eq, PartialEq)]
pub struct DeviceName(String);

impl DeviceName {
    /// Takes a name.
    pub fn new(name: &str) -> Result<Self, NameError> {
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > NAME_MAX {
            return Err(NameError::TooLong);
        }
        if name.chars().any(rewrites_its_line) {
            return Err(NameError::Control);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceName(redacted)")
    }
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NameError {
    /// No character at all.
    #[error("the name is empty")]
    Empty,
    /// More than [`NAME_MAX`] bytes.
    #[error("the name is too long")]
    TooLong,
    /// A control character, a line break, or one that changes the direction of the text.
    #[error("the name has a character that cannot be shown")]
    Control,
}

impl<C> Encode<C> for DeviceName {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for DeviceName {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::new(d.str()?).map_err(|_| decode::Error::message("name"))
    }
}

fn rewrites_its_line(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_rewrite_a_line_are_refused() {
        for bad in ["a\nb", "\u{0}", "x\u{202E}y", "\u{2066}", "\u{200F}", "\u{85}", "\u{2028}"] {
            assert_eq!(DeviceName::new(bad), Err(NameError::Control));
        }
        for good in ["Laptop", "Telepon Budi", "电脑", "مكتب", "📱"] {
            assert_eq!(DeviceName::new(good).map(|name| name.as_str() == good), Ok(true));
        }
    }

    #[test]
    fn the_limit_counts_bytes() {
        assert!(DeviceName::new(&"a".repeat(64)).is_ok());
        assert_eq!(DeviceName::new(&"a".repeat(65)), Err(NameError::TooLong));
        assert_eq!(DeviceName::new(&"电".repeat(22)), Err(NameError::TooLong));
        assert_eq!(DeviceName::new(""), Err(NameError::Empty));
    }
}
