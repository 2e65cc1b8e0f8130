//! What is accepted, and every way in which it is not.

use super::*;
use crate::{
    account::{AccountRootKey, OperatingKey},
    device::DeviceKeys,
    secret::Secret,
};
use alloc::vec;
use nyx_wire::identity::{DeviceId, DeviceName};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

struct Owner {
    ark: AccountRootKey,
    opkey: OperatingKey,
    cert: Verified<OpKeyCert>,
}

impl Owner {
    fn new(account: u8, opkey: u64, generation: u64) -> Self {
        let ark = AccountRootKey::from_seed(&Secret::from_bytes([account; 32]));
        let opkey = OperatingKey::generate(&mut ChaCha20Rng::seed_from_u64(opkey));
        let cert = ark.certify(&opkey, generation).unwrap();
        Self { ark, opkey, cert }
    }

    fn device(&self, seed: u64) -> Signed<DeviceCert> {
        let keys = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(1000 + seed));
        keys.certify(self.ark.aid(), DeviceName::new("Device").unwrap(), 0).signed().clone()
    }

    fn identity(&self, list: &Verified<DeviceList>) -> Identity {
        Identity::new(self.ark.public(), self.cert.signed(), list.signed()).unwrap()
    }

    fn first(&self, device: u64) -> Identity {
        self.identity(&self.opkey.first_list(&self.cert, vec![self.device(device)]).unwrap())
    }

    fn next(&self, previous: &Identity, device: u64) -> Identity {
        let devices = vec![self.device(device)];
        self.identity(&self.opkey.next_list(&self.cert, previous.list(), devices).unwrap())
    }
}

fn owner() -> Owner {
    Owner::new(1, 1, 10)
}

#[test]
fn a_bundle_tells_a_stranger_everything_and_only_about_the_account_it_asked_for() {
    let first = owner().first(1);
    let bundle = first.to_bundle();
    let read = Identity::from_bundle(owner().ark.aid(), &bundle).unwrap();
    assert_eq!(Pin::first(&read), Pin::first(&first));
    assert_eq!(read.list().devices().len(), 1);
    assert!(Identity::from_bundle(Aid::from_bytes([9; 32]), &bundle).is_err());
}

#[test]
fn a_bundle_with_any_changed_byte_is_refused() {
    let bundle = owner().first(1).to_bundle();
    for place in 0..bundle.len() {
        let mut changed = bundle.clone();
        changed[place] ^= 1 << (place % 8);
        assert!(Identity::from_bundle(owner().ark.aid(), &changed).is_err(), "byte {place}");
    }
}

#[test]
fn later_lists_move_the_pin_and_revoke_the_device_that_left() {
    let first = owner().first(1);
    let second = owner().next(&first, 2);
    let Ok(Judgement::Newer(pin)) = Pin::first(&first).judge(&second) else { panic!("refused") };
    assert_eq!(pin, Pin::first(&second));
    assert_eq!(second.list().list().revoked, [DeviceId(first.list().devices()[0].device_id)]);
    assert_eq!(pin.judge(&second), Ok(Judgement::Same));
}

#[test]
fn an_older_list_is_refused() {
    let first = owner().first(1);
    let second = owner().next(&first, 2);
    assert_eq!(Pin::first(&second).judge(&first), Err(JudgeError::Lower));
}

#[test]
fn another_list_at_the_same_place_is_a_fork() {
    let first = owner().first(1);
    let pin = Pin::first(&owner().next(&first, 2));
    assert_eq!(pin.judge(&owner().next(&first, 3)), Err(JudgeError::Fork));
}

#[test]
fn the_next_list_must_follow_from_the_pinned_one() {
    let pin = Pin::first(&owner().first(1));
    let elsewhere = owner().first(2);
    assert_eq!(pin.judge(&owner().next(&elsewhere, 3)), Err(JudgeError::Fork));
}

#[test]
fn a_contact_that_was_away_accepts_a_list_after_a_gap() {
    let first = owner().first(1);
    let third = owner().next(&owner().next(&first, 2), 3);
    assert_eq!(Pin::first(&first).judge(&third), Ok(Judgement::Newer(Pin::first(&third))));
}

#[test]
fn a_higher_generation_always_wins_and_a_lower_never_does() {
    let mut old = owner().first(1);
    for device in 2..6 {
        old = owner().next(&old, device);
    }
    let recovered = Owner::new(1, 2, 11).first(9);
    assert_eq!(Pin::first(&old).judge(&recovered), Ok(Judgement::Recovered(Pin::first(&recovered))));
    assert_eq!(Pin::first(&recovered).judge(&old), Err(JudgeError::Lower));
}

#[test]
fn two_operating_keys_in_one_generation_are_a_fork() {
    let pin = Pin::first(&owner().first(1));
    assert_eq!(pin.judge(&Owner::new(1, 2, 10).first(1)), Err(JudgeError::Fork));
}

#[test]
fn after_a_recovery_the_first_list_seen_is_pinned() {
    let owner = owner();
    let pin = Pin::recovered(&owner.cert);
    let second = owner.next(&owner.first(1), 2);
    assert_eq!(pin.judge(&second), Ok(Judgement::Newer(Pin::first(&second))));
    assert_eq!(pin.judge(&Owner::new(1, 2, 10).first(1)), Err(JudgeError::Fork));
}

#[test]
fn another_account_is_another_account() {
    let pin = Pin::first(&owner().first(1));
    assert_eq!(pin.judge(&Owner::new(2, 1, 99).first(1)), Err(JudgeError::OtherAccount));
}

#[test]
fn a_list_signed_by_another_operating_key_is_refused() {
    let (owner, other) = (owner(), Owner::new(1, 2, 10));
    let list = other.opkey.first_list(&other.cert, vec![]).unwrap();
    assert!(Identity::new(owner.ark.public(), owner.cert.signed(), list.signed()).is_err());
}

#[test]
fn a_list_of_another_generation_than_its_key_is_refused() {
    let owner = owner();
    let newer = owner.ark.certify(&owner.opkey, 11).unwrap();
    let list = owner.opkey.first_list(&newer, vec![]).unwrap();
    assert!(Identity::new(owner.ark.public(), owner.cert.signed(), list.signed()).is_err());
}

#[test]
fn a_list_that_no_verifier_accepts_is_not_signed() {
    let owner = owner();
    let foreign = Owner::new(2, 1, 1).device(1);
    let twice = vec![owner.device(1), owner.device(1)];
    assert!(owner.opkey.first_list(&owner.cert, vec![foreign]).is_err());
    assert!(owner.opkey.first_list(&owner.cert, twice).is_err());
    assert!(owner.opkey.first_list(&owner.cert, (0..9).map(|seed| owner.device(seed)).collect()).is_err());
    assert!(Owner::new(1, 2, 10).opkey.first_list(&owner.cert, vec![]).is_err());
    let gone = owner.next(&owner.first(1), 2);
    assert!(owner.opkey.next_list(&owner.cert, gone.list(), vec![owner.device(1)]).is_err(), "a revoked device");
}
