//! Signed structures: what is accepted has one encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::identity::{Body, DeviceCert, DeviceList, OpKeyCert, RecoveryChallenge, RecoveryStatement};

fn one_encoding<T: Body>(bytes: &[u8]) {
    if let Ok(value) = T::parse(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

fuzz_target!(|bytes: &[u8]| {
    one_encoding::<OpKeyCert>(bytes);
    one_encoding::<DeviceCert>(bytes);
    one_encoding::<DeviceList>(bytes);
    one_encoding::<RecoveryChallenge>(bytes);
    one_encoding::<RecoveryStatement>(bytes);
});
