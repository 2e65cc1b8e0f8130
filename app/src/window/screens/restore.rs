//! Back from a backup: which file, what opens it, a new password.

use super::Route;
use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{
        button, field,
        file::{FileField, Wanted},
        new_secret::{NewSecret, refused},
        page,
        phrase_entry::PhraseEntry,
        secret::SecretField,
        task::Task,
    },
};
use egui::Ui;
use nyx_p2p::{BackupKey, Command, Event, OpensBy, Passphrase};
use std::path::PathBuf;

/// What the widgets hold.
pub(crate) struct Restore {
    file: FileField,
    /// The file that was looked at.
    chosen: Option<PathBuf>,
    look: Task,
    phrase: PhraseEntry,
    passphrase: SecretField,
    password: NewSecret,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    restore: Task,
}

impl Default for Restore {
    fn default() -> Self {
        Self {
            file: FileField::default(),
            chosen: None,
            look: Task::default(),
            phrase: PhraseEntry::default(),
            passphrase: SecretField::password(),
            password: NewSecret::default(),
            problem: None,
            restore: Task::default(),
        }
    }
}

impl Restore {
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        page::page(ui, cx.theme, "restore", |ui| {
            if self.restore.is_done(cx) {
                self.show_done(ui, cx);
            } else if self.restore.is_running(cx) {
                page::title(ui, &cx.texts.get("welcome-restore"));
                self.restore.show_progress(ui, cx, &cx.texts.get("window-restore-running"));
            } else {
                match self.opens_by(cx) {
                    Some(by) => self.show_key(ui, cx, by),
                    None => self.show_file(ui, cx),
                }
            }
        });
    }

    fn show_file(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if page::title_with_back(ui, cx, &cx.texts.get("welcome-restore")) {
            return cx.go(Route::Welcome);
        }
        field::hint(ui, cx.theme, &cx.texts.get("window-restore-lead"));
        ui.add_space(space::S);
        if self.file.show(ui, cx, &cx.texts.get("window-backup-file"), Wanted::Existing) {
            self.look.end(cx);
        }
        self.look.show_failure(ui, cx);
        ui.add_space(space::S);
        let path = self.file.path().filter(|_| !self.look.is_running(cx));
        if button::primary(ui, cx.theme, &cx.texts.get("window-continue"), path.is_some()).clicked()
            && let Some(file) = path
        {
            self.chosen = Some(file.clone());
            self.look.begin(cx, Command::LookAtBackup { file });
        }
    }

    fn show_key(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, by: OpensBy) {
        if page::title_with_back(ui, cx, &cx.texts.get("welcome-restore")) {
            self.wipe();
            self.restore.end(cx);
            return self.look.end(cx);
        }
        let submitted = match by {
            OpensBy::Phrase => {
                field::hint(ui, cx.theme, &cx.texts.get("window-restore-phrase"));
                ui.add_space(space::S);
                self.phrase.show(ui, cx)
            }
            OpensBy::Passphrase => {
                field::hint(ui, cx.theme, &cx.texts.get("window-restore-passphrase"));
                ui.add_space(space::S);
                self.passphrase.show(ui, cx, "passphrase", &cx.texts.get("window-passphrase")).is_submitted
            }
        };
        if submitted {
            self.password.focus();
        }
        let names = ("window-new-password", "window-new-password-again");
        let submitted = self.password.show(ui, cx, names, &[]);
        if let Some(problem) = self.problem {
            field::problem(ui, cx.theme, &cx.texts.get(problem));
        }
        self.restore.show_failure(ui, cx);
        ui.add_space(space::S);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("window-restore-button"), true).clicked();
        if clicked || submitted {
            self.submit(cx, by);
        }
    }

    fn submit(&mut self, cx: &mut Cx<'_>, by: OpensBy) {
        self.restore.end(cx);
        self.problem = None;
        let Some(file) = self.chosen.clone() else { return };
        let by = match by {
            OpensBy::Phrase => match self.phrase.phrase() {
                Some(phrase) => BackupKey::Phrase(phrase),
                None => return,
            },
            OpensBy::Passphrase => match Passphrase::new(self.passphrase.text()) {
                Ok(passphrase) => BackupKey::Passphrase(passphrase),
                Err(error) => {
                    self.problem = Some(refused(&error));
                    return;
                }
            },
        };
        match self.password.password() {
            Ok(password) => self.restore.begin(cx, Command::RestoreBackup { file, by, password }),
            Err(problem) => self.problem = Some(problem),
        }
    }

    fn show_done(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.wipe();
        page::title(ui, &cx.texts.get("window-recover-done"));
        if let Some(account) = &cx.model.account {
            let values = [("messages", account.messages.into()), ("attachments", account.attachments.into())];
            field::success(ui, cx.theme, &cx.texts.with("restore-done", &values));
            if !account.can_sign {
                field::caution(ui, cx.theme, &cx.texts.get("window-needs-phrase"));
            }
        }
        ui.add_space(space::S);
        if button::primary(ui, cx.theme, &cx.texts.get("window-continue"), true).clicked() {
            self.restore.end(cx);
            self.look.end(cx);
            cx.enter();
        }
    }

    fn opens_by(&self, cx: &Cx<'_>) -> Option<OpensBy> {
        if !self.look.is_done(cx) {
            return None;
        }
        self.look.job(cx)?.heard.iter().find_map(|event| match event {
            Event::BackupOpensBy(by) => Some(*by),
            _ => None,
        })
    }

    fn wipe(&mut self) {
        self.phrase.wipe();
        self.passphrase.wipe();
        self.password.wipe();
    }
}
