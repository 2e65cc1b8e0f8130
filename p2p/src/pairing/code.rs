//! What people carry from one device to the other.

use nyx_proto::{
    limits::{PAIRING_BY_HAND_MS, PAIRING_TICKET_MS},
    pairing::MismatchError,
};
use nyx_wire::{
    codec::DecodeError,
    pairing::{Kind, Scanned, TypedCode},
};
use std::{fmt, net::SocketAddr, time::Duration};
use zeroize::Zeroizing;

/// How two devices are to meet.
#[derive(Debug)]
pub enum Meet {
    /// This one shows a code.
    Show(Form),
    /// This one has read a code, of whatever form.
    Read(CarriedCode),
}

/// The forms of a code that a person can choose.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// To be scanned or pasted, good for two minutes.
    Ticket,
    /// A number and four words, to be typed. It needs a service.
    Typed,
    /// The first of two that are carried by hand, good for ten minutes. Nothing but the link itself uses the network.
    ByHand,
}

/// A code as it was scanned, pasted or typed. As secret as the meeting: wiped on drop.
pub struct CarriedCode(Zeroizing<String>);

/// What a carried code says of itself; nobody was asked yet whether it is still good.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CarriedKind {
    /// One that begins a meeting for this purpose: a ticket, or the first of two by hand.
    Invitation(Kind),
    /// A number and words. What it is for, the other device knows.
    Typed,
    /// The second of two by hand.
    Second,
}

/// A code to be shown. Wiped on drop.
pub struct ShownCode {
    /// What it is.
    pub kind: ShownKind,
    /// Where this device can be called on its network, for [`Reach::at`](super::Reach::at) of the other one.
    pub at: Vec<SocketAddr>,
    text: Zeroizing<String>,
}

/// What a shown code is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ShownKind {
    /// To be scanned or pasted.
    Ticket,
    /// To be typed.
    Typed,
    /// The first of two by hand.
    First,
    /// The second: it goes back to the device that showed the first.
    Second,
}

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CodeTrouble {
    /// It is none.
    #[error("not a code of Nyx")]
    Unreadable,
    /// A later version of Nyx made it.
    #[error("the code is of a later version")]
    LaterVersion,
    /// The word at this place, from 1, is in no code.
    #[error("word {0} is in no code")]
    Word(usize),
    /// It is for something else: a transfer, or the other direction of one.
    #[error("the code is for something else")]
    OtherPurpose,
    /// The second of two codes where none is waited for, or one that does not belong to the first.
    #[error("the code does not belong to this meeting")]
    OtherMeeting,
    /// Nobody waits for a code.
    #[error("no code is waited for")]
    NotWanted,
}

/// What was read.
pub(super) enum Read {
    Scanned(Scanned),
    Typed(TypedCode),
}

impl CarriedCode {
    /// Takes what was scanned, pasted or typed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// What it says of itself. A camera sees codes of every kind: one that is none of ours is told apart here, before a
    /// meeting is begun for it.
    pub fn kind(&self) -> Result<CarriedKind, CodeTrouble> {
        Ok(match self.read()? {
            Read::Scanned(Scanned::Ticket(ticket)) => CarriedKind::Invitation(ticket.kind),
            Read::Scanned(Scanned::CodeOne(code)) => CarriedKind::Invitation(code.kind),
            Read::Scanned(Scanned::CodeTwo(_)) => CarriedKind::Second,
            Read::Typed(_) => CarriedKind::Typed,
        })
    }

    /// A link begins with its scheme; everything else may be what a person typed.
    pub(super) fn read(&self) -> Result<Read, CodeTrouble> {
        let text = self.0.trim();
        let is_link = text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME));
        if is_link {
            Scanned::parse(text).map(Read::Scanned).map_err(CodeTrouble::from)
        } else {
            TypedCode::parse(text).map(Read::Typed).map_err(|_| CodeTrouble::Unreadable)
        }
    }
}

impl fmt::Debug for CarriedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CarriedCode(redacted)")
    }
}

impl ShownCode {
    pub(super) fn scanned(code: &Scanned) -> Self {
        let kind = match code {
            Scanned::Ticket(_) => ShownKind::Ticket,
            Scanned::CodeOne(_) => ShownKind::First,
            Scanned::CodeTwo(_) => ShownKind::Second,
        };
        Self { kind, at: Vec::new(), text: code.to_link() }
    }

    pub(super) const fn typed(text: Zeroizing<String>) -> Self {
        Self { kind: ShownKind::Typed, at: Vec::new(), text }
    }

    pub(super) fn at(self, at: Vec<SocketAddr>) -> Self {
        Self { at, ..self }
    }

    /// For so long it is good, from the moment when it is told.
    #[must_use]
    pub const fn good_for(&self) -> Duration {
        Duration::from_millis(match self.kind {
            ShownKind::Ticket | ShownKind::Typed => PAIRING_TICKET_MS,
            ShownKind::First | ShownKind::Second => PAIRING_BY_HAND_MS,
        })
    }

    /// The code as text: a link, or a number and four words. In capitals a link is what a QR code holds.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ShownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShownCode({:?}, redacted)", self.kind)
    }
}

impl From<DecodeError> for CodeTrouble {
    fn from(error: DecodeError) -> Self {
        if error == DecodeError::LaterVersion { Self::LaterVersion } else { Self::Unreadable }
    }
}

impl From<MismatchError> for CodeTrouble {
    fn from(_: MismatchError) -> Self {
        Self::OtherPurpose
    }
}

const SCHEME: &str = "nyx:";

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_wire::pairing::{CodeTwo, Hints, Ticket};

    #[test]
    fn a_code_says_what_it_is_for_and_whatever_else_a_camera_sees_is_none() {
        let ticket =
            Ticket { kind: Kind::Check, secret: Zeroizing::new([1; 32]), commitment: [2; 16], hints: Hints::default() };
        let link = Scanned::Ticket(ticket).to_link();
        assert_eq!(CarriedCode::new(&link).kind(), Ok(CarriedKind::Invitation(Kind::Check)));
        let second = CodeTwo { e: [3; 32], fingerprint: [4; 32], candidates: Vec::new(), mac: [5; 32] };
        let link = Scanned::CodeTwo(second).to_qr_text();
        assert_eq!(CarriedCode::new(&link).kind(), Ok(CarriedKind::Second));
        for other in ["https://example.org", "nyx:", "WIFI:S:sea;T:WPA;P:shell;;", ""] {
            assert_eq!(CarriedCode::new(other).kind(), Err(CodeTrouble::Unreadable), "{other}");
        }
    }
}
