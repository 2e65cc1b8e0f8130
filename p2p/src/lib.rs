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
//! Reading order: [`Command`], [`Event`], [`Failure`]; then `engine` (which only routes) and one file a capability:
//! `account`, `notes`, `backup`, `verify`. What programs may rely on at the terminal is in `p2p/docs/terminal.md`.

mod account;
mod backup;
mod claim;
mod clock;
mod command;
mod commit;
mod creation;
mod engine;
mod event;
mod failure;
mod identity;
mod jobs;
mod notes;
mod saving;
mod verify;

pub use clock::{Clock, SystemClock};
pub use command::{BackupKey, BackupTarget, Command, NewNote, OpensBy, Passphrase, Reading};
pub use engine::{Commands, Events, PasswordCost, RequestId, Setup, Stopped, start};
pub use event::{AccountView, Event, ShownPhrase, Told};
pub use failure::{Damage, Failure, FileTrouble};

pub use nyx_crypto::{
    account::Aid,
    kdf::{Password, PasswordError, PasswordParams},
    phrase::{Phrase, PhraseError, WordCount},
};
pub use nyx_vault::{
    ConversationId, MessageId,
    model::{About, AccountState, Attachment, Author, Disappears, Draft, Edit, Message, Reaction},
};
pub use nyx_wire::identity::{DeviceName, NameError};
