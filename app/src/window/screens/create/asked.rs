//! Three words of the phrase, asked back: who can say them has it on paper.

use crate::window::{
    cx::Cx,
    widgets::{field, secret::SecretField},
};
use egui::Ui;
use nyx_p2p::ShownPhrase;

/// What is asked, and what was answered.
#[derive(Debug, Default)]
pub(super) struct Asked {
    questions: Vec<Question>,
    /// The place of the first wrong one.
    wrong: Option<usize>,
}

#[derive(Debug)]
struct Question {
    /// From 0.
    place: usize,
    answer: SecretField,
}

impl Asked {
    /// Asks for some words of so many.
    pub(super) fn some_of(words: usize) -> Self {
        let mut places = Vec::new();
        let mut random = [0_u8; 64];
        // Without randomness the same words are asked every time, which is still better than none.
        let _ = getrandom::fill(&mut random);
        for place in random.into_iter().map(usize::from).chain(0..).map(|number| number % words.max(1)) {
            if places.len() == ASKED.min(words) {
                break;
            }
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places.sort_unstable();
        let mut questions: Vec<_> =
            places.into_iter().map(|place| Question { place, answer: SecretField::word() }).collect();
        if let Some(first) = questions.first_mut() {
            first.answer.focus();
        }
        Self { questions, wrong: None }
    }

    /// Shows the fields; tells whether Enter ended the last one.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>) -> bool {
        let mut next = false;
        for question in &mut self.questions {
            if std::mem::take(&mut next) {
                question.answer.focus();
            }
            let name = cx.texts.with("create-asked-word", &[("place", (question.place + 1).into())]);
            let typed = question.answer.show(ui, cx, &format!("asked-{}", question.place), &name);
            next = typed.is_submitted;
            if typed.is_changed {
                self.wrong = None;
            }
        }
        if let Some(place) = self.wrong {
            let values = [("place", (place + 1).into())];
            field::problem(ui, cx.theme, &cx.texts.with("create-asked-wrong", &values));
        }
        next
    }

    /// Whether every word is the right one.
    pub(super) fn check(&mut self, phrase: &ShownPhrase) -> bool {
        let is_wrong = |question: &&mut Question| {
            let right = phrase.words().nth(question.place);
            !right.is_some_and(|right| question.answer.text().trim().eq_ignore_ascii_case(right))
        };
        let wrong = self.questions.iter_mut().find(is_wrong);
        self.wrong = wrong.map(|question| {
            question.answer.focus();
            question.place
        });
        self.wrong.is_none() && !self.questions.is_empty()
    }
}

/// Enough to show that the phrase was written down, not so many that somebody copies it instead.
const ASKED: usize = 3;
