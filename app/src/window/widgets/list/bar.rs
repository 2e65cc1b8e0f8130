//! The bar beside a list: where the view is in the whole, and a thumb to move it.

use egui::{CornerRadius, CursorIcon, Id, Rect, Sense, Ui, pos2, vec2};

/// Draws the bar. `part` of the whole is in view, `passed` of what can be scrolled is passed; both from 0 to 1.
/// Tells how much is to be passed if the reader moved the thumb.
pub(super) fn show(ui: &Ui, track: Rect, id: Id, part: f64, passed: f64, held: &mut Option<f32>) -> Option<f64> {
    let response = ui.interact_opt(track, id, Sense::click_and_drag(), egui::InteractOptions::default());
    let length = (f64::from(track.height()) * part).max(f64::from(LENGTH_MIN)).min(f64::from(track.height()));
    let travel = f64::from(track.height()) - length;
    let top = f64::from(track.top()) + travel * passed;
    let thumb = Rect::from_min_size(pos2(track.left(), top as f32), vec2(track.width(), length as f32));

    let mut moved = None;
    let pointer = response.interact_pointer_pos();
    match pointer {
        Some(pointer) if response.is_pointer_button_down_on() && travel > 0.0 => {
            // Beside the thumb: its middle comes to the pointer.
            let grip = *held.get_or_insert_with(|| {
                if thumb.contains(pointer) { pointer.y - thumb.top() } else { length as f32 / 2.0 }
            });
            let is_beside = ui.input(|input| input.pointer.any_pressed()) && !thumb.contains(pointer);
            // Rows that are measured meanwhile move the thumb a little; that must not move the rows again.
            if is_beside || ui.input(|input| input.pointer.delta().y != 0.0) {
                let to = f64::from(pointer.y - grip - track.top()) / travel;
                moved = Some(to.clamp(0.0, 1.0));
            }
        }
        _ => *held = None,
    }

    let is_active = held.is_some();
    if response.hovered() || is_active {
        ui.set_cursor_icon(CursorIcon::Default);
    }
    let visuals = ui.visuals();
    let strength = if is_active {
        0.8
    } else if response.hovered() {
        0.6
    } else {
        0.35
    };
    let thin = thumb.shrink2(vec2((WIDTH - THUMB) / 2.0, 2.0));
    let painter = ui.painter().with_clip_rect(track);
    painter.rect_filled(thin, CornerRadius::same((THUMB / 2.0) as u8), visuals.text_color().gamma_multiply(strength));
    moved
}

/// Of the bar.
pub(super) const WIDTH: f32 = 12.0;
/// Of what is seen of the thumb.
const THUMB: f32 = 6.0;
/// What a hand can still hold.
const LENGTH_MIN: f32 = 28.0;
