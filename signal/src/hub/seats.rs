//! Who sits where: seats of a room are taken and given up.

use super::{Hub, Member, Refused, here, random};
use crate::{
    bus::{Bus, Event, Instance, Lease},
    gate::Permit,
    outgoing::Outgoing,
    room::{Full, Join, Joined, Left, Rooms, StayId},
};
use nyx_wire::signal::{CloseReason, Notice, Refusal, RoomId, SeatToken};
use std::{sync::Arc, time::Instant};

impl Hub {
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
    pub(super) fn seat_remote(
        &self,
        rooms: &mut Rooms<Member>,
        room: RoomId,
        at: Instance,
        now: Instant,
    ) -> Option<Member> {
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
}
