//! Buttons by how much they matter. A screen has at most one primary button: the next step.

use crate::window::theme::{Theme, space};
use egui::{Align, Button, Color32, Layout, Response, RichText, Stroke, Ui, Vec2};

/// The next step.
pub(crate) fn primary(ui: &mut Ui, theme: &Theme, text: &str, is_enabled: bool) -> Response {
    let colors = &theme.palette;
    filled(ui, text, is_enabled, (colors.accent, colors.on_accent))
}

/// What cannot be undone.
pub(crate) fn danger(ui: &mut Ui, theme: &Theme, text: &str, is_enabled: bool) -> Response {
    let colors = &theme.palette;
    filled(ui, text, is_enabled, (colors.danger, colors.ground))
}

/// Another way.
pub(crate) fn secondary(ui: &mut Ui, text: &str, is_enabled: bool) -> Response {
    wide(ui, is_enabled, Button::new(text))
}

/// What is seldom wanted: no border, in the colour of links.
pub(crate) fn quiet(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    let text = RichText::new(text).color(theme.palette.accent);
    ui.scope(|ui| {
        // Its word stands nearly where the text above and below it begins.
        ui.spacing_mut().button_padding.x = space::XS;
        ui.add(Button::new(text).frame_when_inactive(false).min_size(Vec2::new(0.0, space::TARGET)))
    })
    .inner
}

fn filled(ui: &mut Ui, text: &str, is_enabled: bool, (fill, ink): (Color32, Color32)) -> Response {
    ui.scope(|ui| {
        let focus = ui.visuals().text_color();
        let widgets = &mut ui.visuals_mut().widgets;
        for (state, lift) in [(&mut widgets.inactive, 0.0), (&mut widgets.hovered, 0.12), (&mut widgets.active, 0.0)] {
            let fill = fill.lerp_to_gamma(focus, lift);
            (state.weak_bg_fill, state.bg_fill) = (fill, fill);
            state.bg_stroke = Stroke::new(1.0, fill);
        }
        // Whoever walks by keyboard sees where they are, on the accent too.
        widgets.active.bg_stroke = Stroke::new(2.0, focus);
        let text = RichText::new(text).color(ink).strong();
        wide(ui, is_enabled, Button::new(text))
    })
    .inner
}

/// As wide as the column, its text in the middle; in a line of answers as wide as its text.
fn wide(ui: &mut Ui, is_enabled: bool, button: Button<'_>) -> Response {
    if ui.layout().is_horizontal() {
        return ui.add_enabled(is_enabled, button);
    }
    let button = button.min_size(Vec2::new(0.0, HEIGHT)).wrap();
    ui.with_layout(Layout::top_down_justified(Align::Center), |ui| ui.add_enabled(is_enabled, button)).inner
}

/// What ends a form is easier to hit than what is beside it.
const HEIGHT: f32 = 40.0;
