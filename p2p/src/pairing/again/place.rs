//! The standing place: every room in which the other device may turn up, for as long as anybody looks for it.

use super::Known;
use crate::pairing::{
    carriers::{Carriers, WayId},
    hosted::Hosted,
    reach::Reach,
};
use nyx_crypto::{moving::meeting_secret, pairing::room_id};
use nyx_net::{
    carrier::CarrierEvent,
    policy::{Grant, IceServer},
    signal::{RoomId, Service, SignalClient},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The rooms.
pub(super) struct Place {
    grant: Option<Arc<Grant>>,
    room: RoomId,
    services: Vec<Service>,
    places: Vec<SocketAddr>,
    carriers: Carriers,
    heard_on: Option<WayId>,
    /// When to go in anew, where a room was left by force.
    again_at: Option<Instant>,
}

impl Place {
    /// Goes into every room that there is. A service that a person names now comes before the one of then.
    pub(super) async fn open(reach: &Reach, known: &Known, hosted: &mut Hosted) -> Self {
        let grant = reach.grant().ok();
        if known.way.hosts
            && hosted.addresses().is_empty()
            && let Some(grant) = &grant
        {
            *hosted = Hosted::again(grant, &known.way.places()).await;
        }
        let urls = reach.signal.as_deref().into_iter().chain(known.way.signal.as_deref());
        let mut services: Vec<&str> = urls.collect();
        services.dedup();
        let mut place = Self {
            grant,
            room: room_id(&meeting_secret(&known.resume)),
            services: services.into_iter().filter_map(|url| Service::parse(url).ok()).collect(),
            places: known.way.places(),
            carriers: Carriers::standing(),
            heard_on: None,
            again_at: None,
        };
        place.enter().await;
        place
    }

    async fn enter(&mut self) {
        self.again_at = None;
        self.heard_on = None;
        self.carriers = Carriers::standing();
        let Some(grant) = &self.grant else { return };
        for place in &self.places {
            if let Ok(place) = Service::parse(&format!("ws://{place}")) {
                self.carriers.add_hosted(SignalClient::start(Arc::clone(grant), place), self.room).await;
            }
        }
        for service in &self.services {
            self.carriers.add_service(SignalClient::start(Arc::clone(grant), service.clone()), self.room).await;
        }
    }

    /// Says a frame in every room.
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
                    CarrierEvent::Ended(_) => {
                        self.again_at.get_or_insert_with(|| Instant::now() + ANEW);
                    }
                    event if event.asks_again() => return None,
                    _ => {}
                },
                () = anew => {
                    self.enter().await;
                    return None;
                }
            }
        }
    }

    /// The servers that the service knows in whose room the other was heard.
    pub(super) fn servers(&self) -> impl Future<Output = Vec<IceServer>> + use<> {
        self.carriers.servers(self.heard_on)
    }
}

/// As long as a service needs to notice that somebody's connection has ended.
const ANEW: Duration = Duration::from_secs(2);
