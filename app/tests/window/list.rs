//! The long list: rows of any height, and a reader whose rows never move by themselves.

mod happenings;
mod reader;
mod selecting;

use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, accesskit::Role, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::window::widgets::list::{Align, List};
use reader::{Book, Reader};

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
fn what_is_left_of_a_turn_of_the_wheel_ends_with_a_jump() {
    let mut reader = Reader::new(1..=1000);
    reader.events.push(Event::PointerMoved(pos2(100.0, 100.0)));
    reader.look();
    let turn = |points| Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    };
    reader.events.push(turn(2000.0));
    assert!(!reader.look().at_bottom);
    reader.list.to_bottom();
    for _ in 0..30 {
        assert!(reader.look().at_bottom);
    }
    reader.events.push(turn(500.0));
    reader.look();
    assert!(!reader.look().at_bottom, "the wheel is turned again");
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
