//! The left side: conversations, and what a search found.

use super::prose::{self, Ink, Prose};
use crate::window::{
    cx::Cx,
    fonts,
    icons::{self, icon_button},
    theme::{space, type_scale},
    widgets::task::Task,
};
use egui::{
    Align, CornerRadius, FontId, Id, Key, Layout, Modifiers, Rect, Response, RichText, ScrollArea, Sense, Stroke,
    StrokeKind, TextEdit, TextStyle, Ui, UiBuilder, WidgetInfo, accesskit::Role, pos2, vec2,
};
use nyx_p2p::{Author, Chat, Command, ConversationId, Event, Message, Query, SearchCursor};

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Chosen {
    /// A conversation.
    Chat(ConversationId),
    /// A message that a search found.
    Found { conversation: ConversationId, seq: u64 },
    /// To hide everything.
    Lock,
    /// The settings.
    Settings,
    /// What keys do.
    Shortcuts,
}

/// A search, as long as it is open.
#[derive(Default)]
pub(super) struct Search {
    pub(super) is_open: bool,
    words: String,
    /// Only in this conversation.
    pub(super) within: Option<ConversationId>,
    /// What was asked last.
    asked: Option<(String, Option<ConversationId>)>,
    typed_at: f64,
    task: Task,
    taken: usize,
    found: Vec<Message>,
    next: Option<SearchCursor>,
    chosen: usize,
    wants_focus: bool,
    /// The chosen result is to be scrolled into view.
    moved: bool,
}

impl Search {
    pub(super) fn open(&mut self, within: Option<ConversationId>) {
        self.is_open = true;
        self.within = within;
        self.wants_focus = true;
    }

    pub(super) fn close(&mut self, cx: &mut Cx<'_>) {
        self.task.end(cx);
        *self = Self::default();
    }

    /// The words that are searched for.
    pub(super) fn words(&self) -> Vec<String> {
        if !self.is_open {
            return Vec::new();
        }
        self.words.split_whitespace().map(str::to_owned).collect()
    }

    fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) -> Option<Chosen> {
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
        self.found
            .get(self.chosen)
            .map(|message| Chosen::Found { conversation: message.conversation, seq: message.seq })
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
                self.found.extend(found.iter().cloned());
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
            for (index, message) in self.found.iter().enumerate() {
                let is_chosen = index == self.chosen;
                let response = found(ui, cx, message, &words, is_chosen);
                if is_chosen && self.moved {
                    response.scroll_to_me(None);
                }
                at_end = ui.is_rect_visible(response.rect);
                if response.clicked() {
                    self.chosen = index;
                    *chosen = Some(Chosen::Found { conversation: message.conversation, seq: message.seq });
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

/// Draws the left side.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, search: &mut Search, open: Option<ConversationId>) -> Option<Chosen> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = space::S;
    ui.horizontal(|ui| {
        ui.add_space(space::XS);
        ui.label(RichText::new(cx.texts.get("chats-title")).text_style(type_scale::title()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if icon_button(ui, icons::LOCK, &cx.texts.get("chats-lock")).clicked() {
                chosen = Some(Chosen::Lock);
            }
            if icon_button(ui, icons::SETTINGS, &cx.texts.get("chats-settings")).clicked() {
                chosen = Some(Chosen::Settings);
            }
            if icon_button(ui, icons::HELP, &cx.texts.get("chats-shortcuts")).clicked() {
                chosen = Some(Chosen::Shortcuts);
            }
        });
    });
    if search.is_open {
        return chosen.or(search.show(ui, cx));
    }
    let response = field(ui, cx, &mut search.words, Id::unique("search field at rest"));
    if response.clicked() || response.changed() {
        search.open(None);
        search.typed_at = ui.input(|input| input.time);
    }
    ScrollArea::vertical().id_salt("chats").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for chat in &cx.model.chats {
            if row(ui, cx, chat, open == Some(chat.conversation.id)).clicked() {
                chosen = Some(Chosen::Chat(chat.conversation.id));
            }
        }
    });
    chosen
}

