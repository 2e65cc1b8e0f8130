//! What a device came for.

use nyx_crypto::account::Aid;
use nyx_wire::{
    identity::DeviceName,
    pairing::{Inside, Kind},
};

/// What a device came for, and what it says about itself once the other side is known to have the ticket.
#[derive(Clone, Debug)]
pub enum Intent {
    /// To receive an account.
    Receive {
        /// What this device is called.
        device: DeviceName,
    },
    /// To send its account away.
    Send(Account),
    /// To become contacts.
    Contact {
        /// What the other side is to call it, to begin with.
        name: DeviceName,
    },
    /// To try the link between the two, and nothing else.
    Check {
        /// What this device is called.
        device: DeviceName,
    },
}

/// An account that would move.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name.
    pub name: DeviceName,
    /// Its id. It is told only after the digits; before them the other side sees four words.
    pub aid: Aid,
    /// How much would move.
    pub bytes: u64,
}

/// Both came to send, or both to receive, or one for something else.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the other device wants something else")]
pub struct MismatchError;

impl Intent {
    /// What a ticket says that shows this intent.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Receive { .. } => Kind::Receive,
            Self::Send(_) => Kind::Send,
            Self::Contact { .. } => Kind::Contact,
            Self::Check { .. } => Kind::Check,
        }
    }

    /// Whether this is what a ticket of that kind asks of the other side.
    pub(super) const fn answers(&self, kind: Kind) -> Result<(), MismatchError> {
        match (self, kind) {
            (Self::Receive { .. }, Kind::Send)
            | (Self::Send(_), Kind::Receive)
            | (Self::Contact { .. }, Kind::Contact)
            | (Self::Check { .. }, Kind::Check) => Ok(()),
            _ => Err(MismatchError),
        }
    }

    /// The kind that the other side's code has where nothing shows it: the code was typed.
    pub(super) const fn opposite(&self) -> Kind {
        match self {
            Self::Receive { .. } => Kind::Send,
            Self::Send(_) => Kind::Receive,
            Self::Contact { .. } => Kind::Contact,
            Self::Check { .. } => Kind::Check,
        }
    }

    /// What is said first. A contact says who it is when it is asked for its signature.
    pub(super) fn introduction(&self) -> Option<Inside> {
        Some(match self {
            Self::Receive { device } | Self::Check { device } => Inside::Device { name: device.clone() },
            Self::Send(Account { name, aid, bytes }) => {
                Inside::Account { name: name.clone(), words: aid.word_places(), bytes: *bytes }
            }
            Self::Contact { .. } => return None,
        })
    }
}
