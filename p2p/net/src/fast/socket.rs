//! What QUIC takes for its socket: a [`Turn`] at the pair, at one address that never changes.

use super::outbox::{Outbox, is_full};
use crate::socket::switch::Turn;
use quinn::{
    AsyncUdpSocket, Runtime, UdpPoller,
    udp::{EcnCodepoint, RecvMeta, Transmit},
};
use std::{
    fmt,
    future::Future,
    io::{self, IoSliceMut},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, ready},
};
use tokio::{sync::Notify, task::yield_now};

/// Where QUIC believes the other device to be. Where it really is, ICE knows; QUIC has nothing to follow.
pub(super) const PEER: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 1));
const SELF: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 1));

/// A socket that speaks to the pair and to nobody else.
pub(super) struct PairSocket {
    turn: Turn,
    outbox: Mutex<Outbox>,
    /// There is something in the outbox, and perhaps nothing will follow.
    corked: Arc<Notify>,
}

impl PairSocket {
    pub(super) fn new(turn: Turn, runtime: &dyn Runtime) -> Arc<Self> {
        let socket = Arc::new(Self { turn, outbox: Mutex::default(), corked: Arc::default() });
        runtime.spawn(Box::pin(flush(Arc::downgrade(&socket), Arc::clone(&socket.corked))));
        socket
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what is in the outbox, or says that it would have to wait.
    fn empty(&self, outbox: &mut Outbox) -> io::Result<()> {
        if !outbox.is_empty() {
            self.send(&outbox.burst())?;
            outbox.clear();
        }
        Ok(())
    }

    fn send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        // Without a turn it is as if the network lost it.
        let Some((socket, peer)) = self.turn.way() else { return Ok(()) };
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
}

impl Drop for PairSocket {
    fn drop(&mut self) {
        // There is nothing to flush any more.
        self.corked.notify_one();
    }
}

/// Sends what was kept for more of its kind, as soon as no more comes.
async fn flush(socket: Weak<PairSocket>, corked: Arc<Notify>) {
    loop {
        corked.notified().await;
        // quinn has its turn in between.
        let mut before = None;
        loop {
            let Some(added) = socket.upgrade().map(|socket| socket.outbox().added()) else { return };
            if before.replace(added) == Some(added) {
                break;
            }
            yield_now().await;
        }
        while let Some(this) = socket.upgrade() {
            let emptied = this.empty(&mut this.outbox());
            let Some((way, _)) = emptied.is_err().then(|| this.turn.way()).flatten() else { break };
            drop(this);
            if way.writable().await.is_err() {
                break;
            }
        }
    }
}

impl AsyncUdpSocket for PairSocket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(Writable { socket: self, waiting: None })
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        let mut outbox = self.outbox();
        if !outbox.takes(transmit) {
            self.empty(&mut outbox)?;
        }
        let waits = is_full(transmit);
        if outbox.is_empty() && !waits {
            return self.send(transmit);
        }
        outbox.add(transmit);
        if waits || self.empty(&mut outbox).is_err() {
            self.corked.notify_one();
        }
        Ok(())
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut received = [webrtc::runtime::RecvMeta::default(); BATCH];
        let buffers = bufs.len().min(meta.len()).min(BATCH);
        let count = match ready!(self.turn.poll(cx, &mut bufs[..buffers], &mut received[..buffers])) {
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
        self.turn.way().map_or(1, |(socket, _)| socket.max_gso_segments())
    }

    fn max_receive_segments(&self) -> usize {
        self.turn.way().map_or(1, |(socket, _)| socket.max_gro_segments())
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
            let Some((socket, _)) = self.socket.turn.way() else { return Poll::Ready(Ok(())) };
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
