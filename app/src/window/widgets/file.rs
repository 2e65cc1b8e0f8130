//! The name of a file: typed, or chosen with the desktop's picker.

use super::field;
use crate::window::{cx::Cx, desktop::pick::Pick, theme::space};
use egui::{Button, Response, Ui, vec2};
use std::path::PathBuf;

/// A field with a button beside it.
#[derive(Debug, Default)]
pub(crate) struct FileField {
    name: String,
    pick: Option<Pick>,
}

/// What is chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// A file that is there.
    Existing,
    /// A new file; it may be called so.
    New(&'a str),
}

impl FileField {
    /// Shows it under its name; tells whether another file was named.
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, name: &str, wanted: Wanted<'_>) -> bool {
        let mut is_changed = false;
        if let Some(picked) = self.pick.as_ref().and_then(Pick::poll) {
            self.pick = None;
            if let Some(path) = picked.first() {
                self.name = path.to_string_lossy().into_owned();
                is_changed = true;
            }
        }
        let choose = cx.texts.get("window-choose-file");
        let field = field::field_beside(ui, cx.theme, "file", name, &mut self.name, |ui| {
            let button = Button::new(&choose).min_size(vec2(0.0, FIELD_HEIGHT));
            ui.add(button)
        });
        let (edit, button): (Response, Response) = field;
        // A second one would only hide the first.
        if button.clicked() && self.pick.is_none() {
            self.pick = Some(match wanted {
                Wanted::Existing => Pick::file(ui.ctx(), name.to_owned()),
                Wanted::New(suggested) => Pick::save(ui.ctx(), name.to_owned(), suggested.to_owned()),
            });
        }
        ui.add_space(space::XS);
        is_changed || edit.changed()
    }

    /// Which file, if one was named.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        let name = self.name.trim();
        (!name.is_empty()).then(|| PathBuf::from(name))
    }
}

/// As high as the field beside it.
const FIELD_HEIGHT: f32 = 36.0;