/// What a conversation is called.
pub(super) fn name(cx: &Cx<'_>, chat: &Chat) -> String {
    match &chat.contact {
        _ if !chat.conversation.title.is_empty() => chat.conversation.title.clone(),
        Some(contact) => contact.name.clone(),
        None => cx.texts.get("chat-notes"),
    }
}

/// The sign of a conversation in a circle.
pub(super) fn sign(ui: &Ui, cx: &Cx<'_>, chat: &Chat, place: Rect) {
    let palette = &cx.theme.palette;
    ui.painter().circle_filled(
        place.center(),
        place.width() / 2.0,
        palette.accent_soft.lerp_to_gamma(palette.accent, 0.2),
    );
    let (text, font) = match &chat.contact {
        None => (icons::NOTES.0.to_string(), FontId::new(place.width() * 0.5, fonts::icons())),
        Some(contact) => {
            let first = contact.name.chars().next().unwrap_or('?').to_uppercase().to_string();
            (first, FontId::new(place.width() * 0.45, fonts::strong()))
        }
    };
    let galley = ui.painter().layout_no_wrap(text, font, palette.accent);
    ui.painter().galley(place.center() - galley.size() / 2.0, galley, palette.accent);
}

fn field(ui: &mut Ui, cx: &Cx<'_>, words: &mut String, id: Id) -> Response {
    let name = cx.texts.get("search-field");
    let field = TextEdit::singleline(words)
        .id(id)
        .hint_text(RichText::new(&name).color(cx.theme.palette.quiet))
        .margin(egui::Margin::symmetric(12, 7))
        .desired_width(f32::INFINITY)
        .event_filter(egui::EventFilter { escape: true, horizontal_arrows: true, vertical_arrows: true, tab: false });
    let response = ui.add(field);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

fn field_id() -> Id {
    Id::unique("search field")
}

/// The raised or chosen ground of a row, and the response to it.
fn ground(ui: &mut Ui, cx: &Cx<'_>, height: f32, is_chosen: bool) -> (Rect, Response) {
    let palette = &cx.theme.palette;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let fill = if is_chosen {
        Some(palette.accent_soft)
    } else if response.hovered() {
        Some(palette.raised)
    } else {
        None
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, CornerRadius::same(space::ROUND), fill);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(space::ROUND), stroke, StrokeKind::Inside);
    }
    (rect, response)
}

