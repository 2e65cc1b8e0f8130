//! What all connections of one instance share: the rooms, the numbers, the limits, and the way to other instances.

use crate::{
    bus::{Bus, Event, Instance, Lease},
    gate::{Gate, Permit},
    ice::IceServers,
    limits::Limits,
    metrics::Metrics,
    number::{self, Numbers},
    outgoing::Outgoing,
    private::Private,
    room::{Budget, Full, Join, Joined, Left, Relay, Rooms, StayId, Terms},
};
use axum::body::Bytes;
use nyx_wire::signal::{CloseReason, Notice, Number, Refusal, RoomId, SeatToken};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
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

    /// Sits down in a room. Everything that the client must know of it is queued, in order, before this returns.
    pub(crate) async fn join(
        &self,
        me: &Arc<Outgoing>,
        permit: &Permit,
        room: RoomId,
        claim: Option<SeatToken>,
        standing: bool,
    ) -> Result<(), Refused> {
        if self.is_draining() {
            return Err(Refusal::Draining.into());
        }
        permit.join()?;
        if self.private.as_ref().is_some_and(|private| !private.has(&room)) {
            // Its host may come back to it in a moment.
            return Err(Refused { why: Refusal::ServiceFull, retry_secs: 1 });
        }
        // Whoever sits there already asks for its own seat, whatever it says.
        let claim = self.shard(&room).token_of(room, &here(me)).or(claim);
        let too_many =
            me.room_count() >= self.limits.rooms_per_connection || permit.rooms_held() >= self.limits.rooms_per_address;
        if too_many && !self.shard(&room).sits(room, &here(me)) {
            return Err(Refusal::TooManyRooms.into());
        }
        if self.is_full() && !self.shard(&room).contains(&room) {
            return Err(Refusal::ServiceFull.into());
        }
        let stay = StayId(random());
        let lease = match &self.bus {
            None => None,
            Some(bus) => match bus.lease(room, claim, stay, standing).await {
                Ok(Ok(lease)) => Some(lease),
                Ok(Err(Full(instances))) => {
                    self.third_refused(bus, room, instances);
                    return Err(Refusal::RoomFull.into());
                }
                Err(_) => return Err(Refused { why: Refusal::Unavailable, retry_secs: 1 }),
            },
        };
        let born = Instant::now();
        let join = Join { member: here(me), claim, stay, granted: None, standing, born };
        self.sit_down(me, room, join, lease)?;
        if let Some(guest) = permit.guest() {
            guest.sits();
        }
        Ok(())
    }

    fn sit_down(
        &self,
        me: &Arc<Outgoing>,
        room: RoomId,
        mut join: Join<Member>,
        lease: Option<Lease>,
    ) -> Result<(), Refused> {
        let (now, stay) = (Instant::now(), join.stay);
        let mut rooms = self.shard(&room);
        if let Some(lease) = &lease {
            // What we believed of the other instances is older than what the store just said.
            rooms.evict(room, |member| matches!(member, Member::There(at) if Some(*at) != lease.peer), now);
            join.granted = Some(lease.seat);
            join.standing |= lease.standing;
            join.born = now.checked_sub(lease.age).unwrap_or(now);
        }
        let Joined { seat, peer, replaced, waiting, ttl, opened } = match rooms.join(room, join, now) {
            Ok(joined) => joined,
            Err(Full(members)) => {
                for member in &members {
                    self.tell(member, room, Event::ThirdRefused);
                }
                if let Some(bus) = &self.bus {
                    // The store knew less than we do: it must not keep a seat that nobody has.
                    bus.give_up(room, stay);
                }
                return Err(Refusal::RoomFull.into());
            }
        };
        if opened {
            self.metrics.rooms.inc();
        }
        if me.enter(room).is_err() {
            // The connection ended while it was being seated.
            self.stand_up(&mut rooms, me, room, now);
            return Ok(());
        }
        let remote = lease.and_then(|lease| lease.peer);
        let peer = peer.or_else(|| self.seat_remote(&mut rooms, room, remote?, now));
        self.metrics.joins.inc();
        let ttl_secs = ttl.map_or(0, |ttl| u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX).max(1));
        me.notify(&Notice::Joined { room, seat, peer: peer.is_some(), ttl_secs }, &self.metrics);
        for payload in &waiting {
            me.notify(&Notice::Frame { room, payload }, &self.metrics);
        }
        if lease.is_some_and(|lease| lease.moved) {
            // What waited at the instance that it sat on before is gone, in both directions.
            me.notify(&Notice::FramesLost { room }, &self.metrics);
        }
        if let Some(replaced) = replaced {
            self.dismiss(&replaced, room, CloseReason::SeatTakenOver);
        }
        if let Some(peer) = peer {
            self.tell(&peer, room, Event::Came);
        }
        Ok(())
    }

    fn third_refused(&self, bus: &Bus, room: RoomId, [first, second]: [Instance; 2]) {
        // The two may sit on one instance: it is told once, and tells both.
        for at in [Some(first), (second != first).then_some(second)].into_iter().flatten() {
            if at == bus.me() {
                let rooms = self.shard(&room);
                rooms.members(room).filter(|member| member.is_here()).for_each(|member| {
                    self.tell(member, room, Event::ThirdRefused);
                });
            } else {
                bus.publish(at, room, Event::ThirdRefused);
            }
        }
    }

    /// Gives a seat up.
    pub(crate) fn leave(&self, me: &Arc<Outgoing>, room: RoomId) {
        me.exit(&room);
        let mut rooms = self.shard(&room);
        self.stand_up(&mut rooms, me, room, Instant::now());
    }

    fn stand_up(&self, rooms: &mut Rooms<Member>, me: &Arc<Outgoing>, room: RoomId, now: Instant) {
        let (stay, peer) = match rooms.leave(room, &here(me), now) {
            Left::NotInRoom => return,
            Left::Closed(stay) => (stay, None),
            Left::Alone(stay, peer) => (stay, Some(peer)),
        };
        if let Some(peer) = &peer {
            self.tell(peer, room, Event::Went);
        }
        if !matches!(peer, Some(Member::Here(_))) {
            // Nobody of ours is left; a member on another instance keeps the room there.
            rooms.close(room);
            self.metrics.rooms.dec();
        }
        if let Some(bus) = &self.bus {
            bus.give_up(room, stay);
        }
    }

    /// Puts a member of another instance on the free seat of a room that a member of ours sits in.
    fn seat_remote(&self, rooms: &mut Rooms<Member>, room: RoomId, at: Instance, now: Instant) -> Option<Member> {
        let member = Member::There(at);
        // Its stay is named in the store; the one here is never compared with anything.
        let stay = StayId(random());
        let join = Join { member: member.clone(), claim: None, stay, granted: None, standing: false, born: now };
        let joined = rooms.join(room, join, now).ok()?;
        let mut lost = false;
        for payload in joined.waiting {
            lost |= !self.deliver(&member, room, Event::Frame(payload));
        }
        if lost {
            self.tell_frames_lost(rooms, room);
        }
        Some(member)
    }

    /// Another instance has something to say about a room.
    pub(crate) fn hear(&self, from: Instance, room: RoomId, event: Event) {
        let now = Instant::now();
        let mut rooms = self.shard(&room);
        let ours: Vec<Member> = rooms.members(room).filter(|member| member.is_here()).cloned().collect();
        if ours.is_empty() {
            return;
        }
        match event {
            Event::Came => {
                rooms.evict(room, |member| !member.is_here(), now);
                // Two of ours and a claim from afar: the store decides, and the next look at it settles this.
                if self.seat_remote(&mut rooms, room, from, now).is_some() {
                    ours.iter().for_each(|member| self.tell(member, room, Event::Came));
                }
            }
            Event::Went => {
                if let Left::Alone(_, peer) = rooms.leave(room, &Member::There(from), now) {
                    self.tell(&peer, room, Event::Went);
                }
            }
            Event::SeatTaken(stay) => {
                if let Some(member) = rooms.staying(room, stay).filter(Member::is_here) {
                    self.dismiss(&member, room, CloseReason::SeatTakenOver);
                    self.drop_ours(&mut rooms, room, &member, now);
                }
            }
            Event::ThirdRefused | Event::Frame(_) => {
                ours.iter().for_each(|member| self.tell(member, room, event.clone()));
            }
        }
    }

    fn drop_ours(&self, rooms: &mut Rooms<Member>, room: RoomId, member: &Member, now: Instant) {
        match rooms.leave(room, member, now) {
            Left::Alone(_, peer) if peer.is_here() => self.tell(&peer, room, Event::Went),
            Left::Alone(..) | Left::Closed(_) => {
                rooms.close(room);
                self.metrics.rooms.dec();
            }
            Left::NotInRoom => {}
        }
    }

    /// Tells the members of a room, or of all rooms shared with an instance, that frames were lost.
    pub(crate) fn frames_lost(&self, room: RoomId) {
        self.tell_frames_lost(&self.shard(&room), room);
    }

    fn tell_frames_lost(&self, rooms: &Rooms<Member>, room: RoomId) {
        self.metrics.frames_lost.inc();
        for member in rooms.members(room) {
            if let Member::Here(connection) = member {
                connection.notify(&Notice::FramesLost { room }, &self.metrics);
            }
        }
    }

    /// The same for all rooms shared with an instance, or with any (`None`).
    pub(crate) fn all_frames_lost(&self, from: Option<Instance>) {
        for shard in &self.shards {
            let affected = lock(shard).rooms_where(|member| match member {
                Member::There(at) => from.is_none_or(|from| from == *at),
                Member::Here(_) => false,
            });
            affected.into_iter().for_each(|room| self.frames_lost(room));
        }
    }

    /// Every stay of ours, to be compared with the store, and whether its room is young.
    pub(crate) fn stays(&self, young: Duration) -> Vec<(RoomId, StayId, bool)> {
        let now = Instant::now();
        self.shards.iter().flat_map(|shard| lock(shard).seats(Member::is_here, young, now)).collect()
    }

    /// What the store said of a stay of ours when it was `asked`.
    pub(crate) fn reconcile(&self, room: RoomId, stay: StayId, truth: Truth, asked: Instant) {
        let now = Instant::now();
        let mut rooms = self.shard(&room);
        if rooms.changed_since(room, asked) {
            // We know more than the answer does; the next one will know it too.
            return;
        }
        let Some(member) = rooms.staying(room, stay).filter(Member::is_here) else { return };
        let remote = rooms.members(room).find_map(|member| match member {
            Member::There(at) => Some(*at),
            Member::Here(_) => None,
        });
        match truth {
            Truth::NotYours => {
                self.dismiss(&member, room, CloseReason::Forgotten);
                self.drop_ours(&mut rooms, room, &member, now);
            }
            Truth::Yours { peer, standing } => {
                if standing {
                    rooms.let_stand(room);
                }
                if remote == peer {
                    return;
                }
                rooms.evict(room, |member| !member.is_here(), now);
                match peer.and_then(|at| self.seat_remote(&mut rooms, room, at, now)) {
                    Some(other) => {
                        // Whatever was said before we knew of each other went nowhere: both are to send it again.
                        self.tell(&member, room, Event::Came);
                        self.tell(&other, room, Event::Came);
                    }
                    None => self.tell(&member, room, Event::Went),
                }
            }
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

    /// Hands out a short number for a fresh room.
    pub(crate) async fn allocate(&self, me: &Outgoing, permit: &Permit) -> Result<(), Refused> {
        if self.is_draining() {
            return Err(Refusal::Draining.into());
        }
        permit.allocate()?;
        let room = RoomId(random());
        let ttl = Duration::from_secs(self.limits.number_secs);
        // With a shared store a number that is free here may be taken elsewhere, so it may need a second pick.
        for _ in 0..number::TRIES {
            let picked = lock(&self.numbers).allocate(room, self.limits.numbers, ttl, Instant::now(), |length| {
                let width = u64::from(length.end() - length.start()) + 1;
                // The bias of a remainder over 64 bits is below 2^-44.
                length.start() + u32::try_from(u64::from_ne_bytes(random()) % width).unwrap_or(0)
            });
            let Some(number) = picked else { return Err(Refusal::ServiceFull.into()) };
            if let Some(bus) = &self.bus {
                match bus.reserve_number(number, room, ttl).await {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(_) => return Err(Refused { why: Refusal::Unavailable, retry_secs: 1 }),
                }
            }
            self.metrics.allocated.inc();
            let ttl_secs = u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
            me.notify(&Notice::Allocated { number, room, ttl_secs }, &self.metrics);
            return Ok(());
        }
        Err(Refusal::ServiceFull.into())
    }

    /// Yields the room behind a number, once.
    pub(crate) async fn claim(&self, me: &Outgoing, permit: &Permit, number: Number) -> Result<(), Refused> {
        permit.claim()?;
        let here = lock(&self.numbers).claim(number, Instant::now());
        let room = match &self.bus {
            None => here,
            Some(bus) => match bus.claim_number(number).await {
                Ok(room) => room,
                Err(_) => return Err(Refused { why: Refusal::Unavailable, retry_secs: 1 }),
            },
        };
        let Some(room) = room else { return Err(Refusal::UnknownNumber.into()) };
        self.metrics.claimed.inc();
        me.notify(&Notice::Claimed { number, room }, &self.metrics);
        Ok(())
    }

    /// Hands out relays, but only to a pair: an open endpoint would be a free relay for the world.
    pub(crate) fn ice_servers(&self, me: &Arc<Outgoing>, room: RoomId) -> Result<(), Refused> {
        let rooms = self.shard(&room);
        if !rooms.sits(room, &here(me)) {
            return Err(Refusal::NotInRoom.into());
        }
        if rooms.peer(room, &here(me)).is_none() {
            return Err(Refusal::NeedsBoth.into());
        }
        drop(rooms);
        let unix_secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let servers = self.ice.hand_out(unix_secs, self.limits.turn_secs, random());
        self.metrics.credentials.inc();
        let ttl_secs = u32::try_from(self.limits.turn_secs).unwrap_or(u32::MAX);
        me.notify(&Notice::IceServers { room, servers, ttl_secs }, &self.metrics);
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
