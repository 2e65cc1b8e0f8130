//! What is selected of the rows' texts, by the pointer and by keys.

use super::reader::Reader;
use egui::{Event, Key, Modifiers, pos2, vec2};
use nyx_app::window::widgets::list::Align;

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
