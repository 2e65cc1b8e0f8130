//! Another password.

use crate::window::{
    cx::Cx,
    errands::What,
    theme::space,
    widgets::{
        button, field,
        new_secret::{NewSecret, refused},
        page,
        secret::SecretField,
        task::Task,
    },
};
use egui::Ui;
use nyx_p2p::{Command, Event, Password};

/// What the widgets hold.
pub(super) struct ChangePassword {
    present: SecretField,
    new: NewSecret,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    change: Task,
}

impl Default for ChangePassword {
    fn default() -> Self {
        Self { present: SecretField::password(), new: NewSecret::default(), problem: None, change: Task::default() }
    }
}

impl ChangePassword {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::hint(ui, cx.theme, &cx.texts.get("settings-password-lead"));
        ui.add_space(space::S);
        let present = cx.texts.get("settings-password-present");
        if self.present.show(ui, cx, "present", &present).is_submitted {
            self.new.focus();
        }
        let name = cx.model.account.as_ref().map_or("", |account| &account.name);
        let submitted = self.new.show(ui, cx, ("window-new-password", "window-new-password-again"), &[name]);
        if let Some(problem) = self.problem {
            field::problem(ui, cx.theme, &cx.texts.get(problem));
        }
        self.change.show_failure(ui, cx);
        if self.change.is_done(cx) {
            field::success(ui, cx.theme, &cx.texts.get("password-done"));
            let heard = self.change.job(cx).map_or(&[][..], |job| &job.heard);
            if heard.iter().any(|event| matches!(event, Event::KeyringTurnedOff)) {
                field::caution(ui, cx.theme, &cx.texts.get("keyring-turned-off"));
            }
        }
        ui.add_space(space::S);
        if self.change.is_running(cx) {
            page::waiting(ui, cx.theme, &cx.texts.get("settings-password-running"));
            return;
        }
        if button::primary(ui, cx.theme, &cx.texts.get("settings-password-button"), true).clicked() || submitted {
            self.submit(cx);
        }
    }

    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.change.hand_over(cx, What::Password);
    }

    fn submit(&mut self, cx: &mut Cx<'_>) {
        self.change.end(cx);
        let present = Password::new(self.present.text()).map_err(|error| refused(&error));
        match present.and_then(|present| Ok((present, self.new.password()?))) {
            Ok((present, new)) => {
                self.problem = None;
                self.present.wipe();
                self.new.wipe();
                self.change.begin(cx, Command::ChangePassword { present, new });
            }
            Err(problem) => self.problem = Some(problem),
        }
    }
}
