//! What a `nyx:` link leads to. Such a link introduces a device or a person; as long as Nyx cannot meet either, it says so.

use super::{
    theme::{Theme, space},
    widgets::button,
};
use crate::text::Texts;
use egui::{Context, Id, Modal};

/// Says it; tells whether it is still to be said.
pub(super) fn show(ctx: &Context, theme: &Theme, texts: &Texts) -> bool {
    let shown = Modal::new(Id::unique("link")).frame(theme.card()).show(ctx, |ui| {
        ui.set_max_width(360.0);
        ui.heading(texts.get("link-title"));
        ui.label(texts.get("link-later"));
        ui.add_space(space::S);
        button::primary(ui, theme, &texts.get("link-close"), true).clicked()
    });
    !shown.inner && !shown.should_close()
}
