//! What opens over a conversation: the menu of a message, a reaction to choose, questions, a picture in full size.

mod viewer;

use super::{prose, row::Act};
use crate::window::{
    cx::Cx,
    icons::{self, Icon, icon_button},
    rows::Place,
    theme::space,
    widgets::{
        button,
        emoji::EmojiPicker,
        question::{self, Answer, Question, focus_first, modal},
        radio::radio,
        task::Task,
    },
};
use egui::{
    Align, Button, DragValue, Key, Layout, Modifiers, Popup, PopupCloseBehavior, PopupKind, Pos2, Rect, RectAlign,
    Response, RichText, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, accesskit::Role,
};
use nyx_p2p::{AttachmentId, Author, Command, ConversationId, Event, MessageId, Row};

/// What is open.
#[derive(Default)]
pub(super) enum Dialog {
    /// Nothing.
    #[default]
    None,
    /// Everything that can be done with a message.
    Menu { id: MessageId, at: Pos2 },
    /// A reaction is being chosen.
    React { id: MessageId, beside: Rect, picker: EmojiPicker },
    /// Whether to delete.
    Delete(MessageId),
    /// Earlier texts of a message.
    Earlier { seq: Option<u64>, task: Task },
    /// A picture, as large as the window.
    View { id: MessageId, attachment: AttachmentId },
    /// A picture, as large as the window, among the others of the conversation.
    ViewAmong { attachment: AttachmentId },
    /// Whether to open a file that may be a program.
    Open { attachment: AttachmentId, name: String },
    /// How long messages stay, freely.
    Timer { count: u32, unit: usize },
}

/// What came of it.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// This is to be done with a message.
    Act(MessageId, Act),
    /// A message is to be edited.
    Edit(MessageId),
    /// An attachment is to be opened, whatever it is.
    Open(AttachmentId),
    /// It closed, and nothing else.
    Closed,
}

impl Dialog {
    pub(super) fn react(id: MessageId, beside: Rect) -> Self {
        let mut picker = EmojiPicker::default();
        picker.reset();
        Self::React { id, beside, picker }
    }

    pub(super) fn earlier(cx: &mut Cx<'_>, conversation: ConversationId, id: MessageId) -> Self {
        let seq = cx.model.rows.find(conversation, id).map(|row| row.message.seq);
        let mut task = Task::default();
        task.begin(cx, Command::ShowEdits { id });
        Self::Earlier { seq, task }
    }

    pub(super) fn timer(present_secs: u32) -> Self {
        let unit = (0..UNITS.len()).rev().find(|unit| present_secs > 0 && present_secs.is_multiple_of(UNITS[*unit].1));
        let unit = unit.unwrap_or(1);
        Self::Timer { count: (present_secs / UNITS[unit].1).max(1), unit }
    }

    /// The message that it is about.
    pub(super) fn message(&self) -> Option<MessageId> {
        match self {
            Self::Menu { id, .. } | Self::React { id, .. } | Self::Delete(id) => Some(*id),
            _ => None,
        }
    }
}

/// Draws what is open.
pub(super) fn show(dialog: &mut Dialog, ui: &Ui, cx: &mut Cx<'_>, conversation: ConversationId) -> Option<Outcome> {
    let known = |id| cx.model.rows.find(conversation, id);
    let outcome = match dialog {
        Dialog::None => return None,
        Dialog::Menu { id, at } => match known(*id) {
            Some(row) => menu(ui, cx, row, *at),
            None => Some(Next::Close),
        },
        Dialog::React { id, beside, picker } => react(ui, cx, *id, *beside, picker),
        Dialog::Delete(id) => delete(ui, cx, *id),
        // With the message go its earlier texts.
        Dialog::Earlier { seq: Some(seq), task } if matches!(cx.model.rows.at(conversation, *seq), Place::Gone) => {
            task.end(cx);
            Some(Next::Close)
        }
        Dialog::Earlier { task, .. } => earlier(ui, cx, task),
        Dialog::View { id, attachment } => match known(*id) {
            Some(row) => viewer::show(ui, cx, &viewer::of_message(cx, row), attachment),
            None => Some(Next::Close),
        },
        Dialog::ViewAmong { attachment } => {
            let among = viewer::of_conversation(cx, conversation, *attachment);
            viewer::show(ui, cx, &among, attachment)
        }
        Dialog::Open { attachment, name } => open(ui, cx, *attachment, name),
        Dialog::Timer { count, unit } => timer(ui, cx, conversation, count, unit),
    };
    match outcome? {
        Next::Open(next) => {
            *dialog = next;
            ui.ctx().request_repaint();
            None
        }
        Next::Close => {
            *dialog = Dialog::None;
            Some(Outcome::Closed)
        }
        Next::Out(outcome) => {
            *dialog = Dialog::None;
            Some(outcome)
        }
        Next::Aside(outcome) => Some(outcome),
    }
}

