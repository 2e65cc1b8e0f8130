//! The side that scans, pastes or types the code.

use super::{
    Burnt, BurntReason, Intent, MismatchError, Next, Output,
    link::Offers,
    met::begin,
    outbox::{Outbox, Span},
};
use crate::limits::{PAIRING_BY_HAND_MS, PAIRING_EARLY_MAX, PAIRING_SCAN_MS};
use alloc::{boxed::Box, vec::Vec};
use nyx_crypto::{
    pairing::{
        AnswerKeys, B, CodeWords, Context, HelloError, HelloGuard, Unconfirmed, WordError, answer_pake, commitment,
        room_id,
    },
    purposes::PairingSecret,
    secret::Secret,
};
use nyx_wire::{
    identity::Body,
    pairing::{Described, Frame, HelloA, HelloB, Inside, Reply, Ticket, TypedCode, TypedReply},
    signal::{Number, RoomId},
};
use rand_core::CryptoRng;

/// Has a code and waits for the hello of the side that shows it.
#[derive(Debug)]
pub struct Scanned {
    way: Way,
    intent: Intent,
    span: Span,
}

#[derive(Debug)]
enum Way {
    /// The code says which hello is the right one.
    Secret { secret: Secret<PairingSecret>, context: Context, commitment: [u8; 16], keys: Option<AnswerKeys> },
    /// The first hello is the one guess.
    Typed { words: CodeWords, number: Number },
}

/// Has the other's hello, and the keys if the other is who it says. Waits for its own driver.
#[derive(Debug)]
pub struct Answering {
    hello: Box<HelloB>,
    /// Under which the answer is said.
    guard: HelloGuard,
    pake: Option<[u8; 32]>,
    agreed: Unconfirmed<B>,
    intent: Intent,
    span: Span,
}

/// Has answered and waits for the other's proof.
#[derive(Debug)]
pub struct Asked {
    agreed: Unconfirmed<B>,
    offers: Offers,
    typed: bool,
    intent: Intent,
    span: Span,
    outbox: Outbox,
    early: Vec<Vec<u8>>,
}

/// What a hello led to.
#[derive(Debug)]
pub enum AfterHello {
    /// To nothing: still waiting.
    Scanned(Scanned),
    /// To an answer.
    Answering(Answering),
    /// The code is used up.
    Burnt(Burnt),
}

/// What a proof led to.
#[derive(Debug)]
pub enum AfterConfirm {
    /// To nothing: still waiting.
    Asked(Asked),
    /// The other side is the one that shows the code.
    Met(Next<B>),
    /// It took too long.
    Burnt(Burnt),
}

impl Scanned {
    /// A ticket was scanned, pasted or opened as a link. What the other device wants stands in the ticket; `intent` is
    /// what this one's person wants, and both must fit.
    pub fn ticket(ticket: &Ticket, intent: Intent, now_ms: u64) -> Result<Self, MismatchError> {
        intent.answers(ticket.kind)?;
        let way = Way::Secret {
            secret: Secret::from_bytes(*ticket.secret),
            context: Context::ticket(ticket),
            commitment: ticket.commitment,
            keys: None,
        };
        Ok(Self { way, intent, span: Span::new(now_ms, PAIRING_SCAN_MS) })
    }

    /// A code was typed. That the other device wants the opposite is in the transcript: if it does not, nothing comes of
    /// it.
    pub fn typed(typed: &TypedCode, intent: Intent, now_ms: u64) -> Result<Self, WordError> {
        let way = Way::Typed { words: CodeWords::from_typed(typed)?, number: typed.number };
        Ok(Self { way, intent, span: Span::new(now_ms, PAIRING_SCAN_MS) })
    }

    pub(super) const fn by_hand(
        secret: Secret<PairingSecret>,
        context: Context,
        commitment: [u8; 16],
        keys: AnswerKeys,
        intent: Intent,
        now_ms: u64,
    ) -> Self {
        let way = Way::Secret { secret, context, commitment, keys: Some(keys) };
        Self { way, intent, span: Span::new(now_ms, PAIRING_BY_HAND_MS) }
    }

    /// The room in which both meet; none where the service knows it by a number.
    #[must_use]
    pub fn room(&self) -> Option<RoomId> {
        match &self.way {
            Way::Secret { secret, .. } => Some(room_id(secret)),
            Way::Typed { .. } => None,
        }
    }

    /// When [`handle_time`](Self::handle_time) is to be called next.
    #[must_use]
    pub const fn due_ms(&self) -> u64 {
        self.span.end_ms()
    }

    /// Time went by.
    pub fn handle_time(self, now_ms: u64) -> Result<Self, Burnt> {
        if self.span.holds(now_ms) { Ok(self) } else { Err(Burnt::silent(BurntReason::Expired)) }
    }

    /// This side's person changed their mind.
    #[must_use]
    pub fn cancel(self) -> Burnt {
        Burnt::silent(BurntReason::Refused)
    }

    /// Something came over a carrier.
    #[must_use]
    pub fn handle_frame(self, frame: &[u8], now_ms: u64, rng: &mut impl CryptoRng) -> AfterHello {
        if !self.span.holds(now_ms) {
            return AfterHello::Burnt(Burnt::silent(BurntReason::Expired));
        }
        match (Frame::parse(frame), self.way) {
            (Ok(Frame::HelloA(hello)), Way::Secret { secret, context, commitment: expected, keys })
                if commitment(&hello) == expected =>
            {
                let keys = keys.unwrap_or_else(|| AnswerKeys::generate(rng));
                let answered = keys.answer(&secret, &context, &hello, rng);
                answering(answered, HelloGuard::new(&secret, &hello), None, self.intent, self.span)
            }
            // What is no hello is no guess.
            (Ok(Frame::TypedHello(typed)), Way::Typed { words, number }) if HelloA::parse(&typed.hello).is_ok() => {
                let Some((pake, secret)) = answer_pake(&words, &typed.pake, rng) else {
                    return AfterHello::Scanned(Self { way: Way::Typed { words, number }, ..self });
                };
                let context = Context::typed(self.intent.opposite(), number);
                let answered = AnswerKeys::generate(rng).answer(&secret, &context, &typed.hello, rng);
                answering(answered, HelloGuard::new(&secret, &typed.hello), Some(pake), self.intent, self.span)
            }
            (_, way) => AfterHello::Scanned(Self { way, ..self }),
        }
    }
}

