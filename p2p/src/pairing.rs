//! Meeting another device: the engine's side. One meeting at a time; a task of its own has the machine, the carriers and
//! the link, and what the meeting is for runs in it. The engine starts it, hands codes in, and ends it.
//!
//! Reading order: `code` (what people carry), `reach` (what may be used), `ways` and `by_hand` (from a code to a meeting
//! under way), `session` (the one loop), `carriers`, `linking`, then the jobs: `check`.

mod accounts;
mod again;
mod by_hand;
mod carriers;
mod check;
mod code;
mod failing;
mod hosted;
mod line;
mod linking;
mod questions;
mod reach;
mod session;
mod teller;
mod ways;

pub use check::Measured;
pub use code::{CarriedCode, CarriedKind, CodeTrouble, Form, Meet, ShownCode, ShownKind};
pub use failing::{NetTrouble, PeerTrouble};
pub use questions::{Question, Reply};
pub use reach::Reach;

pub(crate) use accounts::{Agreed, Speaks, as_new, as_old};
pub(crate) use again::{Again, Known, Side};
pub(crate) use hosted::Hosted;
pub(crate) use line::{Line, LineEvent};
pub(crate) use teller::Teller;

use crate::{
    account::identity::device_name,
    event::{Event, Told},
    failure::Failure,
    jobs::{Job, World},
};
use check::Check;
use nyx_net::lane::Purpose;
use nyx_proto::pairing::{Intent, View};
use questions::Questions;
use session::Session;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::timeout,
};
use ways::Ground;

/// The meeting under way, if there is one, and what it is for.
#[derive(Default)]
pub(crate) struct Pairings(Option<UnderWay>);

struct UnderWay {
    what: What,
    carried: mpsc::Sender<CarriedCode>,
    questions: Questions,
    wanted: Wanted,
    task: JoinHandle<()>,
}

/// What two devices meet for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum What {
    /// To try the link between them. It needs no vault.
    Check,
    /// To move an account out of the open vault.
    Send,
    /// To move an account into this home.
    Receive,
}

/// How what runs beside the engine and the person talk to each other.
pub(crate) struct Talk {
    /// What happens.
    pub(crate) tell: Teller,
    /// Codes that are carried here.
    pub(crate) codes: mpsc::Receiver<CarriedCode>,
    /// What the person is asked.
    pub(crate) questions: Questions,
    /// Whether it is wanted still.
    pub(crate) wanted: Wanted,
}

/// Whether a meeting is still wanted, and who is told when it is not.
#[derive(Clone)]
pub(crate) struct Wanted {
    stop: Arc<AtomicBool>,
    /// Nobody cancelled it: the vault is being locked, or the program ends.
    suspended: Arc<AtomicBool>,
    told: Arc<Notify>,
}

impl Pairings {
    /// Begins a check of the link to another device. Its end is told by the task.
    pub(crate) async fn check(&mut self, job: Job, world: World, meet: Meet, reach: Reach) {
        self.begin(What::Check, job, move |talk| checked(world, talk, meet, reach)).await;
    }

    /// Begins something for which two devices meet. Its end is told by the task.
    pub(crate) async fn begin<F>(&mut self, what: What, job: Job, work: impl FnOnce(Talk) -> F + Send + 'static)
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let Job { by, events, stop, clock, .. } = job;
        let before = match self.0.take() {
            Some(under_way) if under_way.task.is_finished() => None,
            // Nobody wants it any more, and it says its last words: the next one waits for its end.
            Some(under_way) if under_way.wanted.stop.load(Ordering::Relaxed) => {
                under_way.wanted.told.notify_one();
                Some(under_way.task)
            }
            Some(under_way) => {
                self.0 = Some(under_way);
                let _ = events.send(Told { by: Some(by), event: Event::Failed(Failure::Busy) }).await;
                return;
            }
            None => None,
        };
        let (carried, codes) = mpsc::channel(CODES);
        let (questions, wanted) =
            (Questions::default(), Wanted { stop, suspended: Arc::default(), told: Arc::default() });
        let tell = Teller::new(by, events.clone(), clock);
        let talk = Talk { tell, codes, questions: questions.clone(), wanted: wanted.clone() };
        let work = tokio::spawn(async move {
            if let Some(mut before) = before
                && timeout(GOODBYE, &mut before).await.is_err()
            {
                before.abort();
            }
            work(talk).await
        });
        let task = tokio::spawn(async move {
            let ended = work.await.unwrap_or_else(|panic| Err(Failure::Internal(panic.to_string())));
            let event = ended.map_or_else(Event::Failed, |()| Event::Done);
            let _ = events.send(Told { by: Some(by), event }).await;
        });
        self.0 = Some(UnderWay { what, carried, questions, wanted, task });
    }

