//! How Nyx looks: colours, sizes of type, spaces, and the states of widgets. All of it stands here; screens name what a
//! thing is, never how it looks.

use super::appearance::Look;
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Vec2, Visuals,
    style::WidgetVisuals,
};
use std::{collections::BTreeMap, sync::Arc};

/// The look of a frame.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its colours.
    pub palette: Palette,
}

/// Colours by what they are for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Palette {
    /// Whether light text stands on dark ground.
    pub is_dark: bool,
    /// Behind everything.
    pub ground: Color32,
    /// What lies on the ground: lists, bars.
    pub surface: Color32,
    /// What is raised above that: cards, menus, messages of others.
    pub raised: Color32,
    /// What is let into it: fields.
    pub sunken: Color32,
    /// Borders and separators.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text that matters less: times, hints.
    pub quiet: Color32,
    /// What is chosen, or is the next step.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// A touch of the accent: one's own messages, the chosen row.
    pub accent_soft: Color32,
    /// What cannot be undone, and what went wrong.
    pub danger: Color32,
    /// What asks for care.
    pub warning: Color32,
    /// What went well.
    pub good: Color32,
}

/// Spaces: multiples of four points.
pub mod space {
    /// Between an icon and its word.
    pub const XS: f32 = 4.0;
    /// Between things that belong together.
    pub const S: f32 = 8.0;
    /// Inside of cards, and between groups.
    pub const M: f32 = 16.0;
    /// Between parts of a screen.
    pub const L: f32 = 24.0;
    /// Around a screen that is one column.
    pub const XL: f32 = 48.0;
    /// Corners of buttons and fields.
    pub const ROUND: u8 = 8;
    /// Corners of cards and messages.
    pub const ROUND_L: u8 = 14;
    /// A column of text that is easy to read.
    pub const COLUMN: f32 = 440.0;
    /// The smallest thing that a finger or an unsteady hand still hits.
    pub const TARGET: f32 = 32.0;
}

/// Names of the sizes of type beyond egui's own.
pub mod type_scale {
    use egui::TextStyle;

    /// The name of a screen; mono.
    #[must_use]
    pub fn title() -> TextStyle {
        TextStyle::Name("title".into())
    }

    /// A sentence that introduces.
    #[must_use]
    pub fn lead() -> TextStyle {
        TextStyle::Name("lead".into())
    }
}

impl Theme {
    /// The theme of a look.
    #[must_use]
    pub fn of(look: Look) -> Self {
        Self {
            palette: match look {
                Look::Dark => DARK,
                Look::Light => LIGHT,
                Look::Contrast => CONTRAST,
            },
        }
    }