fn answering(
    answered: Result<(HelloB, Unconfirmed<B>), HelloError>,
    guard: HelloGuard,
    pake: Option<[u8; 32]>,
    intent: Intent,
    span: Span,
) -> AfterHello {
    match answered {
        Ok((hello, agreed)) => {
            AfterHello::Answering(Answering { hello: Box::new(hello), guard, pake, agreed, intent, span })
        }
        Err(_) => AfterHello::Burnt(Burnt::silent(BurntReason::Dishonest)),
    }
}

impl Answering {
    /// When [`handle_time`](Self::handle_time) is to be called next.
    #[must_use]
    pub const fn due_ms(&self) -> u64 {
        self.span.end_ms()
    }

    /// Time went by.
    pub fn handle_time(self, now_ms: u64) -> Result<Self, Burnt> {
        if self.span.holds(now_ms) { Ok(self) } else { Err(Burnt::silent(BurntReason::Expired)) }
    }

    /// This side's person changed their mind.
    #[must_use]
    pub fn cancel(self) -> Burnt {
        Burnt::silent(BurntReason::Refused)
    }

    /// The driver has an offer; none where both codes were carried by hand and the channel stands already.
    #[must_use]
    pub fn handle_offer(mut self, offer: Option<Described>, now_ms: u64) -> (Asked, Vec<Output>) {
        let sealed = offer.and_then(|link| self.agreed.seal(&Inside::Offer { link }));
        let offers = Offers::of(sealed.as_ref().map(|sealed| sealed.counter));
        let reply = self.guard.sign(Reply::new(&*self.hello, self.agreed.confirm(), sealed.as_ref()));
        let typed = self.pake.is_some();
        let frame = match self.pake {
            Some(pake) => Frame::TypedReply(TypedReply { pake, reply }),
            None => Frame::Reply(reply),
        };
        let mut outbox = Outbox::new(now_ms);
        let send = outbox.say(frame.to_bytes(), now_ms);
        let Self { agreed, intent, span, .. } = self;
        (Asked { agreed, offers, typed, intent, span, outbox, early: Vec::new() }, [send].into())
    }
}

impl Asked {
    /// The driver has one more way to be reached. The other side can open it once it has the reply.
    #[must_use]
    pub fn candidate(&mut self, place: Described, now_ms: u64) -> Vec<Output> {
        let sealed = self.agreed.seal(&Inside::Candidate { place }).into_iter();
        sealed.map(|sealed| self.outbox.add_place(Frame::Sealed(sealed).to_bytes(), now_ms)).collect()
    }

    /// What to say on a carrier that has just opened.
    #[must_use]
    pub fn frames(&self) -> Vec<Vec<u8>> {
        self.outbox.frames()
    }

    /// When [`handle_time`](Self::handle_time) is to be called next.
    #[must_use]
    pub fn due_ms(&self) -> u64 {
        self.outbox.due_ms().min(self.span.end_ms())
    }

    /// Time went by.
    pub fn handle_time(mut self, now_ms: u64) -> Result<(Self, Vec<Output>), Burnt> {
        if !self.span.holds(now_ms) {
            return Err(Burnt::silent(BurntReason::Expired));
        }
        let again = self.outbox.again(now_ms);
        Ok((self, again))
    }

    /// This side's person changed their mind.
    #[must_use]
    pub fn cancel(self) -> Burnt {
        Burnt::silent(BurntReason::Refused)
    }

    /// Something came over a carrier.
    #[must_use]
    pub fn handle_frame(mut self, frame: &[u8], now_ms: u64) -> (AfterConfirm, Vec<Output>) {
        if !self.span.holds(now_ms) {
            return (AfterConfirm::Burnt(Burnt::silent(BurntReason::Expired)), Vec::new());
        }
        match Frame::parse(frame) {
            Ok(Frame::Confirm(confirm)) => match self.agreed.check(&confirm) {
                Ok(confirmed) => {
                    let met = begin(confirmed, self.outbox.answered(), None, self.offers, self.intent, now_ms);
                    let (next, outputs) = self.early.iter().fold(met, |(next, mut outputs), frame| {
                        let (next, more) = next.handle_frame(frame, now_ms);
                        outputs.extend(more);
                        (next, outputs)
                    });
                    return (AfterConfirm::Met(next), outputs);
                }
                // Anybody on the way can send a wrong one.
                Err(agreed) => self.agreed = agreed,
            },
            // Under no key, so anybody on the way could say it too; but whoever carries a typed code's frames can keep
            // them to itself as well, and nobody else is there.
            Ok(Frame::Over) if self.typed => {
                return (AfterConfirm::Burnt(Burnt::silent(BurntReason::WrongCode)), Vec::new());
            }
            // Carriers race: what was sealed may come before the proof under which it can be opened.
            Ok(Frame::Sealed(_)) if self.early.len() < PAIRING_EARLY_MAX => self.early.push(frame.to_vec()),
            _ => {}
        }
        (AfterConfirm::Asked(self), Vec::new())
    }
}
