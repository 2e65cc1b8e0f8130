//! A page without the program around it: what the engine would tell, a test tells. So a page is seen at a turn that no real
//! device takes on purpose.

use super::{
    appearance::Appearance,
    cx::{Cx, Wishes},
    engine::tests::idle,
    escape::Escape,
    eyes::Eyes,
    fonts,
    model::Model,
    screens::{Aside, Sending},
    theme::Theme,
    times::Now,
};
use crate::text::{Language, Texts};
use egui::{Ui, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use jiff::tz::TimeZone;
use nyx_p2p::{Event, Reach, RequestId, Told};
use std::time::Duration;
use tempfile::TempDir;

/// What a page has in hand.
pub(super) struct Rehearsal {
    model: Model,
    wishes: Wishes,
    appearance: Appearance,
    texts: Texts,
    theme: Theme,
    now: Now,
    eyes: Eyes,
    reach: Reach,
    aside: Aside,
    sending: Sending,
    is_dressed: bool,
    // Goes after the engine.
    _home: TempDir,
}

impl Rehearsal {
    /// Draws a page each frame.
    pub(super) fn of<P: 'static>(
        language: Language,
        page: P,
        mut show: impl FnMut(&mut P, &mut Ui, &mut Cx<'_>) + 'static,
    ) -> Harness<'static, (Self, P)> {
        let mut window = Harness::builder().with_size([1000.0, 700.0]).build_ui_state(
            move |ui, (rehearsal, page): &mut (Self, P)| {
                if !std::mem::replace(&mut rehearsal.is_dressed, true) {
                    fonts::install(ui.ctx());
                    rehearsal.theme.apply(ui.ctx());
                    return ui.ctx().request_repaint();
                }
                rehearsal.with(|cx| show(page, ui, cx));
            },
            (Self::new(language), page),
        );
        window.run_steps(2);
        window
    }

    fn new(language: Language) -> Self {
        let (engine, home) = idle();
        let appearance = Appearance { language, ..Appearance::default() };
        Self {
            model: Model::default(),
            wishes: Wishes::new(engine),
            appearance,
            texts: Texts::of(language),
            theme: Theme::of(appearance.look),
            now: Now::within(0, TimeZone::UTC),
            eyes: Eyes::default(),
            reach: Reach { interfaces: vec!["lo".into()], ..Reach::default() },
            aside: Aside::default(),
            sending: Sending::default(),
            is_dressed: false,
            _home: home,
        }
    }

    /// Carries something out as a page does.
    pub(super) fn with<R>(&mut self, act: impl FnOnce(&mut Cx<'_>) -> R) -> R {
        let mut cx = Cx {
            model: &self.model,
            texts: &self.texts,
            theme: &self.theme,
            appearance: &mut self.appearance,
            now: &self.now,
            passed: Duration::ZERO,
            eyes: &self.eyes,
            reach: &self.reach,
            escape: Escape::Nothing,
            aside: &mut self.aside,
            sending: &mut self.sending,
            wishes: &mut self.wishes,
        };
        let acted = act(&mut cx);
        for id in self.wishes.watched.drain(..) {
            self.model.jobs.watch(id);
        }
        for id in self.wishes.forgotten.drain(..) {
            self.model.jobs.forget(id);
        }
        acted
    }

    /// What the real engine says to this command nobody hears.
    pub(super) fn tell(&mut self, by: RequestId, events: Vec<Event>) {
        for event in events {
            self.model.fold(Told { by: Some(by), event });
        }
    }

    pub(super) const fn texts(&self) -> &Texts {
        &self.texts
    }
}

/// Whether a sentence of this name is on the page.
pub(super) fn says<P>(window: &Harness<'_, (Rehearsal, P)>, name: &str) -> bool {
    let sentence = window.state().0.texts().get(name);
    window.query_all_by_label_contains(&sentence).next().is_some()
}

/// Whether a button of this name is on the page.
pub(super) fn offers<P>(window: &Harness<'_, (Rehearsal, P)>, name: &str) -> bool {
    let name = window.state().0.texts().get(name);
    window.query_by_role_and_label(Role::Button, &name).is_some()
}
