//! What most of the Internet does about congestion: RFC 9438.

use std::time::{Duration, Instant};

/// A window that grows until packets are lost.
#[derive(Clone, Debug)]
pub(super) struct Cubic {
    bytes: f64,
    datagram: f64,
    /// What it had before it lost something, or is taken to have had.
    most: f64,
    /// What Reno would have.
    reno: f64,
    /// When it was cut. What was sent before that says nothing new when it is lost.
    cut: Instant,
}

impl Cubic {
    /// As if it had just been cut to so many bytes.
    pub(super) fn new(now: Instant, bytes: u64, datagram: u64) -> Self {
        let bytes = bytes as f64;
        Self { bytes, datagram: datagram as f64, most: bytes / KEPT, reno: bytes, cut: now }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    pub(super) fn acked(&mut self, now: Instant, trip: Duration, bytes: u64) {
        let (window, acked) = (self.bytes / self.datagram, bytes as f64 / self.datagram);
        let most = self.most / self.datagram;
        let since_cut = (now + trip).saturating_duration_since(self.cut).as_secs_f64();
        let back_at_most = (most * (1.0 - KEPT) / PACE).cbrt();
        let wanted = most + PACE * (since_cut - back_at_most).powi(3);
        let step = (wanted.clamp(window, 1.5 * window) - window) / window * acked;
        self.reno += self.datagram * RENO * acked / window;
        self.bytes = (self.bytes + step * self.datagram).max(self.reno);
    }

    pub(super) fn lost(&mut self, now: Instant, sent: Instant) {
        if sent < self.cut {
            return;
        }
        // Room for others, where it has less than last time.
        self.most = if self.bytes < self.most { self.bytes * (1.0 + KEPT) / 2.0 } else { self.bytes };
        self.bytes = (self.bytes * KEPT).max(2.0 * self.datagram);
        (self.reno, self.cut) = (self.bytes, now);
    }
}

/// Of the window, when packets are lost.
const KEPT: f64 = 0.7;
/// Datagrams a second, cubed.
const PACE: f64 = 0.4;
/// Datagrams in a round trip, so that it gets what Reno gets: RFC 9438 §4.3.
const RENO: f64 = 3.0 * (1.0 - KEPT) / (1.0 + KEPT);
