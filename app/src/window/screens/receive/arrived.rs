//! The end of it: everything is here. What came, and where to go from here.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{button, field, page},
};
use egui::{Label, Ui};
use nyx_p2p::Event;

/// Says it; tells whether its person has read it. `heard`: what the move told; `is_over`: it has nothing more to tell.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>, heard: &[Event], is_over: bool) -> bool {
    page::title(ui, &cx.texts.get("arrived-title"));
    if let Some(account) = &cx.model.account {
        let name = [("name", account.name.as_str().into())];
        field::success(ui, cx.theme, &cx.texts.with("arrived-account", &name));
        ui.add_space(space::S);
        if let Some((bytes, took_ms)) = moved(heard) {
            let values = [
                ("messages", account.messages.into()),
                ("attachments", account.attachments.into()),
                ("size", cx.texts.bytes(bytes).into()),
            ];
            ui.add(Label::new(cx.texts.with("transfer-size", &values)).wrap());
            let time = cx.texts.time_left(took_ms.div_ceil(1000));
            ui.add(Label::new(cx.texts.with("arrived-time", &[("time", time.into())])).wrap());
            ui.add_space(space::S);
        }
    }
    if !is_over {
        page::waiting(ui, cx.theme, &cx.texts.get("arrived-telling"));
        return false;
    }
    if heard.iter().any(|event| matches!(event, Event::ReceiptUnheard)) {
        field::caution(ui, cx.theme, &cx.texts.get("arrived-unheard"));
    } else {
        field::hint(ui, cx.theme, &cx.texts.get("arrived-old"));
    }
    ui.add_space(space::M);
    button::primary(ui, cx.theme, &cx.texts.get("arrived-open"), true).clicked()
}

/// How much came, and how long it took.
pub(super) fn moved(heard: &[Event]) -> Option<(u64, u64)> {
    heard.iter().find_map(|event| match event {
        Event::Moved { bytes, took_ms, .. } => Some((*bytes, *took_ms)),
        _ => None,
    })
}
