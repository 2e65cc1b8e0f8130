//! Rooms with two seats. No clock, no socket, no randomness of its own: the hub drives it.
//!
//! `M` is whoever sits there: a connection of this instance, another instance, or a number in a test.

use axum::body::Bytes;
use nyx_wire::signal::{CloseReason, RoomId, SeatToken};
use std::{
    collections::{HashMap, VecDeque, hash_map},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Names one stay on a seat. The token stays with the seat for as long as its owner comes back to it; the stay is new
/// each time, so that the end of an old one can't end the new one.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) struct StayId(pub(crate) [u8; 16]);

// It is the first token of the seat, too.
impl std::fmt::Debug for StayId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StayId(..)")
    }
}

/// Bytes that may wait in all rooms together. Cloning shares it.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicUsize>);

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    fn take(&self, bytes: usize) -> bool {
        self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// How long rooms live and how much waits in them.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// Frames that wait for the other member.
    pub(crate) waiting_frames: usize,
    /// Bytes that wait for the other member.
    pub(crate) waiting_bytes: usize,
    /// Bytes that wait in all rooms together.
    pub(crate) waiting_in_all: Budget,
    /// How long a room lives with one member.
    pub(crate) alone: Duration,
    /// How long a room lives in all.
    pub(crate) lifetime: Duration,
}

/// All rooms of one shard.
#[derive(Debug)]
pub(crate) struct Rooms<M> {
    rooms: HashMap<RoomId, Room<M>>,
    terms: Terms,
}

#[derive(Debug)]
struct Room<M> {
    seats: [Option<Seat<M>>; 2],
    waiting: Waiting,
    /// When somebody last sat down or stood up.
    changed: Instant,
    born: Instant,
    alone_since: Instant,
    standing: bool,
}

#[derive(Debug)]
struct Seat<M> {
    token: SeatToken,
    stay: StayId,
    member: M,
}

/// Sent by the only member, for whoever takes the other seat.
#[derive(Debug)]
struct Waiting {
    frames: VecDeque<Bytes>,
    bytes: usize,
    budget: Budget,
}

/// A request to sit down.
#[derive(Debug)]
pub(crate) struct Join<M> {
    /// Who asks.
    pub(crate) member: M,
    /// The seat that was theirs.
    pub(crate) claim: Option<SeatToken>,
    /// Names this stay; it is also the token of a seat that was free.
    pub(crate) stay: StayId,
    /// The token that a shared store has given this seat, where there is one: it is the truth.
    pub(crate) granted: Option<SeatToken>,
    /// Marks the room as a standing meeting place.
    pub(crate) standing: bool,
    /// When the room began, should it be new here: it may have begun on another instance.
    pub(crate) born: Instant,
}

/// What came of sitting down.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Joined<M> {
    /// The seat's token.
    pub(crate) seat: SeatToken,
    /// Who sits on the other seat.
    pub(crate) peer: Option<M>,
    /// Who sat on this seat until now and must be told to go.
    pub(crate) replaced: Option<M>,
    /// What waited for the newcomer.
    pub(crate) waiting: Vec<Bytes>,
    /// How long the room lives still; `None` for a standing one.
    pub(crate) ttl: Option<Duration>,
    /// The room is new.
    pub(crate) opened: bool,
}

/// Both seats are taken, by these.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Full<M>(pub(crate) [M; 2]);

/// What becomes of a frame.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Relay<M> {
    /// Deliver it to the other member.
    To(M),
    /// It waits for the other member.
    Waits,
    /// As much waits as may wait.
    WaitingFull,
    /// The sender has no seat in this room.
    NotInRoom,
}

/// What became of a room that somebody left.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Left<M> {
    /// The seat is given up; the other member is still there, to be told.
    Alone(StayId, M),
    /// The seat is given up; nobody is there any more, and the room is gone.
    Closed(StayId),
    /// Whoever left had no seat.
    NotInRoom,
}

/// A room whose time was up.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Ended<M> {
    /// Which room.
    pub(crate) room: RoomId,
    /// Why.
    pub(crate) why: CloseReason,
    /// Who sat there, and which stay of theirs ends.
    pub(crate) members: Vec<(StayId, M)>,
}

impl<M: Clone + PartialEq> Rooms<M> {
    /// No rooms yet.
    pub(crate) fn new(terms: Terms) -> Self {
        Self { rooms: HashMap::new(), terms }
    }

