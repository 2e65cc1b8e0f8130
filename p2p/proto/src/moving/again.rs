//! Two who were in the middle of a move find each other again.
//!
//! R greets in the standing room, S answers, R proves itself; then both have a channel for the descriptions of a new link.
//! Nothing that anybody else says or repeats there changes anything.

use crate::{limits::MOVE_ANSWERS_MAX, pairing::Output};
use alloc::{collections::VecDeque, vec::Vec};
use nyx_crypto::{
    moving::{greet, is_greeting, meeting_context, meeting_secret},
    pairing::{A, AnswerKeys, B, Channel, HelloGuard, HelloKeys, Side, Unconfirmed},
    purposes::ResumeKey,
    secret::Secret,
};
use nyx_wire::{
    identity::Body,
    pairing::{Described, Frame, HelloB, Inside, Reply, ResumeHello, Sealed},
};
use rand_core::CryptoRng;

/// R: says hello, and waits for an answer.
#[derive(Debug)]
pub struct Greeting {
    resume: Secret<ResumeKey>,
    transfer: [u8; 16],
    keys: HelloKeys,
}

/// S: waits for a hello, and then for a proof.
#[derive(Debug)]
pub struct Answer {
    resume: Secret<ResumeKey>,
    transfer: [u8; 16],
    answers: VecDeque<Answered>,
}

#[derive(Debug)]
struct Answered {
    hello: ResumeHello,
    reply: Vec<u8>,
    keys: Unconfirmed<B>,
}

/// Both have proven themselves; what they say to each other here is how to connect.
#[derive(Debug)]
pub struct Rejoined<S: Side>(pub Channel<S>);

impl Greeting {
    /// With fresh keys, each time.
    #[must_use]
    pub fn new(resume: Secret<ResumeKey>, transfer: [u8; 16], rng: &mut impl CryptoRng) -> Self {
        Self { resume, transfer, keys: HelloKeys::generate(rng) }
    }

    /// What is said, on every carrier and again from time to time.
    #[must_use]
    pub fn frame(&self) -> Vec<u8> {
        Frame::ResumeHello(greet(&self.resume, &self.transfer, &self.keys)).to_bytes()
    }

    /// Takes an answer; whatever is none leaves everything as it was.
    pub fn handle_frame(self, frame: &[u8], rng: &mut impl CryptoRng) -> Result<(Rejoined<A>, Vec<Output>), Self> {
        let Ok(Frame::Reply(reply)) = Frame::parse(frame) else { return Err(self) };
        let secret = meeting_secret(&self.resume);
        if HelloGuard::new(&secret, self.keys.hello()).admit(&reply).is_none() {
            return Err(self);
        }
        let Self { resume, transfer, keys } = self;
        let met = keys.agree(&secret, &meeting_context(&transfer), &reply).ok();
        let Some((confirmed, confirm)) = met.and_then(|met| met.check(&reply.confirm)) else {
            // The other has the secret and could not say the proof: its own words, cut short or mixed up on the way.
            return Err(Self::new(resume, transfer, rng));
        };
        let mut channel = confirmed.into_channel();
        let offer =
            reply.offer.and_then(|offer| Sealed::parse(&offer).ok()).and_then(|offer| channel.open(&offer).ok());
        let mut outputs: Vec<_> = [Output::Send(Frame::Confirm(confirm).to_bytes())].into();
        if let Some(Inside::Offer { link }) = offer {
            outputs.push(Output::Offer(link));
        }
        Ok((Rejoined(channel), outputs))
    }
}

impl Answer {
    /// For the move with this id.
    #[must_use]
    pub const fn new(resume: Secret<ResumeKey>, transfer: [u8; 16]) -> Self {
        Self { resume, transfer, answers: VecDeque::new() }
    }

    /// Whether this is a hello that gets an answer; the driver then makes an offer for it.
    #[must_use]
    pub fn is_greeted(&self, frame: &[u8]) -> bool {
        matches!(Frame::parse(frame), Ok(Frame::ResumeHello(hello)) if is_greeting(&self.resume, &self.transfer, &hello))
    }

    /// Answers a hello. The same one gets the same answer.
    pub fn handle_greeting(&mut self, frame: &[u8], offer: Described, rng: &mut impl CryptoRng) -> Option<Output> {
        let Ok(Frame::ResumeHello(hello)) = Frame::parse(frame) else { return None };
        if !is_greeting(&self.resume, &self.transfer, &hello) {
            return None;
        }
        if let Some(known) = self.answers.iter().find(|known| known.hello == hello) {
            return Some(Output::Send(known.reply.clone()));
        }
        let (secret, context) = (meeting_secret(&self.resume), meeting_context(&self.transfer));
        let answer: (HelloB, _) = AnswerKeys::generate(rng).answer(&secret, &context, &hello.hello, rng).ok()?;
        let (answer, mut keys) = answer;
        debug_assert!(answer.to_bytes().len() <= HelloB::MAX);
        let offer = keys.seal(&Inside::Offer { link: offer })?;
        let reply = HelloGuard::new(&secret, &hello.hello).sign(Reply::new(&answer, keys.confirm(), Some(&offer)));
        let reply = Frame::Reply(reply).to_bytes();
        if self.answers.len() == MOVE_ANSWERS_MAX {
            self.answers.pop_front();
        }
        self.answers.push_back(Answered { hello, reply: reply.clone(), keys });
        Some(Output::Send(reply))
    }

    /// Takes R's proof; whatever is none leaves everything as it was.
    pub fn handle_proof(&mut self, frame: &[u8]) -> Option<Rejoined<B>> {
        let Ok(Frame::Confirm(confirm)) = Frame::parse(frame) else { return None };
        for _ in 0..self.answers.len() {
            let Answered { hello, reply, keys } = self.answers.pop_front()?;
            match keys.check(&confirm) {
                Ok(confirmed) => return Some(Rejoined(confirmed.into_channel())),
                Err(keys) => self.answers.push_back(Answered { hello, reply, keys }),
            }
        }
        None
    }
}
