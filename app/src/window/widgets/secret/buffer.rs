//! Where a secret is while it is typed.

use std::ops::Range;
use zeroize::{Zeroize, Zeroizing};

/// Typed text that is wiped. Its room is reserved at once, because growing would leave copies behind.
pub(crate) struct Buffer(Zeroizing<String>);

impl Buffer {
    /// Most bytes: the longest password, and far more than the longest phrase.
    pub(crate) const BYTES_MAX: usize = 1024;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters there are.
    pub(crate) fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// Puts text at a character; what no longer fits is left out. Tells how many characters came in. Characters that
    /// steer and do not show never come in; ends of lines are spaces.
    pub(crate) fn insert(&mut self, at: usize, text: &str) -> usize {
        let (mut byte, mut count) = (self.byte(at), 0);
        for letter in text.chars() {
            let letter = if matches!(letter, '\n' | '\r' | '\t') { ' ' } else { letter };
            if letter.is_control() {
                continue;
            }
            if self.0.len() + letter.len_utf8() > Self::BYTES_MAX {
                break;
            }
            self.0.insert(byte, letter);
            byte += letter.len_utf8();
            count += 1;
        }
        count
    }

    /// Takes characters away.
    pub(crate) fn remove(&mut self, chars: Range<usize>) {
        let bytes = self.byte(chars.start)..self.byte(chars.end);
        if bytes.start < bytes.end {
            self.0.replace_range(bytes, "");
        }
    }

    /// Wipes all of it.
    pub(crate) fn wipe(&mut self) {
        self.0.zeroize();
    }

    fn byte(&self, char: usize) -> usize {
        self.0.char_indices().nth(char).map_or(self.0.len(), |(byte, _)| byte)
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self(Zeroizing::new(String::with_capacity(Self::BYTES_MAX)))
    }
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Buffer(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_moves_the_text_to_another_place_in_memory() {
        let mut buffer = Buffer::default();
        let begin = buffer.as_str().as_ptr();
        for _ in 0..5000 {
            buffer.insert(buffer.chars() / 2, "é1 ");
        }
        assert!(buffer.as_str().len() <= Buffer::BYTES_MAX);
        buffer.remove(1..buffer.chars() - 1);
        assert_eq!(buffer.chars(), 2);
        buffer.wipe();
        buffer.insert(0, "again");
        assert_eq!((buffer.as_str(), buffer.as_str().as_ptr()), ("again", begin));
        assert_eq!(format!("{buffer:?}"), "Buffer(redacted)");
    }

    #[test]
    fn ends_of_lines_become_spaces_and_what_does_not_show_stays_out() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.insert(0, "a\u{1b}b\r\nc\u{0}"), 5);
        assert_eq!(buffer.as_str(), "ab  c");
        buffer.insert(99, "d");
        buffer.remove(0..1);
        buffer.remove(99..100);
        assert_eq!(buffer.as_str(), "b  cd");
    }
}
