//! The words of a phrase, numbered, as one writes them down.

use crate::window::{cx::Cx, theme::space};
use egui::{Align, FontId, Frame, Label, Margin, Stroke, TextFormat, Ui, text::LayoutJob};
use nyx_p2p::ShownPhrase;

/// Shows the words, or only their numbers.
pub(super) fn grid(ui: &mut Ui, cx: &Cx<'_>, phrase: &ShownPhrase, is_shown: bool) {
    let colors = &cx.theme.palette;
    Frame::new()
        .fill(colors.sunken)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(space::ROUND)
        .inner_margin(Margin::symmetric(space::M as i8, 12))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let count = if ui.available_width() >= THREE_COLUMNS { 3 } else { 2 };
            let words: Vec<&str> = phrase.words().collect();
            let rows = words.len().div_ceil(count);
            ui.columns(count, |columns| {
                for (column, ui) in columns.iter_mut().enumerate() {
                    // Down a column, as on the paper that most people fold.
                    for (row, word) in words.iter().skip(column * rows).take(rows).enumerate() {
                        let number = column * rows + row + 1;
                        cell(ui, cx, number, if is_shown { word } else { HIDDEN });
                    }
                }
            });
        });
}

fn cell(ui: &mut Ui, cx: &Cx<'_>, number: usize, word: &str) {
    let colors = &cx.theme.palette;
    let format = |size, color| TextFormat {
        font_id: FontId::monospace(size),
        color,
        valign: Align::Center,
        ..Default::default()
    };
    let mut job = LayoutJob::default();
    job.append(&format!("{number} "), 0.0, format(12.0, colors.quiet));
    // Words under words, whatever stands before them; a space at the beginning of a line would have no width.
    let missing = if number < 10 { DIGIT } else { 0.0 };
    job.append(word, space::XS + missing, format(16.0, colors.text));
    ui.add(Label::new(job).selectable(false));
}

/// Width of a small digit.
const DIGIT: f32 = 7.2;
/// As long for every word.
const HIDDEN: &str = "••••••";
/// Three numbered words of eight letters fit.
const THREE_COLUMNS: f32 = 380.0;
