//! What may start, bind and send: one pure decision, asked before anything else.
//!
//! Everything in this crate takes a [`Grant`] and nothing takes [`Settings`], so that a switch can't be forgotten in
//! one of the drivers. The sockets of a link ask [`Grant::may_send`] for every destination, whatever a description, a
//! peer or a library made of it.

use crate::interfaces::Local;
use nyx_wire::link::CandidateKind;
pub use nyx_wire::signal::IceServer;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What a person has chosen, and what is known of servers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Settings {
    /// Nothing may cross a router.
    pub lan_only: bool,
    /// No peer may learn an address of this machine: everything goes through a relay.
    pub relay_only: bool,
    /// Only these interfaces; empty for all of them but loopback.
    pub interfaces: Vec<String>,
    /// STUN and TURN servers, as a service handed them out or as they are configured.
    pub servers: Vec<IceServer>,
}

/// What follows from the settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    /// Which drivers may start.
    pub drivers: Drivers,
    /// Which candidates may be told and tried.
    pub candidates: Candidates,
    /// Where datagrams may go.
    pub reach: Reach,
    /// Only these interfaces; empty for all of them but loopback.
    pub interfaces: Vec<String>,
    /// What is left of the servers.
    pub servers: Vec<IceServer>,
}

/// The drivers that may start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Drivers {
    /// Announcing and searching on the local network.
    pub lan_discovery: bool,
    /// Hosting the meeting, for peers on the local network.
    pub lan_room: bool,
    /// A signalling service.
    pub signal: SignalReach,
    /// Two codes carried by hand. It needs no socket of its own.
    pub by_hand: bool,
    /// Names may be looked up.
    pub dns: bool,
}

/// Which signalling services may be spoken to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignalReach {
    /// Only one that a peer hosts on this network, named by its address.
    OnLink,
    /// Any.
    Anywhere,
}

/// Candidates that may exist, on both sides of the link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Candidates {
    /// Addresses of this machine's interfaces.
    pub host: bool,
    /// Addresses that a STUN server saw.
    pub reflexive: bool,
    /// Addresses of a relay.
    pub relayed: bool,
}

/// Where datagrams of a link may go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// To addresses on a network that this machine is on itself: no router passes them on.
    OnLink,
    /// To the granted servers, which relay the rest.
    Servers,
    /// Anywhere.
    Anywhere,
}

/// Settings that leave no way.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Contradiction {
    /// Only this network, and only through a relay: no relay is on this network.
    #[error("only the local network and only a relay are both wanted")]
    LanOnlyAndRelayOnly,
    /// Only through a relay, but none is known.
    #[error("only a relay is wanted, and none is known")]
    NoRelayKnown,
}

impl Settings {
    /// The decision.
    pub fn decide(&self) -> Result<Grant, Contradiction> {
        let grant = self.before_servers()?;
        if grant.reach == Reach::Servers && grant.servers.is_empty() {
            return Err(Contradiction::NoRelayKnown);
        }
        Ok(grant)
    }

    /// What may start while a service has not told its servers yet. Where only a relay is wanted a link made of it
    /// reaches nobody.
    pub fn before_servers(&self) -> Result<Grant, Contradiction> {
        let (drivers, candidates, reach) = match (self.lan_only, self.relay_only) {
            (true, true) => return Err(Contradiction::LanOnlyAndRelayOnly),
            (true, false) => (
                Drivers { lan_discovery: true, lan_room: true, signal: SignalReach::OnLink, by_hand: true, dns: false },
                Candidates { host: true, reflexive: false, relayed: false },
                Reach::OnLink,
            ),
            // Announcing on the local network, hosting and describing oneself by hand all tell an own address.
            (false, true) => (
                Drivers {
                    lan_discovery: false,
                    lan_room: false,
                    signal: SignalReach::Anywhere,
                    by_hand: false,
                    dns: true,
                },
                Candidates { host: false, reflexive: false, relayed: true },
                Reach::Servers,
            ),
            (false, false) => (
                Drivers {
                    lan_discovery: true,
                    lan_room: true,
                    signal: SignalReach::Anywhere,
                    by_hand: true,
                    dns: true,
                },
                Candidates { host: true, reflexive: true, relayed: true },
                Reach::Anywhere,
            ),
        };
        let servers: Vec<_> = self.servers.iter().filter(|server| candidates.allow_server(server)).cloned().collect();
        Ok(Grant { drivers, candidates, reach, interfaces: self.interfaces.clone(), servers })
    }
}

