//! How a command of the terminal can end without having done what was wanted: exit code, stable word, sentence.

mod meeting;

pub(crate) use meeting::of_code;

use super::doctor::CameraTrouble;
use crate::text::{Texts, Value};
use nyx_media::file::FileError;
use nyx_p2p::{Damage, Failure, FileTrouble, KeyringError, NameError, PasswordError, PhraseError};
use std::{io, path::PathBuf};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The engine says so.
    Failure(Failure),
    /// The command line cannot be meant; the sentence says why.
    Usage(String),
    /// What was typed is no phrase.
    Phrase(PhraseError),
    /// A question has nobody to answer it.
    NobodyToAsk(Asked),
    /// Two passwords were typed and differ.
    PasswordsDiffer,
    /// The person said no.
    SaidNo,
    /// A file with a password cannot be read or is empty.
    PasswordFile(PathBuf, Option<io::Error>),
    /// What came on standard input is not text.
    NotText,
    /// Nothing is known about this person.
    NobodyNamed(String),
    /// The platform names no folder for data.
    NoHome,
    /// There is no window in this build.
    NoWindow,
    /// What was to be shown could not be written.
    Output(io::Error),
    /// Another process holds the vault, and it is locked there.
    LockedThere,
    /// Something that is needed does not work; what, was said.
    Unwell,
    /// No code was found in a picture, or it could not be read.
    Picture(Option<FileError>),
    /// No code was read through a camera.
    Camera(CameraTrouble),
    /// Ctrl-C.
    Interrupted,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    Password,
    Phrase,
    Confirm,
    Name,
    Link,
    Digits,
}

