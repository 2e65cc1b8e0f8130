//! What the service hands out: short numbers, the rooms behind them, and relays.

use super::{Hub, Refused, here, lock, random};
use crate::{gate::Permit, number, outgoing::Outgoing};
use nyx_wire::signal::{Notice, Number, Refusal, RoomId};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

impl Hub {
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
}
