//! Which devices are an account's, and what a contact remembers of that.
//!
//! A contact pins what it saw last and refuses anything lower, so nobody who replays an old list can bring a revoked
//! device back. Two different lists at the same place are a fork: somebody signs behind the owner's back, and the
//! contact's person is told.

mod pin;

pub use pin::{Head, JudgeError, Judgement, Pin};

use crate::{
    account::{self, Aid},
    device, hash, labels,
    signature::{self, Verified, VerifyError},
};
use alloc::vec::Vec;
use nyx_wire::identity::{Body, DeviceCert, DeviceList, IdentityBundle, OpKeyCert, Signed, Version};

/// A device list whose signature and whose every device was verified.
#[derive(Clone, Debug)]
pub struct VerifiedList {
    list: Verified<DeviceList>,
    devices: Vec<Verified<DeviceCert>>,
}

impl VerifiedList {
    /// The list.
    #[must_use]
    pub const fn list(&self) -> &Verified<DeviceList> {
        &self.list
    }

    /// Its active devices.
    #[must_use]
    pub fn devices(&self) -> &[Verified<DeviceCert>] {
        &self.devices
    }

    /// What the next list names as the one before.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        hash::labelled(labels::HASH_DEVICE_LIST, self.list.signed().body())
    }
}

/// Verifies a list under an operating key that was itself verified.
pub fn verify(opkey: &Verified<OpKeyCert>, list: &Signed<DeviceList>) -> Result<VerifiedList, VerifyError> {
    let list = signature::verify(&opkey.opkey, list)?;
    if list.aid != opkey.aid || list.generation != opkey.generation {
        return Err(VerifyError);
    }
    let aid = Aid::from_bytes(list.aid);
    let devices: Vec<_> = list.devices.iter().map(|cert| device::verify(aid, cert)).collect::<Result<_, _>>()?;
    let known_once = devices.iter().enumerate().all(|(place, device)| {
        let earlier = devices[..place].iter().any(|other| other.device_id == device.device_id);
        !earlier && !list.revoked.iter().any(|revoked| revoked.0 == device.device_id)
    });
    if known_once { Ok(VerifiedList { list, devices }) } else { Err(VerifyError) }
}

/// An account's root key, operating key and devices, each vouched for by the one before; the first by the account's id.
#[derive(Clone, Debug)]
pub struct Identity {
    aid: Aid,
    ark: [u8; 32],
    opkey: Verified<OpKeyCert>,
    list: VerifiedList,
}

impl Identity {
    /// Puts together what the owner has: the same checks as for anybody else.
    pub fn new(ark: [u8; 32], opkey: &Signed<OpKeyCert>, list: &Signed<DeviceList>) -> Result<Self, VerifyError> {
        let aid = Aid::of(&ark);
        let opkey = account::verify_opkey_cert(aid, &ark, opkey)?;
        let list = verify(&opkey, list)?;
        Ok(Self { aid, ark, opkey, list })
    }

    /// Reads a bundle about the account `aid`, and nothing of it that was not verified.
    pub fn from_bundle(aid: Aid, bytes: &[u8]) -> Result<Self, VerifyError> {
        let bundle = IdentityBundle::parse(bytes).map_err(|_| VerifyError)?;
        let identity = Self::new(bundle.ark, &bundle.opkey_cert, &bundle.device_list)?;
        if identity.aid == aid { Ok(identity) } else { Err(VerifyError) }
    }

    /// The bundle to hand to contacts.
    #[must_use]
    pub fn to_bundle(&self) -> Vec<u8> {
        IdentityBundle {
            v: Version,
            ark: self.ark,
            opkey_cert: self.opkey.signed().clone(),
            device_list: self.list.list.signed().clone(),
        }
        .to_bytes()
    }

    /// The account.
    #[must_use]
    pub const fn aid(&self) -> Aid {
        self.aid
    }

    /// Its root public key.
    #[must_use]
    pub const fn ark(&self) -> &[u8; 32] {
        &self.ark
    }

    /// Its operating key.
    #[must_use]
    pub const fn opkey(&self) -> &Verified<OpKeyCert> {
        &self.opkey
    }

    /// Its devices.
    #[must_use]
    pub const fn list(&self) -> &VerifiedList {
        &self.list
    }
}

#[cfg(test)]
mod tests;
