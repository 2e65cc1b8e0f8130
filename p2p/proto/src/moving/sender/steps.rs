//! What becomes of a state when something is heard, and what only the vault can give.

use super::{Let, Sender, State};
use crate::moving::Output;
use alloc::{boxed::Box, vec::Vec};
use nyx_crypto::{
    account::OperatingKey,
    device_list,
    moving::{verify_done, verify_ready},
    signature::Verified,
};
use nyx_wire::{
    codec::DecodeError,
    identity::Signed,
    moving::{Done, Frame, Manifest, Ready, Release, StopReason},
};
use rand_core::CryptoRng;

impl Sender {
    /// What changed since the snapshot, after [`Output::Delta`]: the last manifest and its index in its exact bytes.
    #[must_use]
    pub fn handle_delta(mut self, last: &Verified<Manifest>, index: &[u8], now_ms: u64) -> (Self, Vec<Output>) {
        if !matches!(self.state, State::Freezing) {
            return (self, Vec::new());
        }
        let Some(last) = self.plan.last(last.signed()) else {
            return self.write(State::Cancelled(StopReason::Content), now_ms);
        };
        match self.extend(&last, index) {
            Some(()) => self.write(State::Frozen(last), now_ms),
            None => self.write(State::Cancelled(StopReason::Content), now_ms),
        }
    }

    /// The operating key, after [`Output::OpenKey`]. The next record has it wrapped for the new device, and the vault
    /// has it no longer.
    #[must_use]
    pub fn handle_operating_key(
        mut self,
        key: &OperatingKey,
        rng: &mut impl CryptoRng,
        now_ms: u64,
    ) -> (Self, Vec<Output>) {
        let (last, from) = match self.state {
            State::Releasing(last, from) => (last, from),
            state => {
                self.state = state;
                return (self, Vec::new());
            }
        };
        let (identity, keys) = (&self.plan.identity, &self.plan.keys);
        let list = key.next_list(identity.opkey(), identity.list(), [from.device.signed().clone()].into());
        let verified = list.ok().and_then(|list| device_list::verify(identity.opkey(), list.signed()).ok());
        let made = verified.zip(keys.wrap_operating_key(key, &last, rng));
        let Some((list, opkey)) = made else {
            // Nobody would accept the list: another key than the one that signed the manifests, or a revoked device.
            self.state = State::Frozen(last);
            return self.write(State::Cancelled(StopReason::Content), now_ms);
        };
        let release = Release { list: list.list().signed().clone(), opkey };
        self.state = State::Closed;
        self.write(State::Released(last, Box::new(Let { release, list })), now_ms)
    }

    pub(super) fn step(self, frame: Result<Frame, DecodeError>, now_ms: u64) -> (Self, Vec<Output>) {
        match frame {
            Ok(Frame::Alive) => (self, Vec::new()),
            Ok(Frame::Credit { kept, may }) => self.credit(kept, may, now_ms),
            Ok(Frame::Ready(ready)) => self.ready(&ready, now_ms),
            Ok(Frame::Done(done)) => self.done(&done, now_ms),
            Ok(Frame::Cancel(why)) => self.handle_cancel(why, now_ms),
            // Frames that only S says, and what is none.
            Ok(Frame::Offer(_) | Frame::Last(_) | Frame::Release(_) | Frame::Closed) | Err(_) => {
                self.handle_cancel(StopReason::Content, now_ms)
            }
        }
    }

    fn credit(mut self, kept: u64, may: u64, now_ms: u64) -> (Self, Vec<Output>) {
        match &self.state {
            State::Offered | State::Freezing | State::Frozen(_) | State::Releasing(..) => {}
            State::Cancelled(_) => {
                let outputs = self.say(now_ms);
                return (self, outputs);
            }
            State::Released(..) | State::Closed | State::Persisting(..) => return (self, Vec::new()),
        }
        let before = self.outgo.kept();
        let Ok(outputs) = self.outgo.credit(kept, may) else {
            return self.handle_cancel(StopReason::Content, now_ms);
        };
        self.line.their_disk(self.outgo.owed(), kept > before, now_ms);
        self.pace.note(self.outgo.layout.bytes_before(kept), now_ms);
        if matches!(self.state, State::Offered) && self.outgo.is_kept() {
            return self.write(State::Freezing, now_ms);
        }
        (self, outputs)
    }

    fn ready(mut self, ready: &Signed<Ready>, now_ms: u64) -> (Self, Vec<Output>) {
        let last = match self.state {
            State::Frozen(last) => last,
            state => {
                // Said again because an answer got lost: the state is the answer. To say it before the other can know
                // of it is not honest.
                let is_early = matches!(state, State::Offered | State::Freezing);
                let is_answer = matches!(state, State::Released(..) | State::Closed | State::Cancelled(_));
                self.state = state;
                if is_early {
                    return self.handle_cancel(StopReason::Content, now_ms);
                }
                let outputs = if is_answer { self.say(now_ms) } else { Vec::new() };
                return (self, outputs);
            }
        };
        match verify_ready(&last, ready) {
            Ok(from) => {
                self.state = State::Releasing(last, Box::new(from));
                (self, [Output::OpenKey].into())
            }
            Err(_) => {
                self.state = State::Frozen(last);
                self.handle_cancel(StopReason::Content, now_ms)
            }
        }
    }

    fn done(mut self, done: &Signed<Done>, now_ms: u64) -> (Self, Vec<Output>) {
        match &self.state {
            State::Released(last, gone) if verify_done(&gone.list, last, done).is_ok() => {
                self.write(State::Closed, now_ms)
            }
            State::Closed | State::Cancelled(_) => {
                let outputs = self.say(now_ms);
                (self, outputs)
            }
            // Not the receipt of this move: it changes nothing, least of all after the account was let go.
            _ => (self, Vec::new()),
        }
    }
}
