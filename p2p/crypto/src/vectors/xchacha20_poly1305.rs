//! Wycheproof, XChaCha20-Poly1305 with 192-bit nonces, through [`wrap`](crate::wrap) as it is used.

use super::{Given, wycheproof};
use crate::{
    purposes::ItemKey,
    secret::Secret,
    wrap::{unwrap, wrap},
};

const FILE: &str = include_str!("../../tests/vectors/wycheproof_xchacha20_poly1305.json");

#[test]
fn wycheproof_xchacha20_poly1305_valid() {
    let count = wycheproof(FILE, &["valid"], |_, case| {
        let key = Secret::<ItemKey>::from_bytes(case.array("key"));
        let (iv, aad, message) = (case.bytes("iv"), case.bytes("aad"), case.bytes("msg"));
        let whole = [iv.clone(), case.bytes("ct"), case.bytes("tag")].concat();
        assert_eq!(wrap(&key, &message, &aad, &mut Given(&iv)), whole, "{}", case.id());
        assert_eq!(*unwrap(&key, &whole, &aad).unwrap(), message, "{}", case.id());
    });
    assert!(count >= 200, "{count}");
}

#[test]
fn wycheproof_xchacha20_poly1305_invalid() {
    let count = wycheproof(FILE, &["invalid"], |_, case| {
        let key = Secret::<ItemKey>::from_bytes(case.array("key"));
        let whole = [case.bytes("iv"), case.bytes("ct"), case.bytes("tag")].concat();
        assert!(unwrap(&key, &whole, &case.bytes("aad")).is_err(), "{}", case.id());
    });
    assert!(count >= 30, "{count}");
}
