//! What is said: sentences for people, or one JSON object a line for programs. Never both on one stream.

use super::ended::Ended;
use crate::text::Texts;
use serde_json::Value as Json;
use std::io::{self, IsTerminal, Write};

/// Where a command says things.
pub(crate) struct Say {
    pub(crate) texts: Texts,
    pub(crate) json: bool,
    progress: bool,
    shown: bool,
}

impl Say {
    pub(crate) fn new(texts: Texts, json: bool) -> Self {
        // A line that rewrites itself is for eyes only.
        let progress = !json && io::stderr().is_terminal();
        Self { texts, json, progress, shown: false }
    }

    /// A sentence for people, or nothing.
    pub(crate) fn line(&mut self, sentence: &str) -> Result<(), Ended> {
        if self.json {
            return Ok(());
        }
        self.clear();
        let mut out = io::stdout().lock();
        writeln!(out, "{sentence}")?;
        Ok(out.flush()?)
    }

    /// An event for programs, or nothing.
    pub(crate) fn event(&mut self, name: &str, fields: Json) -> Result<(), Ended> {
        if !self.json {
            return Ok(());
        }
        let fields = fields.to_string();
        // The name first: a line is easier to read that begins with what it is.
        let rest = fields.strip_prefix('{').filter(|rest| *rest != "}").map(|rest| format!(",{rest}"));
        let mut out = io::stdout().lock();
        writeln!(out, "{{\"event\":{}{}", Json::from(name), rest.as_deref().unwrap_or("}"))?;
        // A program waits for each line.
        Ok(out.flush()?)
    }

    /// Something that a person should know and that changes nothing.
    pub(crate) fn remark(&mut self, sentence: &str) {
        self.clear();
        // If nobody can hear it, the work goes on all the same.
        let _ = writeln!(io::stderr().lock(), "{sentence}");
    }

    /// How far something is; on a terminal only.
    pub(crate) fn progress(&mut self, done: u64, total: Option<u64>) {
        if !self.progress {
            return;
        }
        let done_text = self.texts.bytes(done);
        let text = match total.filter(|total| *total > 0) {
            Some(total) => {
                let percent = (done.min(total) as u128 * 100 / u128::from(total)) as u64;
                let values = [
                    ("done", done_text.into()),
                    ("total", self.texts.bytes(total).into()),
                    ("percent", percent.into()),
                ];
                self.texts.with("progress-of", &values)
            }
            None => self.texts.with("progress", &[("done", done_text.into())]),
        };
        let _ = write!(io::stderr().lock(), "\r\u{1b}[K{text}");
        self.shown = true;
    }

    /// Takes the line of the progress away.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

/// Text that somebody else may have written, so that a terminal shows it and does not obey it: an escape sequence could
/// change the title, the clipboard or what was said before.
pub(crate) fn tame(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\t' => letter,
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
            letter if letter.is_control() => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect()
}

/// The same for what must stay on its line.
pub(crate) fn tame_line(text: &str) -> String {
    tame(text).replace(['\n', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_give_orders_to_the_terminal() {
        assert_eq!(tame("a\u{1b}[2Jb\r\u{9b}c\nd\te\u{202E}f"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\nd\te\u{fffd}f");
        assert_eq!(tame_line("a\nb"), "a b");
    }
}
