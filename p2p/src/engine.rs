//! The one task that owns all state. Here it waits for what comes next; where each command is done stands in `routing`,
//! how the vault is opened, used and given up in `entering`, `working` and `leaving`, and what nobody asks for in `upkeep`.

mod entering;
mod lanes;
mod leaving;
mod making;
mod routing;
mod setup;
mod upkeep;
mod working;

pub use setup::{AutoLock, PasswordCost, Setup};

use crate::{
    account::{Begun, keyring::Asking},
    chats::posting::Posting,
    command::Settings,
    door::{Call, Entrance, Wanted},
    event::{Event, Told},
    failure::Failure,
    files::passing::Passing,
    front::{Commands, Ends, Events, Request, RequestId, Urgent, ends},
    jobs::{Job, World},
    moving::Arrived,
    pairing::Pairings,
};
use lanes::{Lane, Lanes};
use making::Making;
use nyx_vault::{LockedVault, Vault};
use std::{
    sync::{Arc, Mutex, atomic::AtomicU64},
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// Starts the engine on the present tokio runtime. It ends when every [`Commands`] is dropped: what is running is
/// stopped, keys are wiped, and [`Events::next`] answers `None`.
/// Starts the engine on the present tokio runtime. It ends when every [`Commands`] is dropped: what is running is
/// stopped, keys are wiped, and [`Events::next`] answers `None`.
#[must_use]
pub fn start(setup: Setup) -> (Commands, Events) {
    let Setup { home, clock, rng, cost, device, keyring, auto_lock, has_door } = setup;
    let (front, Ends { incoming, urgent, outgoing, cancelled }) = ends();
    let (used, swept) = (clock.passed(), Instant::now());
    let (arrived, arrivals) = mpsc::channel(1);
    let engine = Engine {
        world: World { home, clock, rng: Arc::new(Mutex::new(rng)), cost, device, keyring },
        state: State::Away,
        asking: Asking::default(),
        was_open: false,
        begun: None,
        lanes: Lanes::new(),
        making: Making::default(),
        arrivals,
        arrived,
        pairings: Pairings::default(),
        settling: Pairings::default(),
        looking: JoinSet::new(),
        events: outgoing,
        cancelled,
        urgent,
        auto_lock,
        entrance: Entrance::new(has_door),
        settings: Settings::default(),
        used,
        swept,
    };
    tokio::spawn(engine.run(incoming));
    front
}

struct Engine {
    world: World,
    state: State,
    /// What the keyring is asked for.
    asking: Asking,
    /// Whether the vault was open since the program began: what was locked since, only its person opens.
    was_open: bool,
    /// An account whose phrase was shown and not confirmed yet, and since when.
    begun: Option<(Begun, Duration)>,
    /// What runs beside the engine: only what needs an open vault and changes nothing of the state here.
    lanes: Lanes,
    /// What ends with a vault in the home, and takes a while.
    making: Making,
    /// Vaults that came by a move.
    arrivals: mpsc::Receiver<Arrived>,
    arrived: mpsc::Sender<Arrived>,
    /// The meeting with another device, if there is one.
    pairings: Pairings,
    /// What is left to say of a move that is decided.
    settling: Pairings,
    /// Looks at networks. Dropped with the engine, it ends.
    looking: JoinSet<()>,
    events: mpsc::Sender<Told>,
    cancelled: Arc<Notify>,
    urgent: Arc<Urgent>,
    auto_lock: AutoLock,
    entrance: Entrance,
    /// Those of the open vault.
    settings: Settings,
    /// When the person last wanted something; by the clock that goes on while the machine sleeps.
    used: Duration,
    /// When disappearing messages were last looked after.
    swept: Instant,
}

enum State {
    /// Nothing is known about the home yet, or nothing is there.
    Away,
    /// The home is held, the keys are not in memory.
    Locked(Box<LockedVault>),
    Open(Open),
}

/// What a command needs of an open vault.
#[derive(Clone)]
struct Open {
    vault: Arc<Vault>,
    passing: Arc<Passing>,
}

impl Engine {
    async fn run(mut self, mut incoming: mpsc::Receiver<Request>) {
        loop {
            while let Some(request) = self.urgent.take() {
                self.take(request).await;
            }
            self.forget_what_is_over().await;
            let look_at = self.look_at();
            let sweep_at = (!matches!(self.state, State::Away)).then(|| self.swept + upkeep::SWEEP_EVERY);
            tokio::select! {
                call = self.entrance.calls.recv() => {
                    if let Some(call) = call {
                        self.answer(call).await;
                    }
                }
                request = incoming.recv() => match request {
                    Some(request) => self.take(request).await,
                    None => break,
                },
                () = self.urgent.added() => {}
                Some((job, key)) = self.asking.answered() => self.heard_keyring(job, key).await,
                Some(_) = self.looking.join_next() => {}
                Some(arrived) = self.arrivals.recv() => self.moved_in(arrived).await,
                (by, made) = self.making.ended() => {
                    self.made(by, made).await;
                    self.keep_door();
                }
                Some(lane) = self.lanes.ended() => {
                    if lane == Lane::Long {
                        self.used = self.world.clock.passed();
                    }
                }
                () = self.cancelled.notified() => {
                    self.pairings.drop_unwanted();
                    self.settling.drop_unwanted();
                    self.lanes.drop_unwanted().await;
                }
                () = at(look_at) => {}
                () = at(sweep_at) => self.sweep().await,
            }
        }
        // Sent before the last sender went.
        while let Some(request) = self.urgent.take() {
            self.take(request).await;
        }
        self.close().await;
    }

    async fn take(&mut self, request: Request) {
        // Before it counts as a sign of life: whoever wakes the machine after a night does not come back to an open vault.
        self.forget_what_is_over().await;
        if routing::is_of_a_person(&request.command) {
            self.used = self.world.clock.passed();
        }
        self.route(request).await;
        self.keep_door();
    }

    /// The door is there while the home is held, locked or not.
    fn keep_door(&mut self) {
        if matches!(self.state, State::Away) {
            self.entrance.close();
        } else {
            self.entrance.open(&self.world.home, &self.events);
        }
    }

    /// Does what somebody at the door wants.
    async fn answer(&mut self, call: Call) {
        self.forget_what_is_over().await;
        let Call { wanted, answers, stop } = call;
        let job = Job {
            by: RequestId::FOREIGN,
            events: answers,
            stop,
            clock: Arc::clone(&self.world.clock),
            told_at_ms: AtomicU64::new(0),
        };
        let ended = match (wanted, &self.state) {
            (Wanted::Show(link), _) => {
                let _ = self.events.send(Told { by: None, event: Event::ShowWindow { link } }).await;
                Event::Done
            }
            (Wanted::Note(id, note), State::Open(open)) => {
                let (world, vault) = (self.world.clone(), Arc::clone(&open.vault));
                let work = move |job: &Job| Posting::handed(note, id).write(job, &world, &vault);
                return self.lanes.add(Lane::Handed, job, work).await;
            }
            (Wanted::Note(..), State::Away | State::Locked(_)) => Event::Failed(Failure::Locked),
        };
        let _ = job.events.send(Told { by: Some(job.by), event: ended }).await;
    }

    async fn close(mut self) {
        self.entrance.close();
        self.pairings.stop().await;
        self.settling.stop().await;
        drop(self.give_up().await);
    }

    async fn tell(&mut self, by: RequestId, event: Event) {
        // A front end that is gone needs no events.
        let _ = self.events.send(Told { by: Some(by), event }).await;
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
