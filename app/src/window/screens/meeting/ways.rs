//! What a meeting may use: which networks, and which service.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{button, choice::choice, field},
};
use egui::Ui;
use nyx_p2p::Reach;

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Ways {
    way: Way,
    service: String,
    is_open: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Way {
    #[default]
    Any,
    Lan,
    Relay,
}

impl Ways {
    /// Shows what is seldom wanted, once somebody asks for it, and the service where there is no doing without one.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, needs_service: bool) {
        let hides = cx.model.settings.hide_address;
        if hides && self.way == Way::Any {
            field::hint(ui, cx.theme, &cx.texts.get("meet-hidden"));
        }
        let is_told = self.is_open || needs_service || self.way != Way::Any || !self.service.is_empty();
        if !is_told {
            if button::quiet(ui, cx.theme, &cx.texts.get("meet-ways")).clicked() {
                self.is_open = true;
            }
            return;
        }
        ui.add_space(space::XS);
        field::label(ui, cx.theme, &cx.texts.get("meet-reach"));
        let ways = [
            (Way::Any, cx.texts.get("meet-reach-any")),
            (Way::Lan, cx.texts.get("meet-reach-lan")),
            (Way::Relay, cx.texts.get("meet-reach-relay")),
        ];
        choice(ui, cx.theme, &mut self.way, &ways);
        let name = if needs_service { "meet-service" } else { "meet-service-optional" };
        field::field(ui, cx.theme, "service", &cx.texts.get(name), &mut self.service);
    }

    /// As the engine has it. What is set for all meetings, it knows.
    pub(super) fn reach(&self, within: &Reach) -> Reach {
        let service = self.service.trim();
        Reach {
            lan_only: within.lan_only || self.way == Way::Lan,
            relay_only: within.relay_only || self.way == Way::Relay,
            signal: if service.is_empty() { within.signal.clone() } else { Some(service.to_owned()) },
            interfaces: within.interfaces.clone(),
            at: within.at.clone(),
        }
    }
}
