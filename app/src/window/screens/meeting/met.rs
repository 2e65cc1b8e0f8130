//! What is said once both devices have met: who the other is, which way the packets go, and whether it still answers.

use crate::text::Texts;
use crate::window::{
    cx::Cx,
    theme::{space, type_scale},
    widgets::field,
};
use egui::{Label, RichText, Ui};
use nyx_p2p::{Digits, Event, Path};

/// Says it.
pub(in crate::window::screens) fn peer(ui: &mut Ui, cx: &Cx<'_>, heard: &[Event]) {
    for event in heard {
        if let Event::Peer { name, path } = event {
            let values = [("name", name.as_str().into()), ("path", path_in_words(*path, cx.texts).into())];
            ui.add(Label::new(cx.texts.with("meeting-peer", &values)).wrap());
        }
    }
    let is_silent = heard.iter().rev().find_map(|event| match event {
        Event::LinkStalled => Some(true),
        Event::LinkResumed => Some(false),
        _ => None,
    });
    if is_silent == Some(true) {
        field::caution(ui, cx.theme, &cx.texts.get("meeting-stalled"));
    }
}

/// The way that packets go.
pub(in crate::window::screens) fn path_in_words(path: Path, texts: &Texts) -> String {
    texts.get(match path {
        Path::Lan => "path-lan",
        Path::Direct => "path-direct",
        Path::Relay => "path-relay",
    })
}

/// Six digits, large enough to be read from one screen to another.
pub(in crate::window::screens) fn digits(ui: &mut Ui, cx: &Cx<'_>, digits: &Digits) {
    let text = digits.groups().map(|group| group.iter().collect::<String>()).join(" ");
    ui.add_space(space::S);
    let shown = ui.add(Label::new(RichText::new(&text).text_style(type_scale::title()).size(DIGITS)).selectable(false));
    ui.ctx().accesskit_node_builder(shown.id, |node| {
        // A label is called what its value is.
        node.set_value(cx.texts.with("meet-digits", &[("digits", text.into())]));
    });
    ui.add_space(space::S);
}

/// Points.
const DIGITS: f32 = 40.0;
