//! The text of a message: which way it runs, where its links are, which words were searched for.

use super::bidi;
use egui::{
    Align, Color32, FontFamily, FontId, Stroke,
    text::{LayoutJob, TextFormat},
};
use std::ops::Range;
use unicode_bidi::{Direction, get_base_direction_full};

/// A text, ready to be laid out.
pub(super) struct Prose {
    pub(super) job: LayoutJob,
    pub(super) links: Vec<Link>,
    pub(super) is_rtl: bool,
}

/// A place in a text that leads somewhere.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Link {
    /// Where, in characters: a galley counts so.
    pub(super) chars: Range<usize>,
    /// Where to.
    pub(super) target: String,
}

/// What a text looks like.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    pub(super) size: f32,
    pub(super) text: Color32,
    pub(super) link: Color32,
    /// Behind words that were searched for.
    pub(super) mark: Color32,
}

impl Prose {
    /// `measure` tells how wide a piece of a line is; only text that runs from right to left asks.
    pub(super) fn of(text: &str, ink: Ink, marked: &[String], width: f32, measure: impl Fn(&str) -> f32) -> Self {
        let is_rtl = runs_right_to_left(text);
        let turned = bidi::has_rtl(text).then(|| bidi::visual(text, width, measure));
        let text = turned.as_deref().unwrap_or(text);
        let links = links(text);
        let marks = marks(text, marked);
        let mut job = LayoutJob { halign: if is_rtl { Align::RIGHT } else { Align::LEFT }, ..LayoutJob::default() };
        job.wrap.max_width = width;
        let mut cuts: Vec<usize> = links.iter().map(|(place, _)| place).chain(&marks).flat_map(ends).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let [start, end] = [pair[0], pair[1]];
            let mut format = TextFormat::simple(FontId::new(ink.size, FontFamily::Proportional), ink.text);
            if links.iter().any(|(place, _)| place.contains(&start)) {
                format.color = ink.link;
                format.underline = Stroke::new(1.0, ink.link);
            }
            if marks.iter().any(|place| place.contains(&start)) {
                format.background = ink.mark;
            }
            job.append(&text[start..end], 0.0, format);
        }
        let links = links.into_iter().map(|(place, target)| Link { chars: chars(text, &place), target }).collect();
        Self { job, links, is_rtl }
    }
}

/// Whether the first letter with a direction runs from right to left.
pub(super) fn runs_right_to_left(text: &str) -> bool {
    get_base_direction_full(text) == Direction::Rtl
}

/// Where a text leads, if to anywhere that is opened: the web and mail, never a file or a program.
pub(super) fn targets(text: &str) -> Vec<String> {
    links(text).into_iter().map(|(_, target)| target).collect()
}

/// The beginning of a text, so many characters of it, cut between lines or words where that is near.
pub(super) fn beginning(text: &str, chars_max: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(chars_max)?;
    let head = &text[..end];
    let near = end - end / 8;
    let cut = head.rfind('\n').or_else(|| head.rfind(' ')).filter(|cut| *cut > near).unwrap_or(end);
    Some(&text[..cut])
}

/// What of a text stands around the first of these words, in one line.
pub(super) fn snippet(text: &str, words: &[String]) -> String {
    let first = marks(text, words).first().map_or(0, |place| place.start);
    let before = text[..first].char_indices().rev().nth(SNIPPET_BEFORE).map_or(0, |(at, _)| at);
    let start = if before == 0 { 0 } else { text[before..first].find(' ').map_or(before, |space| before + space + 1) };
    let mut line = if start > 0 { String::from("… ") } else { String::new() };
    let rest: Vec<&str> = text[start..]
        .char_indices()
        .nth(SNIPPET_CHARS)
        .map_or(&text[start..], |(end, _)| &text[start..start + end])
        .split_whitespace()
        .collect();
    line.push_str(&rest.join(" "));
    line
}

