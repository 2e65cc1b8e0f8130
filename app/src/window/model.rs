//! What is known, folded from the events of the engine. Screens read it and never change it.

use super::{attached::Attached, jobs::Jobs, pictures::Pictures, rows::RowCache};
use nyx_p2p::{
    AccountState, AccountView, Change, Chat, ConversationId, Draft, Event, Failure, KeyringUse, Settings, Told,
    Unfinished,
};
use std::collections::HashMap;

/// What is known.
#[derive(Debug, Default)]
pub struct Model {
    /// How the vault stands.
    pub vault: VaultState,
    /// How the desktop's keyring and the vault stand to each other.
    pub keyring: KeyringUse,
    /// Whether the keyring may open it now: only when the program starts, and not what was locked since.
    pub(super) opens_by_keyring: bool,
    /// The account, while it is open.
    pub account: Option<AccountView>,
    /// A move that was begun and is not over.
    pub unfinished: Option<Unfinished>,
    /// Its settings, while it is open.
    pub settings: Settings,
    /// Its conversations, while it is open.
    pub chats: Vec<Chat>,
    /// The messages around what is looked at.
    pub rows: RowCache,
    /// The files of a conversation that is looked through.
    pub attached: Attached,
    /// Pictures of messages.
    pub pictures: Pictures,
    /// The commands that screens wait for.
    pub jobs: Jobs,
    /// Whether the list of conversations is not as it was told any more.
    pub(super) chats_are_stale: bool,
    /// What was begun and is not known to be kept yet. A list that was asked for earlier does not have it.
    pub(super) unkept: HashMap<ConversationId, Unkept>,
}

/// What was begun, and why it could not be kept, if that was tried.
#[derive(Debug)]
pub(super) struct Unkept {
    draft: Draft,
    why: Option<Failure>,
}

/// Whether what was begun is in the vault.
#[derive(Debug)]
pub(super) enum Keeping<'a> {
    /// It is.
    Kept,
    /// It is being kept.
    UnderWay,
    /// It could not be kept.
    Failed(&'a Failure),
}

/// How the vault stands.
#[derive(Debug, Default)]
pub enum VaultState {
    /// It is being looked for.
    #[default]
    Unknown,
    /// There is none.
    Missing,
    /// It is there and its keys are not in memory.
    Locked,
    /// It is open.
    Open,
    /// It can't be used, for this reason.
    Unusable(Failure),
}

impl Model {
    /// Whether anything may be written here: not while the account is handed over, nor once it lives elsewhere.
    #[must_use]
    pub fn can_write(&self) -> bool {
        self.account.as_ref().is_none_or(|account| account.state == AccountState::Active)
    }

    /// Takes one event in.
    pub(super) fn fold(&mut self, told: Told) {
        let event = match told.event {
            // These concern everybody, whoever asked.
            Event::Opened => {
                self.vault = VaultState::Open;
                self.chats_are_stale = true;
                return;
            }
            Event::Account(account) => {
                if matches!(account.state, AccountState::Moved { .. }) {
                    // Whatever was left to say of a move has been said.
                    self.unfinished = None;
                }
                self.account = Some(account);
                return;
            }
            Event::Locked => return self.lock(),
            Event::Unfinished(unfinished) => {
                self.unfinished = Some(unfinished);
                return;
            }
            Event::Settings(settings) => {
                self.settings = settings;
                return;
            }
            Event::Keyring(keyring) => {
                self.keyring = keyring;
                self.opens_by_keyring = keyring == KeyringUse::On;
                return;
            }
            Event::Chats(chats) => {
                self.chats = chats;
                for chat in &mut self.chats {
                    if let Some(unkept) = self.unkept.get(&chat.conversation.id) {
                        chat.draft = something(unkept.draft.clone());
                    }
                }
                return;
            }
            Event::Changed(change) => {
                self.rows.change(&change);
                if let Change::Removed { conversation, seqs } = &change {
                    self.jobs.forget_messages(*conversation, seqs);
                }
                self.attached.change(&change);
                self.chats_are_stale = true;
                return;
            }
            event => event,
        };
        let Some(by) = told.by else { return };
        let Some(event) = self.rows.fold(by, event) else { return };
        let Some(event) = self.attached.fold(by, event) else { return };
        let Some(event) = self.pictures.fold(by, event) else { return };
        self.jobs.fold(by, event);
    }

