//! What all connections of one instance share: the rooms, the numbers, the limits, and the way to other instances.

mod handouts;
mod instances;
mod seats;

use crate::{
    bus::{Bus, Event, Instance},
    gate::{Gate, Permit},
    ice::IceServers,
    limits::Limits,
    metrics::Metrics,
    number::Numbers,
    outgoing::Outgoing,
    private::Private,
    room::{Budget, Relay, Rooms, Terms},
};
use axum::body::Bytes;
use nyx_wire::signal::{CloseReason, Notice, Refusal, RoomId};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

/// Rooms are spread over this many locks, so that two cores rarely wait for each other.
const SHARDS: usize = 16;

/// Whoever sits on a seat.
#[derive(Clone, Debug)]
pub(crate) enum Member {
    /// A connection of this instance.
    Here(Arc<Outgoing>),
    /// A connection of another instance.
    There(Instance),
}

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Here(a), Self::Here(b)) => Arc::ptr_eq(a, b),
            (Self::There(a), Self::There(b)) => a == b,
            _ => false,
        }
    }
}

/// What the store says of a seat.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Truth {
    /// Somebody else's, or nobody's.
    NotYours,
    /// Ours.
    Yours {
        /// The other instance that the other member sits on, if it is another.
        peer: Option<Instance>,
        /// The room is a standing one.
        standing: bool,
    },
}

/// Why a request is refused, and when it is worth asking again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) why: Refusal,
    pub(crate) retry_secs: u32,
}

impl From<Refusal> for Refused {
    fn from(why: Refusal) -> Self {
        Self { why, retry_secs: 0 }
    }
}

impl From<crate::gate::TooOften> for Refused {
    fn from(wait: crate::gate::TooOften) -> Self {
        Self { why: Refusal::TooOften, retry_secs: wait.0 }
    }
}

/// The shared state.
pub(crate) struct Hub {
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) gate: Arc<Gate>,
    ice: IceServers,
    shards: [Mutex<Rooms<Member>>; SHARDS],
    numbers: Mutex<Numbers>,
    everyone: Mutex<HashMap<u64, Arc<Outgoing>>>,
    next_connection: AtomicU64,
    draining: AtomicBool,
    pub(crate) private: Option<Arc<Private>>,
    bus: Option<Bus>,
}

impl Hub {
    pub(crate) fn new(
        limits: Limits,
        ice: IceServers,
        metrics: Metrics,
        private: Option<Arc<Private>>,
        bus: Option<Bus>,
    ) -> Arc<Self> {
        let terms = Terms {
            waiting_frames: limits.waiting_frames,
            waiting_bytes: limits.waiting_bytes,
            waiting_in_all: Budget::new(limits.waiting_bytes_in_all),
            alone: limits.alone(),
            lifetime: limits.lifetime(),
        };
        Arc::new(Self {
            gate: Gate::new(&limits),
            limits,
            metrics,
            ice,
            shards: std::array::from_fn(|_| Mutex::new(Rooms::new(terms.clone()))),
            numbers: Mutex::default(),
            everyone: Mutex::default(),
            next_connection: AtomicU64::new(0),
            draining: AtomicBool::new(false),
            private,
            bus,
        })
    }

    /// A connection begins.
    pub(crate) fn connect(&self, permit: &Permit) -> (u64, Arc<Outgoing>) {
        let id = self.next_connection.fetch_add(1, Ordering::Relaxed);
        let outgoing = Outgoing::new(self.limits.outgoing_bytes, permit.rooms());
        lock(&self.everyone).insert(id, Arc::clone(&outgoing));
        self.metrics.connections.inc();
        if self.is_draining() {
            // Its upgrade was granted just before: whoever tells everybody may have passed already.
            outgoing.close(1013, format!("retry_ms={}", self.return_delay_ms()));
        }
        (id, outgoing)
    }

    /// A connection has ended.
    pub(crate) fn disconnect(&self, id: u64, me: &Arc<Outgoing>) {
        lock(&self.everyone).remove(&id);
        self.metrics.connections.dec();
        self.free_seats(me);
    }

    /// A connection is ending: its seats are free, and whoever sat opposite hears it.
    pub(crate) fn free_seats(&self, me: &Arc<Outgoing>) {
        for room in me.end() {
            self.leave(me, room);
        }
    }

    /// Relays a payload to the other member, or lets it wait.
    pub(crate) fn relay(&self, me: &Arc<Outgoing>, room: RoomId, payload: Bytes) -> Result<(), Refused> {
        let bytes = payload.len() as u64;
        let mut rooms = self.shard(&room);
        // What waits is copied: a slice would keep the connection's whole read buffer alive.
        match rooms.relay(room, &here(me), || Bytes::copy_from_slice(&payload)) {
            Relay::To(peer) => {
                if !self.deliver(&peer, room, Event::Frame(payload)) {
                    self.metrics.frames_lost.inc();
                    me.notify(&Notice::FramesLost { room }, &self.metrics);
                    return Ok(());
                }
            }
            Relay::Waits => {}
            Relay::WaitingFull => return Err(Refusal::WaitingFull.into()),
            Relay::NotInRoom => return Err(Refusal::NotInRoom.into()),
        }
        drop(rooms);
        self.metrics.frames.inc();
        self.metrics.frame_bytes.inc_by(bytes);
        Ok(())
    }

