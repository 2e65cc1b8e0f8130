//! A field for one line that is no secret, and what stands above and below a field.

use crate::window::theme::Theme;
use egui::{
    Align, Event, Frame, Key, Label, Layout, Margin, Response, RichText, Stroke, TextEdit, Ui, accesskit::Live,
};

/// A field under its name. Its accessible name is the same.
pub(crate) fn field(ui: &mut Ui, theme: &Theme, salt: &str, name: &str, text: &mut String) -> Response {
    ui.vertical(|ui| {
        let label = label(ui, theme, name);
        ui.add(edit(salt, text)).labelled_by(label.id)
    })
    .inner
}

/// The same with something at its right.
pub(crate) fn field_beside<R>(
    ui: &mut Ui,
    theme: &Theme,
    salt: &str,
    name: &str,
    text: &mut String,
    beside: impl FnOnce(&mut Ui) -> R,
) -> (Response, R) {
    ui.vertical(|ui| {
        let label = label(ui, theme, name);
        ui.horizontal(|ui| {
            let width = ui.available_width();
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let beside = beside(ui);
                let edit = edit(salt, text).desired_width(width);
                (ui.add(edit).labelled_by(label.id), beside)
            })
            .inner
        })
        .inner
    })
    .inner
}

/// Whether Enter ended a field of one line. What was typed up to it is taken away with it, so that the next field begins
/// with what was typed after it, and does not end at once by the same Enter.
pub(crate) fn is_ended_by_enter(ui: &Ui, field: &Response) -> bool {
    let is_enter = |event: &Event| matches!(event, Event::Key { key: Key::Enter, pressed: true, .. });
    field.lost_focus()
        && ui.input_mut(|input| {
            let Some(end) = input.events.iter().position(is_enter) else { return false };
            let mut index = 0;
            input.events.retain(|event| {
                index += 1;
                index > end + 1 || matches!(event, Event::PointerMoved(_) | Event::PointerButton { .. })
            });
            true
        })
}

fn edit<'t>(salt: &str, text: &'t mut String) -> TextEdit<'t> {
    TextEdit::singleline(text)
        .id_salt(salt)
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(12, 9))
        .char_limit(CHARS_MAX)
}

/// The name above a field.
pub(crate) fn label(ui: &mut Ui, theme: &Theme, name: &str) -> Response {
    ui.add(Label::new(RichText::new(name).small().color(theme.palette.quiet)).selectable(false))
}

/// A sentence that explains.
pub(crate) fn hint(ui: &mut Ui, theme: &Theme, sentence: &str) -> Response {
    ui.add(Label::new(RichText::new(sentence).color(theme.palette.quiet)).wrap())
}

/// What went wrong and what to do next. A screen reader says it as it appears.
pub(crate) fn problem(ui: &mut Ui, theme: &Theme, sentence: &str) {
    notice(ui, theme.palette.danger, theme, sentence);
}

/// What asks for care.
pub(crate) fn caution(ui: &mut Ui, theme: &Theme, sentence: &str) {
    notice(ui, theme.palette.warning, theme, sentence);
}

/// What is neither good nor bad, and still to be known.
pub(crate) fn note(ui: &mut Ui, theme: &Theme, sentence: &str) {
    notice(ui, theme.palette.quiet, theme, sentence);
}

/// What went well.
pub(crate) fn success(ui: &mut Ui, theme: &Theme, sentence: &str) {
    notice(ui, theme.palette.good, theme, sentence);
}

fn notice(ui: &mut Ui, color: egui::Color32, theme: &Theme, sentence: &str) {
    let shown = Frame::new()
        .fill(theme.palette.surface.lerp_to_gamma(color, 0.08))
        .stroke(Stroke::new(1.0, color.gamma_multiply(0.6)))
        .corner_radius(8)
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(Label::new(sentence).wrap())
        });
    ui.ctx().accesskit_node_builder(shown.inner.id, |node| node.set_live(Live::Assertive));
}

/// More than any name or path that a person types.
const CHARS_MAX: usize = 4096;
