//! What anybody on the local network may send: announcements, requests and answers have one encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::lan::{Announcement, Answer, Request};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(announcement) = Announcement::decode(bytes) {
        assert_ne!(announcement.port, 0);
        assert_eq!(announcement.encode(), bytes);
    }
    if let Ok(request) = Request::decode(bytes) {
        assert_eq!(request.encode(), bytes);
    }
    if let Ok(answer) = Answer::decode(bytes) {
        assert_eq!(answer.encode(), bytes);
    }
});
