//! The search through all conversations, or one of them.

use super::{
    super::{
        prose::{self, Ink, Prose},
        row,
    },
    Chosen, field, ground, name,
};
use crate::window::{
    cx::Cx,
    icons::{self, icon_button},
    widgets::task::Task,
};
use egui::{
    Align, Id, Key, Layout, Modifiers, Rect, Response, RichText, ScrollArea, TextStyle, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, pos2, vec2,
};
use nyx_p2p::{Author, Command, ConversationId, Event, Message, Query, SearchCursor};
use std::collections::HashSet;

/// A search, as long as it is open.
#[derive(Default)]
pub(in super::super) struct Search {
    pub(in super::super) is_open: bool,
    pub(super) words: String,
    /// Only in this conversation.
    pub(in super::super) within: Option<ConversationId>,
    /// What was asked last.
    asked: Option<(String, Option<ConversationId>)>,
    pub(super) typed_at: f64,
    task: Task,
    taken: usize,
    found: Vec<Found>,
    /// Messages that went while the search was open: an answer may be older than that.
    gone: HashSet<(ConversationId, u64)>,
    next: Option<SearchCursor>,
    chosen: usize,
    wants_focus: bool,
    /// The chosen result is to be scrolled into view.
    moved: bool,
}

impl Search {
    pub(in super::super) fn open(&mut self, within: Option<ConversationId>) {
        self.is_open = true;
        self.within = within;
        self.wants_focus = true;
    }

    pub(in super::super) fn close(&mut self, cx: &mut Cx<'_>) {
        self.task.end(cx);
        *self = Self::default();
    }

    /// The words that are searched for.
    pub(in super::super) fn words(&self) -> Vec<String> {
        if !self.is_open {
            return Vec::new();
        }
        self.words.split_whitespace().map(str::to_owned).collect()
    }

    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) -> Option<Chosen> {
        let mut chosen = None;
        let has_focus = ui.memory(|memory| memory.has_focus(field_id()));
        if has_focus {
            chosen = self.keys(ui);
        }
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::CLOSE, &cx.texts.get("search-close")).clicked() {
                    self.is_open = false;
                }
                let response = field(ui, cx, &mut self.words, field_id());
                if response.changed() {
                    self.typed_at = ui.input(|input| input.time);
                }
                if std::mem::take(&mut self.wants_focus) {
                    response.request_focus();
                }
            });
        });
        if self.within.is_some() {
            ui.horizontal_wrapped(|ui| {
                let here = cx.texts.with("search-within", &[("name", cx.texts.get("chat-notes").into())]);
                ui.label(RichText::new(here).small().color(cx.theme.palette.quiet));
                if ui.link(RichText::new(cx.texts.get("search-everywhere")).small()).clicked() {
                    self.within = None;
                    self.wants_focus = true;
                }
            });
        }
        self.ask(ui, cx);
        self.take(cx);
        self.results(ui, cx, &mut chosen);
        chosen
    }

    /// These messages are gone: nothing of them stays here.
    pub(in super::super) fn forget(&mut self, conversation: ConversationId, seqs: &[u64]) {
        if self.is_open {
            self.gone.extend(seqs.iter().map(|seq| (conversation, *seq)));
            self.found.retain(|found| !self.gone.contains(&(found.conversation, found.seq)));
            self.chosen = self.chosen.min(self.found.len().saturating_sub(1));
        }
    }

    fn keys(&mut self, ui: &Ui) -> Option<Chosen> {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let last = self.found.len().saturating_sub(1);
        if pressed(Key::ArrowDown) {
            self.chosen = (self.chosen + 1).min(last);
            self.moved = true;
        }
        if pressed(Key::ArrowUp) {
            self.chosen = self.chosen.saturating_sub(1);
            self.moved = true;
        }
        if !pressed(Key::Enter) {
            return None;
        }
        self.wants_focus = true;
        self.found.get(self.chosen).map(Found::chosen)
    }

    /// Asks once nobody has typed for a moment.
    fn ask(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let wish = (self.words.trim().to_owned(), self.within);
        if self.asked.as_ref() == Some(&wish) {
            return;
        }
        let waited = ui.input(|input| input.time) - self.typed_at;
        if waited < TYPING {
            ui.ctx().request_repaint_after_secs((TYPING - waited) as f32 + 0.01);
            return;
        }
        self.found.clear();
        self.taken = 0;
        self.chosen = 0;
        self.next = None;
        if wish.0.is_empty() {
            self.task.end(cx);
        } else {
            self.task
                .begin(cx, Command::Search(Query { words: wish.0.clone(), within: wish.1, after: None, limit: PAGE }));
        }
        self.asked = Some(wish);
    }

    fn take(&mut self, cx: &Cx<'_>) {
        let Some(job) = self.task.job(cx) else { return };
        for event in &job.heard[self.taken.min(job.heard.len())..] {
            if let Event::Found { found, next } = event {
                let words = self.asked.as_ref().map_or("", |(words, _)| words);
                let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
                let still = found.iter().filter(|message| !self.gone.contains(&(message.conversation, message.seq)));
                self.found.extend(still.map(|message| Found::of(message, &words)));
                self.next = *next;
            }
        }
        self.taken = job.heard.len();
    }

    fn results(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, chosen: &mut Option<Chosen>) {
        self.task.show_failure(ui, cx);
        let is_over = self.task.is_done(cx);
        if self.words.trim().is_empty() {
            ui.label(RichText::new(cx.texts.get("search-hint")).color(cx.theme.palette.quiet));
            return;
        }
        if self.found.is_empty() {
            if is_over {
                ui.label(cx.texts.get("search-none"));
            } else if self.task.is_running(cx) {
                ui.label(RichText::new(cx.texts.get("search-running")).color(cx.theme.palette.quiet));
            }
            return;
        }
        let words = self.words();
        let mut at_end = false;
        ScrollArea::vertical().id_salt("found").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (index, one) in self.found.iter().enumerate() {
                let is_chosen = index == self.chosen;
                let response = found(ui, cx, one, &words, is_chosen);
                if is_chosen && self.moved {
                    response.scroll_to_me(None);
                }
                at_end = ui.is_rect_visible(response.rect);
                if response.clicked() {
                    self.chosen = index;
                    *chosen = Some(one.chosen());
                }
            }
        });
        self.moved = false;
        if at_end
            && is_over
            && let Some(after) = self.next.take()
            && let Some((words, within)) = self.asked.clone()
        {
            self.taken = 0;
            self.task.begin(cx, Command::Search(Query { words, within, after: Some(after), limit: PAGE }));
        }
    }
}