    /// Whether anything is under way.
    fn is_busy(&self) -> bool {
        self.0.as_ref().is_some_and(|under_way| !under_way.task.is_finished())
    }

    /// Whether this is under way.
    pub(crate) fn is(&self, what: What) -> bool {
        self.is_busy() && self.0.as_ref().is_some_and(|under_way| under_way.what == what)
    }

    /// Hands a code to the meeting that waits for one.
    pub(crate) fn carry(&self, code: CarriedCode) -> Result<(), Failure> {
        let under_way = self.0.as_ref().filter(|under_way| !under_way.task.is_finished());
        let under_way = under_way.ok_or(CodeTrouble::NotWanted)?;
        under_way.carried.try_send(code).map_err(|_| CodeTrouble::NotWanted.into())
    }

    /// Answers what the meeting asked last.
    pub(crate) fn answer(&self, reply: Reply) -> Result<(), Failure> {
        self.0.as_ref().ok_or(Failure::NothingAsked)?.questions.answer(reply)
    }

    /// Ends it if nobody wants it any more.
    pub(crate) fn drop_unwanted(&self) {
        if let Some(under_way) = &self.0
            && under_way.wanted.stop.load(Ordering::Relaxed)
        {
            under_way.wanted.told.notify_one();
        }
    }

    /// Ends it, and returns when it has ended.
    pub(crate) async fn stop(&mut self) {
        let Some(UnderWay { wanted, mut task, .. }) = self.0.take() else { return };
        // Before the other one: who sees that it is over asks this.
        wanted.suspended.store(!wanted.stop.load(Ordering::Relaxed), Ordering::Relaxed);
        wanted.stop.store(true, Ordering::Release);
        wanted.told.notify_one();
        if timeout(GOODBYE, &mut task).await.is_err() {
            task.abort();
        }
    }

    /// Ends what holds a vault, or the home of one, and returns when it has ended.
    pub(crate) async fn stop_moving(&mut self) {
        if self.is(What::Send) || self.is(What::Receive) {
            self.stop().await;
        }
    }
}

impl Wanted {
    /// Returns when nobody wants it any more.
    pub(crate) async fn over(&self) {
        while self.is_wanted() {
            self.told.notified().await;
        }
        // Each wakes the next.
        self.told.notify_one();
    }

    /// Whether it is.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.stop.load(Ordering::Acquire)
    }

    /// Whether it is over for now, and nobody has cancelled it.
    pub(crate) fn is_suspended(&self) -> bool {
        self.suspended.load(Ordering::Relaxed)
    }
}

/// From the first code to the last figure.
async fn checked(world: World, talk: Talk, meet: Meet, reach: Reach) -> Result<(), Failure> {
    let Talk { tell, codes: mut carried, wanted, .. } = talk;
    let intent = Intent::Check { device: device_name(&world)? };
    let ground = Ground { world: &world, tell: &tell, reach: &reach, intent, carried: &mut carried };
    let opening = tokio::select! {
        opening = ways::open(ground, meet) => opening?,
        () = wanted.over() => return Err(Failure::Cancelled),
    };
    let mut session = Session::new(world, tell, opening);
    let ended = tokio::select! {
        biased;
        ended = measured(&mut session) => Some(ended),
        () = wanted.over() => None,
    };
    match ended {
        Some(Ok(())) => session.close().await,
        Some(Err(failure)) => {
            session.part().await;
            return Err(failure);
        }
        None => {
            session.cancel().await;
            return Err(Failure::Cancelled);
        }
    }
    Ok(())
}

async fn measured(session: &mut Session) -> Result<(), Failure> {
    let path = session.meet().await?;
    if let View::Known { name, digits } = session.view() {
        let (name, digits) = (name.as_str().to_owned(), digits.clone());
        session.tell.tell(Event::Peer { name, path }).await;
        session.tell.tell(Event::Digits(digits)).await;
    }
    let check = Check {
        control: session.lane(Purpose::Control)?,
        bulk: session.lane(Purpose::Bulk)?,
        carrier: session.bulk_carrier()?,
        tell: session.tell.clone(),
        clock: Arc::clone(&session.world.clock),
    };
    let shows = session.shows;
    let job = async move { if shows { check.lead().await } else { check.follow().await } };
    let measured = tokio::select! {
        biased;
        measured = job => measured?,
        failure = session.keep() => return Err(failure),
    };
    session.tell.tell(Event::Measured { measured, path }).await;
    Ok(())
}

/// A person pastes one at a time.
const CODES: usize = 4;
/// The last words, and a link that closes.
const GOODBYE: Duration = Duration::from_secs(3);
