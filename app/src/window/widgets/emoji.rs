//! Picks an emoji: by looking, by searching in either language, by mouse or keyboard.

mod words;

use crate::{text::Language, window::cx::Cx};
use egui::{
    Align, Button, Id, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui, Vec2, WidgetInfo, accesskit::Role, vec2,
};
use emojis::{Emoji, EmojiVersion, Group};
use std::sync::LazyLock;

/// Picks an emoji.
#[derive(Default)]
pub(crate) struct EmojiPicker {
    query: String,
    found: Vec<&'static Emoji>,
    searched: Option<String>,
    chosen: usize,
    is_new: bool,
}

impl EmojiPicker {
    /// From the beginning: it was opened.
    pub(crate) fn reset(&mut self) {
        *self = Self { is_new: true, ..Self::default() };
    }

    /// Draws it; what was picked.
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>) -> Option<&'static str> {
        self.search(cx.texts.language());
        let mut picked = None;
        ui.set_width(WIDTH);
        let name = cx.texts.get("emoji-search");
        let moved = ui.memory(|memory| memory.has_focus(search_id())) && self.keys(ui, &mut picked);
        let field = ui.add(
            TextEdit::singleline(&mut self.query)
                .id(search_id())
                .hint_text(RichText::new(&name).color(cx.theme.palette.quiet))
                .desired_width(f32::INFINITY),
        );
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label(name.as_str()));
        if std::mem::take(&mut self.is_new) {
            field.request_focus();
        }
        if field.changed() {
            self.chosen = 0;
        }
        if self.found.is_empty() {
            ui.label(cx.texts.get("emoji-none"));
            return picked;
        }
        let lines = self.found.len().div_ceil(COLUMNS);
        let mut area = ScrollArea::vertical().id_salt("emoji").max_height(HEIGHT).auto_shrink([false, false]);
        if moved {
            let top = (self.chosen / COLUMNS) as f32 * CELL;
            area = area.vertical_scroll_offset((top - HEIGHT / 2.0).max(0.0));
        }
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        area.show_rows(ui, CELL, lines, |ui, shown| {
            ui.ctx().allow_widget_id_changes_in(ui.max_rect());
            for line in shown {
                ui.horizontal(|ui| {
                    for index in line * COLUMNS..((line + 1) * COLUMNS).min(self.found.len()) {
                        let emoji = self.found[index];
                        let button = Button::new(RichText::new(emoji.as_str()).size(22.0))
                            .frame_when_inactive(self.chosen == index)
                            .min_size(vec2(CELL, CELL));
                        ui.spacing_mut().button_padding = Vec2::ZERO;
                        let response = ui.add_sized([CELL, CELL], button);
                        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, emoji.name()));
                        if response.clicked() {
                            picked = Some(emoji.as_str());
                        }
                        response.on_hover_text(emoji.name());
                    }
                });
            }
        });
        if let Some(emoji) = self.found.get(self.chosen) {
            ui.with_layout(egui::Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new(emoji.name()).small().color(cx.theme.palette.quiet));
            });
        }
        picked
    }

    /// Arrows and Enter, while the search has the keyboard; whether the choice moved.
    fn keys(&mut self, ui: &Ui, picked: &mut Option<&'static str>) -> bool {
        let before = self.chosen;
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let last = self.found.len().saturating_sub(1);
        if pressed(Key::ArrowDown) {
            self.chosen = (self.chosen + COLUMNS).min(last);
        }
        if pressed(Key::ArrowUp) {
            self.chosen = self.chosen.saturating_sub(COLUMNS);
        }
        if pressed(Key::ArrowRight) {
            self.chosen = (self.chosen + 1).min(last);
        }
        if pressed(Key::ArrowLeft) {
            self.chosen = self.chosen.saturating_sub(1);
        }
        if pressed(Key::Enter) {
            *picked = self.found.get(self.chosen).map(|emoji| emoji.as_str());
        }
        self.chosen != before
    }

    fn search(&mut self, language: Language) {
        if self.searched.as_ref() == Some(&self.query) {
            return;
        }
        self.found = find(&self.query, language);
        self.searched = Some(self.query.clone());
    }
}

fn search_id() -> Id {
    Id::unique("emoji search")
}

