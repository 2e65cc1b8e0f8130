//! What a long conversation costs a frame, in CPU time, drawn without a display: laid out and tessellated.
//! `cargo bench -p nyx --bench list`. Beside it egui's own ways to show the same rows.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "a measurement, not the product")]

use egui::{
    Color32, Context, CornerRadius, Event, Frame, Galley, Margin, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2,
    RawInput, Rect, RichText, ScrollArea, Sense, TextStyle, TouchPhase, Ui, Vec2, pos2, vec2,
};
use nyx_app::window::{
    appearance::Look,
    theme::Theme,
    widgets::list::{Align, Height, List, Row, Rows},
};
use std::{fs, io::Write, ops::RangeInclusive, sync::Arc};

fn main() {
    // `cargo test` runs benches too, without an argument of theirs: then only show that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (sizes, peers, frames) =
        if is_bench { (&[100_000, 1_000_000][..], &[10_000, 100_000][..], 300) } else { (&[2000][..], &[200][..], 3) };

    println!("CPU ms a frame of 1000×700, laid out and tessellated; an empty frame: {:.4}\n", empty(frames));
    println!("| rows | idle | wheel | jump | of it new text | append | other width | other width, all rows visited |");
    println!("|---|---|---|---|---|---|---|---|");
    for &rows in sizes {
        let mut screen = Screen::new(rows);
        screen.frame();
        screen.frame();
        let idle = screen.mean(frames, |_, _| {});
        screen.list.jump_to(rows / 2, Align::Center);
        screen.frame();
        let wheel = screen.mean(frames, |screen, _| screen.wheel(60.0));
        (screen.frames, screen.book.drawn) = (0, 0);
        let jump = screen.mean(frames, |screen, turn| {
            screen.list.jump_to(1 + turn * 7919 * 1009 % rows, Align::Center);
        });
        // What shaping costs that nobody has seen before, whatever shows it.
        let (in_view, mut turn) = (screen.book.drawn.div_ceil(screen.frames), 0);
        let text = mean(frames, || {
            turn += 1;
            let first = 1 + turn * 7919 * 1013 % rows;
            draw(&screen.ctx, screen.size, screen.time, Vec::new(), |ui| {
                let widest = ui.available_width() * 0.6;
                for at in first..first + in_view {
                    let font = TextStyle::Body.resolve(ui.style());
                    std::hint::black_box(ui.painter().layout(text(at), font, ui.visuals().text_color(), widest));
                }
            });
        });
        screen.list.to_bottom();
        let append = screen.mean(frames, |screen, turn| screen.list.set_ends(Some((1, rows + turn))));
        screen.list.jump_to(rows / 3, Align::Center);
        let width = screen.mean(frames / 4 + 1, |screen, turn| screen.size.x = 1000.0 - (turn % 50) as f32 * 4.0);
        // So much is known before a long silence.
        print!("| {rows} | {idle:.3} | {wheel:.3} | {jump:.3} | {text:.3} | {append:.3} | {width:.3} |");
        std::io::stdout().flush().unwrap();
        screen.visit_all(rows);
        let visited = screen.mean(frames / 4 + 1, |screen, turn| screen.size.x = 1000.0 - (turn % 50) as f32 * 4.0);
        println!(" {visited:.3} |");
    }

    println!("\n| rows | this list, wheel | egui's show_rows (one height for all) | egui's ScrollArea |");
    println!("|---|---|---|---|");
    for &rows in peers {
        let mut screen = Screen::new(rows);
        screen.list.jump_to(rows / 2, Align::Center);
        screen.frame();
        let list = screen.mean(frames, |screen, _| screen.wheel(60.0));
        let mut peer = Peer::new();
        peer.frame(rows, true);
        let same = mean(frames, || peer.frame(rows, true));
        let mut peer = Peer::new();
        peer.frame(rows, false);
        let plain = mean(5, || peer.frame(rows, false));
        println!("| {rows} | {list:.3} | {same:.3} | {plain:.1} |");
    }
}

/// The list in a window.
struct Screen {
    ctx: Context,
    list: List,
    book: Book,
    size: Vec2,
    events: Vec<Event>,
    time: f64,
    frames: u64,
}

impl Screen {
    fn new(rows: u64) -> Self {
        let ctx = Context::default();
        Theme::of(Look::Dark).apply(&ctx);
        let mut list = List::new("bench");
        list.set_ends(Some((1, rows)));
        let mut screen =
            Self { ctx, list, book: Book::default(), size: vec2(1000.0, 700.0), events: vec![], time: 0.0, frames: 0 };
        screen.events.push(Event::PointerMoved(pos2(300.0, 300.0)));
        screen.frame();
        screen
    }

