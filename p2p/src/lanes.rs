//! What runs beside the engine, so that what is short never waits for what is long. Each kind of work has a lane: so many
//! at once, the others behind them in their order.

use crate::{
    event::{Event, Told},
    failure::Failure,
    jobs::Job,
};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::task::{JoinSet, spawn_blocking};

/// A kind of work that takes a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lane {
    /// Reads or writes as much as there is: a backup, a check, files.
    Long,
    /// Makes or tries a password, which is dear on purpose.
    Password,
    /// Looks through the messages.
    Search,
    /// Decodes a picture.
    Picture,
    /// Writes what another process handed over.
    Handed,
    /// What nobody asked for. Takes no room from what somebody did.
    Tidying,
}

impl Lane {
    const COUNT: usize = 6;

    /// How many run at once.
    const fn width(self) -> usize {
        match self {
            // More at once only makes each of it slower.
            Self::Long => 4,
            // Each takes the memory that makes guessing dear.
            Self::Password => 1,
            // What was typed last is not held up by one that still runs.
            Self::Search => 2,
            // Each may take as much memory as the limits of a picture allow.
            Self::Picture => 2,
            // It takes no room from what the front end wants, and has some of its own.
            Self::Handed => 2,
            Self::Tidying => 1,
        }
    }
}

/// Everything that runs beside the engine or waits for its turn.
pub(crate) struct Lanes {
    running: JoinSet<Lane>,
    busy: [usize; Lane::COUNT],
    waiting: VecDeque<Waiting>,
    stops: Vec<Weak<AtomicBool>>,
}

struct Waiting {
    lane: Lane,
    job: Job,
    work: Work,
}

type Work = Box<dyn FnOnce(&Job) -> Result<(), Failure> + Send>;

impl Lanes {
    pub(crate) fn new() -> Self {
        Self { running: JoinSet::new(), busy: [0; Lane::COUNT], waiting: VecDeque::new(), stops: Vec::new() }
    }

    /// Has something carried out, now or when its lane has room, and its end told. If too many wait already it is refused.
    pub(crate) async fn add(
        &mut self,
        lane: Lane,
        job: Job,
        work: impl FnOnce(&Job) -> Result<(), Failure> + Send + 'static,
    ) {
        let waiting = Waiting { lane, job, work: Box::new(work) };
        if self.has_room(lane) {
            self.begin(waiting);
        } else if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(waiting);
        } else {
            answer(waiting, Failure::Busy).await;
        }
    }

    /// Has something carried out that nobody asked for and nobody waits for.
    pub(crate) fn tidy(&mut self, work: impl FnOnce() + Send + 'static) {
        self.busy[Lane::Tidying as usize] += 1;
        self.running.spawn(async move {
            if let Err(panic) = spawn_blocking(work).await {
                tracing::error!(%panic, "work beside the engine ended early");
            }
            Lane::Tidying
        });
    }

    /// Waits until something has ended, and lets the next one of its lane begin. `None`: nothing runs.
    pub(crate) async fn ended(&mut self) -> Option<Lane> {
        let lane = match self.running.join_next().await? {
            Ok(lane) => lane,
            // What runs catches its own panics; without its lane the count would never be right again.
            Err(error) => {
                tracing::error!(%error, "work beside the engine was lost");
                return Some(Lane::Tidying);
            }
        };
        self.busy[lane as usize] -= 1;
        if let Some(place) = self.waiting.iter().position(|waiting| waiting.lane == lane)
            && self.has_room(lane)
            && let Some(waiting) = self.waiting.remove(place)
        {
            self.begin(waiting);
        }
        Some(lane)
    }

    /// Answers those that wait and are no longer wanted.
    pub(crate) async fn drop_unwanted(&mut self) {
        let (wanted, unwanted) = self.waiting.drain(..).partition(|waiting| waiting.job.is_wanted());
        self.waiting = wanted;
        let unwanted: VecDeque<Waiting> = unwanted;
        for waiting in unwanted {
            answer(waiting, Failure::Cancelled).await;
        }
    }

    /// Whether nothing runs that a person began and wants to see the end of.
    pub(crate) fn is_idle(&self) -> bool {
        [Lane::Long, Lane::Password, Lane::Handed].iter().all(|lane| self.busy[*lane as usize] == 0)
    }

    /// Stops everything, and returns when it has stopped.
    pub(crate) async fn stop(&mut self) {
        for stop in self.stops.drain(..).filter_map(|stop| stop.upgrade()) {
            stop.store(true, Ordering::Relaxed);
        }
        for waiting in std::mem::take(&mut self.waiting) {
            answer(waiting, Failure::Cancelled).await;
        }
        while self.running.join_next().await.is_some() {}
        self.busy = [0; Lane::COUNT];
    }

    fn has_room(&self, lane: Lane) -> bool {
        self.busy[lane as usize] < lane.width()
    }

    fn begin(&mut self, waiting: Waiting) {
        let Waiting { lane, job, work } = waiting;
        self.stops.retain(|stop| stop.strong_count() > 0);
        self.stops.push(Arc::downgrade(&job.stop));
        self.busy[lane as usize] += 1;
        self.running.spawn(async move {
            let (events, by) = (job.events.clone(), job.by);
            let ended = spawn_blocking(move || job.check().and_then(|()| work(&job)))
                .await
                .unwrap_or_else(|panic| Err(Failure::Internal(panic.to_string())))
                .map_or_else(Event::Failed, |()| Event::Done);
            let _ = events.send(Told { by: Some(by), event: ended }).await;
            lane
        });
    }
}

async fn answer(waiting: Waiting, failure: Failure) {
    let (events, by) = (waiting.job.events.clone(), waiting.job.by);
    // Before its end is told: it may hold the vault.
    drop(waiting);
    let _ = events.send(Told { by: Some(by), event: Event::Failed(failure) }).await;
}

/// As many as a person who scrolls through pictures can leave behind; a program that asks for more hears so.
const WAITING_MAX: usize = 256;
