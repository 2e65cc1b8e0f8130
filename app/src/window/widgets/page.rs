//! A screen that is one calm column: a card in the middle of a wide window, the whole of a narrow one.

use crate::window::{
    cx::Cx,
    escape::Escape,
    icons,
    theme::{Theme, space, type_scale},
};
use egui::{
    Align, CentralPanel, Frame, Label, Layout, Margin, Rect, RichText, ScrollArea, Spinner, Ui, UiBuilder, vec2,
};

/// Shows a column.
pub(crate) fn page<R>(ui: &mut Ui, theme: &Theme, salt: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let ground = Frame::new().fill(theme.palette.ground);
    let shown = CentralPanel::default().frame(ground).show(ui, |ui| {
        ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| column(ui, theme, contents)).inner
    });
    shown.inner
}

fn column<R>(ui: &mut Ui, theme: &Theme, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_rect_before_wrap();
    let is_wide = room.width() >= space::COLUMN + 2.0 * (INSIDE + space::L);
    let width = if is_wide { space::COLUMN + 2.0 * INSIDE } else { room.width() };
    // Not the middle: a column that grows by a sentence must not jump.
    let top = if is_wide { (ui.clip_rect().height() * 0.1).clamp(space::M, 96.0) } else { 0.0 };
    let begin = room.min + vec2((room.width() - width) / 2.0, top);
    let place = Rect::from_min_size(begin, vec2(width, f32::INFINITY));
    let builder = UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Min));
    let frame = if is_wide {
        theme.card().inner_margin(Margin::same(INSIDE as i8))
    } else {
        Frame::new().inner_margin(Margin::same(space::M as i8))
    };
    ui.scope_builder(builder, |ui| {
        let inner = frame
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                contents(ui)
            })
            .inner;
        ui.add_space(space::L);
        inner
    })
    .inner
}

/// The name of the screen.
pub(crate) fn title(ui: &mut Ui, text: &str) {
    let shown = ui.add(Label::new(RichText::new(text).text_style(type_scale::title())).wrap());
    heading(ui, &shown, text);
    ui.add_space(space::XS);
}

/// The name of a part.
pub(crate) fn subtitle(ui: &mut Ui, text: &str) {
    let shown = ui.add(Label::new(RichText::new(text).heading()).wrap());
    heading(ui, &shown, text);
}

/// The name of the screen, with the way back; tells whether that is wanted.
pub(crate) fn title_with_back(ui: &mut Ui, cx: &Cx<'_>, text: &str) -> bool {
    let wants_back = ui
        .with_layout(Layout::left_to_right(Align::Min), |ui| {
            let clicked = icons::icon_button(ui, icons::BACK, &cx.texts.get("window-back")).clicked();
            ui.with_layout(Layout::top_down(Align::Min), |ui| title(ui, text));
            clicked
        })
        .inner;
    wants_back || cx.escape == Escape::Screen
}

/// Something takes as long as it takes.
pub(crate) fn waiting(ui: &mut Ui, theme: &Theme, sentence: &str) {
    ui.horizontal(|ui| {
        ui.add(Spinner::new().size(18.0).color(theme.palette.accent));
        ui.add(Label::new(RichText::new(sentence).color(theme.palette.quiet)).wrap());
    });
}

fn heading(ui: &Ui, shown: &egui::Response, text: &str) {
    ui.ctx().accesskit_node_builder(shown.id, |node| {
        node.set_role(egui::accesskit::Role::Heading);
        // What a label has as its value, a heading has as its name.
        node.clear_value();
        node.set_label(text);
    });
}

/// From the edge of a card to what is in it.
const INSIDE: f32 = 32.0;
