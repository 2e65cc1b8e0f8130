//! What is to be known on every screen of an open vault: that the account is on its way, that a move waits to go on, or
//! that the account lives elsewhere.

use super::{
    cx::Cx,
    screens::{Route, Sending, unfinished_in_words},
    theme::space,
};
use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, Ui, accesskit::Live};
use nyx_p2p::{AccountState, Role};

/// Draws it, where there is something to say.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, sending: &mut Sending) {
    let Some((said, name)) = news(cx, sending) else { return };
    let margin = Margin::symmetric(space::M as i8, space::S as i8);
    let frame = Frame::new().fill(cx.theme.palette.accent_soft).inner_margin(margin);
    let mut is_wanted = false;
    Panel::top("banner").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_wanted = ui.button(cx.texts.get(name)).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let label = ui.add(Label::new(RichText::new(said)).wrap());
                ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
            });
        });
    });
    if is_wanted {
        if name == GO_ON {
            sending.go_on(cx);
        }
        cx.go(Route::Transfer);
    }
}

/// What is to be said, and the name of what can be done about it.
fn news(cx: &Cx<'_>, sending: &Sending) -> Option<(String, &'static str)> {
    if sending.goes_on(cx) {
        return Some((sending.in_short(cx), "banner-show"));
    }
    if let Some(AccountState::Moved { to }) = cx.model.account.as_ref().map(|account| &account.state) {
        return Some((cx.texts.with("banner-moved", &[("name", to.as_str().into())]), "banner-show"));
    }
    let unfinished = cx.model.unfinished.as_ref().filter(|unfinished| unfinished.role == Role::Sending)?;
    let is_begun = sending.is_running(cx);
    (!is_begun).then(|| (unfinished_in_words(cx, unfinished), GO_ON))
}

const GO_ON: &str = "moving-go-on";
