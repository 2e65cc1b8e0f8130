//! Properties of every parser here: what was encoded decodes to the same, no bytes panic, and a changed byte is
//! either refused or means something else in the one encoding of that.

use super::*;
use crate::codec::{decode, decode_strict, encode};
use alloc::{format, vec};
use core::fmt::Debug;
use proptest::{array::uniform32, collection::vec as vec_of, prelude::*};

fn bytes16() -> impl Strategy<Value = [u8; 16]> {
    proptest::array::uniform16(any::<u8>())
}

fn signed<T: Debug>() -> impl Strategy<Value = Signed<T>> {
    (vec_of(any::<u8>(), 0..200), uniform32(any::<u8>()))
        .prop_map(|(body, half)| Signed::new(body, [half, half].concat().try_into().unwrap()))
}

fn opkey_cert() -> impl Strategy<Value = OpKeyCert> {
    (uniform32(any::<u8>()), any::<u64>(), uniform32(any::<u8>())).prop_map(|(aid, generation, opkey)| OpKeyCert {
        v: Version,
        aid,
        generation,
        opkey,
    })
}

fn device_cert() -> impl Strategy<Value = DeviceCert> {
    let name = "[a-zA-Z ёж电📱]{1,16}".prop_map(|name| DeviceName::new(&name).unwrap());
    (uniform32(any::<u8>()), bytes16(), name, uniform32(any::<u8>()), any::<u8>(), any::<u64>()).prop_map(
        |(aid, device_id, name, ed25519, kem, capabilities)| DeviceCert {
            v: Version,
            aid,
            device_id,
            name,
            ed25519,
            x25519: [kem; 32],
            ml_kem_768: [kem; ML_KEM_768_PUBLIC],
            capabilities,
        },
    )
}

fn device_list() -> impl Strategy<Value = DeviceList> {
    (
        uniform32(any::<u8>()),
        any::<(u64, u64)>(),
        uniform32(any::<u8>()),
        vec_of(signed(), 0..4),
        vec_of(bytes16().prop_map(DeviceId), 0..9),
    )
        .prop_map(|(aid, (generation, epoch), prev_hash, devices, revoked)| DeviceList {
            v: Version,
            aid,
            generation,
            epoch,
            prev_hash,
            devices,
            revoked,
        })
}

fn bundle() -> impl Strategy<Value = IdentityBundle> {
    (uniform32(any::<u8>()), signed(), signed()).prop_map(|(ark, opkey_cert, device_list)| IdentityBundle {
        v: Version,
        ark,
        opkey_cert,
        device_list,
    })
}

fn challenge() -> impl Strategy<Value = RecoveryChallenge> {
    (uniform32(any::<u8>()), uniform32(any::<u8>()), uniform32(any::<u8>()), signed(), any::<u64>()).prop_map(
        |(aid, audience, nonce, opkey_cert, epoch)| RecoveryChallenge {
            v: Version,
            aid,
            audience,
            nonce,
            opkey_cert,
            epoch,
            list_hash: nonce,
        },
    )
}

fn statement() -> impl Strategy<Value = RecoveryStatement> {
    (uniform32(any::<u8>()), uniform32(any::<u8>()), signed(), signed(), uniform32(any::<u8>())).prop_map(
        |(aid, ark, opkey_cert, device, challenge)| RecoveryStatement {
            v: Version,
            aid,
            ark,
            opkey_cert,
            device,
            revoke: Revoke::All,
            challenge,
            audience: aid,
        },
    )
}

/// The three properties for one value, one arbitrary string of bytes and one change.
fn holds<T>(value: &T, junk: &[u8], change: (usize, u8)) -> Result<(), TestCaseError>
where
    T: for<'b> Decode<'b, ()> + Encode<()> + PartialEq + Debug,
{
    let mut bytes = encode(value);
    prop_assert_eq!(&decode_strict::<T>(&bytes, bytes.len()).unwrap(), value);
    prop_assert!(decode_strict::<T>(&bytes, bytes.len() - 1).is_err(), "larger than allowed");
    prop_assert!(decode_strict::<T>(&bytes[..change.0 % bytes.len()], 1 << 20).is_err(), "truncated");

    if let Ok(other) = decode_strict::<T>(junk, 1 << 20) {
        prop_assert_eq!(encode(&other), junk);
    }
    let _ = decode::<T>(junk, 1 << 20);

    let place = change.0 % bytes.len();
    bytes[place] ^= change.1;
    if let Ok(other) = decode_strict::<T>(&bytes, 1 << 20) {
        prop_assert_eq!(encode(&other), bytes);
        prop_assert_ne!(&other, value);
    }
    Ok(())
}

macro_rules! properties {
    ($($name:ident: $strategy:expr;)+) => {
        proptest! {$(
            #[test]
            fn $name(
                value in $strategy,
                junk in vec_of(any::<u8>(), 0..300),
                change in (any::<usize>(), 1..=255u8),
            ) {
                holds(&value, &junk, change)?;
            }
        )+}
    };
}

