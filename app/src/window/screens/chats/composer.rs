//! Where a message is written: text, what it answers, files, and what of all that is kept as a draft.

mod pasted;
mod strips;

use super::{
    attach::{File, Waiting},
    prose,
};
use crate::window::{
    cx::Cx,
    desktop::pick::Pick,
    icons::{self, icon_button},
    sentence::sentence,
    theme::space,
    widgets::emoji::EmojiPicker,
};
use egui::{
    Align, CornerRadius, Event, EventFilter, Frame, Id, ImeEvent, Key, KeyboardShortcut, Layout, Margin, Modifiers,
    Popup, Rect, RichText, ScrollArea, Stroke, TextEdit, Ui, UiBuilder, WidgetInfo,
    accesskit::Role,
    pos2,
    text::{CCursor, CCursorRange},
    text_edit::TextEditState,
    vec2,
};
use nyx_p2p::{Command, ConversationId, Draft, Failure, Message, MessageId, NewNote, RequestId};
use std::{path::PathBuf, time::Instant};
use zeroize::Zeroize;

/// Where a message is written.
#[derive(Default)]
pub(super) struct Composer {
    text: String,
    task: Writing,
    waiting: Waiting,
    sending: Vec<Sending>,
    picking: Option<Pick>,
    emoji: EmojiPicker,
    emoji_is_open: bool,
    /// What the engine has as a draft, and since when it is not that any more.
    kept: (String, Option<MessageId>),
    changed_at: Option<f64>,
    /// An input method is at work: Enter chooses a word there and sends nothing.
    is_composing: bool,
    /// What was typed after Enter in the same frame: it belongs to the next message.
    late: Vec<Event>,
    wants_focus: bool,
    /// Where the cursor was, in characters.
    cursor: usize,
    /// What went wrong last.
    problem: Option<String>,
    ctx: Option<egui::Context>,
}

/// What is being written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
enum Writing {
    /// A new message, which may answer one.
    #[default]
    New,
    Reply(MessageId),
    /// Another text for a message; what was written before is put back afterwards.
    Edit {
        id: MessageId,
        before: String,
        reply_to: Option<MessageId>,
    },
}

/// A message on its way into the vault.
struct Sending {
    id: RequestId,
    text: String,
    task: Writing,
    files: Vec<File>,
    began: Instant,
}

/// What somebody wants that the composer can't do itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    /// To edit the newest own message.
    pub(super) edit_newest: bool,
    /// A message was sent: the end of the conversation is what matters now.
    pub(super) sent: bool,
    /// To scroll by so many views.
    pub(super) pages: f32,
}

impl Composer {
    /// With what was begun.
    pub(super) fn with(draft: Option<&Draft>) -> Self {
        let mut composer = Self::default();
        composer.wants_focus = true;
        if let Some(draft) = draft {
            composer.text.clone_from(&draft.body);
            composer.task = draft.reply_to.map_or(Writing::New, Writing::Reply);
            composer.kept = (draft.body.clone(), draft.reply_to);
            composer.cursor = composer.text.chars().count();
        }
        composer
    }

    pub(super) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Answers a message.
    pub(super) fn reply(&mut self, id: MessageId) {
        self.stop_editing();
        self.task = Writing::Reply(id);
        self.wants_focus = true;
    }

    /// Writes another text for a message.
    pub(super) fn edit(&mut self, message: &Message) {
        let Some(body) = message.body.as_ref().filter(|body| !body.is_empty()) else { return };
        self.stop_editing();
        let reply_to = self.reply_to();
        let before = std::mem::replace(&mut self.text, body.clone());
        self.task = Writing::Edit { id: message.id, before, reply_to };
        self.cursor_to_end();
        self.wants_focus = true;
    }

    /// Takes files that were dropped or picked.
    pub(super) fn attach(&mut self, ctx: &egui::Context, paths: Vec<PathBuf>) {
        if !paths.is_empty() {
            self.waiting.add_paths(ctx, paths);
            self.wants_focus = true;
        }
    }

    /// Leaves what is being done besides writing; whether there was something to leave.
    pub(super) fn escape(&mut self) -> bool {
        if self.emoji_is_open {
            self.emoji_is_open = false;
            self.wants_focus = true;
            return true;
        }
        match self.task {
            Writing::New => false,
            Writing::Reply(_) => {
                self.task = Writing::New;
                true
            }
            Writing::Edit { .. } => {
                self.stop_editing();
                true
            }
        }
    }

