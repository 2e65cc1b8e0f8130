//! A UDP socket with two users: the WebRTC stack, whose it is, and QUIC. One of them reads it; see [`switch`](super::switch).

use super::{Gate, inbox::Inbox, switch::Pair};
use nyx_wire::demux::{self, User};
use std::{
    fmt,
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};
use tokio::{io::Interest, net::UdpSocket};
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit, UdpSockRef, UdpSocketState};

/// What the two users share.
pub(crate) struct Shared {
    io: UdpSocket,
    state: UdpSocketState,
    gate: Arc<Gate>,
    /// The turn of QUIC that reads it; zero while the stack does. It changes under the lock of the inbox alone.
    turn: AtomicU64,
    /// What QUIC has read for the stack. Who reads holds the lock, so that nobody waits for a socket that another reads by now.
    inbox: Mutex<Inbox>,
}

/// The socket as the stack has it.
pub(super) struct GatedSocket {
    socket: Arc<Shared>,
    local: SocketAddr,
}

impl GatedSocket {
    pub(super) fn new(socket: std::net::UdpSocket, gate: Arc<Gate>) -> io::Result<Self> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        let local = socket.local_addr()?;
        let socket = Arc::new(Shared {
            io: UdpSocket::from_std(socket)?,
            state,
            gate,
            turn: AtomicU64::new(0),
            inbox: Mutex::default(),
        });
        socket.gate.switch.add(&socket);
        Ok(Self { socket, local })
    }

    /// Hands what is meant for QUIC over, and leaves the rest in the buffers. True if there is any.
    fn part(&self, buffers: &mut [IoSliceMut<'_>], metas: &mut [RecvMeta]) -> bool {
        let switch = &self.socket.gate.switch;
        let mut any = false;
        for (buffer, meta) in buffers.iter_mut().zip(metas) {
            let chosen = switch.is_chosen(Pair { local: self.local, remote: meta.addr });
            part(buffer, meta, chosen, User::Stack, |run, meta| switch.keep(run, meta));
            any |= meta.len > 0;
        }
        any
    }

    fn note_heard(&self, buffers: &[IoSliceMut<'_>], metas: &[RecvMeta]) {
        for (buffer, meta) in buffers.iter().zip(metas) {
            self.socket.gate.note_heard(&buffer[..meta.len.min(buffer.len())], meta.stride);
        }
    }
}

/// Leaves in the buffer what is for the reader.
fn part(buffer: &mut [u8], meta: &mut RecvMeta, chosen: bool, reader: User, mut other: impl FnMut(&[u8], &RecvMeta)) {
    let len = meta.len.min(buffer.len());
    meta.len = demux::part(&mut buffer[..len], meta.stride, chosen, reader, |run| other(run, meta));
    // One without a byte says nothing, and its readers divide by its length.
    meta.stride = meta.stride.max(1);
}

impl Shared {
    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.local_addr()
    }

    /// Sends at once or says that it would have to wait, without touching whoever of the stack waits to send.
    pub(crate) fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        if !self.gate.may_send(transmit.destination) {
            return Ok(());
        }
        self.io.try_io(Interest::WRITABLE, || self.state.try_send(UdpSockRef::from(&self.io), transmit))
    }

    /// Waits until it is worth trying to send.
    pub(crate) async fn writable(&self) -> io::Result<()> {
        self.io.writable().await
    }

    /// From now on it is read by this turn of QUIC.
    pub(super) fn begin_turn(&self, number: u64) {
        let _reads = self.inbox();
        self.turn.store(number, Ordering::Release);
    }

    /// The stack reads it again, and has to look whether there is anything.
    pub(super) fn end_turn(&self) {
        let mut inbox = self.inbox();
        self.turn.store(0, Ordering::Release);
        inbox.wake();
    }

    pub(super) fn is_turn_of(&self, number: u64) -> bool {
        self.turn.load(Ordering::Acquire) == number
    }

    /// Reads for QUIC, whose other end is at `peer`. What is for the stack goes to its inbox.
    pub(super) fn poll_quic(
        &self,
        cx: &mut Context<'_>,
        turn: u64,
        peer: SocketAddr,
        buffers: &mut [IoSliceMut<'_>],
        metas: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut inbox = self.inbox();
        if !self.is_turn_of(turn) {
            return Poll::Pending;
        }
        let received = ready!(self.poll_recv(cx, buffers, metas));
        for (buffer, meta) in buffers.iter_mut().zip(metas).take(*received.as_ref().unwrap_or(&0)) {
            part(buffer, meta, meta.addr == peer, User::Quic, |run, meta| inbox.keep(run, meta));
        }
        Poll::Ready(received)
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn max_gso_segments(&self) -> usize {
        self.state.max_gso_segments()
    }

    pub(crate) fn max_gro_segments(&self) -> usize {
        self.state.gro_segments()
    }

    /// The readiness that tokio remembers must hear of each refusal, so every call goes through `try_io`.
    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.io.poll_send_ready(cx))?;
            match self.io.try_io(Interest::WRITABLE, || self.state.try_send(UdpSockRef::from(&self.io), transmit)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => return Poll::Ready(sent.map(|()| transmit.contents.len())),
            }
        }
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        metas: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.io.poll_recv_ready(cx))?;
            let received = self.io.try_io(Interest::READABLE, || {
                match self.state.recv(UdpSockRef::from(&self.io), buffers, metas)? {
                    0 => Err(io::ErrorKind::WouldBlock.into()),
                    count => Ok(count),
                }
            });
            match received {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                received => return Poll::Ready(received),
            }
        }
    }
}

impl AsyncUdpSocket for GatedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if !self.socket.gate.may_send(transmit.destination) {
            // As if the network had lost it: for the stack that is an everyday thing.
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        let sent = ready!(self.socket.poll_send(cx, transmit));
        self.socket.gate.note_sent(&self.socket, transmit);
        Poll::Ready(sent)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        for _ in 0..BURST {
            let mut inbox = self.socket.inbox();
            let filled = inbox.fill(bufs, meta);
            if filled > 0 {
                self.note_heard(&bufs[..filled], &meta[..filled]);
                return Poll::Ready(Ok(filled));
            }
            // It is also woken when QUIC stops reading.
            inbox.wait(cx);
            if !self.socket.is_turn_of(0) {
                return Poll::Pending;
            }
            let received = ready!(self.socket.poll_recv(cx, bufs, meta));
            drop(inbox);
            match received {
                Ok(count) => {
                    if self.part(&mut bufs[..count], &mut meta[..count]) {
                        self.note_heard(&bufs[..count], &meta[..count]);
                        return Poll::Ready(Ok(count));
                    }
                }
                // An interface that went down says so once on each of its sockets. The stack would give the socket up, and
                // with the last one the whole connection; but the address may be back in a second, and an ICE restart
                // makes new sockets anyway.
                Err(error) => return Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, error))),
            }
        }
        // The stack has timers to keep.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

impl fmt::Debug for GatedSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GatedSocket(..)")
    }
}

/// Receive calls in a row that brought nothing but QUIC, until whoever else is on the task has its turn.
const BURST: usize = 32;
