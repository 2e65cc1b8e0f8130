//! The account of this device goes to another one. What is held here outlives the screen: a move goes on while its
//! person reads, and a strip tells of it.
//!
//! ```text
//! choosing ─▶ preparing ─▶ meeting ─▶ digits ─▶ password ─▶ consent ─▶ sending ─▶ finishing ─▶ waiting ─▶ moved
//!     ▲                                                                    │
//!     └─────────────── cancelled, failed, or not finished ◀────────────────┘
//! ```

use super::{
    meeting::{Meeting, Purpose},
    moving::{Answers, Asking, Choice, Course, GivingUp, Stopping, unfinished_in_words},
};
use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{button, field, page},
};
use egui::Ui;
use nyx_p2p::{AccountState, CarriedCode, Command, MeetingKind, RequestId, Role, Stage};

/// What the widgets hold.
#[derive(Default)]
pub(crate) struct Sending {
    choice: Choice,
    meeting: Meeting,
    answers: Answers,
    stopping: Stopping,
    giving_up: GivingUp,
}

impl Sending {
    /// Shows where it stands. Tells whether its person wants to erase this device, after the account has moved.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
        self.meeting.settle(cx);
        if let Some(AccountState::Moved { to }) = cx.model.account.as_ref().map(|account| &account.state) {
            return show_moved(ui, cx, to);
        }
        if self.meeting.is_running(cx) {
            self.show_running(ui, cx);
        } else if let Some(unfinished) =
            cx.model.unfinished.as_ref().filter(|unfinished| unfinished.role == Role::Sending)
        {
            field::caution(ui, cx.theme, &unfinished_in_words(cx, unfinished));
            self.meeting.task().show_failure(ui, cx);
            ui.add_space(space::S);
            if button::primary(ui, cx.theme, &cx.texts.get("moving-go-on"), true).clicked() {
                self.go_on(cx);
            }
            self.giving_up.show(ui, cx, unfinished, &mut || Some(None));
        } else {
            self.show_beginning(ui, cx);
        }
        false
    }

    /// Somebody followed a link to here.
    pub(crate) fn follow(&mut self, code: CarriedCode) {
        self.meeting.follow(code);
    }

    /// Whether a move of this account is under way, and its person may look at something else.
    pub(crate) fn goes_on(&self, cx: &Cx<'_>) -> bool {
        self.meeting.is_running(cx) && Course::of(self.meeting.task(), cx).is_under_way()
    }

    /// Whether a command of a move is under way.
    pub(crate) fn is_running(&self, cx: &Cx<'_>) -> bool {
        self.meeting.is_running(cx)
    }

    /// Whether this is the command that moves.
    pub(crate) fn is(&self, id: RequestId) -> bool {
        self.meeting.task().id() == Some(id)
    }

    /// Where it stands, in a few words.
    pub(crate) fn in_short(&self, cx: &Cx<'_>) -> String {
        Course::of(self.meeting.task(), cx).in_short(cx)
    }

    /// Goes on with what was begun before.
    pub(crate) fn go_on(&mut self, cx: &mut Cx<'_>) {
        self.meeting.carry_out(cx, Command::GoOn { password: None, reach: cx.reach.clone() });
    }

    /// Escape ends what goes on before it leaves the page. A move that is on its way is left to go on. Tells whether
    /// anything was ended.
    pub(super) fn cancel(&mut self, cx: &mut Cx<'_>) -> bool {
        !self.goes_on(cx) && self.meeting.cancel(cx)
    }

    /// The page is left: a code that nobody sees is good for nothing, but a move that is on its way goes on.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.choice.leave(cx);
        self.giving_up.leave(cx);
        self.stopping = Stopping::default();
        if !self.goes_on(cx) {
            self.answers.wipe();
            self.meeting.leave(cx);
        }
    }

    fn show_beginning(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.meeting.show_end(ui, cx);
        field::hint(ui, cx.theme, &cx.texts.get("transfer-lead"));
        ui.add_space(space::S);
        page::subtitle(ui, &cx.texts.get("transfer-what"));
        self.choice.show(ui, cx);
        ui.add_space(space::M);
        page::subtitle(ui, &cx.texts.get("transfer-meet"));
        field::hint(ui, cx.theme, &cx.texts.get("transfer-meet-lead"));
        ui.add_space(space::S);
        self.answers.wipe();
        self.show_meeting(ui, cx);
    }

    fn show_meeting(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let selection = self.choice.selection();
        let mut begin = |meet, reach| Some(Command::SendAccount { selection, meet, reach });
        let asked_there = Some("transfer-asked-there");
        let mut purpose = Purpose { accepts: MeetingKind::Receive, asked_there, begin: &mut begin };
        self.meeting.show(ui, cx, &mut purpose);
    }

    fn show_running(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let course = Course::of(self.meeting.task(), cx);
        if course.stage == Some(Stage::Meeting) && course.met.is_none() {
            return self.show_meeting(ui, cx);
        }
        if !course.is_under_way() {
            self.meeting.warn(ui, cx);
        }
        let asking = self.answers.show(ui, cx, &course);
        if asking == Asking::Nothing {
            course.show(ui, cx);
            if course.is_under_way() {
                field::hint(ui, cx.theme, &cx.texts.get("transfer-go-away"));
            }
        }
        ui.add_space(space::S);
        if asking != Asking::Deciding && self.stopping.show(ui, cx, &course, "transfer-stop-lead") {
            self.meeting.cancel(cx);
        }
    }
}

/// The account lives elsewhere. Nothing here goes by itself.
fn show_moved(ui: &mut Ui, cx: &mut Cx<'_>, to: &str) -> bool {
    field::success(ui, cx.theme, &cx.texts.with("transfer-moved", &[("name", to.into())]));
    ui.add_space(space::S);
    field::hint(ui, cx.theme, &cx.texts.get("transfer-moved-lead"));
    ui.add_space(space::S);
    button::secondary(ui, &cx.texts.get("transfer-moved-erase"), true).clicked()
}

#[cfg(test)]
mod tests;
