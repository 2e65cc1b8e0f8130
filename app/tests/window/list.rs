//! The long list: rows of any height, and a reader whose rows never move by themselves.

use egui::{
    Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, Ui, Vec2,
    accesskit::Role, pos2, vec2,
};
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::window::widgets::list::{Align, Height, List, Row, Rows, Seen};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

#[test]
fn the_list_opens_at_its_end_and_stays_there_while_rows_come() {
    let mut reader = Reader::new(1..=1_000_000);
    let seen = reader.look();
    assert!(seen.at_bottom);
    assert_eq!(seen.new, 0);
    assert_eq!(*seen.places.unwrap().end(), 1_000_000);
    assert!((reader.bottom_of(1_000_000) - reader.size.y).abs() <= 0.5);
    reader.set_ends(1, 1_000_003);
    let seen = reader.look();
    assert!(seen.at_bottom);
    assert!((reader.bottom_of(1_000_003) - reader.size.y).abs() <= 0.5);
}

#[test]
fn rows_that_come_while_the_reader_is_further_up_are_counted_and_move_nothing() {
    let mut reader = Reader::new(1..=1000);
    reader.look();
    reader.scroll(300.0);
    let before = reader.drawn.clone();
    reader.set_ends(1, 1007);
    let seen = reader.look();
    assert!(!seen.at_bottom);
    assert_eq!(seen.new, 7);
    assert_eq!(reader.drawn, before);
    reader.list.to_bottom();
    let seen = reader.look();
    assert!(seen.at_bottom);
    assert_eq!(seen.new, 0);
}

#[test]
fn only_what_is_in_view_is_drawn_and_only_pages_around_it_are_asked_for() {
    let mut reader = Reader::new(1..=1_000_000);
    reader.look();
    reader.list.jump_to(400_000, Align::Top);
    reader.look();
    assert!(reader.drawn.len() < 40, "{}", reader.drawn.len());
    assert!(reader.wanted.iter().all(|page| page.start().abs_diff(400_000) < 300), "{:?}", reader.wanted);
    assert!(reader.wanted.iter().any(|page| page.contains(&400_000)));
}

#[test]
fn a_jump_arrives_where_it_should_even_when_rows_are_loaded_later() {
    let mut reader = Reader::new(1..=1_000_000);
    reader.book.is_slow = true;
    reader.look();
    reader.list.jump_to(500_000, Align::Center);
    assert_eq!(reader.look().arrived, None);
    reader.load();
    let seen = reader.look();
    assert_eq!(seen.arrived, Some(500_000));
    let middle = (reader.drawn[&500_000] + reader.bottom_of(500_000)) / 2.0;
    assert!((middle - reader.size.y / 2.0).abs() <= 1.0, "{middle}");
    assert_eq!(reader.look().arrived, None);
}

#[test]
fn a_jump_to_one_of_the_last_rows_shows_it_whatever_is_loaded_around_it() {
    let mut reader = Reader::new(1..=1000);
    reader.book.is_slow = true;
    reader.list.jump_to(985, Align::Top);
    reader.look();
    reader.load();
    reader.look();
    let seen = reader.look();
    assert!(reader.drawn.contains_key(&985), "{seen:?}");
}

#[test]
fn a_long_gap_is_passed_like_nothing() {
    let mut reader = Reader::new(1..=1 << 60);
    reader.book.gaps.push(11..=(1 << 60) - 10);
    reader.list.gap(11..=(1 << 60) - 10);
    reader.look();
    reader.scroll(500.0);
    assert!(reader.drawn.keys().any(|at| *at <= 10));
    assert!(reader.drawn.keys().any(|at| *at > 1 << 59));
}

#[test]
fn gaps_that_are_found_while_drawing_close() {
    let mut reader = Reader::new(1..=1000);
    reader.book.gaps.push(900..=998);
    reader.look();
    assert!(reader.drawn.contains_key(&899));
    assert!((reader.bottom_of(899) - reader.drawn[&999]).abs() <= 0.5);
}

#[test]
fn an_idle_list_asks_for_no_frame() {
    let mut reader = Reader::new(1..=1_000_000);
    reader.look();
    reader.scroll(700.0);
    reader.list.jump_to(70_000, Align::Center);
    for _ in 0..4 {
        reader.look();
    }
    for _ in 0..10 {
        reader.look();
        assert!(!reader.ctx.has_requested_repaint());
    }
}

