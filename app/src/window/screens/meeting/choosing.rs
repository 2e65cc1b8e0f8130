//! Who shows the code and who reads it, and what the code is like.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{choice::choice, field},
};
use egui::Ui;
use nyx_p2p::Form;

/// What this device does.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Side {
    #[default]
    Show,
    Read,
}

/// What the shown code is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChosenForm(Form);

impl Default for ChosenForm {
    fn default() -> Self {
        Self(Form::Ticket)
    }
}

impl ChosenForm {
    pub(super) const fn form(self) -> Form {
        self.0
    }
}

/// Lets the person choose; tells whether it is another one.
pub(super) fn side(ui: &mut Ui, cx: &Cx<'_>, side: &mut Side) -> bool {
    let ways = [(Side::Show, cx.texts.get("meet-show")), (Side::Read, cx.texts.get("meet-read"))];
    let is_changed = choice(ui, cx.theme, side, &ways);
    ui.add_space(space::S);
    is_changed
}

/// Lets the person choose, and says what each is good for.
pub(super) fn form(ui: &mut Ui, cx: &Cx<'_>, form: &mut ChosenForm) {
    field::label(ui, cx.theme, &cx.texts.get("meet-form"));
    let ways = [
        (Form::Ticket, cx.texts.get("meet-form-ticket")),
        (Form::Typed, cx.texts.get("meet-form-typed")),
        (Form::ByHand, cx.texts.get("meet-form-by-hand")),
    ];
    choice(ui, cx.theme, &mut form.0, &ways);
    let lead = match form.0 {
        Form::Ticket => "meet-form-ticket-lead",
        Form::Typed => "meet-form-typed-lead",
        Form::ByHand => "meet-form-by-hand-lead",
    };
    field::hint(ui, cx.theme, &cx.texts.get(lead));
}
