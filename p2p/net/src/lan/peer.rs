//! Somebody who is connected, and what they have shown.

use super::limits;
use libp2p::request_response::{InboundRequestId, OutboundRequestId};
use nyx_wire::lan::NONCE_LEN;
use tokio::time::Instant;

/// Somebody who is connected.
pub(super) struct Peer {
    since: Instant,
    pub(super) proven: bool,
    /// Has knocked rightly, and is being told that we know the room too.
    pub(super) told: Option<InboundRequestId>,
    /// Our own knock.
    pub(super) knock: Option<(OutboundRequestId, [u8; NONCE_LEN])>,
    pub(super) under_way: usize,
    /// Requests since the second began.
    asked: (Instant, u32),
}

impl Peer {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { since: now, proven: false, told: None, knock: None, under_way: 0, asked: (now, 0) }
    }

    pub(super) fn is_late(&self, now: Instant) -> bool {
        !self.proven && now >= self.since + limits::PROOF_PATIENCE
    }

    pub(super) fn may_ask(&mut self, now: Instant) -> bool {
        if now.duration_since(self.asked.0).as_secs() > 0 {
            self.asked = (now, 0);
        }
        self.asked.1 += 1;
        self.asked.1 <= limits::REQUESTS_A_SECOND
    }
}
