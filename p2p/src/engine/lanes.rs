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
    time::Duration,
};
use tokio::{
    task::{JoinSet, spawn_blocking},
    time::timeout,
};

/// A kind of work that takes a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lane {
    /// Reads or writes as much as there is: a backup, a check, files.
    Long,
    /// Makes or tries a password, which is dear on purpose.
    Password,
    /// Looks through the messages.
    Search,
    /// Counts what there is: as much work as there are messages.
    Counting,
    /// Decodes a picture.
    Picture,
    /// Writes what another process handed over.
    Handed,
    /// What nobody asked for. Takes no room from what somebody did.
    Tidying,
}

impl Lane {
    const COUNT: usize = 7;

    /// How many run at once.
    const fn width(self) -> usize {
        match self {
            // More at once only makes each of it slower.
            Self::Long => 4,
            // Each takes the memory that makes guessing dear.
            Self::Password => 1,
            // What was typed last is not held up by one that still runs.
            Self::Search => 2,
            // In the order in which it was asked for: the last answer is the newest.
            Self::Counting => 1,
            // One is decoded at a time, whoever wants it.
            Self::Picture => 1,
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

    /// Has something carried out, now or when its lane has room, and its end told. If too many wait there already it is refused.
    pub(crate) async fn add(
        &mut self,
        lane: Lane,
        job: Job,
        work: impl FnOnce(&Job) -> Result<(), Failure> + Send + 'static,
    ) {
        let waiting = Waiting { lane, job, work: Box::new(work) };
        if self.has_room(lane) {
            self.begin(waiting);
        } else if self.waiting.iter().filter(|other| other.lane == lane).count() < WAITING_MAX {
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

    /// Stops everything, and returns when it has stopped; what does not stop in time is no longer waited for.
    pub(crate) async fn stop(&mut self) {
        for stop in self.stops.drain(..).filter_map(|stop| stop.upgrade()) {
            stop.store(true, Ordering::Relaxed);
        }
        for waiting in std::mem::take(&mut self.waiting) {
            answer(waiting, Failure::Cancelled).await;
        }
        let stopped = timeout(STOP_MAX, async { while self.running.join_next().await.is_some() {} }).await;
        if stopped.is_err() {
            tracing::error!(count = self.running.len(), "work beside the engine did not stop");
            self.running.detach_all();
        }
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

/// As many as a person who scrolls through pictures can leave behind; a program that asks for more hears so. In each lane:
/// one that is full takes no room from the others.
const WAITING_MAX: usize = 256;
/// Everything looks several times a second whether it is still wanted. What does not stop in this time waits for a disk.
const STOP_MAX: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::SystemClock, front::RequestId};
    use std::sync::{atomic::AtomicU64, mpsc};
    use tokio::sync::mpsc::{Receiver, Sender, channel};

    fn job(events: &Sender<Told>) -> Job {
        Job {
            by: RequestId::FOREIGN,
            events: events.clone(),
            stop: Arc::default(),
            clock: Arc::new(SystemClock::new()),
            told_at_ms: AtomicU64::new(0),
        }
    }

    /// Work that hears nothing until the other end is dropped.
    fn stuck() -> (mpsc::SyncSender<()>, impl FnOnce(&Job) -> Result<(), Failure> + Send + 'static) {
        let (free, stuck) = mpsc::sync_channel(0);
        (free, move |_: &Job| {
            let _ = stuck.recv();
            Ok(())
        })
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_stop_in_time_holds_no_locking_up() {
        let (events, _heard) = channel(8);
        let mut lanes = Lanes::new();
        let (free, work) = stuck();
        lanes.add(Lane::Long, job(&events), work).await;
        // Time does not go by itself while something blocks.
        tokio::join!(lanes.stop(), async {
            tokio::task::yield_now().await;
            tokio::time::advance(2 * STOP_MAX).await;
        });
        assert!(lanes.is_idle());
        // And the lane has its room back, whenever the other one ends.
        lanes.add(Lane::Long, job(&events), |_| Ok(())).await;
        drop(free);
        assert_eq!(lanes.ended().await, Some(Lane::Long));
        assert_eq!(lanes.ended().await, None);
    }

    #[tokio::test]
    async fn a_full_lane_takes_no_room_from_the_others() {
        let (events, mut heard): (_, Receiver<Told>) = channel(8);
        let mut lanes = Lanes::new();
        let mut frees = Vec::new();
        for _ in 0..Lane::Password.width() {
            let (free, work) = stuck();
            frees.push(free);
            lanes.add(Lane::Password, job(&events), work).await;
        }
        let (free, work) = stuck();
        frees.push(free);
        lanes.add(Lane::Search, job(&events), work).await;
        let (free, work) = stuck();
        frees.push(free);
        lanes.add(Lane::Search, job(&events), work).await;
        for _ in 0..WAITING_MAX {
            lanes.add(Lane::Password, job(&events), |_| Ok(())).await;
        }
        lanes.add(Lane::Search, job(&events), |_| Ok(())).await;
        assert!(heard.try_recv().is_err(), "refused because another lane is full");
        lanes.add(Lane::Password, job(&events), |_| Ok(())).await;
        assert!(matches!(heard.try_recv().unwrap().event, Event::Failed(Failure::Busy)));
        for waiting in std::mem::take(&mut lanes.waiting) {
            drop(waiting);
        }
        drop(frees);
        while lanes.ended().await.is_some() {}
    }
}