fn row(ui: &mut Ui, cx: &Cx<'_>, chat: &Chat, is_open: bool) -> Response {
    let palette = &cx.theme.palette;
    let (rect, response) = ground(ui, cx, 64.0, is_open);
    let name = name(cx, chat);
    let at = chat.newest.as_ref().map(|newest| cx.now.short(cx.texts, newest.at_ms));
    let draft = chat.draft.as_ref().filter(|draft| !draft.body.trim().is_empty() && !is_open);
    let (mark, said) = match (draft, &chat.newest) {
        (Some(draft), _) => (Some(cx.texts.get("chats-draft")), prose::line(&draft.body)),
        (None, Some(newest)) => (None, prose::line(&super::row::body_in_words(cx, newest))),
        (None, None) => (None, cx.texts.get("chats-empty")),
    };
    response.widget_info(|| {
        let unread = if chat.unread > 0 {
            cx.texts.with("chats-unread", &[("count", u64::from(chat.unread).into())])
        } else {
            String::new()
        };
        let parts = [Some(name.as_str()), Some(unread.as_str()), mark.as_deref(), Some(said.as_str()), at.as_deref()];
        let words: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        WidgetInfo::selected(Role::Button, true, is_open, words.join(", "))
    });
    let inside = rect.shrink2(vec2(10.0, 10.0));
    let circle = Rect::from_min_size(inside.min, vec2(44.0, 44.0));
    sign(ui, cx, chat, circle);
    let painter = ui.painter();
    let small = TextStyle::Small.resolve(ui.style());
    let left = circle.right() + 12.0;
    let mut right = inside.right();
    if let Some(at) = at {
        let galley = painter.layout_no_wrap(at, small.clone(), palette.quiet);
        right -= galley.size().x;
        painter.galley(pos2(right, inside.top() + 4.0), galley, palette.quiet);
        right -= space::S;
    }
    let one_line = |text: String, font: FontId, color, width: f32| {
        let mut job = egui::text::LayoutJob::simple_singleline(text, font, color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(10.0));
        painter.layout_job(job)
    };
    let title = one_line(name, FontId::new(15.0, fonts::strong()), palette.text, right - left);
    painter.galley(pos2(left, inside.top() + 1.0), title, palette.text);
    let bottom = inside.top() + 24.0;
    let mut right = inside.right();
    if chat.unread > 0 {
        let text = if chat.unread >= nyx_p2p::UNREAD_MAX { "99+".to_owned() } else { chat.unread.to_string() };
        let galley = painter.layout_no_wrap(text, small.clone(), palette.on_accent);
        let size = vec2((galley.size().x + 12.0).max(20.0), 20.0);
        let badge = Rect::from_min_size(pos2(right - size.x, bottom), size);
        painter.rect_filled(badge, CornerRadius::same(10), palette.accent);
        painter.galley(badge.center() - galley.size() / 2.0, galley, palette.on_accent);
        right = badge.left() - space::S;
    }
    let mut begin = left;
    if let Some(mark) = mark {
        let galley = painter.layout_no_wrap(
            format!("{mark}: "),
            FontId::new(13.5, egui::FontFamily::Proportional),
            palette.warning,
        );
        let width = galley.size().x;
        painter.galley(pos2(begin, bottom), galley, palette.warning);
        begin += width;
    }
    let said = one_line(said, FontId::new(13.5, egui::FontFamily::Proportional), palette.quiet, right - begin);
    painter.galley(pos2(begin, bottom), said, palette.quiet);
    response
}

fn found(ui: &mut Ui, cx: &Cx<'_>, message: &Message, words: &[String], is_chosen: bool) -> Response {
    let palette = &cx.theme.palette;
    let body = message.body.clone().unwrap_or_default();
    let names =
        message.attachments.iter().filter_map(|attachment| attachment.about.as_ref()).map(|about| about.name.as_str());
    let said =
        std::iter::once(body.as_str()).chain(names).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let snippet = prose::snippet(&said, words);
    let (rect, response) = ground(ui, cx, 76.0, is_chosen);
    let chat = cx.model.chats.iter().find(|chat| chat.conversation.id == message.conversation);
    let name = chat.map_or_else(String::new, |chat| name(cx, chat));
    let from = if message.author == Author::Me { cx.texts.get("chat-you") } else { name.clone() };
    let at = cx.now.short(cx.texts, message.at_ms);
    response.widget_info(|| {
        let said = cx.texts.with(
            "chat-message",
            &[("from", from.as_str().into()), ("at", at.as_str().into()), ("text", snippet.as_str().into())],
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
        Prose::of(&snippet, ink, words, inside.width(), |piece| super::row::wide(ui.painter(), piece, ink.size));
    prose.job.wrap.max_rows = 2;
    let below = Rect::from_min_max(pos2(inside.left(), inside.top() + 18.0), inside.max);
    let child = ui.new_child(UiBuilder::new().max_rect(below));
    let galley = child.painter().layout_job(prose.job);
    let at = if prose.is_rtl { below.right_top() } else { below.left_top() };
    child.painter().galley(at, galley, palette.text);
    response
}

/// Nobody waits for the answer to half a word.
const TYPING: f64 = 0.15;
/// Results are told so many at a time.
const PAGE: usize = 40;
