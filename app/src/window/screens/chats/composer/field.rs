//! The field where a message is typed, and what stands at its right.

use super::{super::prose, Composer, Wanted, Writing};
use crate::window::{
    cx::Cx,
    desktop::pick::Pick,
    icons::{self, icon_button},
    theme::space,
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
use nyx_p2p::ConversationId;

impl Composer {
    /// The field, and at its lower right what belongs to it.
    pub(super) fn show_line(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        conversation: ConversationId,
        wanted: &mut Wanted,
    ) {
        let is_edit = matches!(self.task, Writing::Edit { .. });
        let whole = ui.available_rect_before_wrap();
        let side = ui.spacing().interact_size.y.max(36.0);
        let buttons = side * if is_edit { 2.0 } else { 3.0 };
        let width = (whole.width() - buttons - space::S).max(80.0);
        let field = ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            self.show_field(ui, cx, conversation, wanted);
        });
        // Beside the last line of what is written.
        let written = field.response.rect;
        let middle = written.bottom() - written.height().min(side) / 2.0;
        let place = Rect::from_min_max(
            pos2(whole.right() - buttons, middle - side / 2.0),
            pos2(whole.right(), middle + side / 2.0),
        );
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
        if !has_focus {
            // What an input method had not finished ended with the focus.
            self.is_composing = false;
        } else {
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
                    self.touch();
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
            self.touch();
        }
    }

    fn insert(&mut self, text: &str) {
        let at = self.text.char_indices().nth(self.cursor).map_or(self.text.len(), |(at, _)| at);
        self.text.insert_str(at, text);
        self.cursor += text.chars().count();
    }
}

pub(super) fn field_id() -> Id {
    Id::unique("composer")
}

/// About eight lines.
const FIELD_HEIGHT_MAX: f32 = 180.0;
