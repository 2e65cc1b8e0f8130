//! The ways on which a meeting's frames travel, side by side. What is said goes out on each; whichever brings the answer
//! first has won, and nobody needs to decide.

use nyx_net::{
    carrier::{Carrier, CarrierEvent, End, LaneCarrier},
    lan::Lan,
    policy::IceServer,
    signal::{RoomId, SignalClient},
};
use std::{
    future::{pending, poll_fn},
    sync::Arc,
    task::Poll,
    time::Duration,
};
use tokio::time::{Instant, sleep_until, timeout};

/// All ways of one meeting.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    ways: Vec<Way>,
    next: u32,
    reached: bool,
    /// How the last way ended that did; that two others had the seats is not forgotten for another end.
    ended: Option<End>,
    /// Rooms that live as long as somebody is in them.
    standing: bool,
}

/// One of them, whatever becomes of the others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct WayId(u32);

#[derive(Debug)]
struct Way {
    id: WayId,
    carrier: Box<dyn Carrier>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A seat in a room. It ends when the room does, or when there is none to be had.
    Seat(Seat),
    /// A lane of a link that stands already. It ends with the link.
    Lane,
    /// A search of this network. It never ends by itself, so nobody is waited for on its account alone after this.
    Search { until: Instant },
}

/// What a seat in a room hangs on.
#[derive(Debug)]
struct Seat {
    client: Arc<SignalClient>,
    room: RoomId,
    /// A service that others run may know STUN and TURN servers; a place that a device hosts for its own meeting does not.
    knows_servers: bool,
}

impl Carriers {
    /// For who comes back to the same room again and again.
    pub(super) fn standing() -> Self {
        Self { standing: true, ..Self::default() }
    }

    /// Adds a lane of a link that stands.
    pub(super) fn add_lane(&mut self, lane: LaneCarrier) {
        self.put(Box::new(lane), Kind::Lane);
    }

    /// Adds a search of this network.
    pub(super) fn add_search(&mut self, lan: Lan) -> WayId {
        self.put(Box::new(lan), Kind::Search { until: Instant::now() + SEARCH_PATIENCE })
    }

    /// Takes a seat in a room of a service that others run.
    pub(super) async fn add_service(&mut self, client: SignalClient, room: RoomId) -> WayId {
        let carrier = Box::new(client.join(room, self.standing).await);
        self.put(carrier, Kind::Seat(Seat { client: Arc::new(client), room, knows_servers: true }))
    }

    /// Takes a seat in a room that one of the two devices hosts.
    pub(super) async fn add_hosted(&mut self, client: SignalClient, room: RoomId) -> WayId {
        let carrier = Box::new(client.join(room, self.standing).await);
        self.put(carrier, Kind::Seat(Seat { client: Arc::new(client), room, knows_servers: false }))
    }

    fn put(&mut self, carrier: Box<dyn Carrier>, kind: Kind) -> WayId {
        let id = WayId(self.next);
        self.next += 1;
        self.ways.push(Way { id, carrier, kind });
        id
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }

    /// Whether any of them ever was open.
    pub(super) const fn was_reached(&self) -> bool {
        self.reached
    }

    /// Returns when nobody can be met any more as far as anybody can tell, and with how the rooms ended if there were any: only a
    /// search is left, and had its time. Whoever shows a code may also be found by a search alone, so there it takes rooms
    /// that ended. For who has met nobody yet.
    pub(super) fn in_vain(&self, shows: bool) -> impl Future<Output = Option<End>> + use<> {
        let searched = self.ways.iter().map(|way| match way.kind {
            Kind::Search { until } => Some(until),
            Kind::Seat(_) | Kind::Lane => None,
        });
        let searched = searched.collect::<Option<Vec<_>>>().filter(|_| self.ended.is_some() || !shows);
        let ended = self.ended;
        async move {
            let Some(searched) = searched else { return pending().await };
            for until in searched {
                sleep_until(until).await;
            }
            ended
        }
    }

    /// Says a frame on every way.
    pub(super) fn send(&self, frame: &[u8]) {
        for way in &self.ways {
            hand(way, frame);
        }
    }

    /// Says frames on one way.
    pub(super) fn send_on(&self, id: WayId, frames: &[Vec<u8>]) {
        for way in self.ways.iter().filter(|way| way.id == id) {
            frames.iter().for_each(|frame| hand(way, frame));
        }
    }

    /// What happens next on any of them; a way that has ended is gone. Waits for ever where there is none.
    pub(super) async fn next(&mut self) -> (WayId, CarrierEvent) {
        let (place, event) = {
            let mut nexts: Vec<_> = self.ways.iter_mut().map(|way| way.carrier.next()).collect();
            poll_fn(|cx| {
                for (place, next) in nexts.iter_mut().enumerate() {
                    if let Poll::Ready(event) = next.as_mut().poll(cx) {
                        return Poll::Ready((place, event));
                    }
                }
                Poll::Pending
            })
            .await
        };
        match event.unwrap_or(CarrierEvent::Ended(End::Unavailable)) {
            CarrierEvent::Ended(end) => {
                if self.ended != Some(End::Full) {
                    self.ended = Some(end);
                }
                (self.ways.remove(place).id, CarrierEvent::Ended(end))
            }
            event => {
                self.reached = true;
                (self.ways[place].id, event)
            }
        }
    }

    /// The servers that the service behind this way knows; none where there is no service, or where it says nothing in
    /// time: then the link does without.
    pub(super) fn servers(&self, id: Option<WayId>) -> impl Future<Output = Vec<IceServer>> + use<> {
        let asked = match self.ways.iter().find(|way| Some(way.id) == id).map(|way| &way.kind) {
            Some(Kind::Seat(seat)) if seat.knows_servers => Some((Arc::clone(&seat.client), seat.room)),
            _ => None,
        };
        async move {
            let Some((client, room)) = asked else { return Vec::new() };
            match timeout(SERVERS_PATIENCE, client.ice_servers(room)).await {
                Ok(Ok(servers)) => servers,
                _ => Vec::new(),
            }
        }
    }
}

fn hand(way: &Way, frame: &[u8]) {
    // What is lost is said again: by the machine's timer, or when the way asks for it.
    if let Err(error) = way.carrier.send(frame) {
        tracing::debug!(%error, "a frame was not handed over");
    }
}

/// Both have announced themselves and called several times by then (`lan.md`), and once more for each of it that was lost.
const SEARCH_PATIENCE: Duration = Duration::from_secs(6);
/// A round trip to the service, lost once. The description waits for it.
const SERVERS_PATIENCE: Duration = Duration::from_millis(1500);
