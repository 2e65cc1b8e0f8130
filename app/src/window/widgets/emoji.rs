//! Picks an emoji: by looking, by searching in either language, by mouse or keyboard.

use crate::{text::Language, window::cx::Cx};
use egui::{
    Align, Button, Id, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui, Vec2, WidgetInfo, accesskit::Role, vec2,
};
use emojis::{Emoji, EmojiVersion, Group};

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
    let words: Vec<Vec<String>> = query.split_whitespace().map(|word| senses(&word.to_lowercase(), language)).collect();
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
    let says = |emoji: &Emoji, sense: &String| {
        emoji.name().to_lowercase().contains(sense.as_str())
            || emoji.shortcodes().any(|code| code.replace('_', " ").contains(sense.as_str()))
    };
    order
        .iter()
        .flat_map(Group::emojis)
        // Later ones would be boxes.
        .filter(|emoji| emoji.emoji_version() <= IN_FONT)
        .filter(|emoji| words.iter().all(|senses| senses.iter().any(|sense| says(emoji, sense))))
        .collect()
}

/// What a word may mean in the names of emoji, which are English.
fn senses(word: &str, language: Language) -> Vec<String> {
    let mut senses = vec![word.to_owned()];
    if language == Language::Indonesian && word.len() > 1 {
        let meant = INDONESIAN.iter().filter(|(theirs, _)| theirs.starts_with(word));
        senses.extend(meant.flat_map(|(_, ours)| ours.split(',')).map(str::to_owned));
    }
    senses
}

/// What the font of emoji has.
const IN_FONT: EmojiVersion = EmojiVersion::new(15, 1);
const COLUMNS: usize = 9;
const CELL: f32 = 36.0;
const WIDTH: f32 = CELL * 9.0 + 12.0;
const HEIGHT: f32 = CELL * 6.0;

/// What people look for, and how the names say it.
const INDONESIAN: [(&str, &str); 118] = [
    ("air", "water,droplet"),
    ("alien", "alien"),
    ("anak", "child,boy,girl"),
    ("angin", "wind"),
    ("anggur", "grapes,wine"),
    ("anjing", "dog"),
    ("api", "fire"),
    ("apel", "apple"),
    ("awan", "cloud"),
    ("ayam", "chicken,rooster"),
    ("babi", "pig"),
    ("bagus", "thumbs up,ok"),
    ("bahagia", "smil,grin,joy"),
    ("baju", "shirt,clothes"),
    ("bendera", "flag"),
    ("benar", "check mark"),
    ("berdoa", "folded hands"),
    ("berpikir", "thinking"),
    ("bintang", "star"),
    ("bir", "beer"),
    ("bola", "ball"),
    ("buah", "fruit,apple,banana,mango"),
    ("buku", "book"),
    ("bulan", "moon"),
    ("bunga", "flower,blossom,rose"),
    ("burung", "bird"),
    ("cahaya", "light,glow,spark"),
    ("cinta", "love,heart"),
    ("cium", "kiss"),
    ("daun", "leaf"),
    ("dingin", "cold,snow"),
    ("doa", "folded hands"),
    ("durian", "fruit"),
    ("es", "ice"),
    ("gajah", "elephant"),
    ("gambar", "picture,framed"),
    ("gelas", "glass"),
    ("gembok", "lock"),
    ("gigi", "tooth"),
    ("gunung", "mountain"),
    ("hadiah", "gift"),
    ("halo", "waving hand"),
    ("hantu", "ghost"),
    ("hari", "calendar,sun"),
    ("hati", "heart"),
    ("hijau", "green"),
    ("hitam", "black"),
    ("hujan", "rain,umbrella"),
    ("ibu", "woman"),
    ("ikan", "fish"),
    ("jam", "clock,watch,hour"),
    ("jantung", "heart"),
    ("jempol", "thumbs"),
    ("kaget", "astonish,screaming,surpris"),
    ("kado", "gift"),
    ("kamera", "camera"),
    ("kapal", "ship,boat"),
    ("kelapa", "coconut"),
    ("kelinci", "rabbit"),
    ("keras", "flexed"),
    ("kereta", "train,railway"),
    ("kopi", "coffee,hot beverage"),
    ("kucing", "cat"),
    ("kue", "cake,cookie"),
    ("kuda", "horse"),
    ("kunci", "key,lock"),
    ("kuning", "yellow"),
    ("kura", "turtle"),
    ("lampu", "bulb,lamp"),
    ("laut", "wave,ocean"),
    ("lemah", "weary"),
    ("makan", "food,fork,cook"),
    ("malam", "night"),
    ("malu", "flushed,blush"),
    ("mangga", "mango"),
    ("marah", "angry,enraged,pouting"),
    ("mata", "eye"),
    ("matahari", "sun"),
    ("mawar", "rose"),
    ("menangis", "cry,tear"),
    ("merah", "red"),
    ("minum", "drink,beverage,glass"),
    ("mobil", "car,automobile"),
    ("monyet", "monkey"),
    ("motor", "motorcycle,scooter"),
    ("musik", "music,note"),
    ("nasi", "rice"),
    ("nol", "zero,0"),
    ("obat", "pill"),
    ("orang", "person"),
    ("panas", "hot,fire"),
    ("pantai", "beach"),
    ("pelangi", "rainbow"),
    ("peluk", "hug"),
    ("perempuan", "woman"),
    ("pesawat", "airplane"),
    ("pesta", "party"),
    ("pisang", "banana"),
    ("pohon", "tree,palm"),
    ("pria", "man"),
    ("putih", "white"),
    ("roti", "bread"),
    ("rumah", "house,home"),
    ("sakit", "sick,thermometer,bandage"),
    ("salah", "cross mark"),
    ("sapi", "cow"),
    ("sedih", "sad,cry,disappointed"),
    ("senang", "smil,grin,happy"),
    ("senyum", "smil"),
    ("sepeda", "bicycle"),
    ("surat", "letter,envelope"),
    ("tangan", "hand"),
    ("telepon", "phone"),
    ("tepuk", "clap"),
    ("tertawa", "laugh,joy,grin"),
    ("tidur", "sleep,zzz"),
    ("uang", "money"),
    ("ular", "snake"),
];

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
    fn every_indonesian_word_finds_something() {
        for (word, _) in INDONESIAN {
            assert!(!find(word, Language::Indonesian).is_empty(), "{word}");
        }
    }
}
