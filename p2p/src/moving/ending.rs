//! How a move ends that came to nothing, and who hears what.

use crate::{failure::Failure, pairing::PeerTrouble};
use nyx_wire::moving::StopReason;

/// What is known of the end so far: this side knows its own reasons better than the word that it says for them.
#[derive(Debug, Default)]
pub(super) struct Ending {
    own: Option<Failure>,
    ended: Option<Result<(), Failure>>,
}

impl Ending {
    /// This side ends it because of this.
    pub(super) fn because(&mut self, failure: Failure) {
        self.own.get_or_insert(failure);
    }

    /// Whether this side ends it.
    pub(super) const fn is_decided(&self) -> bool {
        self.own.is_some()
    }

    /// It has ended.
    pub(super) fn with(&mut self, ended: Result<(), Failure>) {
        self.ended.get_or_insert(ended);
    }

    /// How it has ended, once it has.
    pub(super) fn take(&mut self) -> Option<Result<(), Failure>> {
        match self.ended.take()? {
            Ok(()) => Some(Ok(())),
            Err(failure) => Some(Err(self.own.take().unwrap_or(failure))),
        }
    }
}

/// What the other side's reason is called here.
pub(super) const fn stopped(why: StopReason) -> Failure {
    Failure::Peer(match why {
        StopReason::Person => PeerTrouble::Cancelled,
        StopReason::NoRoom => PeerTrouble::NoRoom,
        StopReason::Version => PeerTrouble::Version,
        StopReason::Content => PeerTrouble::Content,
        StopReason::Disk => PeerTrouble::Disk,
        StopReason::Late => PeerTrouble::Late,
    })
}
