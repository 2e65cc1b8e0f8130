//! Whether the desktop's keyring opens the vault when Nyx starts, and what that costs.

use crate::window::{
    cx::Cx,
    sentence::sentence,
    theme::space,
    widgets::{button, field, new_secret::refused, page, secret::SecretField, task::Task},
};
use egui::Ui;
use nyx_p2p::{Command, Event, KeyringUse, Password};

/// What the widgets hold.
pub(super) struct UseKeyring {
    password: SecretField,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    turn: Task,
}

impl Default for UseKeyring {
    fn default() -> Self {
        Self { password: SecretField::password(), problem: None, turn: Task::default() }
    }
}

impl UseKeyring {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let is_on = match cx.model.keyring {
            KeyringUse::Absent => return,
            KeyringUse::Off => false,
            KeyringUse::On => true,
        };
        ui.add_space(space::L);
        page::subtitle(ui, &cx.texts.get("settings-keyring"));
        field::hint(ui, cx.theme, &cx.texts.get("settings-keyring-lead"));
        field::caution(ui, cx.theme, &cx.texts.get("settings-keyring-cost"));
        ui.add_space(space::S);
        self.show_outcome(ui, cx);
        if self.turn.is_running(cx) {
            page::waiting(ui, cx.theme, &cx.texts.get("settings-keyring-running"));
        } else if is_on {
            field::success(ui, cx.theme, &cx.texts.get("settings-keyring-is-on"));
            if button::secondary(ui, &cx.texts.get("settings-keyring-leave"), true).clicked() {
                self.turn.begin(cx, Command::LeaveKeyring);
            }
        } else {
            let typed = self.password.show(ui, cx, "keyring", &cx.texts.get("window-password"));
            if let Some(problem) = self.problem {
                field::problem(ui, cx.theme, &cx.texts.get(problem));
            }
            let clicked = button::secondary(ui, &cx.texts.get("settings-keyring-use"), true).clicked();
            if clicked || typed.is_submitted {
                self.submit(cx);
            }
        }
    }

    /// Nobody waits any more, and nothing that was typed stays.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.turn.end(cx);
        self.password.wipe();
    }

    fn show_outcome(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if let Some(failure) = self.turn.failure(cx) {
            let why = ("why", sentence(failure, cx.texts).into());
            field::problem(ui, cx.theme, &cx.texts.with("settings-keyring-failed", &[why]));
        } else {
            self.turn.show_failure(ui, cx);
        }
        let heard = self.turn.job(cx).map_or(&[][..], |job| &job.heard);
        if heard.iter().any(|event| matches!(event, Event::KeyringEntryStays)) {
            field::caution(ui, cx.theme, &cx.texts.get("keyring-entry-stays"));
        }
    }

    fn submit(&mut self, cx: &mut Cx<'_>) {
        let password = Password::new(self.password.text());
        self.password.wipe();
        match password {
            Ok(password) => {
                self.problem = None;
                self.turn.begin(cx, Command::UseKeyring { password });
            }
            Err(error) => self.problem = Some(refused(&error)),
        }
    }
}
