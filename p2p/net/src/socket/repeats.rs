//! The handshake of a link is said more than once.
//!
//! The stack's DTLS forgets its timer when a part of a flight arrives, and takes it up again only with the next flight. Two
//! sides that each have a part of what the other said then wait for each other for ever: at 5 % loss about one link in
//! thirty. So what was said of a handshake is said again from here, until the link stands. Whoever has it already drops it as a
//! replay (RFC 6347 §4.1.2.6); on a path that loses nothing the link stands before the first time.

use super::udp::Shared;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use webrtc::runtime::Transmit;

/// What this side has said of the handshake. Nothing is kept once it is over.
#[derive(Default)]
pub(crate) struct Repeats(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    said: VecDeque<Said>,
    is_over: bool,
}

struct Said {
    socket: Weak<Shared>,
    to: SocketAddr,
    segment: Option<usize>,
    bytes: Vec<u8>,
}

impl Repeats {
    /// Keeps a datagram that is part of a handshake.
    pub(super) fn note(&self, socket: &Arc<Shared>, transmit: &Transmit<'_>) {
        if !is_handshake(transmit.contents) {
            return;
        }
        let mut kept = self.lock();
        if kept.is_over {
            return;
        }
        if kept.said.len() == KEPT_MAX {
            kept.said.pop_front();
        }
        let (to, segment) = (transmit.destination, transmit.segment_size);
        kept.said.push_back(Said { socket: Arc::downgrade(socket), to, segment, bytes: transmit.contents.to_vec() });
    }

    /// Says all of it again.
    pub(crate) fn again(&self) {
        for said in &self.lock().said {
            let Some(socket) = said.socket.upgrade() else { continue };
            // What can't be sent now is said again later.
            let _ = socket.try_send(&Transmit {
                destination: said.to,
                ecn: None,
                contents: &said.bytes,
                segment_size: said.segment,
                src_ip: None,
            });
        }
    }

    /// The link stands.
    pub(crate) fn end(&self) {
        *self.lock() = Kept { said: VecDeque::new(), is_over: true };
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a datagram begins with a record of a DTLS handshake, or is one on a TURN channel (RFC 8656 §12.4).
fn is_handshake(datagram: &[u8]) -> bool {
    let record = match datagram.first() {
        Some(64..=79) => datagram.get(4),
        first => first,
    };
    matches!(record, Some(&(CHANGE_CIPHER_SPEC | HANDSHAKE)))
}

/// Content types (RFC 5246 §6.2.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
/// Three flights of a few datagrams, and what the stack repeats of them.
const KEPT_MAX: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_handshakes_are_kept() {
        for (first, kept) in [(0, false), (20, true), (21, false), (22, true), (23, false), (40, false), (255, false)] {
            assert_eq!(is_handshake(&[first, 254, 253]), kept, "{first}");
            assert_eq!(is_handshake(&[64, 0, 0, 3, first, 254, 253]), kept, "{first} on a channel");
        }
        assert!(!is_handshake(&[]) && !is_handshake(&[64, 0, 0, 0]));
    }
}
