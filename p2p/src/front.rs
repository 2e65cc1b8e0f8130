//! Where a front end holds on to the engine: commands go in here, events come out.

use crate::{command::Command, event::Told};
use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tokio::sync::{
    Notify,
    mpsc::{self, error::TrySendError},
};

/// Both ends of a new engine: the front end's, and the engine's own.
pub(crate) fn ends() -> ((Commands, Events), Ends) {
    let (requests, incoming) = mpsc::channel(COMMANDS_MAX);
    let (outgoing, events) = mpsc::channel(EVENTS_MAX);
    let cancelled = Arc::new(Notify::new());
    let urgent = Arc::new(Urgent::default());
    let commands = Commands {
        requests,
        urgent: Arc::clone(&urgent),
        next: Arc::default(),
        stops: Arc::default(),
        cancelled: Arc::clone(&cancelled),
    };
    ((commands, Events(events)), Ends { incoming, urgent, outgoing, cancelled })
}

/// What the engine holds of it.
pub(crate) struct Ends {
    pub(crate) incoming: mpsc::Receiver<Request>,
    pub(crate) urgent: Arc<Urgent>,
    pub(crate) outgoing: mpsc::Sender<Told>,
    /// Told whenever a command is asked to stop.
    pub(crate) cancelled: Arc<Notify>,
}

/// A command on its way, and the switch that stops it.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) by: RequestId,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) command: Command,
}

/// What is never lost because too much else waits: at most one command of each such kind.
#[derive(Debug, Default)]
pub(crate) struct Urgent {
    waiting: Mutex<VecDeque<Request>>,
    wake: Notify,
}

impl Urgent {
    /// Has it done next. One of its kind that still waits does for both.
    fn add(&self, request: Request) -> RequestId {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = mem::discriminant(&request.command);
        if let Some(other) = waiting.iter().find(|other| mem::discriminant(&other.command) == kind) {
            return other.by;
        }
        let by = request.by;
        waiting.push_back(request);
        self.wake.notify_one();
        by
    }

    pub(crate) fn take(&self) -> Option<Request> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Waits until there may be something to take.
    pub(crate) async fn added(&self) {
        self.wake.notified().await;
    }
}

/// Whether a person relies on it that this happens, however busy the engine is.
const fn is_urgent(command: &Command) -> bool {
    matches!(command, Command::Lock | Command::Erase)
}

/// Where commands go in. They are carried out in the order in which they were sent, but what takes long goes on beside
/// the others.
///
/// [`Lock`](Command::Lock) and [`Erase`](Command::Erase) are never refused and never wait for room: where too much
/// waits already they go ahead of all of it, and one that is sent again before the first was begun is that one.
#[derive(Clone, Debug)]
pub struct Commands {
    requests: mpsc::Sender<Request>,
    urgent: Arc<Urgent>,
    next: Arc<AtomicU64>,
    stops: Arc<Mutex<Vec<Running>>>,
    cancelled: Arc<Notify>,
}

/// Where events come out. Whoever does not take them holds the engine up.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Told>);

/// A command that was sent, to recognise its events by.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RequestId(u64);

impl RequestId {
    /// What another process asked for: no command of the front end has this number.
    pub(crate) const FOREIGN: Self = Self(u64::MAX);
}

/// The engine is no longer there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the engine has stopped")]
pub struct Stopped;

/// Why a command could not be sent without waiting.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotPosted {
    /// Too many wait already.
    #[error("the engine is behind")]
    Busy,
    /// The engine is no longer there.
    #[error("the engine has stopped")]
    Stopped,
}

/// A command that may be asked to stop, as long as it lives.
#[derive(Debug)]
struct Running {
    by: RequestId,
    stop: Weak<AtomicBool>,
}

impl Commands {
    /// Sends a command; waits while the engine is behind.
    pub async fn send(&self, command: Command) -> Result<RequestId, Stopped> {
        if is_urgent(&command) {
            return self.post(command).map_err(|_| Stopped);
        }
        let (by, stop) = self.ticket();
        self.requests.send(Request { by, stop, command }).await.map_err(|_| Stopped)?;
        Ok(by)
    }

    /// Sends a command without waiting, from a thread that must not wait.
    pub fn post(&self, command: Command) -> Result<RequestId, NotPosted> {
        let (by, stop) = self.ticket();
        match self.requests.try_send(Request { by, stop, command }) {
            Ok(()) => Ok(by),
            Err(TrySendError::Full(request)) if is_urgent(&request.command) => Ok(self.urgent.add(request)),
            Err(TrySendError::Full(_)) => Err(NotPosted::Busy),
            Err(TrySendError::Closed(_)) => Err(NotPosted::Stopped),
        }
    }

    /// Whether the next command that is [posted](Self::post) is taken, as long as nobody else posts one.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.requests.capacity() > 0
    }

    /// A number for a command, and the switch that stops it.
    fn ticket(&self) -> (RequestId, Arc<AtomicBool>) {
        let by = RequestId(self.next.fetch_add(1, Ordering::Relaxed));
        let stop = Arc::new(AtomicBool::new(false));
        let mut stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
        stops.retain(|running| running.stop.strong_count() > 0);
        stops.push(Running { by, stop: Arc::downgrade(&stop) });
        (by, stop)
    }

    /// Asks a command to stop. It does so at the next point where nothing is half done, and answers
    /// [`Failure::Cancelled`](crate::Failure::Cancelled); what is done already stays done. Never waits, however busy the engine is.
    pub fn cancel(&self, request: RequestId) {
        let stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
        for stop in stops.iter().filter(|running| running.by == request).filter_map(|running| running.stop.upgrade()) {
            stop.store(true, Ordering::Relaxed);
        }
        // One that still waits for its turn is answered now.
        self.cancelled.notify_one();
    }
}

impl Events {
    /// The next event; `None` once the engine has ended.
    pub async fn next(&mut self) -> Option<Told> {
        self.0.recv().await
    }
}

/// A person does not have more wishes at once; a program that does is made to wait.
const COMMANDS_MAX: usize = 64;
/// A page of messages goes through without waiting for each.
const EVENTS_MAX: usize = 256;
