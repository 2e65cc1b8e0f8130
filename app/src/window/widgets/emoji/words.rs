//! What words of another language mean in the names of emoji, which are English.

use crate::text::Language;
use std::sync::LazyLock;

/// Beginnings of words that this word, or one that begins so, means in the names.
pub(super) fn senses(word: &str, language: Language) -> impl Iterator<Item = &'static str> {
    let meant = match language {
        Language::English => [].as_slice(),
        Language::Indonesian if word.len() > 1 => INDONESIAN.as_slice(),
        Language::Indonesian => &[],
    };
    meant
        .iter()
        .filter(move |(theirs, _)| theirs.starts_with(word))
        .flat_map(|(_, ours)| ours.split(',').map(str::trim))
}

/// A word on each line, and what it means.
fn parse(lines: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = lines.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(':')).collect()
}

static INDONESIAN: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| parse(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/emoji/id.txt"))));

#[cfg(test)]
pub(super) fn all() -> &'static [(&'static str, &'static str)] {
    &INDONESIAN
}
