//! Pairing: two devices meet for the first time, over a service, a local network or by hand.
//!
//! ```text
//! A shows:  Showing ───────────────── Reply ─▶ ┐                     ┌▶ Offering → Asking → Proven       (sends)
//! B scans:  Scanned → Answering → Asked ─────▶ ┘ Next (Met<_, state>) ┼▶ Waiting → Deciding → Telling → Proven  (receives)
//!                                                                     ├▶ Greeting → Introduced           (contact)
//!                                                                     └▶ Naming → Known                  (check)
//! ```
//!
//! One ticket, one peer, one try. A stranger without the ticket's secret can burn nothing; somebody who has it and is
//! not the one whom the people mean burns it. The keys of a transfer are in [`Proven`] and nowhere before: on the side
//! that holds the secrets it comes only from [`Met::handle_digits`], with the digits that the other side shows.
//!
//! ```compile_fail,E0599
//! # use nyx_proto::pairing::{Asking, Met};
//! # fn export(asking: &Met<nyx_crypto::pairing::A, Asking>) {
//! asking.keys(); // no digits, no keys
//! # }
//! ```
//!
//! A driver keeps one [`Meeting`], which is whatever state it is in, and asks it what it waits for.
//!
//! ```
//! # use nyx_crypto::{account::{AccountRootKey, OperatingKey}, pairing::Speaker};
//! # use nyx_crypto::{phrase::{Phrase, WordCount}, root::Root};
//! use nyx_proto::pairing::{Account, Intent, Meeting, Output, Showing, TicketBegun, View};
//! use nyx_wire::{identity::DeviceName, pairing::{Hints, Scanned, Described}};
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! # let mut rng = ChaCha20Rng::seed_from_u64(1);
//! # let ark: AccountRootKey = Root::from_phrase(&Phrase::generate(WordCount::Twelve, &mut rng)).account_root_key();
//! # let opkey = OperatingKey::generate(&mut rng);
//! # let cert = ark.certify(&opkey, 1).unwrap();
//! # let speaker = Speaker { ark: ark.public(), cert: &cert, opkey: &opkey };
//! # let name = |text| DeviceName::new(text).unwrap();
//! // The new device shows a code, the old one reads it.
//! let intent = Intent::Receive { device: name("New laptop") };
//! let begun = TicketBegun::new(&mut rng);
//! let (showing, ticket) = Showing::ticket(begun, intent, Hints::default(), 0, &mut rng);
//! let link = Scanned::Ticket(ticket).to_link();
//!
//! let Scanned::Ticket(ticket) = Scanned::parse(&link).unwrap() else { panic!("another code") };
//! let intent = Intent::Send(Account { name: name("Ada"), aid: ark.aid(), bytes: 1 << 30 });
//! let mut devices = [Some(Meeting::showing(showing)), Some(Meeting::of_ticket(&ticket, intent, 0).unwrap())];
//!
//! // A carrier that works: what one sends, the other hears.
//! let mut under_way: Vec<(usize, Vec<u8>)> = vec![(1, devices[0].as_ref().unwrap().frames()[0].clone())];
//! let mut digits = None;
//! loop {
//!     let (place, (meeting, outputs)) = if under_way.is_empty() {
//!         // Nobody has anything to say: the devices wait for their people.
//!         let views = devices.each_ref().map(|meeting| meeting.as_ref().unwrap().view());
//!         match (views, digits.take()) {
//!             ([View::Recognise { name, words, .. }, _], _) => {
//!                 println!("Is {} your account? {}", name.as_str(), words.join(" "));
//!                 (0, devices[0].take().unwrap().handle_decision(true, 0))
//!             }
//!             ([View::Show(shown), View::Type(_)], None) => {
//!                 digits = Some(shown.clone());
//!                 continue;
//!             }
//!             ([_, View::Type(_)], Some(typed)) => {
//!                 (1, devices[1].take().unwrap().handle_digits(&typed, &speaker, 0))
//!             }
//!             _ => break,
//!         }
//!     } else {
//!         let (to, frame) = under_way.remove(0);
//!         let (meeting, outputs) = devices[to].take().unwrap().handle_frame(&frame, 0, &mut rng);
//!         match meeting.view() {
//!             View::Offer => (to, meeting.handle_offer(Described::new(b"my end of the link"), 0)),
//!             _ => (to, (meeting, outputs)),
//!         }
//!     };
//!     devices[place] = Some(meeting);
//!     for output in outputs {
//!         if let Output::Send(frame) = output {
//!             under_way.push((1 - place, frame));
//!         }
//!     }
//! }
//! let [new, old] = devices.map(|meeting| meeting.unwrap().settle().unwrap());
//! assert!(new.file == old.file && new.th == old.th);
//! ```
//!
//! Frames may come over several carriers, late, twice and out of order: the driver sends what [`Output::Send`] says on
//! every carrier, and [`Meeting::frames`] on one that has just opened. Nothing is believed that is not under the keys.
//!
//! Specified in `p2p/docs/protocol/pairing.md`.

mod by_hand;
mod intent;
mod link;
mod meeting;
mod met;
mod next;
mod outbox;
mod proven;
mod scans;
mod shows;

pub use by_hand::{HandBegun, HandScanned, HandShowing, OtherEnd};
pub use intent::{Account, Intent, MismatchError};
pub use meeting::{Acquainted, Meeting, Settled, View};
pub use met::{Asking, Deciding, Greeting, Met, Naming, Offering, Telling, Waiting};
pub use next::Next;
pub use proven::{Introduced, Known, Peer, Proven};
pub use scans::{AfterConfirm, AfterHello, Answering, Asked, Scanned};
pub use shows::{AfterReply, Showing, TicketBegun};

use alloc::vec::Vec;
use nyx_wire::pairing::{CancelReason, Described};

/// What the driver is to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Output {
    /// Send this frame on every carrier.
    Send(Vec<u8>),
    /// The other side offers a connection.
    Offer(Described),
    /// The other side answers the offer.
    Answer(Described),
    /// One more way to reach the other side.
    Candidate(Described),
}

/// It is over, and nothing that was made on the way is left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Burnt {
    /// Why.
    pub why: BurntReason,
    /// Last words for the other side, to be sent on every carrier; it may never hear them.
    pub frames: Vec<Vec<u8>>,
}

/// Why a meeting ended without a result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BurntReason {
    /// Too much time went by.
    Expired,
    /// Somebody who has the ticket could not prove the keys.
    WrongProof,
    /// Somebody typed another code, or guessed.
    WrongCode,
    /// A second device used the same ticket: one of the two is not the one that is meant.
    Intruder,
    /// The digits were wrong.
    WrongDigits,
    /// This side's person said no.
    Refused,
    /// The other side ended it.
    Cancelled(CancelReason),
    /// The other side said what it must not say.
    Dishonest,
}

impl BurntReason {
    /// What the other side is told.
    const fn told(self) -> CancelReason {
        match self {
            Self::Expired => CancelReason::Expired,
            Self::Intruder => CancelReason::Intruder,
            Self::WrongDigits => CancelReason::Digits,
            Self::Refused => CancelReason::Person,
            Self::WrongProof | Self::WrongCode | Self::Cancelled(_) | Self::Dishonest => CancelReason::Protocol,
        }
    }
}

impl Burnt {
    const fn silent(why: BurntReason) -> Self {
        Self { why, frames: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