    /// Makes everything that egui draws look so.
    pub fn apply(&self, ctx: &Context) {
        let theme = if self.palette.is_dark { egui::Theme::Dark } else { egui::Theme::Light };
        ctx.set_theme(theme);
        let style = Arc::new(self.style());
        // In the frame that changes from one to the other, egui still looks at the one before.
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            ctx.set_style_of(theme, Arc::clone(&style));
        }
    }

    /// A raised surface with room inside.
    pub fn card(&self) -> egui::Frame {
        egui::Frame::new()
            .fill(self.palette.raised)
            .stroke(Stroke::new(1.0, self.palette.line))
            .corner_radius(CornerRadius::same(space::ROUND_L))
            .inner_margin(Margin::same(space::M as i8))
            .shadow(self.shadow(6))
    }

    /// What egui draws with, for a part that has a look of its own.
    pub(crate) fn style(&self) -> Style {
        let mut style = Style { visuals: self.visuals(), text_styles: text_styles(), ..Style::default() };
        style.spacing.item_spacing = Vec2::new(space::S, space::S);
        style.spacing.button_padding = Vec2::new(14.0, 7.0);
        style.spacing.interact_size.y = space::TARGET;
        style.spacing.window_margin = Margin::same(space::M as i8);
        style.spacing.menu_margin = Margin::same(space::S as i8);
        style.spacing.icon_width = 18.0;
        style.spacing.text_edit_width = space::COLUMN;
        style.interaction.tooltip_delay = 0.4;
        // Movement that means nothing is left out.
        style.animation_time = 0.08;
        style
    }

    fn visuals(&self) -> Visuals {
        let colors = &self.palette;
        let mut visuals = if colors.is_dark { Visuals::dark() } else { Visuals::light() };
        visuals.override_text_color = Some(colors.text);
        visuals.weak_text_color = Some(colors.quiet);
        visuals.hyperlink_color = colors.accent;
        visuals.warn_fg_color = colors.warning;
        visuals.error_fg_color = colors.danger;
        visuals.panel_fill = colors.ground;
        visuals.window_fill = colors.raised;
        visuals.window_stroke = Stroke::new(1.0, colors.line);
        visuals.window_corner_radius = CornerRadius::same(space::ROUND_L);
        visuals.menu_corner_radius = CornerRadius::same(space::ROUND);
        visuals.window_shadow = self.shadow(24);
        visuals.popup_shadow = self.shadow(12);
        visuals.faint_bg_color = colors.surface;
        visuals.extreme_bg_color = colors.sunken;
        visuals.text_edit_bg_color = Some(colors.sunken);
        visuals.code_bg_color = colors.sunken;
        visuals.selection.bg_fill = colors.accent.gamma_multiply(0.35);
        visuals.selection.stroke = Stroke::new(1.0, colors.accent);
        visuals.disabled_alpha = 0.5;
        // A cursor that blinks draws the window twice a second while nothing happens.
        visuals.text_cursor.blink = false;
        let rest = WidgetVisuals {
            bg_fill: colors.raised,
            weak_bg_fill: colors.raised,
            bg_stroke: Stroke::new(1.0, colors.line),
            corner_radius: CornerRadius::same(space::ROUND),
            fg_stroke: Stroke::new(1.0, colors.text),
            expansion: 0.0,
        };
        let lifted = colors.raised.lerp_to_gamma(colors.text, 0.06);
        let pressed = colors.raised.lerp_to_gamma(colors.text, 0.12);
        let widgets = &mut visuals.widgets;
        widgets.noninteractive = WidgetVisuals { bg_fill: colors.surface, weak_bg_fill: colors.surface, ..rest };
        widgets.inactive = rest;
        widgets.hovered = WidgetVisuals { bg_fill: lifted, weak_bg_fill: lifted, ..rest };
        widgets.active = WidgetVisuals {
            bg_fill: pressed,
            weak_bg_fill: pressed,
            bg_stroke: Stroke::new(if self.is_contrast() { 3.0 } else { 2.0 }, colors.accent),
            ..rest
        };
        widgets.open = WidgetVisuals { bg_fill: lifted, weak_bg_fill: lifted, ..rest };
        visuals
    }

    fn shadow(&self, blur: u8) -> Shadow {
        if self.is_contrast() {
            return Shadow::NONE;
        }
        let strength = if self.palette.is_dark { 96 } else { 28 };
        Shadow { offset: [0, (blur / 4) as i8], blur, spread: 0, color: Color32::from_black_alpha(strength) }
    }

    fn is_contrast(&self) -> bool {
        self.palette == CONTRAST
    }
}

fn text_styles() -> BTreeMap<TextStyle, FontId> {
    use FontFamily::{Monospace, Proportional};
    BTreeMap::from([
        (TextStyle::Small, FontId::new(12.0, Proportional)),
        (TextStyle::Body, FontId::new(15.0, Proportional)),
        (TextStyle::Button, FontId::new(15.0, Proportional)),
        (TextStyle::Monospace, FontId::new(14.0, Monospace)),
        (TextStyle::Heading, FontId::new(17.0, Monospace)),
        (type_scale::lead(), FontId::new(17.0, Proportional)),
        (type_scale::title(), FontId::new(26.0, Monospace)),
    ])
}

