//! Where QUIC goes and comes from: datagrams on the one pair that was chosen, and no others.
//!
//! The sockets are the WebRTC stack's, which makes them and lets them go. Whoever of the two reads one finds what is the other's, too,
//! and puts it into the other's inbox. While QUIC has its [`Turn`] at a pair it reads that socket itself, for nearly all that comes is
//! its own; at all other times, and all other sockets, the stack does. A turn that is over can neither read nor send.

use super::{inbox::Inbox, udp::Shared};
use std::{
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};
use webrtc::runtime::RecvMeta;

/// Between the sockets of a link and QUIC.
#[derive(Default)]
pub(crate) struct Switch {
    /// The sockets that the stack has made. Whoever lets one go is the stack.
    sockets: Mutex<Vec<Weak<Shared>>>,
    way: RwLock<Option<Way>>,
    /// What the stack has read for QUIC.
    inbox: Mutex<Inbox>,
    turns: AtomicU64,
    /// What kills the endpoint on it.
    #[cfg(test)]
    killer: Mutex<Option<Box<dyn Fn() + Send>>>,
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

/// An endpoint's time at a pair: until it is dropped, another takes its place, or the pair is no longer the chosen one.
pub(crate) struct Turn {
    switch: Arc<Switch>,
    way: Way,
    number: u64,
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
        let mut chosen = self.way.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(socket) = std::mem::replace(&mut *chosen, way).and_then(|before| before.socket.upgrade()) {
            socket.end_turn();
        }
        drop(chosen);
        lock(&self.inbox).clear();
        is_set
    }

    /// An endpoint takes its turn at the chosen pair, in place of any before it. None where there is no pair.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Turn> {
        // No other pair is chosen meanwhile.
        let chosen = self.way.read().unwrap_or_else(PoisonError::into_inner);
        let way = chosen.clone()?;
        let number = FIRST_TURN + self.turns.fetch_add(1, Ordering::Relaxed);
        way.socket.upgrade()?.begin_turn(number);
        Some(Turn { switch: Arc::clone(self), way, number })
    }

    /// Whether this is the pair that QUIC runs on.
    pub(super) fn is_chosen(&self, pair: Pair) -> bool {
        self.way.read().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|way| way.pair == pair)
    }

    /// Keeps what came for QUIC.
    pub(super) fn keep(&self, bytes: &[u8], meta: &RecvMeta) {
        lock(&self.inbox).keep(bytes, meta);
    }
}

#[cfg(test)]
impl Switch {
    /// How many bytes wait for QUIC.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.inbox).bytes()
    }

    /// From now on there is an endpoint on it, or none.
    pub(crate) fn set_killer(&self, killer: Option<Box<dyn Fn() + Send>>) {
        *lock(&self.killer) = killer;
    }

    /// Kills the endpoint on it, if there is one.
    pub(crate) fn kill_endpoint(&self) -> bool {
        lock(&self.killer).take().is_some_and(|kill| {
            kill();
            true
        })
    }
}

impl Turn {
    /// The socket and the other end of it, as long as the turn lasts.
    pub(crate) fn way(&self) -> Option<(Arc<Shared>, SocketAddr)> {
        let socket = self.way.socket.upgrade().filter(|socket| socket.is_turn_of(self.number))?;
        Some((socket, self.way.pair.remote))
    }

    /// Fills buffers with what came for QUIC, a burst for each.
    pub(crate) fn poll(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        metas: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        // Who has no turn has nothing to wait for.
        let Some((socket, peer)) = self.way() else { return Poll::Pending };
        let mut inbox = lock(&self.switch.inbox);
        let filled = inbox.fill(buffers, metas);
        if filled > 0 {
            return Poll::Ready(Ok(filled));
        }
        inbox.wait(cx);
        drop(inbox);
        socket.poll_quic(cx, self.number, peer, buffers, metas)
    }
}

/// The stack reads again.
impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((socket, _)) = self.way() {
            socket.end_turn();
        }
    }
}

/// Zero is nobody's.
const FIRST_TURN: u64 = 1;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
