//! How this device stands on its networks, and how fast the link to another one is.

mod look;
mod service;

use crate::window::{
    cx::Cx,
    screens::meeting::{Meeting, Purpose, met},
    theme::space,
    widgets::{button, field, page},
};
use egui::{Label, Ui};
use look::Look;
use nyx_p2p::{CarriedCode, Command, Event, Measured, MeetingKind, Path};
use service::Service;
use std::time::Instant;

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Connection {
    look: Look,
    service: Service,
    meeting: Meeting,
    /// When the measuring began.
    began: Option<Instant>,
}

impl Connection {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.meeting.settle(cx);
        let is_meeting = self.meeting.is_running(cx) || self.meeting.has_met(cx);
        if !is_meeting {
            self.meeting.show_end(ui, cx);
            page::subtitle(ui, &cx.texts.get("connection-here"));
            self.look.show(ui, cx);
            ui.add_space(space::L);
        }
        if self.meeting.has_met(cx) {
            page::subtitle(ui, &cx.texts.get("connection-peer"));
            return self.show_met(ui, cx);
        }
        self.began = None;
        if !is_meeting {
            page::subtitle(ui, &cx.texts.get("connection-peer"));
            field::hint(ui, cx.theme, &cx.texts.get("connection-peer-lead"));
            ui.add_space(space::S);
        }
        let mut begin = |meet, reach| Some(Command::CheckLink { meet, reach });
        self.meeting.show(ui, cx, &mut Purpose { accepts: MeetingKind::Check, asked_there: None, begin: &mut begin });
        if !is_meeting {
            ui.add_space(space::L);
            page::subtitle(ui, &cx.texts.get("connection-service"));
            self.service.show(ui, cx);
        }
    }

    /// Somebody followed a link to here.
    pub(super) fn follow(&mut self, code: CarriedCode) {
        self.meeting.follow(code);
    }

    /// Escape ends what goes on before it leaves the page; tells whether anything did.
    pub(super) fn cancel(&mut self, cx: &mut Cx<'_>) -> bool {
        self.meeting.cancel(cx)
    }

    /// Nobody looks at it any more.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.look.leave(cx);
        self.service.leave(cx);
        self.meeting.leave(cx);
    }

    fn show_met(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let heard = self.meeting.heard(cx);
        met::peer(ui, cx, heard);
        self.meeting.warn(ui, cx);
        for event in heard {
            match event {
                Event::Digits(digits) => {
                    field::hint(ui, cx.theme, &cx.texts.get("connection-compare"));
                    met::digits(ui, cx, digits);
                }
                Event::Measured { measured, path } => show_figures(ui, cx, measured, *path),
                _ => {}
            }
        }
        if self.meeting.is_running(cx) {
            page::waiting(ui, cx.theme, &cx.texts.get("connection-measuring"));
            if let Some((done, total)) = self.meeting.task().job(cx).and_then(|job| job.progress) {
                let began = *self.began.get_or_insert_with(Instant::now);
                field::hint(ui, cx.theme, &cx.texts.progress(done, total, began.elapsed()));
            }
            ui.add_space(space::S);
            if button::secondary(ui, &cx.texts.get("window-cancel"), true).clicked() {
                self.meeting.cancel(cx);
            }
            return;
        }
        if self.meeting.is_done(cx) {
            field::success(ui, cx.theme, &cx.texts.get("connection-done"));
        } else {
            self.meeting.task().show_failure(ui, cx);
        }
        ui.add_space(space::S);
        if button::secondary(ui, &cx.texts.get("connection-again"), true).clicked() {
            self.meeting.again(cx);
        }
    }
}

fn show_figures(ui: &mut Ui, cx: &Cx<'_>, measured: &Measured, path: Path) {
    let Measured { round_trip, to_peer, from_peer, .. } = measured;
    let millis = (round_trip.as_secs_f64() * 100_000.0).round() / 100.0;
    let values = [
        ("millis", cx.texts.decimal(millis).into()),
        ("there", cx.texts.bytes(*to_peer).into()),
        ("back", cx.texts.bytes(*from_peer).into()),
        ("path", met::path_in_words(path, cx.texts).into()),
    ];
    ui.add(Label::new(cx.texts.with("check-figures", &values)).wrap());
}
