//! Whatever comes on the socket of a link, before anything else has looked at it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_wire::demux::{Owner, User, part};

fuzz_target!(|bytes: &[u8]| {
    let [head, stride @ .., _] = bytes.first_chunk::<4>().copied().unwrap_or_default();
    let (chosen, stride) = (head & 1 == 1, usize::from(u16::from_be_bytes(stride)));
    let received = bytes.get(4..).unwrap_or_default();
    // Each datagram is somebody's, or was nobody's from the start.
    let of = |owners: &[Owner]| -> Vec<u8> {
        let all = received.chunks(stride.max(1));
        let is_spoken = |datagram: &[u8]| datagram[0] < 192 || datagram.get(1..5) == Some(&[0, 0, 0, 1]);
        let is_theirs = |owner| owners.contains(&owner);
        let theirs = all.filter(|datagram| match Owner::of(datagram[0]) {
            Owner::Quic => is_theirs(Owner::Quic) && is_spoken(datagram),
            other => is_theirs(other),
        });
        theirs.flatten().copied().collect()
    };
    let (stack, quic) = if chosen {
        (of(&[Owner::Stack]), of(&[Owner::Pair, Owner::Quic]))
    } else {
        (of(&[Owner::Stack, Owner::Pair]), Vec::new())
    };
    for (reader, own, others) in [(User::Stack, &stack, &quic), (User::Quic, &quic, &stack)] {
        let (mut read, mut handed) = (received.to_vec(), Vec::new());
        let kept = part(&mut read, stride, chosen, reader, |run| handed.extend_from_slice(run));
        assert_eq!((&read[..kept], &handed), (&own[..], others));
    }
});
