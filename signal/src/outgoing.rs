//! What waits to be written to one connection, and which rooms the connection sits in.

use crate::metrics::Metrics;
use axum::body::Bytes;
use nyx_wire::signal::{Notice, RoomId};
use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Notify;

/// The next thing that a connection's task does on behalf of others.
#[derive(Debug)]
pub(crate) enum Out {
    /// End at once.
    CutOff,
    /// Write this message.
    Message(Bytes),
    /// Close the socket with this code and reason.
    Close(u16, String),
}

/// One connection as the others see it.
#[derive(Debug)]
pub(crate) struct Outgoing {
    state: Mutex<State>,
    wake: Notify,
    max_bytes: usize,
    /// The rooms that all connections of this address sit in.
    rooms_of_address: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Out>,
    bytes: usize,
    rooms: HashSet<RoomId>,
    /// Nothing is taken any more: the connection is closing.
    closed: bool,
    /// Nobody waits for the last write.
    cut_off: bool,
}

/// The connection has ended in the meantime.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Ended;

impl Outgoing {
    pub(crate) fn new(max_bytes: usize, rooms_of_address: Arc<AtomicUsize>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), wake: Notify::new(), max_bytes, rooms_of_address })
    }

    /// Queues a message. A reader that is too slow is cut off: it comes back with its seat token.
    pub(crate) fn notify(&self, notice: &Notice<'_>, metrics: &Metrics) {
        let message = Bytes::from(notice.encode());
        let mut state = self.lock();
        if state.closed {
            return;
        }
        if state.bytes + message.len() > self.max_bytes {
            metrics.slow_readers.inc();
            state.cut_off();
        } else {
            state.bytes += message.len();
            state.queue.push_back(Out::Message(message));
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Closes the connection after what is queued already.
    pub(crate) fn close(&self, code: u16, reason: String) {
        let mut state = self.lock();
        if !state.closed {
            state.closed = true;
            state.queue.push_back(Out::Close(code, reason));
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Waits for the next thing to do. Safe to drop at any await.
    pub(crate) async fn next(&self) -> Out {
        loop {
            if let Some(out) = self.try_next() {
                return out;
            }
            self.wake.notified().await;
        }
    }

    /// Waits until the connection is to end at once, in the middle of a write that makes no progress. Safe to drop.
    pub(crate) async fn cut_off(&self) {
        while !self.lock().cut_off {
            self.wake.notified().await;
        }
    }

    /// The next thing to do, if there is one.
    pub(crate) fn try_next(&self) -> Option<Out> {
        let mut state = self.lock();
        if state.cut_off {
            return Some(Out::CutOff);
        }
        let out = state.queue.pop_front()?;
        if let Out::Message(message) = &out {
            state.bytes -= message.len();
        }
        if state.queue.is_empty() && state.queue.capacity() > 8 {
            // An idle connection keeps no memory of its busy times.
            state.queue = VecDeque::new();
        }
        Some(out)
    }

    /// Puts back what was taken last and not written.
    pub(crate) fn put_back(&self, out: Out) {
        let mut state = self.lock();
        if let Out::Message(message) = &out {
            state.bytes += message.len();
        }
        state.queue.push_front(out);
        drop(state);
        self.wake.notify_one();
    }

    /// Notes that the connection sits in a room.
    pub(crate) fn enter(&self, room: RoomId) -> Result<(), Ended> {
        let mut state = self.lock();
        if state.closed {
            return Err(Ended);
        }
        if state.rooms.insert(room) {
            self.rooms_of_address.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Notes that the connection sits there no longer.
    pub(crate) fn exit(&self, room: &RoomId) {
        let mut state = self.lock();
        if state.rooms.remove(room) {
            self.rooms_of_address.fetch_sub(1, Ordering::Relaxed);
        }
        if state.rooms.is_empty() {
            state.rooms = HashSet::new();
        }
    }

    /// How many rooms the connection sits in.
    pub(crate) fn room_count(&self) -> usize {
        self.lock().rooms.len()
    }

    /// Ends the connection for the others and gives back the rooms to leave.
    pub(crate) fn end(&self) -> Vec<RoomId> {
        let mut state = self.lock();
        state.closed = true;
        state.queue = VecDeque::new();
        self.rooms_of_address.fetch_sub(state.rooms.len(), Ordering::Relaxed);
        std::mem::take(&mut state.rooms).into_iter().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can leave the state half changed, so a panic elsewhere does not taint it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn cut_off(&mut self) {
        self.closed = true;
        self.cut_off = true;
        self.queue = VecDeque::new();
        self.bytes = 0;
    }
}
