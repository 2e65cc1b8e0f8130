//! The fonts: the same on every machine, so that no text is a row of boxes. `assets/fonts/README.md` tells where each is
//! from. They stay where the program lies and are never copied; a page of them is in memory once a letter of it is drawn.

use egui::{Context, FontData, FontDefinitions, FontFamily, FontTweak};
use std::{collections::BTreeMap, sync::Arc};

/// Has the window draw with these fonts.
pub fn install(ctx: &Context) {
    let fonts = FILES.iter().map(|font| {
        let tweak = FontTweak { scale: font.scale, y_offset_factor: font.down, ..FontTweak::default() };
        (font.name.to_owned(), Arc::new(FontData::from_static(font.bytes).tweak(tweak)))
    });
    let family = |first: &[&str]| -> Vec<String> {
        let rest = FALLBACKS.iter().filter(|name| !first.contains(name));
        first.iter().chain(rest).map(|name| (*name).to_owned()).collect()
    };
    ctx.set_fonts(FontDefinitions {
        font_data: fonts.collect(),
        families: BTreeMap::from([
            (FontFamily::Proportional, family(&["Inter"])),
            (FontFamily::Monospace, family(&["JetBrains Mono", "Inter"])),
            (strong(), family(&["Inter SemiBold", "Inter"])),
            (icons(), vec!["Lucide".to_owned()]),
        ]),
    });
}

/// The family of what is to stand out: names, titles of rows.
#[must_use]
pub fn strong() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// The family of [icons](super::icons).
#[must_use]
pub(super) fn icons() -> FontFamily {
    FontFamily::Name("icons".into())
}

struct File {
    name: &'static str,
    bytes: &'static [u8],
    /// Scripts and pictures are drawn as large as the Latin letters beside them look.
    scale: f32,
    /// How far below the line of the Latin letters, in sizes of the font.
    down: f32,
}

/// Asked in this order for what the first font of a family does not have. Emoji stand before the signs that are plain
/// in other fonts: whoever types a heart means the red one.
const FALLBACKS: [&str; 10] =
    ["Emoji", "Arabic", "Hebrew", "Thai", "Devanagari", "Korean", "Fallback", "DejaVu", "Symbols", "Mathematics"];

const FILES: [File; 14] = [
    file("Inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
    file("Inter SemiBold", include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
    file("JetBrains Mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
    file("Emoji", include_bytes!("../../../assets/fonts/NotoColorEmoji.ttf")),
    file("Arabic", include_bytes!("../../../assets/fonts/NotoSansArabic-Regular.ttf")),
    file("Hebrew", include_bytes!("../../../assets/fonts/NotoSansHebrew-Regular.ttf")),
    file("Thai", include_bytes!("../../../assets/fonts/NotoSansThai-Regular.ttf")),
    file("Devanagari", include_bytes!("../../../assets/fonts/NotoSansDevanagari-Regular.ttf")),
    file("Korean", include_bytes!("../../../assets/fonts/NotoSansCJKkr-Regular.otf")),
    file("Fallback", include_bytes!("../../../assets/fonts/DroidSansFallbackFull.ttf")),
    file("DejaVu", include_bytes!("../../../assets/fonts/DejaVuSans.ttf")),
    file("Symbols", include_bytes!("../../../assets/fonts/NotoSansSymbols-Regular.ttf")),
    file("Mathematics", include_bytes!("../../../assets/fonts/NotoSansMath-Regular.ttf")),
    file("Lucide", include_bytes!("../../../assets/fonts/Lucide.ttf")),
];

const fn file(name: &'static str, bytes: &'static [u8]) -> File {
    File { name, bytes, scale: 1.0, down: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::icons::{self, Icon};
    use egui::{Color32, FontId, Galley, MissingGlyphPolicy, RawInput};

    /// Lays out what `text` is; a letter that no font has ends the test.
    fn layout(family: &FontFamily, text: &str) -> Arc<Galley> {
        let ctx = Context::default();
        ctx.set_missing_glyph_policy(MissingGlyphPolicy::Panic);
        install(&ctx);
        let mut galley = None;
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            let font = FontId::new(15.0, family.clone());
            galley = Some(ui.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), font, Color32::WHITE)));
        });
        output.textures_delta.clear();
        galley.unwrap()
    }

    #[test]
    fn every_script_shows_in_every_family() {
        for family in [FontFamily::Proportional, FontFamily::Monospace, strong()] {
            for (script, text) in SCRIPTS {
                let galley = layout(&family, text);
                assert!(galley.rows[0].size.x > 10.0, "{script} takes no room in {family:?}");
            }
        }
    }

    #[test]
    fn emoji_are_coloured_and_a_family_is_one_picture() {
        for emoji in ["😀", "🦀", "❤️", "☕", "👍🏽", "🇮🇩", "👩‍👩‍👧", "🏳️‍🌈"] {
            let galley = layout(&FontFamily::Proportional, emoji);
            let glyphs = &galley.rows[0].glyphs;
            assert!(glyphs[0].is_color, "{emoji}");
            let drawn = glyphs.iter().filter(|glyph| glyph.advance_width > 0.0).count();
            assert_eq!(drawn, 1, "{emoji}");
        }
    }

    #[test]
    fn figures_and_letters_are_never_emoji() {
        for glyph in &layout(&FontFamily::Proportional, "0123456789#*©®™").rows[0].glyphs {
            assert!(!glyph.is_color, "{}", glyph.chr);
        }
    }

    #[test]
    fn every_icon_is_in_the_icons_font() {
        for Icon(icon) in icons::ALL {
            layout(&icons(), &icon.to_string());
        }
    }

    const SCRIPTS: [(&str, &str); 16] = [
        ("Latin", "Hamburgefonstiv ÄÖÜß çñø ŁŻ İğ Æþð — “quotes” … € £ ¥ ₿ № →"),
        ("Indonesian", "Selamat datang! Simpan catatan Anda."),
        ("Vietnamese", "Tiếng Việt: Người dân được tự do"),
        ("Cyrillic", "Съешь же ещё этих мягких французских булок, ґєії"),
        ("Greek", "Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία"),
        ("Arabic", "مرحبا بالعالم، كيف الحال؟ ١٢٣"),
        ("Hebrew", "שלום עולם, מה שלומך?"),
        ("Armenian", "Բարեւ աշխարհ"),
        ("Georgian", "გამარჯობა მსოფლიო"),
        ("Thai", "สวัสดีชาวโลก"),
        ("Devanagari", "नमस्ते दुनिया"),
        ("Chinese", "你好,世界。漢字與简体字"),
        ("Japanese", "こんにちは世界、カタカナ"),
        ("Korean", "안녕하세요 세계"),
        ("Mathematics", "∀x∈ℝ: ∑ √x ≤ ∞ ∫ ≠ ≈ ⊂ 𝒜"),
        ("Signs", "▲▼◆●○■□ ✓✗★☆ ♠♣♥♦ ♪ ☐☑ ⌘ ⏎ ⇧ ░▒▓ ┌─┐ ⠿"),
    ];
}
