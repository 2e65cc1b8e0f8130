//! A datagram that went out, to be said once more.

use super::udp::Shared;
use std::{
    net::SocketAddr,
    sync::{Arc, Weak},
};
use webrtc::runtime::Transmit;

/// Its socket may be gone by then.
pub(super) struct Said {
    socket: Weak<Shared>,
    to: SocketAddr,
    segment: Option<usize>,
    bytes: Vec<u8>,
}

impl Said {
    pub(super) fn new(socket: &Arc<Shared>, transmit: &Transmit<'_>) -> Self {
        Self {
            socket: Arc::downgrade(socket),
            to: transmit.destination,
            segment: transmit.segment_size,
            bytes: transmit.contents.to_vec(),
        }
    }

    /// Says it again. What can't be sent now is lost, as on any network.
    pub(super) fn again(&self) {
        let Some(socket) = self.socket.upgrade() else { return };
        let _ = socket.try_send(&Transmit {
            destination: self.to,
            ecn: None,
            contents: &self.bytes,
            segment_size: self.segment,
            src_ip: None,
        });
    }

    /// Whether its socket is still there.
    pub(super) fn is_possible(&self) -> bool {
        self.socket.strong_count() > 0
    }

    /// Whether both went from one socket to one place: to the same channel, where a relay passes them on.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let channel = |bytes: &[u8]| match bytes {
            [first @ 64..=79, second, ..] => Some([*first, *second]),
            _ => None,
        };
        self.socket.ptr_eq(&other.socket) && self.to == other.to && channel(&self.bytes) == channel(&other.bytes)
    }
}
