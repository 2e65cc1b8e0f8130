//! Meeting another device: the engine's side. One meeting at a time; a task of its own has the machine, the carriers and
//! the link, and what the meeting is for runs in it. The engine starts it, hands codes in, and ends it.
//!
//! Reading order: `code` (what people carry), `reach` (what may be used), `ways` and `by_hand` (from a code to a meeting
//! under way), `session` (the one loop), `carriers`, `linking`, then the jobs: `check`.

mod by_hand;
mod carriers;
mod check;
mod code;
mod failing;
mod hosted;
mod linking;
mod reach;
mod session;
mod teller;
mod ways;

pub use check::Measured;
pub use code::{CarriedCode, CarriedKind, CodeTrouble, Form, Meet, ShownCode, ShownKind};
pub use failing::{NetTrouble, PeerTrouble};
pub use reach::Reach;

use crate::{
    event::{Event, Told},
    failure::Failure,
    jobs::{Job, World},
};
use check::Check;
use nyx_net::lane::Purpose;
use nyx_proto::pairing::{Intent, View};
use nyx_wire::identity::DeviceName;
use session::Session;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use teller::Teller;
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::timeout,
};
use ways::Ground;

/// The meeting under way, if there is one.
#[derive(Default)]
pub(crate) struct Pairings(Option<UnderWay>);

struct UnderWay {
    carried: mpsc::Sender<CarriedCode>,
    wanted: Wanted,
    task: JoinHandle<()>,
}

/// Whether a meeting is still wanted, and who is told when it is not.
#[derive(Clone)]
struct Wanted {
    stop: Arc<AtomicBool>,
    told: Arc<Notify>,
}

impl Pairings {
    /// Begins a check of the link to another device. Its end is told by the task.
    pub(crate) async fn check(&mut self, job: Job, world: World, meet: Meet, reach: Reach) {
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
        let wanted = Wanted { stop, told: Arc::default() };
        let tell = Teller::new(by, events.clone(), clock);
        let wanted_still = wanted.clone();
        let work = tokio::spawn(async move {
            if let Some(mut before) = before
                && timeout(GOODBYE, &mut before).await.is_err()
            {
                before.abort();
            }
            checked(world, tell, meet, reach, codes, wanted_still).await
        });
        let task = tokio::spawn(async move {
            let ended = work.await.unwrap_or_else(|panic| Err(Failure::Internal(panic.to_string())));
            let event = ended.map_or_else(Event::Failed, |()| Event::Done);
            let _ = events.send(Told { by: Some(by), event }).await;
        });
        self.0 = Some(UnderWay { carried, wanted, task });
    }

    /// Hands a code to the meeting that waits for one.
    pub(crate) fn carry(&self, code: CarriedCode) -> Result<(), Failure> {
        let under_way = self.0.as_ref().filter(|under_way| !under_way.task.is_finished());
        let under_way = under_way.ok_or(CodeTrouble::NotWanted)?;
        under_way.carried.try_send(code).map_err(|_| CodeTrouble::NotWanted.into())
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
        wanted.stop.store(true, Ordering::Relaxed);
        wanted.told.notify_one();
        if timeout(GOODBYE, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl Wanted {
    /// Returns when nobody wants it any more.
    async fn over(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            self.told.notified().await;
        }
    }
}

/// From the first code to the last figure.
async fn checked(
    world: World,
    tell: Teller,
    meet: Meet,
    reach: Reach,
    mut carried: mpsc::Receiver<CarriedCode>,
    wanted: Wanted,
) -> Result<(), Failure> {
    let intent = Intent::Check { device: device(&world)? };
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

/// What this device is called.
fn device(world: &World) -> Result<DeviceName, Failure> {
    world.device.clone().map_or_else(|| Ok(DeviceName::new(UNNAMED)?), Ok)
}

/// A machine without a name that can be shown.
const UNNAMED: &str = "Nyx";
/// A person pastes one at a time.
const CODES: usize = 4;
/// The last words, and a link that closes.
const GOODBYE: Duration = Duration::from_secs(3);
