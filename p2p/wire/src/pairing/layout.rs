//! Fixed layouts: taking bytes off the front, or nothing.

use crate::codec::DecodeError;

/// What is left to read.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl<'a> Rest<'a> {
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (now, later) = self.0.split_first_chunk().ok_or(DecodeError::Malformed)?;
        self.0 = later;
        Ok(*now)
    }

    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn slice(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (now, later) = self.0.split_at_checked(length).ok_or(DecodeError::Malformed)?;
        self.0 = later;
        Ok(now)
    }

    /// Exactly this byte.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), DecodeError> {
        if self.byte()? == byte { Ok(()) } else { Err(DecodeError::Malformed) }
    }

    pub(super) fn end(self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::Trailing) }
    }
}
