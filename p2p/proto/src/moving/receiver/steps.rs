//! What becomes of a state when something is heard, and what only the vault can give.

use super::{Incoming, Last, Plan, Receiver, Receiving, State, Taken};
use crate::moving::{Handed, Output};
use alloc::{boxed::Box, vec::Vec};
use nyx_crypto::{
    device::DeviceKeys,
    device_list::{self, Identity},
    moving::{sign_done, sign_ready, verify_manifest},
    signature::Verified,
};
use nyx_wire::{
    codec::DecodeError,
    identity::{Body, DeviceCert, Signed},
    moving::{Frame, Manifest, Offer, Ready, Release, StopReason},
};

impl Receiver {
    /// The rows are imported, after [`Output::Build`], and the result has this content hash. The device is the one that
    /// is to have the account; its keys are durable in the staging.
    #[must_use]
    pub fn handle_built(
        mut self,
        content: [u8; 32],
        keys: &DeviceKeys,
        device: &Verified<DeviceCert>,
        now_ms: u64,
    ) -> (Self, Vec<Output>) {
        match self.state {
            State::Building(plan, last) if last.content == Some(content) => {
                let ready = sign_ready(keys, device, &last, content).signed().clone();
                self.state = State::Over;
                self.write(State::Ready(plan, last, ready), now_ms)
            }
            State::Building(plan, last) => {
                self.state = State::Building(plan, last);
                self.stop(StopReason::Content, now_ms)
            }
            state => (Self { state, ..self }, Vec::new()),
        }
    }

    /// The account is in its place, after [`Output::Activate`].
    #[must_use]
    pub fn handle_activated(mut self, keys: &DeviceKeys, now_ms: u64) -> (Self, Vec<Output>) {
        match self.state {
            State::Released(plan, last, taken) => {
                let done = sign_done(keys, &last, &taken.list).signed().clone();
                self.state = State::Active(plan, done);
                let outputs = self.say(now_ms);
                self.then(outputs, now_ms)
            }
            state => (Self { state, ..self }, Vec::new()),
        }
    }

    pub(super) fn step(self, frame: Result<Frame, DecodeError>, now_ms: u64) -> (Self, Vec<Output>) {
        match frame {
            Ok(Frame::Alive) => (self, Vec::new()),
            Ok(Frame::Offer(offer)) => self.offer(&offer, now_ms),
            Ok(Frame::Last(last)) => self.last(&last, now_ms),
            Ok(Frame::Release(release)) => self.release(release, now_ms),
            Ok(Frame::Closed) => self.closed(now_ms),
            // Whoever is ready believes this of the old device alone; and it is who speaks here.
            Ok(Frame::Cancel(why)) => self.stop(why, now_ms),
            // Frames that only R says, and what is none.
            Ok(Frame::Credit { .. } | Frame::Ready(_) | Frame::Done(_)) | Err(_) => {
                self.handle_cancel(StopReason::Content, now_ms)
            }
        }
    }

    fn offer(mut self, offer: &Offer, now_ms: u64) -> (Self, Vec<Output>) {
        let incoming = match self.state {
            State::Waiting(incoming) => incoming,
            state => {
                let known = state.plan().is_none_or(|plan| *plan.first.signed() == offer.manifest);
                self.state = state;
                return if known { (self, Vec::new()) } else { self.handle_cancel(StopReason::Content, now_ms) };
            }
        };
        match incoming.judge(offer) {
            Ok((identity, first)) => {
                let Incoming { keys, window, free_bytes, .. } = *incoming;
                let (keys, resume) = keys.into_transfer(first.transfer);
                let receiving = Box::new(Receiving::new(&first, window, Some(free_bytes)));
                let plan = Box::new(Plan { keys, resume, identity, first, total: 0 });
                self.state = State::Over;
                self.write(State::Receiving(plan, receiving), now_ms)
            }
            Err(Refused { why, missing_bytes }) => {
                self.state = State::Waiting(incoming);
                self.missing_bytes = missing_bytes;
                self.stop(why, now_ms)
            }
        }
    }