    /// Whether somebody is in this room.
    pub(crate) fn contains(&self, room: &RoomId) -> bool {
        self.rooms.contains_key(room)
    }

    /// Takes a free seat, one's own again, or the one whose token is shown.
    pub(crate) fn join(&mut self, id: RoomId, join: Join<M>, now: Instant) -> Result<Joined<M>, Full<M>> {
        let Join { member, claim, stay, granted, standing, born } = join;
        let (room, opened) = match self.rooms.entry(id) {
            hash_map::Entry::Occupied(entry) => (entry.into_mut(), false),
            hash_map::Entry::Vacant(entry) => (entry.insert(Room::new(born, now, &self.terms)), true),
        };
        let place =
            match (room.place_of(&member), claim.and_then(|token| room.place_of_token(token)), room.free_place()) {
                // Already seated: a member never takes both seats, whatever token it shows.
                (Some(own), _, _) => own,
                (None, Some(claimed), _) => claimed,
                (None, None, Some(free)) => free,
                (None, None, None) => return Err(Full(room.members_of_full())),
            };
        let previous = room.seats[place].take();
        let was_free = previous.is_none();
        let kept = previous.as_ref().map_or(SeatToken(stay.0), |seat| seat.token);
        let seat = granted.unwrap_or(kept);
        let replaced = previous.map(|seat| seat.member).filter(|before| *before != member);
        room.seats[place] = Some(Seat { token: seat, stay, member: member.clone() });
        room.changed = now;
        room.standing |= standing;
        let peer = room.seats[1 - place].as_ref().map(|seat| seat.member.clone());
        // Frames wait for the seat that was free; whoever comes back to a held seat sent them itself.
        let waiting = if was_free && peer.is_some() { room.waiting.take() } else { Vec::new() };
        let ttl = (!room.standing).then(|| self.terms.lifetime.saturating_sub(now.duration_since(room.born)));
        Ok(Joined { seat, peer, replaced, waiting, ttl, opened })
    }

    /// Where a frame goes.
    pub(crate) fn relay(&mut self, id: RoomId, from: &M, payload: impl FnOnce() -> Bytes) -> Relay<M> {
        let Some(room) = self.rooms.get_mut(&id) else { return Relay::NotInRoom };
        let Some(place) = room.place_of(from) else { return Relay::NotInRoom };
        match &room.seats[1 - place] {
            Some(peer) => Relay::To(peer.member.clone()),
            None if room.waiting.push(payload(), &self.terms) => Relay::Waits,
            None => Relay::WaitingFull,
        }
    }

    /// The other member of a room that `of` sits in.
    pub(crate) fn peer(&self, id: RoomId, of: &M) -> Option<M> {
        let room = self.rooms.get(&id)?;
        let place = room.place_of(of)?;
        room.seats[1 - place].as_ref().map(|seat| seat.member.clone())
    }

    /// Whether `who` sits in this room.
    pub(crate) fn sits(&self, id: RoomId, who: &M) -> bool {
        self.rooms.get(&id).is_some_and(|room| room.place_of(who).is_some())
    }

    /// The token of a member's seat.
    pub(crate) fn token_of(&self, id: RoomId, who: &M) -> Option<SeatToken> {
        let room = self.rooms.get(&id)?;
        room.seats.iter().flatten().find(|seat| seat.member == *who).map(|seat| seat.token)
    }

    /// Gives a seat up.
    pub(crate) fn leave(&mut self, id: RoomId, who: &M, now: Instant) -> Left<M> {
        let hash_map::Entry::Occupied(mut entry) = self.rooms.entry(id) else { return Left::NotInRoom };
        let room = entry.get_mut();
        let Some(place) = room.place_of(who) else { return Left::NotInRoom };
        let Some(Seat { stay, .. }) = room.seats[place].take() else { return Left::NotInRoom };
        room.changed = now;
        match &room.seats[1 - place] {
            Some(peer) => {
                let peer = peer.member.clone();
                room.alone_since = now;
                Left::Alone(stay, peer)
            }
            None => {
                entry.remove();
                Left::Closed(stay)
            }
        }
    }

    /// Takes a room out without telling anybody.
    pub(crate) fn close(&mut self, id: RoomId) {
        self.rooms.remove(&id);
    }

