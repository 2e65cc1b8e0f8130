//! A new account: a name and a password, the phrase, three words of it asked back, and only then the account.

mod asked;
mod phrase;

use super::Route;
use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{
        button,
        choice::choice,
        field,
        new_secret::NewSecret,
        page,
        question::{self, Answer, Question},
        task::Task,
    },
};
use asked::Asked;
use egui::Ui;
use nyx_p2p::{Command, Event, ShownPhrase, WordCount};

/// What the widgets hold.
pub(crate) struct Create {
    step: Step,
    name: String,
    words: WordCount,
    password: NewSecret,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    /// The phrase is shown, and not only its numbers.
    is_shown: bool,
    /// It was shown once: who never saw it has not written it down.
    was_shown: bool,
    was_copied: bool,
    /// It was asked whether to leave the phrase.
    is_leaving: bool,
    asked: Asked,
    /// Makes the phrase, and keeps it.
    begin: Task,
    /// Makes the account.
    make: Task,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    /// Name and password.
    Form,
    /// The phrase is shown.
    Phrase,
    /// Three words are asked back.
    Asked,
}

impl Default for Create {
    fn default() -> Self {
        Self {
            step: Step::Form,
            name: String::new(),
            words: WordCount::TwentyFour,
            password: NewSecret::default(),
            problem: None,
            is_shown: false,
            was_shown: false,
            was_copied: false,
            is_leaving: false,
            asked: Asked::default(),
            begin: Task::default(),
            make: Task::default(),
        }
    }
}

impl Create {
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if self.make.is_done(cx) {
            self.wipe(cx);
            return cx.enter();
        }
        if self.step == Step::Form && self.begin.is_done(cx) {
            self.step = Step::Phrase;
        }
        page::page(ui, cx.theme, "create", |ui| match self.step {
            Step::Form => self.show_form(ui, cx),
            Step::Phrase => self.show_phrase(ui, cx),
            Step::Asked => self.show_asked(ui, cx),
        });
    }

    fn show_form(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if page::title_with_back(ui, cx, &cx.texts.get("create-title")) {
            self.wipe(cx);
            return cx.go(Route::Welcome);
        }
        field::hint(ui, cx.theme, &cx.texts.get("create-lead"));
        ui.add_space(space::S);
        let name = field::field(ui, cx.theme, "name", &cx.texts.get("window-name"), &mut self.name);
        if field::is_ended_by_enter(ui, &name) {
            self.password.focus();
        }
        let names = ("window-new-password", "window-new-password-again");
        let submitted = self.password.show(ui, cx, names, &[&self.name]);
        ui.add_space(space::XS);
        field::label(ui, cx.theme, &cx.texts.get("create-words"));
        let ways = [
            (WordCount::TwentyFour, cx.texts.get("create-words-24")),
            (WordCount::Twelve, cx.texts.get("create-words-12")),
        ];
        choice(ui, cx.theme, &mut self.words, &ways);
        if let Some(problem) = self.problem {
            field::problem(ui, cx.theme, &cx.texts.get(problem));
        }
        self.begin.show_failure(ui, cx);
        ui.add_space(space::S);
        let is_running = self.begin.is_running(cx);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("window-continue"), !is_running).clicked();
        if (clicked || submitted) && !is_running {
            self.submit(cx);
        }
    }

    fn submit(&mut self, cx: &mut Cx<'_>) {
        self.begin.end(cx);
        if self.name.trim().is_empty() {
            self.problem = Some("window-name-empty");
            return;
        }
        match self.password.password() {
            Ok(password) => {
                self.problem = None;
                let name = self.name.clone();
                self.begin.begin(cx, Command::NewAccount { name, password, words: self.words });
            }
            Err(problem) => self.problem = Some(problem),
        }
    }

    fn show_phrase(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(shown) = self.phrase(cx) else { return self.restart(cx) };
        self.is_leaving |= page::title_with_back(ui, cx, &cx.texts.get("create-phrase-title"));
        if self.is_leaving {
            // It may be on paper already.
            let text = cx.texts.get("create-leave-text");
            let (does, leaves) = ("create-leave-do", "create-leave-stay");
            let answer = question::ask(ui, cx, Question { title: "create-leave-title", text: &text, does, leaves });
            if answer == Some(Answer::Do) {
                return self.restart(cx);
            }
            self.is_leaving = answer.is_none();
        }
        field::hint(ui, cx.theme, &cx.texts.get("create-phrase-lead"));
        ui.add_space(space::S);
        phrase::grid(ui, cx, shown, self.is_shown);
        ui.horizontal_wrapped(|ui| {
            let name = if self.is_shown { "create-phrase-hide" } else { "create-phrase-show" };
            if button::quiet(ui, cx.theme, &cx.texts.get(name)).clicked() {
                self.is_shown = !self.is_shown;
                self.was_shown = true;
            }
            if button::quiet(ui, cx.theme, &cx.texts.get("create-phrase-copy")).clicked() {
                cx.copy_secret(shown.line());
                self.was_shown = true;
                self.was_copied = true;
            }
        });
        if self.was_copied {
            field::caution(ui, cx.theme, &cx.texts.get("create-phrase-copied"));
        }
        ui.add_space(space::S);
        if button::primary(ui, cx.theme, &cx.texts.get("create-phrase-written"), self.was_shown).clicked() {
            self.is_shown = false;
            self.asked = Asked::some_of(shown.words().count());
            self.step = Step::Asked;
        }
    }

    fn show_asked(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if self.make.is_running(cx) {
            page::title(ui, &cx.texts.get("create-title"));
            return page::waiting(ui, cx.theme, &cx.texts.get("create-running"));
        }
        if self.make.failure(cx).is_some() {
            page::title(ui, &cx.texts.get("create-failed"));
            self.make.show_failure(ui, cx);
            field::hint(ui, cx.theme, &cx.texts.get("create-phrase-void"));
            if button::primary(ui, cx.theme, &cx.texts.get("window-try-again"), true).clicked() {
                self.restart(cx);
            }
            return;
        }
        let Some(shown) = self.phrase(cx) else { return self.restart(cx) };
        if page::title_with_back(ui, cx, &cx.texts.get("create-asked-title")) {
            self.step = Step::Phrase;
            return;
        }
        field::hint(ui, cx.theme, &cx.texts.get("create-asked-lead"));
        ui.add_space(space::S);
        let submitted = self.asked.show(ui, cx);
        ui.add_space(space::S);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("create-button"), true).clicked();
        if (clicked || submitted) && self.asked.check(shown) {
            self.make.begin(cx, Command::PhraseKept);
        }
    }

    fn phrase<'m>(&self, cx: &Cx<'m>) -> Option<&'m ShownPhrase> {
        self.begin.job(cx)?.heard.iter().find_map(|event| match event {
            Event::Phrase(phrase) => Some(phrase),
            _ => None,
        })
    }

    /// From the beginning; only the name is still known.
    fn restart(&mut self, cx: &mut Cx<'_>) {
        self.wipe(cx);
        *self = Self { name: std::mem::take(&mut self.name), words: self.words, ..Self::default() };
    }

    /// Nothing secret stays: not here, not in the engine.
    fn wipe(&mut self, cx: &mut Cx<'_>) {
        self.password.wipe();
        self.asked = Asked::default();
        self.begin.end(cx);
        self.make.end(cx);
        cx.send(Command::PhraseNotKept);
    }
}
