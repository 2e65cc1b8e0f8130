//! The floor: a relay that only copies bytes between two sockets, as fast as this machine's kernel lets it.

use super::{
    PAYLOAD,
    server::{Running, pinned},
};
use nyx_testkit::process::Process;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// The argument that makes this program the relay itself.
pub(crate) const ARGUMENT: &str = "--bare-relay";

/// Copies between the first two clients until they go.
pub(crate) async fn relay() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
    // The logger's form, so that both servers are started alike.
    #[expect(clippy::print_stderr, reason = "the bench reads the address there")]
    {
        eprintln!("listening address={}", listener.local_addr().expect("a bound socket has an address"));
    }
    let mut ends = Vec::new();
    while ends.len() < 2 {
        let (end, _) = listener.accept().await.expect("a client comes");
        end.set_nodelay(true).expect("a socket option");
        ends.push(end);
    }
    let [one, other] = ends.as_mut_slice() else { return };
    let _ = copy_bidirectional(one, other).await;
}

/// Processor time of the relay a message of the same size.
pub(crate) async fn measure(messages: usize) -> Duration {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = pinned(&program.to_string_lossy());
    let mut process = Process::start(command.arg(ARGUMENT));
    let line = process.wait_for("listening");
    let address: SocketAddr =
        line.rsplit_once("address=").and_then(|(_, address)| address.trim().parse().ok()).expect("an address");
    let (mut ann, mut bob) = (connect(address).await, connect(address).await);
    let relay = Running::other("bare relay", address, process);
    let (payload, mut heard) = ([0x42; PAYLOAD], [0; PAYLOAD]);
    let cpu = relay.cpu();
    for number in 0..messages {
        let (from, to) = if number % 2 == 0 { (&mut ann, &mut bob) } else { (&mut bob, &mut ann) };
        from.write_all(&payload).await.expect("sent");
        to.read_exact(&mut heard).await.expect("heard");
    }
    relay.cpu() - cpu
}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("the relay accepts");
    stream.set_nodelay(true).expect("a socket option");
    stream
}
