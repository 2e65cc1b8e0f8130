//! What a meeting may reach, as a person chose it.

use super::failing::NetTrouble;
use nyx_net::{
    policy::{Contradiction, Grant, IceServer, Settings},
    signal::Service,
};
use std::sync::Arc;

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
}

impl Reach {
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