    /// Takes members off their seats without telling anybody; the room stays, even empty.
    pub(crate) fn evict(&mut self, id: RoomId, whom: impl Fn(&M) -> bool, now: Instant) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        for seat in &mut room.seats {
            if seat.take_if(|seat| whom(&seat.member)).is_some() {
                room.alone_since = now;
                room.changed = now;
            }
        }
    }

    /// Who sits in a room.
    pub(crate) fn members(&self, id: RoomId) -> impl Iterator<Item = &M> {
        self.rooms.get(&id).into_iter().flat_map(|room| room.seats.iter().flatten().map(|seat| &seat.member))
    }

    /// Whose stay this is.
    pub(crate) fn staying(&self, id: RoomId, stay: StayId) -> Option<M> {
        let room = self.rooms.get(&id)?;
        room.seats.iter().flatten().find(|seat| seat.stay == stay).map(|seat| seat.member.clone())
    }

    /// Whether anybody sat down or stood up since.
    pub(crate) fn changed_since(&self, id: RoomId, then: Instant) -> bool {
        self.rooms.get(&id).is_some_and(|room| room.changed >= then)
    }

    /// Marks a room as standing: somebody has said so elsewhere.
    pub(crate) fn let_stand(&mut self, id: RoomId) {
        if let Some(room) = self.rooms.get_mut(&id) {
            room.standing = true;
        }
    }

    /// The rooms in which somebody sits who is `meant`.
    pub(crate) fn rooms_where(&self, meant: impl Fn(&M) -> bool) -> Vec<RoomId> {
        let sits = |room: &Room<M>| room.seats.iter().flatten().any(|seat| meant(&seat.member));
        self.rooms.iter().filter(|(_, room)| sits(room)).map(|(id, _)| *id).collect()
    }

    /// Every stay of those who are `meant`, and whether its room is younger than `young`.
    pub(crate) fn seats(
        &self,
        meant: impl Fn(&M) -> bool,
        young: Duration,
        now: Instant,
    ) -> Vec<(RoomId, StayId, bool)> {
        let mut seats = Vec::new();
        for (id, room) in &self.rooms {
            let young = now.duration_since(room.born) < young;
            let ours = room.seats.iter().flatten().filter(|seat| meant(&seat.member));
            seats.extend(ours.map(|seat| (*id, seat.stay, young)));
        }
        seats
    }

    /// Takes out the rooms whose time is up.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Ended<M>> {
        let terms = self.terms.clone();
        let mut ended = Vec::new();
        self.rooms.retain(|id, room| {
            let why = match room.overdue(&terms, now) {
                Some(why) => why,
                None => return true,
            };
            let members =
                room.seats.iter_mut().filter_map(|seat| seat.take().map(|seat| (seat.stay, seat.member))).collect();
            ended.push(Ended { room: *id, why, members });
            false
        });
        ended
    }

    /// How many rooms have two members: pairings under way.
    pub(crate) fn pairs(&self) -> usize {
        self.rooms.values().filter(|room| room.free_place().is_none()).count()
    }

    /// Gives memory back after a crowd has left.
    pub(crate) fn shrink(&mut self) {
        if self.rooms.capacity() > 4 * self.rooms.len().max(64) {
            self.rooms.shrink_to_fit();
        }
    }
}

impl<M: Clone + PartialEq> Room<M> {
    fn new(born: Instant, now: Instant, terms: &Terms) -> Self {
        Self {
            seats: [None, None],
            waiting: Waiting { frames: VecDeque::new(), bytes: 0, budget: terms.waiting_in_all.clone() },
            changed: now,
            born,
            alone_since: now,
            standing: false,
        }
    }

    fn place_of(&self, member: &M) -> Option<usize> {
        self.seats.iter().position(|seat| seat.as_ref().is_some_and(|seat| seat.member == *member))
    }

    fn place_of_token(&self, token: SeatToken) -> Option<usize> {
        self.seats.iter().position(|seat| seat.as_ref().is_some_and(|seat| seat.token == token))
    }

    fn free_place(&self) -> Option<usize> {
        self.seats.iter().position(Option::is_none)
    }

    fn members_of_full(&self) -> [M; 2] {
        #[expect(clippy::expect_used, reason = "only called when no seat is free")]
        self.seats.each_ref().map(|seat| seat.as_ref().map(|seat| seat.member.clone()).expect("a full room"))
    }