/// What is said about it.
pub(crate) struct Verdict {
    pub(crate) code: u8,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Ended {
    /// Exit code, stable word and sentence.
    pub(crate) fn verdict(&self, texts: &Texts) -> Verdict {
        let say = |code, kind, message| Verdict { code, kind, message };
        match self {
            Self::Failure(failure) => of_failure(failure, texts),
            Self::Usage(sentence) => say(USAGE, "usage", sentence.clone()),
            Self::Phrase(error) => say(WRONG, "phrase-typo", of_phrase(error, texts)),
            Self::NobodyToAsk(what) => say(
                USAGE,
                "no-terminal",
                texts.get(match what {
                    Asked::Password => "error-ask-password",
                    Asked::Phrase => "error-ask-phrase",
                    Asked::Confirm => "error-ask-confirm",
                    Asked::Name => "error-ask-name",
                    Asked::Link => "error-ask-link",
                    Asked::Digits => "error-ask-digits",
                }),
            ),
            Self::PasswordsDiffer => say(WRONG, "passwords-differ", texts.get("error-passwords-differ")),
            Self::SaidNo => say(OTHER, "declined", texts.get("error-declined")),
            Self::PasswordFile(path, None) => {
                say(USAGE, "password-empty", texts.with("error-password-file-empty", &[file(path)]))
            }
            Self::PasswordFile(path, Some(error)) => {
                let cause = ("cause", Value::from(error.to_string()));
                say(USAGE, "password-file", texts.with("error-password-file", &[file(path), cause]))
            }
            Self::NotText => say(USAGE, "not-text", texts.get("error-not-text")),
            Self::NobodyNamed(who) => {
                say(OTHER, "no-conversation", texts.with("error-nobody-named", &[("who", who.as_str().into())]))
            }
            Self::Picture(why) => meeting::of_picture(*why, texts),
            Self::Camera(why) => meeting::of_camera(why, texts),
            Self::NoHome => say(OTHER, "no-home", texts.get("error-no-home")),
            Self::NoWindow => say(USAGE, "no-window", texts.get("error-no-window")),
            Self::Output(error) => {
                let cause = ("cause", Value::from(error.to_string()));
                say(DISK, "output", texts.with("error-output", &[cause]))
            }
            Self::LockedThere => say(OTHER, "locked", texts.get("error-locked-there")),
            Self::Unwell => say(OTHER, "unwell", texts.get("error-unwell")),
            Self::Interrupted => say(INTERRUPTED, "interrupted", texts.get("error-interrupted")),
        }
    }
}

/// What a failure is called for people.
#[cfg(feature = "desktop")]
pub(crate) fn sentence(failure: &Failure, texts: &Texts) -> String {
    of_failure(failure, texts).message
}

fn of_failure(failure: &Failure, texts: &Texts) -> Verdict {
    let say = |code, kind, message| Verdict { code, kind, message };
    match failure {
        Failure::NoAccount => say(OTHER, "no-account", texts.get("error-no-account")),
        Failure::AccountExists => say(OTHER, "account-exists", texts.get("error-account-exists")),
        Failure::FolderNotEmpty => say(OTHER, "folder-not-empty", texts.get("error-folder-not-empty")),
        Failure::OpenToOthers { folder } => {
            say(OTHER, "folder-open", texts.with("error-open-to-others", &[file(folder)]))
        }
        Failure::InUse => say(IN_USE, "in-use", texts.get("error-in-use")),
        Failure::PerhapsWritten => say(OTHER, "perhaps-written", texts.get("error-perhaps-written")),
        Failure::Locked => say(OTHER, "locked", texts.get("error-locked")),
        Failure::WrongPassword => say(WRONG, "wrong-password", texts.get("error-wrong-password")),
        Failure::WrongPhrase => say(WRONG, "wrong-phrase", texts.get("error-wrong-phrase")),
        Failure::ForeignVault => say(DAMAGED, "foreign-vault", texts.get("error-foreign-vault")),
        Failure::WrongBackupKey => say(WRONG, "wrong-backup-key", texts.get("error-wrong-backup-key")),
        Failure::OtherBackupKey => say(WRONG, "other-backup-key", texts.get("error-other-backup-key")),
        Failure::BadBackup => say(DAMAGED, "bad-backup", texts.get("error-bad-backup")),
        Failure::LaterVersion => say(OTHER, "later-version", texts.get("error-later-version")),
        Failure::Password(PasswordError::Empty) => say(USAGE, "password-empty", texts.get("error-password-empty")),
        Failure::Password(PasswordError::TooLong) => {
            say(USAGE, "password-too-long", texts.get("error-password-too-long"))
        }
        Failure::Password(PasswordError::OutOfMemory) => say(OTHER, "memory", texts.get("error-memory")),
        Failure::Password(PasswordError::OutOfBounds) => say(DAMAGED, "damaged", texts.get("error-damaged")),
        Failure::Keyring(error) => say(OTHER, "keyring", texts.get(of_keyring(*error))),
        Failure::Name(NameError::Empty) => say(USAGE, "name-empty", texts.get("error-name-empty")),
        Failure::Name(NameError::TooLong) => say(USAGE, "name-too-long", texts.get("error-name-too-long")),
        Failure::Name(NameError::Control) => say(USAGE, "name-characters", texts.get("error-name-characters")),
        Failure::BeingMoved => say(OTHER, "account-moving", texts.get("error-being-moved")),
        Failure::Moved { to } => say(OTHER, "account-moved", texts.with("error-moved", &[("to", to.as_str().into())])),
        Failure::NeedsPhrase => say(OTHER, "needs-phrase", texts.get("error-needs-phrase")),
        Failure::MoveUnderway => say(OTHER, "unfinished-move", texts.get("error-move-underway")),
        Failure::NoMove => say(OTHER, "no-move", texts.get("error-no-move")),
        Failure::MoveExpired => say(NETWORK, "expired", texts.get("error-move-expired")),
        Failure::TooLate => say(OTHER, "too-late", texts.get("error-too-late")),
        Failure::NoRoom { missing_bytes } => {
            say(DISK, "no-room", texts.with("error-no-room", &[("missing", texts.bytes(*missing_bytes).into())]))
        }
        Failure::NoMessage => say(OTHER, "no-message", texts.get("error-no-message")),
        Failure::NoConversation => say(OTHER, "no-conversation", texts.get("error-no-conversation")),
        Failure::EmptyNote => say(USAGE, "empty-note", texts.get("error-empty-note")),
        Failure::TooLong(_) => say(OTHER, "too-long", texts.get("error-too-long")),
        Failure::Disappeared => say(OTHER, "disappeared", texts.get("error-disappeared")),
        Failure::File { path, trouble } => match trouble {
            FileTrouble::Missing => say(OTHER, "file-missing", texts.with("error-file-missing", &[file(path)])),
            FileTrouble::Exists => say(OTHER, "file-exists", texts.with("error-file-exists", &[file(path)])),
            FileTrouble::NotAFile => say(OTHER, "not-a-file", texts.with("error-not-a-file", &[file(path)])),
            FileTrouble::Refused(error) => {
                let cause = ("cause", Value::from(error.to_string()));
                say(DISK, "file", texts.with("error-file", &[file(path), cause]))
            }
        },
        Failure::Damaged(damage) => {
            let what = ("what", Value::from(damaged(damage, texts)));
            say(DAMAGED, "damaged", texts.with("error-damaged-place", &[what]))
        }
        Failure::FoundDamage(count) => {
            say(DAMAGED, "damaged", texts.with("error-found-damage", &[("count", (*count).into())]))
        }
        Failure::DiskFull => say(DISK, "disk-full", texts.get("error-disk-full")),
        Failure::Disk(error) => {
            let cause = ("cause", Value::from(error.to_string()));
            say(DISK, "disk", texts.with("error-disk", &[cause]))
        }
        Failure::Peer(trouble) => meeting::of_peer(*trouble, texts),
        Failure::Network(trouble) => meeting::of_network(*trouble, texts),
        Failure::Code(trouble) => meeting::of_code(*trouble, texts),
        Failure::Busy => say(OTHER, "busy", texts.get("error-busy")),
        Failure::Cancelled => say(INTERRUPTED, "interrupted", texts.get("error-interrupted")),
        Failure::KeyringUnused | Failure::NothingToConfirm | Failure::NothingAsked | Failure::Internal(_) => {
            let cause = ("cause", Value::from(failure.to_string()));
            say(OTHER, "internal", texts.with("error-internal", &[cause]))
        }
    }
}

/// The name of the sentence about a keyring that did not do it.
pub(crate) const fn of_keyring(error: KeyringError) -> &'static str {
    match error {
        KeyringError::Absent => "keyring-absent",
        KeyringError::Locked => "keyring-locked",
        KeyringError::Lost => "keyring-lost",
        KeyringError::Foreign => "keyring-foreign",
        KeyringError::Slow => "keyring-slow",
        KeyringError::Refused => "keyring-refused",
    }
}

