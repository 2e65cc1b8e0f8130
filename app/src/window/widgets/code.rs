//! A code for the camera of the other device: large, dark on white in every theme, with its quiet zone, a countdown and
//! the same as a link.
//!
//! A screen makes a [`Code`] of what it shows, keeps it, and each frame calls [`show`] with the seconds that are left.
//! What the person wants comes back: for [`Wish::Copy`] it puts the link into the clipboard by `Cx::copy_secret`, which
//! takes it out again; for [`Wish::Renew`] it asks for a new ticket. Once no time is left, the code is not drawn any
//! more.

use super::{button, field};
use crate::{
    text::Texts,
    window::theme::{Theme, space},
};
use egui::{Color32, Mesh, Rect, Sense, Shape, Ui, UiKind, Vec2, WidgetInfo, accesskit::Role, vec2};
use nyx_media::code::{Code, QUIET};
use std::time::Duration;

/// What the person wants of a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wish {
    /// The link into the clipboard.
    Copy,
    /// Another code, because this one has expired.
    Renew,
}

/// Shows a code that is good for so many seconds more.
pub fn show(ui: &mut Ui, theme: &Theme, texts: &Texts, code: &Code, secs_left: u64) -> Option<Wish> {
    if secs_left > 0 {
        draw(ui, code, &texts.get("code-name"));
    }
    foot(ui, theme, texts, secs_left, "code-copy")
}

/// What stands below a code: how long it is good, and what can be done with it.
pub(crate) fn foot(ui: &mut Ui, theme: &Theme, texts: &Texts, secs_left: u64, copy: &str) -> Option<Wish> {
    if secs_left == 0 {
        field::caution(ui, theme, &texts.get("code-expired"));
        return button::primary(ui, theme, &texts.get("code-renew"), true).clicked().then_some(Wish::Renew);
    }
    // The next second is another sentence; nothing else moves.
    ui.ctx().request_repaint_after(Duration::from_secs(1));
    let left = texts.with("code-left", &[("left", texts.time_left(secs_left).into())]);
    let wish = ui.horizontal_wrapped(|ui| {
        let is_wanted = button::secondary(ui, &texts.get(copy), true).clicked();
        field::hint(ui, theme, &left);
        is_wanted.then_some(Wish::Copy)
    });
    wish.inner
}

fn draw(ui: &mut Ui, code: &Code, name: &str) {
    let modules = code.size() + 2 * QUIET;
    // Whole pixels a module: a camera sees the edges that rounding would make uneven.
    let pixel = ui.ctx().pixels_per_point();
    // What stands above it and what belongs below it are seen with it: nobody scrolls with a camera in the hand.
    // Of the page, and not of what is in view: it must not grow while somebody scrolls.
    let page = ui.stack().iter().find(|part| part.kind() == Some(UiKind::ScrollArea));
    let above = ui.cursor().top() - page.map_or(ui.min_rect().top(), |page| page.max_rect.top());
    let height = (ui.clip_rect().height() - above - BELOW).max(EDGE_MIN);
    let room = ui.available_width().min(height).min(EDGE_MAX);
    let module = (room * pixel / modules as f32).floor().max(1.0) / pixel;
    let edge = module * modules as f32;
    ui.vertical_centered(|ui| {
        let (place, response) = ui.allocate_exact_size(Vec2::splat(edge), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        // Not the theme's colours: cameras want as much contrast as there is, and dark on light.
        ui.painter().rect_filled(place, 0, Color32::WHITE);
        let mut mesh = Mesh::default();
        let begin = (place.min.to_vec2() * pixel).round() / pixel;
        for row in 0..code.size() {
            for column in 0..code.size() {
                if code.is_dark(column, row) {
                    let at = begin + vec2((column + QUIET) as f32, (row + QUIET) as f32) * module;
                    mesh.add_colored_rect(Rect::from_min_size(at.to_pos2(), Vec2::splat(module)), Color32::BLACK);
                }
            }
        }
        ui.painter().add(Shape::mesh(mesh));
    });
    ui.add_space(space::S);
}

/// How long it is good, the link, what is waited for, and the way to stop; with what is around them.
const BELOW: f32 = 152.0;
/// Smaller than this, many a camera sees none.
const EDGE_MIN: f32 = 150.0;
/// A hand's breadth on most screens: larger makes a camera stand farther off, and reads no better.
const EDGE_MAX: f32 = 360.0;
