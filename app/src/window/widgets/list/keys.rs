//! What moves a list: keys, the wheel, a screen reader.

use super::{
    Align, List,
    placing::{PIXEL, Place, Placed},
    selection::Selected,
};
use egui::{Event, EventFilter, Key, Modifiers, Rect, Ui, accesskit::Action};

impl List {
    /// Keys, while the list has the focus.
    pub(super) fn keys(&mut self, view: &Ui) {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        view.memory_mut(|memory| memory.set_focus_lock_filter(self.id, filter));
        let pressed = |key| view.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        for (key, down) in [(Key::ArrowUp, false), (Key::ArrowDown, true)] {
            // First, because a key without Shift is also meant by one with it.
            for _ in 0..view.input_mut(|input| input.count_and_consume_key(Modifiers::SHIFT, key)) {
                let from = self.current;
                self.step(down);
                if let (Some(from), Some(to)) = (from, self.current) {
                    self.selection.extend(from, to);
                }
            }
            for _ in 0..pressed(key) {
                self.step(down);
            }
        }
        let is_all = view.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A));
        if let Some((first, last)) = self.ends.filter(|_| is_all) {
            self.selection.select(Selected { from: (first, 0), to: (last, usize::MAX) });
        }
        let pages = pressed(Key::PageDown) as f32 - pressed(Key::PageUp) as f32;
        if pages != 0.0 {
            self.page(pages);
            self.current = None;
        }
        if pressed(Key::Home) > 0
            && let Some(first) = self.heights.at_or_after(0)
        {
            self.current = Some(first);
            self.jump_to(first, Align::Top);
        }
        if pressed(Key::End) > 0 {
            self.current = self.heights.at_or_before(u64::MAX);
            self.to_bottom();
        }
    }

    /// Moves the keyboard by a row; a row that is higher than the view is first read to its end.
    fn step(&mut self, down: bool) {
        let height = f64::from(self.size.y);
        let is_whole = |placed: &&Placed| placed.top >= -PIXEL && placed.bottom() <= height + PIXEL;
        let shown = self.current.and_then(|at| self.placed.iter().find(|placed| placed.at == at).copied());
        let current = match (self.current, shown, self.place) {
            (_, Some(row), _) if row.height > height && down && row.bottom() > height + PIXEL => {
                return self.scroll_by(LINE);
            }
            (_, Some(row), _) if row.height > height && !down && row.top < -PIXEL => return self.scroll_by(-LINE),
            (_, Some(row), _) => row.at,
            // Several steps at once.
            (Some(current), None, Place::Goal { at, .. }) if at == current => current,
            _ => {
                // It begins with what is in view.
                let mut rows = self.placed.iter();
                let first = if down { rows.find(is_whole) } else { rows.rfind(is_whole) };
                self.current = first.or(self.placed.front()).map(|placed| placed.at);
                return;
            }
        };
        let next = if down {
            current.checked_add(1).and_then(|at| self.heights.at_or_after(at))
        } else {
            current.checked_sub(1).and_then(|at| self.heights.at_or_before(at))
        };
        let Some(next) = next else { return };
        self.current = Some(next);
        let is_pending = matches!(self.place, Place::Goal { .. });
        if is_pending || !self.placed.iter().any(|placed| placed.at == next && is_whole(&placed)) {
            self.jump_to(next, if down { Align::Bottom } else { Align::Top });
        }
    }

    /// The wheel, wherever the pointer is over it, and what a screen reader asks for.
    pub(super) fn wheel(&mut self, view: &Ui, outer: Rect) {
        if view.is_enabled() && view.rect_contains_pointer(outer) {
            let (delta, is_turned) = view.input_mut(|input| {
                let is_turned = input.events.iter().any(|event| matches!(event, Event::MouseWheel { .. }));
                (std::mem::take(&mut input.smooth_scroll_delta.y), is_turned)
            });
            self.drops_wheel &= !is_turned;
            // A turn goes on for some frames, and would take the reader away again from where they went meanwhile.
            if !self.drops_wheel {
                self.scroll_by(f64::from(-delta));
            }
        }
        // From a screen reader.
        let asked = |action| view.input(|input| input.num_accesskit_action_requests(self.id, action)) as f64;
        let steps = asked(Action::ScrollDown) - asked(Action::ScrollUp);
        self.scroll_by(steps * f64::from(self.size.y) / 2.0);
    }
}

/// Scrolled by an arrow within a long row.
const LINE: f64 = 48.0;
