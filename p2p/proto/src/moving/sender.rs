//! The old device.

mod steps;

use super::{Layout, Output, PlanError, Progress, RestoreError, Stall, With, line::Line, outgo::Outgo, pace::Pace};
use crate::limits::MOVE_WAITING_MAX;
use alloc::{boxed::Box, vec::Vec};
use nyx_crypto::{
    account::Aid,
    device_list::{self, Identity, VerifiedList},
    moving::{Content, ReadyFrom, TransferKeys, content_hash, verify_manifest},
    signature::Verified,
};
use nyx_wire::{
    identity::{Body, Version},
    moving::{Frame, Index, Manifest, Offer, Release, SenderPhase, SenderRecord, StopReason},
};

/// What would be sent.
#[derive(Debug)]
pub struct Outgoing {
    /// Of this meeting, and with the id in the manifest.
    pub keys: TransferKeys,
    /// Whose account.
    pub identity: Identity,
    /// The first manifest.
    pub manifest: Verified<Manifest>,
    /// Its index, in its exact bytes.
    pub index: Vec<u8>,
}

/// The old device in a move. Whatever is called that does not fit its state changes nothing.
#[derive(Debug)]
pub struct Sender {
    plan: Plan,
    outgo: Outgo,
    line: Line,
    pace: Pace,
    state: State,
}

/// What stays the same.
#[derive(Debug)]
struct Plan {
    keys: TransferKeys,
    identity: Identity,
    first: Verified<Manifest>,
    index: Index,
}

/// Where it is. Only what is durable is said.
#[derive(Debug)]
enum State {
    Offered,
    Freezing,
    Frozen(Last),
    Releasing(Last, Box<ReadyFrom>),
    Released(Last, Box<Let>),
    Closed,
    Cancelled(StopReason),
    /// The next state is being written down. What it says and does comes out of it when that has happened, and is nowhere
    /// before.
    Persisting(Box<Self>, Vec<Vec<u8>>),
}

type Last = Box<Verified<Manifest>>;

/// What was let go.
#[derive(Debug)]
struct Let {
    release: Release,
    list: VerifiedList,
}

/// What the old device shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SenderView {
    /// It sends; the account can be used.
    Sending,
    /// It puts together, sends and waits for what came last; the account can't be changed.
    Finishing,
    /// The account is the new device's; the receipt is not here yet.
    Released,
    /// Moved.
    Moved,
    /// It came to nothing.
    Stopped(StopReason),
}

impl Sender {
    /// Begins. Nothing is said before the record is durable.
    pub fn offer(outgoing: Outgoing, now_ms: u64) -> Result<(Self, Vec<Output>), PlanError> {
        let Outgoing { keys, identity, manifest, index } = outgoing;
        let first = verify_manifest(identity.opkey(), manifest.signed()).map_err(|_| PlanError)?;
        let index = checked(&first, &index, None).ok_or(PlanError)?;
        if keys.transfer() != first.transfer || !first.is_first() {
            return Err(PlanError);
        }
        let sender = Self::of(Plan { keys, identity, first, index }, State::Closed, now_ms);
        Ok(sender.write(State::Offered, now_ms))
    }

