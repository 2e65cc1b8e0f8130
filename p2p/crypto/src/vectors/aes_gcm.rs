//! Wycheproof, AES-256-GCM with 96-bit nonces: the only form that the stream uses.

use super::wycheproof;
use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, inout::InOutBuf},
};

const FILE: &str = include_str!("../../tests/vectors/wycheproof_aes_gcm.json");

#[test]
fn wycheproof_aes_256_gcm_valid() {
    let count = wycheproof(FILE, &["valid"], |_, case| {
        let cipher = Aes256Gcm::new(&case.array::<32>("key").into());
        let nonce = case.array::<12>("iv").into();
        let (aad, message, ciphertext) = (case.bytes("aad"), case.bytes("msg"), case.bytes("ct"));
        let mut text = message.clone();
        let tag = cipher.encrypt_inout_detached(&nonce, &aad, InOutBuf::from(text.as_mut_slice())).unwrap();
        assert_eq!(
            (text.as_slice(), tag.as_slice()),
            (ciphertext.as_slice(), case.bytes("tag").as_slice()),
            "{}",
            case.id()
        );
        cipher.decrypt_inout_detached(&nonce, &aad, InOutBuf::from(text.as_mut_slice()), &tag).unwrap();
        assert_eq!(text, message, "{}", case.id());
    });
    assert!(count >= 35, "{count}");
}

#[test]
fn wycheproof_aes_256_gcm_invalid() {
    let count = wycheproof(FILE, &["invalid"], |_, case| {
        let cipher = Aes256Gcm::new(&case.array::<32>("key").into());
        let (nonce, tag) = (case.array::<12>("iv").into(), case.array::<16>("tag").into());
        let ciphertext = case.bytes("ct");
        let mut text = ciphertext.clone();
        let opened =
            cipher.decrypt_inout_detached(&nonce, &case.bytes("aad"), InOutBuf::from(text.as_mut_slice()), &tag);
        assert!(opened.is_err(), "{}", case.id());
        assert_eq!(text, ciphertext, "nothing was decrypted before the tag was found right");
    });
    assert!(count >= 25, "{count}");
}
