//! What the benches of the window have in common.

use egui::{Event, Pos2, RawInput, Rect, Vec2};
use std::fs;

/// What a window hears before a frame.
pub(crate) fn input(size: Vec2, time: f64, events: Vec<Event>) -> RawInput {
    let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, size));
    RawInput { screen_rect, time: Some(time), events, ..RawInput::default() }
}

/// What this thread has had of the processor: other programs don't count.
pub(crate) fn cpu_ms() -> f64 {
    // The account of a thread that runs is as old as the last tick; giving way brings it up to date.
    std::thread::yield_now();
    let spent = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    spent.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
}
