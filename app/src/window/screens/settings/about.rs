//! What this is, and what protects what.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{field, page},
};
use egui::{Label, RichText, Ui};

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let version = [("version", env!("CARGO_PKG_VERSION").into())];
    ui.add(Label::new(cx.texts.with("about-version", &version)).wrap());
    ui.add_space(space::M);
    page::subtitle(ui, &cx.texts.get("about-protections"));
    for (name, how) in PROTECTIONS {
        ui.add(Label::new(RichText::new(cx.texts.get(name)).strong()).wrap());
        field::hint(ui, cx.theme, &cx.texts.get(how));
        ui.add_space(space::XS);
    }
    ui.add_space(space::M);
    page::subtitle(ui, &cx.texts.get("about-licences"));
    field::hint(ui, cx.theme, &cx.texts.get("about-licence"));
    field::hint(ui, cx.theme, &cx.texts.get("about-fonts"));
}

/// What there is today; what is not built yet is not named.
const PROTECTIONS: [(&str, &str); 6] = [
    ("about-vault", "about-vault-how"),
    ("about-password", "about-password-how"),
    ("about-files", "about-files-how"),
    ("about-identity", "about-identity-how"),
    ("about-backup", "about-backup-how"),
    ("about-memory", "about-memory-how"),
];
