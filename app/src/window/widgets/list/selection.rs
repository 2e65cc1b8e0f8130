//! What is selected of the rows' texts.
//!
//! egui has a selection across labels of its own, but it ends as soon as one of its ends is not drawn. This one is kept
//! by places and letters, so it reaches as far as the reader goes.

use egui::{
    Align, CursorIcon, Event, Galley, Label, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, WidgetText,
    text::CCursor,
    text_selection::{CCursorRange, text_cursor_state::is_word_char, visuals::paint_text_selection},
};
use std::sync::Arc;

/// From one letter of a row to one of another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Selected {
    /// The first row, and the first letter of its text, counted from 0.
    pub from: (u64, usize),
    /// The last row, and the letter after the last one; [`usize::MAX`]: all of its text.
    pub to: (u64, usize),
}

impl Selected {
    /// What of a row's text is selected.
    #[must_use]
    pub fn of<'t>(&self, at: u64, text: &'t str) -> &'t str {
        let byte = |letter: usize| text.char_indices().nth(letter).map_or(text.len(), |(byte, _)| byte);
        let (from, to) = self.letters(at);
        if from < to { &text[byte(from)..byte(to)] } else { "" }
    }

    /// The letters of a row that are selected, from one up to another.
    fn letters(&self, at: u64) -> (usize, usize) {
        if !(self.from.0..=self.to.0).contains(&at) {
            return (0, 0);
        }
        let from = if at == self.from.0 { self.from.1 } else { 0 };
        let to = if at == self.to.0 { self.to.1 } else { usize::MAX };
        (from, to)
    }
}

/// What is selected, and how it came to be.
#[derive(Debug, Default)]
pub(super) struct Selection {
    ends: Option<Ends>,
    /// The pointer is moving one end.
    is_dragged: bool,
    unit: Unit,
    last_press: Option<Press>,
    /// The texts in view.
    texts: Vec<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Ends {
    /// What stays selected, whichever way it goes from there.
    fixed: Selected,
    moving: Selected,
}

/// What one press selects.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Unit {
    #[default]
    Letter,
    Word,
    Row,
}

#[derive(Clone, Copy, Debug)]
struct Press {
    time: f64,
    pos: Pos2,
}

#[derive(Debug)]
struct Text {
    at: u64,
    origin: Pos2,
    galley: Arc<Galley>,
    rect: Rect,
}

impl Selection {
    /// What is selected, if that is anything.
    pub(super) fn get(&self) -> Option<Selected> {
        let Ends { fixed, moving } = self.ends?;
        let selected = Selected { from: fixed.from.min(moving.from), to: fixed.to.max(moving.to) };
        (selected.from < selected.to).then_some(selected)
    }

    pub(super) fn clear(&mut self) {
        self.ends = None;
        self.is_dragged = false;
    }

    pub(super) fn select(&mut self, all: Selected) {
        self.ends = Some(Ends { fixed: all, moving: all });
    }

    /// Goes on by whole rows: from this one, if nothing was selected, to that one.
    pub(super) fn extend(&mut self, from: u64, to: u64) {
        let fixed = self.ends.map_or(row(from), |ends| ends.fixed);
        self.ends = Some(Ends { fixed, moving: row(to) });
    }

    /// Before the rows are drawn.
    pub(super) fn begin(&mut self) {
        self.texts.clear();
    }

    /// Draws a text of a row.
    pub(super) fn text(&mut self, ui: &mut Ui, at: u64, text: WidgetText) -> Response {
        let (origin, galley, response) = Label::new(text).wrap().selectable(true).layout_in_ui(ui);
        self.show(ui, at, origin, galley, response)
    }

    /// Draws a text of a row at a place.
    pub(super) fn galley(&mut self, ui: &mut Ui, at: u64, place: Rect, galley: &Arc<Galley>) -> Response {
        // As a label does that can be selected; the keyboard goes from row to row instead.
        let response = ui.interact(place, ui.scope_id().with("text"), Sense::click_and_drag() - Sense::FOCUSABLE);
        let origin = match galley.job.halign {
            Align::LEFT => place.left_top(),
            Align::Center => place.center_top(),
            Align::RIGHT => place.right_top(),
        };
        self.show(ui, at, origin, Arc::clone(galley), response)
    }

