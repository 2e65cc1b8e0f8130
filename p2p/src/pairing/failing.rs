//! Why two devices did not meet, or parted early.

use crate::failure::Failure;
use nyx_net::link::{Closed, LinkFailure};
use nyx_proto::pairing::BurntReason;
use nyx_wire::pairing::CancelReason;

/// What the other device did, or whoever posed as it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PeerTrouble {
    /// Its person ended it.
    #[error("the other device ended it")]
    Cancelled,
    /// Who answered has the code, and could not prove the keys or the certificate.
    #[error("the other device did not prove to be the one that is meant")]
    Unproven,
    /// Another code was typed.
    #[error("another code was typed")]
    WrongCode,
    /// The digits were wrong.
    #[error("the digits were wrong")]
    WrongDigits,
    /// Two devices used the same code.
    #[error("a second device used the same code")]
    Intruder,
    /// The account does not fit there.
    #[error("the account does not fit on the other device")]
    NoRoom,
    /// It does not know what this version sends.
    #[error("the other device has an earlier version")]
    Version,
    /// What was sent did not arrive as it was.
    #[error("what was sent did not arrive as it was")]
    Content,
    /// Its disk refused.
    #[error("the disk of the other device refused")]
    Disk,
    /// It gave up waiting.
    #[error("the other device gave up waiting")]
    Late,
    /// It said what it must not say.
    #[error("the other device does not keep to the protocol")]
    Dishonest,
}

/// What the network did, or its settings.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NetTrouble {
    /// No interface that may be used has an address.
    #[error("no usable network")]
    NoNetwork,
    /// Only this network and only a relay are both wanted.
    #[error("only this network and only a relay are both wanted")]
    Contradiction,
    /// Only a relay is wanted, and no service has named one.
    #[error("only a relay is wanted and none is known")]
    NoRelay,
    /// What was given is not the address of a service.
    #[error("not the address of a service")]
    NotAService,
    /// What is wanted needs a service, and none was given.
    #[error("a service is needed")]
    ServiceNeeded,
    /// The service does not answer, or refuses.
    #[error("the service does not answer")]
    NoService,
    /// The service knows no such number: mistyped, used or too old.
    #[error("the service knows no such number")]
    UnknownNumber,
    /// The code names no place that may be reached from here.
    #[error("the code leads nowhere that may be reached")]
    NoWay,
    /// Nobody was met in time, because no meeting place could be reached.
    #[error("no meeting place could be reached")]
    Unreached,
    /// Nobody came in time.
    #[error("nobody came in time")]
    Expired,
    /// Both have met, and no way for the link was found.
    #[error("no way to the other device was found")]
    NoPath,
    /// The other device was reached, and too much was lost for the two to prove themselves.
    #[error("too much was lost on the way to the other device")]
    Unfinished,
    /// The link ended, or nothing is heard on it any more.
    #[error("the connection was lost")]
    Lost,
}

impl From<PeerTrouble> for Failure {
    fn from(trouble: PeerTrouble) -> Self {
        Self::Peer(trouble)
    }
}

impl From<NetTrouble> for Failure {
    fn from(trouble: NetTrouble) -> Self {
        Self::Network(trouble)
    }
}

/// Why a meeting ended without a result.
pub(super) fn of_burnt(why: BurntReason, was_reached: bool) -> Failure {
    match why {
        BurntReason::Expired if was_reached => NetTrouble::Expired.into(),
        BurntReason::Expired => NetTrouble::Unreached.into(),
        BurntReason::Cancelled(CancelReason::Expired) => NetTrouble::Expired.into(),
        BurntReason::Refused => Failure::Cancelled,
        BurntReason::WrongProof => PeerTrouble::Unproven.into(),
        BurntReason::WrongCode => PeerTrouble::WrongCode.into(),
        BurntReason::Intruder | BurntReason::Cancelled(CancelReason::Intruder) => PeerTrouble::Intruder.into(),
        BurntReason::WrongDigits | BurntReason::Cancelled(CancelReason::Digits) => PeerTrouble::WrongDigits.into(),
        BurntReason::Cancelled(CancelReason::Person) => PeerTrouble::Cancelled.into(),
        BurntReason::Dishonest | BurntReason::Cancelled(CancelReason::Protocol) => PeerTrouble::Dishonest.into(),
    }
}

/// Why a link is over.
pub(super) fn of_closed(why: Closed) -> Failure {
    match why {
        Closed::NoPath => NetTrouble::NoPath.into(),
        Closed::Unproven => PeerTrouble::Unproven.into(),
        Closed::Unfinished => NetTrouble::Unfinished.into(),
        Closed::Protocol => PeerTrouble::Dishonest.into(),
        Closed::ByPeer => PeerTrouble::Cancelled.into(),
        Closed::Here | Closed::Lost => NetTrouble::Lost.into(),
    }
}

/// Why a link could not be made.
pub(super) fn of_link(failure: LinkFailure) -> Failure {
    match failure {
        LinkFailure::NoInterface => NetTrouble::NoNetwork.into(),
        LinkFailure::Unfitting => PeerTrouble::Dishonest.into(),
        LinkFailure::Io(error) => Failure::Internal(error.to_string()),
        LinkFailure::Stack(error) => Failure::Internal(error.to_string()),
    }
}
