//! Why two devices did not meet, or parted early.

use super::{NETWORK, OTHER, PEER, USAGE, Verdict};
use crate::{
    cli::doctor::CameraTrouble,
    text::{Texts, Value},
};
use nyx_media::{file::FileError, source::SourceError};
use nyx_p2p::{CodeTrouble, NetTrouble, PeerTrouble};

pub(super) fn of_peer(trouble: PeerTrouble, texts: &Texts) -> Verdict {
    let (kind, text) = match trouble {
        PeerTrouble::Cancelled => ("cancelled", "error-peer-cancelled"),
        PeerTrouble::Unproven => ("unproven", "error-peer-unproven"),
        PeerTrouble::WrongCode => ("wrong-code", "error-peer-wrong-code"),
        PeerTrouble::WrongDigits => ("wrong-digits", "error-peer-wrong-digits"),
        PeerTrouble::Intruder => ("intruder", "error-peer-intruder"),
        PeerTrouble::NoRoom => ("no-room", "error-peer-no-room"),
        PeerTrouble::Version => ("version", "error-peer-version"),
        PeerTrouble::Content => ("content", "error-peer-content"),
        PeerTrouble::Disk => ("disk", "error-peer-disk"),
        PeerTrouble::Late => ("expired", "error-peer-late"),
        PeerTrouble::Dishonest => ("protocol", "error-peer-protocol"),
    };
    Verdict { code: PEER, kind, message: texts.get(text) }
}

pub(super) fn of_network(trouble: NetTrouble, texts: &Texts) -> Verdict {
    let (code, kind, text) = match trouble {
        NetTrouble::NoNetwork => (NETWORK, "no-network", "error-no-network"),
        NetTrouble::Contradiction => (USAGE, "contradiction", "error-contradiction"),
        NetTrouble::NoRelay => (NETWORK, "no-relay", "error-no-relay"),
        NetTrouble::NotAService => (USAGE, "not-a-service", "error-not-a-service"),
        NetTrouble::ServiceNeeded => (USAGE, "service-needed", "error-service-needed"),
        NetTrouble::NoService => (NETWORK, "no-service", "error-no-service"),
        NetTrouble::UnknownNumber => (NETWORK, "unknown-code", "error-unknown-code"),
        NetTrouble::NoWay => (NETWORK, "no-way", "error-no-way"),
        NetTrouble::Unreached => (NETWORK, "unreached", "error-unreached"),
        NetTrouble::Expired => (NETWORK, "expired", "error-expired"),
        NetTrouble::NoPath => (NETWORK, "no-path", "error-no-path"),
        NetTrouble::Unfinished => (NETWORK, "unfinished", "error-unfinished"),
        NetTrouble::Lost => (NETWORK, "lost", "error-lost"),
    };
    Verdict { code, kind, message: texts.get(text) }
}

/// What is wrong with a code that was carried here.
pub(crate) fn of_code(trouble: CodeTrouble, texts: &Texts) -> Verdict {
    let (kind, message) = match trouble {
        CodeTrouble::Unreadable => ("bad-code", texts.get("error-code")),
        CodeTrouble::LaterVersion => ("later-version", texts.get("error-later-version")),
        CodeTrouble::Word(place) => ("bad-word", texts.with("error-code-word", &[("place", Value::from(place))])),
        CodeTrouble::OtherPurpose => ("other-purpose", texts.get("error-code-purpose")),
        CodeTrouble::OtherMeeting => ("other-code", texts.get("error-code-other")),
        CodeTrouble::NotWanted => ("not-wanted", texts.get("error-code-not-wanted")),
    };
    Verdict { code: OTHER, kind, message }
}

/// Why a picture gave no code.
pub(super) fn of_picture(why: Option<FileError>, texts: &Texts) -> Verdict {
    let (kind, text) = match why {
        None => ("bad-code", "scan-nothing"),
        Some(FileError::Unreadable) => ("file", "scan-file-unreadable"),
        Some(FileError::NoPicture) => ("bad-picture", "scan-file-no-picture"),
        Some(FileError::TooLarge) => ("bad-picture", "scan-file-too-large"),
    };
    Verdict { code: OTHER, kind, message: texts.get(text) }
}

/// Why no code was read through a camera.
pub(super) fn of_camera(why: &CameraTrouble, texts: &Texts) -> Verdict {
    let source = match why {
        CameraTrouble::Source(source) => *source,
        CameraTrouble::Unknown { wanted, there } => {
            let values = [("name", Value::from(wanted.as_str())), ("there", there.join(", ").into())];
            return Verdict { code: OTHER, kind: "unknown-camera", message: texts.with("camera-unknown", &values) };
        }
    };
    let (kind, text) = match source {
        SourceError::NoCamera => ("no-camera", "camera-none"),
        SourceError::Busy => ("camera-busy", "camera-busy"),
        SourceError::Denied => ("camera-denied", "camera-denied"),
        SourceError::Silent | SourceError::Gone => ("camera-silent", "camera-silent"),
        SourceError::Unusable | SourceError::File(_) => ("camera-unusable", "camera-unusable"),
    };
    Verdict { code: OTHER, kind, message: texts.get(text) }
}