    /// Keeps what was begun now, if it is not kept yet.
    pub(super) fn keep(&mut self, cx: &mut Cx<'_>, conversation: ConversationId) {
        let (text, reply_to) = match &self.task {
            Writing::Edit { before, reply_to, .. } => (before.clone(), *reply_to),
            _ => (self.text.clone(), self.reply_to()),
        };
        self.changed_at = None;
        if (&text, reply_to) == (&self.kept.0, self.kept.1) {
            return;
        }
        cx.keep_draft(conversation, text.clone(), reply_to);
        self.kept.0.zeroize();
        self.kept = (text, reply_to);
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        conversation: ConversationId,
        quoted: impl Fn(MessageId) -> Option<String>,
    ) -> Wanted {
        self.ctx.get_or_insert_with(|| ui.ctx().clone());
        let mut wanted = Wanted::default();
        self.waiting.poll(ui.ctx());
        if let Some(paths) = self.picking.as_ref().and_then(Pick::poll) {
            self.picking = None;
            self.attach(ui.ctx(), paths);
        }
        self.follow_sending(cx);
        for name in self.waiting.refused.drain(..) {
            self.problem = Some(cx.texts.with("chat-file-refused", &[("name", name.into())]));
        }
        self.show_problem(ui, cx);
        self.show_sending(ui, cx);
        self.show_task(ui, cx, &quoted);
        self.show_waiting(ui, cx);
        self.show_line(ui, cx, conversation, &mut wanted);
        let now = ui.input(|input| input.time);
        match self.changed_at {
            Some(at) if now - at >= KEEP_AFTER => self.keep(cx, conversation),
            Some(at) => ui.ctx().request_repaint_after_secs((KEEP_AFTER - (now - at)).max(0.0) as f32 + 0.01),
            None => {}
        }
        wanted
    }