/// Emoji with all these words in their names; without words all there are, faces first.
fn find(query: &str, language: Language) -> Vec<&'static Emoji> {
    let query = query.trim().to_lowercase();
    let wanted: Vec<(&str, Vec<String>)> =
        query.split_whitespace().map(|word| (word, senses(word, language))).collect();
    // Several words may be one name there.
    let whole = if wanted.len() > 1 { senses(&query, language) } else { Vec::new() };
    let is_found = |names: &Names| {
        wanted.iter().all(|(word, senses)| names.contain(word) || names.have_any(senses)) || names.have_any(&whole)
    };
    ALL.iter().filter(|(_, names)| is_found(names)).map(|(emoji, _)| *emoji).collect()
}

/// Those that the font has, faces first, and what they are called: made when somebody looks for the first time.
static ALL: LazyLock<Vec<(&'static Emoji, Names)>> = LazyLock::new(|| {
    let order = [
        Group::SmileysAndEmotion,
        Group::PeopleAndBody,
        Group::AnimalsAndNature,
        Group::FoodAndDrink,
        Group::Activities,
        Group::TravelAndPlaces,
        Group::Objects,
        Group::Symbols,
        Group::Flags,
    ];
    // Later ones would be boxes.
    let emojis = order.iter().flat_map(Group::emojis).filter(|emoji| emoji.emoji_version() <= IN_FONT);
    emojis.map(|emoji| (emoji, Names::of(emoji))).collect()
});

/// What a word means, as names are compared.
fn senses(word: &str, language: Language) -> Vec<String> {
    words::senses(word, language).map(sense).collect()
}

/// The beginning of a word, or all of a short one: who looks for an ant does not look for an antenna.
fn sense(meant: &str) -> String {
    let mut sense = plain(meant);
    if sense.trim().len() <= SHORT {
        sense.push(' ');
    }
    sense
}

/// What an emoji is called.
struct Names(String);

impl Names {
    fn of(emoji: &Emoji) -> Self {
        let mut names = plain(emoji.name());
        emoji.shortcodes().for_each(|code| names.push_str(&plain(code)));
        names.push(' ');
        Self(names)
    }

    /// What is typed may be any part of a word.
    fn contain(&self, typed: &str) -> bool {
        self.0.contains(plain(typed).trim_start())
    }

    /// What is meant is the beginning of one: who looks for ice does not look for the police.
    fn have_any(&self, senses: &[String]) -> bool {
        senses.iter().any(|sense| self.0.contains(sense.as_str()))
    }
}

/// In small letters, with a space before each word and nothing else between them.
fn plain(name: &str) -> String {
    let mut plain = String::from(" ");
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() || "#*+".contains(letter) {
            plain.push(letter);
        } else if !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain
}

/// What the font of emoji has.
const IN_FONT: EmojiVersion = EmojiVersion::new(15, 1);
/// Letters of a word that no other should begin with by chance.
const SHORT: usize = 3;
const COLUMNS: usize = 9;
const CELL: f32 = 36.0;
const WIDTH: f32 = CELL * 9.0 + 12.0;
const HEIGHT: f32 = CELL * 6.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_found_in_either_language() {
        let has = |query, language, emoji: &str| find(query, language).iter().any(|found| found.as_str() == emoji);
        assert!(has("thumbs up", Language::English, "👍"));
        assert!(has("red heart", Language::English, "❤️"));
        assert!(has("jempol", Language::Indonesian, "👍"));
        assert!(has("hati merah", Language::Indonesian, "❤️"));
        assert!(has("kucing", Language::Indonesian, "🐱"));
        assert!(!has("kucing", Language::English, "🐱"));
        assert!(find("nothing is called so", Language::English).is_empty());
        assert!(find("", Language::English).len() > 1500);
    }

    #[test]
    fn several_words_and_beginnings_of_words_are_understood() {
        let has = |query, emoji: &str| find(query, Language::Indonesian).iter().any(|found| found.as_str() == emoji);
        assert!(has("air mata", "😢"));
        assert!(has("Terima kasih", "🙏"));
        assert!(has("kura-kura", "🐢"));
        assert!(has("kupu", "🦋"));
        assert!(has("es", "🧊") && has("semut", "🐜") && !has("semut", "📡"));
        assert!(!has("es krim", "👮"), "the police are no ice");
    }

    #[test]
    fn every_indonesian_word_and_each_of_its_senses_finds_something() {
        let mut earlier = "";
        for (word, senses) in words::all() {
            for sense in senses.split(',') {
                let sense = [super::sense(sense)];
                assert!(ALL.iter().any(|(_, names)| names.have_any(&sense)), "{word}: {sense:?}");
            }
            assert_ne!(*word, earlier, "twice");
            earlier = word;
        }
    }
}