    /// This was begun, and will be kept.
    pub(super) fn begun(&mut self, conversation: ConversationId, draft: Draft) {
        if let Some(chat) = self.chats.iter_mut().find(|chat| chat.conversation.id == conversation) {
            chat.draft = something(draft.clone());
        }
        self.unkept.insert(conversation, Unkept { draft, why: None });
    }

    /// What was begun last in a conversation is kept, or could not be.
    pub(super) fn ended_draft(&mut self, conversation: ConversationId, event: Event) {
        if let Event::Failed(failure) = event {
            if let Some(unkept) = self.unkept.get_mut(&conversation) {
                unkept.why = Some(failure);
            }
        } else {
            self.unkept.remove(&conversation);
        }
    }

    /// Whether what was begun in a conversation is in the vault.
    pub(super) fn keeping(&self, conversation: ConversationId) -> Keeping<'_> {
        match self.unkept.get(&conversation) {
            None => Keeping::Kept,
            Some(Unkept { why: None, .. }) => Keeping::UnderWay,
            Some(Unkept { why: Some(failure), .. }) => Keeping::Failed(failure),
        }
    }

    /// Forgets everything that the vault had said. What a screen still waits for stays: coming back by the phrase gives the
    /// vault up first. Screens of an open vault end with it, and then nobody waits.
    fn lock(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        *self = Self { vault: VaultState::Locked, keyring: self.keyring, jobs, ..Self::default() };
    }
}

/// An empty draft is none.
fn something(draft: Draft) -> Option<Draft> {
    (!draft.body.is_empty() || draft.reply_to.is_some()).then_some(draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_p2p::{AccountState, Conversation, ConversationKind};

    fn listed(model: &mut Model, id: ConversationId) {
        let conversation = Conversation {
            id,
            kind: ConversationKind::Notes,
            title: String::new(),
            created_ms: 0,
            ttl_secs: 0,
            last_seq: 0,
            read_seq: 0,
        };
        let chat = Chat { conversation, contact: None, newest: None, ends: None, unread: 0, draft: None };
        model.fold(Told { by: None, event: Event::Chats(vec![chat]) });
    }

    #[test]
    fn only_the_engine_says_that_the_vault_is_open_and_what_it_said_last_counts() {
        let mut model = Model::default();
        let told = |event| Told { by: None, event };
        for event in [Event::Opened, Event::Locked] {
            model.fold(told(event));
        }
        // An answer of before the lock that a screen reads only now.
        let account = AccountView {
            aid: [1; 32],
            name: "Sari".to_owned(),
            state: AccountState::Active,
            can_sign: true,
            messages: 0,
            attachments: 0,
            attachment_bytes: 0,
        };
        model.fold(told(Event::Account(account)));
        assert!(matches!(model.vault, VaultState::Locked), "{:?}", model.vault);
        model.fold(told(Event::Opened));
        assert!(matches!(model.vault, VaultState::Open) && model.chats_are_stale);
    }

    #[test]
    fn a_list_that_was_asked_for_before_takes_no_draft_away() {
        let (mut model, id) = (Model::default(), ConversationId([1; 16]));
        listed(&mut model, id);
        model.begun(id, Draft { body: "half a thou".to_owned(), reply_to: None, updated_ms: 1 });
        listed(&mut model, id);
        assert!(model.chats[0].draft.is_some(), "an earlier list took the draft away");
        model.ended_draft(id, Event::Failed(Failure::Busy));
        listed(&mut model, id);
        assert!(model.chats[0].draft.is_some(), "it could not be kept, and is still what was begun");
        model.ended_draft(id, Event::Done);
        listed(&mut model, id);
        assert!(model.chats[0].draft.is_none(), "what the vault says counts again");
    }
}
