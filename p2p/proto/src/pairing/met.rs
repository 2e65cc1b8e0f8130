//! Both have the code and the keys. Now their people have to say that these are the two devices they mean.

use super::{
    Account, Burnt, BurntReason, Intent, Introduced, Known, Next, Output, Peer, Proven,
    link::{Guard, Link, Offers, burn},
    outbox::{Outbox, Span},
};
use crate::limits::PAIRING_PEOPLE_MS;
use alloc::vec::Vec;
use nyx_crypto::{
    account::{Aid, words_at},
    pairing::{Channel, Confirmed, Digits, Side, Speaker, WrongDigits},
};
use nyx_wire::{identity::DeviceName, pairing::Inside};

/// Two devices in a state of their conversation.
#[derive(Debug)]
pub struct Met<S: Side, X> {
    pub(super) confirmed: Confirmed<S>,
    pub(super) link: Link,
    pub(super) state: X,
}

/// Sends its account, and waits until the other's person has recognised it.
#[derive(Debug)]
pub struct Offering {
    account: Account,
    device: Option<DeviceName>,
    agreed: bool,
}

/// Sends its account: the other shows the digits, here they are typed.
#[derive(Debug)]
pub struct Asking {
    account: Account,
    device: DeviceName,
}

/// Receives: waits to hear whose account would come.
#[derive(Debug)]
pub struct Waiting(());

/// Receives: its person looks at the name and the words.
#[derive(Debug)]
pub struct Deciding {
    name: DeviceName,
    words: [u16; 4],
    bytes: u64,
}

/// Receives: shows the digits.
#[derive(Debug)]
pub struct Telling {
    name: DeviceName,
    words: [u16; 4],
    bytes: u64,
}

/// Two who want to be contacts: until each has said who it is.
#[derive(Debug)]
pub struct Greeting {
    name: DeviceName,
    said: bool,
    other: Option<(DeviceName, Aid)>,
}

/// Checks the link: waits to hear what the other is called.
#[derive(Debug)]
pub struct Naming(());

/// The first thing that is said under the keys: who this is.
pub(super) fn begin<S: Side>(
    confirmed: Confirmed<S>,
    outbox: Outbox,
    guard: Option<Guard>,
    offers: Offers,
    intent: Intent,
    now_ms: u64,
) -> (Next<S>, Vec<Output>) {
    let link = Link { outbox, span: Span::new(now_ms, PAIRING_PEOPLE_MS), guard, offers };
    let mut met = Met { confirmed, link, state: () };
    let said = intent.introduction().map(|introduction| met.say(&introduction, now_ms)).unwrap_or_default();
    let next = match intent {
        Intent::Send(account) => Next::Offering(met.with(Offering { account, device: None, agreed: false })),
        Intent::Receive { .. } => Next::Waiting(met.with(Waiting(()))),
        Intent::Contact { name } => Next::Greeting(met.with(Greeting { name, said: false, other: None })),
        Intent::Check { .. } => Next::Naming(met.with(Naming(()))),
    };
    (next, said)
}

impl Offering {
    pub(super) const fn account(&self) -> &Account {
        &self.account
    }
}

impl Asking {
    pub(super) const fn account(&self) -> &Account {
        &self.account
    }
}

impl<S: Side, X> Met<S, X> {
    pub(super) const fn parts(&mut self) -> (&mut Channel<S>, &mut Link) {
        (self.confirmed.channel(), &mut self.link)
    }

    fn say(&mut self, inside: &Inside, now_ms: u64) -> Vec<Output> {
        let (channel, link) = self.parts();
        link.say(channel, inside, now_ms)
    }

    fn burn(mut self, why: BurntReason) -> Burnt {
        burn(self.confirmed.channel(), why)
    }

    fn with<Y>(self, state: Y) -> Met<S, Y> {
        Met { confirmed: self.confirmed, link: self.link, state }
    }
}

impl<S: Side> Met<S, Offering> {
    pub(super) fn handle_said(mut self, inside: Inside) -> Result<Next<S>, Burnt> {
        match inside {
            Inside::Device { name } if self.state.device.is_none() => self.state.device = Some(name),
            Inside::Agreed if !self.state.agreed => self.state.agreed = true,
            _ => return Err(self.burn(BurntReason::Dishonest)),
        }
        // Carriers reorder: the agreement may come before the name.
        match (&self.state.device, self.state.agreed) {
            (Some(device), true) => {
                let state = Asking { account: self.state.account.clone(), device: device.clone() };
                Ok(Next::Asking(self.with(state)))
            }
            _ => Ok(Next::Offering(self)),
        }
    }
}

impl<S: Side> Met<S, Asking> {
    /// What the other device is called.
    #[must_use]
    pub const fn device(&self) -> &DeviceName {
        &self.state.device
    }

