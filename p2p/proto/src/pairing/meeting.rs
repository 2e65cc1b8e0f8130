//! A meeting from its beginning to its end: the one value that a driver keeps, whichever side it is on.

use super::{
    Account, AfterConfirm, AfterHello, AfterReply, Answering, Asked, Burnt, Intent, Met, MismatchError, Next, Output,
    Peer, Scanned, Showing,
};
use alloc::vec::Vec;
use nyx_crypto::{
    account::Aid,
    pairing::{A, B, Digits, Side, Speaker},
    purposes::{ContactSecret, FileKey, ResumeKey},
    secret::Secret,
};
use nyx_wire::{
    identity::DeviceName,
    pairing::{Described, Ticket},
    signal::RoomId,
};
use rand_core::CryptoRng;

/// A meeting. Whatever is called that does not fit its state changes nothing.
#[derive(Debug)]
pub struct Meeting(State);

#[derive(Debug)]
enum State {
    Showing(Showing),
    Scanned(Scanned),
    Answering(Answering),
    Asked(Asked),
    OfA(Next<A>),
    OfB(Next<B>),
    Over(Burnt),
}

/// What a meeting waits for.
#[derive(Debug)]
pub enum View<'a> {
    /// For the other device.
    Other,
    /// For this side's driver: an offer, or none where a channel stands already.
    Offer,
    /// For this side's person: is this your account?
    Recognise {
        /// The name that the other side gives it.
        name: &'a DeviceName,
        /// Four words of its id.
        words: [&'static str; 4],
        /// How much would come.
        bytes: u64,
    },
    /// For the other side's person, who types these digits there.
    Show(&'a Digits),
    /// For this side's person, who types the digits that this device shows.
    Type(&'a DeviceName),
    /// For this side's account: it says who it is.
    Speak,
    /// For nothing: the two devices that their people mean.
    Proven(&'a Peer),
    /// For nothing: two contacts, whose people compare the digits now or later.
    Introduced {
        /// The name that the other gives itself.
        name: &'a DeviceName,
        /// Its account.
        aid: Aid,
        /// To be compared.
        digits: &'a Digits,
    },
    /// For nothing: two devices that check the link between them.
    Known {
        /// What the other is called, as it says.
        name: &'a DeviceName,
        /// The same on both screens, unless somebody stands between.
        digits: &'a Digits,
    },
    /// For nothing: it is over.
    Over(&'a Burnt),
}

/// What a move begins with.
#[derive(Debug)]
pub struct Settled {
    /// Key of the transfer.
    pub file: Secret<FileKey>,
    /// Authenticates those who resume it.
    pub resume: Secret<ResumeKey>,
    /// Hash of everything by which the two came to agree.
    pub th: [u8; 32],
    /// Who the other is.
    pub peer: Peer,
}

/// What a contact begins with.
#[derive(Debug)]
pub struct Acquainted {
    /// What both keep, to find each other again.
    pub contact: Secret<ContactSecret>,
    /// Hash of everything by which the two came to agree.
    pub th: [u8; 32],
    /// To be compared, now or later.
    pub digits: Digits,
    /// The name that the other gives itself.
    pub name: DeviceName,
    /// Its account, whose own device signed this meeting.
    pub aid: Aid,
}

impl Meeting {
    /// This side shows a code.
    #[must_use]
    pub const fn showing(showing: Showing) -> Self {
        Self(State::Showing(showing))
    }

    /// This side has read one.
    #[must_use]
    pub const fn scanned(scanned: Scanned) -> Self {
        Self(State::Scanned(scanned))
    }

    /// This side has read a ticket.
    pub fn of_ticket(ticket: &Ticket, intent: Intent, now_ms: u64) -> Result<Self, MismatchError> {
        Scanned::ticket(ticket, intent, now_ms).map(Self::scanned)
    }

    /// The room in which both meet; none where the service knows it by a number, and none once both have met.
    #[must_use]
    pub fn room(&self) -> Option<RoomId> {
        match &self.0 {
            State::Showing(showing) => showing.room(),
            State::Scanned(scanned) => scanned.room(),
            _ => None,
        }
    }

    /// What it waits for.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        match &self.0 {
            State::Showing(_) | State::Scanned(_) | State::Asked(_) => View::Other,
            State::Answering(_) => View::Offer,
            State::OfA(next) => view(next),
            State::OfB(next) => view(next),
            State::Over(burnt) => View::Over(burnt),
        }
    }

    /// What to say on a carrier that has just opened, or after the service said that frames may be lost.
    #[must_use]
    pub fn frames(&self) -> Vec<Vec<u8>> {
        match &self.0 {
            State::Showing(showing) => showing.frames(),
            State::Scanned(_) | State::Answering(_) => Vec::new(),
            State::Asked(asked) => asked.frames(),
            State::OfA(next) => next.frames(),
            State::OfB(next) => next.frames(),
            State::Over(burnt) => burnt.frames.clone(),
        }
    }

    /// When [`handle_time`](Self::handle_time) is to be called next, if ever.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        match &self.0 {
            State::Showing(showing) => Some(showing.due_ms()),
            State::Scanned(scanned) => Some(scanned.due_ms()),
            State::Answering(answering) => Some(answering.due_ms()),
            State::Asked(asked) => Some(asked.due_ms()),
            State::OfA(next) => next.due_ms(),
            State::OfB(next) => next.due_ms(),
            State::Over(_) => None,
        }
    }

    /// Something came over a carrier.
    #[must_use]
    pub fn handle_frame(self, frame: &[u8], now_ms: u64, rng: &mut impl CryptoRng) -> (Self, Vec<Output>) {
        self.change(|state| match state {
            State::Showing(showing) => match showing.handle_frame(frame, now_ms) {
                (AfterReply::Showing(showing), outputs) => (State::Showing(showing), outputs),
                (AfterReply::Met(next), outputs) => (State::OfA(next), outputs),
                (AfterReply::Burnt(burnt), outputs) => (State::Over(burnt), outputs),
            },
            State::Scanned(scanned) => match scanned.handle_frame(frame, now_ms, rng) {
                AfterHello::Scanned(scanned) => (State::Scanned(scanned), Vec::new()),
                AfterHello::Answering(answering) => (State::Answering(answering), Vec::new()),
                AfterHello::Burnt(burnt) => (State::Over(burnt), Vec::new()),
            },
            State::Asked(asked) => match asked.handle_frame(frame, now_ms) {
                (AfterConfirm::Asked(asked), outputs) => (State::Asked(asked), outputs),
                (AfterConfirm::Met(next), outputs) => (State::OfB(next), outputs),
                (AfterConfirm::Burnt(burnt), outputs) => (State::Over(burnt), outputs),
            },
            State::OfA(next) => wrapped(next.handle_frame(frame, now_ms), State::OfA),
            State::OfB(next) => wrapped(next.handle_frame(frame, now_ms), State::OfB),
            state @ (State::Answering(_) | State::Over(_)) => (state, Vec::new()),
        })
    }

    /// Time went by.
    #[must_use]
    pub fn handle_time(self, now_ms: u64) -> (Self, Vec<Output>) {
        self.change(|state| match state {
            State::Showing(showing) => or_over(showing.handle_time(now_ms), State::Showing),
            State::Scanned(scanned) => or_over(scanned.handle_time(now_ms).map(silent), State::Scanned),
            State::Answering(answering) => or_over(answering.handle_time(now_ms).map(silent), State::Answering),
            State::Asked(asked) => or_over(asked.handle_time(now_ms), State::Asked),
            State::OfA(next) => wrapped(next.handle_time(now_ms), State::OfA),
            State::OfB(next) => wrapped(next.handle_time(now_ms), State::OfB),
            State::Over(burnt) => (State::Over(burnt), Vec::new()),
        })
    }

    /// The driver has an offer; none where both codes were carried by hand and the channel stands already.
    #[must_use]
    pub fn handle_offer(self, offer: Option<Described>, now_ms: u64) -> (Self, Vec<Output>) {
        self.change(|state| match state {
            State::Answering(answering) => wrapped(answering.handle_offer(offer, now_ms), State::Asked),
            other => (other, Vec::new()),
        })
    }

    /// The driver answers the other side's offer.
    #[must_use]
    pub fn handle_answer(self, link: Described, now_ms: u64) -> (Self, Vec<Output>) {
        self.change(|mut state| {
            let outputs = match &mut state {
                State::OfA(next) => next.answer(link, now_ms),
                _ => Vec::new(),
            };
            (state, outputs)
        })
    }

    /// The driver of the side that offered looks for a new way: a link that stood broke.
    #[must_use]
    pub fn handle_restart(self, link: Described, now_ms: u64) -> (Self, Vec<Output>) {
        self.change(|mut state| {
            let outputs = match &mut state {
                State::OfB(next) => next.offer(link, now_ms),
                _ => Vec::new(),
            };
            (state, outputs)
        })
    }

    /// The driver has one more way to be reached.
    #[must_use]
    pub fn handle_candidate(self, place: Described, now_ms: u64) -> (Self, Vec<Output>) {
        self.change(|mut state| {
            let outputs = match &mut state {
                State::Asked(asked) => asked.candidate(place, now_ms),
                State::OfA(next) => next.candidate(place, now_ms),
                State::OfB(next) => next.candidate(place, now_ms),
                _ => Vec::new(),
            };
            (state, outputs)
        })
    }

    /// This side's person said whether the account is theirs.
    #[must_use]
    pub fn handle_decision(self, yes: bool, now_ms: u64) -> (Self, Vec<Output>) {
        fn decided<S: Side>(next: Next<S>, yes: bool, now_ms: u64) -> (Next<S>, Vec<Output>) {
            match next {
                Next::Deciding(met) => {
                    or_burnt(met.handle_decision(yes, now_ms).map(|(met, said)| (Next::Telling(met), said)))
                }
                other => (other, Vec::new()),
            }
        }
        self.change(|state| match state {
            State::OfA(next) => wrapped(decided(next, yes, now_ms), State::OfA),
            State::OfB(next) => wrapped(decided(next, yes, now_ms), State::OfB),
            other => (other, Vec::new()),
        })
    }

    /// This side's person typed what the other device shows. One try.
    #[must_use]
    pub fn handle_digits(self, typed: &Digits, speaker: &Speaker<'_>, now_ms: u64) -> (Self, Vec<Output>) {
        fn compared<S: Side>(
            next: Next<S>,
            typed: &Digits,
            speaker: &Speaker<'_>,
            now_ms: u64,
        ) -> (Next<S>, Vec<Output>) {
            match next {
                Next::Asking(met) => {
                    let compared = met.handle_digits(typed, speaker, now_ms);
                    or_burnt(compared.map(|(proven, said)| (Next::Proven(proven), said)))
                }
                other => (other, Vec::new()),
            }
        }
        self.change(|state| match state {
            State::OfA(next) => wrapped(compared(next, typed, speaker, now_ms), State::OfA),
            State::OfB(next) => wrapped(compared(next, typed, speaker, now_ms), State::OfB),
            other => (other, Vec::new()),
        })
    }

    /// This side says who it is, to become a contact.
    #[must_use]
    pub fn handle_speaker(self, speaker: &Speaker<'_>, now_ms: u64) -> (Self, Vec<Output>) {
        fn spoken<S: Side>(next: Next<S>, speaker: &Speaker<'_>, now_ms: u64) -> (Next<S>, Vec<Output>) {
            match next {
                Next::Greeting(met) => met.handle_speaker(speaker, now_ms),
                other => (other, Vec::new()),
            }
        }
        self.change(|state| match state {
            State::OfA(next) => wrapped(spoken(next, speaker, now_ms), State::OfA),
            State::OfB(next) => wrapped(spoken(next, speaker, now_ms), State::OfB),
            other => (other, Vec::new()),
        })
    }

    /// This side's person ended it.
    #[must_use]
    pub fn cancel(self) -> (Self, Vec<Output>) {
        self.change(|state| match state {
            State::Showing(showing) => (State::Over(showing.cancel()), Vec::new()),
            State::Scanned(scanned) => (State::Over(scanned.cancel()), Vec::new()),
            State::Answering(answering) => (State::Over(answering.cancel()), Vec::new()),
            State::Asked(asked) => (State::Over(asked.cancel()), Vec::new()),
            State::OfA(next) => (State::OfA(next.cancel()), Vec::new()),
            State::OfB(next) => (State::OfB(next.cancel()), Vec::new()),
            State::Over(burnt) => (State::Over(burnt), Vec::new()),
        })
    }

    /// What a move begins with, once the digits were right; until then the meeting comes back.
    #[expect(clippy::result_large_err, reason = "the state goes back to where it came from")]
    pub fn settle(self) -> Result<Settled, Self> {
        fn settled<S: Side>(proven: super::Proven<S>) -> Settled {
            let peer = proven.peer().clone();
            let keys = proven.into_keys();
            Settled { file: keys.file, resume: keys.resume, th: keys.th, peer }
        }
        match self.0 {
            State::OfA(Next::Proven(proven)) => Ok(settled(proven)),
            State::OfB(Next::Proven(proven)) => Ok(settled(proven)),
            other => Err(Self(other)),
        }
    }

    /// What a contact begins with, once each has said who it is; until then the meeting comes back.
    #[expect(clippy::result_large_err, reason = "the state goes back to where it came from")]
    pub fn acquaint(self) -> Result<Acquainted, Self> {
        fn acquainted<S: Side>(introduced: super::Introduced<S>) -> Acquainted {
            let (name, aid) = (introduced.name().clone(), introduced.aid());
            let keys = introduced.into_keys();
            Acquainted { contact: keys.contact, th: keys.th, digits: keys.digits, name, aid }
        }
        match self.0 {
            State::OfA(Next::Introduced(introduced)) => Ok(acquainted(introduced)),
            State::OfB(Next::Introduced(introduced)) => Ok(acquainted(introduced)),
            other => Err(Self(other)),
        }
    }

    #[cfg(test)]
    pub(super) fn file_key(&self) -> Option<[u8; 32]> {
        match &self.0 {
            State::OfA(Next::Proven(proven)) => Some(*proven.keys().file.expose()),
            State::OfB(Next::Proven(proven)) => Some(*proven.keys().file.expose()),
            _ => None,
        }
    }

    #[cfg(test)]
    pub(super) fn has_met(&self) -> bool {
        matches!(self.0, State::OfA(_) | State::OfB(_))
    }

    /// The account that this side would send, if it came to send one.
    #[must_use]
    pub const fn offered(&self) -> Option<&Account> {
        match &self.0 {
            State::OfA(next) => offered(next),
            State::OfB(next) => offered(next),
            _ => None,
        }
    }

    /// One step; if it ends the meeting, the last words go out too.
    fn change(self, change: impl FnOnce(State) -> (State, Vec<Output>)) -> (Self, Vec<Output>) {
        let was_over = matches!(self.view(), View::Over(_));
        let (state, mut outputs) = change(self.0);
        let meeting = Self(state);
        if let (false, View::Over(burnt)) = (was_over, meeting.view()) {
            outputs.extend(burnt.frames.iter().cloned().map(Output::Send));
        }
        (meeting, outputs)
    }
}

