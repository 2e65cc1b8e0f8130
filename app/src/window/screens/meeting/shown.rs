//! The code that is shown, until the other device has it.

use crate::window::{
    cx::Cx,
    theme::{space, type_scale},
    widgets::{
        code::{self, Wish},
        field,
    },
};
use egui::{Label, RichText, Ui};
use nyx_media::code::Code;
use nyx_p2p::{Event, ShownCode, ShownKind};
use std::time::Duration;
use zeroize::Zeroizing;

/// A code as it is drawn.
pub(super) struct Shown {
    /// Which of the events told it.
    place: usize,
    kind: ShownKind,
    text: Zeroizing<String>,
    /// As squares; `None`: it is typed, or too long to be one.
    squares: Option<Code>,
    /// Where this device can be called, if the other one does not find it.
    at: String,
    /// When it ends, by the clock that goes on while the machine sleeps.
    until: Duration,
}

impl Shown {
    /// Draws the newest of what was told, if it is not drawn yet.
    pub(super) fn follow(shown: &mut Option<Self>, heard: &[Event], now: Duration) {
        let newest = heard.iter().enumerate().rev().find_map(|(place, event)| match event {
            Event::Code(code) => Some((place, code)),
            _ => None,
        });
        let Some((place, code)) = newest else { return };
        if shown.as_ref().is_none_or(|shown| shown.place != place) {
            *shown = Some(Self::of(place, code, now));
        }
    }

    fn of(place: usize, code: &ShownCode, now: Duration) -> Self {
        let text = Zeroizing::new(code.text().to_owned());
        let squares = match code.kind {
            ShownKind::Typed => None,
            // In capitals a link takes fewer squares, and is the same link.
            _ => Code::new(&Zeroizing::new(text.to_ascii_uppercase())).ok(),
        };
        let at = code.at.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Self { place, kind: code.kind, text, squares, at, until: now + code.good_for() }
    }

    pub(super) const fn kind(&self) -> ShownKind {
        self.kind
    }

    /// Shows it; tells whether another one is wanted, because this one has expired.
    pub(super) fn show(&self, ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
        let lead = match self.kind {
            ShownKind::Ticket => "meet-lead-ticket",
            ShownKind::Typed => "meet-lead-typed",
            ShownKind::First => "meet-lead-first",
            ShownKind::Second => "meet-lead-second",
        };
        field::hint(ui, cx.theme, &cx.texts.get(lead));
        ui.add_space(space::S);
        // A second that has begun is still there.
        let left = self.until.saturating_sub(cx.passed).as_secs_f64().ceil() as u64;
        let wish = match &self.squares {
            Some(squares) => code::show(ui, cx.theme, cx.texts, squares, left),
            None => self.show_words(ui, cx, left),
        };
        match wish {
            Some(Wish::Copy) => cx.copy_secret(&self.text),
            Some(Wish::Renew) => return true,
            None => {}
        }
        false
    }

    /// Where to call this device. Seldom needed, so it stands where it takes no room from the code.
    pub(super) fn show_address(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if !self.at.is_empty() {
            ui.add_space(space::S);
            field::hint(ui, cx.theme, &cx.texts.with("meet-shown-address", &[("address", self.at.as_str().into())]));
        }
    }

    /// A number and words, to be typed.
    fn show_words(&self, ui: &mut Ui, cx: &Cx<'_>, left: u64) -> Option<Wish> {
        if left > 0 {
            let text = RichText::new(self.text.as_str()).text_style(type_scale::title());
            ui.add(Label::new(text).wrap());
        }
        code::foot(ui, cx.theme, cx.texts, left, "code-copy-words")
    }
}
