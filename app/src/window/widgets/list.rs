//! A long list of rows of different heights: a conversation.
//!
//! Rows stand at places, numbers that only grow; a place without a row is a gap. Only what can be seen is laid out, so
//! a list of a million rows costs as much as one of a screen. What the reader looks at never moves by itself: the list
//! remembers a row and where it stood, and lays the others out around it. While the reader is at the bottom, the list
//! stays there and new rows push the others up.
//!
//! Whoever has the rows implements [`Rows`]; rows that are not loaded are [`Height::Away`] and asked for by
//! [`Rows::want`]. What changes is said to the list: [`set_ends`](List::set_ends), [`gap`](List::gap),
//! [`removed`](List::removed), [`changed`](List::changed).

mod bar;
mod drawing;
mod heights;
mod keys;
mod placing;
mod selection;

pub use selection::Selected;
use selection::Selection;

use egui::{Galley, Id, Layout, Rect, Response, Sense, Ui, UiBuilder, Vec2, WidgetText, accesskit::Role, pos2};
use heights::{Cell, Filling, Heights};
use placing::{Place, Placed};
use std::{collections::VecDeque, ops::RangeInclusive, sync::Arc};

/// The rows of a list, as whoever has them shows them.
pub trait Rows {
    /// What is known of a row before it is drawn. Called for every row near the visible ones: cheap.
    fn estimate(&self, at: u64, width: f32) -> Height;
    /// Draws a row from the top left corner of `ui` on, as wide as that is. Also called in a `ui` that shows nothing,
    /// to learn a height; so what can be clicked has identities made of `ui.id()`.
    fn show(&mut self, ui: &mut Ui, row: &mut Row<'_>);
    /// The row in words, for those who don't see it.
    fn name(&self, at: u64) -> String;
    /// These places are visible or may soon be; the list says so in every frame, a page at a time.
    fn want(&mut self, page: RangeInclusive<u64>);
}

/// What is known of a row before it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Height {
    /// There is none at this place.
    Gap,
    /// It is not loaded.
    Away,
    /// It can be drawn.
    Here,
}

/// The row to draw.
#[derive(Debug)]
pub struct Row<'a> {
    /// Its place.
    pub at: u64,
    /// It is the one that the keyboard is at.
    pub is_current: bool,
    selection: &'a mut Selection,
}

/// Where a row goes that is jumped to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Align {
    /// Its top to the top.
    Top,
    /// Into the middle.
    Center,
    /// Its bottom to the bottom.
    Bottom,
}

/// What a reader sees of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The first and the last visible place.
    pub places: Option<RangeInclusive<u64>>,
    /// The end is visible, and the list stays there.
    pub at_bottom: bool,
    /// How many rows are further down than the reader has ever been.
    pub new: u64,
    /// The row that was jumped to is drawn, from now on.
    pub arrived: Option<u64>,
    /// The row that the keyboard is at, while it is in the list.
    pub current: Option<u64>,
    /// This is to be copied.
    pub copy: Option<Selected>,
}

/// A list and where its reader is.
#[derive(Debug)]
pub struct List {
    id: Id,
    heights: Heights,
    ends: Option<(u64, u64)>,
    place: Place,
    /// The reader moved it since it was laid out.
    is_moved: bool,
    /// It was told where to go, and the wheel was not turned since: what is left of an earlier turn is not meant.
    drops_wheel: bool,
    /// Of the view, in points.
    size: Vec2,
    /// Pixels in a point.
    scale: f32,
    /// What is in view, from the top.
    placed: VecDeque<Placed>,
    /// Where the keyboard is.
    current: Option<u64>,
    /// The furthest place that was in view.
    seen_to: Option<u64>,
    /// Where the thumb of the bar is held, below its top.
    held: Option<f32>,
    selection: Selection,
}

