//! RFC 5869 and Wycheproof.

use super::{hex, wycheproof};
use ::hkdf::Hkdf;
use alloc::vec;
use sha2::{Sha256, Sha512};

const SHA256: &str = include_str!("../../tests/vectors/wycheproof_hkdf_sha256.json");
const SHA512: &str = include_str!("../../tests/vectors/wycheproof_hkdf_sha512.json");

// Cases 4 to 7 of the RFC are left out: they are for SHA-1, which nothing here uses.

#[test]
fn rfc_5869_case_1_sha_256() {
    rfc_5869(
        &[0x0b; 22],
        &hex("000102030405060708090a0b0c"),
        &hex("f0f1f2f3f4f5f6f7f8f9"),
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
}

#[test]
fn rfc_5869_case_2_sha_256_longer() {
    let counting = |from: u8, to: u8| (from..=to).collect::<vec::Vec<_>>();
    rfc_5869(
        &counting(0x00, 0x4f),
        &counting(0x60, 0xaf),
        &counting(0xb0, 0xff),
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
         59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71\
         cc30c58179ec3e87c14c01d5c1f3434f1d87",
    );
}

#[test]
fn rfc_5869_case_3_sha_256_empty_salt_and_info() {
    rfc_5869(
        &[0x0b; 22],
        &[],
        &[],
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
}

#[test]
fn wycheproof_hkdf_sha_256() {
    let count = wycheproof(SHA256, &["valid"], |_, case| {
        let mut okm = vec![0; case.number("size") as usize];
        Hkdf::<Sha256>::new(Some(&case.bytes("salt")), &case.bytes("ikm"))
            .expand(&case.bytes("info"), &mut okm)
            .unwrap();
        assert_eq!(okm, case.bytes("okm"), "{}", case.id());
    });
    assert!(count >= 80, "{count}");
    wycheproof(SHA256, &["invalid"], |_, case| {
        let mut okm = vec![0; case.number("size") as usize];
        assert!(Hkdf::<Sha256>::new(None, &case.bytes("ikm")).expand(&[], &mut okm).is_err(), "{}", case.id());
    });
}

#[test]
fn wycheproof_hkdf_sha_512() {
    let count = wycheproof(SHA512, &["valid"], |_, case| {
        let mut okm = vec![0; case.number("size") as usize];
        Hkdf::<Sha512>::new(Some(&case.bytes("salt")), &case.bytes("ikm"))
            .expand(&case.bytes("info"), &mut okm)
            .unwrap();
        assert_eq!(okm, case.bytes("okm"), "{}", case.id());
    });
    assert!(count >= 80, "{count}");
    wycheproof(SHA512, &["invalid"], |_, case| {
        let mut okm = vec![0; case.number("size") as usize];
        assert!(Hkdf::<Sha512>::new(None, &case.bytes("ikm")).expand(&[], &mut okm).is_err(), "{}", case.id());
    });
}

fn rfc_5869(ikm: &[u8], salt: &[u8], info: &[u8], prk: &str, okm: &str) {
    let (extracted, hkdf) = Hkdf::<Sha256>::extract(Some(salt), ikm);
    assert_eq!(extracted.as_slice(), hex(prk));
    let mut out = vec![0; okm.len() / 2];
    hkdf.expand(info, &mut out).unwrap();
    assert_eq!(out, hex(okm));
}
