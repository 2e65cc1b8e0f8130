//! What a screen has in hand while it is drawn.

use super::{
    appearance::Appearance,
    engine::Engine,
    errands::{Errand, What},
    escape::Escape,
    eyes::Eyes,
    model::Model,
    pictures::Wish,
    screens::{Aside, Route, Sending},
    sight::Sight,
    theme::Theme,
    times::Now,
};
use crate::text::Texts;
use nyx_p2p::{Command, ConversationId, Draft, MessageId, Reach, RequestId};
use std::{
    ops::RangeInclusive,
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// What a screen has in hand while it is drawn.
pub struct Cx<'a> {
    /// What is known.
    pub model: &'a Model,
    /// Every sentence.
    pub texts: &'a Texts,
    /// Every colour.
    pub theme: &'a Theme,
    /// How the window looks; a change is seen in the next frame and kept.
    pub appearance: &'a mut Appearance,
    /// The time of this frame.
    pub now: &'a Now,
    /// By the clock that only goes forward, and goes on while the machine sleeps.
    pub passed: Duration,
    /// What the window sees with.
    pub eyes: &'a Eyes,
    /// What a meeting may use before anybody chooses.
    pub reach: &'a Reach,
    /// What Escape means in this frame.
    pub escape: Escape,
    /// What was begun in conversations that are not open.
    pub(super) aside: &'a mut Aside,
    /// The account on its way to another device.
    pub(super) sending: &'a mut Sending,
    pub(super) wishes: &'a mut Wishes,
}

/// What screens want to happen after the frame.
#[derive(Debug)]
pub(super) struct Wishes {
    pub(super) engine: Engine,
    pub(super) watched: Vec<RequestId>,
    pub(super) forgotten: Vec<RequestId>,
    pub(super) route: Option<Route>,
    /// What goes on whichever screen is shown.
    pub(super) errands: Vec<Errand>,
    /// What could not be read and is to be read again.
    pub(super) again: Vec<(ConversationId, u64)>,
    /// What is to be said, because it did not work.
    pub(super) complaints: Vec<String>,
    /// Places of conversations that are looked at.
    pub(super) places: Vec<(ConversationId, RangeInclusive<u64>)>,
    /// Files of a conversation that are looked at, and how many.
    pub(super) attached: Option<(ConversationId, usize)>,
    /// What was begun and is being kept.
    pub(super) drafts: Vec<(ConversationId, Draft)>,
    /// Pictures that are on the screen.
    pub(super) pictures: Vec<Wish>,
    /// Somebody is in: the screen that opened the vault is left.
    pub(super) is_entered: bool,
    /// Look once more whether there is a vault.
    pub(super) find_again: bool,
    /// Hide everything.
    pub(super) lock: bool,
    /// Remove everything.
    pub(super) erase: bool,
    /// A move that was not finished is over.
    pub(super) is_move_over: bool,
    /// Into the clipboard, for a while.
    pub(super) copied: Option<Zeroizing<String>>,
}

impl Wishes {
    pub(super) fn new(engine: Engine) -> Self {
        Self {
            engine,
            watched: Vec::new(),
            forgotten: Vec::new(),
            route: None,
            errands: Vec::new(),
            again: Vec::new(),
            complaints: Vec::new(),
            places: Vec::new(),
            attached: None,
            drafts: Vec::new(),
            pictures: Vec::new(),
            is_entered: false,
            find_again: false,
            lock: false,
            erase: false,
            is_move_over: false,
            copied: None,
        }
    }
}

