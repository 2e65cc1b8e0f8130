//! The new device, from its password to its account: whatever happens next goes to the machine, and what the machine says
//! is done.

use super::{
    connection::{Connection, Turn},
    desk::Desk,
    ending::{Ending, stopped},
    incoming::{Answer, Home, Incoming, Task},
    intake::{Intake, opened},
    telling::{Arrived, Reporter, Stage},
};
use crate::{
    account,
    event::Event,
    failure::Failure,
    jobs::World,
    pairing::{Again, Hosted, Known, NetTrouble, Reach, Side, Wanted},
};
use nyx_crypto::{account::Aid, moving::manifest_hash, secret::Secret};
use nyx_proto::moving::{Output, Pace, Progress, Receiver, ReceiverView, Stall};
use nyx_vault::Vault;
use nyx_wire::moving::{StopReason, WayBack};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::sleep,
};

/// The new device in a move.
pub(super) struct New {
    world: World,
    wanted: Wanted,
    arrived: mpsc::Sender<Arrived>,
    /// Always there but within one step.
    receiver: Option<Receiver>,
    connection: Connection,
    /// How to come back, until it is known which move this is.
    way: Option<Way>,
    desk: Desk<Task, Answer>,
    built: watch::Receiver<(u64, u64)>,
    building: Pace,
    intake: Option<Intake>,
    report: Reporter,
    heard_ms: u64,
    /// Whether there is a record: whoever is killed from here on comes back.
    is_kept: bool,
    /// What the last manifest is called, once it was heard.
    manifest: Option<[u8; 32]>,
    /// Since when the account is here, and nothing is lacking but the other's last word.
    active_ms: Option<u64>,
    /// Whether that word is waited for as long as anybody wants to.
    is_patient: bool,
    ending: Ending,
}

/// What happens.
enum Happened {
    Link(Turn),
    Disk(Option<Answer>),
    Chunks(Vec<Vec<u8>>),
    Unwanted,
    Time,
}

/// What a move is about, on the new device.
pub(super) struct Coming {
    pub(super) world: World,
    pub(super) wanted: Wanted,
    pub(super) arrived: mpsc::Sender<Arrived>,
    pub(super) home: Home,
    pub(super) aid: Aid,
    /// Which move it is, where it comes back.
    pub(super) transfer: Option<[u8; 16]>,
    /// How to come back, where it begins and nobody knows yet to what.
    pub(super) way: Option<Way>,
    /// How it came back, where it did.
    pub(super) back: Option<WayBack>,
}

/// How to come back to the old device.
pub(super) struct Way {
    pub(super) reach: Reach,
    pub(super) back: WayBack,
    pub(super) hosted: Hosted,
}

impl New {
    pub(super) fn begin(coming: Coming, receiver: Receiver, connection: Connection, report: Reporter) -> Self {
        let Coming { world, wanted, arrived, home, aid, transfer, way, back } = coming;
        let (told, built) = watch::channel((0, 0));
        let back = back.or_else(|| way.as_ref().map(|way| way.back.clone()));
        let mut incoming =
            Incoming { world: world.clone(), home, aid, transfer, way: back, wanted: wanted.clone(), built: told };
        let desk = Desk::open(move |task| incoming.work(task));
        let (heard_ms, is_kept) = (world.passed_ms(), transfer.is_some());
        Self {
            world,
            wanted,
            arrived,
            receiver: Some(receiver),
            connection,
            way,
            desk,
            built,
            building: Pace::default(),
            intake: None,
            report,
            heard_ms,
            is_kept,
            manifest: None,
            active_ms: None,
            is_patient: false,
            ending: Ending::default(),
        }
    }

    /// Nobody waits for this to end.
    pub(super) fn patiently(self) -> Self {
        Self { is_patient: true, ..self }
    }

