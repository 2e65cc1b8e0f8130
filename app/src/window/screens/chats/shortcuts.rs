//! What keys do.

use crate::window::{cx::Cx, theme::space};
use egui::{Grid, Id, Key, Modal, Modifiers, RichText, ScrollArea, Ui};

/// Draws it; whether it is to be closed.
pub(super) fn show(ui: &Ui, cx: &Cx<'_>) -> bool {
    let mut is_closed = false;
    let shown = Modal::new(Id::unique("shortcuts")).frame(cx.theme.card()).show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() - 64.0).min(460.0));
        ui.label(RichText::new(cx.texts.get("shortcuts-title")).heading());
        ui.add_space(space::S);
        ScrollArea::vertical().id_salt("shortcuts").max_height((room.height() - 200.0).max(120.0)).show(ui, |ui| {
            Grid::new("shortcuts").num_columns(2).spacing([space::L, space::S]).show(ui, |ui| {
                ui.spacing_mut().interact_size.y = 18.0;
                for (keys, does) in SHORTCUTS {
                    ui.label(RichText::new(keys).monospace().color(cx.theme.palette.accent));
                    ui.label(cx.texts.get(does));
                    ui.end_row();
                }
            });
        });
        ui.add_space(space::S);
        let close = ui.button(cx.texts.get("dialog-close"));
        if ui.memory(|memory| memory.focused().is_none()) {
            close.request_focus();
        }
        is_closed = close.clicked() || ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F1));
    });
    is_closed || shown.should_close()
}

const SHORTCUTS: [(&str, &str); 21] = [
    ("Enter", "shortcut-send"),
    ("Shift+Enter", "shortcut-line"),
    ("Up", "shortcut-edit-newest"),
    ("Esc", "shortcut-leave"),
    ("Page Up/Down", "shortcut-page"),
    ("Ctrl+F", "shortcut-search-here"),
    ("Ctrl+Shift+F", "shortcut-search"),
    ("Tab", "shortcut-next"),
    ("Up/Down", "shortcut-move"),
    ("Home/End", "shortcut-ends"),
    ("Shift+Up/Down", "shortcut-select"),
    ("Ctrl+A", "shortcut-select-all"),
    ("Ctrl+C", "shortcut-copy"),
    ("Enter, Shift+F10", "shortcut-menu"),
    ("R", "shortcut-reply"),
    ("E", "shortcut-edit"),
    ("+", "shortcut-react"),
    ("Space", "shortcut-view"),
    ("Delete", "shortcut-delete"),
    ("Ctrl+L", "shortcut-lock"),
    ("F1, Ctrl+/", "shortcut-help"),
];
