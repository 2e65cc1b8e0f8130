//! What was begun in conversations that are not open at the moment: files that wait, messages on their way, half a
//! change. Words alone need no place here: they are in the draft.

use super::composer::Composer;
use crate::window::{cx::Cx, jobs::Jobs};
use nyx_p2p::ConversationId;
use std::collections::HashMap;

/// What was begun elsewhere.
#[derive(Default)]
pub(crate) struct Aside {
    composers: HashMap<ConversationId, Composer>,
    /// How many files were let go when the vault was locked: what they are called is not to be known while it is.
    let_go: HashMap<ConversationId, usize>,
}

impl Aside {
    /// Puts what was begun in a conversation aside.
    pub(super) fn put(&mut self, conversation: ConversationId, composer: Composer) {
        self.composers.insert(conversation, composer);
    }

    /// What was begun in a conversation, and how many of its files were let go since it was open.
    pub(super) fn take(&mut self, conversation: ConversationId) -> (Option<Composer>, usize) {
        (self.composers.remove(&conversation), self.let_go.remove(&conversation).unwrap_or(0))
    }

    /// Before the vault is locked: what is begun here is kept as drafts.
    pub(crate) fn keep(cx: &mut Cx<'_>) {
        for (id, mut composer) in std::mem::take(&mut cx.aside.composers) {
            composer.keep(cx, id);
            cx.aside.composers.insert(id, composer);
        }
    }

    /// The vault is locked: nothing of it stays.
    pub(crate) fn let_go(&mut self, jobs: &Jobs) {
        for (id, composer) in std::mem::take(&mut self.composers) {
            self.count(id, composer.files(jobs));
        }
    }

    /// So many files of a conversation are let go.
    pub(super) fn count(&mut self, conversation: ConversationId, files: usize) {
        if files > 0 {
            *self.let_go.entry(conversation).or_default() += files;
        }
    }
}