    /// Goes on until the account is here, or it came to nothing, or nobody is there any more who wants it.
    pub(super) async fn run(mut self, first: Vec<Output>) -> Result<(), Failure> {
        let mut outputs = first;
        if self.connection.is_up() {
            outputs.extend(self.linked());
        }
        let ended = loop {
            if let Err(failure) = self.obey(outputs).await {
                break Err(failure);
            }
            self.remember_way();
            self.show().await;
            if let Some(ended) = self.ending.take() {
                break ended;
            }
            if self.has_waited_enough() {
                // It lacks nothing. The other device hears of it when this one comes back to it.
                self.report.tell(Event::ReceiptUnheard).await;
                break Ok(());
            }
            outputs = match self.happens().await {
                Happened::Link(turn) => self.turned(turn).await,
                Happened::Chunks(chunks) => match self.opened(chunks).await {
                    Ok(outputs) => outputs,
                    Err(failure) => break Err(failure),
                },
                Happened::Disk(answer) => match self.answered(answer).await {
                    Ok(outputs) => outputs,
                    Err(failure) => break Err(failure),
                },
                // Who leaves comes back; who cancels does not.
                Happened::Unwanted if self.wanted.is_suspended() => break Err(Failure::Cancelled),
                Happened::Unwanted if !self.can_cancel() => break Err(Failure::TooLate),
                Happened::Unwanted => {
                    self.ending.because(Failure::Cancelled);
                    self.change(|receiver, now| receiver.handle_cancel(StopReason::Person, now))
                }
                Happened::Time => self.change(Receiver::handle_time),
            };
        };
        self.close(ended).await
    }

