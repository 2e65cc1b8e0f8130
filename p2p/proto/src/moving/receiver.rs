//! The new device.

mod receiving;
mod restoring;
mod steps;

pub use restoring::Stored;

use super::{Layout, Output, Progress, Stall, With, intake::Intake, line::Line, pace::Pace};
use crate::limits::{MOVE_SYNC_MS, MOVE_WAITING_MAX};
use alloc::{boxed::Box, vec::Vec};
use nyx_crypto::{
    account::Aid,
    device_list::{Identity, VerifiedList},
    moving::{MoveKeys, TransferKeys},
    purposes::ResumeKey,
    secret::Secret,
    signature::Verified,
};
use nyx_wire::{
    identity::{Body, Signed, Version},
    moving::{Done, Frame, Index, Manifest, Ready, ReceiverPhase, ReceiverRecord, Release, StopReason},
};

/// What the new device knows before anything comes.
#[derive(Debug)]
pub struct Incoming {
    /// Of this meeting.
    pub keys: MoveKeys,
    /// The account that the other side proved, and that the person here recognised.
    pub aid: Aid,
    /// The newest rows that this device can import.
    pub schema: u64,
    /// How much room there is.
    pub free_bytes: u64,
    /// Most chunks under way: at most [`WINDOW_CHUNKS_MAX`](nyx_wire::moving::WINDOW_CHUNKS_MAX).
    pub window: u64,
}

/// The new device in a move. Whatever is called that does not fit its state changes nothing.
#[derive(Debug)]
pub struct Receiver {
    line: Line,
    pace: Pace,
    /// When the disk was last asked to make something durable.
    synced_ms: u64,
    /// How much room was missing for what was offered.
    missing_bytes: u64,
    state: State,
}

/// Where it is. Only what is durable is said.
#[derive(Debug)]
enum State {
    Waiting(Box<Incoming>),
    Receiving(Box<Plan>, Box<Receiving>),
    Building(Box<Plan>, Last),
    Ready(Box<Plan>, Last, Signed<Ready>),
    Released(Box<Plan>, Last, Box<Taken>),
    Active(Box<Plan>, Signed<Done>),
    Over,
    Cancelled(StopReason),
    /// The next state is being written down. What it says and does comes out of it when that has happened, and is nowhere
    /// before.
    Persisting(Box<Self>, Vec<Vec<u8>>),
}

type Last = Box<Verified<Manifest>>;

/// What stays the same.
#[derive(Debug)]
struct Plan {
    keys: TransferKeys,
    resume: Secret<ResumeKey>,
    identity: Identity,
    first: Verified<Manifest>,
    /// Bytes of everything that was received.
    total: u64,
}

/// Chunks come.
#[derive(Debug)]
struct Receiving {
    intake: Intake,
    /// The index that is being received or was received last: item and bytes.
    own: (u32, Vec<u8>),
    first: Option<Index>,
    last: Option<Last>,
    /// The last index, once it was read.
    end: Option<Index>,
    /// How much room there was before anything came. None after a restart: then the disk says so itself.
    room_bytes: Option<u64>,
}

/// What was let go, and is to be taken.
#[derive(Debug)]
struct Taken {
    ready: Signed<Ready>,
    release: Release,
    list: VerifiedList,
}

/// What the new device shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReceiverView {
    /// Nothing has come yet.
    Waiting,
    /// It comes.
    Receiving,
    /// It is put together.
    Building,
    /// Everything is here; the old device is to let go.
    Ready,
    /// The account is being put in its place.
    Activating,
    /// It is here.
    Active,
    /// It came to nothing.
    Stopped(StopReason),
}

impl Receiver {
    /// Waits for an offer. A password was chosen, and a staging made.
    #[must_use]
    pub fn new(incoming: Incoming, now_ms: u64) -> Self {
        Self::of(State::Waiting(Box::new(incoming)), now_ms)
    }

    fn of(state: State, now_ms: u64) -> Self {
        Self { line: Line::new(now_ms), pace: Pace::default(), synced_ms: now_ms, missing_bytes: 0, state }
    }

    /// There is a link, and its other end was proven.
    #[must_use]
    pub fn handle_link(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        self.break_off();
        self.line.open(now_ms);
        let outputs = self.say(now_ms);
        self.then(outputs, now_ms)
    }

    /// The link is gone.
    #[must_use]
    pub fn handle_link_lost(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        self.break_off();
        self.pace.break_off();
        self.line.lose();
        self.then(Vec::new(), now_ms)
    }

