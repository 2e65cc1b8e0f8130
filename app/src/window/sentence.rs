//! What went wrong, in a sentence for somebody in front of a window: where the terminal names a command, this names a
//! button.

use crate::{cli, text::Texts};
use nyx_p2p::{Failure, NameError, NetTrouble, PeerTrouble, PhraseError};

/// What happened and what to do next.
pub(crate) fn sentence(failure: &Failure, texts: &Texts) -> String {
    let name = match failure {
        Failure::NoAccount => "window-no-account",
        Failure::AccountExists => "window-account-exists",
        Failure::FolderNotEmpty => "window-folder-not-empty",
        Failure::WrongPassword => "window-wrong-password",
        Failure::WrongPhrase => "window-wrong-phrase",
        Failure::OtherBackupKey => "window-other-backup-key",
        Failure::Name(NameError::Empty) => "window-name-empty",
        Failure::Cancelled => "window-cancelled",
        Failure::Network(NetTrouble::NoNetwork) => "window-no-network",
        Failure::Network(NetTrouble::NoRelay) => "window-no-relay",
        Failure::Network(NetTrouble::ServiceNeeded) => "window-service-needed",
        Failure::Network(NetTrouble::NoWay) => "window-no-way",
        Failure::Network(NetTrouble::Unreached) => "window-unreached",
        Failure::NeedsPhrase => "window-needs-phrase-first",
        Failure::MoveUnderway => "window-move-underway",
        Failure::NoMove => "window-no-move",
        Failure::BeingMoved => "window-being-moved",
        Failure::TooLate => "window-too-late",
        Failure::NoRoom { missing_bytes } => {
            return texts.with("window-no-room", &[("missing", texts.bytes(*missing_bytes).into())]);
        }
        Failure::Peer(PeerTrouble::NoRoom) => "window-peer-no-room",
        Failure::Peer(PeerTrouble::Content) => "window-peer-content",
        Failure::Damaged(damage) => {
            return texts.with("window-damaged", &[("what", cli::damaged(damage, texts).into())]);
        }
        Failure::FoundDamage(count) => return texts.with("window-found-damage", &[("count", (*count).into())]),
        other => return cli::sentence(other, texts),
    };
    texts.get(name)
}

/// Why what was typed is no phrase. The nearest words are offered apart.
pub(crate) fn phrase(error: &PhraseError, texts: &Texts) -> String {
    match error {
        PhraseError::UnknownWord { index, nearest } if !nearest.words().is_empty() => {
            texts.with("window-phrase-word", &[("place", (index + 1).into())])
        }
        other => cli::phrase_sentence(other, texts),
    }
}
