//! The old device, from its first word to the receipt: whatever happens next goes to the machine, and what the machine
//! says is done.

use super::{
    connection::{Connection, Turn},
    desk::Desk,
    ending::{Ending, stopped},
    outgoing::{Answer, Outgoing, Task, kept_keys},
    pump::Pump,
    telling::{Reporter, Stage, blocking},
};
use crate::{event::Event, failure::Failure, jobs::World, pairing::Wanted};
use nyx_crypto::{moving::manifest_hash, signature::Verified};
use nyx_proto::moving::{Output, Sender, SenderView, Stall};
use nyx_vault::{ForgetError, Vault};
use nyx_wire::moving::{Frame, Manifest, StopReason};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::sleep;

/// The old device in a move.
pub(super) struct Old {
    world: World,
    wanted: Wanted,
    vault: Arc<Vault>,
    transfer: [u8; 16],
    /// Always there but within one step.
    sender: Option<Sender>,
    first: Verified<Manifest>,
    connection: Connection,
    desk: Desk<Task, Answer>,
    pump: Option<Pump>,
    report: Reporter,
    heard_ms: u64,
    /// Whether there is a record: whoever is killed from here on comes back.
    is_kept: bool,
    /// What the last manifest is called, once it was made.
    manifest: Option<[u8; 32]>,
    /// The other side has cancelled: nobody needs to tell it so.
    is_known_there: bool,
    ending: Ending,
}

/// What happens.
enum Happened {
    Link(Turn),
    Disk(Option<Answer>),
    Unread(Failure),
    Unwanted,
    Time,
}

/// What a move is about, on the old device.
pub(super) struct Going {
    pub(super) world: World,
    pub(super) wanted: Wanted,
    pub(super) vault: Arc<Vault>,
    pub(super) transfer: [u8; 16],
    pub(super) first: Verified<Manifest>,
    /// Whether it was begun before.
    pub(super) is_kept: bool,
}

impl Old {
    pub(super) fn begin(going: Going, sender: Sender, connection: Connection, report: Reporter) -> Self {
        let Going { world, wanted, vault, transfer, first, is_kept } = going;
        let mut outgoing =
            Outgoing { world: world.clone(), vault: Arc::clone(&vault), transfer, wanted: wanted.clone() };
        let desk = Desk::open(move |task| outgoing.work(task));
        let heard_ms = world.passed_ms();
        Self {
            world,
            wanted,
            vault,
            transfer,
            sender: Some(sender),
            first,
            connection,
            desk,
            pump: None,
            report,
            heard_ms,
            is_kept,
            manifest: None,
            is_known_there: false,
            ending: Ending::default(),
        }
    }

    /// Goes on until the account has moved, or it came to nothing, or nobody is there any more who wants it.
    pub(super) async fn run(mut self, first: Vec<Output>) -> Result<(), Failure> {
        let mut outputs = first;
        if self.connection.is_up() {
            outputs.extend(self.linked().await);
        }
        let ended = loop {
            if let Err(failure) = self.obey(outputs).await {
                break Err(failure);
            }
            self.show().await;
            if let Some(ended) = self.ending.take() {
                break ended;
            }
            outputs = match self.happens().await {
                Happened::Link(turn) => self.turned(turn).await,
                Happened::Disk(answer) => match self.answered(answer) {
                    Ok(outputs) => outputs,
                    Err(failure) => break Err(failure),
                },
                Happened::Unread(failure) => {
                    tracing::warn!(%failure, "a chunk could not be read");
                    self.ending.because(failure);
                    self.change(|sender, now| sender.handle_cancel(StopReason::Disk, now))
                }
                // Who leaves comes back; who cancels does not.
                Happened::Unwanted if self.wanted.is_suspended() => break Err(Failure::Cancelled),
                Happened::Unwanted if !self.can_cancel() => break Err(Failure::TooLate),
                Happened::Unwanted => {
                    self.ending.because(Failure::Cancelled);
                    self.change(|sender, now| sender.handle_cancel(StopReason::Person, now))
                }
                Happened::Time => self.change(Sender::handle_time),
            };
        };
        self.close(ended).await
    }

