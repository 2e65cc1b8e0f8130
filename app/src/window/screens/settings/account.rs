//! Who one is, and how much there is.

use crate::window::{
    cx::Cx,
    screens::Route,
    theme::space,
    widgets::{button, field},
};
use egui::{Label, RichText, Ui};
use nyx_p2p::{AccountState, Aid};

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(account) = &cx.model.account else { return };
    let texts = cx.texts;
    let state = match &account.state {
        AccountState::Active if account.can_sign => texts.get("state-active"),
        AccountState::Active => texts.get("settings-account-needs-phrase"),
        AccountState::Frozen => texts.get("state-frozen"),
        AccountState::Moved { to } => texts.with("state-moved", &[("to", to.as_str().into())]),
    };
    let aid = Aid::from_bytes(account.aid);
    let files = [("count", account.attachments.into()), ("size", texts.bytes(account.attachment_bytes).into())];
    line(ui, cx, "settings-account-name", &account.name, false);
    line(ui, cx, "settings-account-words", &aid.words().join(" "), true);
    field::hint(ui, cx.theme, &texts.get("settings-account-words-why"));
    ui.add_space(space::S);
    line(ui, cx, "settings-account-state", &state, false);
    line(ui, cx, "settings-account-messages", &account.messages.to_string(), false);
    line(ui, cx, "settings-account-files", &texts.with("settings-account-files-size", &files), false);
    if account.state == AccountState::Active && !account.can_sign {
        field::caution(ui, cx.theme, &texts.get("window-needs-phrase"));
        if button::primary(ui, cx.theme, &texts.get("welcome-recover"), true).clicked() {
            cx.go(Route::Recover);
        }
    }
}

fn line(ui: &mut Ui, cx: &Cx<'_>, name: &str, value: &str, is_mono: bool) {
    field::label(ui, cx.theme, &cx.texts.get(name));
    let value = RichText::new(value);
    ui.add(Label::new(if is_mono { value.monospace() } else { value }).wrap());
    ui.add_space(space::XS);
}
