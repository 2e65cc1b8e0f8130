//! The stream: what opens is what was sealed, and nothing else opens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_crypto::{
    secret::Secret,
    stream::{open_whole, seal_whole},
};

const KEY: [u8; 32] = [0x42; 32];

fuzz_target!(|bytes: &[u8]| {
    // Bytes that nobody sealed under this key.
    assert!(open_whole(&Secret::from_bytes(KEY), bytes).is_err());
    let Some(([place, flip], plain)) = bytes.split_first_chunk() else { return };
    let Ok(mut sealed) = seal_whole(Secret::from_bytes(KEY), plain) else { return };
    let place = usize::from(*place) * sealed.len() / 256;
    sealed[place] ^= flip;
    match open_whole(&Secret::from_bytes(KEY), &sealed) {
        Ok(opened) => assert!(*flip == 0 && opened.as_slice() == plain),
        Err(_) => assert!(*flip != 0),
    }
    sealed[place] ^= flip;
    sealed.truncate(place);
    assert!(open_whole(&Secret::from_bytes(KEY), &sealed).is_err());
});