impl List {
    /// An empty list; the salt tells it from other lists.
    pub fn new(salt: impl std::hash::Hash + std::fmt::Debug) -> Self {
        Self {
            id: Id::unique(("list", salt)),
            heights: Heights::new(),
            ends: None,
            place: Place::Bottom,
            is_moved: false,
            drops_wheel: false,
            size: Vec2::ZERO,
            scale: 1.0,
            placed: VecDeque::new(),
            current: None,
            seen_to: None,
            held: None,
            selection: Selection::default(),
        }
    }

    /// The first and the last place; `None`: there are none. Places may come and go at both ends.
    pub fn set_ends(&mut self, ends: Option<(u64, u64)>) {
        if self.ends == ends {
            return;
        }
        match (self.ends, ends) {
            (Some((first, last)), Some((new_first, new_last))) if new_first <= last && first <= new_last => {
                self.heights.fill_between(new_first, first, Filling::Unknown);
                self.heights.fill_between(first, new_first, Filling::Gap);
                self.heights.fill_between(last.saturating_add(1), new_last.saturating_add(1), Filling::Unknown);
                self.heights.fill_between(new_last.saturating_add(1), last.saturating_add(1), Filling::Gap);
            }
            _ => {
                self.heights.fill(0..=u64::MAX, Filling::Gap);
                if let Some((first, last)) = ends {
                    self.heights.fill(first..=last, Filling::Unknown);
                }
            }
        }
        self.ends = ends;
    }

    /// There are no rows at these places.
    pub fn gap(&mut self, places: RangeInclusive<u64>) {
        self.heights.fill(places, Filling::Gap);
    }

    /// The row at this place is gone.
    pub fn removed(&mut self, at: u64) {
        self.gap(at..=at);
    }

    /// The row at this place may have another height.
    pub fn changed(&mut self, at: u64) {
        if let Cell::Measured(height) = self.heights.get(at) {
            self.heights.set(at, Cell::Guessed(height));
        }
    }

    /// Every row may have another height, for instance in another theme or language.
    pub fn all_changed(&mut self) {
        self.heights.doubt();
    }

    /// Goes to a row, or to the next one if there is none. [`Seen::arrived`] tells when it is there.
    pub fn jump_to(&mut self, at: u64, align: Align) {
        self.place = Place::Goal { at, align };
        self.drops_wheel = true;
    }

    /// Goes to the end and stays there.
    pub fn to_bottom(&mut self) {
        self.place = Place::Bottom;
        self.drops_wheel = true;
    }

    /// Scrolls by so many views, down if positive: for keys that are pressed elsewhere.
    pub fn page(&mut self, views: f32) {
        let lines = (self.size.y - PAGE_OVERLAP).max(self.size.y / 2.0);
        self.scroll_by(f64::from(lines * views));
    }

    /// Puts the keyboard at a row; to be in effect the list needs the focus.
    pub fn set_current(&mut self, at: u64) {
        self.current = Some(at);
    }

    /// What is selected of the rows' texts.
    #[must_use]
    pub fn selected(&self) -> Option<Selected> {
        self.selection.get()
    }

    /// Selects nothing.
    pub fn select_nothing(&mut self) {
        self.selection.clear();
    }

