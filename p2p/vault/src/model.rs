//! What the vault keeps, as values.

use crate::blobs::StoredBlob;
use crate::ids::{ContactId, ConversationId, DeviceId, MessageId};
use nyx_wire::content::ContentHash;

/// The account that this vault belongs to. A vault has at most one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// Its name in the protocol.
    pub aid: [u8; 32],
    /// Its name for people.
    pub name: String,
    /// When it came into this vault.
    pub created_ms: i64,
    /// Whether this device may still act for it.
    pub state: AccountState,
    /// Public half of the phrase's age identity: backups can be made without the phrase.
    pub backup_public: [u8; 32],
    /// The signed certificate of the operating key, as received.
    pub opkey_cert: Vec<u8>,
    /// The signed device list, as received.
    pub device_list: Vec<u8>,
}

/// Whether this device may act for its account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AccountState {
    /// It may.
    Active,
    /// A move is past the point of no return; nothing may be written to history.
    Frozen,
    /// The account lives elsewhere now; the history can be read until its person erases it.
    Moved {
        /// The name of the other device.
        to: String,
    },
}

/// A device of the account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Device {
    /// Its name in the protocol.
    pub id: DeviceId,
    /// Its name for people.
    pub name: String,
    /// Its signed certificate, as received.
    pub certificate: Vec<u8>,
    /// Whether it is the one that this vault lies on.
    pub this: bool,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// Somebody else.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Contact {
    /// Local name; stays when the account behind it becomes known.
    pub id: ContactId,
    /// Their account, once known.
    pub aid: Option<[u8; 32]>,
    /// Their name.
    pub name: String,
    /// How far the two have come.
    pub state: ContactState,
    /// Whether the digits were compared.
    pub verified: bool,
    /// The newest device list that was accepted.
    pub pin: Option<Pin>,
    /// That list, as received.
    pub device_list: Option<Vec<u8>>,
    /// Their profile.
    pub profile: Option<Vec<u8>>,
    /// When they came into this vault.
    pub created_ms: i64,
}

/// How far two people have come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i64)]
pub enum ContactState {
    /// We asked.
    Invited = 0,
    /// They asked.
    Requested = 1,
    /// Both agreed.
    Accepted = 2,
    /// We do not want to hear from them.
    Blocked = 3,
}

/// What of a contact's device list must never go back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pin {
    /// Generation of the operating key.
    pub generation: u64,
    /// Epoch of the list.
    pub epoch: u64,
    /// Hash of the list.
    pub hash: [u8; 32],
}

/// A conversation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// With whom.
    pub kind: ConversationKind,
    /// Its title, if it has one of its own.
    pub title: String,
    /// When it began.
    pub created_ms: i64,
    /// Messages disappear this long after they were read; 0: they stay.
    pub ttl_secs: u32,
    /// Place of the newest message that ever was here.
    pub last_seq: u64,
    /// Place up to which the person has read.
    pub read_seq: u64,
}

/// With whom a conversation is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ConversationKind {
    /// With oneself.
    Notes,
    /// With a contact.
    Direct(ContactId),
}

/// Who did something.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Author {
    /// The person whose vault this is.
    Me,
    /// Somebody else.
    Contact(ContactId),
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i64)]
pub enum Delivery {
    /// It goes nowhere: a note, or it came in.
    Here = 0,
    /// It waits to be sent.
    Waiting = 1,
    /// It left.
    Sent = 2,
    /// It arrived.
    Delivered = 3,
    /// It was read.
    Read = 4,
    /// It will not be sent any more.
    Failed = 5,
}

/// A message to be added.
#[derive(Debug)]
pub struct NewMessage {
    /// Its name.
    pub id: MessageId,
    /// Where it goes.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub author: Author,
    /// When, by the author's clock.
    pub at_ms: i64,
    /// How far it has come.
    pub delivery: Delivery,
    /// Its text.
    pub body: String,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// Its files, in their order.
    pub attachments: Vec<NewAttachment>,
    /// If it disappears: how long after being read (own ones: after being sent).
    pub ttl_secs: Option<u32>,
}

/// A file to be attached; it was [stored](crate::Vault::store_blob) before.
#[derive(Debug)]
pub struct NewAttachment {
    /// Its bytes.
    pub blob: StoredBlob,
    /// What it is.
    pub about: About,
}

