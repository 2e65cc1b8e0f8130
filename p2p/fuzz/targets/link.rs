//! Descriptions of a link, the frames of its lanes on a channel and over QUIC, and what a check says on them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::{
    check::CheckMessage,
    lane::{Frame, Numbered, Report},
    link::{Candidate, Description, IceCredentials},
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(description) = Description::decode(bytes) {
        // They are written into SDP: nothing in them ends a line.
        let ice = &description.ice;
        assert_eq!(IceCredentials::new(ice.ufrag(), ice.password()).as_ref(), Some(ice));
        assert_eq!(Description::decode(&description.encode()), Ok(description));
    }
    if let Ok(candidate) = Candidate::decode(bytes) {
        assert_eq!(Candidate::decode(&candidate.encode()), Ok(candidate));
    }
    if let Ok(message) = CheckMessage::parse(bytes) {
        assert_eq!(message.to_bytes(), bytes);
    }
    if let Ok(frame) = Frame::decode(bytes) {
        assert_eq!(frame.encode(), bytes);
    }
    if let Ok((number, message)) = Numbered::decode(bytes) {
        assert_eq!([&Numbered::head(number)[..], message].concat(), bytes);
    }
    if let Ok(report) = bytes.try_into()
        && let Ok(decoded) = Report::decode(report)
    {
        assert_eq!(decoded.encode(), *report);
    }
});