    /// Something was heard on the control lane.
    #[must_use]
    pub fn handle_frame(mut self, frame: &[u8], now_ms: u64) -> (Self, Vec<Output>) {
        self.line.hear(now_ms);
        if let State::Persisting(_, waiting) = &mut self.state {
            if waiting.len() < MOVE_WAITING_MAX && !matches!(Frame::parse(frame), Ok(Frame::Alive)) {
                waiting.push(frame.to_vec());
            }
            return self.then(Vec::new(), now_ms);
        }
        let (receiver, outputs) = self.step(Frame::parse(frame), now_ms);
        receiver.then(outputs, now_ms)
    }

    /// The record is durable. What follows from it exists from here on.
    #[must_use]
    pub fn handle_persisted(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        let State::Persisting(next, waiting) = self.state else { return (self, Vec::new()) };
        self.state = *next;
        self.line.own_disk(false, now_ms);
        let mut outputs = self.effects();
        outputs.extend(self.say(now_ms));
        for frame in waiting {
            let more;
            (self, more) = self.handle_frame(&frame, now_ms);
            outputs.extend(more);
        }
        self.then(outputs, now_ms)
    }

    /// A person says no, or the disk does, or it took too long. Nothing once the old device may have let go.
    #[must_use]
    pub fn handle_cancel(mut self, why: StopReason, now_ms: u64) -> (Self, Vec<Output>) {
        match &mut self.state {
            State::Ready(..) => (self, Vec::new()),
            // Not in the middle of a write; right behind it, unless it is the one after which there is no way back.
            State::Persisting(next, waiting) => {
                if matches!(**next, State::Receiving(..)) {
                    waiting.push(Frame::Cancel(why).to_bytes());
                }
                (self, Vec::new())
            }
            _ => self.stop(why, now_ms),
        }
    }

    /// Time went by.
    #[must_use]
    pub fn handle_time(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        let mut outputs = Vec::new();
        if now_ms.saturating_sub(self.synced_ms) >= MOVE_SYNC_MS {
            outputs.extend(self.sync(true, now_ms));
        }
        self.then(outputs, now_ms)
    }

    /// When time matters next.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        let unsynced = matches!(&self.state, State::Receiving(_, it) if it.intake.next() > it.intake.kept());
        let sync = unsynced.then(|| self.synced_ms.saturating_add(MOVE_SYNC_MS));
        self.line.due_ms().into_iter().chain(sync).min()
    }

    /// What is to be shown.
    #[must_use]
    pub fn view(&self) -> ReceiverView {
        self.state.view()
    }

    /// What the first manifest says: what comes, of what, and with which public keys. None before it was verified.
    #[must_use]
    pub fn manifest(&self) -> Option<&Verified<Manifest>> {
        self.state.plan().map(|plan| &plan.first)
    }

    /// What speaks for everything that comes, once it is known.
    #[must_use]
    pub fn last_manifest(&self) -> Option<&Verified<Manifest>> {
        self.state.last()
    }

    /// Finds the old device again. None before there is anything to go on with.
    #[must_use]
    pub fn resume_key(&self) -> Option<&Secret<ResumeKey>> {
        self.state.plan().map(|plan| &plan.resume)
    }

    /// How much room is missing here, where it was stopped by [`StopReason::NoRoom`].
    #[must_use]
    pub const fn missing_bytes(&self) -> u64 {
        self.missing_bytes
    }

    /// Why nothing goes on, if so.
    #[must_use]
    pub const fn stalled(&self) -> Option<Stall> {
        self.line.stalled()
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self, now_ms: u64) -> Progress {
        let (done, total) = match &self.state {
            State::Receiving(plan, it) => {
                let known = it.intake.layout.bytes();
                let announced = plan.first.index_bytes.saturating_add(plan.first.bytes);
                (it.intake.layout.bytes_before(it.intake.kept()), known.max(announced))
            }
            state => state.plan().map_or((0, 0), |plan| (plan.total, plan.total)),
        };
        self.pace.progress(done, total, now_ms)
    }

    fn break_off(&mut self) {
        if let State::Receiving(_, it) = &mut self.state {
            it.intake.break_off();
        }
    }

    fn then(mut self, mut outputs: Vec<Output>, now_ms: u64) -> (Self, Vec<Output>) {
        let waits = !matches!(self.state, State::Over | State::Cancelled(_));
        outputs.extend(self.line.tick(waits, now_ms));
        (self, outputs)
    }

    fn say(&mut self, now_ms: u64) -> Vec<Output> {
        let frame = match &mut self.state {
            State::Receiving(_, it) => {
                let (kept, may) = it.intake.credit();
                Some(Frame::Credit { kept, may })
            }
            State::Ready(_, _, ready) => Some(Frame::Ready(ready.clone())),
            State::Active(_, done) => Some(Frame::Done(done.clone())),
            State::Cancelled(why) => Some(Frame::Cancel(*why)),
            State::Waiting(_) | State::Building(..) | State::Released(..) | State::Over | State::Persisting(..) => None,
        };
        frame.and_then(|frame| self.line.say(&frame, now_ms)).into_iter().collect()
    }

    fn effects(&self) -> Vec<Output> {
        let effect = match &self.state {
            State::Released(plan, last, taken) => {
                taken.handed(plan, last).map(|handed| Output::Activate(Box::new(handed)))
            }
            State::Over => Some(Output::Finished),
            State::Cancelled(why) => Some(Output::Stopped(*why)),
            _ => None,
        };
        effect.into_iter().collect()
    }

    /// Writes the next state down, which still knows what it is about.
    fn write(self, next: State, now_ms: u64) -> (Self, Vec<Output>) {
        let first = next.plan().map(|plan| (plan.identity.to_bundle(), plan.first.signed().clone()));
        match first {
            Some((bundle, first)) => self.write_about(bundle, first, next, now_ms),
            None => (Self { state: next, ..self }, Vec::new()),
        }
    }

    /// Writes down that it is over.
    fn write_end(self, plan: &Plan, next: State, now_ms: u64) -> (Self, Vec<Output>) {
        self.write_about(plan.identity.to_bundle(), plan.first.signed().clone(), next, now_ms)
    }

    fn write_about(
        mut self,
        bundle: Vec<u8>,
        first: Signed<Manifest>,
        next: State,
        now_ms: u64,
    ) -> (Self, Vec<Output>) {
        let with = if matches!(next, State::Cancelled(_)) { With::Discard } else { With::Nothing };
        let record = ReceiverRecord { v: Version, bundle: bundle.into(), first, phase: next.phase() };
        self.line.own_disk(true, now_ms);
        self.state = State::Persisting(Box::new(next), Vec::new());
        (self, [Output::Persist { record: record.to_bytes(), with }].into())
    }

    /// Gives up. Before anything was stored there is nothing to write down.
    fn stop(mut self, why: StopReason, now_ms: u64) -> (Self, Vec<Output>) {
        match self.state {
            State::Waiting(_) => {
                self.state = State::Cancelled(why);
                let mut outputs = self.effects();
                outputs.extend(self.say(now_ms));
                (self, outputs)
            }
            State::Receiving(plan, _) | State::Building(plan, ..) | State::Ready(plan, ..) => {
                self.state = State::Over;
                self.write_end(&plan, State::Cancelled(why), now_ms)
            }
            state => (Self { state, ..self }, Vec::new()),
        }
    }
}

