//! A conversation: its messages, what can be done with them, and where the next one is written.

mod acts;
mod copying;
mod header;
mod over;
mod view;

use super::{
    aside::Aside, composer::Composer, dialogs::Dialog, files::Files, gallery::Gallery, pane, row::Shaped, side,
};
use crate::window::{
    cx::Cx,
    jobs::Jobs,
    widgets::list::{self, List},
};
use copying::Copying;
use egui::{CentralPanel, Frame, Margin, Panel, Ui, Vec2};
use nyx_p2p::{Chat, Command, ConversationId, MessageId};
use over::nothing_yet;
use std::collections::HashSet;
use view::View;

/// A conversation that is open.
pub(super) struct Conversation {
    pub(super) id: ConversationId,
    list: List,
    composer: Composer,
    dialog: Dialog,
    files: Files,
    pane_is_open: bool,
    /// It is open, and there is no room beside it.
    pane_covers: bool,
    gallery: Gallery,
    /// The message that was jumped to, and until when it is lit.
    lit: Option<(u64, f64)>,
    copying: Option<Copying>,
    /// Long texts that are shown whole.
    unfolded: HashSet<MessageId>,
    /// The first message that was not read when the conversation was opened.
    first_new: Option<u64>,
    /// What was told to be read.
    read_to: u64,
    at_bottom: bool,
    /// Messages further down than the person has ever been.
    new: u64,
    /// What the texts were measured for.
    measured: Option<(crate::text::Language, Vec<String>)>,
    shaped: Shaped,
}

/// What somebody wants that is not this conversation's to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Leads {
    /// Back to the conversations.
    Back,
    /// To search here.
    Search,
}

impl Conversation {
    pub(super) fn open(cx: &mut Cx<'_>, chat: &Chat) -> Self {
        let read = chat.conversation.read_seq;
        let (aside, lost) = cx.aside.take(chat.conversation.id);
        let mut composer = aside.unwrap_or_else(|| Composer::with(chat.draft.as_ref()));
        composer.has_lost(cx, lost);
        Self {
            id: chat.conversation.id,
            list: List::new("messages"),
            composer,
            dialog: Dialog::default(),
            files: Files::default(),
            pane_is_open: false,
            pane_covers: false,
            gallery: Gallery::default(),
            lit: None,
            copying: None,
            unfolded: HashSet::new(),
            first_new: (chat.unread > 0).then_some(read + 1),
            read_to: read,
            at_bottom: true,
            new: 0,
            measured: None,
            shaped: Shaped::default(),
        }
    }

    /// Goes to a message and lights it.
    pub(super) fn jump(&mut self, seq: u64) {
        self.list.jump_to(seq, list::Align::Center);
        // It is lit from when it is there; a jump far back may take a moment.
        self.lit = Some((seq, f64::INFINITY));
    }

    pub(super) fn focus(&mut self) {
        self.composer.focus();
    }

    /// What was begun is kept.
    pub(super) fn keep(&mut self, cx: &mut Cx<'_>) {
        self.composer.keep(cx, self.id);
    }

    /// Something else takes its place; what was begun waits for it.
    pub(super) fn put_aside(&mut self, cx: &mut Cx<'_>) {
        self.keep(cx);
        self.composer.close();
        if self.composer.holds_more_than_words() {
            cx.aside.put(self.id, std::mem::take(&mut self.composer));
        }
    }

    /// The vault is locked, and so many files that were attached here are let go.
    pub(super) fn let_go(&self, aside: &mut Aside, jobs: &Jobs) {
        aside.count(self.id, self.composer.files(jobs));
    }

    /// Whether something lies over it that takes the keys.
    pub(super) fn is_covered(&self) -> bool {
        !matches!(self.dialog, Dialog::None)
    }