    fn show(&mut self, ui: &mut Ui, at: u64, origin: Pos2, mut galley: Arc<Galley>, response: Response) -> Response {
        response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), galley.text()));
        if !ui.is_rect_visible(response.rect) {
            return response;
        }
        if response.hovered() {
            ui.set_cursor_icon(CursorIcon::Text);
        }
        self.texts.push(Text { at, origin, galley: Arc::clone(&galley), rect: response.rect });
        if response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_pressed()) {
            self.press(ui);
        }
        if let Some(selected) = self.get() {
            let (from, to) = selected.letters(at);
            let range = CCursorRange::two(CCursor::new(from), CCursor::new(to.min(galley.end().index.0)));
            if from < to {
                paint_text_selection(&mut galley, ui.visuals(), &range, None);
            }
        }
        ui.painter().galley(origin, galley, ui.visuals().text_color());
        response
    }

    /// After the rows are drawn: the pointer, and the keys that concern a selection. Tells how far beyond the view the
    /// pointer holds an end, and what is to be copied.
    pub(super) fn end(&mut self, view: &Ui) -> (f32, Option<Selected>) {
        let rect = view.clip_rect();
        let pointer = view.input(|input| input.pointer.interact_pos());
        let mut beyond = 0.0;
        if let Some(pointer) = pointer {
            if view.input(|input| input.pointer.primary_pressed()) && !self.is_pressed(pointer) {
                // A press on something that floats above the rows, a menu, may be for what is selected.
                let is_here = view.ctx().layer_id_at(pointer).is_none_or(|layer| layer == view.layer_id());
                let is_bar = pointer.x >= rect.right() && rect.y_range().contains(pointer.y);
                if is_here && !is_bar {
                    self.clear();
                }
            }
            if self.is_dragged && view.input(|input| input.pointer.primary_down()) {
                beyond = (pointer.y - rect.bottom()).max(0.0) + (pointer.y - rect.top()).min(0.0);
                let inside = Pos2::new(pointer.x, pointer.y.clamp(rect.top(), rect.bottom()));
                self.drag(view, inside);
            } else {
                self.is_dragged = false;
            }
        }
        (beyond, self.copy(view))
    }

    /// Takes the wish to copy; nobody else then does.
    fn copy(&self, view: &Ui) -> Option<Selected> {
        let selected = self.get()?;
        view.input_mut(|input| {
            let before = input.events.len();
            input.events.retain(|event| !matches!(event, Event::Copy));
            (input.events.len() < before).then_some(selected)
        })
    }

    fn is_pressed(&self, pointer: Pos2) -> bool {
        self.is_dragged && self.texts.iter().any(|text| text.rect.contains(pointer))
    }

    /// A press on the text that was just drawn.
    fn press(&mut self, ui: &Ui) {
        let Some(pos) = ui.input(|input| input.pointer.interact_pos()) else { return };
        let (time, is_shift) = ui.input(|input| (input.time, input.modifiers.shift));
        let (delay, distance) =
            ui.options(|options| (options.input_options.max_double_click_delay, options.input_options.max_click_dist));
        let is_again = |press: &Press| time - press.time <= delay && press.pos.distance(pos) <= distance;
        self.unit = match (self.last_press.filter(is_again), self.unit) {
            (None, _) => Unit::Letter,
            (Some(_), Unit::Letter) => Unit::Word,
            (Some(_), _) => Unit::Row,
        };
        self.last_press = Some(Press { time, pos });
        let Some(text) = self.texts.last() else { return };
        let pressed = text.unit_at(pos, self.unit);
        let fixed = self.ends.filter(|_| is_shift).map_or(pressed, |ends| ends.fixed);
        self.ends = Some(Ends { fixed, moving: pressed });
        self.is_dragged = true;
        ui.ctx().request_repaint();
    }

    fn drag(&mut self, view: &Ui, pointer: Pos2) {
        let distance = |text: &&Text| text.rect.distance_to_pos(Pos2::new(text.rect.center().x, pointer.y));
        let nearest = self.texts.iter().min_by(|one, other| distance(one).total_cmp(&distance(other)));
        if let (Some(text), Some(ends)) = (nearest, &mut self.ends) {
            let moving = text.unit_at(pointer, self.unit);
            if ends.moving != moving {
                ends.moving = moving;
                view.ctx().request_repaint();
            }
        }
    }
}

impl Text {
    fn unit_at(&self, pointer: Pos2, unit: Unit) -> Selected {
        let letter = self.galley.cursor_from_pos(pointer - self.origin).index.0;
        let (from, to) = match unit {
            Unit::Letter => (letter, letter),
            Unit::Word => word_at(self.galley.text(), letter),
            Unit::Row => (0, usize::MAX),
        };
        Selected { from: (self.at, from), to: (self.at, to) }
    }
}

fn row(at: u64) -> Selected {
    Selected { from: (at, 0), to: (at, usize::MAX) }
}

/// The letters of the same kind around one: a word, spaces, or signs.
fn word_at(text: &str, letter: usize) -> (usize, usize) {
    let kind = |letter: char| (is_word_char(letter), letter.is_whitespace());
    let mut from = 0;
    let mut last = None;
    let mut count = 0;
    for (index, now) in text.chars().enumerate() {
        if last.is_some_and(|last| kind(last) != kind(now)) {
            // Behind the end of a word the word is meant, not the space.
            if index > letter || (index == letter && last.is_some_and(is_word_char) && !is_word_char(now)) {
                return (from, index);
            }
            from = index;
        }
        last = Some(now);
        count = index + 1;
    }
    (from, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_from_each_of_its_letters_and_from_its_end() {
        let text = "one, Ünïcode two";
        for letter in 5..=12 {
            assert_eq!(word_at(text, letter), (5, 12), "{letter}");
        }
        assert_eq!(word_at(text, 3), (0, 3));
        assert_eq!(word_at(text, 16), (13, 16));
        assert_eq!(word_at("", 0), (0, 0));
    }

    #[test]
    fn a_selection_cuts_the_text_of_each_row() {
        let selected = Selected { from: (3, 2), to: (5, 3) };
        assert_eq!(selected.of(2, "before"), "");
        assert_eq!(selected.of(3, "über"), "er");
        assert_eq!(selected.of(4, "whole"), "whole");
        assert_eq!(selected.of(5, "ending"), "end");
        assert_eq!(selected.of(5, "e"), "e");
        assert_eq!(selected.of(6, "after"), "");
    }
}
