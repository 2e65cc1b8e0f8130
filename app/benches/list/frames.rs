//! Frames without a display, and what they cost.

use crate::measure::{cpu_ms, input};
use egui::{Context, Event, Ui, Vec2};

/// A frame of this size, laid out and tessellated.
pub(crate) fn draw(ctx: &Context, size: Vec2, time: f64, events: Vec<Event>, show: impl FnMut(&mut Ui)) {
    let mut output = ctx.run_ui(input(size, time, events), show);
    let shapes = std::mem::take(&mut output.shapes);
    std::hint::black_box(ctx.tessellate(shapes, output.pixels_per_point));
    output.drop_without_applying_deltas();
}

/// CPU milliseconds that this takes, so many times; the mean.
pub(crate) fn mean(times: u64, mut work: impl FnMut()) -> f64 {
    let begin = cpu_ms();
    for _ in 0..times {
        work();
    }
    (cpu_ms() - begin) / times as f64
}
