//! Keys, pastes and input methods into the text of a secret. There is no undo, and nothing can be copied out.

use super::{Typed, buffer::Buffer};
use egui::{
    Event, Galley, Id, ImeEvent, Key, Modifiers, Ui,
    accesskit::{Action, ActionData},
    epaint::text::{CharIndex, cursor::CCursor},
    text_selection::{
        CCursorRange, TextCursorState,
        text_cursor_state::{ccursor_next_word, ccursor_previous_word},
    },
};
use std::ops::Range;
use zeroize::Zeroize;

/// The text and where the caret is in it.
#[derive(Debug, Default)]
pub(super) struct Editor {
    pub(super) buffer: Buffer,
    pub(super) cursor: TextCursorState,
    /// What an input method has not finished yet.
    composing: Option<Range<usize>>,
    /// Capital letters came without Shift.
    pub(super) has_caps_lock: bool,
}

impl Editor {
    pub(super) fn wipe(&mut self) {
        self.buffer.wipe();
        self.composing = None;
        self.put_caret(0);
    }

    pub(super) fn replace_word(&mut self, index: usize, by: &str) {
        let mut begin = None;
        let mut seen = 0;
        let mut range = None;
        for (place, letter) in self.buffer.as_str().chars().chain([' ']).enumerate() {
            match (letter.is_whitespace(), begin) {
                (false, None) => begin = Some(place),
                (true, Some(from)) => {
                    if seen == index {
                        range = Some(from..place);
                    }
                    seen += 1;
                    begin = None;
                }
                _ => {}
            }
        }
        if let Some(range) = range {
            self.buffer.remove(range.clone());
            self.buffer.insert(range.start, by);
            self.put_caret(self.buffer.chars());
        }
    }

    /// The caret and what is selected, within the text.
    pub(super) fn range(&self) -> CCursorRange {
        let chars = self.buffer.chars();
        let within = |cursor: CCursor| CCursor { index: CharIndex(cursor.index.0.min(chars)), ..cursor };
        match self.cursor.char_range() {
            Some(range) => CCursorRange { primary: within(range.primary), secondary: within(range.secondary), ..range },
            None => CCursorRange::one(CCursor::new(chars)),
        }
    }

    pub(super) fn caret(&self) -> CCursor {
        self.range().primary
    }

    /// The field was left: what an input method had not finished is taken back.
    pub(super) fn leave(&mut self) {
        if let Some(range) = self.composing.take() {
            self.buffer.remove(range);
        }
        self.has_caps_lock = false;
    }

    /// Takes what an assistive technology wants to be in the field. Tells whether there was something.
    pub(super) fn take_requests(&mut self, ui: &Ui, id: Id) -> bool {
        let value = ui.input(|input| {
            let requests = input.accesskit_action_requests(id, Action::SetValue);
            requests
                .filter_map(|request| match &request.data {
                    Some(ActionData::Value(value)) => Some(zeroize::Zeroizing::new(value.to_string())),
                    _ => None,
                })
                .last()
        });
        let Some(value) = value else { return false };
        self.buffer.wipe();
        let count = self.buffer.insert(0, &value);
        self.put_caret(count);
        true
    }

    pub(super) fn handle(&mut self, ui: &Ui, id: Id, event: &Event, galley: &Galley, typed: &mut Typed) {
        let os = ui.ctx().os();
        let mut range = self.range();
        if range.on_event(os, event, galley, id) {
            self.cursor.set_char_range(Some(range));
            return;
        }
        match event {
            Event::Text(text) if text != "\n" && text != "\r" => {
                self.notice_caps_lock(text, ui.input(|input| input.modifiers));
                self.type_in(text, typed);
            }
            Event::Paste(text) if !text.is_empty() => self.type_in(text, typed),
            Event::Ime(event) => self.compose(event, typed),
            Event::AccessKitActionRequest(request)
                if request.action == Action::ReplaceSelectedText && request.target_node == id.accesskit_id() =>
            {
                if let Some(ActionData::Value(text)) = &request.data {
                    self.type_in(text, typed);
                }
            }
            // While an input method composes, Enter and the rest belong to it.
            Event::Key { key, pressed: true, modifiers, .. } if self.composing.is_none() => {
                self.press(*key, *modifiers, galley, typed);
            }
            _ => {}
        }
    }

