//! Short texts that stand beside many messages (times, signs of delivery): shaped once and kept over frames. To shape five
//! letters costs as much as to shape half a line, and a jump shows a dozen times that were not on the screen before.
//!
//! What is shaped points into the toolkit's picture of all letters. That is made anew when it is full, and nothing tells.
//! But the toolkit keeps what was asked for in the frame before for exactly as long. So one text is asked for in every
//! frame: while the same one comes back, the others are good too.

use crate::window::{
    fonts,
    icons::{self, Icon},
};
use egui::{Color32, FontId, Galley, Painter};
use std::{collections::HashMap, sync::Arc};

/// Short texts in one line. They have no colour of their own: whoever paints them gives it.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    words: HashMap<String, Arc<Galley>>,
    icons: HashMap<Icon, Arc<Galley>>,
    font: FontId,
    witness: Option<Arc<Galley>>,
}

impl Stamps {
    /// Before the first text of a frame.
    pub(super) fn begin(&mut self, painter: &Painter, font: FontId) {
        let witness = shape(painter, icons::CHECK.0.to_string(), icon_font(&font));
        let is_kept = self.witness.as_ref().is_some_and(|earlier| Arc::ptr_eq(earlier, &witness));
        if !is_kept || self.font != font || self.words.len() > WORDS_MAX {
            self.words.clear();
            self.icons.clear();
        }
        self.witness = Some(witness);
        self.font = font;
    }

    pub(super) fn words(&mut self, painter: &Painter, text: &str) -> Arc<Galley> {
        if let Some(kept) = self.words.get(text) {
            return Arc::clone(kept);
        }
        let shaped = shape(painter, text.to_owned(), self.font.clone());
        self.words.insert(text.to_owned(), Arc::clone(&shaped));
        shaped
    }

    pub(super) fn icon(&mut self, painter: &Painter, icon: Icon) -> Arc<Galley> {
        let Self { icons, font, .. } = self;
        Arc::clone(icons.entry(icon).or_insert_with(|| shape(painter, icon.0.to_string(), icon_font(font))))
    }
}

fn shape(painter: &Painter, text: String, font: FontId) -> Arc<Galley> {
    painter.layout_no_wrap(text, font, Color32::PLACEHOLDER)
}

fn icon_font(font: &FontId) -> FontId {
    FontId::new(font.size, fonts::icons())
}

/// Every minute of a day and more besides, in less than two megabytes. What is left of a time to disappear is ever another.
const WORDS_MAX: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Context, RawInput};

    #[test]
    fn what_is_kept_is_what_the_toolkit_would_shape_now() {
        let ctx = Context::default();
        fonts::install(&ctx);
        let (mut stamps, font) = (Stamps::default(), FontId::proportional(12.0));
        let (mut kept, mut remade) = (Vec::new(), 0);
        for turn in 0..120 {
            // Letters of ever another size fill the picture again and again.
            let input = RawInput { max_texture_side: Some(1024), ..RawInput::default() };
            let mut output = ctx.run_ui(input, |ui| {
                let painter = ui.painter();
                let large = FontId::proportional(40.0 + turn as f32);
                let _ = painter.layout_no_wrap("ABCDEFGHIJ".to_owned(), large, Color32::WHITE);
                stamps.begin(painter, font.clone());
                let stamp = stamps.words(painter, "14:05");
                let now = shape(painter, "14:05".to_owned(), font.clone());
                let place =
                    |galley: &Galley| galley.rows[0].glyphs.iter().map(|glyph| glyph.uv_rect).collect::<Vec<_>>();
                assert_eq!(place(&stamp), place(&now), "in frame {turn}");
                remade += usize::from(kept.last().is_some_and(|earlier| !Arc::ptr_eq(earlier, &stamp)));
                kept.push(stamp);
            });
            output.textures_delta.clear();
        }
        assert!((2..60).contains(&remade), "{remade}: kept for ever, or never");
    }
}