properties! {
    an_opkey_cert_has_one_encoding_and_no_bytes_panic: opkey_cert();
    a_device_cert_has_one_encoding_and_no_bytes_panic: device_cert();
    a_device_list_has_one_encoding_and_no_bytes_panic: device_list();
    an_identity_bundle_has_one_encoding_and_no_bytes_panic: bundle();
    a_recovery_challenge_has_one_encoding_and_no_bytes_panic: challenge();
    a_recovery_statement_has_one_encoding_and_no_bytes_panic: statement();
    a_signed_envelope_has_one_encoding_and_no_bytes_panic: signed::<OpKeyCert>();
}

fn cert() -> OpKeyCert {
    OpKeyCert { v: Version, aid: [1; 32], generation: 7, opkey: [2; 32] }
}

#[test]
fn another_version_an_unknown_key_and_a_missing_key_are_refused() {
    let bytes = encode(&cert());
    assert_eq!(bytes[..3], [0xA4, 0, 1]);

    let mut version = bytes.clone();
    version[2] = 2;
    assert!(decode_strict::<OpKeyCert>(&version, 200).is_err());

    let mut unknown = bytes.clone();
    unknown[0] = 0xA5;
    unknown.extend([0x18, 0x63, 0]);
    assert!(decode_strict::<OpKeyCert>(&unknown, 200).is_err());

    let mut missing = bytes[..bytes.len() - 35].to_vec();
    missing[0] = 0xA3;
    assert!(decode_strict::<OpKeyCert>(&missing, 200).is_err());
}

#[test]
fn a_key_twice_a_long_number_and_an_endless_map_are_refused() {
    let bytes = encode(&cert());
    let mut twice = bytes.clone();
    twice[0] = 0xA5;
    twice.splice(1..1, [0, 1]);
    assert!(decode_strict::<OpKeyCert>(&twice, 200).is_err());

    let mut long = bytes.clone();
    let place = long.iter().position(|byte| *byte == 7).unwrap();
    long.splice(place..=place, [0x18, 7]);
    assert!(decode_strict::<OpKeyCert>(&long, 200).is_err());

    let mut endless = bytes;
    endless[0] = 0xBF;
    endless.push(0xFF);
    assert!(decode_strict::<OpKeyCert>(&endless, 200).is_err());
}

#[test]
fn the_largest_of_each_structure_fits_its_limit_and_not_by_far() {
    let device = DeviceCert {
        v: Version,
        aid: [0xFF; 32],
        device_id: [0xFF; 16],
        name: DeviceName::new(&"n".repeat(NAME_MAX)).unwrap(),
        ed25519: [0xFF; 32],
        x25519: [0xFF; 32],
        ml_kem_768: [0xFF; ML_KEM_768_PUBLIC],
        capabilities: u64::MAX,
    };
    let opkey = OpKeyCert { v: Version, aid: [0xFF; 32], generation: u64::MAX, opkey: [0xFF; 32] };
    let signed_device = Signed::new(encode(&device), [0xFF; 64]);
    let signed_opkey = Signed::new(encode(&opkey), [0xFF; 64]);
    let list = DeviceList {
        v: Version,
        aid: [0xFF; 32],
        generation: u64::MAX,
        epoch: u64::MAX,
        prev_hash: [0xFF; 32],
        devices: vec![signed_device.clone(); DEVICES_MAX],
        revoked: vec![DeviceId([0xFF; 16]); REVOKED_MAX],
    };
    let bundle = IdentityBundle {
        v: Version,
        ark: [0xFF; 32],
        opkey_cert: signed_opkey.clone(),
        device_list: Signed::new(encode(&list), [0xFF; 64]),
    };
    let challenge = RecoveryChallenge {
        v: Version,
        aid: [0xFF; 32],
        audience: [0xFF; 32],
        nonce: [0xFF; 32],
        opkey_cert: signed_opkey.clone(),
        epoch: u64::MAX,
        list_hash: [0xFF; 32],
    };
    let statement = RecoveryStatement {
        v: Version,
        aid: [0xFF; 32],
        ark: [0xFF; 32],
        opkey_cert: signed_opkey,
        device: signed_device,
        revoke: Revoke::All,
        challenge: [0xFF; 32],
        audience: [0xFF; 32],
    };
    for (name, bytes, max) in [
        ("opkey cert", encode(&opkey), OPKEY_CERT_MAX),
        ("device cert", encode(&device), DEVICE_CERT_MAX),
        ("device list", encode(&list), DEVICE_LIST_MAX),
        ("bundle", encode(&bundle), IDENTITY_BUNDLE_MAX),
        ("challenge", encode(&challenge), RECOVERY_CHALLENGE_MAX),
        ("statement", encode(&statement), RECOVERY_STATEMENT_MAX),
    ] {
        assert!(bytes.len() <= max && max < bytes.len() * 2, "{}", format!("{name}: {} of {max}", bytes.len()));
    }
}
