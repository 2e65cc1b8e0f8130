//! Text that runs from right to left, as it will be read. The field shapes every word of it in its direction but sets words
//! from left to right, and so it can be edited; the order in which it will stand is shown above, paragraph by paragraph.

use super::super::{
    bidi,
    prose::{self, Ink, Prose},
    row,
};
use super::Composer;
use crate::window::cx::Cx;
use egui::{Sense, TextStyle, Ui, vec2};

impl Composer {
    /// The paragraph that is being written, in its order, if that is another than the field's.
    pub(super) fn show_order(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let paragraph = self.paragraph();
        if !bidi::has_rtl(paragraph) {
            return;
        }
        let shown = prose::beginning(paragraph, CHARS_MAX).unwrap_or(paragraph);
        let palette = &cx.theme.palette;
        let size = TextStyle::Body.resolve(ui.style()).size;
        let ink = Ink { size, text: palette.quiet, link: palette.quiet, mark: palette.quiet };
        let width = ui.available_width() - 2.0 * INSET;
        let prose = Prose::of(shown, ink, &[], width, |piece| row::wide(ui.painter(), piece, size));
        let galley = ui.painter().layout_job(prose.job);
        // Who hears the screen hears the field, which has the text in the order in which it is said.
        let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), galley.size().y), Sense::hover());
        let inside = place.shrink2(vec2(INSET, 0.0));
        let corner = if prose.is_rtl { inside.right_top() } else { inside.left_top() };
        ui.painter().galley(corner, galley, palette.quiet);
    }

    /// Where the cursor is.
    fn paragraph(&self) -> &str {
        let at = self.text.char_indices().nth(self.cursor).map_or(self.text.len(), |(at, _)| at);
        let start = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = self.text[at..].find('\n').map_or(self.text.len(), |end| at + end);
        &self.text[start..end]
    }
}

/// As far in as the text of the field.
const INSET: f32 = 12.0;
/// A few lines: more would push the field away from where somebody looks.
const CHARS_MAX: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paragraph_is_the_one_with_the_cursor() {
        let mut composer = Composer::default();
        composer.text = "אחת\nשתיים\n\nthree".to_owned();
        for (cursor, paragraph) in
            [(0, "אחת"), (3, "אחת"), (4, "שתיים"), (9, "שתיים"), (10, ""), (11, "three"), (99, "three")]
        {
            composer.cursor = cursor;
            assert_eq!(composer.paragraph(), paragraph, "{cursor}");
        }
    }
}
