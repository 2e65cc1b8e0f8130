//! What a datagram of the WebRTC stack is, by its first bytes: STUN (RFC 8489), a record of DTLS (RFC 6347), or either of them on a
//! TURN channel (RFC 8656 §12.4).
//!
//! Nothing of it is believed: whoever is on the way can write such bytes. It says what to keep of what goes out, and when it is
//! worth looking whether anybody is there.

/// What a datagram is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Datagram {
    /// ICE asks whether the other side is there.
    Check,
    /// Somebody has answered a request of STUN or TURN, or a relay passes something on.
    Answer,
    /// A part of a DTLS handshake.
    Handshake,
    /// The end of one, in clear, because the other side's certificate is not the expected one.
    Refusal,
    /// Whatever is said under DTLS once it stands.
    Data,
    /// Anything else.
    Other,
}

impl Datagram {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes.first() {
            Some(64..=79) => Self::plain(bytes.get(CHANNEL_HEADER..).unwrap_or_default()),
            _ => Self::plain(bytes),
        }
    }

    fn plain(bytes: &[u8]) -> Self {
        match bytes {
            [CHANGE_CIPHER_SPEC | HANDSHAKE, ..] => Self::Handshake,
            [ALERT, _, _, 0, 0, _, _, _, _, _, _, 0, 2, FATAL, BAD_CERTIFICATE, ..] => Self::Refusal,
            [APPLICATION_DATA, ..] => Self::Data,
            [first, second, _, _, 0x21, 0x12, 0xA4, 0x42, ..] => Self::stun(u16::from_be_bytes([*first, *second])),
            _ => Self::Other,
        }
    }

    const fn stun(kind: u16) -> Self {
        match kind {
            BINDING_REQUEST => Self::Check,
            DATA_INDICATION => Self::Answer,
            // Successes and failures alike, of whatever was asked.
            _ if kind & RESPONSE != 0 && kind < 0x4000 => Self::Answer,
            _ => Self::Other,
        }
    }
}

const CHANNEL_HEADER: usize = 4;
/// Content types (RFC 5246 §6.2.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
/// RFC 5246 §7.2.
const FATAL: u8 = 2;
const BAD_CERTIFICATE: u8 = 42;
/// RFC 8489 §5 and RFC 8656 §18.
const BINDING_REQUEST: u16 = 0x0001;
const DATA_INDICATION: u16 = 0x0017;
const RESPONSE: u16 = 0x0100;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn stun(kind: u16) -> Vec<u8> {
        [&kind.to_be_bytes()[..], &[0, 0, 0x21, 0x12, 0xA4, 0x42], &[7; 12]].concat()
    }

    fn alert(epoch: u8, description: u8) -> Vec<u8> {
        [&[21, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 3, 0, 2][..], &[2, description]].concat()
    }

    #[test]
    fn each_kind_is_told_on_its_own_and_on_a_channel() {
        let known = [
            (stun(0x0001), Datagram::Check),
            (stun(0x0101), Datagram::Answer),
            (stun(0x0113), Datagram::Answer),
            (stun(0x0017), Datagram::Answer),
            (stun(0x0011), Datagram::Other),
            (stun(0x0003), Datagram::Other),
            ([&[20, 254, 253][..], &[0; 11]].concat(), Datagram::Handshake),
            ([&[22, 254, 253][..], &[0; 11]].concat(), Datagram::Handshake),
            (alert(0, 42), Datagram::Refusal),
            (alert(0, 0), Datagram::Other),
            (alert(1, 42), Datagram::Other),
            ([&[23, 254, 253][..], &[0; 11]].concat(), Datagram::Data),
            ([&[128][..], &[0; 11]].concat(), Datagram::Other),
        ];
        for (bytes, kind) in known {
            assert_eq!(Datagram::of(&bytes), kind, "{bytes:?}");
            let on_channel = [&[0x40, 0, 0, 9][..], &bytes].concat();
            assert_eq!(Datagram::of(&on_channel), kind, "{on_channel:?}");
        }
    }

    #[test]
    fn a_request_without_the_cookie_is_none() {
        assert_eq!(Datagram::of(&[0, 1, 0, 0, 1, 2, 3, 4, 5]), Datagram::Other);
    }

    proptest! {
        #[test]
        fn anything_is_something(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            // A part of a datagram is never more than the whole.
            let whole = Datagram::of(&bytes);
            prop_assert!(whole == Datagram::Other || !bytes.is_empty());
        }
    }
}
