//! What a front end hears.

use crate::{
    account::keyring::KeyringUse,
    command::{OpensBy, Settings},
    failure::{Damage, Failure},
    front::RequestId,
    lookout::Finding,
    moving::{Met, MoveSize, Stage, Unfinished},
    pairing::{CarriedCode, CodeTrouble, Measured, Question, ShownCode},
};
use nyx_crypto::pairing::Digits;
use nyx_net::link::Path;
use nyx_proto::moving::{Progress, Stall};
use nyx_vault::{
    ConversationId, MessageId, SearchCursor,
    model::{AccountState, AttachmentId, Author, Contact, Conversation, Draft, Edit, Gone, Message},
};
use std::{fmt, path::PathBuf};
use zeroize::Zeroizing;

/// An event, and the command that it belongs to.
#[derive(Debug)]
pub struct Told {
    /// Nothing: it came by itself.
    pub by: Option<RequestId>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The phrase of the account that is being made. Show it, then send [`PhraseKept`](crate::Command::PhraseKept).
    Phrase(ShownPhrase),
    /// The account, and how much there is.
    Account(AccountView),
    /// The account is there again by the phrase alone: identity, and nothing of the history.
    IdentityOnly,
    /// There was no vault to erase, only what an interrupted making of one had left beside the home.
    OnlyLeftoversErased,
    /// The vault is open. This and [`Locked`](Self::Locked) alone say how it stands: what a command tells, and how it
    /// ended, may be read when the other has happened since.
    Opened,
    /// The vault is locked: its keys are no longer in memory.
    Locked,
    /// A note was written.
    Noted {
        /// Its name.
        id: MessageId,
    },
    /// A message, as it was asked for; the older before the newer.
    Message {
        /// The message.
        message: Message,
        /// Where its attachments were written to, in their order; empty if that was not asked for.
        saved: Vec<PathBuf>,
    },
    /// Every conversation, the one with the newest message first.
    Chats(Vec<Chat>),
    /// The messages at some places of a conversation.
    Rows(Rows),
    /// Messages with attachments.
    Attached {
        /// Of which conversation.
        conversation: ConversationId,
        /// They, newest first.
        messages: Vec<Message>,
        /// Before this place there may be more; `None`: that was all.
        next: Option<u64>,
    },
    /// What a search found.
    Found {
        /// The messages, newest first.
        found: Vec<Message>,
        /// Where to go on; `None`: that was all.
        next: Option<SearchCursor>,
    },
    /// A picture, decoded.
    Picture {
        /// Of which attachment.
        attachment: AttachmentId,
        /// The picture; `None`: it is none, or none that can be read.
        picture: Option<Picture>,
    },
    /// An attachment was written out.
    Saved {
        /// Which.
        attachment: AttachmentId,
        /// Where it is now.
        path: PathBuf,
    },
    /// The settings.
    Settings(Settings),
    /// How the desktop's keyring and the vault stand to each other.
    Keyring(KeyringUse),
    /// The keyring did not take the secret that goes with a new password: it opens nothing any more.
    KeyringTurnedOff,
    /// The keyring did not forget what it kept. That opens nothing any more.
    KeyringEntryStays,
    /// Something in a conversation is not as it was, whoever changed it. What a front end shows of it is asked for anew.
    Changed(Change),
    /// What was begun.
    Draft(Option<Draft>),
    /// Earlier texts of a message.
    Edits(Vec<Edit>),
    /// How far something has come; the unit is bytes.
    Progress {
        /// So much is done.
        done: u64,
        /// Of so much, if that is known.
        total: Option<u64>,
    },
    /// By what a backup opens.
    BackupOpensBy(OpensBy),
    /// A backup is complete.
    Backup {
        /// The file.
        file: PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// Something in the vault is damaged. Nothing was removed because of it.
    Damaged(Damage),
    /// Everything is as it was written.
    Verified {
        /// Equal on two devices exactly when they hold the same history.
        content_hash: [u8; 32],
    },
    /// One thing that was looked at.
    Finding(Finding),
    /// A code to be shown, until the other device has it.
    Code(ShownCode),
    /// The code of the other device is waited for: [`Carried`](crate::Command::Carried).
    CodeWanted {
        /// Why the one before was not taken.
        refused: Option<CodeTrouble>,
    },
    /// The code that was read leads to a service that others run, and it is called now.
    Calls {
        /// Its name or address.
        host: String,
    },
    /// Somebody else tried the code of this meeting, and was turned away. Told once, and the meeting goes on.
    Stranger,
    /// Both devices have met, and the link stands.
    Peer {
        /// What the other is called, as it says.
        name: String,
        /// Which way the packets go.
        path: Path,
    },
    /// The same on both devices, unless somebody stands between.
    Digits(Digits),
    /// Nothing is heard of the other device; a new way is looked for.
    LinkStalled,
    /// It is heard again.
    LinkResumed,
    /// What of a move is going on now.
    Stage(Stage),
    /// How much would go along.
    MoveSize(MoveSize),
    /// Whom this device has met, and what about.
    Met(Met),
    /// A question to the person: [`Answer`](crate::Command::Answer).
    Asked(Question),
    /// Which way the packets of a move go now: at its beginning, and whenever it is another one.
    MovePath(Path),
    /// How far a move is.
    Moving(Progress),
    /// Nothing goes on; why.
    Stalled(Stall),
    /// The account is here, and the old device has not answered that it knows: it may wait for the receipt still.
    ReceiptUnheard,
    /// It goes on.
    MoveResumed,
    /// What came is right and put together.
    MoveVerified,
    /// The account has moved.
    Moved {
        /// By what the last manifest is named; the same on both devices.
        manifest_hash: [u8; 32],
        /// How much went.
        bytes: u64,
        /// How long the bytes went.
        took_ms: u64,
    },
    /// A move was begun and is not over: [`GoOn`](crate::Command::GoOn) or [`DropMove`](crate::Command::DropMove).
    Unfinished(Unfinished),
    /// How fast the link is.
    Measured {
        /// The figures.
        measured: Measured,
        /// Which way the packets went.
        path: Path,
    },
    /// Somebody started the program again for this home: the window is to come to the front.
    ShowWindow {
        /// What it was started with, if somebody followed a link. Nothing was done with it: a page on the web can hold
        /// such a link, so its person is asked first.
        link: Option<CarriedCode>,
    },
    /// The command is done.
    Done,
    /// The command was not done.
    Failed(Failure),
}

/// A conversation, as a list of them shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chat {
    /// The conversation.
    pub conversation: Conversation,
    /// With whom; `None`: with oneself.
    pub contact: Option<Contact>,
    /// Its newest message.
    pub newest: Option<Message>,
    /// Places of the first and the last message; `None`: it is empty.
    pub ends: Option<(u64, u64)>,
    /// How many messages were not read, at most [`UNREAD_MAX`].
    pub unread: u32,
    /// What was begun.
    pub draft: Option<Draft>,
}

