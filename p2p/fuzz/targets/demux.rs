//! Whatever comes on the socket of a link, before anything else has looked at it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::demux::{Owner, part};

fuzz_target!(|bytes: &[u8]| {
    let [head, stride @ .., _] = bytes.first_chunk::<4>().copied().unwrap_or_default();
    let (chosen, stride) = (head & 1 == 1, usize::from(u16::from_be_bytes(stride)));
    let received = bytes.get(4..).unwrap_or_default();
    let (mut stack, mut quic) = (received.to_vec(), Vec::new());
    let kept = part(&mut stack, stride, chosen, |run| quic.extend_from_slice(run));
    // Each datagram is somebody's, or was nobody's from the start.
    let of = |owners: &[Owner]| -> Vec<u8> {
        let all = received.chunks(stride.max(1));
        all.filter(|datagram| owners.contains(&Owner::of(datagram[0]))).flatten().copied().collect()
    };
    if chosen {
        assert_eq!((&stack[..kept], quic), (&of(&[Owner::Stack])[..], of(&[Owner::Pair, Owner::Quic])));
    } else {
        assert_eq!((&stack[..kept], quic), (&of(&[Owner::Stack, Owner::Pair])[..], Vec::new()));
    }
});
