//! What a meeting may reach, as a person chose it.

use super::failing::NetTrouble;
use nyx_net::{
    policy::{Contradiction, Grant, IceServer, Settings},
    signal::Service,
};
use nyx_wire::pairing::SignalUrl;
use std::{net::SocketAddr, sync::Arc};

/// What a meeting and its link may reach.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reach {
    /// Nothing may cross a router.
    pub lan_only: bool,
    /// The other device learns no address of this one: everything goes through a relay.
    pub relay_only: bool,
    /// Only these interfaces; empty for all of them but loopback.
    pub interfaces: Vec<String>,
    /// Address of a signalling service.
    pub signal: Option<String>,
    /// Where the other device can be called on this network, as a person typed it: where neither the addresses in its code
    /// nor a search lead there. For codes that are scanned or pasted.
    pub at: Vec<SocketAddr>,
}

impl Reach {
    /// The same for somebody who wants to stay hidden. Whoever says for one meeting that nothing may cross a router
    /// chose that just now, and knows that a device on the same network sees its address there.
    pub(crate) fn hidden(self, is_wanted: bool) -> Self {
        Self { relay_only: self.relay_only || (is_wanted && !self.lan_only), ..self }
    }

    /// The same with the service of all meetings, where this one names none. One that is to stay on this network calls no
    /// service, and does not tell the other device of it.
    pub(crate) fn through(self, service: Option<&str>) -> Self {
        match &self.signal {
            None if !self.lan_only => Self { signal: service.map(str::to_owned), ..self },
            _ => self,
        }
    }

    /// Whether this can be called, and told in a code.
    pub(crate) fn takes(service: &str) -> bool {
        Service::parse(service).is_ok() && SignalUrl::new(service).is_ok()
    }

    /// What may start before any server is known.
    pub(crate) fn grant(&self) -> Result<Arc<Grant>, NetTrouble> {
        Ok(Arc::new(self.settings(Vec::new()).before_servers()?))
    }

    /// What a link may do.
    pub(super) fn link_grant(&self, servers: Vec<IceServer>) -> Result<Grant, NetTrouble> {
        Ok(self.settings(servers).decide()?)
    }

    /// The service that was chosen.
    pub(crate) fn service(&self) -> Result<Option<Service>, NetTrouble> {
        self.signal.as_deref().map(|url| Service::parse(url).map_err(|_| NetTrouble::NotAService)).transpose()
    }

    fn settings(&self, servers: Vec<IceServer>) -> Settings {
        Settings { lan_only: self.lan_only, relay_only: self.relay_only, interfaces: self.interfaces.clone(), servers }
    }
}

impl From<Contradiction> for NetTrouble {
    fn from(contradiction: Contradiction) -> Self {
        match contradiction {
            Contradiction::LanOnlyAndRelayOnly => Self::Contradiction,
            Contradiction::NoRelayKnown => Self::NoRelay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_for_all_meetings_holds_unless_one_stays_on_this_network() {
        let reach = |lan_only, relay_only| Reach { lan_only, relay_only, ..Reach::default() };
        assert_eq!(reach(false, false).hidden(true), reach(false, true));
        assert_eq!(reach(true, false).hidden(true), reach(true, false));
        assert_eq!(reach(false, true).hidden(false), reach(false, true));
        assert_eq!(reach(false, false).hidden(false), reach(false, false));
        let through = |reach: Reach| reach.through(Some("wss://every.day")).signal;
        assert_eq!(through(reach(false, true)).as_deref(), Some("wss://every.day"));
        assert_eq!(through(reach(true, false)), None);
        let named = Reach { signal: Some("wss://this.once".into()), ..Reach::default() };
        assert_eq!(through(named).as_deref(), Some("wss://this.once"));
    }
}
