//! What a front end may ask for.

use crate::{
    moving::Selection,
    pairing::{CarriedCode, Meet, Reach, Reply},
};
use nyx_crypto::{
    kdf::{Password, PasswordError},
    phrase::{Phrase, WordCount},
};
use nyx_vault::{ConversationId, MessageId, SearchCursor, model::AttachmentId};
use std::{fmt, path::PathBuf, sync::Arc};
use zeroize::Zeroizing;

/// A wish. Each is answered by its events and at last by one [`Done`](crate::Event::Done) or
/// [`Failed`](crate::Event::Failed).
#[derive(Debug)]
pub enum Command {
    /// Takes hold of the vault without opening it: whether there is one, and whether another process has it.
    Find,
    /// Begins a new account: a phrase is made and shown, nothing is written yet.
    NewAccount {
        /// What its person wants to be called.
        name: String,
        /// What opens the vault from now on.
        password: Password,
        /// How long the phrase is.
        words: WordCount,
    },
    /// The phrase is kept: now the account is made. Done is this command and the one it confirms.
    PhraseKept,
    /// The phrase is not kept after all: what was begun is wiped.
    PhraseNotKept,
    /// Opens the vault.
    Unlock {
        /// Its password.
        password: Password,
    },
    /// Opens the vault with the desktop's keyring, if that is wanted and the vault was not open since the program began.
    UnlockWithKeyring,
    /// Lets the desktop's keyring open the vault when the program starts.
    UseKeyring {
        /// The password: nothing else may widen what opens the vault.
        password: Password,
    },
    /// Lets it open nothing any more, and forget what it kept.
    LeaveKeyring,
    /// The person is there: typed, or moved the mouse. Puts the automatic lock off.
    Present,
    /// Wipes the keys from memory.
    Lock,
    /// Changes the password.
    ChangePassword {
        /// The one that opens the vault now.
        present: Password,
        /// The one that will.
        new: Password,
    },
    /// Comes back by the phrase: a vault that is here gets a new password and keeps everything; where there is none,
    /// the identity begins anew, without history.
    Recover {
        /// The phrase.
        phrase: Phrase,
        /// What opens the vault from now on.
        password: Password,
        /// What the person wants to be called, where there is no vault that knows.
        name: String,
    },
    /// Removes everything, for good, with what an interrupted creation or restore left beside the home.
    Erase,
    /// Tells the account and how much there is.
    Status,
    /// Writes to the conversation with oneself.
    Note(NewNote),
    /// Replaces the text of a message; the earlier one is kept.
    Edit {
        /// Which.
        id: MessageId,
        /// By what.
        text: String,
    },
    /// Reacts to a message.
    React {
        /// Which.
        id: MessageId,
        /// How.
        emoji: String,
    },
    /// Takes a reaction back.
    Unreact {
        /// Which message.
        id: MessageId,
        /// Which reaction.
        emoji: String,
    },
    /// Removes a message and everything that belongs to it.
    Delete {
        /// Which.
        id: MessageId,
    },
    /// Tells every conversation, the one with the newest message first.
    ListChats,
    /// Tells the messages at these places, at most [`ROWS_MAX`] of them.
    Rows {
        /// Of which conversation.
        conversation: ConversationId,
        /// The first place.
        first: u64,
        /// The last place.
        last: u64,
    },
    /// Tells one message: where it is, and what it says.
    Show {
        /// Which.
        id: MessageId,
    },
    /// Tells messages with attachments, the newest first.
    Attached {
        /// Of which conversation.
        conversation: ConversationId,
        /// Those before this place; `None`: the newest.
        before: Option<u64>,
        /// At most so many, and at most [`ROWS_MAX`].
        limit: usize,
    },
    /// Tells messages with all these words, the newest first.
    Search(Query),
    /// The person has seen everything up to this place.
    MarkRead {
        /// Of which conversation.
        conversation: ConversationId,
        /// The place.
        seq: u64,
    },
    /// Decodes a picture that is an attachment.
    ShowPicture {
        /// Which.
        attachment: AttachmentId,
        /// Its longer side has at most so many pixels.
        edge: u32,
    },
    /// Writes an attachment out of the vault.
    SaveAttachment {
        /// Which.
        attachment: AttachmentId,
        /// Where to.
        to: SaveTo,
    },
    /// Tells the settings.
    ShowSettings,
    /// Changes them.
    ChangeSettings(Settings),
    /// Keeps what was begun; an empty text forgets it.
    KeepDraft {
        /// In which conversation; otherwise in Notes.
        conversation: Option<ConversationId>,
        /// The text so far.
        text: String,
        /// What it answers.
        reply_to: Option<MessageId>,
    },
    /// Tells what was begun in a conversation, or in Notes.
    ShowDraft {
        /// In which.
        conversation: Option<ConversationId>,
    },
    /// Lets new messages disappear after so long; 0: they stay.
    SetTimer {
        /// In which conversation; otherwise in Notes.
        conversation: Option<ConversationId>,
        /// In seconds.
        ttl_secs: u32,
    },
    /// Tells messages.
    Read(Reading),
    /// Tells the earlier texts of a message.
    ShowEdits {
        /// Which.
        id: MessageId,
    },
    /// Writes everything into one encrypted file.
    CreateBackup {
        /// The file; it must not be there yet.
        file: PathBuf,
        /// What will open it.
        to: BackupTarget,
    },
    /// Tells by what a backup opens, to ask the right question.
    LookAtBackup {
        /// The file.
        file: PathBuf,
    },
    /// Tries whether a backup opens by this, before a password for the new vault is thought of.
    TryBackup {
        /// The file.
        file: PathBuf,
        /// What is to open it.
        by: BackupKey,
    },
    /// Makes a vault of a backup. There must be none yet.
    RestoreBackup {
        /// The file.
        file: PathBuf,
        /// What opens it.
        by: BackupKey,
        /// What opens the vault from now on.
        password: Password,
    },
    /// Reads every byte of the vault and tells what is damaged.
    Verify,
    /// Meets another device and tells how fast the link to it is. Needs no account. One meeting at a time.
    CheckLink {
        /// How the two meet.
        meet: Meet,
        /// What may be used.
        reach: Reach,
    },
    /// Looks at how this machine stands on its networks. Needs no account.
    LookAround {
        /// What may be used.
        reach: Reach,
    },
    /// Tells how much would move.
    WeighMove(Selection),
    /// Sends the account to another device. One meeting at a time.
    SendAccount {
        /// What of it goes along.
        selection: Selection,
        /// How the two meet.
        meet: Meet,
        /// What may be used.
        reach: Reach,
    },
    /// Receives an account from another device, into a home that has none.
    ReceiveAccount {
        /// What opens the vault here from now on.
        password: Password,
        /// How the two meet.
        meet: Meet,
        /// What may be used.
        reach: Reach,
    },
    /// Goes on with a move that was begun: one of the open vault, or one into this home, which has none yet.
    GoOn {
        /// What was chosen for the vault that is to be, where there is none yet.
        password: Option<Password>,
        /// What may be used.
        reach: Reach,
    },
    /// Tells the other device of a move of the open vault how it ended, as long as it may not know: that it was cancelled, or
    /// that the account is here; and takes its receipt. For a front end that stays. Done when there is nothing left to
    /// tell; going on with a move takes its place.
    Settle {
        /// What may be used.
        reach: Reach,
    },
    /// Gives a move up that was begun: what was before is as it was.
    DropMove {
        /// What was chosen for the vault that is to be, where there is none yet.
        password: Option<Password>,
    },
    /// Answers what the move under way [asks](crate::Event::Asked).
    Answer(Reply),
    /// The code that the meeting under way waits for was carried here.
    Carried(CarriedCode),
}

