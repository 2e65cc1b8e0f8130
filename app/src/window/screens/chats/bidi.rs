//! Text that runs from right to left. The toolkit shapes each word in its direction but sets words from left to right,
//! so lines are broken and put into visual order here, as the Unicode bidirectional algorithm has it.

use unicode_bidi::{BidiClass, BidiInfo, bidi_class};

/// Whether anything in a text runs from right to left.
pub(super) fn has_rtl(text: &str) -> bool {
    // Nothing before Hebrew does.
    !text.is_ascii() && text.chars().any(|letter| letter >= '\u{590}' && is_rtl(letter))
}

/// The text in visual order, broken into lines of this width; `measure` tells how wide a piece of a line is.
pub(super) fn visual(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> String {
    let mut shown = String::with_capacity(text.len() + text.len() / 8);
    for (index, paragraph) in text.split('\n').enumerate() {
        if index > 0 {
            shown.push('\n');
        }
        let paragraph = paragraph.trim_end_matches('\r');
        if !has_rtl(paragraph) {
            shown.push_str(paragraph);
            continue;
        }
        let info = BidiInfo::new(paragraph, None);
        let mut is_first = true;
        for line in lines(paragraph, width, &measure) {
            if !is_first {
                shown.push('\n');
            }
            is_first = false;
            for part in &info.paragraphs {
                let line = line.start.max(part.range.start)..line.end.min(part.range.end);
                if line.is_empty() {
                    continue;
                }
                let (levels, runs) = info.visual_runs(part, line);
                for run in runs {
                    let piece = &paragraph[run.clone()];
                    if levels[run.start].is_rtl() {
                        reversed(piece, &mut shown);
                    } else {
                        shown.push_str(piece);
                    }
                }
            }
        }
    }
    shown
}

/// Where lines of this width begin and end, broken at spaces.
fn lines(paragraph: &str, width: f32, measure: &impl Fn(&str) -> f32) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut end, mut used) = (0, 0, 0.0);
    for word in paragraph.split_inclusive(' ') {
        let wide = measure(word.trim_end_matches(' '));
        if end > start && used + wide > width {
            found.push(start..end);
            (start, used) = (end, 0.0);
        }
        used += measure(word);
        end += word.len();
    }
    found.push(start..end);
    // The space that a line was broken at takes no room.
    for line in &mut found {
        let text = &paragraph[line.clone()];
        line.end = line.start + text.trim_end_matches(' ').len();
    }
    found
}

/// Puts the words of a run that goes from right to left into the order in which they stand.
fn reversed(run: &str, shown: &mut String) {
    let mut pieces: Vec<&str> = Vec::new();
    let mut start = 0;
    let mut was_word = false;
    for (at, letter) in run.char_indices() {
        let class = bidi_class(letter);
        // Signs of the Arabic script come from the same font as its letters and are turned round with them.
        let is_sign = ('\u{600}'..='\u{6ff}').contains(&letter) && !matches!(class, BidiClass::AN | BidiClass::EN);
        let in_word = is_rtl(letter) || is_sign || matches!(class, BidiClass::NSM | BidiClass::BN);
        if at > start && !(in_word && was_word) {
            pieces.push(&run[start..at]);
            start = at;
        }
        was_word = in_word;
    }
    pieces.push(&run[start..]);
    for piece in pieces.into_iter().rev() {
        let mut letters = piece.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => shown.push(mirrored(letter)),
            _ => shown.push_str(piece),
        }
    }
}

fn is_rtl(letter: char) -> bool {
    matches!(bidi_class(letter), BidiClass::R | BidiClass::AL)
}

/// A bracket opens towards what it holds.
fn mirrored(letter: char) -> char {
    let pair = PAIRS.iter().find(|(one, other)| letter == *one || letter == *other);
    match pair {
        Some((one, other)) if letter == *one => *other,
        Some((one, _)) => *one,
        None => letter,
    }
}

const PAIRS: [(char, char); 7] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›'), ('≤', '≥')];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        visual(text, 1000.0, |piece| piece.chars().count() as f32)
    }

    #[test]
    fn words_stand_from_right_to_left_and_numbers_do_not() {
        // Each word is shaped, and so turned round, by itself.
        assert_eq!(shown("אבג דהו"), "דהו אבג");
        assert_eq!(shown("אבג 123, דהו"), "דהו ,123 אבג");
        assert_eq!(shown("אבג (hello world) דהו"), "דהו (hello world) אבג");
        assert_eq!(shown("hello אבג דהו world"), "hello דהו אבג world");
        assert_eq!(shown("شكرا، جزيلا؟"), "جزيلا؟ شكرا،");
        assert_eq!(shown("plain"), "plain");
    }

    #[test]
    fn lines_are_broken_before_they_are_turned_round() {
        assert_eq!(visual("אבג דהו זחט", 7.0, |piece| piece.chars().count() as f32), "דהו אבג\nזחט");
        assert_eq!(shown("אבג\nhello\nדהו זחט"), "אבג\nhello\nזחט דהו");
        assert_eq!(visual("אבגדהוזחט", 3.0, |piece| piece.chars().count() as f32), "אבגדהוזחט");
    }

    #[test]
    fn no_text_is_lost_and_none_ends_it() {
        for text in ["", "\n", " ", "א\u{5b0}ב \u{202e}x\u{202c}", "م\u{200d}ن 🙂 (א", "א\u{2029}ב\u{85}ג", "\r\nא\r\n"]
        {
            let mut before: Vec<char> =
                text.chars().filter(|letter| !letter.is_whitespace() && !"()".contains(*letter)).collect();
            let mut after: Vec<char> =
                shown(text).chars().filter(|letter| !letter.is_whitespace() && !"()".contains(*letter)).collect();
            before.sort_unstable();
            after.sort_unstable();
            assert_eq!(before, after, "{text:?}");
        }
    }
}
