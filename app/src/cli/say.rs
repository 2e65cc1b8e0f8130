//! What is said: sentences for people, or one JSON object a line for programs. Never both on one stream.

use super::ended::Ended;
use crate::text::Texts;
use nyx_media::code::Code;
use nyx_p2p::{Pace, Progress};
use serde_json::{Value as Json, json};
use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// Where a command says things.
pub(crate) struct Say {
    pub(crate) texts: Texts,
    pub(crate) json: bool,
    progress: bool,
    shown: bool,
    started: Instant,
    /// How fast the work goes whose progress is shown.
    pace: Pace,
}

impl Say {
    pub(crate) fn new(texts: Texts, json: bool) -> Self {
        // A line that rewrites itself is for eyes only.
        let progress = !json && io::stderr().is_terminal();
        Self { texts, json, progress, shown: false, started: Instant::now(), pace: Pace::default() }
    }

    /// A sentence for people, or nothing.
    pub(crate) fn line(&mut self, sentence: &str) -> Result<(), Ended> {
        if self.json {
            return Ok(());
        }
        self.clear();
        let mut out = io::stdout().lock();
        writeln!(out, "{}", fitted(sentence, &out))?;
        Ok(out.flush()?)
    }

    /// A link as a code for a camera, where there is a terminal that can show it whole.
    pub(crate) fn code(&mut self, link: &str) -> Result<(), Ended> {
        // In capital letters a link takes fewer squares, and is the same link.
        let capitals = Zeroizing::new(link.to_ascii_uppercase());
        let mut out = io::stdout().lock();
        match Code::new(&capitals) {
            // A broken one is worth nothing, and the link itself is said in any case.
            Ok(code) if !self.json && columns(&out).is_some_and(|columns| columns >= code.printed_size()) => {
                code.print(&mut out)?;
            }
            _ => {}
        }
        Ok(())
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
        let mut err = io::stderr().lock();
        let _ = writeln!(err, "{}", fitted(sentence, &err));
    }

    /// A question; the answer is typed behind it.
    pub(crate) fn question(&mut self, question: &str) {
        self.clear();
        let mut err = io::stderr().lock();
        let _ = write!(err, "{} ", fitted(question, &err));
        let _ = err.flush();
    }

    /// How far something is; on a terminal only.
    pub(crate) fn progress(&mut self, done: u64, total: Option<u64>) {
        match (self.paced(done, total), total) {
            (progress, Some(_)) => self.progress_at(progress),
            (_, None) => self.rewrite(|texts| texts.progress(done, None, Duration::ZERO)),
        }
    }

    /// The same where the rate and the rest are known already.
    pub(crate) fn progress_at(&mut self, progress: Progress) {
        let Progress { done, total, rate, eta_secs } = progress;
        self.rewrite(|texts| texts.progress_at(done, total, rate, eta_secs));
    }

    fn rewrite(&mut self, text: impl FnOnce(&Texts) -> String) {
        if self.progress {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K{}", text(&self.texts));
            self.shown = true;
        }
    }

    /// With the rate of the last seconds.
    fn paced(&mut self, done: u64, total: Option<u64>) -> Progress {
        let now_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.pace.note(done, now_ms);
        self.pace.progress(done, total.unwrap_or(u64::MAX), now_ms)
    }

    /// How far something is that is nothing but long: programs hear of it too.
    pub(crate) fn progress_event(&mut self, done: u64, total: Option<u64>) -> Result<(), Ended> {
        if !self.json {
            self.progress(done, total);
            return Ok(());
        }
        let Progress { rate, eta_secs, .. } = self.paced(done, total);
        // Before that a rate says nothing, and without an end there is no rest.
        let (rate, eta_secs) = ((rate > 0).then_some(rate), eta_secs.filter(|_| total.is_some()));
        self.event("progress", json!({ "done": done, "total": total, "rate": rate, "eta_secs": eta_secs }))
    }

    /// Takes the line of the progress away.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

/// Breaks sentences between words at the width of the terminal. What is indented is somebody's own text and stays.
#[cfg(unix)]
fn fitted(text: &str, stream: &impl std::os::fd::AsFd) -> String {
    match columns(stream) {
        Some(columns) if columns >= WIDTH_MIN => wrapped(text, columns),
        // A pipe gets each sentence whole.
        _ => text.to_owned(),
    }
}

/// The width of a terminal.
#[cfg(unix)]
fn columns(stream: &impl std::os::fd::AsFd) -> Option<usize> {
    rustix::termios::tcgetwinsize(stream).ok().map(|size| size.ws_col.into())
}

#[cfg(not(unix))]
fn columns<T>(_: &T) -> Option<usize> {
    None
}

#[cfg(not(unix))]
fn fitted<T>(text: &str, _: &T) -> String {
    text.to_owned()
}

#[cfg(unix)]
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / width);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if line.starts_with(' ') {
            out.push_str(line);
            continue;
        }
        let mut column = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                out.push('\n');
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

/// Narrower than this, breaking lines helps nobody.
#[cfg(unix)]
const WIDTH_MIN: usize = 20;

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

    #[cfg(unix)]
    #[test]
    fn sentences_break_between_words_and_indented_text_stays() {
        assert_eq!(wrapped("one two three four", 9), "one two\nthree\nfour");
        assert_eq!(wrapped("a-very-long-word x", 5), "a-very-long-word\nx");
        assert_eq!(wrapped("head  of\n  an indented line of somebody", 10), "head  of\n  an indented line of somebody");
        assert_eq!(wrapped("", 10), "");
    }

    #[test]
    fn a_message_cannot_give_orders_to_the_terminal() {
        assert_eq!(tame("a\u{1b}[2Jb\r\u{9b}c\nd\te\u{202E}f"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\nd\te\u{fffd}f");
        assert_eq!(tame_line("a\nb"), "a b");
    }
}
