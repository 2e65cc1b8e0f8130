//! A command that a screen waits for.

use super::{button, field, page};
use crate::window::{cx::Cx, errands::What, jobs::Job, sentence::sentence};
use egui::{ProgressBar, Ui};
use nyx_p2p::{Command, Failure, RequestId};
use std::time::Instant;

/// A command that a screen waits for: none, running, done or failed.
#[derive(Debug, Default)]
pub(crate) struct Task {
    id: Option<RequestId>,
    began: Option<Instant>,
    /// The engine took nothing.
    is_refused: bool,
}

impl Task {
    /// Sends it; what went before is forgotten.
    pub(crate) fn begin(&mut self, cx: &mut Cx<'_>, command: Command) {
        self.end(cx);
        self.id = cx.watch(command);
        self.began = Some(Instant::now());
        self.is_refused = self.id.is_none();
    }

    /// Nobody waits for it any more.
    pub(crate) fn end(&mut self, cx: &mut Cx<'_>) {
        if let Some(id) = self.id.take() {
            cx.forget(id);
        }
        self.is_refused = false;
    }

    /// The screen is left: if it still goes on, it is said wherever the person is.
    pub(crate) fn hand_over(&mut self, cx: &mut Cx<'_>, what: What) {
        match (self.is_running(cx), self.id, self.began) {
            (true, Some(id), Some(began)) => {
                self.id = None;
                cx.hand_over(id, began, what);
            }
            _ => self.end(cx),
        }
    }

    /// Whether somebody waits for one, or for what became of it.
    pub(crate) const fn is_begun(&self) -> bool {
        self.id.is_some() || self.is_refused
    }

    /// The command, as long as somebody waits for it.
    pub(crate) const fn id(&self) -> Option<RequestId> {
        self.id
    }

    /// What it told.
    pub(crate) fn job<'m>(&self, cx: &Cx<'m>) -> Option<&'m Job> {
        cx.model.jobs.get(self.id?)
    }

    /// Whether it is still under way.
    pub(crate) fn is_running(&self, cx: &Cx<'_>) -> bool {
        self.id.is_some() && self.job(cx).is_none_or(|job| job.ended.is_none())
    }

    /// Whether it did what was wanted.
    pub(crate) fn is_done(&self, cx: &Cx<'_>) -> bool {
        matches!(self.job(cx).and_then(|job| job.ended.as_ref()), Some(Ok(())))
    }

    /// Why it did not.
    pub(crate) fn failure<'m>(&self, cx: &Cx<'m>) -> Option<&'m Failure> {
        self.job(cx)?.ended.as_ref()?.as_ref().err()
    }

    /// Says why it did not, if so.
    pub(crate) fn show_failure(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if self.is_refused {
            field::problem(ui, cx.theme, &cx.texts.get("window-busy"));
        } else if let Some(failure) = self.failure(cx) {
            field::problem(ui, cx.theme, &sentence(failure, cx.texts));
        }
    }

    /// How far it is: how much, how fast, how long still; and a way to stop it.
    pub(crate) fn show_progress(&self, ui: &mut Ui, cx: &mut Cx<'_>, what: &str) {
        page::waiting(ui, cx.theme, what);
        if let (Some((done, total)), Some(began)) = (self.job(cx).and_then(|job| job.progress), self.began) {
            if let Some(total) = total.filter(|total| *total > 0) {
                let bar =
                    ProgressBar::new(done as f32 / total as f32).desired_height(8.0).fill(cx.theme.palette.accent);
                ui.add(bar);
            }
            field::hint(ui, cx.theme, &cx.texts.progress(done, total, began.elapsed()));
        }
        if let Some(id) = self.id
            && button::secondary(ui, &cx.texts.get("window-cancel"), true).clicked()
        {
            cx.cancel(id);
        }
    }
}
