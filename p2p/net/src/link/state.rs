//! How a link stands, for people and for the engine.

use crate::{interfaces::Local, socket::switch::Pair};
use rtc::peer_connection::transport::{RTCIceCandidate, RTCIceCandidatePair, RTCIceCandidateType};
use std::net::{IpAddr, SocketAddr};

/// How a link stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// Ways are tried.
    Connecting,
    /// Both ends are proven and messages flow.
    Up(Path),
    /// Nothing is heard from the other side. Messages wait; an ICE restart finds a new way.
    Interrupted,
    /// It is over.
    Closed(Closed),
}

/// Which way the packets go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Path {
    /// Both are on one network; no router passes the packets on.
    Lan,
    /// From device to device, across routers.
    Direct,
    /// Through a relay, which sees sizes and times.
    Relay,
}

/// Why a link is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Closed {
    /// This side closed it.
    #[error("closed by this side")]
    Here,
    /// The other side closed it.
    #[error("closed by the other side")]
    ByPeer,
    /// No way was found in time.
    #[error("no way to the other device was found")]
    NoPath,
    /// Somebody was reached and did not prove to be the device that was described: its certificate is another one.
    #[error("the device that answered did not prove to be the one that was described")]
    Unproven,
    /// Somebody was reached, and not enough of what both say to prove themselves has arrived.
    #[error("the device that answered was not heard well enough to prove itself")]
    Unfinished,
    /// The other side does not keep to the protocol.
    #[error("the other device does not keep to the protocol")]
    Protocol,
    /// The connection ended without a word and can't be restarted.
    #[error("the connection was lost")]
    Lost,
}

impl Path {
    pub(super) fn of(pair: &RTCIceCandidatePair, locals: &[Local]) -> Self {
        let (local, remote) = (pair.local(), pair.remote());
        if [local.typ, remote.typ].contains(&RTCIceCandidateType::Relay) {
            return Self::Relay;
        }
        let remote: Option<IpAddr> = remote.address.parse().ok();
        match remote {
            Some(remote) if locals.iter().any(|local| local.is_on_link(remote)) => Self::Lan,
            _ => Self::Direct,
        }
    }
}

/// The addresses between which packets go, unless a relay passes them on.
pub(super) fn direct(chosen: &RTCIceCandidatePair) -> Option<Pair> {
    let (local, remote) = (chosen.local(), chosen.remote());
    if [local.typ, remote.typ].contains(&RTCIceCandidateType::Relay) {
        return None;
    }
    Some(Pair { local: base(local)?, remote: address(&remote.address, remote.port)? })
}

/// The socket behind a candidate. Others see a reflexive one at an address of a router.
fn base(local: &RTCIceCandidate) -> Option<SocketAddr> {
    match local.typ {
        RTCIceCandidateType::Srflx | RTCIceCandidateType::Prflx if !local.related_address.is_empty() => {
            address(&local.related_address, local.related_port)
        }
        _ => address(&local.address, local.port),
    }
}

fn address(text: &str, port: u16) -> Option<SocketAddr> {
    Some(SocketAddr::new(text.parse().ok()?, port))
}
