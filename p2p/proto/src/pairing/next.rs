//! Whatever state two devices that have met are in: the one value that a driver keeps.

use super::{
    Asking, Burnt, BurntReason, Deciding, Greeting, Introduced, Known, Met, Naming, Offering, Output, Proven, Telling,
    Waiting,
    link::{Heard, Link, Signals, burn},
};
use alloc::vec::Vec;
use nyx_crypto::pairing::{Channel, Side};
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

/// Whatever is not over yet.
macro_rules! in_each {
    ($next:expr, $met:ident => $do:expr) => {
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
            Next::Burnt(_) => None,
        }
    };
}

impl<S: Signals> Next<S> {
    /// Something came over a carrier.
    #[must_use]
    pub fn handle_frame(mut self, frame: &[u8], now_ms: u64) -> (Self, Vec<Output>) {
        if self.is_expired(now_ms) {
            return (self.burn(BurntReason::Expired), Vec::new());
        }
        let heard = self.parts().map_or(Heard::Nothing, |(channel, link)| link.hear(channel, frame));
        match heard {
            Heard::Nothing => (self, Vec::new()),
            Heard::Does(output) => (self, [output].into()),
            Heard::Burns(why) => (self.burn(why), Vec::new()),
            Heard::Said(inside) => (self.handle_said(inside), Vec::new()),
        }
    }

    /// Time went by.
    #[must_use]
    pub fn handle_time(mut self, now_ms: u64) -> (Self, Vec<Output>) {
        if self.is_expired(now_ms) {
            return (self.burn(BurntReason::Expired), Vec::new());
        }
        let again = self.parts().map(|(_, link)| {
            // What people have settled does not expire; it is only not said again for ever. A link that broke is offered anew
            // for as long as anybody keeps the meeting.
            if link.span.holds(now_ms) {
                link.outbox.again(now_ms)
            } else if S::OFFERS && link.outbox.end().is_some() {
                link.outbox.way_again(now_ms)
            } else {
                Vec::new()
            }
        });
        (self, again.unwrap_or_default())
    }

    /// When [`handle_time`](Self::handle_time) is to be called next; never, once it is over or long settled.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        let link = self.link()?;
        let (due_ms, end_ms) = (link.outbox.due_ms(), link.span.end_ms());
        if self.is_settled() {
            let offers = S::OFFERS && link.outbox.end().is_some();
            Some(due_ms).filter(|due_ms| offers || *due_ms < end_ms)
        } else {
            Some(due_ms.min(end_ms))
        }
    }

    /// What to say on a carrier that has just opened, or after the service said that frames may be lost.
    #[must_use]
    pub fn frames(&self) -> Vec<Vec<u8>> {
        match (self, self.link()) {
            (_, Some(link)) => link.outbox.frames(),
            (Self::Burnt(burnt), None) => burnt.frames.clone(),
            (_, None) => Vec::new(),
        }
    }

    /// Whether nothing is waited for any more.
    const fn is_settled(&self) -> bool {
        matches!(self, Self::Proven(_) | Self::Introduced(_) | Self::Known(_))
    }

    /// Whether people took too long.
    fn is_expired(&self, now_ms: u64) -> bool {
        !self.is_settled() && self.link().is_some_and(|link| !link.span.holds(now_ms))
    }

    /// The driver answers the other side's offer: the last one that it was told of.
    #[must_use]
    pub fn answer(&mut self, described: Described, now_ms: u64) -> Vec<Output> {
        self.parts().map(|(channel, link)| link.answer(channel, described, now_ms)).unwrap_or_default()
    }

    /// The driver looks for a new way. On the side that answers it never does.
    #[must_use]
    pub fn offer(&mut self, described: Described, now_ms: u64) -> Vec<Output> {
        self.parts().map(|(channel, link)| link.offer(channel, described, now_ms)).unwrap_or_default()
    }

    /// The driver has one more way to be reached.
    #[must_use]
    pub fn candidate(&mut self, place: Described, now_ms: u64) -> Vec<Output> {
        self.parts().map(|(channel, link)| link.add_place(channel, place, now_ms)).unwrap_or_default()
    }

    /// This side's person ended it.
    #[must_use]
    pub fn cancel(self) -> Self {
        self.burn(BurntReason::Refused)
    }

    fn burn(mut self, why: BurntReason) -> Self {
        match self.parts() {
            Some((channel, _)) => Self::Burnt(burn(channel, why)),
            None => self,
        }
    }

    fn handle_said(self, inside: Inside) -> Self {
        let next = match self {
            Self::Offering(met) => met.handle_said(inside),
            Self::Asking(met) => met.handle_said(inside),
            Self::Waiting(met) => met.handle_said(inside),
            Self::Deciding(met) => met.handle_said(inside),
            Self::Telling(met) => met.handle_said(inside),
            Self::Greeting(met) => met.handle_said(inside),
            Self::Naming(met) => met.handle_said(inside),
            // Nothing is to be said any more.
            settled @ (Self::Proven(_) | Self::Introduced(_) | Self::Known(_)) => {
                Ok(settled.burn(BurntReason::Dishonest))
            }
            Self::Burnt(burnt) => Err(burnt),
        };
        next.unwrap_or_else(Self::Burnt)
    }

    fn parts(&mut self) -> Option<(&mut Channel<S>, &mut Link)> {
        in_each!(self, met => Some(met.parts()))
    }

    fn link(&self) -> Option<&Link> {
        in_each!(self, met => Some(&met.link))
    }
}
