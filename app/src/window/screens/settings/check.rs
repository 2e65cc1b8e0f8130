//! Whether everything is as it was written.

use crate::{
    cli::{damaged, hex},
    window::{
        cx::Cx,
        errands::What,
        theme::space,
        widgets::{button, field, task::Task},
    },
};
use egui::{Label, RichText, Ui};
use nyx_p2p::{Command, Event};

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Check {
    check: Task,
}

impl Check {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::hint(ui, cx.theme, &cx.texts.get("settings-check-lead"));
        ui.add_space(space::S);
        self.show_found(ui, cx);
        if self.check.is_running(cx) {
            return self.check.show_progress(ui, cx, &cx.texts.get("settings-check-running"));
        }
        self.check.show_failure(ui, cx);
        ui.add_space(space::S);
        if button::primary(ui, cx.theme, &cx.texts.get("settings-check-button"), true).clicked() {
            self.check.begin(cx, Command::Verify);
        }
    }

    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.check.hand_over(cx, What::Check);
    }

    fn show_found(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(job) = self.check.job(cx) else { return };
        let damages = job.heard.iter().filter_map(|event| match event {
            Event::Damaged(damage) => Some(damage),
            _ => None,
        });
        for damage in damages.take(SHOWN_MAX) {
            let values = [("what", damaged(damage, cx.texts).into())];
            ui.add(Label::new(cx.texts.with("verify-damaged", &values)).wrap());
        }
        for event in &job.heard {
            if let Event::Verified { content_hash } = event {
                field::success(ui, cx.theme, &cx.texts.get("settings-check-done"));
                field::label(ui, cx.theme, &cx.texts.get("settings-check-hash"));
                ui.add(Label::new(RichText::new(hex(content_hash)).monospace()).wrap());
            }
        }
    }
}

/// Nobody reads more; how many there are is said below.
const SHOWN_MAX: usize = 100;
