//! First start: the account of another device comes here.
//!
//! ```text
//! password ─▶ meeting ─▶ is this your account? ─▶ digits ─▶ receiving ─▶ finishing ─▶ waiting ─▶ arrived ─▶ chats
//! ```

mod arrived;

use super::{
    Route,
    meeting::{Meeting, Purpose},
    moving::{Answers, Asking, Course, GivingUp, Stopping, show_own_digits, unfinished_in_words},
};
use crate::window::{
    cx::Cx,
    escape::Escape,
    model::VaultState,
    theme::space,
    widgets::{
        button, field,
        new_secret::{NewSecret, refused},
        page,
        secret::SecretField,
    },
};
use egui::Ui;
use nyx_p2p::{CarriedCode, Command, MeetingKind, Password, Role, Stage};

/// What the widgets hold.
pub(crate) struct Receive {
    password: NewSecret,
    /// Of a move that was begun before: the one that was chosen then.
    known: SecretField,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    /// The password is chosen.
    is_chosen: bool,
    meeting: Meeting,
    answers: Answers,
    stopping: Stopping,
    giving_up: GivingUp,
}

impl Default for Receive {
    fn default() -> Self {
        Self {
            password: NewSecret::default(),
            known: SecretField::password(),
            problem: None,
            is_chosen: false,
            meeting: Meeting::default(),
            answers: Answers::default(),
            stopping: Stopping::default(),
            giving_up: GivingUp::default(),
        }
    }
}

impl Receive {
    /// Somebody followed a link to here; first a password is chosen.
    pub(crate) fn follow(&mut self, code: CarriedCode) {
        self.meeting.follow(code);
    }

    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.meeting.settle(cx);
        if self.meeting.is_done(cx) || arrived::moved(self.meeting.heard(cx)).is_some() {
            return self.show_arrived(ui, cx);
        }
        page::page(ui, cx.theme, "receive", |ui| {
            let wants_back = page::title_with_back(ui, cx, &cx.texts.get("welcome-receive"));
            if wants_back && self.go_back(cx) {
                return;
            }
            if self.meeting.is_running(cx) {
                self.show_running(ui, cx);
            } else if let Some(unfinished) =
                cx.model.unfinished.as_ref().filter(|unfinished| unfinished.role == Role::Receiving)
            {
                field::caution(ui, cx.theme, &unfinished_in_words(cx, unfinished));
                self.show_going_on(ui, cx);
                let (known, problem) = (&mut self.known, &mut self.problem);
                self.giving_up.show(ui, cx, unfinished, &mut || match Password::new(known.text()) {
                    Ok(password) => {
                        known.wipe();
                        Some(Some(password))
                    }
                    Err(error) => {
                        *problem = Some(refused(&error));
                        None
                    }
                });
            } else if self.is_chosen {
                self.meeting.show_end(ui, cx);
                field::hint(ui, cx.theme, &cx.texts.get("receive-meet-lead"));
                ui.add_space(space::S);
                self.answers.wipe();
                self.show_meeting(ui, cx);
            } else {
                self.show_password(ui, cx);
            }
        });
    }

    /// One step back; what is on its way is asked about first. Tells whether the screen is left.
    fn go_back(&mut self, cx: &mut Cx<'_>) -> bool {
        let course = Course::of(self.meeting.task(), cx);
        if self.meeting.is_running(cx) && course.met.is_some() {
            if !self.stopping.ask(&course) {
                self.meeting.cancel(cx);
            }
        } else if self.meeting.cancel(cx) {
            // The screen stays, and its choice is there again.
        } else if self.is_chosen {
            self.meeting.again(cx);
            self.is_chosen = false;
        } else {
            self.leave(cx);
            cx.go(Route::Welcome);
            return true;
        }
        cx.escape = Escape::Nothing;
        false
    }

    /// Nobody looks any more.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.wipe();
        self.giving_up.leave(cx);
        self.meeting.leave(cx);
    }

    fn show_password(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::hint(ui, cx.theme, &cx.texts.get("receive-lead"));
        ui.add_space(space::S);
        let submitted = self.password.show(ui, cx, ("window-new-password", "window-new-password-again"), &[]);
        self.show_problem(ui, cx);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("window-continue"), true).clicked();
        if clicked || submitted {
            self.problem = self.password.password().err();
            self.is_chosen = self.problem.is_none();
        }
    }

    fn show_going_on(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::hint(ui, cx.theme, &cx.texts.get("receive-known-lead"));
        ui.add_space(space::S);
        let typed = self.known.show(ui, cx, "known", &cx.texts.get("window-password"));
        if typed.is_changed {
            self.problem = None;
        }
        self.meeting.task().show_failure(ui, cx);
        self.show_problem(ui, cx);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("moving-go-on"), true).clicked();
        if !clicked && !typed.is_submitted {
            return;
        }
        let password = Password::new(self.known.text());
        self.known.wipe();
        match password {
            Ok(password) => {
                let reach = cx.reach.clone();
                self.meeting.carry_out(cx, Command::GoOn { password: Some(password), reach });
            }
            Err(error) => self.problem = Some(refused(&error)),
        }
    }

    fn show_meeting(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let chosen = &self.password;
        let mut begin = |meet, reach| Some(Command::ReceiveAccount { password: chosen.password().ok()?, meet, reach });
        self.meeting.show(ui, cx, &mut Purpose { accepts: MeetingKind::Send, asked_there: None, begin: &mut begin });
    }

    fn show_running(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let course = Course::of(self.meeting.task(), cx);
        if course.stage == Some(Stage::Meeting) && course.met.is_none() {
            return self.show_meeting(ui, cx);
        }
        if !course.is_under_way() {
            self.meeting.warn(ui, cx);
        }
        let asking = self.answers.show(ui, cx, &course);
        if asking == Asking::Nothing {
            if let Some(digits) = course.digits.filter(|_| course.stage == Some(Stage::Meeting)) {
                show_own_digits(ui, cx, digits);
            }
            course.show(ui, cx);
        }
        ui.add_space(space::S);
        if asking != Asking::Deciding && self.stopping.show(ui, cx, &course, "receive-stop-lead") {
            self.meeting.cancel(cx);
        }
    }

    /// Everything is here. Whoever locks the vault meanwhile has seen it.
    fn show_arrived(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.wipe();
        let is_over = !self.meeting.is_running(cx);
        let is_locked = matches!(cx.model.vault, VaultState::Locked);
        let heard = self.meeting.heard(cx);
        let is_read = page::page(ui, cx.theme, "arrived", |ui| arrived::show(ui, cx, heard, is_over));
        if is_read || is_locked {
            self.meeting.again(cx);
            cx.enter();
        }
    }

    fn show_problem(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if let Some(problem) = self.problem {
            field::problem(ui, cx.theme, &cx.texts.get(problem));
        }
        ui.add_space(space::S);
    }

    fn wipe(&mut self) {
        self.password.wipe();
        self.known.wipe();
        self.answers.wipe();
    }
}

#[cfg(test)]
mod tests;