impl Cx<'_> {
    /// Sends a command; its end and what it tells are not waited for. While the engine is behind, it waits for its turn.
    pub fn send(&mut self, command: Command) {
        self.wishes.engine.send(command);
    }

    /// Sends a command and keeps what it tells in [`Model::jobs`], until it is forgotten. `None`: the engine takes
    /// nothing at the moment; the person tries again.
    pub fn watch(&mut self, command: Command) -> Option<RequestId> {
        let id = self.wishes.engine.post(command)?;
        self.wishes.watched.push(id);
        Some(id)
    }

    /// Sends a command. If it fails, that is said, whichever screen is shown by then.
    pub fn wish(&mut self, command: Command) {
        self.errand(command, What::Wish);
    }

    /// Sends a command that goes on whichever screen is shown, and is said there.
    pub(crate) fn errand(&mut self, command: Command, what: What) {
        match self.watch(command) {
            Some(id) => self.hand_over(id, Instant::now(), what),
            None => self.complain(self.texts.get("window-busy")),
        }
    }

    /// The screen that waited for this command is left: from now on it is said wherever the person is.
    pub(crate) fn hand_over(&mut self, id: RequestId, began: Instant, what: What) {
        self.wishes.errands.push(Errand { id, what, began });
    }

    /// Says that something did not work.
    pub(crate) fn complain(&mut self, text: String) {
        self.wishes.complaints.push(text);
    }

    /// Nobody waits for this command any more.
    pub fn forget(&mut self, id: RequestId) {
        self.wishes.forgotten.push(id);
    }

    /// Asks a command to stop at the next point where nothing is half done.
    pub fn cancel(&mut self, id: RequestId) {
        self.wishes.engine.cancel(id);
    }

    /// These places are looked at: what is not in [`Model::rows`] is asked for.
    pub fn look_at(&mut self, conversation: ConversationId, places: RangeInclusive<u64>) {
        self.wishes.places.push((conversation, places));
    }

    /// So many of a conversation's newest files are looked at: what is not in [`Model::attached`] is asked for.
    pub fn look_through(&mut self, conversation: ConversationId, count: usize) {
        let count =
            self.wishes.attached.filter(|(other, _)| *other == conversation).map_or(count, |(_, more)| count.max(more));
        self.wishes.attached = Some((conversation, count));
    }

    /// What is around this place could not be read, and is to be read again now.
    pub(crate) fn read_again(&mut self, conversation: ConversationId, seq: u64) {
        self.wishes.again.push((conversation, seq));
    }

    /// What a part of the screen needs that only shows.
    pub(crate) fn sight(&mut self) -> Sight<'_> {
        let Self { model, texts, theme, now, wishes, .. } = self;
        let can_write = model.can_write();
        Sight { texts, theme, now, pictures: &model.pictures, can_write, wanted: &mut wishes.pictures }
    }

    /// The screen that opened the vault is left for the conversations. That the vault is still open the engine says alone.
    pub(super) fn enter(&mut self) {
        self.wishes.is_entered = true;
        self.go(Route::Chats);
    }

    /// Looks once more whether there is a vault that can be used.
    pub(super) fn find_again(&mut self) {
        self.wishes.find_again = true;
    }

    /// Wipes the keys from memory, after what was begun is kept.
    pub(super) fn lock(&mut self) {
        self.wishes.lock = true;
    }

    /// Removes everything, for good. The window follows.
    pub(super) fn erase(&mut self) {
        self.wishes.erase = true;
    }

    /// A move that was not finished was given up.
    pub(super) fn move_is_over(&mut self) {
        self.wishes.is_move_over = true;
    }

    /// Puts a secret into the clipboard, for a while.
    pub(super) fn copy_secret(&mut self, secret: &str) {
        self.wishes.copied = Some(Zeroizing::new(secret.to_owned()));
    }

    /// Keeps what was begun. The model knows it at once: a conversation may be opened again before the engine has told.
    pub fn keep_draft(&mut self, conversation: ConversationId, text: String, reply_to: Option<MessageId>) {
        let draft = Draft { body: text.clone(), reply_to, updated_ms: self.now.ms() };
        self.wishes.drafts.push((conversation, draft));
        self.send(Command::KeepDraft { conversation: Some(conversation), text, reply_to });
    }

    /// Another screen, after this frame.
    pub(super) fn go(&mut self, route: Route) {
        self.wishes.route = Some(route);
    }
}
