//! Whatever state two devices that have met are in: the one value that a driver keeps.

use super::{
    Asking, Burnt, BurntReason, Deciding, Greeting, Introduced, Known, Met, Naming, Offering, Output, Proven, Telling,
    Waiting, met::Heard,
};
use alloc::vec::Vec;
use nyx_crypto::pairing::{A, B, Side};
use nyx_wire::pairing::{Described, Inside};

/// The states after two devices have met.
#[derive(Debug)]
pub enum Next<S: Side> {
    /// Sends: until the other's person has recognised the account.
    Offering(Met<S, Offering>),
    /// Sends: until the digits are typed.
    Asking(Met<S, Asking>),
    /// Receives: until the other says whose account it is.
    Waiting(Met<S, Waiting>),
    /// Receives: until its person has said yes or no.
    Deciding(Met<S, Deciding>),
    /// Receives: until the other says that the digits were right.
    Telling(Met<S, Telling>),
    /// Until the other introduces itself.
    Greeting(Met<S, Greeting>),
    /// Checks the link: until the other says what it is called.
    Naming(Met<S, Naming>),
    /// The digits were right.
    Proven(Proven<S>),
    /// Two contacts.
    Introduced(Introduced<S>),
    /// Two devices that check the link between them.
    Known(Known<S>),
    /// It is over.
    Burnt(Burnt),
}

macro_rules! in_each {
    ($next:expr, $met:ident => $do:expr, $burnt:pat => $over:expr) => {
        match $next {
            Next::Offering($met) => $do,
            Next::Asking($met) => $do,
            Next::Waiting($met) => $do,
            Next::Deciding($met) => $do,
            Next::Telling($met) => $do,
            Next::Greeting($met) => $do,
            Next::Naming($met) => $do,
            Next::Proven($met) => $do,
            Next::Introduced($met) => $do,
            Next::Known($met) => $do,
            Next::Burnt($burnt) => $over,
        }
    };
}

impl<S: Signals> Next<S> {
    /// Something came over a carrier.
    #[must_use]
    pub fn handle_frame(mut self, frame: &[u8], now_ms: u64) -> (Self, Vec<Output>) {
        let heard = in_each!(&mut self, met => met.hear(frame, now_ms), _ => Heard::Nothing);
        match heard {
            Heard::Nothing => (self, Vec::new()),
            Heard::Again(outputs) => (self, outputs),
            Heard::Burns(why) => (self.burn(why), Vec::new()),
            Heard::Said(inside) => match S::signalled(&inside) {
                Some(output) => (self, [output].into()),
                None => (self.handle_said(inside), Vec::new()),
            },
        }
    }

    /// Time went by.
    #[must_use]
    pub fn handle_time(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        let holds = in_each!(&self, met => met.link.span.holds(now_ms), _ => true);
        if !holds {
            // What people have settled does not expire; it is only not said again for ever.
            return (if self.is_settled() { self } else { self.burn(BurntReason::Expired) }, Vec::new());
        }
        let again = in_each!(&mut self, met => met.link.outbox.again(now_ms), _ => Vec::new());
        (self, again)
    }

    /// When [`handle_time`](Self::handle_time) is to be called next; never, once it is over or long settled.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        let (due_ms, end_ms) =
            in_each!(self, met => (met.link.outbox.due_ms(), met.link.span.end_ms()), _ => return None);
        if self.is_settled() { Some(due_ms).filter(|due_ms| *due_ms < end_ms) } else { Some(due_ms.min(end_ms)) }
    }

    /// What to say on a carrier that has just opened, or after the service said that frames may be lost.
    #[must_use]
    pub fn frames(&self) -> &[Vec<u8>] {
        in_each!(self, met => met.link.outbox.frames(), burnt => &burnt.frames)
    }

    /// Whether nothing is waited for any more.
    const fn is_settled(&self) -> bool {
        matches!(self, Self::Proven(_) | Self::Introduced(_) | Self::Known(_))
    }

    /// The driver answers the other side's offer.
    #[must_use]
    pub fn answer(&mut self, link: Described, now_ms: u64) -> Vec<Output> {
        self.say(&Inside::Answer { link }, now_ms)
    }

    /// The driver looks for a new way.
    #[must_use]
    pub fn offer(&mut self, link: Described, now_ms: u64) -> Vec<Output> {
        self.say(&Inside::Offer { link }, now_ms)
    }

    /// The driver has one more way to be reached.
    #[must_use]
    pub fn candidate(&mut self, place: Described, now_ms: u64) -> Vec<Output> {
        self.say(&Inside::Candidate { place }, now_ms)
    }

    /// This side's person ended it.
    #[must_use]
    pub fn cancel(self) -> Self {
        self.burn(BurntReason::Refused)
    }

    fn say(&mut self, inside: &Inside, now_ms: u64) -> Vec<Output> {
        in_each!(self, met => met.say(inside, now_ms), _ => Vec::new())
    }

    fn burn(self, why: BurntReason) -> Self {
        Self::Burnt(in_each!(self, met => met.burn(why), burnt => burnt))
    }

    fn handle_said(self, inside: Inside) -> Self {
        in_each!(self, met => met.handle_said(inside).unwrap_or_else(Self::Burnt), burnt => Self::Burnt(burnt))
    }
}

/// Who offers and who answers: the side that shows never hears an answer, the other never an offer.
pub trait Signals: Side {
    /// What is for the driver and not for the machine.
    #[doc(hidden)]
    fn signalled(inside: &Inside) -> Option<Output>;
}

impl Signals for A {
    fn signalled(inside: &Inside) -> Option<Output> {
        match inside {
            Inside::Candidate { place } => Some(Output::Candidate(place.clone())),
            Inside::Offer { link } => Some(Output::Offer(link.clone())),
            _ => None,
        }
    }
}

impl Signals for B {
    fn signalled(inside: &Inside) -> Option<Output> {
        match inside {
            Inside::Candidate { place } => Some(Output::Candidate(place.clone())),
            Inside::Answer { link } => Some(Output::Answer(link.clone())),
            _ => None,
        }
    }
}
