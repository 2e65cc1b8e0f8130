//! Everything into one encrypted file.

use crate::window::{
    cx::Cx,
    errands::{What, backup_in_words},
    theme::space,
    widgets::{
        button,
        choice::choice,
        field,
        file::{FileField, Wanted},
        new_secret::NewSecret,
        task::Task,
    },
};
use egui::Ui;
use nyx_p2p::{BackupTarget, Command, Event, OpensBy};

/// What the widgets hold.
pub(super) struct Backup {
    by: OpensBy,
    passphrase: NewSecret,
    file: FileField,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    create: Task,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            by: OpensBy::Phrase,
            passphrase: NewSecret::default(),
            file: FileField::default(),
            problem: None,
            create: Task::default(),
        }
    }
}

impl Backup {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::hint(ui, cx.theme, &cx.texts.get("settings-backup-lead"));
        ui.add_space(space::S);
        if self.create.is_running(cx) {
            return self.create.show_progress(ui, cx, &cx.texts.get("settings-backup-running"));
        }
        field::label(ui, cx.theme, &cx.texts.get("settings-backup-by"));
        let ways = [
            (OpensBy::Phrase, cx.texts.get("settings-backup-by-phrase")),
            (OpensBy::Passphrase, cx.texts.get("settings-backup-by-passphrase")),
        ];
        if choice(ui, cx.theme, &mut self.by, &ways) {
            self.passphrase.wipe();
        }
        if self.by == OpensBy::Passphrase {
            self.passphrase.show(ui, cx, ("window-passphrase", "window-passphrase-again"), &[]);
        }
        ui.add_space(space::XS);
        let suggested = format!("nyx-{}.age", cx.now.day(cx.now.ms()));
        self.file.show(ui, cx, &cx.texts.get("window-backup-file"), Wanted::New(&suggested));
        if let Some(problem) = self.problem {
            field::problem(ui, cx.theme, &cx.texts.get(problem));
        }
        self.create.show_failure(ui, cx);
        self.show_done(ui, cx);
        ui.add_space(space::S);
        let can_begin = self.file.path().is_some();
        if button::primary(ui, cx.theme, &cx.texts.get("settings-backup-button"), can_begin).clicked() {
            self.submit(cx);
        }
    }

    /// What was typed is wiped; what was begun goes on, and is said wherever the person is.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.passphrase.wipe();
        self.problem = None;
        self.create.hand_over(cx, What::Backup(self.by));
    }

    fn submit(&mut self, cx: &mut Cx<'_>) {
        self.create.end(cx);
        self.problem = None;
        let Some(file) = self.file.path() else { return };
        let to = match self.by {
            OpensBy::Phrase => BackupTarget::Phrase,
            OpensBy::Passphrase => match self.passphrase.passphrase() {
                Ok(passphrase) => BackupTarget::Passphrase(passphrase),
                Err(problem) => {
                    self.problem = Some(problem);
                    return;
                }
            },
        };
        self.passphrase.wipe();
        self.create.begin(cx, Command::CreateBackup { file, to });
    }

    fn show_done(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(job) = self.create.job(cx).filter(|_| self.create.is_done(cx)) else { return };
        for event in &job.heard {
            if let Event::Backup { file, bytes } = event {
                let said = backup_in_words(self.by, file.display().to_string(), *bytes, cx.texts);
                field::success(ui, cx.theme, &said);
            }
        }
    }
}
