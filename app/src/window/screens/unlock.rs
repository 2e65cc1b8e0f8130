//! The password.

use super::Route;
use crate::window::{
    cx::Cx,
    sentence::sentence,
    theme::space,
    widgets::{button, field, new_secret::refused, page, secret::SecretField, task::Task},
};
use egui::Ui;
use nyx_p2p::{Command, Failure, KeyringError, Password};

/// What the widgets hold.
pub(crate) struct Unlock {
    password: SecretField,
    unlock: Task,
    /// The keyring is asked once; the password can be typed meanwhile.
    keyring: Option<Task>,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
}

impl Default for Unlock {
    fn default() -> Self {
        let mut password = SecretField::password();
        password.focus();
        Self { password, unlock: Task::default(), keyring: None, problem: None }
    }
}

impl Unlock {
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if self.keyring.is_none() && cx.model.opens_by_keyring {
            self.keyring.get_or_insert_default().begin(cx, Command::UnlockWithKeyring);
        }
        if self.unlock.is_done(cx) || self.keyring.as_ref().is_some_and(|keyring| keyring.is_done(cx)) {
            self.leave(cx);
            return cx.enter();
        }
        page::page(ui, cx.theme, "unlock", |ui| {
            page::title(ui, "Nyx");
            field::hint(ui, cx.theme, &cx.texts.get("unlock-lead"));
            self.show_keyring(ui, cx);
            ui.add_space(space::S);
            let is_running = self.unlock.is_running(cx);
            let typed = self.password.show(ui, cx, "unlock", &cx.texts.get("window-password"));
            if typed.is_changed {
                // What was wrong about the one before says nothing about this one.
                self.problem = None;
                if !is_running {
                    self.unlock.end(cx);
                }
            }
            if let Some(problem) = self.problem {
                field::problem(ui, cx.theme, &cx.texts.get(problem));
            }
            self.unlock.show_failure(ui, cx);
            ui.add_space(space::XS);
            if is_running {
                page::waiting(ui, cx.theme, &cx.texts.get("unlock-running"));
                return;
            }
            let clicked = button::primary(ui, cx.theme, &cx.texts.get("unlock-button"), true).clicked();
            if clicked || typed.is_submitted {
                self.submit(cx);
            }
            if button::quiet(ui, cx.theme, &cx.texts.get("unlock-forgot")).clicked() {
                self.password.wipe();
                self.leave(cx);
                cx.go(Route::Recover);
            }
        });
    }

    fn show_keyring(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(keyring) = &self.keyring else { return };
        if keyring.is_running(cx) {
            return page::waiting(ui, cx.theme, &cx.texts.get("unlock-keyring-running"));
        }
        let name = match keyring.failure(cx) {
            // Its person typed the password, or it was asked for nothing.
            None | Some(Failure::Cancelled | Failure::KeyringUnused) => return,
            Some(Failure::Keyring(KeyringError::Lost | KeyringError::Foreign)) => "unlock-keyring-lost",
            Some(_) => "unlock-keyring-failed",
        };
        if let Some(failure) = keyring.failure(cx) {
            let why = ("why", sentence(failure, cx.texts).into());
            field::caution(ui, cx.theme, &cx.texts.with(name, &[why]));
        }
    }

    /// Nobody waits any more.
    fn leave(&mut self, cx: &mut Cx<'_>) {
        self.unlock.end(cx);
        if let Some(keyring) = &mut self.keyring {
            keyring.end(cx);
        }
    }

    fn submit(&mut self, cx: &mut Cx<'_>) {
        let password = Password::new(self.password.text());
        self.password.wipe();
        // Whoever mistyped it types it again at once.
        self.password.focus();
        match password {
            Ok(password) => self.unlock.begin(cx, Command::Unlock { password }),
            Err(error) => self.problem = Some(refused(&error)),
        }
    }
}
