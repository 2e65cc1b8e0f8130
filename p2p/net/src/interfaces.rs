//! The addresses of this machine, as they are now.

use crate::policy::Grant;
use std::{
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::Arc,
};

/// One address of one interface.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Local {
    /// The name of the interface.
    pub interface: String,
    /// Its address.
    pub address: IpAddr,
    /// How many leading bits the network has in common.
    pub prefix: u8,
}

/// The addresses that a grant allows to bind, asked for anew each time: an ICE restart after a change of network binds
/// what is there then.
#[derive(Clone, Debug)]
pub struct Interfaces(Arc<Grant>);

impl Interfaces {
    /// Those of a grant.
    pub fn new(grant: Arc<Grant>) -> Self {
        Self(grant)
    }

    /// What is there now.
    pub fn now(&self) -> io::Result<Vec<Local>> {
        let mut locals: Vec<_> = if_addrs::get_if_addrs()?
            .into_iter()
            .map(Local::from)
            .filter(|local| local.is_usable() && self.0.may_bind(local))
            .collect();
        locals.truncate(MAX_LOCALS);
        Ok(locals)
    }
}

/// Whether an address is one of this machine, whatever is granted. Where the system does not say it may be.
pub(crate) fn is_own(address: IpAddr) -> bool {
    if_addrs::get_if_addrs().map_or(true, |all| all.iter().any(|one| one.ip() == address.to_canonical()))
}

/// One socket an address, on a port of the system's choice.
impl ToSocketAddrs for Interfaces {
    type Iter = std::vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let addresses: Vec<_> = self.now()?.into_iter().map(|local| SocketAddr::new(local.address, 0)).collect();
        Ok(addresses.into_iter())
    }
}

impl Local {
    /// Whether a datagram to this address stays on the network of this interface.
    pub fn is_on_link(&self, other: IpAddr) -> bool {
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32u32.saturating_sub(self.prefix.into())).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128u32.saturating_sub(self.prefix.into())).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }

    /// An IPv6 link-local address means nothing without its interface, which no candidate can carry. The IPv4 ones are
    /// what two machines on one cable have.
    fn is_usable(&self) -> bool {
        match self.address {
            IpAddr::V4(address) => !address.is_unspecified(),
            IpAddr::V6(address) => !address.is_unspecified() && !address.is_unicast_link_local(),
        }
    }
}

impl From<if_addrs::Interface> for Local {
    fn from(interface: if_addrs::Interface) -> Self {
        let prefix = match &interface.addr {
            if_addrs::IfAddr::V4(v4) => v4.prefixlen,
            if_addrs::IfAddr::V6(v6) => v6.prefixlen,
        };
        Self { address: interface.ip(), interface: interface.name, prefix }
    }
}

/// Each address is a socket and a candidate; container hosts have hundreds of interfaces.
const MAX_LOCALS: usize = 16;
