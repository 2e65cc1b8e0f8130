//! egui's own ways to show many rows, beside this list with the same rows. They are simpler than those of the window, which
//! only this list can show.

use crate::{
    book::text,
    frames::{draw, mean},
};
use egui::{
    Color32, Context, CornerRadius, Event, Frame, Galley, Margin, Modifiers, MouseWheelSource, MouseWheelUnit,
    RichText, ScrollArea, Sense, TextStyle, TouchPhase, Ui, pos2, vec2,
};
use nyx_app::window::{
    appearance::Look,
    theme::Theme,
    widgets::list::{Align, Height, List, Row, Rows},
};
use std::{ops::RangeInclusive, sync::Arc};

/// This list.
pub(crate) struct Simple {
    ctx: Context,
    list: List,
    time: f64,
}

impl Simple {
    pub(crate) fn new(rows: u64) -> Self {
        let ctx = Context::default();
        Theme::of(Look::Dark).apply(&ctx);
        let mut list = List::new("simple");
        list.set_ends(Some((1, rows)));
        list.jump_to(rows / 2, Align::Center);
        let mut screen = Self { ctx, list, time: 0.0 };
        screen.frame(vec![Event::PointerMoved(pos2(300.0, 300.0))]);
        screen
    }

    pub(crate) fn mean(&mut self, frames: u64) -> f64 {
        mean(frames, || {
            self.frame(vec![Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, 60.0),
                phase: TouchPhase::Move,
                source: MouseWheelSource::Unknown,
                modifiers: Modifiers::NONE,
            }]);
        })
    }

    fn frame(&mut self, events: Vec<Event>) {
        self.time += 1.0 / 60.0;
        draw(&self.ctx, SIZE, self.time, events, |ui| {
            self.list.show(ui, "Messages", &mut Drawn);
        });
    }
}

struct Drawn;

impl Rows for Drawn {
    fn estimate(&self, _at: u64, _width: f32) -> Height {
        Height::Here
    }

    fn show(&mut self, ui: &mut Ui, row: &mut Row<'_>) {
        message(ui, row.at, |ui, galley| {
            row.text(ui, galley);
        });
    }

    fn name(&self, at: u64) -> String {
        text(at)
    }

    fn want(&mut self, _page: RangeInclusive<u64>) {}
}

/// The same rows as egui shows them.
pub(crate) struct Peer;

impl Peer {
    pub(crate) fn mean(rows: u64, is_same_height: bool, frames: u64) -> f64 {
        let ctx = Context::default();
        Theme::of(Look::Dark).apply(&ctx);
        let mut time = 0.0;
        let mut frame = || {
            time += 1.0 / 60.0;
            draw(&ctx, SIZE, time, Vec::new(), |ui| {
                let show = |ui: &mut Ui, at: u64| {
                    message(ui, at, |ui, galley| {
                        ui.label(galley);
                    });
                };
                let offset = (time * 3600.0) as f32;
                let area = ScrollArea::vertical().auto_shrink(false).vertical_scroll_offset(offset);
                if is_same_height {
                    area.show_rows(ui, 80.0, rows as usize, |ui, range| range.for_each(|at| show(ui, at as u64)));
                } else {
                    area.show(ui, |ui| (1..=rows).for_each(|at| show(ui, at)));
                }
            });
        };
        frame();
        mean(frames, frame)
    }
}

fn message(ui: &mut Ui, at: u64, show: impl FnOnce(&mut Ui, Arc<Galley>)) {
    let is_mine = at.is_multiple_of(3);
    let fill = if is_mine { Color32::from_rgb(0x2B, 0x35, 0x57) } else { Color32::from_rgb(0x23, 0x27, 0x32) };
    let widest = ui.available_width() * 0.6;
    ui.add_space(3.0);
    Frame::new().fill(fill).corner_radius(CornerRadius::same(14)).inner_margin(Margin::symmetric(12, 8)).show(
        ui,
        |ui| {
            ui.set_max_width(widest);
            if at.is_multiple_of(9) {
                let size = vec2(widest.min(320.0), 120.0 + (at % 11) as f32 * 10.0);
                let (rect, _) = ui.allocate_exact_size(size, Sense::click());
                ui.painter().rect_filled(rect, CornerRadius::same(8), Color32::from_rgb(90, 110, 90));
            }
            let font = TextStyle::Body.resolve(ui.style());
            let galley = ui.painter().layout(text(at), font, ui.visuals().text_color(), widest);
            show(ui, galley);
            ui.label(RichText::new(format!("{:02}:{:02}", at / 60 % 24, at % 60)).small().weak());
        },
    );
    if at.is_multiple_of(5) {
        ui.horizontal(|ui| {
            let _ = ui.small_button("👍 2");
            let _ = ui.small_button("❤");
        });
    }
}

const SIZE: egui::Vec2 = vec2(1000.0, 700.0);
