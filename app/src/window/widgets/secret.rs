//! A field for a password or a recovery phrase. egui's own text field keeps an undo history, of passwords too; this one
//! keeps nothing but what stands in it, and wipes that.
//!
//! What egui hands in (typed letters, a paste) is wiped in its list of events as soon as it was taken. What can't be
//! reached from here, such as a copy in the toolkit's other lists, is wiped by the program's allocator when it is freed;
//! what lies in the display server, in an input method or on the graphics card is out of reach.

mod buffer;
mod edit;

use super::field;
use crate::{
    text::Texts,
    window::{
        cx::Cx,
        theme::{Theme, space},
    },
};
use edit::Editor;
use egui::{
    Button, Color32, CornerRadius, CursorIcon, EventFilter, FontId, Galley, IMEPurpose, Id, Rect, Response, RichText,
    Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    accesskit::{Action, Role},
    output::IMEOutput,
    pos2,
    text::{LayoutJob, TextWrapping},
    text_selection::{
        accesskit_text::update_accesskit_for_text_widget,
        text_cursor_state::cursor_rect,
        visuals::{paint_text_cursor, paint_text_selection},
    },
    vec2,
};
use std::sync::Arc;

/// A field for a secret.
#[derive(Debug)]
pub(crate) struct SecretField {
    editor: Editor,
    kind: Kind,
    is_shown: bool,
    wants_focus: bool,
    /// How far a line that is longer than the field is moved to the left.
    offset: f32,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// One line, not shown unless that is asked for.
    Password,
    /// One word of a phrase.
    Word,
    /// A whole phrase: lines of words.
    Phrase,
}

/// What happened in a field.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    /// The text is another one.
    pub(crate) is_changed: bool,
    /// Enter.
    pub(crate) is_submitted: bool,
}

impl SecretField {
    /// For a password; hidden at first.
    pub(crate) fn password() -> Self {
        Self::of(Kind::Password)
    }

    /// For one word of a phrase; shown at first.
    pub(crate) fn word() -> Self {
        Self::of(Kind::Word)
    }

    /// For a phrase; shown at first: nobody types 24 words unseen.
    pub(crate) fn phrase() -> Self {
        Self::of(Kind::Phrase)
    }

    fn of(kind: Kind) -> Self {
        let editor = Editor::default();
        Self { editor, kind, is_shown: kind != Kind::Password, wants_focus: false, offset: 0.0 }
    }

    /// What stands in it.
    pub(crate) fn text(&self) -> &str {
        self.editor.buffer.as_str()
    }

    /// Wipes it.
    pub(crate) fn wipe(&mut self) {
        self.editor.wipe();
        self.offset = 0.0;
    }

    /// Types go here from the next frame on.
    pub(crate) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Replaces one word by another one, such as a mistyped one by what was meant.
    pub(crate) fn replace_word(&mut self, index: usize, by: &str) {
        self.editor.replace_word(index, by);
        self.wants_focus = true;
    }