    /// Ends what is overdue. Called once a second.
    pub(crate) fn expire(&self) {
        let now = Instant::now();
        for shard in &self.shards {
            let mut rooms = lock(shard);
            for ended in rooms.expire(now) {
                self.metrics.rooms.dec();
                for (stay, member) in ended.members {
                    if let (Some(bus), true) = (&self.bus, member.is_here()) {
                        bus.give_up(ended.room, stay);
                    }
                    self.dismiss(&member, ended.room, ended.why);
                }
            }
            rooms.shrink();
        }
        lock(&self.numbers).expire(now);
        self.gate.sweep();
        let mut everyone = lock(&self.everyone);
        if everyone.capacity() > 4 * everyone.len().max(64) {
            everyone.shrink_to_fit();
        }
    }

    /// Refuses new joins from now on and tells everybody to come back later, each after another delay.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        for connection in lock(&self.everyone).values() {
            connection.notify(&Notice::Draining { retry_ms: self.return_delay_ms() }, &self.metrics);
        }
    }

    /// Closes every connection with "try again later" and its own delay.
    pub(crate) fn close_all(&self) {
        for connection in lock(&self.everyone).values() {
            connection.close(1013, format!("retry_ms={}", self.return_delay_ms()));
        }
    }

    /// Pairings under way.
    pub(crate) fn pairs(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).pairs()).sum()
    }

    /// Open connections.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.everyone).len()
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whether there may be no more rooms.
    pub(crate) fn is_full(&self) -> bool {
        usize::try_from(self.metrics.rooms.get()).unwrap_or(0) >= self.limits.rooms
    }

    /// Whether a load balancer should send clients here.
    pub(crate) fn is_ready(&self) -> bool {
        !self.is_draining() && self.bus.as_ref().is_none_or(Bus::is_up)
    }

    /// Tells another instance something, where there are others.
    #[cfg(feature = "service")]
    pub(crate) fn publish(&self, to: Instance, room: RoomId, event: Event) {
        if let Some(bus) = &self.bus {
            bus.publish(to, room, event);
        }
    }

    /// The service has stopped.
    pub(crate) async fn goodbye(&self) {
        if let Some(bus) = &self.bus {
            bus.goodbye().await;
        }
    }

    fn return_delay_ms(&self) -> u32 {
        u32::from_ne_bytes(random()) % self.limits.return_spread_ms.max(1)
    }

    /// Tells a member something. What another instance misses of arrivals and departures, it finds when it next compares
    /// the room with the store.
    fn tell(&self, member: &Member, room: RoomId, event: Event) {
        if !self.deliver(member, room, event) {
            self.metrics.frames_lost.inc();
        }
    }

    /// Returns whether it is on its way, as far as this instance can know.
    fn deliver(&self, member: &Member, room: RoomId, event: Event) -> bool {
        match (member, &self.bus) {
            (Member::Here(connection), _) => match &event {
                Event::Came => connection.notify(&Notice::PeerCame { room }, &self.metrics),
                Event::Went => connection.notify(&Notice::PeerWent { room }, &self.metrics),
                Event::ThirdRefused => connection.notify(&Notice::ThirdRefused { room }, &self.metrics),
                Event::Frame(payload) => connection.notify(&Notice::Frame { room, payload }, &self.metrics),
                Event::SeatTaken(_) => self.dismiss(member, room, CloseReason::SeatTakenOver),
            },
            (Member::There(instance), Some(bus)) => {
                return bus.publish(*instance, room, event);
            }
            (Member::There(_), None) => {}
        }
        true
    }

    /// Ends a member's stay. A member on another instance is that instance's to end.
    fn dismiss(&self, member: &Member, room: RoomId, why: CloseReason) {
        if let Member::Here(connection) = member {
            connection.exit(&room);
            connection.notify(&Notice::Closed { room, why }, &self.metrics);
        }
    }

    fn shard(&self, room: &RoomId) -> MutexGuard<'_, Rooms<Member>> {
        // A client chooses its rooms, and with them at most which lock it waits for.
        lock(&self.shards[usize::from(room.0[0]) % SHARDS])
    }
}

impl Member {
    fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }
}

fn here(me: &Arc<Outgoing>) -> Member {
    Member::Here(Arc::clone(me))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic under one of these locks is a bug of ours that must not take all other rooms with it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(
        clippy::expect_used,
        reason = "without randomness there are no rooms; the system call does not fail after boot"
    )]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