/// The beginning of a text in one line, in the order in which it is seen.
pub(super) fn line(text: &str) -> String {
    let line = beginning(text, LINE_CHARS).unwrap_or(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if bidi::has_rtl(&line) { bidi::visual(&line, f32::INFINITY, |_| 0.0) } else { line }
}

/// Whether a text is a few emoji and nothing else: these are shown large.
pub(super) fn is_emoji_only(text: &str) -> bool {
    let text = text.trim();
    // Nearly every text is seen through by one of its letters; no emoji has any of these.
    if text.is_empty()
        || text.len() > EMOJI_MAX * EMOJI_BYTES_MAX
        || text.bytes().any(|byte| byte.is_ascii_alphabetic())
    {
        return false;
    }
    let mut rest = text;
    for _ in 0..EMOJI_MAX {
        rest = rest.trim_start();
        let longest = rest
            .char_indices()
            .map(|(at, letter)| at + letter.len_utf8())
            .take_while(|end| *end <= EMOJI_BYTES_MAX)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .find(|end| emojis::get(&rest[..*end]).is_some());
        match longest {
            Some(end) => rest = &rest[end..],
            None => return false,
        }
        if rest.is_empty() {
            return true;
        }
    }
    false
}

fn links(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    // Every scheme has one, and few texts have.
    if !text.contains(':') {
        return found;
    }
    let mut from = 0;
    while let Some(at) = SCHEMES.iter().filter_map(|scheme| find_ignoring_case(&text[from..], scheme)).min() {
        let start = from + at;
        let end = text[start..]
            .find(|letter: char| letter.is_whitespace() || letter.is_control() || "<>\"`{}|\\^".contains(letter))
            .map_or(text.len(), |length| start + length);
        let end = start + without_closing(&text[start..end]).len();
        let is_word = text[..start].chars().next_back().is_none_or(|letter| !letter.is_alphanumeric());
        let scheme = SCHEMES.iter().find(|scheme| find_ignoring_case(&text[start..end], scheme) == Some(0));
        let goes_somewhere = scheme.is_some_and(|scheme| end - start > scheme.len());
        if is_word && goes_somewhere {
            found.push((start..end, text[start..end].to_owned()));
        }
        from = end.max(start + 1);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        if found.len() >= LINKS_MAX {
            break;
        }
    }
    found
}

/// A sentence's own signs after a link do not belong to it; a bracket does if it was opened inside.
fn without_closing(link: &str) -> &str {
    let mut link = link;
    while let Some(last) = link.chars().next_back() {
        let belongs = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…' | '»' | '”' | '’' => false,
            ')' => link.matches('(').count() >= link.matches(')').count(),
            ']' => link.matches('[').count() >= link.matches(']').count(),
            _ => true,
        };
        if belongs {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    link
}

fn find_ignoring_case(text: &str, ascii: &str) -> Option<usize> {
    text.as_bytes().windows(ascii.len()).position(|window| window.eq_ignore_ascii_case(ascii.as_bytes()))
}

/// Where these words are, in any case of letters; places do not overlap.
fn marks(text: &str, words: &[String]) -> Vec<Range<usize>> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while from < text.len() && found.len() < MARKS_MAX {
        let length = words.iter().filter_map(|word| matches(&text[from..], word)).max();
        let step = length.unwrap_or_else(|| text[from..].chars().next().map_or(1, char::len_utf8));
        if length.is_some() {
            found.push(from..from + step);
        }
        from += step;
    }
    found
}

/// How long the beginning of a text is that is this word in any case of letters.
fn matches(text: &str, word: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    for wanted in word.chars() {
        let (_, letter) = letters.next()?;
        if !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    (!word.is_empty()).then(|| letters.next().map_or(text.len(), |(at, _)| at))
}

fn chars(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let start = text[..bytes.start].chars().count();
    start..start + text[bytes.clone()].chars().count()
}

fn ends(place: &Range<usize>) -> [usize; 2] {
    [place.start, place.end]
}

/// What is opened in a browser or mail program; anything else may start something on this machine.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];
/// More nobody clicks.
const LINKS_MAX: usize = 200;
/// More nobody sees.
const MARKS_MAX: usize = 200;
/// Three faces still are a feeling; more are a text.
const EMOJI_MAX: usize = 3;
/// The longest kind: couples, families and flags.
const EMOJI_BYTES_MAX: usize = 40;
/// What stands before a found word, about.
const SNIPPET_BEFORE: usize = 24;
/// More than a line ever has.
const LINE_CHARS: usize = 160;
/// Two lines in the list of results.
const SNIPPET_CHARS: usize = 140;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_and_mail_are_links() {
        let text = "See https://example.org/a_(b), HTTP://x.test! or mailto:me@example.org. Not file:///etc/passwd, \
                    javascript:alert(1), nyx:join, xhttps://no.example or https:// alone.";
        assert_eq!(targets(text), ["https://example.org/a_(b)", "HTTP://x.test", "mailto:me@example.org"]);
    }

    #[test]
    fn links_are_where_a_galley_counts_them() {
        let ink = Ink { size: 15.0, text: Color32::WHITE, link: Color32::BLUE, mark: Color32::YELLOW };
        let prose = Prose::of("Größe: https://example.org/ü ok", ink, &[], 300.0, |_| 0.0);
        assert_eq!(prose.links[0].chars, 7..28);
        assert_eq!(prose.job.text, "Größe: https://example.org/ü ok");
    }

    #[test]
    fn the_first_strong_letter_decides_the_direction() {
        for (text, is_rtl) in
            [("hello שלום", false), ("שלום hello", true), ("123 (مرحبا)", true), ("123", false), ("", false)]
        {
            assert_eq!(runs_right_to_left(text), is_rtl, "{text}");
        }
    }

    #[test]
    fn words_are_marked_in_any_case_and_any_script() {
        let words = ["GRÖ".to_owned(), "目".to_owned()];
        assert_eq!(marks("größer, Grö 目", &words), [0..4, 10..14, 15..18]);
        assert!(marks("größer", &[]).is_empty());
    }

    #[test]
    fn a_snippet_shows_the_word_that_was_found() {
        let text = format!("{} needle {}", "before ".repeat(40), "after ".repeat(100));
        let line = snippet(&text, &["needle".to_owned()]);
        assert!(line.starts_with("… ") && line.contains("needle") && line.chars().count() < 160, "{line}");
        assert_eq!(snippet("short", &["x".to_owned()]), "short");
    }

    #[test]
    fn a_few_emoji_alone_are_large() {
        for (text, large) in
            [("👍", true), ("👨‍👩‍👧 ❤️", true), ("👍👍👍👍", false), ("ok 👍", false), ("", false), ("1", false)]
        {
            assert_eq!(is_emoji_only(text), large, "{text}");
        }
    }
}