/// The messages at some places of a conversation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rows {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// From this place on everything is told. Not after the first one that was asked for; before it, if there is nothing
    /// in between.
    pub first: u64,
    /// Up to this place everything is told; a place without a message is a message that is gone.
    pub last: u64,
    /// The messages, the older before the newer.
    pub rows: Vec<Row>,
}

/// A message, and what it answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The message.
    pub message: Message,
    /// What it answers, as far as that is still there.
    pub quote: Option<Quote>,
}

/// A message that another one answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quote {
    /// Which.
    pub id: MessageId,
    /// Its place.
    pub seq: u64,
    /// Who wrote it.
    pub author: Author,
    /// The beginning of its text.
    pub text: String,
    /// Whether files belong to it.
    pub has_attachments: bool,
}

/// A decoded picture.
#[derive(Clone, Eq, PartialEq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue and opacity (not multiplied in), a byte each.
    pub rgba: Vec<u8>,
}

/// What is not as it was. What answers a message shows the beginning of it, and is not as it was either.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// Messages came to the end of a conversation.
    Added {
        /// Of which.
        conversation: ConversationId,
        /// The last place now.
        last: u64,
    },
    /// A message has another text, other reactions or another state.
    Updated {
        /// Where.
        conversation: ConversationId,
        /// Its place.
        seq: u64,
    },
    /// Messages are gone: deleted, or disappeared.
    Removed {
        /// Of which conversation.
        conversation: ConversationId,
        /// Their places.
        seqs: Vec<u64>,
    },
    /// The timer, what was read, or the draft.
    Conversation(ConversationId),
}

impl Change {
    /// Messages that are gone: one change for each conversation.
    pub(crate) fn removed(gone: Vec<Gone>) -> Vec<Self> {
        let mut conversations: Vec<(ConversationId, Vec<u64>)> = Vec::new();
        for Gone { conversation, seq, .. } in gone {
            match conversations.iter_mut().find(|(known, _)| *known == conversation) {
                Some((_, seqs)) => seqs.push(seq),
                None => conversations.push((conversation, vec![seq])),
            }
        }
        conversations.into_iter().map(|(conversation, seqs)| Self::Removed { conversation, seqs }).collect()
    }
}

/// The account, for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountView {
    /// Its name in the protocol.
    pub aid: [u8; 32],
    /// Its name for people.
    pub name: String,
    /// Whether this device may still act for it.
    pub state: AccountState,
    /// Whether the key that speaks for the account is here. It is not after a backup was opened by its passphrase.
    pub can_sign: bool,
    /// How many messages there are.
    pub messages: u64,
    /// How many attachments.
    pub attachments: u64,
    /// How many bytes these have.
    pub attachment_bytes: u64,
}

/// The words of a phrase, on their way to a screen. Wiped on drop.
pub struct ShownPhrase(Zeroizing<String>);

impl ShownPhrase {
    pub(crate) fn of(phrase: &nyx_crypto::phrase::Phrase) -> Self {
        // Reserved at once: growing would leave copies behind. No word has more than eight letters.
        let mut words = Zeroizing::new(String::with_capacity(24 * 9));
        for word in phrase.words() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        Self(words)
    }

    /// The words, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }

    /// The words with a space between them.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ShownPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownPhrase(redacted)")
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}

/// "99+" says enough.
pub const UNREAD_MAX: u32 = 100;
