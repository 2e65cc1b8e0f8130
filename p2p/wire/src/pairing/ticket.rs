//! The ticket: what one device shows and the other scans.

use super::{Hints, PAIRING_VERSION, TICKET_MAX, layout::Rest};
use crate::codec::DecodeError;
use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroizing;

/// What the device that shows the code wants to do. The one that scans shows this before it does anything: a scan alone
/// must not decide in which direction an account moves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The device that shows receives an account.
    Receive = 1,
    /// The device that shows sends its account.
    Send = 2,
    /// Both become contacts.
    Contact = 3,
    /// Both try the link between them, and nothing else.
    Check = 4,
}

impl Kind {
    pub(super) const fn from_byte(byte: u8) -> Result<Self, DecodeError> {
        match byte {
            1 => Ok(Self::Receive),
            2 => Ok(Self::Send),
            3 => Ok(Self::Contact),
            4 => Ok(Self::Check),
            _ => Err(DecodeError::Malformed),
        }
    }
}

/// A ticket: `version ‖ form ‖ kind ‖ secret 32 ‖ commitment 16 ‖ hints`, at most [`TICKET_MAX`] bytes.
#[derive(Clone, Eq, PartialEq)]
pub struct Ticket {
    /// What the device that shows wants to do.
    pub kind: Kind,
    /// Random, for this one meeting. Whoever has it may try to be the one who scanned.
    pub secret: Zeroizing<[u8; 32]>,
    /// Hash of the hello that the device that shows will say: nobody else can say it.
    pub commitment: [u8; 16],
    /// Where it can be met.
    pub hints: Hints,
}

impl Ticket {
    /// The one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = head(FORM_TICKET, self.kind, &self.secret, &self.commitment);
        self.hints.write(&mut out);
        out
    }

    /// Reads exactly that encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > TICKET_MAX {
            return Err(DecodeError::TooLarge);
        }
        let mut rest = Rest(bytes);
        let (kind, secret, commitment) = read_head(&mut rest, FORM_TICKET)?;
        Ok(Self { kind, secret, commitment, hints: Hints::read(rest)? })
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({:?}, redacted)", self.kind)
    }
}

/// What a ticket and the first code by hand have in common. The capacity is the largest there is, so that the secret
/// never moves and leaves a copy behind.
pub(super) fn head(form: u8, kind: Kind, secret: &[u8; 32], commitment: &[u8; 16]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(super::CODE_ONE_MAX));
    out.extend_from_slice(&[PAIRING_VERSION, form, kind as u8]);
    out.extend_from_slice(secret);
    out.extend_from_slice(commitment);
    out
}

pub(super) type Head = (Kind, Zeroizing<[u8; 32]>, [u8; 16]);

pub(super) fn read_head(rest: &mut Rest<'_>, form: u8) -> Result<Head, DecodeError> {
    rest.expect(PAIRING_VERSION)?;
    rest.expect(form)?;
    let kind = Kind::from_byte(rest.byte()?)?;
    let mut secret = Zeroizing::new([0; 32]);
    secret.copy_from_slice(rest.slice(32)?);
    Ok((kind, secret, rest.array()?))
}

/// The second byte says which of the three codes it is: one never passes for another.
pub(super) const FORM_TICKET: u8 = 0;
pub(super) const FORM_CODE_ONE: u8 = 1;
pub(super) const FORM_CODE_TWO: u8 = 2;
