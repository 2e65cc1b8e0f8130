//! Settings that go with the account: on a device that it leaves or has left they can be read, and it is said why no more.

use crate::window::{cx::Cx, theme::space, widgets::field};
use egui::Ui;
use nyx_p2p::AccountState;

/// Says why, where it is so.
pub(super) fn note(ui: &mut Ui, cx: &Cx<'_>) {
    let why = match cx.model.account.as_ref().map(|account| &account.state) {
        None | Some(AccountState::Active) => return,
        Some(AccountState::Frozen) => "settings-read-only-moving",
        Some(AccountState::Moved { .. }) => "settings-read-only",
    };
    field::note(ui, cx.theme, &cx.texts.get(why));
    ui.add_space(space::S);
}
