//! A load generator: the service on one core, clients on the other, all limits on.
//!
//! `cargo bench -p nyx-signal` measures nyx-signal, and the same load on PeerServer where its program `peerjs` is found
//! (on the path, or named by `NYX_PEERJS`). `NYX_BENCH_SMALL=1` runs a tenth of it.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench prints, and ends when it can't run"
)]

mod bare;
mod peer_server;
mod server;

use futures_util::{SinkExt, StreamExt, stream::FuturesUnordered};
use nyx_wire::signal::{Notice, Request, RoomId};
use server::{Figures, Running};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::{Duration, Instant},
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

/// Sealed SDP as a pairing sends it.
const PAYLOAD: usize = 2_048;
/// Rooms that are under way at a time.
const AT_ONCE: usize = 64;
/// Clients come from this many addresses, so that the limits by address are on and not in the way.
const ADDRESSES: u32 = 250;

/// One protocol under load.
pub(crate) trait Protocol {
    /// Connects and says who is there; `pair` and `side` make up the name.
    async fn enter(&self, address: SocketAddr, pair: u64, side: u8) -> Socket;
    /// The message that carries `payload` from one side to the other.
    fn message(&self, pair: u64, from: u8, payload: &[u8]) -> Message;
    /// Whether this is what `message` becomes at the other side.
    fn is_payload(&self, message: &Message) -> bool;
    /// The message that says goodbye.
    fn leave(&self, pair: u64) -> Message;
}

pub(crate) type Socket = WebSocketStream<TcpStream>;

struct Nyx;

impl Protocol for Nyx {
    async fn enter(&self, address: SocketAddr, pair: u64, _: u8) -> Socket {
        let mut socket = connect(address, &format!("ws://{address}/v1")).await;
        let join = Request::Join { room: room(pair), seat: None, standing: false };
        socket.send(Message::Binary(join.encode().into())).await.expect("the join is sent");
        loop {
            let answer = next(&mut socket).await.into_data();
            match Notice::decode(&answer).expect("a notice") {
                Notice::Joined { .. } => return socket,
                Notice::Refused { why, .. } => panic!("refused: {why:?}"),
                _ => {}
            }
        }
    }

    fn message(&self, pair: u64, _: u8, payload: &[u8]) -> Message {
        Message::Binary(Request::Send { room: room(pair), payload }.encode().into())
    }

    fn is_payload(&self, message: &Message) -> bool {
        matches!(message, Message::Binary(bytes) if matches!(Notice::decode(bytes), Ok(Notice::Frame { .. })))
    }

    fn leave(&self, pair: u64) -> Message {
        Message::Binary(Request::Leave { room: room(pair) }.encode().into())
    }
}

fn room(pair: u64) -> RoomId {
    let mut id = [7; 16];
    id[..8].copy_from_slice(&pair.to_le_bytes());
    RoomId(id)
}

/// Connects from the next of many loopback addresses.
pub(crate) async fn connect(address: SocketAddr, url: &str) -> Socket {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed) % ADDRESSES;
    let from = Ipv4Addr::from_bits(Ipv4Addr::new(127, 0, 1, 1).to_bits() + number);
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((from, 0).into()).expect("loopback has many addresses");
    let stream = socket.connect(address).await.expect("the server accepts");
    stream.set_nodelay(true).expect("a socket option");
    client_async(url, stream).await.expect("the upgrade is granted").0
}

pub(crate) async fn next(socket: &mut Socket) -> Message {
    loop {
        match socket.next().await.expect("the server goes on").expect("the connection lives") {
            Message::Ping(_) | Message::Pong(_) => {}
            message => return message,
        }
    }
}

async fn hear(protocol: &impl Protocol, socket: &mut Socket) {
    while !protocol.is_payload(&next(socket).await) {}
}

