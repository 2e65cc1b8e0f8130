//! Which protocol a datagram belongs to, where several share a socket (RFC 7983, RFC 9443): `p2p/docs/protocol/link.md`.
//!
//! A decision on the first byte and nothing else, made for every datagram before anything has looked at it.

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

    /// Who gets it, if anybody. `chosen` says whether it came on the pair that QUIC runs on; what only QUIC can be and came from
    /// elsewhere is for nobody.
    const fn user(self, chosen: bool) -> Option<User> {
        match (self, chosen) {
            (Self::Stack, _) | (Self::Pair, false) => Some(User::Stack),
            (Self::Pair | Self::Quic, true) => Some(User::Quic),
            (Self::Quic, false) => None,
        }
    }
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
        let user = Owner::of(bytes[at]).user(chosen);
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
        let received = [22, 1, 1, 200, 2, 2, 70, 3, 3, 0, 4, 4, 90];
        for (reader, own, runs) in [
            (User::Stack, &[22, 1, 1, 0, 4, 4][..], [&[200, 2, 2, 70, 3, 3][..], &[90]]),
            (User::Quic, &[200, 2, 2, 70, 3, 3, 90], [&[22, 1, 1], &[0, 4, 4]]),
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

    proptest! {
        #[test]
        fn each_datagram_goes_to_one_owner_unchanged_and_in_order(
            bytes in prop::collection::vec(any::<u8>(), 0..300), stride in 0..40usize, chosen in any::<bool>(),
        ) {
            let mut expected = (Vec::new(), Vec::new());
            for datagram in bytes.chunks(stride.max(1)) {
                match (Owner::of(datagram[0]), chosen) {
                    (Owner::Stack, _) | (Owner::Pair, false) => expected.0.extend_from_slice(datagram),
                    (_, true) => expected.1.extend_from_slice(datagram),
                    (Owner::Quic, false) => {}
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
