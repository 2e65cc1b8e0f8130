//! What a move asks its person: the digits, the password once more, and whether everything is right.

use super::course::{self, Course};
use crate::window::{
    cx::Cx,
    screens::meeting::met,
    theme::space,
    widgets::{button, field, new_secret::refused, page, secret::SecretField},
};
use egui::Ui;
use nyx_p2p::{Command, Digits, Met, Password, Question, Reply};

/// What the widgets hold.
pub(in crate::window::screens) struct Answers {
    digits: SecretField,
    password: SecretField,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    /// So many questions are answered.
    answered: usize,
}

impl Default for Answers {
    fn default() -> Self {
        let (mut digits, mut password) = (SecretField::word(), SecretField::password());
        // Each is alone on its page: what is typed is meant for it.
        digits.focus();
        password.focus();
        Self { digits, password, problem: None, answered: 0 }
    }
}

/// What a move asks at the moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::window::screens) enum Asking {
    Nothing,
    /// Something is to be typed.
    Typing,
    /// Yes or no: no ends it, so nothing else has to.
    Deciding,
}

impl Answers {
    /// Shows the question that was asked last, unless it is answered; tells what it wants.
    pub(in crate::window::screens) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, course: &Course<'_>) -> Asking {
        let Some((before, question)) = course.asked.filter(|(before, _)| *before >= self.answered) else {
            return Asking::Nothing;
        };
        let reply = match question {
            Question::Digits => self.show_digits(ui, cx, course.met),
            Question::Password { refused } => self.show_password(ui, cx, *refused),
            Question::Account => {
                page::subtitle(ui, &cx.texts.get("receive-account"));
                field::hint(ui, cx.theme, &cx.texts.get("receive-account-lead"));
                show_decision(ui, cx, course.met, ("receive-account-yes", "receive-account-no"))
            }
            Question::Consent => {
                page::subtitle(ui, &cx.texts.get("transfer-consent"));
                field::hint(ui, cx.theme, &cx.texts.get("transfer-consent-lead"));
                show_decision(ui, cx, course.met, ("transfer-consent-yes", "transfer-consent-no"))
            }
        };
        if let Some(reply) = reply {
            self.digits.wipe();
            self.password.wipe();
            self.problem = None;
            self.answered = before + 1;
            cx.send(Command::Answer(reply));
        }
        match question {
            Question::Digits | Question::Password { .. } => Asking::Typing,
            Question::Account | Question::Consent => Asking::Deciding,
        }
    }

    /// Wipes what was typed.
    pub(in crate::window::screens) fn wipe(&mut self) {
        *self = Self::default();
    }

    fn show_digits(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, met: Option<&Met>) -> Option<Reply> {
        page::subtitle(ui, &cx.texts.get("transfer-digits"));
        let name = met.map_or("", |met| met.name.as_str());
        field::hint(ui, cx.theme, &cx.texts.with("transfer-digits-lead", &[("name", name.into())]));
        ui.add_space(space::S);
        let typed = self.digits.show(ui, cx, "digits", &cx.texts.get("transfer-digits-name"));
        if typed.is_changed {
            self.problem = None;
        }
        self.show_problem(ui, cx);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("window-continue"), true).clicked();
        if !clicked && !typed.is_submitted {
            return None;
        }
        match Digits::parse(self.digits.text()) {
            Ok(digits) => Some(Reply::Digits(digits)),
            Err(_) => {
                // One try: what can't be six digits is none.
                self.problem = Some("transfer-digits-six");
                None
            }
        }
    }

    fn show_password(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, was_refused: bool) -> Option<Reply> {
        page::subtitle(ui, &cx.texts.get("transfer-password"));
        field::hint(ui, cx.theme, &cx.texts.get("transfer-password-lead"));
        ui.add_space(space::S);
        let typed = self.password.show(ui, cx, "moving", &cx.texts.get("window-password"));
        if typed.is_changed {
            self.problem = None;
        } else if was_refused && self.password.text().is_empty() && self.problem.is_none() {
            self.problem = Some("window-wrong-password");
        }
        self.show_problem(ui, cx);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("window-continue"), true).clicked();
        if !clicked && !typed.is_submitted {
            return None;
        }
        let password = Password::new(self.password.text());
        self.password.wipe();
        // Whoever mistyped it types it again at once.
        self.password.focus();
        match password {
            Ok(password) => Some(Reply::Password(password)),
            Err(error) => {
                self.problem = Some(refused(&error));
                None
            }
        }
    }

    fn show_problem(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if let Some(problem) = self.problem {
            field::problem(ui, cx.theme, &cx.texts.get(problem));
        }
        ui.add_space(space::S);
    }
}

fn show_decision(ui: &mut Ui, cx: &Cx<'_>, met: Option<&Met>, (yes, no): (&str, &str)) -> Option<Reply> {
    ui.add_space(space::S);
    if let Some(met) = met {
        course::show_met(ui, cx, met);
    }
    ui.add_space(space::S);
    if button::primary(ui, cx.theme, &cx.texts.get(yes), true).clicked() {
        return Some(Reply::Yes);
    }
    button::secondary(ui, &cx.texts.get(no), true).clicked().then_some(Reply::No)
}

/// What is to be typed on the old device.
pub(in crate::window::screens) fn show_own_digits(ui: &mut Ui, cx: &Cx<'_>, digits: &Digits) {
    page::subtitle(ui, &cx.texts.get("receive-digits"));
    field::hint(ui, cx.theme, &cx.texts.get("receive-digits-lead"));
    met::digits(ui, cx, digits);
}