/// A note to write.
#[derive(Debug, Default)]
pub struct NewNote {
    /// Where; otherwise to Notes.
    pub conversation: Option<ConversationId>,
    /// Its text.
    pub text: String,
    /// Files to keep with it.
    pub attachments: Vec<Source>,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// Whether it is what the draft of its conversation became. The draft that is kept when the engine comes to this
    /// command goes in the transaction that stores the note; if the note is not stored, or another draft is kept while
    /// its files are copied, the draft stays. A front end that keeps the last letters first and then sends this loses
    /// none of them, whatever comes in between.
    pub clears_draft: bool,
}

/// Where a new attachment comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file of the person.
    File(PathBuf),
    /// Bytes without a file, such as a picture from the clipboard.
    Bytes {
        /// What it is to be called.
        name: String,
        /// All of it.
        bytes: Arc<[u8]>,
    },
}

/// Where an attachment is written to.
#[derive(Clone, Debug)]
pub enum SaveTo {
    /// Into this folder, under the safe form of its name; nothing there is overwritten.
    Folder(PathBuf),
    /// Under this name, which the person chose; what is there is replaced once the new file is whole.
    File(PathBuf),
    /// Into a private folder that goes when the vault is locked, to be opened in another program.
    Passing,
}

/// What to search for.
#[derive(Clone, Debug)]
pub struct Query {
    /// All these words must occur.
    pub words: String,
    /// Only in this conversation.
    pub within: Option<ConversationId>,
    /// Go on where an earlier answer ended.
    pub after: Option<SearchCursor>,
    /// At most so many.
    pub limit: usize,
}

