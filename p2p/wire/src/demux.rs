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

    /// Whether QUIC gets it. `chosen` says whether it came on the pair that QUIC runs on.
    const fn is_for_quic(self, chosen: bool) -> bool {
        chosen && !matches!(self, Self::Stack)
    }

    /// Whether the stack gets it. What only QUIC can be and came from elsewhere is for nobody.
    const fn is_for_stack(self, chosen: bool) -> bool {
        match self {
            Self::Stack => true,
            Self::Pair => !chosen,
            Self::Quic => false,
        }
    }
}

/// Parts what one call has received: datagrams from one sender, each `stride` long and only the last one shorter, for a kernel
/// puts together what comes in one burst, whatever protocol it is of. Runs of QUIC go to `quic`; what the stack gets is moved to the
/// beginning, and its length returned. The rest is dropped.
pub fn part(bytes: &mut [u8], stride: usize, chosen: bool, mut quic: impl FnMut(&[u8])) -> usize {
    let stride = stride.max(1);
    let (mut kept, mut at, mut run) = (0, 0, 0);
    while at < bytes.len() {
        let end = at.saturating_add(stride).min(bytes.len());
        let owner = Owner::of(bytes[at]);
        if !owner.is_for_quic(chosen) {
            if run < at {
                quic(&bytes[run..at]);
            }
            run = end;
            if owner.is_for_stack(chosen) {
                bytes.copy_within(at..end, kept);
                kept += end - at;
            }
        }
        at = end;
    }
    if run < bytes.len() {
        quic(&bytes[run..]);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
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
        let mut bytes = vec![22, 1, 1, 200, 2, 2, 70, 3, 3, 0, 4, 4, 90];
        let mut runs = Vec::new();
        let kept = part(&mut bytes, 3, true, |run| runs.push(run.to_vec()));
        assert_eq!(bytes[..kept], [22, 1, 1, 0, 4, 4]);
        assert_eq!(runs, [vec![200, 2, 2, 70, 3, 3], vec![90]]);
    }

    #[test]
    fn quic_from_elsewhere_is_for_nobody_and_a_relays_channel_is_for_the_stack() {
        let mut bytes = vec![200, 1, 70, 2, 90, 3, 22, 4];
        let kept = part(&mut bytes, 2, false, |_| panic!("not from the chosen pair"));
        assert_eq!(bytes[..kept], [70, 2, 22, 4]);
    }

    proptest! {
        #[test]
        fn each_datagram_goes_to_one_owner_unchanged_and_in_order(
            bytes in prop::collection::vec(any::<u8>(), 0..300), stride in 0..40usize, chosen in any::<bool>(),
        ) {
            let (mut stack, mut quic, mut expected) = (bytes.clone(), Vec::new(), (Vec::new(), Vec::new()));
            for datagram in bytes.chunks(stride.max(1)) {
                match (Owner::of(datagram[0]), chosen) {
                    (Owner::Stack, _) | (Owner::Pair, false) => expected.0.extend_from_slice(datagram),
                    (_, true) => expected.1.extend_from_slice(datagram),
                    (Owner::Quic, false) => {}
                }
            }
            let kept = part(&mut stack, stride, chosen, |run| quic.extend_from_slice(run));
            prop_assert_eq!(&stack[..kept], &expected.0[..]);
            prop_assert_eq!(quic, expected.1);
        }
    }
}
