//! The meeting place that the side which shows a code hosts for its own peer: the signalling service as a library, on the
//! addresses of this network, as long as the meeting lasts.

use nyx_net::{Interfaces, listen, policy::Grant, signal::RoomId};
use nyx_signal::{Limits, Options, Private, Server};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::sync::oneshot;

/// Places that are hosted. Dropping them ends them.
#[derive(Debug, Default)]
pub(crate) struct Hosted {
    addresses: Vec<SocketAddr>,
    places: Vec<Arc<Private>>,
    _stops: Vec<oneshot::Sender<()>>,
}

impl Hosted {
    /// Hosts a room on what the policy grants; nowhere, if it grants nothing or the system refuses.
    pub(super) fn begin(grant: &Arc<Grant>, room: RoomId) -> Self {
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
            hosted.host(grant, (address, 0).into());
        }
        hosted.open(room);
        hosted
    }

    /// Hosts where it did before, for somebody who remembers; on what the policy still grants and the machine still has.
    pub(super) fn again(grant: &Arc<Grant>, places: &[SocketAddr]) -> Self {
        let mut hosted = Self::default();
        let own = Interfaces::new(Arc::clone(grant)).now().unwrap_or_default();
        for place in places.iter().filter(|_| grant.drivers.lan_room).take(PLACES_MAX) {
            if own.iter().any(|local| local.address == place.ip()) {
                hosted.host(grant, *place);
            }
        }
        hosted
    }

    /// Hosts a room more: the two have met in one, and come back to another.
    pub(super) fn open(&self, room: RoomId) {
        self.places.iter().for_each(|place| place.open(room));
    }

    /// One instance an address: a listener for all of them would listen where nothing was granted.
    fn host(&mut self, grant: &Arc<Grant>, at: SocketAddr) {
        let private = Arc::new(Private::new(near(grant)));
        let listening = listen(grant, at).and_then(|listener| Server::on(listener, options(&private)));
        match listening.and_then(|server| Ok((server.local_addr()?, server))) {
            Ok((address, server)) => {
                let (stop, stopped) = oneshot::channel::<()>();
                tokio::spawn(server.run(async {
                    // Dropped or told, it is over.
                    let _ = stopped.await;
                }));
                self.addresses.push(address);
                self.places.push(private);
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

/// Who may connect, by the addresses of this machine at that moment.
fn near(grant: &Arc<Grant>) -> impl Fn(IpAddr) -> bool + Send + Sync + 'static {
    let (grant, interfaces) = (Arc::clone(grant), Interfaces::new(Arc::clone(grant)));
    move |from| interfaces.now().is_ok_and(|locals| grant.may_admit(from, &locals))
}

/// For one pair; who else comes is seen to by the place itself.
fn options(private: &Arc<Private>) -> Options {
    let limits = Limits {
        rooms_per_connection: 2,
        connections_per_address: 1024,
        connections: 1024,
        numbers: 0,
        // The meeting is over when its host says so.
        drain_secs: 0,
        ..Limits::default()
    };
    Options { limits, private: Some(Arc::clone(private)), ..Options::default() }
}

/// A ticket has room for eight IPv4 addresses without anything else; a machine with more networks than this is a router.
const PLACES_MAX: usize = 4;