    /// What was typed, against what the other side shows. One try, and the only way to [`Proven`] on this side.
    pub fn handle_digits(
        self,
        typed: &Digits,
        speaker: &Speaker<'_>,
        now_ms: u64,
    ) -> Result<(Proven<S>, Vec<Output>), Burnt> {
        if !self.link.span.holds(now_ms) {
            return Err(self.burn(BurntReason::Expired));
        }
        // Whoever speaks for another account than the one that the other's person has recognised would be refused there.
        if speaker.aid() != self.state.account.aid {
            return Err(self.burn(BurntReason::Dishonest));
        }
        let Self { confirmed, mut link, state } = self;
        let mut keys = match confirmed.try_digits(typed) {
            Ok(keys) => keys,
            Err(WrongDigits(mut channel)) => return Err(burn(&mut channel, BurntReason::WrongDigits)),
        };
        let matched = Inside::Matched { proof: keys.prove_account(speaker) };
        let outputs = link.say(&mut keys.channel, &matched, now_ms);
        link.guard = None;
        Ok((Proven { keys, link, peer: Peer::Device { name: state.device } }, outputs))
    }

    pub(super) fn handle_said(self, _: Inside) -> Result<Next<S>, Burnt> {
        Err(self.burn(BurntReason::Dishonest))
    }
}

impl<S: Side> Met<S, Waiting> {
    pub(super) fn handle_said(self, inside: Inside) -> Result<Next<S>, Burnt> {
        match inside {
            Inside::Account { name, words, bytes } => Ok(Next::Deciding(self.with(Deciding { name, words, bytes }))),
            _ => Err(self.burn(BurntReason::Dishonest)),
        }
    }
}

impl<S: Side> Met<S, Deciding> {
    /// The name that the other side gives its account.
    #[must_use]
    pub const fn name(&self) -> &DeviceName {
        &self.state.name
    }

    /// Four words of the account's id.
    #[must_use]
    pub fn words(&self) -> [&'static str; 4] {
        words_at(self.state.words)
    }

    /// How much would come.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.state.bytes
    }

    /// Its person said whether this is their account. The digits show only after a yes.
    pub fn handle_decision(mut self, yes: bool, now_ms: u64) -> Result<(Met<S, Telling>, Vec<Output>), Burnt> {
        if !yes {
            return Err(self.burn(BurntReason::Refused));
        }
        if !self.link.span.holds(now_ms) {
            return Err(self.burn(BurntReason::Expired));
        }
        let outputs = self.say(&Inside::Agreed, now_ms);
        let Deciding { name, words, bytes } = &self.state;
        let state = Telling { name: name.clone(), words: *words, bytes: *bytes };
        Ok((self.with(state), outputs))
    }

    pub(super) fn handle_said(self, _: Inside) -> Result<Next<S>, Burnt> {
        Err(self.burn(BurntReason::Dishonest))
    }
}

impl<S: Side> Met<S, Telling> {
    /// The digits, to be typed on the other device.
    #[must_use]
    pub const fn digits(&self) -> &Digits {
        self.confirmed.digits()
    }

    pub(super) fn handle_said(self, inside: Inside) -> Result<Next<S>, Burnt> {
        match inside {
            // The account is the one whose words were shown, and its own device is what speaks: anybody who took part
            // could say that the digits were right.
            Inside::Matched { proof } => match self.confirmed.verify_account(&proof) {
                Ok(aid) if aid.word_places() == self.state.words => {
                    let Telling { name, bytes, .. } = self.state;
                    let peer = Peer::Account { name, aid, bytes };
                    let link = Link { guard: None, ..self.link };
                    Ok(Next::Proven(Proven { keys: self.confirmed.matched(), link, peer }))
                }
                _ => Err(self.burn(BurntReason::Dishonest)),
            },
            _ => Err(self.burn(BurntReason::Dishonest)),
        }
    }
}

impl<S: Side> Met<S, Greeting> {
    /// Whether this side has said who it is.
    #[must_use]
    pub const fn has_spoken(&self) -> bool {
        self.state.said
    }

    /// Says who this is, once.
    pub fn handle_speaker(mut self, speaker: &Speaker<'_>, now_ms: u64) -> (Next<S>, Vec<Output>) {
        if self.state.said {
            return (Next::Greeting(self), Vec::new());
        }
        let proof = self.confirmed.prove_account(speaker);
        let outputs = self.say(&Inside::Contact { name: self.state.name.clone(), proof }, now_ms);
        self.state.said = true;
        (self.introduced(), outputs)
    }

    pub(super) fn handle_said(mut self, inside: Inside) -> Result<Next<S>, Burnt> {
        match inside {
            Inside::Contact { name, proof } if self.state.other.is_none() => {
                let Ok(aid) = self.confirmed.verify_account(&proof) else {
                    return Err(self.burn(BurntReason::Dishonest));
                };
                self.state.other = Some((name, aid));
                Ok(self.introduced())
            }
            _ => Err(self.burn(BurntReason::Dishonest)),
        }
    }

    fn introduced(mut self) -> Next<S> {
        match self.state.other.take() {
            Some((name, aid)) if self.state.said => {
                Next::Introduced(Introduced { keys: self.confirmed.introduce(), link: self.link, name, aid })
            }
            other => {
                self.state.other = other;
                Next::Greeting(self)
            }
        }
    }
}

impl<S: Side> Met<S, Naming> {
    pub(super) fn handle_said(self, inside: Inside) -> Result<Next<S>, Burnt> {
        match inside {
            Inside::Device { name } => Ok(Next::Known(Known { confirmed: self.confirmed, link: self.link, name })),
            _ => Err(self.burn(BurntReason::Dishonest)),
        }
    }
}