    fn overdue(&self, terms: &Terms, now: Instant) -> Option<CloseReason> {
        if self.standing {
            return None;
        }
        if now.duration_since(self.born) >= terms.lifetime {
            return Some(CloseReason::Expired);
        }
        let alone = self.free_place().is_some();
        (alone && now.duration_since(self.alone_since) >= terms.alone).then_some(CloseReason::Alone)
    }
}

impl Waiting {
    fn push(&mut self, frame: Bytes, terms: &Terms) -> bool {
        let fits = self.frames.len() < terms.waiting_frames && self.bytes + frame.len() <= terms.waiting_bytes;
        if !fits || !self.budget.take(frame.len()) {
            return false;
        }
        self.bytes += frame.len();
        self.frames.push_back(frame);
        true
    }

    fn take(&mut self) -> Vec<Bytes> {
        self.budget.give_back(std::mem::take(&mut self.bytes));
        std::mem::take(&mut self.frames).into()
    }
}

// However a room ends, what waited in it waits no longer.
impl Drop for Waiting {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(600);

    fn terms() -> Terms {
        Terms {
            waiting_frames: 3,
            waiting_bytes: 10,
            waiting_in_all: Budget::new(15),
            alone: Duration::from_secs(120),
            lifetime: LIFETIME,
        }
    }

    const ROOM: RoomId = RoomId([7; 16]);

    struct Table {
        rooms: Rooms<&'static str>,
        now: Instant,
        tokens: u8,
    }

    impl Table {
        fn new() -> Self {
            Self { rooms: Rooms::new(terms()), now: Instant::now(), tokens: 0 }
        }

        fn join_as(
            &mut self,
            member: &'static str,
            claim: Option<SeatToken>,
            standing: bool,
        ) -> Result<Joined<&'static str>, Full<&'static str>> {
            self.tokens += 1;
            let stay = StayId([self.tokens; 16]);
            let join = Join { member, claim, stay, granted: None, standing, born: self.now };
            self.rooms.join(ROOM, join, self.now)
        }

        fn join(&mut self, member: &'static str) -> Result<Joined<&'static str>, Full<&'static str>> {
            self.join_as(member, None, false)
        }

        fn send(&mut self, from: &'static str, payload: &'static [u8]) -> Relay<&'static str> {
            self.rooms.relay(ROOM, &from, || Bytes::from_static(payload))
        }