    fn press(&mut self, key: Key, modifiers: Modifiers, galley: &Galley, typed: &mut Typed) {
        let range = self.range();
        let by_word = modifiers.alt || modifiers.ctrl || modifiers.command;
        // What is hidden has no words to see, so none to find either: the galley's dots are one.
        let shown = galley.text();
        let (caret, chars) = (range.primary.index.0, self.buffer.chars());
        let gone = match key {
            Key::Enter => {
                typed.is_submitted = true;
                return;
            }
            Key::Backspace | Key::Delete if !range.is_empty() => {
                let sorted = range.as_sorted_char_range();
                sorted.start.0..sorted.end.0
            }
            Key::Backspace if by_word => ccursor_previous_word(shown, range.primary).index.0..caret,
            Key::Backspace => caret.saturating_sub(1)..caret,
            Key::Delete if by_word => caret..ccursor_next_word(shown, range.primary).index.0,
            Key::Delete => caret..(caret + 1).min(chars),
            Key::U if modifiers.ctrl => 0..caret,
            _ => return,
        };
        if !gone.is_empty() {
            self.put_caret(gone.start);
            self.buffer.remove(gone);
            typed.is_changed = true;
        }
    }

    fn type_in(&mut self, text: &str, typed: &mut Typed) {
        let begin = self.delete_selected();
        let count = self.buffer.insert(begin, text);
        self.put_caret(begin + count);
        typed.is_changed = true;
    }

    fn compose(&mut self, event: &ImeEvent, typed: &mut Typed) {
        let (text, is_final) = match event {
            ImeEvent::Preedit { text, .. } => (text, false),
            ImeEvent::Commit(text) => (text, true),
            _ => return,
        };
        if matches!(text.as_str(), "\n" | "\r") || (text.is_empty() && self.composing.is_none()) {
            return;
        }
        let begin = match self.composing.take() {
            Some(range) => {
                self.buffer.remove(range.clone());
                range.start
            }
            None => self.delete_selected(),
        };
        let count = self.buffer.insert(begin, text);
        self.put_caret(begin + count);
        if !is_final && count > 0 {
            self.composing = Some(begin..begin + count);
        }
        typed.is_changed = true;
    }

    fn delete_selected(&mut self) -> usize {
        let sorted = self.range().as_sorted_char_range();
        self.buffer.remove(sorted.start.0..sorted.end.0);
        sorted.start.0
    }

    fn put_caret(&mut self, char: usize) {
        self.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(char))));
    }

    /// egui does not tell whether the key is on; a capital letter without Shift does.
    fn notice_caps_lock(&mut self, text: &str, modifiers: Modifiers) {
        let mut letters = text.chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && letter.is_uppercase() != letter.is_lowercase()
        {
            self.has_caps_lock = letter.is_uppercase() != modifiers.shift;
        }
    }
}

/// Takes the events of this frame out of egui: handing out copies would leave those behind.
pub(super) fn take_events(ui: &Ui) -> Vec<Event> {
    ui.ctx().input_mut(|input| {
        input.raw.events.iter_mut().for_each(wipe);
        std::mem::take(&mut input.events)
    })
}

/// Gives them back: those that were handled without what was typed, those that were not as they are.
pub(super) fn put_back(ui: &Ui, mut handled: Vec<Event>, rest: Vec<Event>) {
    handled.iter_mut().for_each(wipe);
    handled.extend(rest);
    ui.ctx().input_mut(|input| input.events = handled);
}

fn wipe(event: &mut Event) {
    match event {
        Event::Text(text) | Event::Paste(text) => text.zeroize(),
        Event::MiddleClickPaste { text, .. } => text.zeroize(),
        Event::Ime(ImeEvent::Preedit { text, .. } | ImeEvent::Commit(text)) => text.zeroize(),
        _ => {}
    }
}
