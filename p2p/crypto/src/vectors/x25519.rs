//! RFC 7748 and Wycheproof, through [`agreement`](crate::agreement) as it is used.

use super::{hex_array, wycheproof};
use crate::{
    agreement::{agree, public},
    purposes::DeviceAgreementKey,
    secret::Secret,
};

const FILE: &str = include_str!("../../tests/vectors/wycheproof_x25519.json");

fn private(text: &str) -> Secret<DeviceAgreementKey> {
    Secret::from_bytes(hex_array(text))
}

fn agrees(scalar: &str, point: &str, result: &str) {
    assert_eq!(*agree(&private(scalar), &hex_array(point)).unwrap().expose(), hex_array(result));
}

#[test]
fn rfc_7748_section_5_2_first_vector() {
    agrees(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    );
}

#[test]
fn rfc_7748_section_5_2_second_vector() {
    agrees(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    );
}

/// The millionth iteration is left out: it takes minutes and shows nothing that the thousandth does not.
#[test]
fn rfc_7748_section_5_2_iterated_once_and_a_thousand_times() {
    let mut base = [0; 32];
    base[0] = 9;
    let (mut k, mut u) = (base, base);
    for iteration in 1..=1000 {
        let result = *agree(&Secret::<DeviceAgreementKey>::from_bytes(k), &u).unwrap().expose();
        (k, u) = (result, k);
        if iteration == 1 {
            assert_eq!(k, hex_array("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"));
        }
    }
    assert_eq!(k, hex_array("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
}

#[test]
fn rfc_7748_section_6_1_diffie_hellman() {
    let alice = private("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    let bob = private("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    assert_eq!(public(&alice), hex_array("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    assert_eq!(public(&bob), hex_array("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    let shared = hex_array("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_eq!(*agree(&alice, &public(&bob)).unwrap().expose(), shared);
    assert_eq!(*agree(&bob, &public(&alice)).unwrap().expose(), shared);
}

#[test]
fn wycheproof_x25519_gives_the_shared_secret() {
    let count = wycheproof(FILE, &["valid", "acceptable"], |_, case| {
        if !case.has_flag("ZeroSharedSecret") {
            let private = Secret::<DeviceAgreementKey>::from_bytes(case.array("private"));
            let shared = agree(&private, &case.array("public")).unwrap();
            assert_eq!(*shared.expose(), case.array("shared"), "{}", case.id());
        }
    });
    assert_eq!(count, 518);
}

#[test]
fn wycheproof_x25519_all_zero_results_are_refused() {
    let mut count = 0;
    wycheproof(FILE, &["valid", "acceptable"], |_, case| {
        if case.has_flag("ZeroSharedSecret") {
            let private = Secret::<DeviceAgreementKey>::from_bytes(case.array("private"));
            assert!(agree(&private, &case.array("public")).is_err(), "{}", case.id());
            count += 1;
        }
    });
    assert_eq!(count, 31);
}
