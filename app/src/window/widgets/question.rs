//! What lies over everything until it is answered. The keyboard begins at the choice that changes nothing.

use super::button;
use crate::window::{cx::Cx, theme::space};
use egui::{Align, Id, Layout, Modal, RichText, Ui};

/// What was answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    /// To go on.
    Do,
    /// To leave everything as it is.
    Leave,
}

/// The names of its sentences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) title: &'a str,
    /// What going on means, as it is said.
    pub(crate) text: &'a str,
    pub(crate) does: &'a str,
    pub(crate) leaves: &'a str,
}

/// Asks whether to do something that can't be taken back.
pub(crate) fn ask(ui: &Ui, cx: &Cx<'_>, question: Question<'_>) -> Option<Answer> {
    let mut answer = None;
    let closes = modal(ui, cx, question.title, |ui| {
        ui.label(RichText::new(cx.texts.get(question.title)).heading());
        ui.label(question.text);
        ui.add_space(space::S);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button::danger(ui, cx.theme, &cx.texts.get(question.does), true).clicked() {
                answer = Some(Answer::Do);
            }
            let leave = ui.button(cx.texts.get(question.leaves));
            focus_first(ui, &leave);
            if leave.clicked() {
                answer = Some(Answer::Leave);
            }
        });
    });
    answer.or(closes.then_some(Answer::Leave))
}

/// Shows something over everything else; whether it is to be closed.
pub(crate) fn modal(ui: &Ui, cx: &Cx<'_>, salt: &str, content: impl FnOnce(&mut Ui)) -> bool {
    let shown = Modal::new(Id::unique(salt)).frame(cx.theme.card()).show(ui.ctx(), |ui| {
        ui.set_width((ui.ctx().content_rect().width() - 64.0).min(420.0));
        content(ui);
    });
    shown.should_close()
}

/// Gives the keyboard to this choice, unless it is at another one in the same place.
pub(crate) fn focus_first(ui: &Ui, response: &egui::Response) {
    // The question is asked outside of what holds the memory: the answer needs it too.
    let focused = ui.memory(|memory| memory.focused());
    if focused.is_none_or(|focused| !is_inside(ui, focused)) {
        response.request_focus();
    }
}

fn is_inside(ui: &Ui, focused: Id) -> bool {
    ui.ctx().read_response(focused).is_some_and(|response| response.layer_id == ui.layer_id())
}
