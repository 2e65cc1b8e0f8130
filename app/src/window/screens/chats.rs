//! Conversations: a list of them, the open one, and the search through all.

mod aside;
mod attach;
mod bidi;
mod composer;
mod conversation;
mod dialogs;
mod files;
mod gallery;
mod media;
mod pane;
mod prose;
pub mod row;
mod shortcuts;
mod side;

use super::Route;
use crate::window::{cx::Cx, escape::Escape, jobs::Jobs};
pub(crate) use aside::Aside;
use conversation::{Conversation, Leads};
use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Panel, Ui};
use nyx_p2p::ConversationId;
use side::{Chosen, Search};

/// What the widgets hold.
#[derive(Default)]
pub(crate) struct Chats {
    open: Option<Conversation>,
    search: Search,
    /// In a narrow window: the list is shown and not the conversation.
    shows_list: bool,
    shortcuts: bool,
    /// To go to, once the conversation is open.
    jump: Option<u64>,
    was_narrow: bool,
}

impl Chats {
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let is_narrow = ui.available_width() < NARROW;
        if is_narrow && !self.was_narrow {
            self.shows_list = self.open.is_none();
        }
        self.was_narrow = is_narrow;
        self.settle(cx, is_narrow);
        self.keys(ui, cx);
        let shows_list = !is_narrow || self.shows_list || self.search.is_open || self.open.is_none();
        let shows_chat = !is_narrow || !shows_list;
        let mut chosen = None;
        if shows_list {
            let frame = Frame::new().fill(cx.theme.palette.surface).inner_margin(Margin::symmetric(10, 10));
            let open = self.open.as_ref().map(|open| open.id);
            let mut show = |ui: &mut Ui| chosen = side::show(ui, cx, &mut self.search, open);
            if is_narrow {
                CentralPanel::default().frame(frame).show(ui, |ui| show(ui));
            } else {
                let width = (ui.available_width() * 0.32).clamp(240.0, 340.0);
                Panel::left("chats")
                    .exact_size(width)
                    .resizable(false)
                    .frame(frame)
                    .show_separator_line(false)
                    .show(ui, |ui| show(ui));
            }
        }
        if shows_chat {
            self.conversation(ui, cx, is_narrow);
        }
        if let Some(chosen) = chosen {
            self.choose(cx, chosen);
            ui.ctx().request_repaint();
        }
        if self.shortcuts && shortcuts::show(ui, cx) {
            self.shortcuts = false;
        }
    }

    /// Before the vault is locked or the window closes: what was begun is kept.
    pub(crate) fn keep(&mut self, cx: &mut Cx<'_>) {
        if let Some(open) = &mut self.open {
            open.keep(cx);
        }
    }

    /// Before something else takes the place of the conversation.
    pub(crate) fn put_aside(&mut self, cx: &mut Cx<'_>) {
        if let Some(open) = &mut self.open {
            open.put_aside(cx);
        }
    }

    /// These messages are gone.
    pub(crate) fn forget(&mut self, conversation: ConversationId, seqs: &[u64]) {
        self.search.forget(conversation, seqs);
    }

    /// The vault is locked.
    pub(crate) fn let_go(&self, aside: &mut Aside, jobs: &Jobs) {
        if let Some(open) = &self.open {
            open.let_go(aside, jobs);
        }
    }

    /// Opens the first conversation; a conversation that is gone is closed.
    fn settle(&mut self, cx: &mut Cx<'_>, is_narrow: bool) {
        let chats = &cx.model.chats;
        if self.open.as_ref().is_some_and(|open| chats.iter().all(|chat| chat.conversation.id != open.id)) {
            self.open = None;
        }
        if self.open.is_none()
            && let Some(first) = chats.first()
        {
            self.open = Some(Conversation::open(cx, first));
            self.shows_list = is_narrow && chats.len() > 1;
        }
    }

    fn conversation(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, is_narrow: bool) {
        let model = cx.model;
        let words = self.search.words();
        let chat = self.open.as_ref().and_then(|open| model.chats.iter().find(|chat| chat.conversation.id == open.id));
        let (Some(open), Some(chat)) = (&mut self.open, chat) else {
            CentralPanel::default().frame(Frame::new().fill(cx.theme.palette.ground)).show(ui, |_| {});
            return;
        };
        if let Some(seq) = self.jump.take() {
            open.jump(seq);
        }
        match open.show(ui, cx, chat, is_narrow, &words) {
            Some(Leads::Back) => self.shows_list = true,
            Some(Leads::Search) => self.search.open(Some(open.id)),
            None => {}
        }
    }

    fn choose(&mut self, cx: &mut Cx<'_>, chosen: Chosen) {
        match chosen {
            Chosen::Chat(id) => {
                self.go(cx, id);
                self.shows_list = false;
                if let Some(open) = &mut self.open {
                    open.focus();
                }
            }
            Chosen::Found { conversation, seq } => {
                self.go(cx, conversation);
                self.jump = Some(seq);
                if self.was_narrow {
                    self.search.close(cx);
                    self.shows_list = false;
                }
            }
            Chosen::Lock => cx.lock(),
            Chosen::Settings => cx.go(Route::Settings),
            Chosen::Shortcuts => self.shortcuts = true,
        }
    }

    fn go(&mut self, cx: &mut Cx<'_>, id: ConversationId) {
        if self.open.as_ref().is_some_and(|open| open.id == id) {
            return;
        }
        self.put_aside(cx);
        let chat = cx.model.chats.iter().find(|chat| chat.conversation.id == id);
        self.open = chat.map(|chat| Conversation::open(cx, chat));
    }

    fn keys(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let both = Modifiers::COMMAND | Modifiers::SHIFT;
        if pressed(both, Key::F) {
            self.search.open(None);
        } else if pressed(Modifiers::COMMAND, Key::F) {
            self.search.open(self.open.as_ref().map(|open| open.id));
        } else if pressed(Modifiers::NONE, Key::F1) || pressed(Modifiers::COMMAND, Key::Slash) {
            self.shortcuts = !self.shortcuts;
        }
        if self.open.as_ref().is_some_and(Conversation::is_covered) {
            return;
        }
        if cx.escape == Escape::Nothing {
            return;
        }
        if self.search.is_open {
            self.search.close(cx);
        } else if self.open.as_mut().is_some_and(Conversation::escape) {
            return;
        }
        if let Some(open) = &mut self.open {
            open.focus();
        }
    }
}

/// Below, there is room for one side only.
const NARROW: f32 = 700.0;
