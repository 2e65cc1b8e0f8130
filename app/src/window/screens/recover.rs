//! Back with the phrase: a new password for the vault that is here, or the identity alone where there is none.

use super::Route;
use crate::window::{
    cx::Cx,
    model::VaultState,
    theme::space,
    widgets::{button, field, new_secret::NewSecret, page, phrase_entry::PhraseEntry, task::Task},
};
use egui::Ui;
use nyx_p2p::{Command, Event};

/// What the widgets hold.
pub(crate) struct Recover {
    phrase: PhraseEntry,
    name: String,
    password: NewSecret,
    /// The name of the sentence about what was typed.
    problem: Option<&'static str>,
    recover: Task,
    /// Where Back leads.
    from: Option<Route>,
}

impl Default for Recover {
    fn default() -> Self {
        let mut phrase = PhraseEntry::default();
        phrase.focus();
        Self {
            phrase,
            name: String::new(),
            password: NewSecret::default(),
            problem: None,
            recover: Task::default(),
            from: None,
        }
    }
}

impl Recover {
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // What is here is asked once: while it works, the vault is neither.
        let from = self.from.get_or_insert(match cx.model.vault {
            VaultState::Open => Route::Settings,
            VaultState::Locked => Route::Unlock,
            _ => Route::Welcome,
        });
        let is_here = *from != Route::Welcome;
        page::page(ui, cx.theme, "recover", |ui| {
            if self.recover.is_done(cx) {
                self.show_done(ui, cx);
            } else if self.recover.is_running(cx) {
                page::title(ui, &cx.texts.get("window-recover-title"));
                page::waiting(ui, cx.theme, &cx.texts.get("window-recover-running"));
            } else {
                self.show_form(ui, cx, is_here);
            }
        });
    }

    fn show_form(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, is_here: bool) {
        let title = if is_here { "window-recover-title" } else { "welcome-recover" };
        if page::title_with_back(ui, cx, &cx.texts.get(title)) {
            return self.leave(cx);
        }
        let lead = if is_here { "recover-here" } else { "window-recover-empty" };
        field::hint(ui, cx.theme, &cx.texts.get(lead));
        ui.add_space(space::S);
        if self.phrase.show(ui, cx) {
            self.password.focus();
        }
        if !is_here {
            field::field(ui, cx.theme, "name", &cx.texts.get("window-name"), &mut self.name);
        }
        let names = ("window-new-password", "window-new-password-again");
        let submitted = self.password.show(ui, cx, names, &[&self.name]);
        if let Some(problem) = self.problem {
            field::problem(ui, cx.theme, &cx.texts.get(problem));
        }
        self.recover.show_failure(ui, cx);
        ui.add_space(space::S);
        let clicked = button::primary(ui, cx.theme, &cx.texts.get("window-recover-button"), true).clicked();
        if clicked || submitted {
            self.submit(cx, is_here);
        }
    }

    fn submit(&mut self, cx: &mut Cx<'_>, is_here: bool) {
        self.recover.end(cx);
        self.problem = None;
        let Some(phrase) = self.phrase.phrase() else { return };
        if !is_here && self.name.trim().is_empty() {
            self.problem = Some("window-name-empty");
            return;
        }
        match self.password.password() {
            Ok(password) => {
                let name = self.name.clone();
                self.recover.begin(cx, Command::Recover { phrase, password, name });
            }
            Err(problem) => self.problem = Some(problem),
        }
    }

    fn show_done(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.wipe();
        let job = self.recover.job(cx);
        let is_alone = job.is_some_and(|job| job.heard.iter().any(|event| matches!(event, Event::IdentityOnly)));
        page::title(ui, &cx.texts.get("window-recover-done"));
        let sentence = if is_alone { "recover-empty-done" } else { "recover-here-done" };
        field::success(ui, cx.theme, &cx.texts.get(sentence));
        ui.add_space(space::S);
        if button::primary(ui, cx.theme, &cx.texts.get("window-continue"), true).clicked() {
            self.recover.end(cx);
            cx.enter();
        }
    }

    fn leave(&mut self, cx: &mut Cx<'_>) {
        self.wipe();
        self.recover.end(cx);
        // What was tried may have locked the vault that was open.
        cx.go(match (&self.from, &cx.model.vault) {
            (Some(Route::Settings), VaultState::Open) => Route::Settings,
            (Some(Route::Welcome) | None, _) => Route::Welcome,
            _ => Route::Unlock,
        });
    }

    fn wipe(&mut self) {
        self.phrase.wipe();
        self.password.wipe();
    }
}
