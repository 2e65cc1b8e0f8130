//! How hard a password is to guess, said honestly while it is typed.

use crate::{
    strength::{Strength, strength},
    window::{cx::Cx, theme::space},
};
use egui::{CornerRadius, Label, Rect, RichText, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

/// The last opinion; made anew only when something was typed.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    strength: Option<Strength>,
}

impl Meter {
    /// Something was typed. `about` are words of the person that make a password easy to guess.
    pub(crate) fn judge(&mut self, typed: &str, about: &[&str]) {
        self.strength = (!typed.is_empty()).then(|| strength(typed, about));
    }

    /// Four strokes and a sentence.
    pub(crate) fn show(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let colors = &cx.theme.palette;
        let (filled, color, sentence) = match self.strength {
            None => (0, colors.line, "strength-none"),
            Some(Strength::VeryWeak) => (1, colors.danger, "strength-very-weak"),
            Some(Strength::Weak) => (2, colors.warning, "strength-weak"),
            Some(Strength::Fair) => (3, colors.good, "strength-fair"),
            Some(Strength::Strong) => (4, colors.good, "strength-strong"),
        };
        let sentence = cx.texts.get(sentence);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), Sense::hover());
        response.widget_info(|| WidgetInfo {
            value: Some(f64::from(filled)),
            ..WidgetInfo::labeled(Role::Meter, true, cx.texts.get("strength"))
        });
        let gap = space::XS;
        let width = (rect.width() - 3.0 * gap) / 4.0;
        for stroke in 0_u8..4 {
            let left = rect.left() + f32::from(stroke) * (width + gap);
            let part = Rect::from_min_size(egui::pos2(left, rect.top()), vec2(width, rect.height()));
            let color = if stroke < filled { color } else { colors.line };
            ui.painter().rect_filled(part, CornerRadius::same(2), color);
        }
        ui.add(Label::new(RichText::new(sentence).small().color(colors.quiet)).wrap());
    }
}