/// What a person may set, kept in the vault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    /// After how many seconds without use the vault locks itself; `None`: never.
    pub lock_after_secs: Option<u32>,
    /// What a notification tells.
    pub notify: Notify,
    /// Whether other devices are to learn no address of this one: links go through a relay, or not at all. A meeting that
    /// is to stay on this network ([`Reach::lan_only`]) is not hidden from the network.
    pub hide_address: bool,
    /// The signalling service of every meeting that names none and may cross a router ([`Reach::signal`]).
    pub service: Option<String>,
}

/// What a notification tells. Other people look at a screen too.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Notify {
    /// There is none.
    Nothing,
    /// That there is a new message.
    #[default]
    Arrival,
    /// From whom.
    Sender,
    /// From whom, and its text.
    Text,
}

impl Default for Settings {
    fn default() -> Self {
        Self { lock_after_secs: Some(LOCK_AFTER_SECS), notify: Notify::default(), hide_address: false, service: None }
    }
}

/// Long enough to read a letter, short enough for a desk that is left.
const LOCK_AFTER_SECS: u32 = 15 * 60;
/// More places than fit on a screen, fewer than would make an answer long.
pub const ROWS_MAX: u64 = 128;

/// Which messages to tell.
#[derive(Debug, Default)]
pub struct Reading {
    /// Of which conversation; otherwise of Notes, or of all when something is searched for.
    pub conversation: Option<ConversationId>,
    /// Only those with all these words.
    pub search: Option<String>,
    /// At most so many, the newest.
    pub limit: usize,
    /// Write their attachments into this folder.
    pub save: Option<PathBuf>,
}

/// By what a backup opens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OpensBy {
    /// The recovery phrase.
    Phrase,
    /// A passphrase.
    Passphrase,
}

/// What will open a backup.
#[derive(Debug)]
pub enum BackupTarget {
    /// The recovery phrase.
    Phrase,
    /// A passphrase of its own.
    Passphrase(Passphrase),
}

/// What opens a backup.
#[derive(Debug)]
pub enum BackupKey {
    /// The recovery phrase.
    Phrase(Phrase),
    /// The passphrase it was made with.
    Passphrase(Passphrase),
}

/// The passphrase of a backup, exactly as it was typed: the `age` command takes it so too. Wiped on drop.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed; empty or endless is refused as it is for a password.
    pub fn new(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if typed.len() > Password::BYTES_MAX {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(Zeroizing::new(typed.to_owned())))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(redacted)")
    }
}
