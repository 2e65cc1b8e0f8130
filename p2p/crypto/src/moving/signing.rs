//! Who signs what in a move.

use super::manifest_hash;
use crate::{
    account::Aid,
    device::{self, DeviceKeys},
    device_list::VerifiedList,
    signature::{self, Verified, VerifyError},
};
use ed25519_dalek::SigningKey;
use nyx_wire::{
    identity::{DeviceCert, OpKeyCert, Signed, Version},
    moving::{Done, Manifest, Ready},
};

/// Verifies that the account's operating key signed this manifest, and about this account.
pub fn verify_manifest(
    opkey: &Verified<OpKeyCert>,
    manifest: &Signed<Manifest>,
) -> Result<Verified<Manifest>, VerifyError> {
    let manifest = signature::verify(&opkey.opkey, manifest)?;
    if manifest.aid == opkey.aid { Ok(manifest) } else { Err(VerifyError) }
}

/// Says that everything is here that `last` speaks for, and is right.
#[must_use]
pub fn sign_ready(
    keys: &DeviceKeys,
    device: &Verified<DeviceCert>,
    last: &Verified<Manifest>,
    content: [u8; 32],
) -> Verified<Ready> {
    let ready = Ready {
        v: Version,
        transfer: last.transfer,
        manifest: manifest_hash(last),
        content,
        device: device.signed().clone(),
    };
    signature::sign(&signing_key(keys), ready)
}

/// A Ready that fits, and the device that said it.
#[derive(Clone, Debug)]
pub struct ReadyFrom {
    /// What it said.
    pub ready: Verified<Ready>,
    /// Who it is.
    pub device: Verified<DeviceCert>,
}

/// Verifies that a device of this account signed this, about this very manifest and with the content that it names.
pub fn verify_ready(last: &Verified<Manifest>, ready: &Signed<Ready>) -> Result<ReadyFrom, VerifyError> {
    use nyx_wire::identity::Body;
    // It names the device whose key signed it, so the device is looked at first; nothing is handed out before both are right.
    let named = Ready::parse(ready.body()).map_err(|_| VerifyError)?.device;
    let device = device::verify(Aid::from_bytes(last.aid), &named)?;
    let ready = signature::verify(&device.ed25519, ready)?;
    let fits = ready.transfer == last.transfer
        && ready.manifest == manifest_hash(last)
        && last.content.is_some_and(|content| content == ready.content);
    if fits { Ok(ReadyFrom { ready, device }) } else { Err(VerifyError) }
}

/// Says that the account is active on the device of `keys`, which is the one in `list`.
#[must_use]
pub fn sign_done(keys: &DeviceKeys, last: &Verified<Manifest>, list: &VerifiedList) -> Verified<Done> {
    let done = Done { v: Version, transfer: last.transfer, manifest: manifest_hash(last), list: list.hash() };
    signature::sign(&signing_key(keys), done)
}

/// Verifies that the one device in `list` says so.
pub fn verify_done(
    list: &VerifiedList,
    last: &Verified<Manifest>,
    done: &Signed<Done>,
) -> Result<Verified<Done>, VerifyError> {
    let [device] = list.devices() else { return Err(VerifyError) };
    let done = signature::verify(&device.ed25519, done)?;
    let fits = done.transfer == last.transfer && done.manifest == manifest_hash(last) && done.list == list.hash();
    if fits { Ok(done) } else { Err(VerifyError) }
}

fn signing_key(keys: &DeviceKeys) -> SigningKey {
    SigningKey::from_bytes(keys.signing.expose())
}