    /// Goes on where the record says. `first` and `last` are the indexes, in their exact bytes.
    pub fn restore(
        record: &[u8],
        keys: TransferKeys,
        aid: Aid,
        first: &[u8],
        last: Option<&[u8]>,
        now_ms: u64,
    ) -> Result<(Self, Vec<Output>), RestoreError> {
        let record = SenderRecord::parse(record).map_err(|_| RestoreError)?;
        let identity = Identity::from_bundle(aid, &record.bundle).map_err(|_| RestoreError)?;
        let manifest = verify_manifest(identity.opkey(), &record.first).map_err(|_| RestoreError)?;
        let index = checked(&manifest, first, None).ok_or(RestoreError)?;
        let mut sender = Self::of(Plan { keys, identity, first: manifest, index }, State::Offered, now_ms);
        sender.state = match record.phase {
            SenderPhase::Offered => State::Offered,
            SenderPhase::Freezing => State::Freezing,
            SenderPhase::Frozen { last: manifest } => {
                let manifest = sender.plan.last(&manifest).ok_or(RestoreError)?;
                sender.extend(&manifest, last.ok_or(RestoreError)?).ok_or(RestoreError)?;
                State::Frozen(manifest)
            }
            SenderPhase::Released { last: manifest, release } => {
                let manifest = sender.plan.last(&manifest).ok_or(RestoreError)?;
                let list = device_list::verify(sender.plan.identity.opkey(), &release.list);
                State::Released(manifest, Box::new(Let { release, list: list.map_err(|_| RestoreError)? }))
            }
            SenderPhase::Closed => State::Closed,
            SenderPhase::Cancelled { why } => State::Cancelled(why),
        };
        let outputs = sender.effects();
        Ok((sender, outputs))
    }

    fn of(plan: Plan, state: State, now_ms: u64) -> Self {
        let mut layout = Layout::default();
        layout.push_index(&plan.first);
        layout.push_items(&plan.index);
        Self { plan, outgo: Outgo::new(layout), line: Line::new(now_ms), pace: Pace::default(), state }
    }

    /// There is a link, and its other end was proven.
    #[must_use]
    pub fn handle_link(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        self.outgo.break_off();
        self.line.open(now_ms);
        let outputs = self.say(now_ms);
        self.then(outputs, now_ms)
    }

    /// The link is gone.
    #[must_use]
    pub fn handle_link_lost(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        self.outgo.break_off();
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
        let (sender, outputs) = self.step(Frame::parse(frame), now_ms);
        sender.then(outputs, now_ms)
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

    /// A person says no, the disk does, or it took too long. Nothing after the account was let go.
    #[must_use]
    pub fn handle_cancel(mut self, why: StopReason, now_ms: u64) -> (Self, Vec<Output>) {
        match &mut self.state {
            // Not in the middle of a write; right behind it.
            State::Persisting(_, waiting) => {
                waiting.push(Frame::Cancel(why).to_bytes());
                (self, Vec::new())
            }
            State::Offered | State::Freezing | State::Frozen(_) | State::Releasing(..) => {
                self.write(State::Cancelled(why), now_ms)
            }
            _ => (self, Vec::new()),
        }
    }

    /// Time went by.
    #[must_use]
    pub fn handle_time(self, now_ms: u64) -> (Self, Vec<Output>) {
        self.then(Vec::new(), now_ms)
    }

    /// When time matters next.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        self.line.due_ms()
    }

    /// What is to be shown.
    #[must_use]
    pub fn view(&self) -> SenderView {
        self.state.view()
    }

    /// Why nothing goes on, if so.
    #[must_use]
    pub const fn stalled(&self) -> Option<Stall> {
        self.line.stalled()
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self, now_ms: u64) -> Progress {
        let layout = &self.outgo.layout;
        self.pace.progress(layout.bytes_before(self.outgo.kept()), layout.bytes(), now_ms)
    }

    /// What speaks for everything that goes, once it is known.
    #[must_use]
    pub fn last_manifest(&self) -> Option<&Verified<Manifest>> {
        self.state.last()
    }

    /// The keys, to turn finished streams into items.
    #[must_use]
    pub const fn keys(&self) -> &TransferKeys {
        &self.plan.keys
    }

    /// What an item is: an index or an item of one.
    #[must_use]
    pub fn content(&self, item: u32) -> Option<Content> {
        self.outgo.layout.content(item)
    }

    fn then(mut self, mut outputs: Vec<Output>, now_ms: u64) -> (Self, Vec<Output>) {
        let waits = !matches!(self.state, State::Closed | State::Cancelled(_));
        self.line.their_disk(self.outgo.owed(), false, now_ms);
        outputs.extend(self.line.tick(waits, now_ms));
        (self, outputs)
    }

