//! The meeting place that the side which shows a code hosts for its own peer: the signalling service as a library, on the
//! addresses of this network, as long as the meeting lasts.

use nyx_net::{Interfaces, policy::Grant};
use nyx_signal::{Limits, Options, Server};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::sync::oneshot;

/// Places that are hosted. Dropping them ends them.
#[derive(Debug, Default)]
pub(crate) struct Hosted {
    addresses: Vec<SocketAddr>,
    _stops: Vec<oneshot::Sender<()>>,
}

impl Hosted {
    /// Hosts on what the policy grants; nowhere, if it grants nothing or the system refuses.
    pub(super) async fn begin(grant: &Arc<Grant>) -> Self {
        let mut hosted = Self::default();
        if !grant.drivers.lan_room {
            return hosted;
        }
        let mut own: Vec<IpAddr> = match Interfaces::new(Arc::clone(grant)).now() {
            Ok(locals) => locals.into_iter().map(|local| local.address).collect(),
            Err(error) => {
                tracing::warn!(%error, "the addresses of this machine can't be read");
                return hosted;
            }
        };
        // Each address costs room in the code, an IPv6 one three times as much.
        own.sort_by_key(IpAddr::is_ipv6);
        for address in own.into_iter().take(PLACES_MAX) {
            hosted.host((address, 0).into()).await;
        }
        hosted
    }

    /// Hosts where it did before, for somebody who remembers; on what the policy still grants and the machine still has.
    pub(super) async fn again(grant: &Arc<Grant>, places: &[SocketAddr]) -> Self {
        let mut hosted = Self::default();
        let own = Interfaces::new(Arc::clone(grant)).now().unwrap_or_default();
        for place in places.iter().filter(|_| grant.drivers.lan_room).take(PLACES_MAX) {
            if own.iter().any(|local| local.address == place.ip()) {
                hosted.host(*place).await;
            }
        }
        hosted
    }

    /// One instance an address: a listener for all of them would listen where nothing was granted.
    async fn host(&mut self, place: SocketAddr) {
        match Server::bind(place, options()).await.and_then(|server| Ok((server.local_addr()?, server))) {
            Ok((address, server)) => {
                let (stop, stopped) = oneshot::channel::<()>();
                tokio::spawn(server.run(async {
                    // Dropped or told, it is over.
                    let _ = stopped.await;
                }));
                self.addresses.push(address);
                self._stops.push(stop);
            }
            Err(error) => tracing::debug!(%error, "an address can't be listened on"),
        }
    }

    /// Where they are.
    pub(super) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

/// For one pair, and a few who came to the wrong door.
fn options() -> Options {
    let limits = Limits {
        rooms: 8,
        rooms_per_address: 8,
        rooms_per_connection: 2,
        connections: 32,
        connections_per_address: 8,
        numbers: 0,
        // The meeting is over when its host says so.
        drain_secs: 0,
        ..Limits::default()
    };
    Options { limits, ..Options::default() }
}

/// A ticket has room for eight IPv4 addresses without anything else; a machine with more networks than this is a router.
const PLACES_MAX: usize = 4;
