//! What a meeting is for.

use super::link::Link;
use nyx_crypto::{
    account::Aid,
    pairing,
    pairing::{Channel, Confirmed, Digits, Side},
};
use nyx_wire::identity::DeviceName;

/// The two devices that their people mean. An export may be asked for from here on, and from nowhere before.
#[derive(Debug)]
pub struct Proven<S: Side> {
    pub(super) keys: pairing::Proven<S>,
    pub(super) link: Link,
    pub(super) peer: Peer,
}

/// Who the other is.
#[derive(Clone, Debug)]
pub enum Peer {
    /// It receives.
    Device {
        /// What it is called.
        name: DeviceName,
    },
    /// It sends. Its own device signed this meeting; what comes must be signed by the same account.
    Account {
        /// The account's name.
        name: DeviceName,
        /// The account.
        aid: Aid,
        /// How much it says it has.
        bytes: u64,
    },
}

impl<S: Side> Proven<S> {
    /// Who the other is.
    #[must_use]
    pub const fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The keys of the transfer.
    #[must_use]
    pub const fn keys(&self) -> &pairing::Proven<S> {
        &self.keys
    }

    /// The keys of the transfer, when the carriers are no longer needed.
    #[must_use]
    pub fn into_keys(self) -> pairing::Proven<S> {
        self.keys
    }

    pub(super) const fn parts(&mut self) -> (&mut Channel<S>, &mut Link) {
        (&mut self.keys.channel, &mut self.link)
    }
}

/// Two contacts. The digits may be compared now or later.
#[derive(Debug)]
pub struct Introduced<S: Side> {
    pub(super) keys: pairing::Introduced<S>,
    pub(super) link: Link,
    pub(super) name: DeviceName,
    pub(super) aid: Aid,
}

impl<S: Side> Introduced<S> {
    /// The name that the other gives itself.
    #[must_use]
    pub const fn name(&self) -> &DeviceName {
        &self.name
    }

    /// The other's account, whose own device signed this meeting.
    #[must_use]
    pub const fn aid(&self) -> Aid {
        self.aid
    }

    /// What both keep, and the digits.
    #[must_use]
    pub const fn keys(&self) -> &pairing::Introduced<S> {
        &self.keys
    }

    /// What both keep, when the carriers are no longer needed.
    #[must_use]
    pub fn into_keys(self) -> pairing::Introduced<S> {
        self.keys
    }

    pub(super) const fn parts(&mut self) -> (&mut Channel<S>, &mut Link) {
        (&mut self.keys.channel, &mut self.link)
    }
}

/// Two devices that check the link between them. Each holds the code and the keys; nobody has spoken for anybody, and no
/// key for anything else can be had from here.
#[derive(Debug)]
pub struct Known<S: Side> {
    pub(super) confirmed: Confirmed<S>,
    pub(super) link: Link,
    pub(super) name: DeviceName,
}

impl<S: Side> Known<S> {
    /// What the other is called, as it says.
    #[must_use]
    pub const fn name(&self) -> &DeviceName {
        &self.name
    }

    /// The same on both screens, unless somebody stands between.
    #[must_use]
    pub const fn digits(&self) -> &Digits {
        self.confirmed.digits()
    }

    pub(super) const fn parts(&mut self) -> (&mut Channel<S>, &mut Link) {
        (self.confirmed.channel(), &mut self.link)
    }
}