    /// Leaves the innermost thing that can be left; whether there was one.
    pub(super) fn escape(&mut self) -> bool {
        self.composer.escape() || std::mem::take(&mut self.pane_is_open)
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        chat: &Chat,
        is_narrow: bool,
        marked: &[String],
    ) -> Option<Leads> {
        let mut leads = None;
        let palette = cx.theme.palette;
        if cx.model.can_write() {
            self.take_dropped(ui);
        }
        self.files.poll(cx);
        let bar = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(12, 8));
        Panel::top("conversation").frame(bar).show_separator_line(false).show(ui, |ui| {
            leads = self.header(ui, cx, chat, is_narrow);
        });
        if self.pane_is_open {
            let is_narrow = is_narrow || ui.available_width() < 620.0;
            let over = pane::show(ui, cx, chat, is_narrow, &mut self.dialog, &mut self.gallery);
            self.pane_covers = over.covers;
            if over.closed {
                self.pane_is_open = false;
                self.composer.focus();
            }
            for (id, act) in over.acts {
                self.act(ui, cx, id, act);
            }
            if over.covers {
                self.dialogs(ui, cx);
                return leads;
            }
        }
        let id = self.id;
        let model = cx.model;
        let mut wanted = super::composer::Wanted::default();
        let below = Frame::new().fill(palette.ground).inner_margin(Margin { left: 12, right: 12, top: 6, bottom: 12 });
        Panel::bottom("composer").frame(below).show_separator_line(false).show(ui, |ui| {
            let said = |message: MessageId| {
                let row = model.rows.find(id, message)?;
                let attached = row
                    .message
                    .attachments
                    .first()
                    .and_then(|file| file.about.as_ref())
                    .map(|about| about.name.clone());
                row.message.body.clone().filter(|body| !body.is_empty()).or(attached)
            };
            if self.copying.as_ref().is_some_and(|copying| copying.show(ui, cx)) {
                self.copying = None;
            }
            if model.can_write() {
                wanted = self.composer.show(ui, cx, id, said);
            } else {
                self.composer.show_read_only(ui, cx, id);
            }
        });
        if wanted.sent {
            self.list.to_bottom();
            self.first_new = None;
        }
        if wanted.pages != 0.0 {
            self.list.page(wanted.pages);
        }
        if wanted.edit_newest {
            self.edit_newest(cx, chat);
        }
        CentralPanel::default().frame(Frame::new().fill(palette.ground)).show(ui, |ui| {
            let room = ui.available_rect_before_wrap();
            if chat.ends.is_some() {
                self.messages(ui, cx, chat, marked);
                self.down_button(ui, cx, room);
            } else {
                nothing_yet(ui, cx);
            }
            if cx.model.can_write() {
                self.drop_overlay(ui, cx, room);
            }
        });
        self.dialogs(ui, cx);
        leads
    }

    fn messages(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, chat: &Chat, marked: &[String]) {
        self.list.set_ends(chat.ends);
        let measured = (cx.texts.language(), marked.to_vec());
        if self.measured.as_ref() != Some(&measured) {
            self.list.all_changed();
            self.measured = Some(measured);
        }
        let time = ui.input(|input| input.time);
        if self.lit.is_some_and(|(_, until)| until <= time) {
            self.lit = None;
        }
        self.shaped.begin(ui);
        let mut acts = Vec::new();
        let name = side::name(cx, chat);
        let about = cx.texts.with("chat-messages", &[("name", name.as_str().into())]);
        let mut view = View {
            chat,
            name: &name,
            lit: self.lit.map(|(seq, _)| seq),
            unfolded: &self.unfolded,
            first_new: self.first_new,
            busy: self.dialog.message(),
            marked,
            shaped: &mut self.shaped,
            acts: &mut acts,
            cx,
        };
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let seen = self.list.show(ui, &about, &mut view);
        self.at_bottom = seen.at_bottom;
        self.new = seen.new;
        if let Some(arrived) = seen.arrived
            && let Some((seq, until)) = &mut self.lit
            && (*seq == arrived || *until == f64::INFINITY)
        {
            *until = time + LIT;
        }
        if let Some((_, until)) = self.lit
            && until.is_finite()
        {
            ui.ctx().request_repaint_after_secs((until - time).max(0.0) as f32 + 0.01);
        }
        if let Some(places) = &seen.places
            && *places.end() > self.read_to
            && ui.input(|input| input.focused)
        {
            self.read_to = *places.end();
            if chat.unread > 0 {
                cx.wish(Command::MarkRead { conversation: self.id, seq: self.read_to });
            }
        }
        // Where something is selected in a field that has the keyboard, that is meant.
        let is_copied = |command: &egui::OutputCommand| matches!(command, egui::OutputCommand::CopyText(_));
        let is_taken = ui.output(|output| output.commands.iter().any(is_copied));
        if let Some(selected) = seen.copy.filter(|_| !is_taken) {
            self.copying = Some(Copying::of(selected, time));
        }
        if let Some(copying) = &mut self.copying
            && copying.advance(ui.ctx(), cx, self.id)
        {
            self.copying = None;
        }
        if let Some(current) = seen.current {
            self.keys(ui, cx, current, &mut acts);
        }
        for (id, act) in acts {
            self.act(ui, cx, id, act);
        }
    }
}

/// Long enough to be found with the eyes.
const LIT: f64 = 2.0;
/// How many places are looked through for a message beside another one.
const NEAR: usize = 64;
