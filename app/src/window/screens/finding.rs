//! The moment before it is known whether there is a vault; or why it can't be used.

use crate::window::{
    cx::Cx,
    model::VaultState,
    sentence::sentence,
    theme::space,
    widgets::{button, page},
};
use egui::{Label, Ui};
use nyx_p2p::Failure;

pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    page::page(ui, cx.theme, "finding", |ui| match &cx.model.vault {
        VaultState::Unusable(failure) => unusable(ui, cx, failure),
        _ => page::waiting(ui, cx.theme, &cx.texts.get("finding-vault")),
    });
}

fn unusable(ui: &mut Ui, cx: &mut Cx<'_>, failure: &Failure) {
    page::title(ui, &cx.texts.get(title(failure)));
    ui.add(Label::new(sentence(failure, cx.texts)).wrap());
    ui.add_space(space::M);
    if button::primary(ui, cx.theme, &cx.texts.get("window-try-again"), true).clicked() {
        cx.find_again();
    }
}

const fn title(failure: &Failure) -> &'static str {
    match failure {
        Failure::InUse => "finding-in-use",
        Failure::Damaged(_) => "finding-damaged",
        Failure::LaterVersion => "finding-later-version",
        _ => "finding-unusable",
    }
}
