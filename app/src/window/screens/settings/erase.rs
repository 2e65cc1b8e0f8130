//! The end of it.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{button, field},
};
use egui::Ui;

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Erase {
    typed: String,
}

impl Erase {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::caution(ui, cx.theme, &cx.texts.get("settings-erase-lead"));
        ui.add_space(space::S);
        let word = cx.texts.get("settings-erase-word");
        let name = cx.texts.with("settings-erase-type", &[("word", word.as_str().into())]);
        field::field(ui, cx.theme, "erase", &name, &mut self.typed);
        ui.add_space(space::S);
        let is_sure = self.typed.trim().to_lowercase() == word;
        if button::danger(ui, cx.theme, &cx.texts.get("settings-erase-button"), is_sure).clicked() {
            cx.erase();
        }
    }
}
