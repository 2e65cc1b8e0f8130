//! Why a command was not done, as a front end needs it: a code that it can turn into a sentence in any language.

use crate::{
    account::keyring::KeyringError,
    pairing::{CodeTrouble, NetTrouble, PeerTrouble},
};
use nyx_crypto::kdf::PasswordError;
pub use nyx_vault::Damage;
use nyx_vault::{
    AttachmentError, ChangePasswordError, Closed, CreateError, EraseError, FindError, SlotError, StorageError,
    StoreError, UnlockError, WriteError,
};
use std::{io, path::PathBuf};

/// Why a command was not done. Whatever it says, what was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no account in this home.
    #[error("no account here")]
    NoAccount,
    /// There is one already.
    #[error("there is an account here already")]
    AccountExists,
    /// The home is a folder with something else in it.
    #[error("the folder is not empty")]
    FolderNotEmpty,
    /// Everybody can write to a folder above the home, and so put another vault in its place.
    #[error("{folder} is open to everybody", folder = folder.display())]
    OpenToOthers {
        /// Which.
        folder: PathBuf,
    },
    /// Another process has the vault.
    #[error("the vault is in use")]
    InUse,
    /// The vault is locked.
    #[error("the vault is locked")]
    Locked,
    /// The password is not this vault's.
    #[error("wrong password")]
    WrongPassword,
    /// The phrase is not this account's.
    #[error("wrong phrase")]
    WrongPhrase,
    /// The vault claims to belong to the phrase and was not made by anybody who had it: somebody put it there.
    #[error("the vault was put there by somebody else")]
    ForeignVault,
    /// The passphrase or phrase does not open this backup.
    #[error("the backup does not open by this")]
    WrongBackupKey,
    /// The backup asks for the phrase and a passphrase was given, or the other way round.
    #[error("the backup opens by something else")]
    OtherBackupKey,
    /// The file is not a backup, or changed since it was made.
    #[error("not a whole backup")]
    BadBackup,
    /// The vault or backup was written by a later version.
    #[error("written by a later version")]
    LaterVersion,
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The keyring did not do it; the password always does.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keyring opens nothing here: nobody wants it to, or the vault was open before and was locked since.
    #[error("the keyring is not used")]
    KeyringUnused,
    /// A name is empty, too long, or has characters that cannot be shown.
    #[error("not a name")]
    Name(#[from] nyx_wire::identity::NameError),
    /// The account is being moved to another device; until that is over it can only be read.
    #[error("the account is being moved")]
    BeingMoved,
    /// What is wanted needs the key that speaks for the account, and that is not here: the phrase brings one.
    #[error("the phrase is needed first")]
    NeedsPhrase,
    /// A move of the account was begun and is not over.
    #[error("a move is not over")]
    MoveUnderway,
    /// There is no move to go on with.
    #[error("no move to go on with")]
    NoMove,
    /// The move waited for too long.
    #[error("the move is too old")]
    MoveExpired,
    /// The account was let go, or may have been: there is no way back.
    #[error("too late to stop")]
    TooLate,
    /// What would come does not fit here.
    #[error("{missing_bytes} bytes of room are missing")]
    NoRoom {
        /// How much is missing.
        missing_bytes: u64,
    },
    /// Nobody has asked anything.
    #[error("nothing is asked")]
    NothingAsked,
    /// The account lives on another device now; here it can only be read.
    #[error("the account moved")]
    Moved {
        /// The name of that device.
        to: String,
    },
    /// There is no such message.
    #[error("no such message")]
    NoMessage,
    /// There is no such conversation.
    #[error("no such conversation")]
    NoConversation,
    /// A note without text and files.
    #[error("nothing to write")]
    EmptyNote,
    /// Something is longer than the vault takes.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// The message has disappeared.
    #[error("the message has disappeared")]
    Disappeared,
    /// A file of the person, outside the vault.
    #[error("{path}: {trouble}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        trouble: FileTrouble,
    },
    /// The vault is damaged.
    #[error("the vault is damaged: {0}")]
    Damaged(Damage),
    /// How many damaged places a verification found.
    #[error("{0} damaged places")]
    FoundDamage(u64),
    /// No space left.
    #[error("the disk is full")]
    DiskFull,
    /// The disk refused.
    #[error("the disk refused: {0}")]
    Disk(#[source] io::Error),
    /// The other device.
    #[error(transparent)]
    Peer(PeerTrouble),
    /// The network.
    #[error(transparent)]
    Network(NetTrouble),
    /// A code that was carried here.
    #[error(transparent)]
    Code(#[from] CodeTrouble),
    /// Too much waits already.
    #[error("too much at once")]
    Busy,
    /// It was handed to the process that holds the home, and what came of it could not be heard.
    #[error("perhaps written")]
    PerhapsWritten,
    /// It was asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// There is nothing to confirm: no account is being made.
    #[error("nothing to confirm")]
    NothingToConfirm,
    /// Our own mistake.
    #[error("internal: {0}")]
    Internal(String),
}

/// What is wrong with a file of the person.
#[derive(Debug, thiserror::Error)]
pub enum FileTrouble {
    /// It is not there.
    #[error("not there")]
    Missing,
    /// It is there already, and nothing is overwritten.
    #[error("there already")]
    Exists,
    /// It is a folder or something else that is no file.
    #[error("not a file")]
    NotAFile,
    /// The system refused.
    #[error("{0}")]
    Refused(#[source] io::Error),
}

impl Failure {
    /// What went wrong with a file of the person. A full disk is the same sentence wherever it happens.
    pub(crate) fn file(path: impl Into<PathBuf>, error: io::Error) -> Self {
        let trouble = match StorageError::from(error) {
            StorageError::DiskFull => return Self::DiskFull,
            StorageError::Disk(error) => match error.kind() {
                io::ErrorKind::NotFound => FileTrouble::Missing,
                io::ErrorKind::AlreadyExists => FileTrouble::Exists,
                io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => FileTrouble::NotAFile,
                _ => FileTrouble::Refused(error),
            },
            other => return other.into(),
        };
        Self::File { path: path.into(), trouble }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::DiskFull => Self::DiskFull,
            StorageError::Disk(error) => Self::Disk(error),
            StorageError::Damaged(damage) => Self::Damaged(damage),
            StorageError::Closed(Closed::Moving) => Self::BeingMoved,
            StorageError::Closed(Closed::Moved { to }) => Self::Moved { to },
            StorageError::Database(error) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SlotError> for Failure {
    fn from(error: SlotError) -> Self {
        match error {
            SlotError::WrongPassword => Self::WrongPassword,
            SlotError::WrongPhrase => Self::WrongPhrase,
            SlotError::WrongKeyringSecret => Self::Keyring(KeyringError::Foreign),
            SlotError::Foreign => Self::ForeignVault,
            SlotError::Password(error) => Self::Password(error),
            SlotError::ResetAddress => Self::Internal(error.to_string()),
        }
    }
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        match error {
            FindError::NoVault => Self::NoAccount,
            FindError::InUse => Self::InUse,
            FindError::OtherVersion(_) => Self::LaterVersion,
            FindError::Storage(error) => error.into(),
        }
    }
}

impl From<UnlockError> for Failure {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::Slot(error) => error.into(),
            UnlockError::OtherSchema(_) => Self::LaterVersion,
            UnlockError::Storage(error) => error.into(),
        }
    }
}

impl From<CreateError> for Failure {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Occupied => Self::FolderNotEmpty,
            CreateError::InUse => Self::InUse,
            CreateError::Slot(error) => error.into(),
            CreateError::Storage(error) => error.into(),
        }
    }
}