    /// Shows it under its name.
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, salt: &str, name: &str) -> Typed {
        self.show_in(ui, (cx.theme, cx.texts), salt, name)
    }

    /// The same for a widget that has no more in hand.
    pub(crate) fn show_in(&mut self, ui: &mut Ui, (theme, texts): (&Theme, &Texts), salt: &str, name: &str) -> Typed {
        let id = ui.make_persistent_id(salt);
        ui.vertical(|ui| {
            field::label(ui, theme, name);
            let typed = self.show_field(ui, (theme, texts), id, name);
            if self.editor.has_caps_lock && ui.memory(|memory| memory.has_focus(id)) {
                let text = RichText::new(texts.get("window-caps-lock")).small().color(theme.palette.warning);
                ui.label(text);
            }
            typed
        })
        .inner
    }

    fn show_field(&mut self, ui: &mut Ui, (theme, texts): (&Theme, &Texts), id: Id, name: &str) -> Typed {
        if std::mem::take(&mut self.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let toggle = texts.get(if self.is_shown { "window-hide" } else { "window-show" });
        let toggle_width = self.toggle_width(ui, &toggle);
        let width = ui.available_width();
        let text_width = width - 2.0 * INSIDE - toggle_width;
        let layout = Layout { color: theme.palette.text, width: text_width };

        // Before anything is drawn: what was typed shows in the same frame.
        let mut galley = self.galley(ui, &layout);
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        let mut typed = Typed::default();
        if self.editor.take_requests(ui, id) {
            typed.is_changed = true;
        }
        if has_focus {
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, EVENTS));
            let mut taken = edit::take_events(ui);
            let mut rest = Vec::new();
            for index in 0..taken.len() {
                galley = if typed.is_changed { self.galley(ui, &layout) } else { galley };
                self.editor.handle(ui, id, &taken[index], &galley, &mut typed);
                if typed.is_submitted {
                    // Enter ends this field. What was typed after it in the same frame is for whoever comes next.
                    rest = taken.split_off(index + 1);
                    taken.truncate(index);
                    break;
                }
            }
            edit::put_back(ui, taken, rest);
        } else {
            self.editor.leave();
        }
        if typed.is_changed {
            galley = self.galley(ui, &layout);
        }

        let height = (galley.size().y + 2.0 * INSIDE_Y).max(self.least_height());
        let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let text_rect = Rect::from_min_max(
            rect.min + vec2(INSIDE, INSIDE_Y),
            pos2(rect.left() + INSIDE + text_width, rect.bottom() - INSIDE_Y),
        );
        let reach = Rect::from_min_max(rect.min, pos2(text_rect.right(), rect.bottom()));
        let response = ui.interact(reach, id, Sense::click_and_drag());
        paint_frame(ui, theme, rect, has_focus, response.hovered());
        self.show_toggle(ui, rect, toggle_width, &toggle);

        self.keep_in_sight(&galley, text_rect, has_focus);
        let begin = text_rect.min - vec2(self.offset, 0.0);
        self.follow_pointer(ui, &response, &galley, begin);
        self.paint_text(ui, text_rect, begin, &mut galley, has_focus);
        self.tell(ui, &response, id, name, &galley, begin);
        typed
    }

    fn toggle_width(&self, ui: &Ui, toggle: &str) -> f32 {
        if self.kind == Kind::Word {
            return 0.0;
        }
        let font = FontId::proportional(TOGGLE_SIZE);
        let galley = ui.painter().layout_no_wrap(toggle.to_owned(), font, Color32::WHITE);
        galley.size().x + 2.0 * space::S
    }

    fn show_toggle(&mut self, ui: &mut Ui, rect: Rect, width: f32, text: &str) {
        if width == 0.0 {
            return;
        }
        let place = Rect::from_min_size(
            pos2(rect.right() - width - space::XS, rect.top() + space::XS),
            vec2(width, space::TARGET),
        );
        let text = RichText::new(text).size(TOGGLE_SIZE).color(ui.visuals().hyperlink_color);
        ui.scope(|ui| {
            ui.spacing_mut().button_padding = Vec2::new(space::XS, 0.0);
            let button = Button::new(text).frame_when_inactive(false).min_size(place.size());
            if ui.put(place, button).clicked() {
                self.is_shown = !self.is_shown;
            }
        });
    }

    const fn least_height(&self) -> f32 {
        match self.kind {
            Kind::Password | Kind::Word => LINE_HEIGHT,
            Kind::Phrase => PHRASE_HEIGHT,
        }
    }

    fn galley(&self, ui: &Ui, layout: &Layout) -> Arc<Galley> {
        let font = if self.is_shown { FontId::monospace(15.0) } else { FontId::proportional(15.0) };
        let shown = self.shown();
        let mut job = LayoutJob::simple_singleline(shown, font, layout.color);
        if self.kind == Kind::Phrase {
            job.wrap = TextWrapping::wrap_at_width(layout.width);
        }
        job.keep_trailing_whitespace = true;
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    }

    /// The text itself, or a dot for each of its letters. The spaces of a hidden phrase stay, so that its words can be
    /// counted.
    fn shown(&self) -> String {
        if self.is_shown {
            return self.text().to_owned();
        }
        let keeps_spaces = self.kind == Kind::Phrase;
        self.text().chars().map(|letter| if keeps_spaces && letter == ' ' { ' ' } else { DOT }).collect()
    }

    fn keep_in_sight(&mut self, galley: &Galley, room: Rect, has_focus: bool) {
        if self.kind == Kind::Phrase || galley.size().x <= room.width() {
            self.offset = 0.0;
            return;
        }
        let caret = if has_focus { galley.pos_from_cursor(self.editor.caret()).min.x } else { 0.0 };
        self.offset = self.offset.clamp((caret - room.width() + 2.0).max(0.0), caret.max(0.0));
        self.offset = self.offset.min(galley.size().x - room.width() + 2.0);
    }

    fn follow_pointer(&mut self, ui: &Ui, response: &Response, galley: &Galley, begin: egui::Pos2) {
        if response.hovered() {
            ui.set_cursor_icon(CursorIcon::Text);
        }
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let under = galley.cursor_from_pos(pointer - begin);
        let is_dragged = ui.is_being_dragged(response.id);
        let did = self.editor.cursor.pointer_interaction(ui, response, under, galley, is_dragged);
        if did || response.clicked() {
            ui.memory_mut(|memory| memory.request_focus(response.id));
        }
    }

    fn paint_text(&self, ui: &Ui, room: Rect, begin: egui::Pos2, galley: &mut Arc<Galley>, has_focus: bool) {
        if !ui.is_rect_visible(room) {
            return;
        }
        let painter = ui.painter_at(room.expand(2.0));
        let range = self.editor.range();
        if has_focus && !range.is_empty() {
            paint_text_selection(galley, ui.visuals(), &range, None);
        }
        painter.galley(begin, Arc::clone(galley), ui.visuals().text_color());
        if !has_focus {
            return;
        }
        let row_height = ui.fonts_mut(|fonts| fonts.row_height(&FontId::monospace(15.0)));
        let caret = cursor_rect(galley, &range.primary, row_height).translate(begin.to_vec2());
        if ui.input(|input| input.focused) {
            paint_text_cursor(ui, &painter, caret, 0.0);
        }
        ui.output_mut(|output| {
            // An input method learns that this is nothing to remember or to complete.
            output.ime = Some(IMEOutput {
                purpose: IMEPurpose::Password,
                rect: room,
                cursor_rect: caret,
                should_interrupt_composition: false,
            });
        });
    }

    /// What a screen reader gets: dots, unless the person wants to see the text.
    fn tell(&self, ui: &Ui, response: &Response, id: Id, name: &str, galley: &Galley, begin: egui::Pos2) {
        response.widget_info(|| {
            let shown = self.shown();
            WidgetInfo { label: Some(name.to_owned()), ..WidgetInfo::text_edit(ui.is_enabled(), &shown, &shown, "") }
        });
        ui.ctx().accesskit_node_builder(id, |node| {
            // Whoever shows it wants to hear it: of a password, assistive technologies only ever get dots.
            node.set_role(if self.is_shown { Role::TextInput } else { Role::PasswordInput });
            node.add_action(Action::SetValue);
            node.add_action(Action::ReplaceSelectedText);
        });
        let place = egui::emath::TSTransform::from_translation(begin.to_vec2());
        update_accesskit_for_text_widget(ui.ctx(), id, Some(self.editor.range()), place, galley);
    }
}

struct Layout {
    color: Color32,
    width: f32,
}

fn paint_frame(ui: &Ui, theme: &Theme, rect: Rect, has_focus: bool, is_hovered: bool) {
    let colors = &theme.palette;
    let stroke = match (has_focus, is_hovered) {
        (true, _) => Stroke::new(2.0, colors.accent),
        (false, true) => Stroke::new(1.0, colors.quiet),
        (false, false) => Stroke::new(1.0, colors.line),
    };
    ui.painter().rect(rect, CornerRadius::same(space::ROUND), colors.sunken, stroke, StrokeKind::Inside);
}

/// Arrows move the caret; Tab and Escape leave as everywhere.
const EVENTS: EventFilter = EventFilter { horizontal_arrows: true, vertical_arrows: true, tab: false, escape: false };
const DOT: char = '•';
const INSIDE: f32 = 12.0;
const INSIDE_Y: f32 = 10.0;
const LINE_HEIGHT: f32 = 40.0;
/// Twenty-four words fit without growing.
const PHRASE_HEIGHT: f32 = 112.0;
const TOGGLE_SIZE: f32 = 13.0;
