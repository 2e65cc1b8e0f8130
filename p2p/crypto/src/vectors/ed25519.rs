//! RFC 8032 §7.1 and Wycheproof, through the verification that every certificate goes through.

use super::{Case, wycheproof};
use crate::signature::is_signed;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;

const RFC: &str = include_str!("../../tests/vectors/rfc8032_ed25519.json");
const WYCHEPROOF: &str = include_str!("../../tests/vectors/wycheproof_ed25519.json");

fn rfc_8032(name: &str) {
    let file: Value = serde_json::from_str(RFC).unwrap();
    let tests = file["groups"][0]["tests"].as_array().unwrap();
    let case = Case(tests.iter().find(|test| test["name"] == name).unwrap());
    let key = SigningKey::from_bytes(&case.array("sk"));
    assert_eq!(key.verifying_key().to_bytes(), case.array("pk"));
    assert_eq!(key.sign(&case.bytes("msg")).to_bytes(), case.array("sig"));
    assert!(is_signed(&case.array("pk"), &case.bytes("msg"), &case.array("sig")));
}

#[test]
fn rfc_8032_test_1() {
    rfc_8032("TEST 1");
}

#[test]
fn rfc_8032_test_2() {
    rfc_8032("TEST 2");
}

#[test]
fn rfc_8032_test_3() {
    rfc_8032("TEST 3");
}

#[test]
fn rfc_8032_test_1024() {
    rfc_8032("TEST 1024");
}

#[test]
fn rfc_8032_test_sha_abc() {
    rfc_8032("TEST SHA(abc)");
}

#[test]
fn wycheproof_ed25519_valid() {
    let count = wycheproof(WYCHEPROOF, &["valid"], |group, case| {
        let key = Case(group).array("pk");
        assert!(is_signed(&key, &case.bytes("msg"), &case.array("sig")), "{}", case.id());
    });
    assert!(count >= 80, "{count}");
}

#[test]
fn wycheproof_ed25519_invalid() {
    let count = wycheproof(WYCHEPROOF, &["invalid"], |group, case| {
        let key = Case(group).array("pk");
        // A signature of another length has no place in our structures.
        if let Ok(signature) = case.bytes("sig").try_into() {
            assert!(!is_signed(&key, &case.bytes("msg"), &signature), "{}", case.id());
        }
    });
    assert!(count >= 40, "{count}");
}