impl From<EraseError> for Failure {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::NoVault => Self::NoAccount,
            EraseError::InUse => Self::InUse,
            EraseError::Storage(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Failure {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Slot(error) => error.into(),
            ChangePasswordError::Storage(error) => error.into(),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NoConversation => Self::NoConversation,
            WriteError::NoMessage => Self::NoMessage,
            WriteError::TooLong(what) => Self::TooLong(what),
            WriteError::Disappeared => Self::Disappeared,
            WriteError::Exists | WriteError::NoContact | WriteError::NotesStay => Self::Internal(error.to_string()),
            WriteError::Storage(error) => error.into(),
        }
    }
}

impl Failure {
    /// What went wrong while a file of the person went into the vault.
    pub(crate) fn storing(path: PathBuf, error: StoreError) -> Self {
        match error {
            StoreError::Source(error) => Self::file(path, error),
            StoreError::TooLong => Self::TooLong("attachment"),
            StoreError::Cancelled => Self::Cancelled,
            StoreError::Storage(error) => error.into(),
        }
    }

    /// What went wrong while an attachment went out of the vault.
    pub(crate) fn saving(path: PathBuf, error: AttachmentError) -> Self {
        match error {
            AttachmentError::NoAttachment => Self::NoMessage,
            AttachmentError::Disappeared => Self::Disappeared,
            AttachmentError::Sink(error) => Self::file(path, error),
            AttachmentError::Cancelled => Self::Cancelled,
            AttachmentError::Storage(error) => error.into(),
        }
    }
}
