//! What other instances say of rooms that are shared with them, and what their store knows.

use super::{Hub, Member, Truth, lock};
use crate::{
    bus::{Event, Instance},
    room::{Left, Rooms, StayId},
};
use nyx_wire::signal::{CloseReason, Notice, RoomId};
use std::time::{Duration, Instant};

impl Hub {
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

    pub(super) fn tell_frames_lost(&self, rooms: &Rooms<Member>, room: RoomId) {
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
}
