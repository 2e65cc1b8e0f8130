//! What a meeting may use: which networks, which service, and where the other device can be called.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{button, choice::choice, field},
};
use egui::Ui;
use nyx_p2p::Reach;
use std::net::{AddrParseError, SocketAddr};

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Ways {
    way: Way,
    service: String,
    /// Where the other device says that it can be called.
    address: String,
    is_open: bool,
    /// The address is none.
    is_no_address: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Way {
    #[default]
    Any,
    Lan,
    Relay,
}

/// What a meeting needs of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Need {
    /// Nothing; it shows its code.
    Nothing,
    /// There is no doing without a service.
    Service,
    /// It reads a code, so it can call the device that shows it.
    Address,
}

impl Ways {
    /// Shows what is seldom wanted, once somebody asks for it, and the service where there is no doing without one.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, need: Need) {
        let hides = cx.model.settings.hide_address;
        if hides && self.way == Way::Any {
            field::hint(ui, cx.theme, &cx.texts.get("meet-hidden"));
        }
        let lacks_service = need == Need::Service && !self.has_service(cx);
        let is_told = self.is_open || lacks_service || self.way != Way::Any || !self.service.is_empty();
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
        self.show_service(ui, cx, need);
        if need == Need::Address && self.calls(hides) {
            let edit = field::field(ui, cx.theme, "address", &cx.texts.get("meet-address"), &mut self.address);
            self.is_no_address &= !edit.changed();
            if self.is_no_address {
                field::problem(ui, cx.theme, &cx.texts.get("meet-address-none"));
            }
        }
    }

    /// Shows it from now on: something of it is in the way of meeting.
    pub(super) fn open(&mut self) {
        self.is_open = true;
    }

    /// Whether a service is named, here or for all meetings.
    pub(super) fn has_service(&self, cx: &Cx<'_>) -> bool {
        !self.service.trim().is_empty() || cx.model.settings.service.is_some() || cx.reach.signal.is_some()
    }

    /// As the engine has it. What is set for all meetings, it knows. `None`: the address is none, and that is said.
    pub(super) fn reach(&mut self, cx: &Cx<'_>) -> Option<Reach> {
        let within = cx.reach;
        let service = self.service.trim();
        let mut at = within.at.clone();
        if self.calls(cx.model.settings.hide_address) {
            match addresses(&self.address) {
                Ok(addresses) => at.extend(addresses),
                Err(_) => {
                    (self.is_open, self.is_no_address) = (true, true);
                    return None;
                }
            }
        }
        Some(Reach {
            lan_only: within.lan_only || self.way == Way::Lan,
            relay_only: within.relay_only || self.way == Way::Relay,
            signal: if service.is_empty() { within.signal.clone() } else { Some(service.to_owned()) },
            interfaces: within.interfaces.clone(),
            at,
        })
    }

    fn show_service(&mut self, ui: &mut Ui, cx: &Cx<'_>, need: Need) {
        let name = match &cx.model.settings.service {
            Some(kept) => {
                if self.way != Way::Lan {
                    let kept = [("service", kept.as_str().into())];
                    field::hint(ui, cx.theme, &cx.texts.with("meet-service-kept", &kept));
                }
                "meet-service-other"
            }
            None if need == Need::Service => "meet-service",
            None => "meet-service-optional",
        };
        field::field(ui, cx.theme, "service", &cx.texts.get(name), &mut self.service);
    }

    /// Whether this device may call another one on its network.
    fn calls(&self, hides: bool) -> bool {
        match self.way {
            Way::Any => !hides,
            Way::Lan => true,
            Way::Relay => false,
        }
    }
}

/// As a person types them: one, or several with something between.
fn addresses(typed: &str) -> Result<Vec<SocketAddr>, AddrParseError> {
    let parts = typed.split([',', ';', ' ']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::parse).collect()
}
