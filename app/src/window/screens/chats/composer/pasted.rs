//! What was pasted and is no text of a message: pictures, copied files, texts beyond reason.

use super::{Composer, Writing};
use crate::window::cx::Cx;
use egui::{Event, Ui};
use std::path::PathBuf;

impl Composer {
    /// Pictures, files and texts beyond reason become attachments.
    pub(super) fn take_pasted(&mut self, ui: &Ui, cx: &Cx<'_>, is_here: bool) {
        if !is_here || matches!(self.task, Writing::Edit { .. }) {
            return;
        }
        let is_mine = |event: &Event| match event {
            Event::PasteImage(_) => true,
            Event::Paste(text) => text.len() > PASTED_BYTES_MAX || files_of(text).is_some(),
            _ => false,
        };
        if !ui.input(|input| input.events.iter().any(is_mine)) {
            return;
        }
        let mut pasted = Vec::new();
        ui.input_mut(|input| {
            let (mine, others) = std::mem::take(&mut input.events).into_iter().partition(is_mine);
            (pasted, input.events) = (mine, others);
        });
        for event in pasted {
            match event {
                Event::PasteImage(picture) => {
                    let name = format!("{}.png", cx.texts.get("chat-pasted-picture"));
                    self.waiting.add_picture(ui.ctx(), name, picture);
                }
                Event::Paste(text) => match files_of(&text) {
                    Some(paths) => self.waiting.add_paths(ui.ctx(), paths),
                    None => self.waiting.add_text(format!("{}.txt", cx.texts.get("chat-pasted-text")), &text),
                },
                _ => {}
            }
            self.wants_focus = true;
        }
    }
}

/// The files that a file manager copied, if that is what the text is.
fn files_of(text: &str) -> Option<Vec<PathBuf>> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let lines = match lines[..] {
        [] => return None,
        ["copy" | "cut", ref rest @ ..] if !rest.is_empty() => rest,
        ref all => all,
    };
    lines.iter().map(|line| line.strip_prefix("file://").map(path_of)).collect()
}

/// The path of a file's address; letters that are written as `%20` are put back.
fn path_of(address: &str) -> PathBuf {
    let bytes = address.as_bytes();
    let mut path = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| address.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                path.push(byte);
                at += 3;
            }
            None => {
                path.push(bytes[at]);
                at += 1;
            }
        }
    }
    PathBuf::from(String::from_utf8_lossy(&path).into_owned())
}

/// A longer text is a file: nobody reads it in a bubble, and a field would be slow with it.
const PASTED_BYTES_MAX: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_files_are_recognised() {
        let paths = |list: &[&str]| Some(list.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(files_of("file:///tmp/a%20b.png\r\nfile:///tmp/c"), paths(&["/tmp/a b.png", "/tmp/c"]));
        assert_eq!(files_of("copy\nfile:///tmp/c"), paths(&["/tmp/c"]));
        assert_eq!(files_of("file:///tmp/c is where it lies\nsecond line"), None);
        assert_eq!(files_of("hello"), None);
        assert_eq!(files_of(""), None);
        assert_eq!(files_of("file:///tmp/100%"), paths(&["/tmp/100%"]));
    }
}