/// A message that was found, as far as it is shown.
struct Found {
    conversation: ConversationId,
    seq: u64,
    at_ms: i64,
    is_mine: bool,
    /// What it says around what was searched for.
    snippet: String,
}

impl Found {
    fn of(message: &Message, words: &[String]) -> Self {
        let files = message.attachments.iter().filter_map(|attachment| attachment.about.as_ref());
        let parts = message.body.as_deref().into_iter().chain(files.map(|about| about.name.as_str()));
        let said = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        Self {
            conversation: message.conversation,
            seq: message.seq,
            at_ms: message.at_ms,
            is_mine: message.author == Author::Me,
            snippet: prose::snippet(&said, words),
        }
    }

    const fn chosen(&self) -> Chosen {
        Chosen::Found { conversation: self.conversation, seq: self.seq }
    }
}

fn found(ui: &mut Ui, cx: &Cx<'_>, found: &Found, words: &[String], is_chosen: bool) -> Response {
    let palette = &cx.theme.palette;
    let (rect, response) = ground(ui, cx, 76.0, is_chosen);
    let chat = cx.model.chats.iter().find(|chat| chat.conversation.id == found.conversation);
    let name = chat.map_or_else(String::new, |chat| name(cx, chat));
    let from = if found.is_mine { cx.texts.get("chat-you") } else { name.clone() };
    let at = cx.now.short(cx.texts, found.at_ms);
    response.widget_info(|| {
        let said = cx.texts.with(
            "chat-message",
            &[("from", from.as_str().into()), ("at", at.as_str().into()), ("text", found.snippet.as_str().into())],
        );
        WidgetInfo::selected(Role::Button, true, is_chosen, said)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let inside = rect.shrink2(vec2(12.0, 8.0));
    let small = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter();
    let at = painter.layout_no_wrap(at, small.clone(), palette.quiet);
    painter.galley(pos2(inside.right() - at.size().x, inside.top()), at, palette.quiet);
    let name = painter.layout_no_wrap(name, small, palette.accent);
    painter.galley(inside.min, name, palette.accent);
    let mark = palette.warning.gamma_multiply(0.45);
    let ink = Ink { size: 14.0, text: palette.text, link: palette.text, mark };
    let mut prose =
        Prose::of(&found.snippet, ink, words, inside.width(), |piece| row::wide(ui.painter(), piece, ink.size));
    prose.job.wrap.max_rows = 2;
    let below = Rect::from_min_max(pos2(inside.left(), inside.top() + 18.0), inside.max);
    let child = ui.new_child(UiBuilder::new().max_rect(below));
    let galley = child.painter().layout_job(prose.job);
    let at = if prose.is_rtl { below.right_top() } else { below.left_top() };
    child.painter().galley(at, galley, palette.text);
    response
}

fn field_id() -> Id {
    Id::unique("search field")
}

/// Nobody waits for the answer to half a word.
const TYPING: f64 = 0.15;
/// Results are told so many at a time.
const PAGE: usize = 40;
