//! The screens, one file each, and the ways between them.

mod chats;
mod create;
mod finding;
mod meeting;
mod moving;
mod receive;
mod recover;
mod restore;
mod sending;
mod settings;
mod unlock;
mod welcome;

use super::{cx::Cx, jobs::Jobs};
pub(super) use chats::Aside;
pub use chats::row as message;
use egui::Ui;
pub(super) use moving::unfinished_in_words;
use nyx_p2p::{CarriedCode, ConversationId};
pub(super) use sending::Sending;

/// Where to go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Route {
    /// First start: the ways to an account.
    Welcome,
    /// A new account.
    Create,
    /// Back with the phrase.
    Recover,
    /// Back from a backup.
    Restore,
    /// The password.
    Unlock,
    /// Conversations.
    Chats,
    /// Settings.
    Settings,
    /// Settings, where the account goes to another device.
    Transfer,
    /// The account of another device comes here.
    Receive,
}

/// The screen that is shown, with what its widgets hold.
pub(super) enum Screen {
    Finding,
    Welcome(welcome::Welcome),
    Create(Box<create::Create>),
    Recover(Box<recover::Recover>),
    Restore(Box<restore::Restore>),
    Unlock(Box<unlock::Unlock>),
    Chats(Box<chats::Chats>),
    Settings(Box<settings::Settings>),
    Receive(Box<receive::Receive>),
}

impl Screen {
    pub(super) fn of(route: Route) -> Self {
        match route {
            Route::Welcome => Self::Welcome(welcome::Welcome::default()),
            Route::Create => Self::Create(Box::default()),
            Route::Recover => Self::Recover(Box::default()),
            Route::Restore => Self::Restore(Box::default()),
            Route::Unlock => Self::Unlock(Box::default()),
            Route::Chats => Self::Chats(Box::default()),
            Route::Settings => Self::Settings(Box::default()),
            Route::Transfer => Self::Settings(Box::new(settings::Settings::transferring())),
            Route::Receive => Self::Receive(Box::default()),
        }
    }

    /// The account of another device comes here, with the code of that one.
    pub(super) fn receiving(code: CarriedCode) -> Self {
        let mut screen = Box::<receive::Receive>::default();
        screen.follow(code);
        Self::Receive(screen)
    }

    /// The page that tries the link to another device, with the code of the other one.
    pub(super) fn connecting(code: CarriedCode) -> Self {
        Self::Settings(Box::new(settings::Settings::connecting(code)))
    }

    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        match self {
            Self::Finding => finding::show(ui, cx),
            Self::Welcome(screen) => screen.show(ui, cx),
            Self::Create(screen) => screen.show(ui, cx),
            Self::Recover(screen) => screen.show(ui, cx),
            Self::Restore(screen) => screen.show(ui, cx),
            Self::Unlock(screen) => screen.show(ui, cx),
            Self::Chats(screen) => screen.show(ui, cx),
            Self::Settings(screen) => screen.show(ui, cx),
            Self::Receive(screen) => screen.show(ui, cx),
        }
    }

    /// Before the vault is locked or the window closes: what was begun is kept.
    pub(super) fn keep(&mut self, cx: &mut Cx<'_>) {
        match self {
            Self::Chats(screen) => screen.keep(cx),
            Self::Settings(screen) => screen.leave(cx),
            _ => {}
        }
        Aside::keep(cx);
    }

    /// Before another screen takes its place.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        match self {
            Self::Chats(screen) => screen.put_aside(cx),
            Self::Settings(screen) => screen.leave(cx),
            Self::Receive(screen) => screen.leave(cx),
            _ => {}
        }
    }

    /// These messages are gone: nothing of them stays on the screen.
    pub(super) fn forget(&mut self, conversation: ConversationId, seqs: &[u64]) {
        if let Self::Chats(screen) = self {
            screen.forget(conversation, seqs);
        }
    }

    /// The vault is locked.
    pub(super) fn let_go(&self, aside: &mut Aside, jobs: &Jobs) {
        if let Self::Chats(screen) = self {
            screen.let_go(aside, jobs);
        }
    }

    /// Whether it is the page on which the account goes to another device.
    pub(super) fn is_transfer(&self) -> bool {
        matches!(self, Self::Settings(screen) if screen.is_transfer())
    }

    /// Whether it shows something of an open vault.
    pub(super) const fn needs_vault(&self) -> bool {
        matches!(self, Self::Chats(_) | Self::Settings(_))
    }
}