/// What an attachment is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct About {
    /// Name of the file.
    pub name: String,
    /// Media type, such as `image/png`.
    pub media_type: String,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels: a list can keep the space before the picture is there.
    pub height: Option<u32>,
    /// Playing time.
    pub duration_ms: Option<u64>,
    /// A small picture.
    pub preview: Option<Vec<u8>>,
}

/// A message as it is read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// Where it is.
    pub conversation: ConversationId,
    /// Its place there. Places only grow and are never given again.
    pub seq: u64,
    /// Who wrote it.
    pub author: Author,
    /// When, by the author's clock.
    pub at_ms: i64,
    /// How far it has come.
    pub delivery: Delivery,
    /// Its text; `None` once the key of a disappearing message is gone.
    pub body: Option<String>,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// When it was last edited.
    pub edited_ms: Option<i64>,
    /// Whether and when it disappears.
    pub disappears: Option<Disappears>,
    /// Its files, in their order.
    pub attachments: Vec<Attachment>,
    /// Reactions to it, the first ones first.
    pub reactions: Vec<Reaction>,
}

/// A message that is no longer there, and where it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Gone {
    /// Its name.
    pub id: MessageId,
    /// Where it was.
    pub conversation: ConversationId,
    /// Its place there, which stays empty.
    pub seq: u64,
}

/// A message that another one answers, as much of it as is shown above the answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quote {
    /// Its name.
    pub id: MessageId,
    /// Where it is. Whoever answers names any message, also one of another conversation.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: u64,
    /// Who wrote it.
    pub author: Author,
    /// The beginning of its text; `None` once the key of a disappearing message is gone.
    pub text: Option<String>,
    /// Whether its text goes on after that.
    pub is_cut: bool,
    /// Whether it has files.
    pub has_attachments: bool,
}

/// When a message disappears.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Disappears {
    /// How long it stays once its time runs.
    pub ttl_secs: u32,
    /// When its time is over; `None`: it does not run yet, because the message was not read.
    pub at_ms: Option<i64>,
}

/// An attachment as it is read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attachment {
    /// Its name, to [open](crate::Vault::open_attachment) it.
    pub id: AttachmentId,
    /// What it is; `None` once the key of a disappearing message is gone.
    pub about: Option<About>,
    /// Length in bytes.
    pub size: u64,
    /// What its content is called.
    pub content: ContentHash,
}

/// An attachment in this vault; another device numbers differently.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AttachmentId(pub i64);

/// A reaction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reaction {
    /// Who reacted.
    pub author: Author,
    /// How.
    pub emoji: String,
    /// When.
    pub at_ms: i64,
}

/// An earlier text of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Edit {
    /// When it was replaced.
    pub at_ms: i64,
    /// What it was; `None` once the key of a disappearing message is gone.
    pub body: Option<String>,
}

/// What somebody began to write.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Draft {
    /// The text.
    pub body: String,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// When it was last touched.
    pub updated_ms: i64,
}

/// A setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Setting {
    /// Its value.
    pub value: Vec<u8>,
    /// Whether it moves to another device and into a backup.
    pub moves: bool,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Conversations.
    pub conversations: u64,
    /// Contacts.
    pub contacts: u64,
    /// Messages.
    pub messages: u64,
    /// Attachments.
    pub attachments: u64,
    /// Bytes of the attachments.
    pub attachment_bytes: u64,
}

impl Author {
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Me => &[],
            Self::Contact(contact) => &contact.0,
        }
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [] => Some(Self::Me),
            id => id.try_into().ok().map(|id| Self::Contact(ContactId(id))),
        }
    }
}

impl Delivery {
    pub(crate) fn from_stored(stored: i64) -> Option<Self> {
        [Self::Here, Self::Waiting, Self::Sent, Self::Delivered, Self::Read, Self::Failed]
            .into_iter()
            .find(|state| *state as i64 == stored)
    }
}

impl ContactState {
    pub(crate) fn from_stored(stored: i64) -> Option<Self> {
        [Self::Invited, Self::Requested, Self::Accepted, Self::Blocked]
            .into_iter()
            .find(|state| *state as i64 == stored)
    }
}
