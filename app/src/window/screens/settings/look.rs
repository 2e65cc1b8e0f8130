//! Language, colours, size.

use crate::window::{
    appearance::{Look, SCALES},
    cx::Cx,
    screens::welcome::languages,
    theme::space,
    widgets::{choice::choice, page},
};
use egui::Ui;

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    page::subtitle(ui, &cx.texts.get("settings-language"));
    choice(ui, cx.theme, &mut cx.appearance.language, &languages());
    ui.add_space(space::L);
    page::subtitle(ui, &cx.texts.get("settings-colours"));
    let looks = [
        (Look::Dark, cx.texts.get("settings-dark")),
        (Look::Light, cx.texts.get("settings-light")),
        (Look::Contrast, cx.texts.get("settings-contrast")),
    ];
    choice(ui, cx.theme, &mut cx.appearance.look, &looks);
    ui.add_space(space::L);
    page::subtitle(ui, &cx.texts.get("settings-scale"));
    let scales = SCALES.map(|scale| (scale, format!("{:.0} %", scale * 100.0)));
    choice(ui, cx.theme, &mut cx.appearance.scale, &scales);
}
