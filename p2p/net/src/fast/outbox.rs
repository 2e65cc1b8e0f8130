//! Larger bursts than quinn makes: each call of the kernel costs as much as it does to encrypt what quinn sends with one.

use quinn::udp::{EcnCodepoint, Transmit};

/// What goes out with the next call. All datagrams are `segment` long, only the last one may be shorter.
#[derive(Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    segment: usize,
    ecn: Option<EcnCodepoint>,
    /// Counts, so that whoever looks twice sees whether more came meanwhile.
    added: u64,
}

impl Outbox {
    /// Whether it may go out behind what is there, with the same call.
    pub(super) fn takes(&self, transmit: &Transmit<'_>) -> bool {
        let len = transmit.contents.len();
        self.bytes.is_empty()
            || (self.ecn == transmit.ecn
                && self.bytes.len().is_multiple_of(self.segment)
                && (segment(transmit) == self.segment || (transmit.segment_size.is_none() && len < self.segment))
                && self.bytes.len() + len <= MOST)
    }

    pub(super) fn add(&mut self, transmit: &Transmit<'_>) {
        if self.bytes.is_empty() {
            (self.segment, self.ecn) = (segment(transmit), transmit.ecn);
        }
        self.bytes.extend_from_slice(transmit.contents);
        self.added += 1;
    }

    pub(super) fn added(&self) -> u64 {
        self.added
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is there, for one call.
    pub(super) fn burst(&self) -> Transmit<'_> {
        Transmit {
            // Nobody looks at it.
            destination: super::socket::PEER,
            ecn: self.ecn,
            contents: &self.bytes,
            segment_size: (self.bytes.len() > self.segment).then_some(self.segment),
            src_ip: None,
        }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }
}

/// Whether quinn had so much to send at once that more is likely to follow.
pub(super) fn is_full(transmit: &Transmit<'_>) -> bool {
    transmit.segment_size.is_some_and(|segment| transmit.contents.len() >= FULL * segment)
}

fn segment(transmit: &Transmit<'_>) -> usize {
    transmit.segment_size.unwrap_or(transmit.contents.len()).max(1)
}

/// As many datagrams as quinn puts together.
const FULL: usize = 10;
/// A kernel takes 64 KiB with all headers, and 64 datagrams; those of QUIC have 1,200 bytes at least.
const MOST: usize = 64_000;

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_testkit::seed::Seeded;

    #[test]
    fn whatever_is_put_together_comes_apart_again() {
        let mut seeded = Seeded::from_environment("whatever_is_put_together_comes_apart_again");
        let (mut outbox, mut sent, mut received) = (Outbox::default(), Vec::new(), Vec::new());
        let mut take = |outbox: &mut Outbox| {
            let burst = outbox.burst();
            assert!(burst.contents.len() <= MOST);
            let datagrams = burst.contents.chunks(burst.segment_size.unwrap_or(usize::MAX));
            assert!(datagrams.len() <= 64);
            received.extend(datagrams.map(|datagram| (datagram.to_vec(), burst.ecn)));
            outbox.clear();
        };
        for _ in 0..2_000 {
            let size = 1_200 + 252 * seeded.below(2) as usize;
            let len = match seeded.below(3) {
                0 => FULL * size,
                1 => 1 + seeded.below(size as u64) as usize,
                _ => size + seeded.below(9 * size as u64) as usize,
            };
            let contents: Vec<u8> = (0..len).map(|_| seeded.below(256) as u8).collect();
            let ecn = (seeded.below(8) > 0).then_some(EcnCodepoint::Ect0);
            let segment_size = (len > size).then_some(size);
            sent.extend(contents.chunks(size).map(|datagram| (datagram.to_vec(), ecn)));
            let transmit = Transmit {
                destination: super::super::socket::PEER,
                ecn,
                contents: &contents,
                segment_size,
                src_ip: None,
            };
            if !outbox.takes(&transmit) {
                take(&mut outbox);
            }
            outbox.add(&transmit);
        }
        take(&mut outbox);
        assert!(sent == received);
    }
}
