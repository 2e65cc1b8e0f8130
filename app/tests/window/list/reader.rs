//! A list with somebody who looks at it, without a window.

use egui::{Context, Event, Key, Modifiers, Pos2, RawInput, Rect, Ui, Vec2, vec2};
use nyx_app::window::widgets::list::{Height, List, Row, Rows, Seen};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// A list with somebody who looks at it.
pub(super) struct Reader {
    pub(super) ctx: Context,
    pub(super) list: List,
    pub(super) book: Book,
    pub(super) size: Vec2,
    pub(super) events: Vec<Event>,
    pub(super) time: f64,
    /// The visible rows and their tops.
    pub(super) drawn: BTreeMap<u64, f32>,
    pub(super) wanted: BTreeSet<Page>,
    pub(super) seen: Seen,
    /// Nothing that is in view is missing.
    pub(super) is_settled: bool,
}

/// A page that was asked for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Page(u64, u64);

impl Page {
    pub(super) fn start(&self) -> &u64 {
        &self.0
    }

    pub(super) fn contains(&self, at: &u64) -> bool {
        (self.0..=self.1).contains(at)
    }
}

/// The rows.
#[derive(Default)]
pub(super) struct Book {
    pub(super) gaps: Vec<RangeInclusive<u64>>,
    pub(super) edited: BTreeMap<u64, f32>,
    /// Rows come only when they are loaded.
    pub(super) is_slow: bool,
    pub(super) loaded: BTreeSet<Page>,
    pub(super) drawn: BTreeMap<u64, f32>,
    pub(super) bottoms: BTreeMap<u64, f32>,
    /// Rows are a line of words.
    pub(super) has_words: bool,
    pub(super) words: BTreeMap<u64, Rect>,
    pub(super) wanted: BTreeSet<Page>,
}

impl Book {
    pub(super) fn is_gap(&self, at: u64) -> bool {
        self.gaps.iter().any(|gap| gap.contains(&at))
    }

    /// Between one line and a picture, narrower is higher.
    pub(super) fn height(&self, at: u64, width: f32) -> f32 {
        let text = (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 40;
        self.edited.get(&at).copied().unwrap_or(20.0 + (text * text) as f32 * 60.0 / width)
    }

    pub(super) fn is_loaded(&self, at: u64) -> bool {
        !self.is_slow || self.loaded.iter().any(|page| page.contains(&at))
    }
}

impl Rows for Book {
    fn estimate(&self, at: u64, _width: f32) -> Height {
        if !self.is_loaded(at) {
            Height::Away
        } else if self.is_gap(at) {
            Height::Gap
        } else {
            Height::Here
        }
    }

    fn show(&mut self, ui: &mut Ui, row: &mut Row<'_>) {
        assert!(!self.is_gap(row.at) && self.is_loaded(row.at));
        if self.has_words {
            let text = row.text(ui, format!("Words {}", row.at));
            if ui.is_visible() {
                self.drawn.insert(row.at, text.rect.top());
                self.words.insert(row.at, text.rect);
            }
            return;
        }
        let width = ui.available_width();
        let height = self.height(row.at, width);
        let (rect, _) = ui.allocate_exact_size(vec2(width, height), egui::Sense::hover());
        if ui.is_visible() {
            self.drawn.insert(row.at, rect.top());
            // Up to whole pixels.
            self.bottoms.insert(row.at, rect.top() + (rect.height() - 0.01).ceil());
        }
    }

    fn name(&self, at: u64) -> String {
        format!("Row {at}")
    }

    fn want(&mut self, page: RangeInclusive<u64>) {
        self.wanted.insert(Page(*page.start(), *page.end()));
    }
}

impl Reader {
    pub(super) fn new(places: RangeInclusive<u64>) -> Self {
        let mut list = List::new("test");
        list.set_ends(Some((*places.start(), *places.end())));
        Self {
            ctx: Context::default(),
            list,
            book: Book::default(),
            size: vec2(500.0, 600.0),
            events: Vec::new(),
            time: 0.0,
            drawn: BTreeMap::new(),
            wanted: BTreeSet::new(),
            seen: Seen::default(),
            is_settled: false,
        }
    }

    pub(super) fn look(&mut self) -> Seen {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(self.time),
            events: std::mem::take(&mut self.events),
            ..RawInput::default()
        };
        let (list, book) = (&mut self.list, &mut self.book);
        let mut seen = Seen::default();
        let output = self.ctx.run_ui(input, |ui| {
            book.drawn.clear();
            book.wanted.clear();
            let now = list.show(ui, "Messages", book);
            seen = Seen { arrived: seen.arrived.or(now.arrived), ..now };
        });
        output.drop_without_applying_deltas();
        self.drawn = std::mem::take(&mut self.book.drawn);
        self.wanted = std::mem::take(&mut self.book.wanted);
        let places = seen.places.clone();
        self.is_settled = places.is_some_and(|places| {
            let mut rows = places.take(1000).filter(|at| !self.book.is_gap(*at));
            rows.all(|at| self.drawn.contains_key(&at))
        });
        self.seen = seen.clone();
        seen
    }

    /// By so many points, towards the beginning.
    pub(super) fn scroll(&mut self, points: f32) {
        self.list.page(-points / (self.size.y - 48.0));
        self.look();
    }

    pub(super) fn set_ends(&mut self, first: u64, last: u64) {
        self.list.set_ends(Some((first, last)));
    }

    /// What was asked for is there.
    pub(super) fn load(&mut self) {
        self.book.loaded.extend(self.wanted.iter().copied());
    }

    pub(super) fn words_of(&self, at: u64) -> Rect {
        self.book.words[&at]
    }

    pub(super) fn press(&mut self, key: Key) {
        self.press_with(key, Modifiers::NONE);
    }

    pub(super) fn press_with(&mut self, key: Key, modifiers: Modifiers) {
        for pressed in [true, false] {
            self.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
    }

    pub(super) fn pointer(&mut self, pos: Pos2, pressed: Option<bool>) {
        self.events.push(Event::PointerMoved(pos));
        self.look();
        if let Some(pressed) = pressed {
            let button = egui::PointerButton::Primary;
            self.events.push(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
            self.look();
        }
    }

    pub(super) fn bottom_of(&self, at: u64) -> f32 {
        self.book.bottoms[&at]
    }
}
