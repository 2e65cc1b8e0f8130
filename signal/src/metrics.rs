//! Counts for the operator. No room, no address, no payload: nothing here can tell one client from another.

use nyx_wire::signal::Refusal;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use std::fmt;

/// All counters. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Open WebSockets.
    pub connections: Gauge,
    /// Rooms with at least one member.
    pub rooms: Gauge,
    /// Seats taken.
    pub joins: Counter,
    /// Frames relayed at once or queued for a member to come.
    pub frames: Counter,
    /// Their payload bytes.
    pub frame_bytes: Counter,
    /// Frames that the shared store lost; the members were told.
    pub frames_lost: Counter,
    /// Connections closed because they read too slowly.
    pub slow_readers: Counter,
    /// Connections closed because of a message that is none.
    pub malformed: Counter,
    /// Numbers handed out.
    pub allocated: Counter,
    /// Numbers claimed.
    pub claimed: Counter,
    /// Relay credentials handed out.
    pub credentials: Counter,
    /// Upgrades refused, by reason.
    pub refused_connections: Family<Reason, Counter>,
    /// Requests refused, by reason.
    pub refused_requests: Family<Reason, Counter>,
}

/// Why something was refused.
#[derive(Clone, Copy, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub struct Reason {
    /// One of a fixed set of words.
    pub reason: &'static str,
}

impl Metrics {
    pub(crate) fn refuse_request(&self, why: Refusal) {
        let reason = match why {
            Refusal::RoomFull => "room_full",
            Refusal::TooOften => "too_often",
            Refusal::TooManyRooms => "too_many_rooms",
            Refusal::ServiceFull => "service_full",
            Refusal::WaitingFull => "waiting_full",
            Refusal::NotInRoom => "not_in_room",
            Refusal::NeedsBoth => "needs_both",
            Refusal::UnknownNumber => "unknown_number",
            Refusal::Draining => "draining",
            Refusal::Unavailable => "unavailable",
        };
        self.refused_requests.get_or_create(&Reason { reason }).inc();
    }

    pub(crate) fn refuse_connection(&self, reason: &'static str) {
        self.refused_connections.get_or_create(&Reason { reason }).inc();
    }

    /// The text that Prometheus reads.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("nyx_signal");
        registry.register("connections", "Open WebSockets", self.connections.clone());
        registry.register("rooms", "Rooms with at least one member", self.rooms.clone());
        registry.register("joins", "Seats taken", self.joins.clone());
        registry.register("frames", "Frames relayed or queued", self.frames.clone());
        registry.register("frame_bytes", "Payload bytes relayed or queued", self.frame_bytes.clone());
        registry.register("frames_lost", "Frames lost between instances, members told", self.frames_lost.clone());
        registry.register("slow_readers", "Connections closed for reading too slowly", self.slow_readers.clone());
        registry.register("malformed", "Connections closed for a message that is none", self.malformed.clone());
        registry.register("numbers_allocated", "Short numbers handed out", self.allocated.clone());
        registry.register("numbers_claimed", "Short numbers claimed", self.claimed.clone());
        registry.register("credentials", "Relay credentials handed out", self.credentials.clone());
        registry.register("refused_connections", "Upgrades refused", self.refused_connections.clone());
        registry.register("refused_requests", "Requests refused", self.refused_requests.clone());
        let mut out = String::new();
        text::encode(&mut out, &registry)?;
        Ok(out)
    }
}
