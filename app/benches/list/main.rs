//! What a long conversation costs a frame, in CPU time, drawn without a display: laid out and tessellated.
//! `cargo bench -p nyx --bench list`. Rows are drawn as the window draws them; beside it egui's own ways to show rows.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "a measurement, not the product")]

mod book;
mod frames;
#[path = "../measure/mod.rs"]
mod measure;
mod peers;

use book::{Screen, text};
use egui::{TextStyle, vec2};
use frames::{draw, mean};
use nyx_app::window::widgets::list::Align;
use peers::{Peer, Simple};
use std::io::Write;

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

    println!(
        "\n| rows of a simple kind | this list, wheel | egui's show_rows (one height for all) | egui's ScrollArea |"
    );
    println!("|---|---|---|---|");
    for &rows in peers {
        let list = Simple::new(rows).mean(frames);
        let same = Peer::mean(rows, true, frames);
        let plain = Peer::mean(rows, false, 5);
        println!("| {rows} | {list:.3} | {same:.3} | {plain:.1} |");
    }
}

fn empty(frames: u64) -> f64 {
    let ctx = egui::Context::default();
    mean(frames, || draw(&ctx, vec2(1000.0, 700.0), 0.0, Vec::new(), |_| {}))
}
