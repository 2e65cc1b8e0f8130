//! What is made of the secret in a ticket alone: nothing here says who the other is, only that it has the ticket.

use super::mac;
use crate::{
    kdf::derive,
    purposes::{CodeTwoMacKey, Derives, IceOfA, IceOfB, PairingSecret, Purpose, RoomName},
    secret::Secret,
};
use alloc::string::String;
use core::fmt;
use data_encoding::BASE32_NOPAD;
use hmac::Mac;
use nyx_wire::{pairing::CodeTwo, signal::RoomId};
use zeroize::Zeroizing;

/// The room in which both meet. Whoever carries it learns nothing of the secret.
#[must_use]
pub fn room_id(secret: &Secret<PairingSecret>) -> RoomId {
    RoomId(*derive::<_, RoomName, 16>(secret).expose())
}

/// The credentials of one side of an ICE connection that is set up by hand: they need not be carried.
pub struct IceCredentials {
    /// User fragment, 8 characters.
    pub ufrag: String,
    /// Password, 32 characters: 160 bits.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IceCredentials(redacted)")
    }
}

/// Those of the side that shows the first code.
#[must_use]
pub fn ice_of_a(secret: &Secret<PairingSecret>) -> IceCredentials {
    ice::<IceOfA>(secret)
}

/// Those of the side that answers with the second.
#[must_use]
pub fn ice_of_b(secret: &Secret<PairingSecret>) -> IceCredentials {
    ice::<IceOfB>(secret)
}

/// The MAC in the second code by hand: whoever made it has seen this first code. `code_one` is its exact bytes.
#[must_use]
pub fn code_two_mac(secret: &Secret<PairingSecret>, code_one: &[u8], code_two: &CodeTwo) -> [u8; 32] {
    let key = derive::<_, CodeTwoMacKey, 32>(secret);
    mac(key.expose(), &[code_one, &code_two.covered()]).finalize().into_bytes().into()
}

/// Whether that MAC is right.
#[must_use]
pub fn is_code_two_mac(secret: &Secret<PairingSecret>, code_one: &[u8], code_two: &CodeTwo) -> bool {
    let key = derive::<_, CodeTwoMacKey, 32>(secret);
    mac(key.expose(), &[code_one, &code_two.covered()]).verify_slice(&code_two.mac).is_ok()
}

fn ice<P: Purpose>(secret: &Secret<PairingSecret>) -> IceCredentials
where
    PairingSecret: Derives<P>,
{
    let bytes = derive::<_, P, 25>(secret);
    let (ufrag, password) = bytes.expose().split_at(5);
    IceCredentials { ufrag: BASE32_NOPAD.encode(ufrag), password: Zeroizing::new(BASE32_NOPAD.encode(password)) }
}
