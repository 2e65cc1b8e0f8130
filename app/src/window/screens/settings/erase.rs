//! The end of it.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{button, field, page},
};
use egui::Ui;

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Erase {
    typed: String,
    /// It was asked for, and is done once.
    is_begun: bool,
}

impl Erase {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::caution(ui, cx.theme, &cx.texts.get("settings-erase-lead"));
        ui.add_space(space::S);
        if self.is_begun {
            return page::waiting(ui, cx.theme, &cx.texts.get("settings-erase-running"));
        }
        let word = cx.texts.get("settings-erase-word");
        let name = cx.texts.with("settings-erase-type", &[("word", word.as_str().into())]);
        field::field(ui, cx.theme, "erase", &name, &mut self.typed);
        ui.add_space(space::S);
        let is_sure = self.typed.trim().to_lowercase() == word;
        if button::danger(ui, cx.theme, &cx.texts.get("settings-erase-button"), is_sure).clicked() {
            self.is_begun = true;
            cx.erase();
        }
    }
}
