//! What one user of a socket has read for the other.

use std::{
    collections::VecDeque,
    io::IoSliceMut,
    task::{Context, Waker},
};
use webrtc::runtime::RecvMeta;

/// Bounded: what is too much is lost, as on any network.
#[derive(Default)]
pub(super) struct Inbox {
    bursts: VecDeque<Burst>,
    bytes: usize,
    waker: Option<Waker>,
}

/// Datagrams that came together: each `stride` long, the last one perhaps shorter.
struct Burst {
    bytes: Vec<u8>,
    at: usize,
    meta: RecvMeta,
}

impl Inbox {
    /// Keeps a burst, of which `meta` tells where it came from.
    pub(super) fn keep(&mut self, bytes: &[u8], meta: &RecvMeta) {
        if self.bytes + bytes.len() > MAX_BYTES || self.bursts.len() >= MAX_BURSTS {
            return;
        }
        self.bytes += bytes.len();
        let mut meta = *meta;
        meta.stride = meta.stride.max(1);
        self.bursts.push_back(Burst { bytes: bytes.to_vec(), at: 0, meta });
        self.wake();
    }

    /// Fills buffers with a burst each, and says how many.
    pub(super) fn fill(&mut self, buffers: &mut [IoSliceMut<'_>], metas: &mut [RecvMeta]) -> usize {
        let mut filled = 0;
        for (buffer, meta) in buffers.iter_mut().zip(metas) {
            let Some(taken) = self.take(buffer) else { break };
            *meta = taken;
            filled += 1;
        }
        filled
    }

    /// Whoever waits for it, and for the socket.
    pub(super) fn wait(&mut self, cx: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            waker => *waker = Some(cx.waker().clone()),
        }
    }

    pub(super) fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Forgets what it holds.
    pub(super) fn clear(&mut self) {
        (self.bursts, self.bytes) = Default::default();
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Moves as many whole datagrams of one burst as there is room for.
    fn take(&mut self, buffer: &mut [u8]) -> Option<RecvMeta> {
        loop {
            let burst = self.bursts.front_mut()?;
            let (rest, stride) = (burst.bytes.get(burst.at..).unwrap_or_default(), burst.meta.stride);
            let fits = if rest.len() <= buffer.len() { rest.len() } else { buffer.len() / stride * stride };
            buffer[..fits].copy_from_slice(&rest[..fits]);
            let mut taken = burst.meta;
            (taken.len, taken.stride) = (fits, stride.min(fits));
            burst.at += fits;
            self.bytes -= fits;
            // One that is larger than any buffer is nobody's.
            if fits == 0 || burst.at == burst.bytes.len() {
                self.bytes -= burst.bytes.len() - burst.at;
                self.bursts.pop_front();
            }
            if fits > 0 {
                return Some(taken);
            }
        }
    }
}

/// As much as the kernel's own buffer holds.
const MAX_BYTES: usize = super::SOCKET_BUFFER;
/// Each costs a little beside its bytes.
const MAX_BURSTS: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn of_stride(stride: usize) -> RecvMeta {
        let mut meta = RecvMeta::default();
        meta.stride = stride;
        meta
    }

    #[test]
    fn a_burst_larger_than_a_buffer_comes_in_whole_datagrams() {
        let mut inbox = Inbox::default();
        inbox.keep(&(0..10).collect::<Vec<u8>>(), &of_stride(3));
        let mut buffer = [0; 7];
        let mut taken = Vec::new();
        while let Some(meta) = inbox.take(&mut buffer) {
            taken.push((buffer[..meta.len].to_vec(), meta.stride));
        }
        assert_eq!(taken, [(vec![0, 1, 2, 3, 4, 5], 3), (vec![6, 7, 8, 9], 3)]);
        assert_eq!(inbox.bytes, 0);
    }

    #[test]
    fn a_datagram_that_fits_into_no_buffer_is_dropped() {
        let mut inbox = Inbox::default();
        inbox.keep(&[1; 9], &of_stride(9));
        inbox.keep(&[2; 4], &of_stride(4));
        let mut buffer = [0; 5];
        assert_eq!(inbox.take(&mut buffer).unwrap().len, 4);
        assert_eq!((buffer[0], inbox.bytes), (2, 0));
    }

    #[test]
    fn a_flood_fills_no_memory() {
        let mut inbox = Inbox::default();
        for _ in 0..100_000 {
            inbox.keep(&[0xC0; 1200], &of_stride(1200));
            inbox.keep(&[0xC0; 1], &of_stride(1));
        }
        assert!(inbox.bytes <= MAX_BYTES && inbox.bursts.len() <= MAX_BURSTS);
    }
}
