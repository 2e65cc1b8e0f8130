//! Rows on the screen: how high each is, and drawn where it stands.

use super::{
    Height, List, Row, Rows, bar,
    heights::Cell,
    placing::{Place, Placed},
};
use egui::{CornerRadius, Rect, Stroke, StrokeKind, Ui, UiBuilder, accesskit::Role, pos2, vec2};

impl List {
    /// Draws what is in view; whether everything was as high as it was thought to be, and loaded.
    pub(super) fn draw(&mut self, view: &mut Ui, rows: &mut impl Rows, has_focus: bool) -> bool {
        let mut is_right = true;
        let mut is_here = true;
        let all = self.heights.rows();
        let snap = self.snap();
        self.selection.begin();
        for index in 0..self.placed.len() {
            let placed = self.placed[index];
            let rect = self.rect_of(view.max_rect(), placed, snap);
            match rows.estimate(placed.at, self.size.x) {
                Height::Gap => {
                    self.heights.set(placed.at, Cell::Gap);
                    is_right = false;
                    continue;
                }
                Height::Away => {
                    is_here = false;
                    draw_away(view, rect);
                    continue;
                }
                Height::Here => {}
            }
            let is_current = has_focus && self.current == Some(placed.at);
            let id = self.id.with(placed.at);
            let builder = UiBuilder::new().scope_id(id).max_rect(rect).accessibility_role(Role::ListItem);
            let mut ui = view.new_child(builder);
            let mut row = Row { at: placed.at, is_current, selection: &mut self.selection };
            rows.show(&mut ui, &mut row);
            let height = whole_pixels(ui.min_rect().height(), self.scale);
            if ui.ctx().has_accesskit_node(id) {
                let name = rows.name(placed.at);
                let before = self.heights.rows_before(placed.at) as usize;
                ui.ctx().accesskit_node_builder(id, |node| {
                    node.set_label(name);
                    node.set_position_in_set(before + 1);
                    node.set_size_of_set(all as usize);
                });
            }
            if is_current {
                view.ctx().accesskit_node_builder(self.id, |node| node.set_active_descendant(id.accesskit_id()));
                let stroke = Stroke::new(2.0, view.visuals().selection.stroke.color);
                let frame = rect.shrink(1.0);
                view.painter().rect_stroke(frame, CornerRadius::same(CORNER), stroke, StrokeKind::Inside);
            }
            if f64::from(height) != placed.height {
                self.heights.set(placed.at, Cell::Measured(height));
                is_right = false;
            }
        }
        if !is_right {
            // This picture is not shown; the next one has the right heights.
            view.ctx().request_discard("rows of a list have other heights");
            view.ctx().request_repaint();
        }
        is_right && is_here
    }

    fn rect_of(&self, view: Rect, placed: Placed, snap: f64) -> Rect {
        let top = (placed.top + snap) as f32;
        Rect::from_min_size(pos2(view.left(), view.top() + top), vec2(self.size.x, placed.height as f32))
    }

    /// How high a row is: as it was measured, or it is measured now. `None`: there is no row.
    pub(super) fn height_of(&mut self, at: u64, view: &mut Ui, rows: &mut impl Rows) -> Option<f64> {
        match self.heights.get(at) {
            Cell::Gap => return None,
            Cell::Measured(height) => return Some(f64::from(height)),
            Cell::Unknown | Cell::Guessed(_) => {}
        }
        match rows.estimate(at, self.size.x) {
            Height::Gap => {
                self.heights.set(at, Cell::Gap);
                None
            }
            Height::Away => {
                let height = whole_pixels(self.heights.height(at) as f32, self.scale);
                // It keeps what it was given, or everything would move with the mean.
                self.heights.set(at, Cell::Guessed(height));
                Some(f64::from(height))
            }
            Height::Here => {
                let rect = Rect::from_min_size(view.max_rect().min, self.size);
                let builder = UiBuilder::new().scope_id(self.id.with(("measured", at))).max_rect(rect).invisible();
                let mut ui = view.new_child(builder);
                rows.show(&mut ui, &mut Row { at, is_current: false, selection: &mut self.selection });
                let height = whole_pixels(ui.min_rect().height(), self.scale);
                self.heights.set(at, Cell::Measured(height));
                Some(f64::from(height))
            }
        }
    }

    /// The bar beside the rows, and what somebody does with it.
    pub(super) fn draw_bar(&mut self, ui: &Ui, track: Rect) {
        let Some(top) = self.placed.front() else { return };
        let (height, total) = (f64::from(self.size.y), self.heights.total());
        let span = total - height;
        if span <= 0.0 {
            self.held = None;
            return;
        }
        let passed = match self.place {
            Place::Bottom => 1.0,
            _ => ((self.heights.before(top.at) - top.top) / span).clamp(0.0, 1.0),
        };
        let moved = bar::show(ui, track, self.id.with("bar"), height / total, passed, &mut self.held);
        match moved {
            None => return,
            Some(to) if to >= 1.0 => self.to_bottom(),
            Some(to) => self.go_to_height(to * span),
        }
        ui.ctx().request_repaint();
    }
}

/// A row that is being loaded.
fn draw_away(view: &Ui, rect: Rect) {
    let rect = rect.shrink2(vec2(CORNER.into(), 4.0));
    if rect.is_positive() {
        view.painter().rect_filled(rect, CornerRadius::same(CORNER), view.visuals().faint_bg_color);
    }
}

/// Up to whole pixels, so that everything moves by whole pixels.
fn whole_pixels(points: f32, scale: f32) -> f32 {
    (points * scale - 0.01).ceil().max(1.0) / scale
}

const CORNER: u8 = 8;
