//! What a link may touch of the machine: UDP sockets with large buffers, and only the destinations that were granted.
//!
//! The WebRTC stack asks its runtime for every socket, lookup and connection. This runtime answers, so that the policy
//! holds at the last place before the kernel, whatever a description or the stack itself came up with. QUIC uses the same sockets
//! and has none of its own.

mod clock;
mod echoes;
mod inbox;
mod probes;
mod repeats;
mod said;
pub(crate) mod switch;
mod udp;

use crate::{
    interfaces::{Interfaces, Local},
    policy::{Grant, Reach},
};
use clock::Clock;
use echoes::Echoes;
use nyx_wire::datagram::Datagram;
use probes::Probes;
use repeats::Repeats;
use said::Said;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::{
    fmt,
    future::Future,
    io,
    net::{SocketAddr, UdpSocket},
    pin::Pin,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use switch::Switch;
use udp::GatedSocket;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime, Transmit,
};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How the sockets of a link are bought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Buffers {
    /// What is asked of the kernel for each direction.
    pub(crate) asked: usize,
    /// What it gives for receiving, as it counts: twice what a program asked for, and the weight of its own books on it.
    pub(crate) granted: usize,
}

/// The runtime of a link.
pub(crate) struct Gate {
    grant: Arc<Grant>,
    interfaces: Interfaces,
    buffers: Buffers,
    known: RwLock<Known>,
    relayed: AtomicBool,
    /// Between the sockets and QUIC.
    pub(crate) switch: Arc<Switch>,
    /// What was said of the handshake.
    pub(crate) repeats: Repeats,
    /// What time it is for the stack.
    pub(crate) clock: Clock,
    /// What ICE has asked.
    pub(crate) probes: Probes,
    /// What is said twice.
    pub(crate) echoes: Echoes,
    has_refused: AtomicBool,
    #[cfg(test)]
    is_cut: AtomicBool,
}

#[derive(Default)]
struct Known {
    locals: Vec<Local>,
    servers: Vec<SocketAddr>,
}

impl Buffers {
    /// Asks, and looks at what was granted: a stock Linux caps it at 208 KiB without a word.
    pub(crate) fn probe(asked: usize) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        ask(&SockRef::from(&socket), asked);
        Ok(Self { asked, granted: socket.recv_buffer_size()? })
    }

    /// How much a peer may have under way to us. What exceeds the socket's buffer in one burst is lost, and a loss
    /// costs SCTP its minimal timeout of a second. The kernel books a datagram at about twice its bytes.
    pub(crate) fn receive_window(&self) -> u32 {
        u32::try_from(self.granted / 4).unwrap_or(u32::MAX).clamp(MIN_WINDOW, MAX_WINDOW)
    }
}

impl Gate {
    pub(crate) fn new(grant: Arc<Grant>, buffers: Buffers) -> Self {
        // Until there is a way, it may become one through a relay.
        let relayed = AtomicBool::new(grant.candidates.relayed && !grant.servers.is_empty());
        Self {
            interfaces: Interfaces::new(Arc::clone(&grant)),
            grant,
            buffers,
            known: RwLock::default(),
            relayed,
            switch: Arc::default(),
            repeats: Repeats::default(),
            clock: Clock::default(),
            probes: Probes::default(),
            echoes: Echoes::default(),
            has_refused: AtomicBool::new(false),
            #[cfg(test)]
            is_cut: AtomicBool::new(false),
        }
    }

    /// Whether the stack has refused the certificate of whoever answered.
    pub(crate) fn has_refused(&self) -> bool {
        self.has_refused.load(Ordering::Relaxed)
    }

    /// The stack has sent a datagram.
    fn note_sent(&self, socket: &Arc<udp::Shared>, transmit: &Transmit<'_>) {
        let said = || Said::new(socket, transmit);
        match Datagram::of(transmit.contents) {
            Datagram::Check => self.probes.note(said()),
            Datagram::Handshake => self.repeats.note(said),
            Datagram::Refusal => self.has_refused.store(true, Ordering::Relaxed),
            Datagram::Data => self.echoes.note(transmit.contents.len(), said),
            Datagram::Answer | Datagram::Other => {}
        }
    }

    /// The stack is given datagrams that came in one burst.
    fn note_heard(&self, burst: &[u8], stride: usize) {
        let mut all = burst.chunks(stride.max(1));
        if self.clock.is_broken() && all.any(|datagram| Datagram::of(datagram) == Datagram::Answer) {
            self.clock.grant_answer();
        }
    }