/// Two connections, two joins, two messages, two leaves.
async fn one_room(protocol: &impl Protocol, address: SocketAddr) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let pair = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut ann = protocol.enter(address, pair, 0).await;
    let mut bob = protocol.enter(address, pair, 1).await;
    let payload = [0x42; PAYLOAD];
    ann.send(protocol.message(pair, 0, &payload)).await.expect("sent");
    hear(protocol, &mut bob).await;
    bob.send(protocol.message(pair, 1, &payload)).await.expect("sent");
    hear(protocol, &mut ann).await;
    for socket in [&mut ann, &mut bob] {
        socket.send(protocol.leave(pair)).await.expect("sent");
    }
    for mut socket in [ann, bob] {
        let _ = socket.close(None).await;
        while let Some(Ok(_)) = socket.next().await {}
    }
}

async fn measure(protocol: &impl Protocol, server: &Running, scale: usize) -> Figures {
    let address = server.address;
    // Warm: the first rooms pay for pages and caches.
    many_rooms(protocol, address, 200).await;

    let rooms = 20_000 / scale;
    let (cpu, begun) = (server.cpu(), Instant::now());
    many_rooms(protocol, address, rooms).await;
    let (room_cpu, rooms_per_sec) = (server.cpu() - cpu, rooms as f64 / begun.elapsed().as_secs_f64());

    let messages = 40_000 / scale;
    let pair = u64::MAX;
    let (mut ann, mut bob) = (protocol.enter(address, pair, 0).await, protocol.enter(address, pair, 1).await);
    let payload = [0x42; PAYLOAD];
    let mut latencies = Vec::with_capacity(messages);
    let cpu = server.cpu();
    for number in 0..messages {
        let (from, to, side) = if number % 2 == 0 { (&mut ann, &mut bob, 0) } else { (&mut bob, &mut ann, 1) };
        let begun = Instant::now();
        from.send(protocol.message(pair, side, &payload)).await.expect("sent");
        hear(protocol, to).await;
        latencies.push(begun.elapsed());
    }
    let message_cpu = server.cpu() - cpu;
    drop((ann, bob));
    latencies.sort_unstable();

    let idle = 10_000 / scale;
    let before = server.rss_kib();
    let mut held: FuturesUnordered<_> = FuturesUnordered::new();
    let mut sockets = Vec::with_capacity(idle);
    for number in 0..idle {
        held.push(protocol.enter(address, 1 << 40 | number as u64, 0));
        if held.len() >= AT_ONCE {
            sockets.extend(held.next().await);
        }
    }
    while let Some(socket) = held.next().await {
        sockets.push(socket);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let full = server.rss_kib();
    drop(sockets);
    // Whatever gives memory back in the background has had its time.
    tokio::time::sleep(Duration::from_secs(4)).await;
    Figures {
        name: server.name,
        rooms_per_sec,
        room_micros: room_cpu.as_micros() as f64 / rooms as f64,
        message_micros: message_cpu.as_micros() as f64 / messages as f64,
        p50: latencies[messages / 2],
        p99: latencies[messages * 99 / 100],
        idle_kib: full.saturating_sub(before) as f64 / idle as f64,
        before_kib: before,
        after_kib: server.rss_kib(),
    }
}

async fn many_rooms(protocol: &impl Protocol, address: SocketAddr, rooms: usize) {
    let mut running: FuturesUnordered<_> = FuturesUnordered::new();
    for _ in 0..rooms {
        running.push(one_room(protocol, address));
        if running.len() >= AT_ONCE {
            running.next().await;
        }
    }
    while running.next().await.is_some() {}
}

fn main() {
    if std::env::args().any(|argument| argument == bare::ARGUMENT) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        return runtime.block_on(bare::relay());
    }
    server::pin_clients();
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let scale = if std::env::var_os("NYX_BENCH_SMALL").is_some() { 10 } else { 1 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let nyx = measure(&Nyx, &Running::nyx(), scale).await;
        let peer = match peer_server::start() {
            Some(server) => Some(measure(&peer_server::PeerServer, &server, scale).await),
            None => None,
        };
        let messages = 40_000 / scale;
        let bare = bare::measure(messages).await.as_micros() as f64 / messages as f64;
        Figures::print(&nyx, peer.as_ref(), bare);
    });
}
