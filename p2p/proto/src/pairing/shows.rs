//! The side that shows the code.

use super::{
    Burnt, BurntReason, Intent, Next, Output,
    link::{Guard, Offers},
    met::begin,
    outbox::{Outbox, Span},
};
use crate::limits::PAIRING_TICKET_MS;
use alloc::{string::String, vec::Vec};
use core::{fmt, iter};
use nyx_crypto::{
    pairing::{A, CodeWords, Context, HelloError, HelloGuard, HelloKeys, PakeA, Unconfirmed, is_pake, room_id},
    purposes::PairingSecret,
    secret::Secret,
};
use nyx_wire::{
    identity::Body,
    pairing::{Frame, HelloB, Hints, Inside, Reply, Sealed, Ticket, TypedCode, TypedHello},
    signal::{Number, RoomId},
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Begins: has the secret, so that the room is open before the ticket tells where it is.
pub struct TicketBegun(Secret<PairingSecret>);

impl TicketBegun {
    /// A fresh secret.
    #[must_use]
    pub fn new(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::random(rng))
    }

    /// The room in which both meet.
    #[must_use]
    pub fn room(&self) -> RoomId {
        room_id(&self.0)
    }
}

impl fmt::Debug for TicketBegun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketBegun(redacted)")
    }
}

/// Shows a code and takes one answer from somebody who has it.
#[derive(Debug)]
pub struct Showing {
    keys: HelloKeys,
    way: Way,
    intent: Intent,
    span: Span,
    outbox: Outbox,
}

#[derive(Debug)]
enum Way {
    /// Whoever has the secret proves it in its hello; others are ignored.
    Secret { secret: Secret<PairingSecret>, context: Context, e: Option<[u8; 32]> },
    /// The first answer is the one guess.
    Typed { pake: PakeA, number: Number },
}

/// What an answer led to.
#[derive(Debug)]
pub enum AfterReply {
    /// To nothing: still showing.
    Showing(Showing),
    /// The other side has the code and the keys.
    Met(Next<A>),
    /// The code is used up.
    Burnt(Burnt),
}

impl Showing {
    /// The ticket, to be shown as a QR code or a link.
    #[must_use]
    pub fn ticket(
        begun: TicketBegun,
        intent: Intent,
        hints: Hints,
        now_ms: u64,
        rng: &mut impl CryptoRng,
    ) -> (Self, Ticket) {
        let TicketBegun(secret) = begun;
        let keys = HelloKeys::generate(rng);
        let ticket = Ticket {
            kind: intent.kind(),
            secret: Zeroizing::new(*secret.expose()),
            commitment: keys.commitment(),
            hints,
        };
        let way = Way::Secret { secret, context: Context::ticket(&ticket), e: None };
        (Self::new(keys, way, intent, Span::new(now_ms, PAIRING_TICKET_MS), now_ms), ticket)
    }

    /// A code to be typed, for a number that the service has just handed out; the text is for the screen.
    #[must_use]
    pub fn typed(intent: Intent, number: Number, now_ms: u64, rng: &mut impl CryptoRng) -> (Self, Zeroizing<String>) {
        let words = CodeWords::random(rng);
        let text = TypedCode::text(number, words.words());
        let way = Way::Typed { pake: PakeA::start(&words, rng), number };
        let keys = HelloKeys::generate(rng);
        (Self::new(keys, way, intent, Span::new(now_ms, PAIRING_TICKET_MS), now_ms), text)
    }

    /// Both codes were carried: the handshake runs inside the channel. `span` began when the first code was shown.
    pub(super) fn by_hand(
        keys: HelloKeys,
        secret: Secret<PairingSecret>,
        context: Context,
        e: [u8; 32],
        intent: Intent,
        span: Span,
        now_ms: u64,
    ) -> Self {
        let way = Way::Secret { secret, context, e: Some(e) };
        Self::new(keys, way, intent, span, now_ms)
    }

    fn new(keys: HelloKeys, way: Way, intent: Intent, span: Span, now_ms: u64) -> Self {
        let frame = match &way {
            Way::Secret { .. } => Frame::HelloA(keys.hello().to_vec()),
            Way::Typed { pake, .. } => {
                Frame::TypedHello(TypedHello { pake: *pake.message(), hello: keys.hello().to_vec().into() })
            }
        };
        let mut outbox = Outbox::new(now_ms);
        let _sent_when_a_carrier_opens = outbox.say(frame.to_bytes(), now_ms);
        Self { keys, way, intent, span, outbox }
    }

    /// The room in which both meet; none where the service has handed one out.
    #[must_use]
    pub fn room(&self) -> Option<RoomId> {
        match &self.way {
            Way::Secret { secret, .. } => Some(room_id(secret)),
            Way::Typed { .. } => None,
        }
    }

