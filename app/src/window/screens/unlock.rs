//! The password.

use super::Route;
use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{button, field, new_secret::refused, page, secret::SecretField, task::Task},
};
use egui::Ui;
use nyx_p2p::{Command, Password};

/// What the widgets hold.
pub(crate) struct Unlock {
    password: SecretField,
    unlock: Task,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
}

impl Default for Unlock {
    fn default() -> Self {
        let mut password = SecretField::password();
        password.focus();
        Self { password, unlock: Task::default(), problem: None }
    }
}

impl Unlock {
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if self.unlock.is_done(cx) {
            self.unlock.end(cx);
            return cx.enter();
        }
        page::page(ui, cx.theme, "unlock", |ui| {
            page::title(ui, "Nyx");
            field::hint(ui, cx.theme, &cx.texts.get("unlock-lead"));
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
                cx.go(Route::Recover);
            }
        });
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