const DARK: Palette = Palette {
    is_dark: true,
    ground: Color32::from_rgb(0x13, 0x15, 0x1B),
    surface: Color32::from_rgb(0x1A, 0x1D, 0x25),
    raised: Color32::from_rgb(0x23, 0x27, 0x32),
    sunken: Color32::from_rgb(0x0E, 0x10, 0x15),
    line: Color32::from_rgb(0x33, 0x39, 0x47),
    text: Color32::from_rgb(0xE8, 0xEA, 0xEF),
    quiet: Color32::from_rgb(0xA3, 0xAC, 0xBB),
    accent: Color32::from_rgb(0x8C, 0xA8, 0xFF),
    on_accent: Color32::from_rgb(0x0C, 0x10, 0x20),
    accent_soft: Color32::from_rgb(0x2B, 0x35, 0x57),
    danger: Color32::from_rgb(0xFF, 0x86, 0x86),
    warning: Color32::from_rgb(0xF2, 0xBC, 0x66),
    good: Color32::from_rgb(0x79, 0xD3, 0x9A),
};

const LIGHT: Palette = Palette {
    is_dark: false,
    ground: Color32::from_rgb(0xF3, 0xF4, 0xF8),
    surface: Color32::from_rgb(0xFB, 0xFB, 0xFD),
    raised: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    sunken: Color32::from_rgb(0xE9, 0xEB, 0xF1),
    line: Color32::from_rgb(0xD5, 0xD9, 0xE3),
    text: Color32::from_rgb(0x1A, 0x1D, 0x25),
    quiet: Color32::from_rgb(0x55, 0x5E, 0x6E),
    accent: Color32::from_rgb(0x36, 0x55, 0xCF),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    accent_soft: Color32::from_rgb(0xDD, 0xE5, 0xFF),
    danger: Color32::from_rgb(0xB4, 0x23, 0x2C),
    warning: Color32::from_rgb(0x8A, 0x56, 0x00),
    good: Color32::from_rgb(0x1C, 0x73, 0x43),
};

const CONTRAST: Palette = Palette {
    is_dark: true,
    ground: Color32::BLACK,
    surface: Color32::BLACK,
    raised: Color32::from_rgb(0x10, 0x10, 0x10),
    sunken: Color32::BLACK,
    line: Color32::WHITE,
    text: Color32::WHITE,
    quiet: Color32::from_rgb(0xE0, 0xE0, 0xE0),
    accent: Color32::from_rgb(0xFF, 0xD8, 0x4D),
    on_accent: Color32::BLACK,
    accent_soft: Color32::from_rgb(0x3A, 0x32, 0x00),
    danger: Color32::from_rgb(0xFF, 0x9C, 0x9C),
    warning: Color32::from_rgb(0xFF, 0xD8, 0x4D),
    good: Color32::from_rgb(0x8E, 0xF0, 0xAE),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast as WCAG 2.2 defines it.
    fn contrast(one: Color32, other: Color32) -> f32 {
        let light = |color: Color32| {
            let [red, green, blue, _] = egui::Rgba::from(color).to_array();
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (light(one) + 0.05, light(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_text_can_be_read_on_every_surface() {
        for palette in [DARK, LIGHT, CONTRAST] {
            for ground in [palette.ground, palette.surface, palette.raised, palette.sunken, palette.accent_soft] {
                for text in [palette.text, palette.quiet, palette.accent, palette.danger, palette.warning, palette.good]
                {
                    assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}: {}", contrast(text, ground));
                }
            }
            assert!(contrast(palette.on_accent, palette.accent) >= 4.5);
        }
    }

    #[test]
    fn high_contrast_deserves_its_name() {
        for text in [CONTRAST.text, CONTRAST.quiet, CONTRAST.accent] {
            assert!(contrast(text, CONTRAST.ground) >= 7.0);
        }
    }
}