    fn frame(&mut self) {
        self.time += 1.0 / 60.0;
        self.frames += 1;
        let events = std::mem::take(&mut self.events);
        let (list, book) = (&mut self.list, &mut self.book);
        draw(&self.ctx, self.size, self.time, events, |ui| {
            list.show(ui, "Messages", book);
        });
    }

    fn wheel(&mut self, points: f32) {
        self.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
    }

    /// CPU milliseconds a frame.
    fn mean(&mut self, frames: u64, mut before: impl FnMut(&mut Self, u64)) -> f64 {
        let mut turn = 0;
        mean(frames, || {
            turn += 1;
            before(self, turn);
            self.frame();
        })
    }

    /// So that every height is measured.
    fn visit_all(&mut self, rows: u64) {
        self.book.is_bare = true;
        self.list.all_changed();
        self.list.jump_to(1, Align::Top);
        self.size.y = 20_000.0;
        for _ in 0..rows {
            self.frame();
            self.list.page(1.0);
            if self.book.last >= rows {
                break;
            }
        }
        self.book.is_bare = false;
        self.size.y = 700.0;
        self.list.jump_to(rows / 3, Align::Center);
        self.frame();
        self.frame();
    }
}

/// The messages: of all lengths, every ninth with a picture, every fifth with reactions.
#[derive(Default)]
struct Book {
    is_bare: bool,
    last: u64,
    /// Rows that were drawn.
    drawn: u64,
}

impl Rows for Book {
    fn estimate(&self, _at: u64, _width: f32) -> Height {
        Height::Here
    }

    fn show(&mut self, ui: &mut Ui, row: &mut Row<'_>) {
        self.last = row.at;
        if self.is_bare {
            ui.allocate_exact_size(vec2(40.0, 40.0 + (row.at % 60) as f32), Sense::hover());
            return;
        }
        self.drawn += u64::from(ui.is_visible());
        let at = row.at;
        message(ui, at, |ui, galley| {
            row.text(ui, galley);
        });
    }

    fn name(&self, at: u64) -> String {
        text(at)
    }

    fn want(&mut self, _page: RangeInclusive<u64>) {}
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

/// From a word to a long paragraph, as people write.
fn text(at: u64) -> String {
    let mut random = at.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let words = match next() % 20 {
        0 => 60 + next() % 80,
        1..=4 => 15 + next() % 30,
        _ => 1 + next() % 12,
    };
    let mut text = String::new();
    for _ in 0..words {
        if !text.is_empty() {
            text.push(' ');
        }
        for _ in 0..2 + next() % 8 {
            text.push(char::from(b'a' + (next() % 26) as u8));
        }
    }
    text
}

/// The same rows as egui shows them.
struct Peer {
    ctx: Context,
    time: f64,
}

impl Peer {
    fn new() -> Self {
        let ctx = Context::default();
        Theme::of(Look::Dark).apply(&ctx);
        Self { ctx, time: 0.0 }
    }

    fn frame(&mut self, rows: u64, is_same_height: bool) {
        self.time += 1.0 / 60.0;
        let offset = (self.time * 3600.0) as f32;
        draw(&self.ctx, vec2(1000.0, 700.0), self.time, Vec::new(), |ui| {
            let show = |ui: &mut Ui, at: u64| {
                message(ui, at, |ui, galley| {
                    ui.label(galley);
                });
            };
            let area = ScrollArea::vertical().auto_shrink(false).vertical_scroll_offset(offset);
            if is_same_height {
                area.show_rows(ui, 80.0, rows as usize, |ui, range| range.for_each(|at| show(ui, at as u64)));
            } else {
                area.show(ui, |ui| (1..=rows).for_each(|at| show(ui, at)));
            }
        });
    }
}

fn empty(frames: u64) -> f64 {
    let ctx = Context::default();
    Theme::of(Look::Dark).apply(&ctx);
    mean(frames, || draw(&ctx, vec2(1000.0, 700.0), 0.0, Vec::new(), |_| {}))
}

fn draw(ctx: &Context, size: Vec2, time: f64, events: Vec<Event>, show: impl FnMut(&mut Ui)) {
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
        time: Some(time),
        events,
        ..RawInput::default()
    };
    let mut output = ctx.run_ui(input, show);
    let shapes = std::mem::take(&mut output.shapes);
    std::hint::black_box(ctx.tessellate(shapes, output.pixels_per_point));
    output.drop_without_applying_deltas();
}

fn mean(frames: u64, mut frame: impl FnMut()) -> f64 {
    let begin = cpu_ms();
    for _ in 0..frames {
        frame();
    }
    (cpu_ms() - begin) / frames as f64
}

/// What this thread has had of the processor: other programs don't count.
fn cpu_ms() -> f64 {
    let spent = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    spent.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
}