enum Next {
    /// Another dialog in its place.
    Open(Dialog),
    Close,
    /// It closes with this.
    Out(Outcome),
    /// This, and it stays.
    Aside(Outcome),
}

fn popup<R>(
    ui: &Ui,
    salt: &str,
    at: impl Into<egui::PopupAnchor>,
    open: &mut bool,
    content: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    Popup::new(ui.scope_id().with(salt), ui.ctx().clone(), at, ui.layer_id())
        .kind(PopupKind::Menu)
        .align(RectAlign::BOTTOM_START)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .open_bool(open)
        .show(content)
        .map(|shown| shown.inner)
}

fn menu(ui: &Ui, cx: &mut Cx<'_>, row: &Row, at: Pos2) -> Option<Next> {
    let message = &row.message;
    let id = message.id;
    let (is_mine, can_write) = (message.author == Author::Me, cx.model.can_write());
    let mut next = None;
    let mut open = true;
    popup(ui, "message menu", at, &mut open, |ui| {
        ui.set_width(MENU_WIDTH);
        ui.spacing_mut().item_spacing.y = 2.0;
        let act = |act| Some(Next::Out(Outcome::Act(id, act)));
        if can_write {
            quick_reactions(ui, cx, id, &mut next);
            ui.separator();
        }
        let mut first: Option<Response> = None;
        let mut item = |ui: &mut Ui, icon: Icon, words: &str| {
            let response = item(ui, icon, words);
            let is_clicked = response.clicked();
            first.get_or_insert(response);
            is_clicked
        };
        if can_write && item(ui, icons::REPLY, &cx.texts.get("chat-reply")) {
            next = act(Act::Reply);
        }
        if let Some(body) = message.body.as_ref().filter(|body| !body.is_empty()) {
            if is_mine && can_write && item(ui, icons::EDIT, &cx.texts.get("chat-edit")) {
                next = Some(Next::Out(Outcome::Edit(id)));
            }
            if item(ui, icons::COPY, &cx.texts.get("chat-copy")) {
                ui.ctx().copy_text(body.clone());
                next = Some(Next::Close);
            }
            for target in prose::targets(body).into_iter().take(LINKS_MAX) {
                let name = cx.texts.with("chat-open-link", &[("target", target.as_str().into())]);
                if item(ui, icons::LINK, &name) {
                    ui.ctx().open_url(egui::OpenUrl::new_tab(&target));
                    next = Some(Next::Close);
                }
            }
        }
        for attachment in &message.attachments {
            let Some(about) = &attachment.about else { continue };
            let named = |text: &str| cx.texts.with(text, &[("name", about.name.as_str().into())]);
            if item(ui, icons::OPEN, &named("chat-open-file")) {
                next = act(Act::Open(attachment.id));
            }
            if item(ui, icons::SAVE, &named("chat-save-file")) {
                next = act(Act::Save(attachment.id));
            }
        }
        if message.edited_ms.is_some() && item(ui, icons::CLOCK, &cx.texts.get("chat-edited-earlier")) {
            next = act(Act::Earlier);
        }
        if can_write {
            ui.separator();
            if item(ui, icons::DELETE, &cx.texts.get("chat-delete")) {
                next = Some(Next::Open(Dialog::Delete(id)));
            }
        }
        if let Some(first) = first {
            focus_first(ui, &first);
        }
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::Next));
        }
        if pressed(Key::ArrowUp) {
            ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::Previous));
        }
    });
    next.or((!open).then_some(Next::Close))
}

/// What most people react with, in one row.
fn quick_reactions(ui: &mut Ui, cx: &Cx<'_>, id: MessageId, next: &mut Option<Next>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().button_padding.x = 6.0;
        for emoji in QUICK {
            let button = Button::new(RichText::new(emoji).size(20.0)).frame_when_inactive(false);
            let name = cx.texts.with("chat-react-with", &[("emoji", emoji.into())]);
            let response = ui.add(button);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.clicked() {
                *next = Some(Next::Out(Outcome::Act(id, Act::React(emoji.to_owned()))));
            }
        }
        let more = icon_button(ui, icons::PLUS, &cx.texts.get("chat-react"));
        if more.clicked() {
            *next = Some(Next::Open(Dialog::react(id, more.rect)));
        }
    });
}

