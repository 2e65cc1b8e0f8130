//! A recovery phrase that is typed: how many words there are, which is wrong, and what it was probably meant to be.

use super::{button, field, secret::SecretField};
use crate::window::{cx::Cx, sentence};
use egui::Ui;
use nyx_p2p::{Phrase, PhraseError};

/// The field and what was wrong the last time.
#[derive(Debug)]
pub(crate) struct PhraseEntry {
    field: SecretField,
    problem: Option<PhraseError>,
}

impl Default for PhraseEntry {
    fn default() -> Self {
        Self { field: SecretField::phrase(), problem: None }
    }
}

impl PhraseEntry {
    /// Shows it; tells whether Enter ended it.
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>) -> bool {
        let typed = self.field.show(ui, cx, "phrase", &cx.texts.get("window-phrase"));
        if typed.is_changed {
            self.problem = None;
        }
        let count = self.field.text().split_whitespace().count();
        field::label(ui, cx.theme, &cx.texts.with("window-phrase-count", &[("count", count.into())]));
        if let Some(problem) = &self.problem {
            field::problem(ui, cx.theme, &sentence::phrase(problem, cx.texts));
        }
        self.show_nearest(ui, cx);
        typed.is_submitted
    }

    /// The words that a mistyped one was probably meant to be; a press puts one in its place.
    fn show_nearest(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(PhraseError::UnknownWord { index, nearest }) = &self.problem else { return };
        let (index, mut chosen) = (*index, None);
        ui.horizontal_wrapped(|ui| {
            for word in nearest.words() {
                if button::quiet(ui, cx.theme, word).clicked() {
                    chosen = Some(*word);
                }
            }
        });
        if let Some(word) = chosen {
            self.field.replace_word(index, word);
            // There may be another one.
            self.problem = Phrase::parse(self.field.text()).err();
        }
    }

    /// The phrase, or from now on what is wrong with it.
    pub(crate) fn phrase(&mut self) -> Option<Phrase> {
        match Phrase::parse(self.field.text()) {
            Ok(phrase) => {
                self.problem = None;
                Some(phrase)
            }
            Err(problem) => {
                self.problem = Some(problem);
                self.field.focus();
                None
            }
        }
    }

    /// The caret goes here.
    pub(crate) fn focus(&mut self) {
        self.field.focus();
    }

    /// Wipes it.
    pub(crate) fn wipe(&mut self) {
        self.field.wipe();
        self.problem = None;
    }
}
