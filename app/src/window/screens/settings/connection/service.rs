//! The signalling service of every meeting that names no other.

use crate::{
    cli::finding_in_words,
    window::{
        cx::Cx,
        screens::settings::read_only,
        theme::space,
        widgets::{button, field, page, task::Task},
    },
};
use egui::Ui;
use nyx_p2p::{Command, Event, Finding, Settings};

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Service {
    /// What stands in the field, as soon as somebody sees it.
    typed: Option<String>,
    keeping: Task,
    /// Whether it answers.
    asking: Task,
}

impl Service {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::hint(ui, cx.theme, &cx.texts.get("connection-service-lead"));
        ui.add_space(space::S);
        read_only::note(ui, cx);
        let can_write = cx.model.can_write();
        ui.add_enabled_ui(can_write, |ui| self.show_address(ui, cx));
    }

    /// Nobody waits any more; the next time the field says what is kept.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.keeping.end(cx);
        self.asking.end(cx);
        self.typed = None;
    }

    fn show_address(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let kept = cx.model.settings.service.as_deref().unwrap_or_default();
        let typed = self.typed.get_or_insert_with(|| kept.to_owned());
        let edit = field::field(ui, cx.theme, "service-of-all", &cx.texts.get("connection-service-address"), typed);
        let is_other = typed.trim() != kept;
        let wanted = Settings { service: Some(typed.clone()), ..cx.model.settings.clone() };
        if edit.changed() {
            // What was said of the one before says nothing of this one.
            self.keeping.end(cx);
            self.asking.end(cx);
        }
        if self.keeping.is_done(cx) && !self.asking.is_begun() && !kept.is_empty() {
            self.asking.begin(cx, Command::LookAround { reach: cx.reach.clone() });
        }
        self.show_end(ui, cx, kept.is_empty());
        let is_entered = field::is_ended_by_enter(ui, &edit);
        let is_pressed = button::secondary(ui, &cx.texts.get("connection-service-keep"), is_other).clicked();
        if is_other && (is_pressed || is_entered) {
            self.asking.end(cx);
            self.keeping.begin(cx, Command::ChangeSettings(wanted));
        }
    }

    /// Whether it is kept, and whether it answers: one that does not today may tomorrow.
    fn show_end(&self, ui: &mut Ui, cx: &Cx<'_>, is_none: bool) {
        self.keeping.show_failure(ui, cx);
        if self.keeping.is_done(cx) && is_none {
            return field::note(ui, cx.theme, &cx.texts.get("connection-service-none"));
        }
        for event in self.asking.job(cx).map_or(&[][..], |job| &job.heard) {
            match event {
                Event::Finding(finding @ Finding::Service { millis: Some(_) }) => {
                    field::success(ui, cx.theme, &finding_in_words(finding, cx.texts));
                }
                Event::Finding(finding @ Finding::Service { millis: None }) => {
                    field::caution(ui, cx.theme, &finding_in_words(finding, cx.texts));
                }
                _ => {}
            }
        }
        self.asking.show_failure(ui, cx);
        if self.asking.is_running(cx) {
            page::waiting(ui, cx.theme, &cx.texts.get("connection-service-asking"));
        }
    }
}