fn item(ui: &mut Ui, icon: Icon, words: &str) -> Response {
    let width = ui.available_width();
    let (place, response) = ui.allocate_exact_size(egui::vec2(width, 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    let visuals = *ui.style().interact(&response);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(place, visuals.corner_radius, visuals.weak_bg_fill);
    }
    let builder =
        UiBuilder::new().max_rect(place.shrink2(egui::vec2(8.0, 0.0))).layout(Layout::left_to_right(Align::Center));
    let mut line = ui.new_child(builder);
    let color = visuals.text_color();
    line.visuals_mut().override_text_color = Some(color);
    icons::picture(&mut line, icon, 17.0);
    let room = line.available_width();
    let mut job = egui::text::LayoutJob::simple_singleline(words.to_owned(), egui::FontId::proportional(15.0), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(150.0));
    let galley = line.painter().layout_job(job);
    let at = Pos2::new(line.cursor().left() + 2.0, place.center().y - galley.size().y / 2.0);
    line.painter().galley(at, galley, color);
    response
}

fn react(ui: &Ui, cx: &Cx<'_>, id: MessageId, beside: Rect, picker: &mut EmojiPicker) -> Option<Next> {
    let mut open = true;
    let picked = popup(ui, "reaction", beside, &mut open, |ui| picker.show(ui, cx)).flatten();
    match picked {
        Some(emoji) => Some(Next::Out(Outcome::Act(id, Act::React(emoji.to_owned())))),
        None => (!open).then_some(Next::Close),
    }
}

fn delete(ui: &Ui, cx: &mut Cx<'_>, id: MessageId) -> Option<Next> {
    let text = cx.texts.get("delete-text");
    let question = Question { title: "delete-title", text: &text, does: "delete-do", leaves: "delete-keep" };
    let answer = question::ask(ui, cx, question)?;
    if answer == Answer::Do {
        cx.wish(Command::Delete { id });
    }
    Some(Next::Close)
}

fn earlier(ui: &Ui, cx: &mut Cx<'_>, task: &mut Task) -> Option<Next> {
    let mut is_closed = false;
    let closes = modal(ui, cx, "earlier", |ui| {
        ui.label(RichText::new(cx.texts.get("earlier-title")).heading());
        task.show_failure(ui, cx);
        let edits = task.job(cx).and_then(|job| {
            job.heard.iter().find_map(|event| match event {
                Event::Edits(edits) => Some(edits),
                _ => None,
            })
        });
        ScrollArea::vertical().id_salt("earlier").max_height(360.0).show(ui, |ui| {
            for edit in edits.into_iter().flatten() {
                let at = cx.now.full(cx.texts, edit.at_ms);
                let until = cx.texts.with("earlier-until", &[("at", at.into())]);
                ui.label(RichText::new(until).small().color(cx.theme.palette.quiet));
                ui.label(edit.body.clone().unwrap_or_else(|| cx.texts.get("chat-disappeared")));
                ui.add_space(space::S);
            }
        });
        let close = ui.button(cx.texts.get("dialog-close"));
        focus_first(ui, &close);
        is_closed = close.clicked();
    });
    (closes || is_closed).then(|| {
        task.end(cx);
        Next::Close
    })
}

fn open(ui: &Ui, cx: &Cx<'_>, attachment: AttachmentId, name: &str) -> Option<Next> {
    let text = cx.texts.with("open-text", &[("name", name.into())]);
    let question = Question { title: "open-title", text: &text, does: "open-do", leaves: "dialog-cancel" };
    Some(match question::ask(ui, cx, question)? {
        Answer::Do => Next::Out(Outcome::Open(attachment)),
        Answer::Leave => Next::Close,
    })
}

fn timer(ui: &Ui, cx: &mut Cx<'_>, conversation: ConversationId, count: &mut u32, unit: &mut usize) -> Option<Next> {
    let mut is_set = false;
    let mut is_left = false;
    let closes = modal(ui, cx, "timer", |ui| {
        ui.label(RichText::new(cx.texts.get("chat-timer")).heading());
        ui.label(cx.texts.get("timer-hint"));
        ui.horizontal_wrapped(|ui| {
            let field = ui.add(DragValue::new(count).range(1..=TTL_SECS_MAX / UNITS[*unit].1));
            let name = cx.texts.get("timer-count");
            ui.ctx().accesskit_node_builder(field.id, |node| node.set_label(name));
            for (index, (name, _)) in UNITS.iter().enumerate() {
                if radio(ui, cx.theme, *unit == index, cx.texts.get(name)).clicked() {
                    *unit = index;
                }
            }
        });
        ui.add_space(space::S);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_set = button::primary(ui, cx.theme, &cx.texts.get("timer-set"), true).clicked();
            is_left = ui.button(cx.texts.get("dialog-cancel")).clicked();
        });
    });
    if is_set {
        let ttl_secs = count.saturating_mul(UNITS[*unit].1);
        cx.wish(Command::SetTimer { conversation: Some(conversation), ttl_secs });
    }
    (closes || is_set || is_left).then_some(Next::Close)
}

const MENU_WIDTH: f32 = 280.0;
/// What most people react with.
const QUICK: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
/// A message full of links has no room for all of them in a menu.
const LINKS_MAX: usize = 5;
const UNITS: [(&str, u32); 4] =
    [("timer-minutes", 60), ("timer-hours", 3600), ("timer-days", 86_400), ("timer-weeks", 604_800)];
/// What the vault takes: four weeks.
const TTL_SECS_MAX: u32 = 28 * 86_400;
