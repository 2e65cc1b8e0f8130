//! What is the same whatever two devices that have met wait for: how they say things to each other, and which of the links
//! that they proposed is the one of now.

use super::{
    Burnt, BurntReason, Output,
    outbox::{Outbox, Span},
};
use alloc::vec::Vec;
use nyx_crypto::pairing::{A, B, Channel, HelloGuard, OpenError, Side};
use nyx_wire::pairing::{Described, Frame, Inside, Reply, TypedReply};

/// What is the same in every state.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) outbox: Outbox,
    pub(super) span: Span,
    pub(super) guard: Option<Guard>,
    pub(super) offers: Offers,
}

/// Knows which hello was taken, and tells another one of somebody who has the same ticket from a stranger's. Gone once the
/// digits were right: who the other is was settled by people then, and a thief who comes late must not end it.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) accepted: Vec<u8>,
    pub(super) guard: Option<HelloGuard>,
}

/// Which offer of a link is the present one, by the number of the envelope that it was in. Carriers reorder: what belongs
/// to an earlier one comes late, and is none of anybody's faults.
#[derive(Debug, Default)]
pub(super) struct Offers {
    present: Option<u32>,
    is_answered: bool,
}

/// What a frame says, whatever the state.
pub(super) enum Heard {
    Nothing,
    Does(Output),
    Said(Inside),
    Burns(BurntReason),
}

/// Who offers and who answers: the side that shows never hears an answer, the other never an offer.
pub trait Signals: Side {
    /// Whether this side proposes links.
    #[doc(hidden)]
    const OFFERS: bool;
}

impl Signals for A {
    const OFFERS: bool = false;
}

impl Signals for B {
    const OFFERS: bool = true;
}

impl Offers {
    /// One that is the first, or later than all before.
    pub(super) const fn of(number: Option<u32>) -> Self {
        Self { present: number, is_answered: false }
    }

    fn is_open(&self, number: u32) -> bool {
        self.present == Some(number) && !self.is_answered
    }
}

impl Link {
    pub(super) fn say<S: Side>(&mut self, channel: &mut Channel<S>, inside: &Inside, now_ms: u64) -> Vec<Output> {
        // After the last envelope nothing more can be said; the other side's patience ends it.
        let sealed = channel.seal(inside).into_iter();
        sealed.map(|sealed| self.outbox.say(Frame::Sealed(sealed).to_bytes(), now_ms)).collect()
    }

    /// Proposes a link, in place of the one before.
    pub(super) fn offer<S: Signals>(&mut self, channel: &mut Channel<S>, link: Described, now_ms: u64) -> Vec<Output> {
        if !S::OFFERS {
            return Vec::new();
        }
        let Some(sealed) = channel.seal(&Inside::Offer { link }) else { return Vec::new() };
        self.offers = Offers::of(Some(sealed.counter));
        [self.outbox.describe(Frame::Sealed(sealed).to_bytes(), now_ms)].into()
    }

    /// Answers the present offer, once.
    pub(super) fn answer<S: Side>(&mut self, channel: &mut Channel<S>, link: Described, now_ms: u64) -> Vec<Output> {
        let Some(offer) = self.offers.present.filter(|_| !self.offers.is_answered) else { return Vec::new() };
        let Some(sealed) = channel.seal(&Inside::Answer { link, offer }) else { return Vec::new() };
        self.offers.is_answered = true;
        [self.outbox.describe(Frame::Sealed(sealed).to_bytes(), now_ms)].into()
    }

    /// Says one more place of this side's end.
    pub(super) fn add_place<S: Side>(
        &mut self,
        channel: &mut Channel<S>,
        place: Described,
        now_ms: u64,
    ) -> Vec<Output> {
        let sealed = channel.seal(&Inside::Candidate { place }).into_iter();
        sealed.map(|sealed| self.outbox.add_place(Frame::Sealed(sealed).to_bytes(), now_ms)).collect()
    }

    pub(super) fn hear<S: Signals>(&mut self, channel: &mut Channel<S>, frame: &[u8]) -> Heard {
        let sealed = match Frame::parse(frame) {
            Ok(Frame::Sealed(sealed)) => sealed,
            Ok(Frame::Reply(reply) | Frame::TypedReply(TypedReply { reply, .. })) => return self.hear_reply(&reply),
            _ => return Heard::Nothing,
        };
        match channel.open(&sealed) {
            Ok(Inside::Cancel { why }) => Heard::Burns(BurntReason::Cancelled(why)),
            Ok(Inside::Candidate { place }) => Heard::Does(Output::Candidate(place)),
            Ok(Inside::Offer { link }) if !S::OFFERS => self.hear_offer(sealed.counter, link),
            Ok(Inside::Answer { link, offer }) if S::OFFERS => self.hear_answer(offer, link),
            Ok(inside) => Heard::Said(inside),
            Err(OpenError::Ignored) if !S::OFFERS => self.hear_again(sealed.counter),
            Err(OpenError::Ignored) => Heard::Nothing,
            Err(OpenError::Dishonest) => Heard::Burns(BurntReason::Dishonest),
        }
    }

    fn hear_offer(&mut self, number: u32, link: Described) -> Heard {
        if self.offers.present.is_some_and(|present| number <= present) {
            return Heard::Nothing;
        }
        self.offers = Offers::of(Some(number));
        Heard::Does(Output::Offer(link))
    }

    fn hear_answer(&mut self, number: u32, link: Described) -> Heard {
        if !self.offers.is_open(number) {
            return Heard::Nothing;
        }
        self.offers.is_answered = true;
        self.outbox.described();
        Heard::Does(Output::Answer(link))
    }

    /// Who says an offer again has not heard the answer. Anybody can say it who has heard it; they get what they have heard
    /// too, once for each time.
    fn hear_again(&self, number: u32) -> Heard {
        match self.outbox.end().filter(|_| self.offers.is_answered && self.offers.present == Some(number)) {
            Some(answer) => Heard::Does(Output::Send(answer.clone())),
            None => Heard::Nothing,
        }
    }

    /// The same reply over another carrier is answered with the same proof. Another one from somebody who has the ticket
    /// means that two have it.
    fn hear_reply(&self, reply: &Reply) -> Heard {
        let Some(Guard { accepted, guard }) = &self.guard else { return Heard::Nothing };
        if *accepted == *reply.hello {
            return self.outbox.first().cloned().map_or(Heard::Nothing, |proof| Heard::Does(Output::Send(proof)));
        }
        let second = guard.as_ref().is_some_and(|guard| guard.admit(reply).is_some());
        if second { Heard::Burns(BurntReason::Intruder) } else { Heard::Nothing }
    }
}

/// It is over, and the other side is told.
pub(super) fn burn<S: Side>(channel: &mut Channel<S>, why: BurntReason) -> Burnt {
    // Who has ended it need not be told that it is over.
    let told = !matches!(why, BurntReason::Cancelled(_));
    let cancel = told.then(|| channel.seal(&Inside::Cancel { why: why.told() })).flatten();
    Burnt { why, frames: cancel.into_iter().map(|sealed| Frame::Sealed(sealed).to_bytes()).collect() }
}
