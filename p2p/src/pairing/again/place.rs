//! The standing place: every way on which the other device may turn up, for as long as anybody looks for it. Rooms where both
//! remember them to be, the service, and this network, whatever addresses the two have by now.

use super::Known;
use crate::pairing::{
    carriers::{Carriers, WayId},
    hosted::Hosted,
    reach::Reach,
    ways,
};
use nyx_crypto::{moving::meeting_secret, pairing::room_id};
use nyx_net::{
    carrier::CarrierEvent,
    policy::{Grant, IceServer},
    signal::{RoomId, Service, SignalClient},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The ways, and what is heard on them.
pub(super) struct Place {
    grant: Option<Arc<Grant>>,
    room: RoomId,
    /// Where somebody typed that the other device is.
    at: Vec<SocketAddr>,
    /// Whether the places are this device's own.
    hosts: bool,
    carriers: Carriers,
    taken: Vec<(WayId, Way)>,
    /// Those that have ended, and when to try them anew.
    left: Vec<Way>,
    again_at: Option<Instant>,
    heard_on: Option<WayId>,
}

/// One way to the other device.
#[derive(Clone, Debug)]
enum Way {
    /// A room that one of the two hosts.
    Hosted(SocketAddr, Service),
    /// A room of a service that others run.
    Service(Service),
    /// A search of this network.
    Search,
}

impl Place {
    /// Goes wherever the other may be. A service that a person names now comes before the one of then.
    pub(super) async fn open(reach: &Reach, known: &Known, hosted: &mut Hosted) -> Self {
        let grant = reach.grant().ok();
        if known.way.hosts
            && hosted.addresses().is_empty()
            && let Some(grant) = &grant
        {
            *hosted = Hosted::again(grant, &known.way.places());
        }
        let room = room_id(&meeting_secret(&known.resume));
        hosted.open(room);
        let chosen = reach.signal.as_deref();
        let then = known.way.signal.as_deref().filter(|then| Some(*then) != chosen);
        let parsed = |url: Option<&str>| url.and_then(|url| Service::parse(url).ok());
        // Who did not show the code has it from there.
        let then = parsed(then).map(|service| if known.way.hosts { service } else { service.followed() });
        let services = parsed(chosen).into_iter().chain(then);
        let places = known.way.places();
        let hosted = places.iter().filter_map(|place| Some(Way::Hosted(*place, room_at(*place)?)));
        let left = hosted.chain(services.map(Way::Service)).chain([Way::Search]).collect();
        let mut place = Self {
            grant,
            room,
            at: reach.at.clone(),
            hosts: known.way.hosts,
            carriers: Carriers::standing(),
            taken: Vec::new(),
            left,
            again_at: None,
            heard_on: None,
        };
        place.take().await;
        place
    }

    /// Takes the ways that are not taken; whether there is one more now.
    async fn take(&mut self) -> bool {
        self.again_at = None;
        let Some(grant) = self.grant.clone() else { return false };
        let before = self.taken.len();
        for way in std::mem::take(&mut self.left) {
            match self.take_one(&grant, &way).await {
                Some(taken) => self.taken.push((taken, way)),
                // Not with the addresses that this machine has just now.
                None => self.try_anew(way),
            }
        }
        self.taken.len() > before
    }

    async fn take_one(&mut self, grant: &Arc<Grant>, way: &Way) -> Option<WayId> {
        let client = |service: &Service| SignalClient::start(Arc::clone(grant), service.clone());
        match way {
            // What came with the other device's code must not lead into this machine.
            Way::Hosted(place, _) if !self.hosts && ways::callable(grant, &[*place]).is_empty() => None,
            Way::Hosted(_, service) => Some(self.carriers.add_hosted(client(service), self.room).await),
            Way::Service(service) => Some(self.carriers.add_service(client(service), self.room).await),
            Way::Search => ways::search(&mut self.carriers, grant, self.room, &self.at).await.map(|(way, _)| way),
        }
    }

    /// A way has ended; it is tried anew soon.
    fn leave(&mut self, ended: WayId) {
        if let Some(at) = self.taken.iter().position(|(taken, _)| *taken == ended) {
            let (_, way) = self.taken.swap_remove(at);
            self.try_anew(way);
        }
    }

    fn try_anew(&mut self, way: Way) {
        self.left.push(way);
        self.again_at.get_or_insert_with(|| Instant::now() + ANEW);
    }

    /// Says a frame on every way.
    pub(super) fn say(&self, frame: &[u8]) {
        self.carriers.send(frame);
    }

    /// The frame that is heard next; `None`: say again what matters.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let again = self.again_at;
            let anew = async move {
                match again {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                (way, event) = self.carriers.next() => match event {
                    CarrierEvent::Frame(frame) => {
                        self.heard_on = Some(way);
                        return Some(frame);
                    }
                    // Somebody's old seat, or a room that was over: there is room again soon.
                    CarrierEvent::Ended(_) => self.leave(way),
                    event if event.asks_again() => return None,
                    _ => {}
                },
                () = anew => if self.take().await {
                    return None;
                },
            }
        }
    }

    /// The servers that the service knows in whose room the other was heard.
    pub(super) fn servers(&self) -> impl Future<Output = Vec<IceServer>> + use<> {
        self.carriers.servers(self.heard_on)
    }
}

fn room_at(place: SocketAddr) -> Option<Service> {
    Service::parse(&format!("ws://{place}")).ok()
}

/// As long as a service needs to notice that somebody's connection has ended.
const ANEW: Duration = Duration::from_secs(2);
