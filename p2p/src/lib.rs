//! The engine of Nyx: commands in, events out.
//!
//! One task owns all state: the account, the open vault, the clock of the automatic lock. A front end sends
//! [`Command`]s and folds [`Event`]s into what it shows; it holds no keys, opens no vault and does no I/O of its own on
//! what Nyx keeps. The window and the terminal are two consumers of the same engine.
//!
//! Invariants: state and what is to be sent go into one transaction, and only then does anything leave the device;
//! keys exist only between unlocking and locking; every queue is bounded; Argon2, SQLite and files never run on the
//! async threads; whatever takes long reports progress, can be cancelled, and leaves nothing half done. The clock and
//! the randomness are handed in with [`Setup`].
//!
//! Reading order: [`Command`], [`Event`], [`Failure`]; then `engine` (which waits, routes, and opens and gives up the vault;
//! `engine/lanes` is what runs beside it) and one place a capability: `account` (creating, opening, the keyring), `chats`
//! (conversations and what is written in them), `files` (files of the person), `backup`, `verify`, `pairing`, `moving`, `lookout`,
//! `door` (other processes of this person). What programs may rely on at the terminal is in `p2p/docs/terminal.md`.

mod account;
mod backup;
mod chats;
mod clock;
mod command;
mod commit;
mod door;
mod engine;
mod event;
mod failure;
mod files;
mod front;
mod hiding;
mod jobs;
mod lookout;
mod moving;
mod pairing;
mod settings;
mod verify;

pub use account::keyring::{Answer, Keyring, KeyringError, KeyringKey, KeyringUse, try_keyring};
pub use clock::{Clock, SystemClock};
pub use command::{
    BackupKey, BackupTarget, Command, NewNote, Notify, OpensBy, Passphrase, Query, ROWS_MAX, Reading, SaveTo, Settings,
    Source,
};
pub use door::Holder;
pub use engine::{AutoLock, PasswordCost, Setup, start};
pub use event::{AccountView, Change, Chat, Event, Picture, Quote, Row, Rows, ShownPhrase, Told, UNREAD_MAX};
pub use failure::{Damage, Failure, FileTrouble};
pub use front::{Commands, Events, NotPosted, RequestId, Stopped};
pub use lookout::Finding;
pub use moving::{Met, MoveSize, Role, Selection, Stage, Unfinished};
pub use pairing::{
    CarriedCode, CarriedKind, CodeTrouble, Form, Measured, Meet, NetTrouble, PeerTrouble, Question, Reach, Reply,
    ShownCode, ShownKind,
};

pub use nyx_crypto::pairing::Digits;
pub use nyx_crypto::{
    account::Aid,
    kdf::{Password, PasswordError, PasswordParams},
    phrase::{Phrase, PhraseError, WordCount},
};
pub use nyx_net::link::{BulkCarrier, Path};
pub use nyx_proto::moving::{Pace, Progress, Stall};
pub use nyx_vault::{
    ContactId, ConversationId, MessageId, SearchCursor,
    model::{
        About, AccountState, Attachment, AttachmentId, Author, Contact, ContactState, Conversation, ConversationKind,
        Delivery, Disappears, Draft, Edit, Message, Reaction,
    },
};
pub use nyx_wire::{
    identity::{DeviceName, NameError},
    pairing::Kind as MeetingKind,
};
