//! What QUIC takes for its socket: a [`Turn`] at the pair, at one address that never changes.

use crate::socket::switch::Turn;
use quinn::{
    AsyncUdpSocket, UdpPoller,
    udp::{EcnCodepoint, RecvMeta, Transmit},
};
use std::{
    fmt,
    future::Future,
    io::{self, IoSliceMut},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// Where QUIC believes the other device to be. Where it really is, ICE knows; QUIC has nothing to follow.
pub(super) const PEER: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 1));
const SELF: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 1));

/// A socket that speaks to the pair and to nobody else.
pub(super) struct PairSocket(pub(super) Turn);

impl AsyncUdpSocket for PairSocket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(Writable { socket: self, waiting: None })
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        // While there is no pair, it is as if the network lost it.
        let Some((socket, peer)) = self.0.way() else { return Ok(()) };
        let sent = socket.try_send(&webrtc::runtime::Transmit {
            destination: peer,
            ecn: transmit.ecn.and_then(|ecn| webrtc::runtime::EcnCodepoint::from_bits(ecn as u8)),
            contents: transmit.contents,
            segment_size: transmit.segment_size,
            src_ip: None,
        });
        match sent {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                // A path that takes no packet of this size, a network that is gone: QUIC finds out by itself.
                tracing::trace!(%error, "a datagram was not sent");
                Ok(())
            }
            sent => sent,
        }
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut received = [webrtc::runtime::RecvMeta::default(); BATCH];
        let buffers = bufs.len().min(meta.len()).min(BATCH);
        let count = match ready!(self.0.poll(cx, &mut bufs[..buffers], &mut received[..buffers])) {
            Ok(count) => count,
            Err(error) => {
                // An interface that went down says so once. quinn would give the endpoint up, or ask again without end.
                tracing::trace!(%error, "nothing was received");
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        };
        for (meta, received) in meta.iter_mut().zip(&received[..count]) {
            *meta = RecvMeta {
                addr: PEER,
                len: received.len,
                stride: received.stride,
                ecn: received.ecn.and_then(|ecn| EcnCodepoint::from_bits(ecn as u8)),
                dst_ip: None,
            };
        }
        Poll::Ready(Ok(count))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(SELF)
    }

    fn max_transmit_segments(&self) -> usize {
        self.0.way().map_or(1, |(socket, _)| socket.max_gso_segments())
    }

    fn max_receive_segments(&self) -> usize {
        self.0.way().map_or(1, |(socket, _)| socket.max_gro_segments())
    }

    /// The sockets of a link forbid it.
    fn may_fragment(&self) -> bool {
        false
    }
}

impl fmt::Debug for PairSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairSocket(..)")
    }
}

/// Waits for room in the socket, beside whoever of the stack does.
struct Writable {
    socket: Arc<PairSocket>,
    waiting: Option<Pin<Box<dyn Future<Output = io::Result<()>> + Send + Sync>>>,
}

impl UdpPoller for Writable {
    fn poll_writable(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.waiting.is_none() {
            let Some((socket, _)) = self.socket.0.way() else { return Poll::Ready(Ok(())) };
            self.waiting = Some(Box::pin(async move { socket.writable().await }));
        }
        let Some(waiting) = &mut self.waiting else { return Poll::Ready(Ok(())) };
        let writable = waiting.as_mut().poll(cx);
        if writable.is_ready() {
            self.waiting = None;
        }
        writable
    }
}

impl fmt::Debug for Writable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writable(..)")
    }
}

/// How many bursts quinn takes at once.
const BATCH: usize = quinn::udp::BATCH_SIZE;