    /// What to say on a carrier that has just opened, or when the other side has just come.
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

    /// This side's person changed their mind. Nobody is there yet to be told.
    #[must_use]
    pub fn cancel(self) -> Burnt {
        Burnt::silent(BurntReason::Refused)
    }

    /// Something came over a carrier.
    #[must_use]
    pub fn handle_frame(self, frame: &[u8], now_ms: u64) -> (AfterReply, Vec<Output>) {
        if !self.span.holds(now_ms) {
            return burnt(BurntReason::Expired);
        }
        match (Frame::parse(frame), &self.way) {
            (Ok(Frame::Reply(reply)), Way::Secret { .. }) => self.handle_reply(reply, now_ms),
            (Ok(Frame::TypedReply(typed)), Way::Typed { .. }) => self.handle_guess(typed.pake, typed.reply, now_ms),
            // Whatever else it is, it burns nothing: anybody who can reach the carrier can send it.
            _ => (AfterReply::Showing(self), Vec::new()),
        }
    }

    fn handle_reply(self, reply: Reply, now_ms: u64) -> (AfterReply, Vec<Output>) {
        let Way::Secret { secret, context, e } = &self.way else {
            return (AfterReply::Showing(self), Vec::new());
        };
        let guard = HelloGuard::new(secret, self.keys.hello());
        let Some(hello) = guard.admit(&reply) else {
            return (AfterReply::Showing(self), Vec::new());
        };
        if e.is_some_and(|e| e != hello.e) {
            return burnt(BurntReason::WrongProof);
        }
        let agreed = self.keys.agree(secret, context, &reply);
        met(agreed, reply, Some(guard), self.intent, now_ms)
    }

    /// One guess, right or wrong. What is no hello, or no message of SPAKE2, is no guess.
    fn handle_guess(self, pake: [u8; 32], reply: Reply, now_ms: u64) -> (AfterReply, Vec<Output>) {
        let kind = self.intent.kind();
        let Way::Typed { pake: own, number } = self.way else {
            return (AfterReply::Showing(self), Vec::new());
        };
        if HelloB::parse(&reply.hello).is_err() || !is_pake(&pake) {
            let way = Way::Typed { pake: own, number };
            return (AfterReply::Showing(Self { way, ..self }), Vec::new());
        }
        let Some(secret) = own.finish(&pake) else { return used_up() };
        match self.keys.agree(&secret, &Context::typed(kind, number), &reply) {
            Err(HelloError::Stranger) => used_up(),
            agreed => match met(agreed, reply, None, self.intent, now_ms) {
                // The right words with another number or for the other direction.
                (AfterReply::Burnt(_), _) => used_up(),
                met => met,
            },
        }
    }
}

fn met(
    agreed: Result<Unconfirmed<A>, HelloError>,
    reply: Reply,
    guard: Option<HelloGuard>,
    intent: Intent,
    now_ms: u64,
) -> (AfterReply, Vec<Output>) {
    let Ok(agreed) = agreed else { return burnt(BurntReason::Dishonest) };
    let Some((mut confirmed, confirm)) = agreed.check(&reply.confirm) else { return burnt(BurntReason::WrongProof) };
    let (mut offered, mut number) = (None, None);
    if let Some(offer) = &reply.offer {
        let sealed = Sealed::parse(offer).ok();
        number = sealed.as_ref().map(|sealed| sealed.counter);
        let Some(Inside::Offer { link }) = sealed.and_then(|sealed| confirmed.channel().open(&sealed).ok()) else {
            return burnt(BurntReason::Dishonest);
        };
        offered = Some(Output::Offer(link));
    }
    let mut outbox = Outbox::new(now_ms);
    let proof = outbox.say(Frame::Confirm(confirm).to_bytes(), now_ms);
    let guard = Guard { accepted: reply.hello.to_vec(), guard };
    let (next, said) = begin(confirmed, outbox, Some(guard), Offers::of(number), intent, now_ms);
    // The proof goes first: what a driver says in answer to the offer can be opened only after it.
    let outputs = iter::once(proof).chain(said).chain(offered).collect();
    (AfterReply::Met(next), outputs)
}

/// A wrong guess. The person who mistyped a word sits before the other device and is told.
fn used_up() -> (AfterReply, Vec<Output>) {
    let frames = [Frame::Over.to_bytes()].into();
    (AfterReply::Burnt(Burnt { why: BurntReason::WrongCode, frames }), Vec::new())
}

fn burnt(why: BurntReason) -> (AfterReply, Vec<Output>) {
    (AfterReply::Burnt(Burnt::silent(why)), Vec::new())
}