impl State {
    fn view(&self) -> ReceiverView {
        match self {
            Self::Waiting(_) => ReceiverView::Waiting,
            Self::Receiving(..) => ReceiverView::Receiving,
            Self::Building(..) => ReceiverView::Building,
            Self::Ready(..) => ReceiverView::Ready,
            Self::Released(..) => ReceiverView::Activating,
            Self::Active(..) | Self::Over => ReceiverView::Active,
            Self::Cancelled(why) => ReceiverView::Stopped(*why),
            Self::Persisting(next, _) => next.view(),
        }
    }

    /// What of it is written down.
    fn phase(&self) -> ReceiverPhase {
        match self {
            Self::Receiving(_, it) => {
                ReceiverPhase::Receiving { last: it.last.as_ref().map(|last| last.signed().clone()) }
            }
            Self::Ready(_, last, ready) => ReceiverPhase::Ready { last: last.signed().clone(), ready: ready.clone() },
            Self::Released(_, last, taken) => {
                let (ready, release) = (taken.ready.clone(), taken.release.clone());
                ReceiverPhase::Released { last: last.signed().clone(), ready, release }
            }
            Self::Cancelled(why) => ReceiverPhase::Cancelled { why: *why },
            Self::Building(_, last) => ReceiverPhase::Receiving { last: Some(last.signed().clone()) },
            Self::Waiting(_) | Self::Active(..) | Self::Over | Self::Persisting(..) => ReceiverPhase::Over,
        }
    }

    fn last(&self) -> Option<&Verified<Manifest>> {
        match self {
            Self::Receiving(_, it) => it.last.as_deref(),
            Self::Building(_, last) | Self::Ready(_, last, _) | Self::Released(_, last, _) => Some(last),
            Self::Persisting(next, _) => next.last(),
            Self::Waiting(_) | Self::Active(..) | Self::Over | Self::Cancelled(_) => None,
        }
    }

    fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Receiving(plan, _)
            | Self::Building(plan, ..)
            | Self::Ready(plan, ..)
            | Self::Released(plan, ..)
            | Self::Active(plan, _) => Some(plan),
            Self::Persisting(next, _) => next.plan(),
            Self::Waiting(_) | Self::Over | Self::Cancelled(_) => None,
        }
    }
}

/// The first manifest, and what it speaks for, before the index is known.
fn first_layout(first: &Manifest) -> Layout {
    let mut layout = Layout::default();
    layout.push_index(first);
    layout
}
