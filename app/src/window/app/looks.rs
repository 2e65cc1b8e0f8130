//! How it looks: put into effect, kept, and changed by keys.

use super::Nyx;
use crate::{
    text::Texts,
    window::{
        appearance::{Appearance, SCALES, kept::Kept},
        theme::Theme,
    },
};
use egui::{Context, Key, KeyboardShortcut, Modifiers};

impl Nyx {
    /// How it looks.
    #[must_use]
    pub const fn appearance(&self) -> &Appearance {
        &self.appearance
    }

    pub(super) fn apply_appearance(&mut self, ctx: &Context) {
        if self.shown == Some(self.appearance) {
            return;
        }
        self.texts = Texts::of(self.appearance.language);
        self.theme = Theme::of(self.appearance.look);
        self.theme.apply(ctx);
        ctx.set_zoom_factor(self.appearance.scale);
        self.shown = Some(self.appearance);
    }

    /// What lasts of the appearance goes to its file when it changes.
    pub(super) fn keep_appearance(&mut self, ctx: &Context) {
        let Appearance { language, look, scale } = self.appearance;
        // Asked before: what is asked inside of another question waits for itself.
        let zoom = ctx.zoom_factor();
        let size = ctx.input(|input| {
            let window = input.viewport();
            let is_free = window.maximized != Some(true) && window.fullscreen != Some(true);
            window.inner_rect.filter(|_| is_free).map(|rect| (rect.size() * zoom).round().into())
        });
        let kept = Kept { language: Some(language), look, scale: Some(scale), size: size.or(self.kept.size) };
        if kept != self.kept {
            self.kept = kept;
            self.keeper.keep(kept);
        }
    }

    /// The keys that make everything larger or smaller, in the steps that the settings offer.
    pub(super) fn follow_scale(&mut self, ctx: &Context) {
        let here = SCALES.iter().position(|scale| *scale == self.appearance.scale);
        let here = here.unwrap_or(SCALE_NORMAL);
        let to = ctx.input_mut(|input| {
            if input.consume_shortcut(&LARGER) || input.consume_shortcut(&LARGER_SHIFTED) {
                (here + 1).min(SCALES.len() - 1)
            } else if input.consume_shortcut(&SMALLER) {
                here.saturating_sub(1)
            } else if input.consume_shortcut(&NORMAL) {
                SCALE_NORMAL
            } else {
                here
            }
        });
        if to != here {
            self.appearance.scale = SCALES[to];
        }
    }
}

const LARGER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Plus);
/// Where plus is typed with Shift.
const LARGER_SHIFTED: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals);
const SMALLER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Minus);
const NORMAL: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num0);
/// The system's own size among [`SCALES`].
const SCALE_NORMAL: usize = 2;