    fn last(mut self, signed: &Signed<Manifest>, now_ms: u64) -> (Self, Vec<Output>) {
        let (plan, mut it) = match self.state {
            State::Receiving(plan, it) => (plan, it),
            state => {
                let known = match &state {
                    State::Building(_, last) => last.signed() == signed,
                    State::Waiting(_) => false,
                    _ => true,
                };
                self.state = state;
                return if known { (self, Vec::new()) } else { self.handle_cancel(StopReason::Content, now_ms) };
            }
        };
        let heard = it.last.as_ref().map(|last| last.signed() == signed);
        let fits = it.first.is_some() && it.intake.is_kept();
        let last = plan.last(signed).filter(|_| heard.is_none() && fits);
        let is_right = last.as_ref().is_some_and(|last| it.extend(last).is_ok());
        it.last = it.last.or(last);
        if is_right {
            self.state = State::Over;
            return self.write(State::Receiving(plan, it), now_ms);
        }
        self.state = State::Receiving(plan, it);
        if heard == Some(true) { (self, Vec::new()) } else { self.handle_cancel(StopReason::Content, now_ms) }
    }

    fn release(mut self, release: Release, now_ms: u64) -> (Self, Vec<Output>) {
        match self.state {
            State::Ready(plan, last, ready) => match Taken::of(&plan, &last, ready.clone(), release) {
                Some(taken) => {
                    self.state = State::Over;
                    self.write(State::Released(plan, last, Box::new(taken)), now_ms)
                }
                // It may still come right; to give up is not this side's any more.
                None => (Self { state: State::Ready(plan, last, ready), ..self }, Vec::new()),
            },
            State::Waiting(_) | State::Receiving(..) | State::Building(..) => {
                self.handle_cancel(StopReason::Content, now_ms)
            }
            state => (Self { state, ..self }, Vec::new()),
        }
    }

    fn closed(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        match self.state {
            State::Active(plan, _) => {
                self.state = State::Over;
                self.write_end(&plan, State::Over, now_ms)
            }
            state => {
                self.state = state;
                (self, Vec::new())
            }
        }
    }
}

/// Why an offer is not taken.
struct Refused {
    why: StopReason,
    missing_bytes: u64,
}

impl From<StopReason> for Refused {
    fn from(why: StopReason) -> Self {
        Self { why, missing_bytes: 0 }
    }
}

impl Incoming {
    /// Whether this is an offer that this device can take. Nothing was stored yet, and nothing is, if not.
    fn judge(&self, offer: &Offer) -> Result<(Identity, Verified<Manifest>), Refused> {
        let identity = Identity::from_bundle(self.aid, &offer.bundle).map_err(|_| StopReason::Content)?;
        let first = verify_manifest(identity.opkey(), &offer.manifest).map_err(|_| StopReason::Content)?;
        if !first.is_first() {
            return Err(StopReason::Content.into());
        }
        if first.schema > self.schema {
            return Err(StopReason::Version.into());
        }
        match room_to_arrive(&first).saturating_sub(self.free_bytes) {
            0 => Ok((identity, first)),
            missing_bytes => Err(Refused { why: StopReason::NoRoom, missing_bytes }),
        }
    }
}

/// How much room what is announced takes where it arrives, and a tenth more.
pub(super) fn room_to_arrive(first: &Manifest) -> u64 {
    // Limits of the wire formats keep this sum far below its type.
    let bytes = first.index_bytes.saturating_add(first.bytes);
    bytes.saturating_add(bytes / 10)
}

impl Taken {
    /// A release that gives the account to the device that said Ready, and to no other.
    pub(super) fn of(plan: &Plan, last: &Last, ready: Signed<Ready>, release: Release) -> Option<Self> {
        let own = Ready::parse(ready.body()).ok()?.device;
        let before = plan.identity.list();
        let list = device_list::verify(plan.identity.opkey(), &release.list).ok()?;
        let is_next = list.list().epoch == before.list().epoch + 1 && list.list().prev_hash == before.hash();
        let is_own = list.list().devices == [own];
        let taken = Self { ready, release, list };
        (is_next && is_own && taken.handed(plan, last).is_some()).then_some(taken)
    }

    /// The operating key out of it, if it is the account's.
    pub(super) fn handed(&self, plan: &Plan, last: &Last) -> Option<Handed> {
        let opkey = plan.keys.unwrap_operating_key(&self.release.opkey, last)?;
        let is_right = opkey.public() == plan.identity.opkey().opkey;
        is_right.then(|| Handed { opkey, list: self.release.list.clone() })
    }
}