    async fn happens(&mut self) -> Happened {
        let now_ms = self.world.passed_ms();
        let due_ms = self.receiver.as_ref().and_then(Receiver::due_ms).map(|due_ms| due_ms.saturating_sub(now_ms));
        let wait = due_ms.map_or(LOOK_EVERY, Duration::from_millis).min(LOOK_EVERY);
        let chunks = async {
            match &mut self.intake {
                Some(intake) => intake.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.wanted.over(), if !self.ending.is_decided() => Happened::Unwanted,
            answer = self.desk.answer() => Happened::Disk(answer),
            turn = self.connection.next() => Happened::Link(turn),
            chunks = chunks => Happened::Chunks(chunks),
            () = sleep(wait) => Happened::Time,
        }
    }

    async fn turned(&mut self, turn: Turn) -> Vec<Output> {
        match turn {
            Turn::Linked => self.linked(),
            Turn::Lost => {
                self.intake = None;
                if !self.connection.can_come_back() {
                    self.ending.with(Err(NetTrouble::Lost.into()));
                }
                self.change(Receiver::handle_link_lost)
            }
            Turn::Said(frame) => {
                self.hear().await;
                self.change(|receiver, now| receiver.handle_frame(&frame, now))
            }
        }
    }

    /// A new link: what was on its way on the one before comes again.
    fn linked(&mut self) -> Vec<Output> {
        self.intake = self.connection.bulk().map(Intake::begin);
        self.change(Receiver::handle_link)
    }

    async fn opened(&mut self, chunks: Vec<Vec<u8>>) -> Result<Vec<Output>, Failure> {
        let now_ms = self.world.passed_ms();
        let (Some(receiver), Some(disk)) = (self.receiver.take(), self.desk.hatch()) else { return Ok(Vec::new()) };
        let lost = || Failure::Internal("a chunk ended the move".into());
        let (receiver, outputs) = opened(receiver, chunks, now_ms, disk).await.ok_or_else(lost)?;
        self.receiver = Some(receiver);
        Ok(outputs)
    }

    async fn answered(&mut self, answer: Option<Answer>) -> Result<Vec<Output>, Failure> {
        Ok(match answer {
            Some(Answer::Persisted) => {
                self.is_kept = true;
                self.change(Receiver::handle_persisted)
            }
            Some(Answer::Synced(place)) => self.change(|receiver, now| receiver.handle_synced(place, now)),
            Some(Answer::Hashed(item, hash)) => self.change(|receiver, now| receiver.handle_hashed(item, hash, now)),
            Some(Answer::Built(content, newcomer)) => {
                self.report.tell(Event::MoveVerified).await;
                self.change(|receiver, now| receiver.handle_built(content, &newcomer.keys, &newcomer.certificate, now))
            }
            Some(Answer::Activated(keys, vault)) => {
                if let Some(vault) = vault {
                    self.hand_over(*vault).await?;
                }
                self.active_ms = Some(self.world.passed_ms());
                self.tell_moved().await;
                self.change(|receiver, now| receiver.handle_activated(&keys, now))
            }
            Some(Answer::Dishonest) => self.change(|receiver, now| receiver.handle_cancel(StopReason::Content, now)),
            // Asked to stop in the middle of the building: the machine says so to the other side, or comes back.
            Some(Answer::Failed(Failure::Cancelled)) => Vec::new(),
            Some(Answer::Failed(failure)) => return Err(failure),
            None => return Err(Failure::Internal("the thread of a move is gone".into())),
        })
    }

    /// The vault is in its place: the engine opens it to its person, and this goes on beside it.
    async fn hand_over(&mut self, vault: Vault) -> Result<(), Failure> {
        let (shared, back) = oneshot::channel();
        let arrived = Arrived { vault, shared };
        // Where the engine is gone the program ends, and the vault is in its place.
        self.arrived.send(arrived).await.map_err(|_| Failure::Cancelled)?;
        let vault: Arc<Vault> = back.await.map_err(|_| Failure::Cancelled)?;
        let told = Arc::clone(&vault);
        let view = super::telling::blocking(move || account::view(&told)).await?;
        self.report.tell(Event::Account(view)).await;
        self.desk.hand(Task::Shared(vault)).await;
        Ok(())
    }

    async fn tell_moved(&self) {
        let bytes = self.progress().map_or(0, |progress| progress.total);
        let manifest_hash = self.manifest.unwrap_or_default();
        self.report.tell(Event::Moved { manifest_hash, bytes, took_ms: self.report.took_ms() }).await;
    }

    async fn obey(&mut self, outputs: Vec<Output>) -> Result<(), Failure> {
        let mut outputs = VecDeque::from(outputs);
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Send(frame) => self.connection.say(frame),
                Output::Persist { record, with } => self.desk.hand(Task::Persist(record, with)).await,
                Output::Store(chunk) => self.desk.hand(Task::Store(vec![chunk])).await,
                Output::Sync(place) => self.desk.hand(Task::Sync(place)).await,
                Output::Hash { item } => self.desk.hand(Task::Hash(item)).await,
                Output::Build(items) => self.desk.hand(Task::Build(items)).await,
                Output::Activate(handed) => self.desk.hand(Task::Activate(handed)).await,
                Output::Finished => self.ending.with(Ok(())),
                // These two only this side can know.
                Output::Stopped(StopReason::NoRoom) => {
                    let missing_bytes = self.receiver.as_ref().map_or(0, Receiver::missing_bytes);
                    self.ending.with(Err(Failure::NoRoom { missing_bytes }));
                }
                Output::Stopped(StopReason::Version) => self.ending.with(Err(Failure::LaterVersion)),
                Output::Stopped(why) => self.ending.with(Err(stopped(why))),
                // The account is here; the other device may well have gone.
                Output::Stalled(_) | Output::Resumed if self.active_ms.is_some() => {}
                Output::Stalled(why) => {
                    if why == Stall::Silence {
                        self.doubt();
                    }
                    self.report.tell(Event::Stalled(why)).await;
                }
                Output::Resumed => self.report.tell(Event::MoveResumed).await,
                // What only the old device does.
                Output::Chunk { .. } | Output::Delta | Output::OpenKey | Output::Moved => {}
            }
        }
        Ok(())
    }

    async fn show(&mut self) {
        let Some(receiver) = &self.receiver else { return };
        if let Some(last) = receiver.last_manifest() {
            self.manifest = Some(manifest_hash(last));
        }
        let stage = match receiver.view() {
            ReceiverView::Waiting if self.connection.is_up() => Stage::Consenting,
            ReceiverView::Receiving if self.connection.is_up() => Stage::Receiving,
            ReceiverView::Waiting | ReceiverView::Receiving => Stage::Finding,
            ReceiverView::Building => Stage::Finishing,
            ReceiverView::Ready => Stage::Waiting,
            ReceiverView::Activating => Stage::Activating,
            ReceiverView::Active | ReceiverView::Stopped(_) => return,
        };
        self.report.stage(stage).await;
        self.report.path(self.connection.path()).await;
        if stage == Stage::Finishing {
            let (done, total) = *self.built.borrow_and_update();
            let now_ms = self.world.passed_ms();
            self.building.note(done, now_ms);
            self.report.progress(self.building.progress(done, total, now_ms)).await;
        } else if let Some(progress) = self.progress().filter(|_| self.is_kept) {
            self.report.progress(progress).await;
        }
    }

    /// Once it is known which move this is, a lost link can be looked for.
    fn remember_way(&mut self) {
        let Some(receiver) = &self.receiver else { return };
        let (Some(first), Some(resume)) = (receiver.manifest(), receiver.resume_key()) else { return };
        if let Some(Way { reach, back, hosted }) = self.way.take() {
            let resume = Secret::from_bytes(*resume.expose());
            let known = Known { transfer: first.transfer, resume, way: back };
            self.connection.comes_back(Again::new(self.world.clone(), reach, known, hosted, Side::New));
        }
    }

    fn progress(&self) -> Option<Progress> {
        self.receiver.as_ref().map(|receiver| receiver.progress(self.world.passed_ms()))
    }

    fn can_cancel(&self) -> bool {
        let view = self.receiver.as_ref().map(Receiver::view);
        matches!(view, Some(ReceiverView::Waiting | ReceiverView::Receiving | ReceiverView::Building))
    }

    fn has_waited_enough(&self) -> bool {
        let is_enough = |since_ms| self.world.passed_ms().saturating_sub(since_ms) >= LAST_WORD_MS;
        !self.is_patient && self.active_ms.is_some_and(is_enough)
    }

    /// Nobody says anything. Before it is known which move this is there is nothing to come back to: both begin anew.
    fn doubt(&mut self) {
        if self.connection.can_come_back() {
            self.connection.doubt();
        } else {
            self.ending.with(Err(NetTrouble::Lost.into()));
        }
    }

    /// Notes that the other side is there, seldom: it says so all the time.
    async fn hear(&mut self) {
        let now_ms = self.world.passed_ms();
        if now_ms.saturating_sub(self.heard_ms) >= HEARD_EVERY_MS {
            self.heard_ms = now_ms;
            self.desk.hand(Task::Heard).await;
        }
    }

    fn change(&mut self, change: impl FnOnce(Receiver, u64) -> (Receiver, Vec<Output>)) -> Vec<Output> {
        let now_ms = self.world.passed_ms();
        let Some(receiver) = self.receiver.take() else { return Vec::new() };
        let (receiver, outputs) = change(receiver, now_ms);
        self.receiver = Some(receiver);
        outputs
    }

    /// Lets go of everything, after the last words.
    async fn close(mut self, ended: Result<(), Failure>) -> Result<(), Failure> {
        self.intake = None;
        self.desk.close().await;
        self.connection.close().await;
        ended
    }
}

/// A person sees how it goes on, whether anything else happens or not.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Of a day in which both may come back it matters little.
const HEARD_EVERY_MS: u64 = 5 * 60 * 1000;
/// The old device says its last word at once, or is not there; then it asks for the receipt when it comes back.
const LAST_WORD_MS: u64 = 15 * 1000;
