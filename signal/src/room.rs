//! Rooms with two seats. No clock, no socket, no randomness of its own: the hub drives it.
//!
//! `M` is whoever sits there: a connection of this instance, another instance, or a number in a test.

mod waiting;

pub(crate) use waiting::Budget;

use axum::body::Bytes;
use nyx_wire::signal::{CloseReason, RoomId, SeatToken};
use std::{
    collections::{HashMap, hash_map},
    time::{Duration, Instant},
};
use waiting::Waiting;

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
            waiting: Waiting::new(&terms.waiting_in_all),
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

#[cfg(test)]
mod tests;