        fn pass(&mut self, secs: u64) -> Vec<(CloseReason, Vec<&'static str>)> {
            self.now += Duration::from_secs(secs);
            let ended = self.rooms.expire(self.now);
            ended.into_iter().map(|ended| (ended.why, ended.members.into_iter().map(|(_, m)| m).collect())).collect()
        }
    }

    #[test]
    fn a_third_is_refused_and_both_members_are_known() {
        let mut table = Table::new();
        assert_eq!(table.join("ann").unwrap().peer, None);
        assert_eq!(table.join("bob").unwrap().peer, Some("ann"));
        assert_eq!(table.join("eve"), Err(Full(["ann", "bob"])));
        assert_eq!(table.send("eve", b"x"), Relay::NotInRoom);
    }

    #[test]
    fn a_token_takes_ones_own_seat_over_even_in_a_full_room() {
        let mut table = Table::new();
        let seat = table.join("ann").unwrap().seat;
        table.join("bob").unwrap();
        let back = table.join_as("ann again", Some(seat), false).unwrap();
        assert_eq!((back.replaced, back.peer, back.seat), (Some("ann"), Some("bob"), seat));
        assert_eq!(table.send("ann", b"x"), Relay::NotInRoom);
        assert_eq!(table.send("ann again", b"x"), Relay::To("bob"));
    }

    #[test]
    fn a_wrong_token_opens_no_full_room() {
        let mut table = Table::new();
        table.join("ann").unwrap();
        table.join("bob").unwrap();
        assert!(table.join_as("eve", Some(SeatToken([99; 16])), false).is_err());
    }

    #[test]
    fn a_member_never_takes_both_seats() {
        let mut table = Table::new();
        let seat = table.join("ann").unwrap().seat;
        assert_eq!(table.join("ann").unwrap().seat, seat);
        assert_eq!(table.join("bob").unwrap().peer, Some("ann"));
        // Not even with the other's token.
        assert_eq!(table.join_as("bob", Some(seat), false).unwrap().replaced, None);
        assert_eq!(table.send("ann", b"x"), Relay::To("bob"));
    }

    #[test]
    fn frames_wait_in_order_for_the_other_and_only_for_the_other() {
        let mut table = Table::new();
        let seat = table.join("ann").unwrap().seat;
        assert_eq!(table.send("ann", b"1"), Relay::Waits);
        assert_eq!(table.send("ann", b"2"), Relay::Waits);
        assert!(table.join_as("ann again", Some(seat), false).unwrap().waiting.is_empty());
        assert_eq!(table.join("bob").unwrap().waiting, [Bytes::from_static(b"1"), Bytes::from_static(b"2")]);
        assert_eq!(table.send("ann again", b"3"), Relay::To("bob"));
    }

    #[test]
    fn no_more_waits_than_may_wait() {
        let mut table = Table::new();
        table.join("ann").unwrap();
        assert_eq!(table.send("ann", b"12345678901"), Relay::WaitingFull);
        for _ in 0..3 {
            assert_eq!(table.send("ann", b"123"), Relay::Waits);
        }
        assert_eq!(table.send("ann", b""), Relay::WaitingFull);
        table.join("bob").unwrap();
        table.rooms.leave(ROOM, &"bob", table.now);
        assert_eq!(table.send("ann", b"1234567890"), Relay::Waits);
        assert_eq!(table.send("ann", b"1"), Relay::WaitingFull);
    }

    #[test]
    fn a_room_ends_after_its_time_alone_and_after_its_time_in_all() {
        let mut table = Table::new();
        table.join("ann").unwrap();
        assert!(table.pass(119).is_empty());
        assert_eq!(table.pass(1), [(CloseReason::Alone, vec!["ann"])]);
        table.join("ann").unwrap();
        table.join("bob").unwrap();
        assert!(table.pass(599).is_empty());
        assert_eq!(table.pass(1), [(CloseReason::Expired, vec!["ann", "bob"])]);
    }

    #[test]
    fn time_alone_counts_from_the_last_departure() {
        let mut table = Table::new();
        table.join("ann").unwrap();
        table.join("bob").unwrap();
        assert!(table.pass(200).is_empty());
        assert!(matches!(table.rooms.leave(ROOM, &"bob", table.now), Left::Alone(_, "ann")));
        assert!(table.pass(119).is_empty());
        assert_eq!(table.pass(1), [(CloseReason::Alone, vec!["ann"])]);
    }

    #[test]
    fn a_standing_room_lives_while_somebody_is_in_it() {
        let mut table = Table::new();
        table.join("ann").unwrap();
        assert_eq!(table.join_as("bob", None, true).unwrap().ttl, None);
        table.rooms.leave(ROOM, &"bob", table.now);
        assert!(table.pass(100_000).is_empty());
        assert!(matches!(table.rooms.leave(ROOM, &"ann", table.now), Left::Closed(_)));
        // The next room of that name is an ordinary one.
        assert_eq!(table.join("ann").unwrap().ttl, Some(LIFETIME));
    }

    #[test]
    fn what_waits_in_all_rooms_is_bounded_and_given_back() {
        let mut table = Table::new();
        let other = RoomId([8; 16]);
        table.join("ann").unwrap();
        let join = Join {
            member: "bob",
            claim: None,
            stay: StayId([99; 16]),
            granted: None,
            standing: false,
            born: table.now,
        };
        table.rooms.join(other, join, table.now).unwrap();
        assert_eq!(table.send("ann", b"1234567890"), Relay::Waits);
        let send = |table: &mut Table| table.rooms.relay(other, &"bob", || Bytes::from_static(b"123456"));
        assert_eq!(send(&mut table), Relay::WaitingFull);
        table.rooms.leave(ROOM, &"ann", table.now);
        assert_eq!(send(&mut table), Relay::Waits);
    }

    #[test]
    fn a_taken_over_seat_is_another_stay() {
        let mut table = Table::new();
        let seat = table.join("ann").unwrap().seat;
        table.join_as("ann again", Some(seat), false).unwrap();
        assert_eq!(table.rooms.staying(ROOM, StayId([1; 16])), None);
        assert_eq!(table.rooms.staying(ROOM, StayId([2; 16])), Some("ann again"));
    }

    #[test]
    fn a_member_can_leave_once() {
        let mut table = Table::new();
        table.join("ann").unwrap();
        assert!(matches!(table.rooms.leave(ROOM, &"ann", table.now), Left::Closed(_)));
        assert_eq!(table.rooms.leave(ROOM, &"ann", table.now), Left::NotInRoom);
        assert!(!table.rooms.contains(&ROOM));
    }
}