impl Candidates {
    /// Whether a candidate of this kind may be told to the peer.
    pub fn allow(&self, kind: CandidateKind) -> bool {
        match kind {
            CandidateKind::Host => self.host,
            CandidateKind::Reflexive => self.reflexive,
            CandidateKind::Relayed => self.relayed,
        }
    }

    fn allow_server(&self, server: &IceServer) -> bool {
        match server.url.split_once(':').map(|(scheme, _)| scheme) {
            Some("stun" | "stuns") => self.reflexive,
            Some("turn" | "turns") => self.relayed,
            _ => false,
        }
    }
}

impl Grant {
    /// Whether an interface may carry a link.
    pub fn may_bind(&self, local: &Local) -> bool {
        if self.interfaces.is_empty() {
            !local.address.is_loopback()
        } else {
            self.interfaces.contains(&local.interface)
        }
    }

    /// Whether a peer's candidate is worth a check. Through a relay everything is reached from the relay, and what the
    /// sockets refuse is not tried in vain.
    pub fn may_try(&self, kind: CandidateKind, address: IpAddr, locals: &[Local]) -> bool {
        match self.reach {
            Reach::OnLink => kind == CandidateKind::Host && on_link(address, locals),
            Reach::Servers | Reach::Anywhere => true,
        }
    }

    /// Whether a datagram may leave. `locals` are the granted addresses of this machine, `servers` the addresses that
    /// the granted servers resolved to.
    pub fn may_send(&self, to: SocketAddr, locals: &[Local], servers: &[SocketAddr]) -> bool {
        match self.reach {
            Reach::OnLink => on_link(to.ip(), locals),
            Reach::Servers => servers.contains(&to),
            Reach::Anywhere => true,
        }
    }

    /// Whether a device at an address may be called for a meeting on this network. A ticket is a stranger's until its
    /// meeting is over, so it must not send us to programs of this machine.
    pub fn may_meet(&self, at: SocketAddr, locals: &[Local]) -> bool {
        let ip = at.ip().to_canonical();
        let is_one_device = !ip.is_unspecified() && !ip.is_multicast() && ip != Ipv4Addr::BROADCAST && at.port() != 0;
        self.drivers.lan_discovery
            && is_one_device
            && match self.reach {
                Reach::OnLink => on_link(ip, locals),
                Reach::Anywhere => !ip.is_loopback() || on_link(ip, locals),
                Reach::Servers => false,
            }
    }

    /// Whether somebody at an address may come to a place that is hosted here.
    pub fn may_admit(&self, from: IpAddr, locals: &[Local]) -> bool {
        self.drivers.lan_room && (self.reach != Reach::OnLink || on_link(from, locals))
    }

    /// Whether a signalling service at an address may be spoken to that somebody else's code names. It is a stranger's until
    /// the meeting is over: it must not send us to programs of this machine, nor to what a cloud or a router tells whoever
    /// is beside it (169.254.169.254), nor in clear text across the internet.
    pub fn may_follow(&self, to: IpAddr, is_encrypted: bool, locals: &[Local]) -> bool {
        let ip = to.to_canonical();
        // Loopback is on link where a person named it as an interface.
        let is_here = on_link(ip, locals);
        let is_one_device = !ip.is_unspecified() && !ip.is_multicast() && ip != Ipv4Addr::BROADCAST && !is_metadata(ip);
        let is_elsewhere = match ip {
            IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local() && (is_encrypted || ip.is_private()),
            IpAddr::V6(ip) => {
                !ip.is_loopback() && !ip.is_unicast_link_local() && (is_encrypted || ip.is_unique_local())
            }
        };
        self.may_signal(ip, locals) && is_one_device && (is_here || is_elsewhere)
    }

    /// Whether a signalling service at an address may be spoken to.
    pub fn may_signal(&self, to: IpAddr, locals: &[Local]) -> bool {
        match self.drivers.signal {
            SignalReach::OnLink => on_link(to, locals),
            SignalReach::Anywhere => true,
        }
    }
}

/// Where clouds tell a machine its secrets. Some machines have a route to it on their own network.
fn is_metadata(ip: IpAddr) -> bool {
    ip == Ipv4Addr::new(169, 254, 169, 254) || ip == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
}

fn on_link(address: IpAddr, locals: &[Local]) -> bool {
    locals.iter().any(|local| local.is_on_link(address))
}

#[cfg(test)]
mod tests;
