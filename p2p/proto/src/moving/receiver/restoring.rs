//! The new device after a restart: what its record says, and what lies in its staging.

use super::{Last, Plan, Receiver, Receiving, State, Taken, first_layout};
use crate::moving::{Output, RestoreError, continues, intake::Intake};
use alloc::{boxed::Box, vec::Vec};
use nyx_crypto::{
    account::Aid,
    device_list::Identity,
    moving::{MoveKeys, verify_manifest},
    stream::CHUNK,
};
use nyx_wire::{
    identity::{Body, Signed},
    moving::{Manifest, ReceiverPhase, ReceiverRecord},
};

/// What lies in the staging.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// The place that was remembered at the last [`Output::Sync`].
    pub kept: u64,
    /// What is stored of item 0, the first index.
    pub first: Vec<u8>,
    /// What is stored of the item behind the first index's items, the last index.
    pub last: Vec<u8>,
}

impl Receiver {
    /// Goes on where record and staging say.
    pub fn restore(
        record: &[u8],
        keys: MoveKeys,
        aid: Aid,
        stored: Stored,
        window: u64,
        now_ms: u64,
    ) -> Result<(Self, Vec<Output>), RestoreError> {
        let record = ReceiverRecord::parse(record).map_err(|_| RestoreError)?;
        let identity = Identity::from_bundle(aid, &record.bundle).map_err(|_| RestoreError)?;
        let first = verify_manifest(identity.opkey(), &record.first).map_err(|_| RestoreError)?;
        let (keys, resume) = keys.into_transfer(first.transfer);
        let plan = Box::new(Plan { keys, resume, identity, first, total: 0 });
        let state = match record.phase {
            ReceiverPhase::Receiving { last } => {
                let last = last.map(|last| plan.last(&last).ok_or(RestoreError)).transpose()?;
                let receiving = Receiving::restored(&plan.first, last, stored, window).ok_or(RestoreError)?;
                State::Receiving(plan, Box::new(receiving))
            }
            ReceiverPhase::Ready { last, ready } => {
                let last = plan.last(&last).ok_or(RestoreError)?;
                State::Ready(plan, last, ready)
            }
            ReceiverPhase::Released { last, ready, release } => {
                let last = plan.last(&last).ok_or(RestoreError)?;
                let taken = Taken::of(&plan, &last, ready, release).ok_or(RestoreError)?;
                State::Released(plan, last, Box::new(taken))
            }
            ReceiverPhase::Over => State::Over,
            ReceiverPhase::Cancelled { why } => State::Cancelled(why),
        };
        let receiver = Self::of(state, now_ms);
        let mut outputs = receiver.effects();
        let (receiver, more) = receiver.build_if_whole();
        outputs.extend(more);
        Ok((receiver, outputs))
    }
}

impl Plan {
    /// The last manifest, if it continues the first.
    pub(super) fn last(&self, signed: &Signed<Manifest>) -> Option<Last> {
        let last = verify_manifest(self.identity.opkey(), signed).ok()?;
        continues(&self.first, &last).then(|| Box::new(last))
    }
}

impl Receiving {
    pub(super) fn new(first: &Manifest, window: u64, room_bytes: Option<u64>) -> Self {
        let intake = Intake::new(first_layout(first), window);
        Self { intake, own: (0, Vec::new()), first: None, last: None, end: None, room_bytes }
    }

    fn restored(first: &Manifest, last: Option<Last>, stored: Stored, window: u64) -> Option<Self> {
        let Stored { kept, first: first_bytes, last: last_bytes } = stored;
        let mut it = Self::new(first, window, None);
        it.own.1 = prefix(first_bytes, kept, first.index_bytes);
        it.read_index(first).ok()?;
        if let Some(last) = last {
            // The old device froze only when all before was kept.
            let begin = it.intake.layout.places();
            it.first.as_ref()?;
            it.extend(&last).ok()?;
            it.own.1 = prefix(last_bytes, kept.checked_sub(begin)?, last.index_bytes);
            it.last = Some(last);
            it.read_index(first).ok()?;
        }
        let layout = core::mem::take(&mut it.intake.layout);
        (kept <= layout.places()).then(|| Self { intake: Intake::restored(layout, window, kept), ..it })
    }
}

/// What is known to be durable of an item that begins `chunks` before the end of what is.
fn prefix(mut stored: Vec<u8>, chunks: u64, bytes: u64) -> Vec<u8> {
    let known = chunks.saturating_mul(CHUNK as u64).min(bytes);
    stored.truncate(usize::try_from(known).unwrap_or(usize::MAX));
    stored
}
