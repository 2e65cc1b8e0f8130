//! What people carry, as text: `NYX:` and base32 in capitals for a QR code (its alphanumeric mode), the same in small
//! letters for a link.

use super::{CODE_ONE_MAX, CodeOne, CodeTwo, PAIRING_VERSION, TEXT_MAX, Ticket};
use crate::codec::DecodeError;
use alloc::{string::String, vec::Vec};
use data_encoding::BASE32_NOPAD;
use zeroize::{Zeroize, Zeroizing};

/// Something that was shown to a camera, pasted, or opened as a link.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scanned {
    /// A ticket.
    Ticket(Ticket),
    /// The first code by hand.
    CodeOne(CodeOne),
    /// The second.
    CodeTwo(CodeTwo),
}

impl Scanned {
    /// Reads text in capitals or small letters. White space is dropped wherever it stands: mail programs break long
    /// lines.
    pub fn parse(text: &str) -> Result<Self, DecodeError> {
        if text.len() > TEXT_MAX {
            return Err(DecodeError::TooLarge);
        }
        let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
        letters.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| byte.to_ascii_uppercase()));
        let base32 = letters.strip_prefix(PREFIX.as_bytes()).ok_or(DecodeError::Malformed)?;
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(base32).map_err(|_| DecodeError::Malformed)?);
        // Nothing else of it is known, only that a later program would know more.
        if bytes.first().is_some_and(|version| *version > PAIRING_VERSION) {
            return Err(DecodeError::LaterVersion);
        }
        match bytes.get(1) {
            Some(0) => Ticket::parse(&bytes).map(Self::Ticket),
            Some(1) => CodeOne::parse(&bytes).map(Self::CodeOne),
            Some(2) => CodeTwo::parse(&bytes).map(Self::CodeTwo),
            _ => Err(DecodeError::Malformed),
        }
    }

    /// For a QR code.
    #[must_use]
    pub fn to_qr_text(&self) -> Zeroizing<String> {
        let mut bytes = match self {
            Self::Ticket(ticket) => ticket.to_bytes(),
            Self::CodeOne(code) => code.to_bytes(),
            Self::CodeTwo(code) => Zeroizing::new(code.to_bytes()),
        };
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + CODE_ONE_MAX * 2));
        text.push_str(PREFIX);
        BASE32_NOPAD.encode_append(&bytes, &mut text);
        bytes.zeroize();
        text
    }

    /// For a link.
    #[must_use]
    pub fn to_link(&self) -> Zeroizing<String> {
        let mut text = self.to_qr_text();
        text.make_ascii_lowercase();
        text
    }
}

const PREFIX: &str = "NYX:";
