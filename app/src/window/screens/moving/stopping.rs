//! The way to end a move, and the question before that where something would be lost.

use super::course::Course;
use crate::window::{
    cx::Cx,
    widgets::{
        button, field,
        question::{self, Answer, Question},
    },
};
use egui::Ui;

/// What the widgets hold.
#[derive(Default)]
pub(in crate::window::screens) struct Stopping {
    is_asked: bool,
}

impl Stopping {
    /// Shows the way, as long as there is one; tells whether to end it. `lead` says what that means on this device.
    pub(in crate::window::screens) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        course: &Course<'_>,
        lead: &str,
    ) -> bool {
        if !course.can_stop() {
            self.is_asked = false;
            field::hint(ui, cx.theme, &cx.texts.get("moving-too-late"));
            return false;
        }
        if button::secondary(ui, &cx.texts.get("window-cancel"), true).clicked() && !self.ask(course) {
            return true;
        }
        if !self.is_asked {
            return false;
        }
        let text = cx.texts.get(lead);
        let question =
            Question { title: "moving-stop", text: &text, does: "moving-stop-yes", leaves: "moving-stop-no" };
        let answer = question::ask(ui, cx, question);
        self.is_asked = answer.is_none();
        answer == Some(Answer::Do)
    }

    /// Asks first, if something would be lost; tells whether it does.
    pub(in crate::window::screens) fn ask(&mut self, course: &Course<'_>) -> bool {
        self.is_asked = course.is_under_way() && course.can_stop();
        course.is_under_way()
    }
}