    /// The identity that takes the keyboard's focus.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Draws the list into all room that `ui` has; `name` is for those who don't see it.
    pub fn show(&mut self, ui: &mut Ui, name: &str, rows: &mut impl Rows) -> Seen {
        let outer = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(outer);
        let edge = (outer.right() - bar::WIDTH).max(outer.left());
        let inner = Rect::from_min_max(outer.min, pos2(edge, outer.bottom()));
        let track = Rect::from_min_max(pos2(edge, outer.top()), outer.max);
        self.fit(inner.size(), ui.pixels_per_point());

        let mut view = ui.new_child(
            UiBuilder::new()
                .scope_id(self.id)
                .max_rect(inner)
                .layout(Layout::top_down(egui::Align::Min))
                .sense(Sense::focusable_noninteractive())
                .accessibility_role(Role::List)
                .accessibility_label(name),
        );
        view.expand_to_include_rect(inner);
        view.shrink_clip_rect(inner);
        // Other rows stand where others stood.
        view.ctx().allow_widget_id_changes_in(inner);

        let has_focus = view.memory(|memory| memory.has_focus(self.id));
        if has_focus {
            self.keys(&view);
        }
        self.wheel(&view, outer);
        self.lay_out(&mut view, rows);
        let settled = self.draw(&mut view, rows, has_focus);
        let arrived = self.settle(settled);
        let (beyond, copy) = self.selection.end(&view);
        if beyond != 0.0 {
            // Held above or below the view a selection goes on, the faster the further.
            let secs = view.input(|input| input.stable_dt).min(0.1);
            self.scroll_by(f64::from(beyond * SELECTING * secs));
            view.ctx().request_repaint();
        }
        self.draw_bar(ui, track);
        self.ask(rows);
        self.seen(arrived, has_focus, copy)
    }

    /// The view has this size. What was measured in another width is only a guess.
    fn fit(&mut self, size: Vec2, scale: f32) {
        if self.size.x != size.x || self.scale != scale {
            self.heights.doubt();
        }
        self.size = size;
        self.scale = scale;
    }

    /// Asks for the pages in view and the ones beside them.
    fn ask(&self, rows: &mut impl Rows) {
        let (Some(top), Some(bottom)) = (self.placed.front(), self.placed.back()) else { return };
        let page_of = |at: u64| at / PAGE;
        let mut want = |page: u64| rows.want(page * PAGE..=(page * PAGE).saturating_add(PAGE - 1));
        if let Some(before) = (page_of(top.at) * PAGE).checked_sub(1).and_then(|at| self.heights.at_or_before(at)) {
            want(page_of(before));
        }
        let mut last = None;
        for placed in &self.placed {
            let page = page_of(placed.at);
            if last != Some(page) {
                want(page);
            }
            last = Some(page);
        }
        let next = (page_of(bottom.at) + 1).checked_mul(PAGE);
        if let Some(after) = next.and_then(|at| self.heights.at_or_after(at)) {
            want(page_of(after));
        }
    }

    fn seen(&mut self, arrived: Option<u64>, has_focus: bool, copy: Option<Selected>) -> Seen {
        let places = self.placed.front().zip(self.placed.back()).map(|(top, bottom)| top.at..=bottom.at);
        self.seen_to = self.seen_to.max(places.as_ref().map(|places| *places.end()));
        let seen = self.seen_to.map_or(0, |seen| self.heights.rows_before(seen.saturating_add(1)));
        Seen {
            places,
            at_bottom: self.place == Place::Bottom,
            new: self.heights.rows().saturating_sub(seen),
            arrived,
            current: self.current.filter(|_| has_focus),
            copy,
        }
    }
}

impl Row<'_> {
    /// Draws text that can be selected together with that of other rows. A galley is drawn as it is; anything else is
    /// broken to the width of `ui`. Letters are counted in it: of a row's text it should be the beginning.
    pub fn text(&mut self, ui: &mut Ui, text: impl Into<WidgetText>) -> Response {
        self.selection.text(ui, self.at, text.into())
    }

    /// The same with a galley that was laid out for this place, and takes no other room.
    pub fn galley(&mut self, ui: &mut Ui, place: Rect, galley: &Arc<Galley>) -> Response {
        self.selection.galley(ui, self.at, place, galley)
    }
}

/// Rows are asked for in pages of so many places: more than a view has, and half of what is told at once.
const PAGE: u64 = 64;
/// So much stays in view when a page is turned.
const PAGE_OVERLAP: f32 = 48.0;
/// A selection that is held beyond the view goes on so many times that distance in a second.
const SELECTING: f32 = 10.0;