    /// The field, and at its lower right what belongs to it.
    fn show_line(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, conversation: ConversationId, wanted: &mut Wanted) {
        let is_edit = matches!(self.task, Writing::Edit { .. });
        let whole = ui.available_rect_before_wrap();
        let side = ui.spacing().interact_size.y.max(36.0);
        let buttons = side * if is_edit { 2.0 } else { 3.0 };
        let width = (whole.width() - buttons - space::S).max(80.0);
        let field = ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            self.show_field(ui, cx, conversation, wanted);
        });
        let bottom = field.response.rect.bottom();
        let place =
            Rect::from_min_max(pos2(whole.right() - buttons, bottom - side - 1.0), pos2(whole.right(), bottom - 1.0));
        let builder = UiBuilder::new().id_salt("buttons").max_rect(place).layout(Layout::left_to_right(Align::Center));
        let mut line = ui.new_child(builder);
        line.spacing_mut().item_spacing.x = 0.0;
        line.spacing_mut().interact_size.y = side;
        if !is_edit
            && icon_button(&mut line, icons::ATTACH, &cx.texts.get("chat-attach")).clicked()
            && self.picking.is_none()
        {
            self.picking = Some(Pick::files(ui.ctx(), cx.texts.get("chat-attach-title")));
        }
        let emoji = icon_button(&mut line, icons::EMOJI, &cx.texts.get("chat-emoji"));
        if emoji.clicked() {
            self.emoji_is_open = !self.emoji_is_open;
            self.emoji.reset();
        }
        self.show_emoji(&mut line, cx, emoji.rect);
        let name = cx.texts.get(if is_edit { "chat-save-edit" } else { "chat-send" });
        let can_send = self.can_send();
        line.add_enabled_ui(can_send, |ui| {
            if can_send {
                ui.visuals_mut().override_text_color = Some(cx.theme.palette.accent);
            }
            if icon_button(ui, icons::SEND, &name).clicked() {
                wanted.sent |= self.send(cx, conversation);
            }
        });
    }

    fn show_field(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, conversation: ConversationId, wanted: &mut Wanted) {
        let id = field_id();
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        let is_free = ui.memory(|memory| memory.focused().is_none()) && !Popup::is_any_open(ui.ctx());
        self.take_pasted(ui, cx, has_focus || is_free);
        if is_free {
            // Whoever begins to type means the message.
            let typed = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Text(_))));
            if typed {
                let text: String = ui.input(|input| {
                    input
                        .events
                        .iter()
                        .filter_map(|event| match event {
                            Event::Text(text) => Some(text.as_str()),
                            _ => None,
                        })
                        .collect()
                });
                self.insert(&text);
                self.wants_focus = true;
            }
        }
        if has_focus && !self.late.is_empty() {
            let late = std::mem::take(&mut self.late);
            ui.input_mut(|input| drop(input.events.splice(..0, late)));
        }
        let mut enter = false;
        if has_focus {
            enter = self.take_enter(ui);
            if self.text.is_empty() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowUp)) {
                wanted.edit_newest = matches!(self.task, Writing::New);
            }
            wanted.pages += ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, Key::PageDown)) as f32;
            wanted.pages -= ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, Key::PageUp)) as f32;
        }
        if std::mem::take(&mut self.wants_focus) {
            let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
            state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(self.cursor))));
            state.store(ui.ctx(), id);
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let palette = cx.theme.palette;
        let frame = Frame::new()
            .fill(palette.sunken)
            .stroke(Stroke::new(1.0, if has_focus { palette.accent } else { palette.line }))
            .corner_radius(CornerRadius::same(16))
            .inner_margin(Margin::symmetric(12, 6));
        let name = cx.texts.get("chat-write");
        let is_rtl = prose::runs_right_to_left(&self.text);
        frame.show(ui, |ui| {
            ScrollArea::vertical().id_salt("composer").max_height(FIELD_HEIGHT_MAX).show(ui, |ui| {
                // One line is as high as its text.
                ui.spacing_mut().interact_size.y = 0.0;
                let before = self.text.len();
                let output = TextEdit::multiline(&mut self.text)
                    .id(id)
                    .hint_text(RichText::new(&name).color(palette.quiet))
                    .frame(Frame::NONE)
                    .margin(Margin::symmetric(0, 4))
                    .desired_rows(1)
                    .desired_width(f32::INFINITY)
                    .align(if is_rtl { egui::Align2::RIGHT_TOP } else { egui::Align2::LEFT_TOP })
                    .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
                    .event_filter(EventFilter {
                        escape: true,
                        tab: false,
                        vertical_arrows: true,
                        horizontal_arrows: true,
                    })
                    .show(ui);
                let response = &output.response.response;
                response.widget_info(|| WidgetInfo::text_edit(true, "", &self.text, &name));
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_role(Role::MultilineTextInput);
                    node.set_label(name.as_str());
                });
                if let Some(range) = output.cursor_range {
                    self.cursor = range.primary.index.into();
                }
                if response.changed() || self.text.len() != before {
                    self.changed_at = Some(ui.input(|input| input.time));
                    self.problem = None;
                }
            });
        });
        // Only now: what was typed before Enter may have come in the same frame.
        if enter {
            wanted.sent |= self.send(cx, conversation);
            ui.ctx().request_repaint();
        }
    }

    /// Whether Enter was pressed to send. An input method uses Enter to take a word, and may let it through.
    fn take_enter(&mut self, ui: &Ui) -> bool {
        let (mut sends, mut saw_method) = (false, self.is_composing);
        ui.input_mut(|input| {
            for event in &input.events {
                if let Event::Ime(ime) = event {
                    saw_method = true;
                    self.is_composing = matches!(ime, ImeEvent::Preedit { text, .. } if !text.is_empty());
                }
            }
            let late = &mut self.late;
            input.events.retain(|event| {
                let is_enter =
                    matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if !modifiers.shift);
                let is_late =
                    sends && !saw_method && matches!(event, Event::Text(_) | Event::Key { .. } | Event::Paste(_));
                if is_late {
                    late.push(event.clone());
                }
                sends |= is_enter;
                !is_enter && !is_late
            });
        });
        sends && !saw_method
    }

    fn show_emoji(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, beside: Rect) {
        let mut open = self.emoji_is_open;
        let mut picked = None;
        Popup::new(ui.scope_id().with("emoji"), ui.ctx().clone(), beside, ui.layer_id())
            .open_bool(&mut open)
            .align(egui::RectAlign::TOP_END)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| picked = self.emoji.show(ui, cx));
        if self.emoji_is_open && !open {
            self.wants_focus = true;
        }
        self.emoji_is_open = open;
        if let Some(emoji) = picked {
            self.insert(emoji);
            self.changed_at = Some(ui.input(|input| input.time));
        }
    }

    fn can_send(&self) -> bool {
        let has_text = !self.text.trim().is_empty();
        match self.task {
            Writing::Edit { .. } => has_text,
            _ => (has_text || !self.waiting.is_empty()) && self.waiting.is_ready(),
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>, conversation: ConversationId) -> bool {
        if !self.can_send() {
            return false;
        }
        let text = self.text.trim_end().trim_start_matches('\n').to_owned();
        if text.len() > TEXT_BYTES_MAX {
            self.problem = Some(cx.texts.get("chat-too-long"));
            return false;
        }
        let is_new = !matches!(self.task, Writing::Edit { .. });
        let files = if is_new { self.waiting.take() } else { Vec::new() };
        let command = match &self.task {
            Writing::Edit { id, .. } => Command::Edit { id: *id, text: text.clone() },
            _ => Command::Note(NewNote {
                conversation: Some(conversation),
                text: text.clone(),
                attachments: files.iter().filter_map(File::source).collect(),
                reply_to: self.reply_to(),
                clears_draft: false,
            }),
        };
        let Some(id) = cx.watch(command) else {
            self.problem = Some(cx.texts.get("window-busy"));
            self.waiting.put_back(files);
            return false;
        };
        let task = self.task.clone();
        self.sending.push(Sending { id, text, task, files, began: Instant::now() });
        if is_new {
            self.text.zeroize();
            self.task = Writing::New;
            self.cursor = 0;
            self.keep(cx, conversation);
        } else {
            self.stop_editing();
        }
        self.wants_focus = true;
        is_new
    }

    /// Messages that are in the vault are forgotten; what could not be written is put back.
    fn follow_sending(&mut self, cx: &mut Cx<'_>) {
        let mut index = 0;
        while index < self.sending.len() {
            let job = cx.model.jobs.get(self.sending[index].id);
            let Some(ended) = job.and_then(|job| job.ended.as_ref()) else {
                index += 1;
                continue;
            };
            let mut sending = self.sending.remove(index);
            if let Err(failure) = ended {
                // Who cancels knows what happened.
                if !matches!(failure, Failure::Cancelled) {
                    self.problem = Some(sentence(failure, cx.texts));
                }
                self.waiting.put_back(std::mem::take(&mut sending.files));
                if self.text.is_empty() && !matches!(sending.task, Writing::Edit { .. }) {
                    self.text = std::mem::take(&mut sending.text);
                    self.task = sending.task.clone();
                    self.cursor_to_end();
                    self.wants_focus = true;
                }
            }
            sending.text.zeroize();
            cx.forget(sending.id);
        }
    }

    fn reply_to(&self) -> Option<MessageId> {
        match &self.task {
            Writing::New => None,
            Writing::Reply(id) => Some(*id),
            Writing::Edit { reply_to, .. } => *reply_to,
        }
    }

    fn stop_editing(&mut self) {
        if let Writing::Edit { before, reply_to, .. } = &mut self.task {
            let (before, reply_to) = (std::mem::take(before), *reply_to);
            self.text.zeroize();
            self.text = before;
            self.task = reply_to.map_or(Writing::New, Writing::Reply);
            self.cursor_to_end();
            self.wants_focus = true;
        }
    }

    fn insert(&mut self, text: &str) {
        let at = self.text.char_indices().nth(self.cursor).map_or(self.text.len(), |(at, _)| at);
        self.text.insert_str(at, text);
        self.cursor += text.chars().count();
    }

    fn cursor_to_end(&mut self) {
        self.cursor = self.text.chars().count();
    }
}

impl Drop for Composer {
    /// Nothing of what was written stays in memory that this program has a hold of: egui keeps an undo history.
    fn drop(&mut self) {
        self.text.zeroize();
        self.kept.0.zeroize();
        if let Writing::Edit { before, .. } = &mut self.task {
            before.zeroize();
        }
        if let Some(ctx) = &self.ctx {
            ctx.data_mut(|data| data.remove::<TextEditState>(field_id()));
        }
    }
}

pub(super) fn field_id() -> Id {
    Id::unique("composer")
}

/// Short enough that little is lost, long enough that not every letter is written to the disk.
const KEEP_AFTER: f64 = 1.0;
/// About eight lines.
const FIELD_HEIGHT_MAX: f32 = 180.0;
/// What the vault takes as the text of a message.
const TEXT_BYTES_MAX: usize = 256 << 10;
