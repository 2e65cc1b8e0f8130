//! What people carry and what carriers bring when two devices meet: what is accepted has one encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::{
    identity::Body,
    pairing::{CodeOne, CodeTwo, Frame, HelloA, HelloB, Inside, Scanned, Sealed, Ticket, TypedCode},
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(ticket) = Ticket::parse(bytes) {
        assert_eq!(*ticket.to_bytes(), bytes);
    }
    if let Ok(code) = CodeOne::parse(bytes) {
        assert_eq!(*code.to_bytes(), bytes);
    }
    if let Ok(code) = CodeTwo::parse(bytes) {
        assert_eq!(code.to_bytes(), bytes);
    }
    if let Ok(hello) = HelloA::parse(bytes) {
        assert_eq!(hello.to_bytes(), bytes);
    }
    if let Ok(hello) = HelloB::parse(bytes) {
        assert_eq!(hello.to_bytes(), bytes);
    }
    if let Ok(frame) = Frame::parse(bytes) {
        assert_eq!(frame.to_bytes(), bytes);
    }
    if let Ok(sealed) = Sealed::parse(bytes) {
        assert_eq!(sealed.to_bytes(), bytes);
    }
    if let Ok(inside) = Inside::parse(bytes) {
        assert_eq!(inside.to_bytes(), bytes);
    }
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Ok(scanned) = Scanned::parse(text) {
        assert_eq!(Scanned::parse(&scanned.to_qr_text()).as_ref(), Ok(&scanned));
        assert_eq!(Scanned::parse(&scanned.to_link()), Ok(scanned));
    }
    if let Ok(typed) = TypedCode::parse(text) {
        let words: Vec<&str> = typed.words().collect();
        let shown = TypedCode::text(typed.number, words.clone().try_into().unwrap());
        assert!(TypedCode::parse(&shown).unwrap().words().eq(words));
    }
});
