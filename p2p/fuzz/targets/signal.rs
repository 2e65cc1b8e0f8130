//! The signalling service's messages, and what its instances say to each other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::{
    signal::{Notice, Request},
    signal_bus::Envelope,
};

fuzz_target!(|bytes: &[u8]| {
    // Whatever was understood can be said again, and means the same.
    if let Ok(request) = Request::decode(bytes) {
        assert_eq!(Request::decode(&request.encode()), Ok(request));
    }
    if let Ok(notice) = Notice::decode(bytes) {
        assert_eq!(Notice::decode(&notice.encode()), Ok(notice));
    }
    if let Ok(envelope) = Envelope::decode(bytes) {
        assert_eq!(Envelope::decode(&envelope.encode()), Ok(envelope));
    }
});