fn view<S: Side>(next: &Next<S>) -> View<'_> {
    match next {
        Next::Offering(_) | Next::Waiting(_) | Next::Naming(_) => View::Other,
        Next::Greeting(met) if met.has_spoken() => View::Other,
        Next::Greeting(_) => View::Speak,
        Next::Asking(met) => View::Type(met.device()),
        Next::Deciding(met) => View::Recognise { name: met.name(), words: met.words(), bytes: met.bytes() },
        Next::Telling(met) => View::Show(met.digits()),
        Next::Proven(proven) => View::Proven(proven.peer()),
        Next::Introduced(introduced) => {
            View::Introduced { name: introduced.name(), aid: introduced.aid(), digits: &introduced.keys().digits }
        }
        Next::Known(known) => View::Known { name: known.name(), digits: known.digits() },
        Next::Burnt(burnt) => View::Over(burnt),
    }
}

const fn offered<S: Side>(next: &Next<S>) -> Option<&Account> {
    match next {
        Next::Offering(Met { state, .. }) => Some(state.account()),
        Next::Asking(Met { state, .. }) => Some(state.account()),
        _ => None,
    }
}

fn wrapped<T>((state, outputs): (T, Vec<Output>), wrap: impl FnOnce(T) -> State) -> (State, Vec<Output>) {
    (wrap(state), outputs)
}

fn silent<T>(state: T) -> (T, Vec<Output>) {
    (state, Vec::new())
}

fn or_over<T>(result: Result<(T, Vec<Output>), Burnt>, wrap: impl FnOnce(T) -> State) -> (State, Vec<Output>) {
    match result {
        Ok(state) => wrapped(state, wrap),
        Err(burnt) => (State::Over(burnt), Vec::new()),
    }
}

fn or_burnt<S: Side>(result: Result<(Next<S>, Vec<Output>), Burnt>) -> (Next<S>, Vec<Output>) {
    result.unwrap_or_else(|burnt| (Next::Burnt(burnt), Vec::new()))
}
