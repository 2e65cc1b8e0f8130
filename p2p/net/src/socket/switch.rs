//! Where QUIC goes and comes from: datagrams on the one pair that was chosen, and no others.
//!
//! The WebRTC stack reads its sockets, and QUIC finds here what was meant for it. So QUIC has no socket of its own that could speak
//! to anybody else, and one that has ended takes nothing away from the stack.

use super::udp::Shared;
use std::{
    collections::VecDeque,
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak},
    task::{Context, Poll, Waker},
};
use webrtc::runtime::EcnCodepoint;

/// Between the sockets of a link and QUIC.
#[derive(Default)]
pub(crate) struct Switch {
    /// The sockets that the stack has made. Whoever lets one go is the stack.
    sockets: Mutex<Vec<Weak<Shared>>>,
    way: RwLock<Option<Way>>,
    inbox: Mutex<Inbox>,
}

/// A pair of addresses that the stack has chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Pair {
    /// The address of a socket here.
    pub(crate) local: SocketAddr,
    /// The other device's, as it is seen from here.
    pub(crate) remote: SocketAddr,
}

/// The pair that QUIC runs on.
#[derive(Clone)]
struct Way {
    socket: Weak<Shared>,
    pair: Pair,
}

#[derive(Default)]
struct Inbox {
    bursts: VecDeque<Burst>,
    bytes: usize,
    waker: Option<Waker>,
}

/// Datagrams that came together: each `stride` long, the last one perhaps shorter.
struct Burst {
    bytes: Vec<u8>,
    at: usize,
    stride: usize,
    ecn: Option<EcnCodepoint>,
}

/// What was put into a buffer.
pub(crate) struct Put {
    pub(crate) len: usize,
    pub(crate) stride: usize,
    pub(crate) ecn: Option<EcnCodepoint>,
}

impl Switch {
    /// The stack has one more socket.
    pub(super) fn add(&self, socket: &Arc<Shared>) {
        let mut sockets = lock(&self.sockets);
        sockets.retain(|socket| socket.strong_count() > 0);
        sockets.push(Arc::downgrade(socket));
    }

    /// From now on QUIC runs on this pair, or on none. False where the stack has no such socket.
    pub(crate) fn set(&self, pair: Option<Pair>) -> bool {
        let way = pair.and_then(|pair| {
            let sockets = lock(&self.sockets);
            let socket = sockets.iter().find(|socket| {
                socket.upgrade().is_some_and(|socket| socket.local_addr().is_ok_and(|local| local == pair.local))
            })?;
            Some(Way { socket: Weak::clone(socket), pair })
        });
        let is_set = way.is_some();
        *self.way.write().unwrap_or_else(PoisonError::into_inner) = way;
        let mut inbox = lock(&self.inbox);
        (inbox.bursts, inbox.bytes) = Default::default();
        is_set
    }

    /// Whether this is the pair that QUIC runs on.
    pub(super) fn is_chosen(&self, pair: Pair) -> bool {
        self.way.read().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|way| way.pair == pair)
    }

    /// Keeps what came for QUIC. What is too much is lost, as on any network.
    pub(super) fn keep(&self, bytes: &[u8], stride: usize, ecn: Option<EcnCodepoint>) {
        let mut inbox = lock(&self.inbox);
        if inbox.bytes + bytes.len() > INBOX || inbox.bursts.len() >= MAX_BURSTS {
            return;
        }
        inbox.bytes += bytes.len();
        inbox.bursts.push_back(Burst { bytes: bytes.to_vec(), at: 0, stride: stride.max(1), ecn });
        if let Some(waker) = inbox.waker.take() {
            waker.wake();
        }
    }

    /// The socket and the other end of it, as long as there is one.
    pub(crate) fn way(&self) -> Option<(Arc<Shared>, SocketAddr)> {
        let way = self.way.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some((way.socket.upgrade()?, way.pair.remote))
    }

    /// How many bytes wait for QUIC.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.inbox).bytes
    }

    /// Fills buffers with what came for QUIC, a burst for each.
    pub(crate) fn poll(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        mut put: impl FnMut(usize, Put),
    ) -> Poll<io::Result<usize>> {
        let mut inbox = lock(&self.inbox);
        let mut filled = 0;
        while let Some(buffer) = buffers.get_mut(filled)
            && let Some(this) = inbox.take(buffer)
        {
            put(filled, this);
            filled += 1;
        }
        if filled == 0 {
            inbox.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(filled))
    }
}

impl Inbox {
    /// Moves as many whole datagrams of one burst as there is room for.
    fn take(&mut self, buffer: &mut [u8]) -> Option<Put> {
        loop {
            let burst = self.bursts.front_mut()?;
            let rest = burst.bytes.get(burst.at..).unwrap_or_default();
            let fits = if rest.len() <= buffer.len() { rest.len() } else { buffer.len() / burst.stride * burst.stride };
            buffer[..fits].copy_from_slice(&rest[..fits]);
            let put = Put { len: fits, stride: burst.stride.min(fits), ecn: burst.ecn };
            burst.at += fits;
            self.bytes -= fits;
            // One that is larger than any buffer is none of QUIC's.
            if fits == 0 || burst.at == burst.bytes.len() {
                self.bytes -= burst.bytes.len() - burst.at;
                self.bursts.pop_front();
            }
            if fits > 0 {
                return Some(put);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As much as the kernel's own buffer holds.
const INBOX: usize = super::SOCKET_BUFFER;
/// Each costs a little beside its bytes.
const MAX_BURSTS: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_larger_than_a_buffer_comes_in_whole_datagrams() {
        let mut inbox = Inbox::default();
        inbox.bursts.push_back(Burst { bytes: (0..10).collect(), at: 0, stride: 3, ecn: None });
        inbox.bytes = 10;
        let mut buffer = [0; 7];
        let mut taken = Vec::new();
        while let Some(put) = inbox.take(&mut buffer) {
            taken.push((buffer[..put.len].to_vec(), put.stride));
        }
        assert_eq!(taken, [(vec![0, 1, 2, 3, 4, 5], 3), (vec![6, 7, 8, 9], 3)]);
        assert_eq!(inbox.bytes, 0);
    }

    #[test]
    fn a_datagram_that_fits_into_no_buffer_is_dropped() {
        let mut inbox = Inbox::default();
        inbox.bursts.push_back(Burst { bytes: vec![1; 9], at: 0, stride: 9, ecn: None });
        inbox.bursts.push_back(Burst { bytes: vec![2; 4], at: 0, stride: 4, ecn: None });
        inbox.bytes = 13;
        let mut buffer = [0; 5];
        assert_eq!(inbox.take(&mut buffer).unwrap().len, 4);
        assert_eq!((buffer[0], inbox.bytes), (2, 0));
    }

    #[test]
    fn a_flood_fills_no_memory() {
        let switch = Switch::default();
        for _ in 0..100_000 {
            switch.keep(&[0xC0; 1200], 1200, None);
            switch.keep(&[0xC0; 1], 1, None);
        }
        let inbox = lock(&switch.inbox);
        assert!(inbox.bytes <= INBOX && inbox.bursts.len() <= MAX_BURSTS);
    }
}
