//! One of several that stand below or beside each other, with its words.

use crate::window::theme::{Theme, space};
use egui::{Response, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, vec2};

/// Shows one of them; a click chooses it. egui's own ring has the colour of borders, in which nobody sees it.
pub(crate) fn radio(ui: &mut Ui, theme: &Theme, is_chosen: bool, words: String) -> Response {
    let palette = &theme.palette;
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(words, font, palette.text);
    let height = galley.size().y.max(space::TARGET);
    let (place, response) =
        ui.allocate_exact_size(vec2(2.0 * RING + space::S + galley.size().x, height), Sense::click());
    if ui.is_rect_visible(place) {
        let middle = place.left_center() + vec2(RING, 0.0);
        let color = if is_chosen || response.has_focus() {
            palette.accent
        } else if response.hovered() {
            palette.text
        } else {
            palette.quiet
        };
        let width = if response.has_focus() { 2.5 } else { 1.5 };
        ui.painter().circle(middle, RING - width / 2.0, palette.sunken, Stroke::new(width, color));
        if is_chosen {
            ui.painter().circle_filled(middle, DOT, palette.accent);
        }
        let corner = middle + vec2(RING + space::S, -galley.size().y / 2.0);
        ui.painter().galley(corner, galley.clone(), palette.text);
    }
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), is_chosen, galley.text()));
    response
}

const RING: f32 = 9.0;
const DOT: f32 = 4.5;