    fn say(&mut self, now_ms: u64) -> Vec<Output> {
        let frames = match &self.state {
            State::Offered | State::Freezing => [Some(self.plan.offer()), None],
            State::Frozen(last) | State::Releasing(last, _) => {
                [Some(self.plan.offer()), Some(Frame::Last(last.signed().clone()))]
            }
            State::Released(_, gone) => [Some(Frame::Release(gone.release.clone())), None],
            State::Closed => [Some(Frame::Closed), None],
            State::Cancelled(why) => [Some(Frame::Cancel(*why)), None],
            State::Persisting(..) => [None, None],
        };
        frames.into_iter().flatten().filter_map(|frame| self.line.say(&frame, now_ms)).collect()
    }

    fn effects(&self) -> Vec<Output> {
        let effect = match &self.state {
            State::Freezing => Some(Output::Delta),
            State::Closed => Some(Output::Moved),
            State::Cancelled(why) => Some(Output::Stopped(*why)),
            _ => None,
        };
        effect.into_iter().collect()
    }

    /// Writes the next state down; it is this one's until that has happened.
    fn write(mut self, next: State, now_ms: u64) -> (Self, Vec<Output>) {
        let (phase, with) = match &next {
            State::Freezing => (SenderPhase::Freezing, With::Freeze),
            State::Frozen(last) | State::Releasing(last, _) => {
                (SenderPhase::Frozen { last: last.signed().clone() }, With::Nothing)
            }
            State::Released(last, gone) => {
                let (last, release) = (last.signed().clone(), gone.release.clone());
                (SenderPhase::Released { last, release }, With::LetGo)
            }
            State::Closed => (SenderPhase::Closed, With::Nothing),
            State::Cancelled(why) => (SenderPhase::Cancelled { why: *why }, With::Thaw),
            State::Offered | State::Persisting(..) => (SenderPhase::Offered, With::Nothing),
        };
        let bundle = self.plan.identity.to_bundle().into();
        let record = SenderRecord { v: Version, bundle, first: self.plan.first.signed().clone(), phase };
        self.line.own_disk(true, now_ms);
        self.state = State::Persisting(Box::new(next), Vec::new());
        (self, [Output::Persist { record: record.to_bytes(), with }].into())
    }

    /// Appends what the last manifest speaks for.
    fn extend(&mut self, last: &Verified<Manifest>, index: &[u8]) -> Option<()> {
        let index = checked(last, index, Some(&self.plan.index))?;
        self.outgo.layout.push_index(last);
        self.outgo.layout.push_items(&index);
        Some(())
    }
}

impl State {
    fn last(&self) -> Option<&Verified<Manifest>> {
        match self {
            Self::Frozen(last) | Self::Releasing(last, _) | Self::Released(last, _) => Some(last),
            Self::Persisting(next, _) => next.last(),
            Self::Offered | Self::Freezing | Self::Closed | Self::Cancelled(_) => None,
        }
    }

    fn view(&self) -> SenderView {
        match self {
            Self::Offered => SenderView::Sending,
            Self::Freezing | Self::Frozen(_) | Self::Releasing(..) => SenderView::Finishing,
            Self::Released(..) => SenderView::Released,
            Self::Closed => SenderView::Moved,
            Self::Cancelled(why) => SenderView::Stopped(*why),
            Self::Persisting(next, _) => next.view(),
        }
    }
}

impl Plan {
    fn offer(&self) -> Frame {
        Frame::Offer(Offer { bundle: self.identity.to_bundle().into(), manifest: self.first.signed().clone() })
    }

    /// The last manifest, if it continues the first.
    fn last(&self, signed: &nyx_wire::identity::Signed<Manifest>) -> Option<Last> {
        let last = verify_manifest(self.identity.opkey(), signed).ok()?;
        super::continues(&self.first, &last).then(|| Box::new(last))
    }
}

/// The index, if it is the one that the manifest speaks for.
fn checked(manifest: &Manifest, bytes: &[u8], before: Option<&Index>) -> Option<Index> {
    if content_hash(bytes) != manifest.index_hash {
        return None;
    }
    Index::parse(bytes, manifest, before).ok()
}
