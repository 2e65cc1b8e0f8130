//! Which protocol a datagram belongs to, where several share a socket (RFC 7983, RFC 9443): `p2p/docs/protocol/link.md`.
//!
//! A decision on the first byte, made for every datagram before anything has looked at it, and on the four after it where QUIC names
//! its version.

/// Whom a datagram is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// The WebRTC stack: STUN, DTLS, RTP and whatever nobody knows.
    Stack,
    /// A TURN channel if a relay sent it, QUIC if it comes on the chosen pair.
    Pair,
    /// QUIC. Nothing else begins like this.
    Quic,
}

impl Owner {
    /// Of a datagram that begins with this byte. The lower five bits of a short header of QUIC are masked, so it may begin with
    /// anything from 64 on; the bit that would let it begin lower is never greased.
    pub const fn of(first: u8) -> Self {
        match first {
            64..=79 => Self::Pair,
            80..=127 | 192..=255 => Self::Quic,
            _ => Self::Stack,
        }
    }
}

/// Who gets a datagram, if anybody. `chosen` says whether it came on the pair that QUIC runs on; what only QUIC can be and came from
/// elsewhere is for nobody.
fn user(datagram: &[u8], chosen: bool) -> Option<User> {
    let first = *datagram.first()?;
    match (Owner::of(first), chosen) {
        (Owner::Stack, _) | (Owner::Pair, false) => Some(User::Stack),
        (Owner::Pair | Owner::Quic, true) => is_spoken(first, datagram).then_some(User::Quic),
        (Owner::Quic, false) => None,
    }
}

/// Whether it is of the one version that a link speaks, as far as it says. An endpoint of QUIC would answer any other one with those
/// that it knows, to whomever the address on the envelope belongs; and a client would believe such an answer.
fn is_spoken(first: u8, datagram: &[u8]) -> bool {
    first & LONG_HEADER == 0 || datagram.get(1..=4) == Some(&VERSION)
}

/// Who shares the socket. Either may be the one who reads it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum User {
    /// The WebRTC stack.
    Stack,
    /// QUIC.
    Quic,
}

/// Parts what one call has received: datagrams from one sender, each `stride` long and only the last one shorter, for a kernel
/// puts together what comes in one burst, whatever protocol it is of. What is for the reader is moved to the beginning, and its length
/// returned; runs of what is for the other user go to `other`. The rest is dropped.
pub fn part(bytes: &mut [u8], stride: usize, chosen: bool, reader: User, mut other: impl FnMut(&[u8])) -> usize {
    let stride = stride.max(1);
    let (mut kept, mut at, mut run) = (0, 0, 0);
    while at < bytes.len() {
        let end = at.saturating_add(stride).min(bytes.len());
        let user = user(&bytes[at..end], chosen);
        if user.is_none() || user == Some(reader) {
            if run < at {
                other(&bytes[run..at]);
            }
            run = end;
            if user.is_some() {
                // Mostly all of it is the reader's, and there already.
                if kept < at {
                    bytes.copy_within(at..end, kept);
                }
                kept += end - at;
            }
        }
        at = end;
    }
    if run < bytes.len() {
        other(&bytes[run..]);
    }
    kept
}

/// RFC 9000 §17.2: only these say their version.
const LONG_HEADER: u8 = 0x80;
/// RFC 9000 §15.
const VERSION: [u8; 4] = [0, 0, 0, 1];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn every_protocol_of_a_link_finds_its_owner() {
        // STUN, ZRTP, DTLS, RTP and RTCP, as RFC 7983 and RFC 9443 give them.
        for first in (0..=63).chain(128..=191) {
            assert_eq!(Owner::of(first), Owner::Stack, "{first}");
        }
        for first in 64..=79 {
            assert_eq!(Owner::of(first), Owner::Pair, "{first}");
        }
        for first in (80..=127).chain(192..=255) {
            assert_eq!(Owner::of(first), Owner::Quic, "{first}");
        }
    }

    #[test]
    fn what_a_kernel_has_put_together_is_parted() {
        let received = [22, 1, 1, 110, 2, 2, 70, 3, 3, 0, 4, 4, 90];
        for (reader, own, runs) in [
            (User::Stack, &[22, 1, 1, 0, 4, 4][..], [&[110, 2, 2, 70, 3, 3][..], &[90]]),
            (User::Quic, &[110, 2, 2, 70, 3, 3, 90], [&[22, 1, 1], &[0, 4, 4]]),
        ] {
            let (mut bytes, mut handed) = (received, Vec::new());
            let kept = part(&mut bytes, 3, true, reader, |run| handed.push(run.to_vec()));
            assert_eq!(&bytes[..kept], own);
            assert_eq!(handed, runs);
        }
    }

    #[test]
    fn quic_from_elsewhere_is_for_nobody_and_a_relays_channel_is_for_the_stack() {
        let received = [200, 1, 70, 2, 90, 3, 22, 4];
        let (mut bytes, mut handed) = (received, Vec::new());
        let kept = part(&mut bytes, 2, false, User::Stack, |_| panic!("not from the chosen pair"));
        assert_eq!(bytes[..kept], [70, 2, 22, 4]);
        bytes = received;
        assert_eq!(part(&mut bytes, 2, false, User::Quic, |run| handed.push(run.to_vec())), 0);
        assert_eq!(handed, [[70, 2], [22, 4]]);
    }

    #[test]
    fn a_version_of_quic_that_no_link_speaks_is_for_nobody() {
        let of = |first, version: u32| [&[first][..], &version.to_be_bytes(), &[20; 20]].concat();
        for first in 192..=255 {
            assert_eq!(user(&of(first, 1), true), Some(User::Quic));
            // None at all, which is how a server says what it speaks; the second one; a draft; one that is never assigned.
            for version in [0, 0x6b33_43cf, 0xff00_001d, 0x0a1a_2a3a, 0x0100_0000] {
                assert_eq!(user(&of(first, version), true), None, "{first} {version:#x}");
            }
            for len in 1..5 {
                assert_eq!(user(&of(first, 1)[..len], true), None, "{first}, {len} bytes");
            }
        }
        // Short headers have none.
        assert_eq!(user(&of(64, 0), true), Some(User::Quic));
    }

    proptest! {
        #[test]
        fn each_datagram_goes_to_one_owner_unchanged_and_in_order(
            bytes in prop::collection::vec(any::<u8>(), 0..300), stride in 0..40usize, chosen in any::<bool>(),
        ) {
            let mut expected = (Vec::new(), Vec::new());
            for datagram in bytes.chunks(stride.max(1)) {
                match user(datagram, chosen) {
                    Some(User::Stack) => expected.0.extend_from_slice(datagram),
                    Some(User::Quic) => expected.1.extend_from_slice(datagram),
                    None => {}
                }
            }
            for (reader, own, others) in [(User::Stack, &expected.0, &expected.1), (User::Quic, &expected.1, &expected.0)] {
                let (mut read, mut handed) = (bytes.clone(), Vec::new());
                let kept = part(&mut read, stride, chosen, reader, |run| handed.extend_from_slice(run));
                prop_assert_eq!(&read[..kept], &own[..]);
                prop_assert_eq!(&handed, others);
            }
        }
    }
}
