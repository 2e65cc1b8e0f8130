//! One of few, all of them in sight.

use crate::window::theme::{Theme, space};
use egui::{Button, RichText, Stroke, Ui, Vec2};

/// Shows the ways there are; tells whether another one was chosen.
pub(crate) fn choice<T: Copy + PartialEq>(ui: &mut Ui, theme: &Theme, chosen: &mut T, ways: &[(T, String)]) -> bool {
    let before = *chosen;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(space::XS);
        for (way, name) in ways {
            let is_chosen = *chosen == *way;
            let colors = &theme.palette;
            let mut button = Button::selectable(is_chosen, RichText::new(name).color(colors.text))
                .min_size(Vec2::new(0.0, space::TARGET))
                .frame_when_inactive(true);
            if is_chosen {
                button = button.fill(colors.accent_soft).stroke(Stroke::new(1.0, colors.accent));
            }
            if ui.add(button).clicked() {
                *chosen = *way;
            }
        }
    });
    *chosen != before
}