pub(crate) fn of_phrase(error: &PhraseError, texts: &Texts) -> String {
    match error {
        PhraseError::Count { given } => texts.with("error-phrase-count", &[("given", (*given).into())]),
        PhraseError::UnknownWord { index, nearest } => {
            let place = ("place", Value::from(index + 1));
            match nearest.words() {
                [] => texts.with("error-phrase-word", &[place]),
                near => texts.with("error-phrase-word-near", &[place, ("near", near.join(", ").into())]),
            }
        }
        PhraseError::Checksum => texts.get("error-phrase-checksum"),
    }
}

/// A damaged place, for people.
pub(crate) fn damaged(damage: &Damage, texts: &Texts) -> String {
    match damage {
        Damage::Header => texts.get("damage-header"),
        Damage::Page(page) => texts.with("damage-page", &[("page", (*page).into())]),
        Damage::Database(cause) => texts.with("damage-database", &[("cause", cause.as_str().into())]),
        Damage::Search => texts.get("damage-search"),
        Damage::Row(table, row) => {
            let row = ("row", Value::from(row.to_string()));
            texts.with("damage-row", &[("table", (*table).into()), row])
        }
        Damage::BlobMissing(name) => texts.with("damage-blob-missing", &[("name", name.as_str().into())]),
        Damage::BlobChanged(name) => texts.with("damage-blob-changed", &[("name", name.as_str().into())]),
        Damage::Bucket(name) => texts.with("damage-bucket", &[("name", name.as_str().into())]),
    }
}

fn file(path: &std::path::Path) -> (&'static str, Value) {
    ("file", Value::from(path.display().to_string()))
}

const OTHER: u8 = 1;
const USAGE: u8 = 2;
const WRONG: u8 = 3;
const PEER: u8 = 4;
const NETWORK: u8 = 5;
const DAMAGED: u8 = 6;
const DISK: u8 = 7;
const IN_USE: u8 = 8;
const INTERRUPTED: u8 = 130;