    /// The addresses that were there when a socket was last made.
    pub(crate) fn locals(&self) -> Vec<Local> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).locals.clone()
    }

    /// Whether the way of the link is through a relay, as far as is known.
    pub(crate) fn set_relayed(&self, relayed: bool) {
        self.relayed.store(relayed, Ordering::Relaxed);
    }

    fn may_send(&self, to: SocketAddr) -> bool {
        #[cfg(test)]
        if self.is_cut.load(Ordering::Relaxed) {
            return false;
        }
        if self.grant.reach == Reach::Anywhere {
            return true;
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        self.grant.may_send(to, &known.locals, &known.servers)
    }

    /// Nothing goes out any more, as if the network had lost it.
    #[cfg(test)]
    pub(crate) fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::Relaxed);
    }

    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let resolved = match host.parse() {
            Ok(address) => vec![address],
            Err(_) if self.grant.drivers.dns => tokio::net::lookup_host(host).await?.collect(),
            Err(_) => return Err(denied()),
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for server in &resolved {
            if known.servers.len() < MAX_SERVERS && !known.servers.contains(server) {
                known.servers.push(*server);
            }
        }
        Ok(resolved)
    }
}

/// A runtime that is `TokioRuntime` in all but what reaches out.
#[derive(Clone)]
pub(crate) struct Gated(pub(crate) Arc<Gate>);

impl Runtime for Gated {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        ask(&SockRef::from(&socket), self.0.buffers.asked);
        let locals = self.0.interfaces.now()?;
        self.0.known.write().unwrap_or_else(PoisonError::into_inner).locals = locals;
        Ok(Arc::new(GatedSocket::new(socket, Arc::clone(&self.0))?))
    }

    fn wrap_tcp_listener(&self, _: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        Err(denied())
    }

    /// ICE over TCP would let a peer's candidate open connections from here.
    fn connect_tcp<'a>(&'a self, _: SocketAddr) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(std::future::ready(Err(denied())))
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(self.0.resolve(host))
    }

    /// The driver of the stack hands what goes through a relay to its TURN client, and takes it from there when it wakes
    /// the next time. Without anything else to wake it, each step of a handshake would wait for the next keep-alive.
    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        let gate = Arc::clone(&self.0);
        let most = if gate.relayed.load(Ordering::Relaxed) { RELAY_WAKE } else { Duration::MAX };
        Box::pin(async move { gate.clock.sleep(duration, most).await })
    }

    fn now(&self) -> Instant {
        self.0.clock.now()
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Boxed<'static, ()> {
        TokioRuntime.yield_now()
    }

    fn name(&self) -> &'static str {
        "tokio, gated"
    }
}

impl fmt::Debug for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gated(..)")
    }
}

/// A listener for a place that this device hosts on one of its addresses. Where nothing may cross a router, not even the
/// answer to a first packet does: what it says has one hop to live.
pub fn listen(grant: &Grant, at: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    if grant.reach == Reach::OnLink {
        if at.is_ipv4() { socket.set_ttl_v4(1)? } else { socket.set_unicast_hops_v6(1)? }
    }
    // Elsewhere it lets two programs have one port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Less than asked for is still better than the default, so a refusal is no error.
fn ask(socket: &SockRef<'_>, bytes: usize) {
    if let Err(error) = socket.set_recv_buffer_size(bytes).and_then(|()| socket.set_send_buffer_size(bytes)) {
        tracing::debug!(%error, "the buffers of a socket stay as they are");
    }
}

fn denied() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "not granted by the policy")
}

/// One device is waited for.
const BACKLOG: i32 = 64;
/// Measured: 4 MiB in the kernel and half of it as the window is where more stops helping.
pub(crate) const SOCKET_BUFFER: usize = 4 * 1024 * 1024;
/// What a stock kernel's 208 KiB still bear (measured: 149 MiB/s with 144 KiB, 226 with 256, 36 with 512), and room for
/// four messages of a lane.
const MIN_WINDOW: u32 = 256 * 1024;
const MAX_WINDOW: u32 = 2 * 1024 * 1024;
/// A part of what any relay adds by its distance, and a wake that finds nothing costs microseconds.
const RELAY_WAKE: Duration = Duration::from_millis(5);
/// Eight servers with a few addresses each.
const MAX_SERVERS: usize = 64;
