//! First start: the ways to an account.

use super::{Route, unfinished_in_words};
use crate::{
    text::Language,
    window::{
        cx::Cx,
        theme::{space, type_scale},
        widgets::{button, choice::choice, field, page},
    },
};
use egui::{Label, RichText, Ui};

/// Nothing to hold: it only points on.
#[derive(Default)]
pub(crate) struct Welcome {}

impl Welcome {
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        page::page(ui, cx.theme, "welcome", |ui| {
            page::title(ui, "Nyx");
            let lead = RichText::new(cx.texts.get("welcome-lead")).text_style(type_scale::lead());
            ui.add(Label::new(lead).wrap());
            ui.add_space(space::M);
            if let Some(unfinished) = &cx.model.unfinished {
                field::caution(ui, cx.theme, &unfinished_in_words(cx, unfinished));
                if button::primary(ui, cx.theme, &cx.texts.get("moving-go-on"), true).clicked() {
                    cx.go(Route::Receive);
                }
                ui.add_space(space::M);
            }
            if button::primary(ui, cx.theme, &cx.texts.get("welcome-create"), true).clicked() {
                cx.go(Route::Create);
            }
            ui.add_space(space::M);
            field::label(ui, cx.theme, &cx.texts.get("welcome-have-one"));
            if button::secondary(ui, &cx.texts.get("welcome-receive"), true).clicked() {
                cx.go(Route::Receive);
            }
            if button::secondary(ui, &cx.texts.get("welcome-recover"), true).clicked() {
                cx.go(Route::Recover);
            }
            if button::secondary(ui, &cx.texts.get("welcome-restore"), true).clicked() {
                cx.go(Route::Restore);
            }
            ui.add_space(space::M);
            ui.separator();
            choice(ui, cx.theme, &mut cx.appearance.language, &languages());
        });
    }
}

/// Each language in its own words: who reads no other one finds it.
pub(super) fn languages() -> [(Language, String); 2] {
    [(Language::English, "English".to_owned()), (Language::Indonesian, "Bahasa Indonesia".to_owned())]
}
