//! What a front end hears.

use crate::{
    command::OpensBy,
    engine::RequestId,
    failure::{Damage, Failure},
};
use nyx_vault::{
    MessageId,
    model::{AccountState, Draft, Edit, Message},
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
    /// What was begun.
    Draft(Option<Draft>),
    /// Earlier texts of a message.
    Edits(Vec<Edit>),
    /// Messages that are over.
    Disappeared(Vec<MessageId>),
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
    /// The command is done.
    Done,
    /// The command was not done.
    Failed(Failure),
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
