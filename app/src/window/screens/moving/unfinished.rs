//! A move that was begun and is not over: it goes on, or is given up.

use crate::window::{
    cx::Cx,
    widgets::{
        button, page,
        question::{self, Answer, Question},
        task::Task,
    },
};
use egui::Ui;
use nyx_p2p::{Command, Password, Unfinished};

/// What the widgets hold.
#[derive(Default)]
pub(in crate::window::screens) struct GivingUp {
    is_asked: bool,
    task: Task,
}

/// That it is not over, and with whom it was begun.
pub(in crate::window) fn in_words(cx: &Cx<'_>, unfinished: &Unfinished) -> String {
    match &unfinished.peer {
        Some(peer) => cx.texts.with("moving-unfinished", &[("name", peer.as_str().into())]),
        None => cx.texts.get("moving-unfinished-unnamed"),
    }
}

impl GivingUp {
    /// Shows the way, where there still is one; asked once more. `password` gives the one that this needs (`None` in it
    /// where it needs none), or nothing, and then it says why itself.
    pub(in crate::window::screens) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        unfinished: &Unfinished,
        password: &mut dyn FnMut() -> Option<Option<Password>>,
    ) {
        if self.task.is_done(cx) {
            self.task.end(cx);
            cx.move_is_over();
        }
        self.task.show_failure(ui, cx);
        if self.task.is_running(cx) {
            return page::waiting(ui, cx.theme, &cx.texts.get("moving-giving-up"));
        }
        if !unfinished.can_stop {
            return;
        }
        self.is_asked |= button::secondary(ui, &cx.texts.get("moving-give-up"), true).clicked();
        if !self.is_asked {
            return;
        }
        let text = cx.texts.get("moving-give-up-lead");
        let question = Question {
            title: "moving-give-up-title",
            text: &text,
            does: "moving-give-up-yes",
            leaves: "moving-stop-no",
        };
        let answer = question::ask(ui, cx, question);
        self.is_asked = answer.is_none();
        if answer == Some(Answer::Do)
            && let Some(password) = password()
        {
            self.task.begin(cx, Command::DropMove { password });
        }
    }

    /// Nobody waits any more.
    pub(in crate::window::screens) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.task.end(cx);
        self.is_asked = false;
    }
}