#[test]
fn the_wheel_and_the_keys_go_through_the_list() {
    let mut reader = Reader::new(1..=1000);
    reader.look();
    reader.events.push(Event::PointerMoved(pos2(100.0, 100.0)));
    reader.look();
    let last = *reader.drawn.keys().next_back().unwrap();
    reader.events.push(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 900.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    for _ in 0..30 {
        reader.look();
    }
    assert!(!reader.drawn.contains_key(&last));
    let id = reader.list.id();
    reader.ctx.memory_mut(|memory| memory.request_focus(id));
    reader.look();
    reader.press(Key::Home);
    reader.look();
    assert_eq!(reader.look().places.map(|places| *places.start()), Some(1));
    reader.press(Key::ArrowDown);
    assert_eq!(reader.look().current, Some(2));
    reader.press(Key::PageDown);
    assert!(*reader.look().places.unwrap().start() > 2);
    reader.press(Key::End);
    let seen = reader.look();
    assert!(seen.at_bottom);
    assert_eq!(seen.current, Some(1000));
    reader.press(Key::ArrowUp);
    assert_eq!(reader.look().current, Some(999));
    for _ in 0..30 {
        reader.press(Key::ArrowUp);
    }
    let seen = reader.look();
    assert_eq!(seen.current, Some(969));
    assert!(reader.drawn[&969] >= -0.5, "{seen:?}");
}

#[test]
fn the_thumb_reaches_every_part_of_a_million_rows() {
    let mut reader = Reader::new(1..=1_000_000);
    reader.look();
    let x = reader.size.x - 6.0;
    let mut y = reader.size.y - 10.0;
    reader.pointer(pos2(x, y), Some(true));
    while y > 0.0 {
        y -= 100.0;
        reader.pointer(pos2(x, y), None);
        reader.look();
        let share = f64::from((y + 10.0 - 28.0) / (reader.size.y - 28.0)).clamp(0.0, 1.0);
        let first = *reader.look().places.unwrap().start();
        assert!((first as f64 / 1e6 - share).abs() < 0.03, "{first} at {share}");
    }
    reader.pointer(pos2(x, y), Some(false));
    assert_eq!(*reader.look().places.unwrap().start(), 1);
}

#[test]
fn a_selection_reaches_over_rows_that_are_no_longer_in_view() {
    let mut reader = Reader::new(1..=1_000_000);
    reader.book.has_words = true;
    reader.look();
    reader.list.jump_to(500, Align::Top);
    reader.look();
    reader.look();
    let start = reader.words_of(500);
    // From the fourth letter on.
    let start = pos2(start.left() + start.width() * 3.1 / 9.0, start.center().y);
    reader.pointer(start, Some(true));
    assert_eq!(reader.list.selected(), None);
    reader.pointer(reader.words_of(503).right_center() + vec2(50.0, 0.0), None);
    assert_eq!(reader.list.selected().map(|all| (all.from, all.to)), Some(((500, 3), (503, 9))));
    // Held below the view it goes on.
    for _ in 0..200 {
        reader.pointer(pos2(40.0, reader.size.y + 60.0), None);
    }
    let selected = reader.list.selected().unwrap();
    assert_eq!(selected.from, (500, 3));
    assert!(selected.to.0 > 540, "{selected:?}");
    assert!(!reader.drawn.contains_key(&500));
    reader.pointer(pos2(40.0, reader.size.y - 3.0), Some(false));
    // Somewhere else entirely, and still.
    reader.list.jump_to(900_000, Align::Top);
    reader.look();
    assert_eq!(reader.list.selected().map(|all| all.from), Some((500, 3)));
    reader.events.push(Event::Copy);
    let copy = reader.look().copy.unwrap();
    assert_eq!(copy.of(500, "Words 500"), "ds 500");
    assert_eq!(copy.of(501, "Words 501"), "Words 501");
    assert!(reader.ctx.input(|input| input.events.is_empty()), "others would copy too");
    // A press on other words begins anew.
    reader.look();
    let other = reader.words_of(900_003).center();
    reader.pointer(other, Some(true));
    reader.pointer(other, Some(false));
    assert_eq!(reader.list.selected(), None);
    reader.events.push(Event::Copy);
    assert_eq!(reader.look().copy, None);
}

#[test]
fn two_presses_select_a_word_and_three_a_row() {
    let mut reader = Reader::new(1..=1000);
    reader.book.has_words = true;
    reader.look();
    reader.look();
    let words = reader.words_of(995);
    let pos = words.left_center() + vec2(words.width() / 9.0, 0.0);
    let press = |reader: &mut Reader| {
        reader.pointer(pos, Some(true));
        reader.pointer(pos, Some(false));
    };
    press(&mut reader);
    press(&mut reader);
    assert_eq!(reader.list.selected().map(|all| (all.from, all.to)), Some(((995, 0), (995, 5))));
    press(&mut reader);
    assert_eq!(reader.list.selected().map(|all| all.of(995, "Words 995")), Some("Words 995"));
}

#[test]
fn the_keyboard_selects_row_by_row() {
    let mut reader = Reader::new(1..=1000);
    reader.book.has_words = true;
    let id = reader.list.id();
    reader.look();
    reader.ctx.memory_mut(|memory| memory.request_focus(id));
    reader.look();
    reader.press(Key::End);
    reader.look();
    for _ in 0..40 {
        reader.press_with(Key::ArrowUp, Modifiers::SHIFT);
        reader.look();
    }
    let selected = reader.list.selected().unwrap();
    assert_eq!((selected.from, selected.to), ((960, 0), (1000, usize::MAX)));
    reader.press_with(Key::A, Modifiers::COMMAND);
    reader.look();
    assert_eq!(reader.list.selected().map(|all| (all.from.0, all.to.0)), Some((1, 1000)));
}

#[test]
fn a_screen_reader_has_the_rows_in_order_and_follows_the_keyboard() {
    let book = Book { has_words: true, ..Book::default() };
    let mut list = List::new("test");
    list.set_ends(Some((1, 1000)));
    let id = list.id();
    let mut window = egui_kittest::Harness::builder().with_size([500.0, 600.0]).build_ui_state(
        |ui, (list, book): &mut (List, Book)| {
            list.show(ui, "Messages", book);
        },
        (list, book),
    );
    window.run();
    let messages = window.get_by_role_and_label(Role::List, "Messages");
    let names: Vec<String> = messages.children().filter_map(|row| row.accesskit_node().label()).collect();
    let last = names.len();
    assert!(last > 10);
    let expected: Vec<String> = (1001 - last as u64..=1000).map(|at| format!("Row {at}")).collect();
    assert_eq!(names, expected);
    let row = window.get_by_role_and_label(Role::ListItem, "Row 1000");
    assert_eq!(row.accesskit_node().size_of_set(), Some(1000));
    window.ctx.memory_mut(|memory| memory.request_focus(id));
    window.run();
    window.key_press(Key::ArrowUp);
    window.run();
    window.key_press(Key::ArrowUp);
    window.run();
    assert!(window.get_by_role_and_label(Role::ListItem, "Row 999").is_focused());
}

/// What can happen to a list beside the reader's own scrolling.
#[derive(Clone, Debug)]
enum Happening {
    Append(u64),
    Prepend(u64),
    Remove(u64),
    RemoveMany(u64, u64),
    Edit(u64, f32),
    Width(f32),
    Load,
    Forget,
    // And that.
    Scroll(f32),
    Jump(u64),
    Bottom,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let near = 0..60_u64;
    let happening = prop_oneof![
        2 => (1..40_u64).prop_map(Happening::Append),
        1 => (1..200_u64).prop_map(Happening::Prepend),
        2 => near.clone().prop_map(Happening::Remove),
        1 => (near.clone(), 1..100_u64).prop_map(|(at, count)| Happening::RemoveMany(at, count)),
        4 => (near, 8.0..300.0_f32).prop_map(|(at, height)| Happening::Edit(at, height)),
        2 => (200.0..900.0_f32).prop_map(Happening::Width),
        3 => Just(Happening::Load),
        1 => Just(Happening::Forget),
        4 => (-900.0..900.0_f32).prop_map(Happening::Scroll),
        1 => (0..2000_u64).prop_map(Happening::Jump),
        1 => Just(Happening::Bottom),
    ];
    proptest::collection::vec(happening, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_reader_looks_at_stays_whatever_happens(happenings in happenings(), is_slow in any::<bool>()) {
        let (mut first, mut last) = (5000_u64, 7000_u64);
        let mut reader = Reader::new(first..=last);
        reader.book.is_slow = is_slow;
        reader.look();
        reader.scroll(2000.0);
        for happening in happenings {
            let before = reader.drawn.clone();
            // Rows are named by their distance from the top of the view, half of them above it.
            let top = before.keys().next().copied().unwrap_or(last);
            let near = |at: u64| (top + at).saturating_sub(30).clamp(first, last);
            let mut scrolls = false;
            match happening {
                Happening::Append(count) => last += count,
                Happening::Prepend(count) => first -= count,
                Happening::Remove(at) => {
                    let at = near(at);
                    reader.book.gaps.push(at..=at);
                    reader.list.removed(at);
                }
                Happening::RemoveMany(at, count) => {
                    let (from, to) = (near(at), near(at + count));
                    reader.book.gaps.push(from..=to);
                    reader.list.gap(from..=to);
                }
                Happening::Edit(at, height) => {
                    reader.book.edited.insert(near(at), height);
                    reader.list.changed(near(at));
                }
                Happening::Width(width) => reader.size.x = width,
                Happening::Load => reader.load(),
                Happening::Forget => reader.book.loaded.clear(),
                Happening::Scroll(points) => {
                    reader.scroll(points);
                    scrolls = true;
                }
                Happening::Jump(at) => {
                    reader.list.jump_to(first + at, Align::Center);
                    scrolls = true;
                }
                Happening::Bottom => {
                    reader.list.to_bottom();
                    scrolls = true;
                }
            }
            reader.set_ends(first, last);
            let was_bottom = reader.seen.at_bottom;
            let was_settled = reader.is_settled;
            let seen = reader.look();
            if reader.drawn.is_empty() {
                continue;
            }
            if seen.at_bottom {
                let end = *seen.places.unwrap().end();
                if reader.drawn.contains_key(&end) {
                    prop_assert!((reader.bottom_of(end) - reader.size.y).abs() <= 0.5);
                }
                continue;
            }
            // No hole, no overlap.
            let ends: Vec<(u64, f32, f32)> = reader.drawn.iter().map(|(at, top)| (*at, *top, reader.bottom_of(*at))).collect();
            prop_assert!(ends.windows(2).all(|pair| (pair[0].2 - pair[1].1).abs() <= 0.5), "{ends:?}");
            if scrolls || !was_settled {
                continue;
            }
            prop_assert!(!was_bottom, "the end was left without scrolling");
            let is_at_start = reader.drawn.iter().next().is_some_and(|(_, top)| *top >= -0.5);
            if is_at_start {
                continue;
            }
            // Of the rows that began in view one is held; another only takes its place when it is gone.
            let began: Vec<_> = before.iter().filter(|(_, top)| **top >= -0.5 && **top < reader.size.y).collect();
            let is_held = began.iter().any(|(at, y)| reader.drawn.get(*at).is_some_and(|now| (now - *y).abs() <= 0.5));
            let is_gone = began.iter().any(|(at, _)| reader.book.is_gap(**at));
            prop_assert!(began.is_empty() || is_gone || is_held, "{before:?} became {:?}", reader.drawn);
        }
    }
}

/// A list with somebody who looks at it.
struct Reader {
    ctx: Context,
    list: List,
    book: Book,
    size: Vec2,
    events: Vec<Event>,
    time: f64,
    /// The visible rows and their tops.
    drawn: BTreeMap<u64, f32>,
    wanted: BTreeSet<Page>,
    seen: Seen,
    /// Nothing that is in view is missing.
    is_settled: bool,
}

/// A page that was asked for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Page(u64, u64);

impl Page {
    fn start(&self) -> &u64 {
        &self.0
    }

    fn contains(&self, at: &u64) -> bool {
        (self.0..=self.1).contains(at)
    }
}

/// The rows.
#[derive(Default)]
struct Book {
    gaps: Vec<RangeInclusive<u64>>,
    edited: BTreeMap<u64, f32>,
    /// Rows come only when they are loaded.
    is_slow: bool,
    loaded: BTreeSet<Page>,
    drawn: BTreeMap<u64, f32>,
    bottoms: BTreeMap<u64, f32>,
    /// Rows are a line of words.
    has_words: bool,
    words: BTreeMap<u64, Rect>,
    wanted: BTreeSet<Page>,
}

impl Book {
    fn is_gap(&self, at: u64) -> bool {
        self.gaps.iter().any(|gap| gap.contains(&at))
    }

    /// Between one line and a picture, narrower is higher.
    fn height(&self, at: u64, width: f32) -> f32 {
        let text = (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 40;
        self.edited.get(&at).copied().unwrap_or(20.0 + (text * text) as f32 * 60.0 / width)
    }

    fn is_loaded(&self, at: u64) -> bool {
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
    fn new(places: RangeInclusive<u64>) -> Self {
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

    fn look(&mut self) -> Seen {
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
    fn scroll(&mut self, points: f32) {
        self.list.page(-points / (self.size.y - 48.0));
        self.look();
    }

    fn set_ends(&mut self, first: u64, last: u64) {
        self.list.set_ends(Some((first, last)));
    }

    /// What was asked for is there.
    fn load(&mut self) {
        self.book.loaded.extend(self.wanted.iter().copied());
    }

    fn words_of(&self, at: u64) -> Rect {
        self.book.words[&at]
    }

    fn press(&mut self, key: Key) {
        self.press_with(key, Modifiers::NONE);
    }

    fn press_with(&mut self, key: Key, modifiers: Modifiers) {
        for pressed in [true, false] {
            self.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
    }

    fn pointer(&mut self, pos: Pos2, pressed: Option<bool>) {
        self.events.push(Event::PointerMoved(pos));
        self.look();
        if let Some(pressed) = pressed {
            let button = egui::PointerButton::Primary;
            self.events.push(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
            self.look();
        }
    }

    fn bottom_of(&self, at: u64) -> f32 {
        self.book.bottoms[&at]
    }
}