    async fn happens(&mut self) -> Happened {
        let now_ms = self.world.passed_ms();
        let due_ms = self.sender.as_ref().and_then(Sender::due_ms).map(|due_ms| due_ms.saturating_sub(now_ms));
        let wait = due_ms.map_or(LOOK_EVERY, Duration::from_millis).min(LOOK_EVERY);
        let unread = async {
            match &mut self.pump {
                Some(pump) => pump.failed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.wanted.over(), if !self.ending.is_decided() => Happened::Unwanted,
            answer = self.desk.answer() => Happened::Disk(answer),
            turn = self.connection.next() => Happened::Link(turn),
            failure = unread => Happened::Unread(failure),
            () = sleep(wait) => Happened::Time,
        }
    }

    async fn turned(&mut self, turn: Turn) -> Vec<Output> {
        match turn {
            Turn::Linked => self.linked().await,
            Turn::Lost => {
                self.stop_pump().await;
                self.change(Sender::handle_link_lost)
            }
            Turn::Said(frame) => {
                self.hear().await;
                self.is_known_there |= matches!(Frame::parse(&frame), Ok(Frame::Cancel(_)));
                self.change(|sender, now| sender.handle_frame(&frame, now))
            }
        }
    }

    /// A new link: what was on its way on the one before is sent again, as far as it was not kept.
    async fn linked(&mut self) -> Vec<Output> {
        tracing::trace!("a link stands");
        self.stop_pump().await;
        let keys = kept_keys(&self.vault, self.transfer);
        match (self.connection.bulk(), keys) {
            (Some(bulk), Ok(keys)) => self.pump = Some(Pump::begin(Arc::clone(&self.vault), keys, bulk)),
            (_, Err(failure)) => tracing::warn!(%failure, "the keys of the move can't be read"),
            (None, _) => {}
        }
        self.change(Sender::handle_link)
    }

    fn answered(&mut self, answer: Option<Answer>) -> Result<Vec<Output>, Failure> {
        let world = self.world.clone();
        match answer {
            Some(Answer::Persisted) => {
                self.is_kept = true;
                Ok(self.change(Sender::handle_persisted))
            }
            Some(Answer::Delta(last, index)) => Ok(self.change(|sender, now| sender.handle_delta(&last, &index, now))),
            Some(Answer::Key(key)) => {
                Ok(self.change(|sender, now| world.random(|rng| sender.handle_operating_key(&key, rng, now))))
            }
            Some(Answer::Failed(failure)) => Err(failure),
            None => Err(Failure::Internal("the thread of a move is gone".into())),
        }
    }

    async fn obey(&mut self, outputs: Vec<Output>) -> Result<(), Failure> {
        let mut outputs = VecDeque::from(outputs);
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Send(frame) => self.connection.say(frame),
                Output::Chunk { at, content } => {
                    if let Some(pump) = &self.pump {
                        pump.send(at, content);
                    }
                }
                Output::Persist { record, with } => self.desk.hand(Task::Persist(record, with)).await,
                Output::Delta => self.desk.hand(Task::Delta(Box::new(self.first.clone()))).await,
                Output::OpenKey => self.desk.hand(Task::OpenKey).await,
                Output::Moved => {
                    let bytes = self.progress().map_or(0, |progress| progress.total);
                    let manifest_hash = self.manifest.unwrap_or_default();
                    self.report.tell(Event::Moved { manifest_hash, bytes, took_ms: self.report.took_ms() }).await;
                    self.ending.with(Ok(()));
                }
                Output::Stopped(why) => self.ending.with(Err(stopped(why))),
                Output::Stalled(why) => {
                    if why == Stall::Silence {
                        self.connection.doubt();
                    }
                    self.report.tell(Event::Stalled(why)).await;
                }
                Output::Resumed => self.report.tell(Event::MoveResumed).await,
                // What only the new device does.
                Output::Store(_)
                | Output::Sync(_)
                | Output::Hash { .. }
                | Output::Build(_)
                | Output::Activate(_)
                | Output::Finished => {}
            }
        }
        Ok(())
    }

    async fn show(&mut self) {
        let Some(sender) = &self.sender else { return };
        if let Some(last) = sender.last_manifest() {
            self.manifest = Some(manifest_hash(last));
        }
        let stage = match sender.view() {
            SenderView::Sending if self.connection.is_up() => Stage::Sending,
            SenderView::Sending => Stage::Finding,
            SenderView::Finishing => Stage::Finishing,
            SenderView::Released => Stage::Waiting,
            SenderView::Moved | SenderView::Stopped(_) => return,
        };
        self.report.stage(stage).await;
        self.report.path(self.connection.path()).await;
        if let Some(progress) = self.progress().filter(|_| self.is_kept) {
            self.report.progress(progress).await;
        }
    }

    fn progress(&self) -> Option<nyx_proto::moving::Progress> {
        self.sender.as_ref().map(|sender| sender.progress(self.world.passed_ms()))
    }

    fn can_cancel(&self) -> bool {
        matches!(self.sender.as_ref().map(Sender::view), Some(SenderView::Sending | SenderView::Finishing))
    }

    /// Notes that the other side is there, seldom: it says so all the time.
    async fn hear(&mut self) {
        let now_ms = self.world.passed_ms();
        if now_ms.saturating_sub(self.heard_ms) >= HEARD_EVERY_MS {
            self.heard_ms = now_ms;
            self.desk.hand(Task::Heard).await;
        }
    }

    fn change(&mut self, change: impl FnOnce(Sender, u64) -> (Sender, Vec<Output>)) -> Vec<Output> {
        let now_ms = self.world.passed_ms();
        let Some(sender) = self.sender.take() else { return Vec::new() };
        let (sender, outputs) = change(sender, now_ms);
        self.sender = Some(sender);
        outputs
    }

    async fn stop_pump(&mut self) {
        if let Some(pump) = self.pump.take() {
            pump.close().await;
        }
    }

    /// Lets go of everything, after the last words.
    async fn close(mut self, ended: Result<(), Failure>) -> Result<(), Failure> {
        self.stop_pump().await;
        self.desk.close().await;
        self.connection.close().await;
        if self.is_known_there && ended.is_err() {
            forget(self.vault, self.transfer).await;
        }
        ended
    }
}

/// Nothing is left to say about it, if it is over.
async fn forget(vault: Arc<Vault>, transfer: [u8; 16]) {
    let forgotten = blocking(move || match vault.forget_move(&transfer) {
        Ok(()) | Err(ForgetError::Underway) => Ok(()),
        Err(ForgetError::Storage(error)) => Err(error.into()),
    });
    if let Err(failure) = forgotten.await {
        tracing::warn!(%failure, "a move that is over could not be forgotten");
    }
}

/// A person sees how it goes on, whether anything else happens or not.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Of a day in which both may come back it matters little.
const HEARD_EVERY_MS: u64 = 5 * 60 * 1000;
