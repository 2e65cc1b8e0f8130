//! Endpoints on two sockets of this machine, each behind a switch of its own.

use super::{
    Congestion,
    endpoint::{Door, Ends, Failed, within},
    knock::Knock,
    socket::{PEER, PairSocket},
};
use crate::{
    policy::Settings,
    socket::{
        Buffers, Gate, Gated,
        switch::{Pair, Switch},
    },
};
use futures_util::FutureExt;
use nyx_testkit::seed::Seeded;
use nyx_wire::link::{DescriptionKind, Fingerprint, IceCredentials};
use quinn::{AsyncUdpSocket as _, Connection};
use rustls::{
    crypto::ring::sign::any_ecdsa_type,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};
use std::{
    io::IoSliceMut,
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::timeout};
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Runtime, Transmit};

/// A socket as a link has it, and a task that reads it as the stack does.
struct Half {
    switch: Arc<Switch>,
    address: SocketAddr,
    socket: Arc<dyn AsyncUdpSocket>,
    /// How often the stack had something.
    left: Arc<AtomicUsize>,
}

impl Half {
    fn new(tasks: &mut JoinSet<()>) -> Self {
        let grant = Settings { interfaces: vec!["lo".into()], ..Settings::default() }.decide().unwrap();
        let gate = Arc::new(Gate::new(Arc::new(grant), Buffers { asked: 1 << 20, granted: 1 << 20 }));
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let switch = Arc::clone(&gate.switch);
        let socket = Gated(gate).wrap_udp_socket(socket).unwrap();
        let left = Arc::default();
        tasks.spawn(read(Arc::clone(&socket), Arc::clone(&left)));
        Self { switch, address, socket, left }
    }

    /// Sends as the stack does.
    async fn send(&self, to: SocketAddr, contents: &[u8]) {
        let transmit = Transmit { destination: to, ecn: None, contents, segment_size: None, src_ip: None };
        std::future::poll_fn(|cx| self.socket.poll_send(cx, &transmit)).await.unwrap();
    }

    /// Waits until the stack had so many.
    async fn has_had(&self, count: usize) {
        let had = async {
            while self.left.load(Ordering::Relaxed) < count {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), had).await.unwrap();
    }

    fn chose(&self, other: &Self) {
        assert!(self.switch.set(Some(Pair { local: self.address, remote: other.address })));
    }
}

async fn read(socket: Arc<dyn AsyncUdpSocket>, left: Arc<AtomicUsize>) {
    let mut buffer = vec![0; 64 * 1500];
    loop {
        let received = std::future::poll_fn(|cx| {
            socket.poll_recv(cx, &mut [IoSliceMut::new(&mut buffer)], &mut [RecvMeta::default()])
        });
        if received.await.is_ok() {
            left.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn certificate() -> (Arc<CertifiedKey>, Fingerprint) {
    let made = rcgen::generate_simple_self_signed(vec!["test".into()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let signing = any_ecdsa_type(&PrivateKeyDer::from(key)).unwrap();
    let fingerprint = Fingerprint(Sha256::digest(made.cert.der()).into());
    (Arc::new(CertifiedKey::new(vec![made.cert.der().clone()], signing)), fingerprint)
}

fn knock(password: &str) -> Knock {
    let ice = IceCredentials::new("abcd", password).unwrap();
    Knock::new(&ice, &ice)
}

/// What both ends of one link have.
fn ends() -> (Ends, Ends) {
    let ((offering, of_offer), (answering, of_answer)) = (certificate(), certificate());
    let (knock, congestion) = (knock("0123456789abcdefghijkl"), Congestion::default());
    (
        Ends { kind: DescriptionKind::Offer, key: offering, peer: of_answer, knock: knock.clone(), congestion },
        Ends { kind: DescriptionKind::Answer, key: answering, peer: of_offer, knock, congestion },
    )
}

/// Tries to connect, once.
async fn meet(client: &Door, server: &Door, attempt: u32) -> (Result<Connection, Failed>, Option<Connection>) {
    let mut last = 0;
    let serving = async {
        let (_, connecting) = timeout(Duration::from_secs(5), server.knocked(&mut last)).await.ok()?.ok()?;
        within(connecting).await.ok()
    };
    tokio::join!(client.connect(attempt), serving)
}

/// Two doors with a pair between them.
fn doors(tasks: &mut JoinSet<()>, ends: &(Ends, Ends)) -> (Half, Half, Door, Door) {
    let (left, right) = (Half::new(tasks), Half::new(tasks));
    left.chose(&right);
    right.chose(&left);
    let client = Door::new(&ends.0, &left.switch).unwrap().0;
    let server = Door::new(&ends.1, &right.switch).unwrap().0;
    (left, right, client, server)
}

#[tokio::test]
async fn two_that_described_each_other_connect_with_a_hybrid_key() {
    let mut tasks = JoinSet::new();
    let (_left, _right, client, server) = doors(&mut tasks, &ends());
    let (client, server) = meet(&client, &server, 1).await;
    let (client, _server) = (client.unwrap(), server.unwrap());
    // The group is the only one that either side has, or there would be no connection.
    assert_eq!(
        client.peer_identity().unwrap().downcast::<Vec<rustls::pki_types::CertificateDer<'_>>>().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn another_certificate_is_refused_by_either_side() {
    let mut tasks = JoinSet::new();
    let stranger = certificate().0;
    let (offering, answering) = ends();
    for (is_client, ends) in [
        (true, (Ends { key: Arc::clone(&stranger), ..offering.clone() }, answering.clone())),
        (false, (offering, Ends { key: stranger, ..answering })),
    ] {
        let (_left, _right, client, server) = doors(&mut tasks, &ends);
        let (client, server) = meet(&client, &server, 1).await;
        if is_client {
            // A client may believe to be through before the server has looked; it is told so at once.
            assert!(server.is_none());
            if let Ok(client) = client {
                timeout(Duration::from_secs(5), client.closed()).await.unwrap();
            }
        } else {
            assert!(client.is_err() && server.is_none());
        }
    }
}

#[tokio::test]
async fn who_does_not_know_the_descriptions_gets_no_answer_at_all() {
    let mut tasks = JoinSet::new();
    let (offering, answering) = ends();
    // With the right certificate even.
    let ends = (Ends { knock: knock("abcdefghijkl0123456789"), ..offering }, answering);
    let (left, _right, client, server) = doors(&mut tasks, &ends);
    let mut last = 0;
    let (connected, knocked) =
        tokio::join!(client.connect(1), timeout(Duration::from_secs(4), server.knocked(&mut last)));
    assert!(matches!(connected, Err(Failed::Silence)));
    assert!(knocked.is_err());
    assert_eq!((server.open_connections(), last), (0, 0));
    // Nothing came back, to whomever the address belongs.
    assert_eq!(left.switch.waiting(), 0);
}

#[tokio::test]
async fn versions_that_no_link_speaks_get_no_answer_at_all() {
    let mut tasks = JoinSet::new();
    let (left, right) = (Half::new(&mut tasks), Half::new(&mut tasks));
    left.chose(&right);
    right.chose(&left);
    let _server = Door::new(&ends().1, &right.switch).unwrap().0;
    for (round, version) in
        [[0; 4], [0x6b, 0x33, 0x43, 0xcf], [0xff, 0, 0, 0x1d], [0xca, 0xfe, 0xba, 0xbe]].iter().enumerate()
    {
        let mut datagram = [7; 1200];
        datagram[0] = 0xC3;
        datagram[1..5].copy_from_slice(version);
        datagram[5] = 20;
        left.send(right.address, &datagram).await;
        // QUIC reads that socket. When it has read what came after, it has answered what came before.
        for passed in 1..=2 {
            left.send(right.address, &[22; 50]).await;
            right.has_had(2 * round + passed).await;
        }
        right.send(left.address, &[22; 50]).await;
        left.has_had(round + 1).await;
        assert_eq!(left.switch.waiting(), 0, "{version:x?}");
    }
}

#[tokio::test]
async fn an_attempt_is_let_in_once() {
    let mut tasks = JoinSet::new();
    let (_left, _right, client, server) = doors(&mut tasks, &ends());
    let mut last = 0;
    for (attempt, is_let_in) in [(5, true), (5, false), (4, false), (6, true)] {
        let serving = async {
            let (number, connecting) = timeout(Duration::from_secs(4), server.knocked(&mut last)).await.ok()?.ok()?;
            Some((number, within(connecting).await.ok()?))
        };
        let (_connection, served) = tokio::join!(client.connect(attempt), serving);
        assert_eq!(served.is_some(), is_let_in, "{attempt}");
    }
}

#[tokio::test]
async fn a_flood_of_first_packets_from_the_right_address_costs_no_memory() {
    let mut tasks = JoinSet::new();
    let (left, right, client, server) = doors(&mut tasks, &ends());
    let mut seeded = Seeded::from_environment("a_flood_of_first_packets");
    let serving = async {
        let mut last = 0;
        let (_, connecting) = server.knocked(&mut last).await.unwrap();
        within(connecting).await.unwrap()
    };
    let flooding = async {
        for number in 0..5_000 {
            let mut datagram = seeded.bytes::<1200>();
            datagram[0] = 0xC3;
            datagram[1..6].copy_from_slice(&[0, 0, 0, 1, 20]);
            left.send(right.address, &datagram).await;
            if number % 16 == 0 {
                assert!(server.open_connections() <= 3);
                tokio::task::yield_now().await;
            }
        }
        // The right one still gets in.
        client.connect(1).await.unwrap()
    };
    let (_server, _client) = tokio::join!(serving, flooding);
    assert!(right.switch.waiting() <= 4 * 1024 * 1024);
}

#[tokio::test]
async fn who_is_let_in_opens_no_more_streams_than_a_lane_needs() {
    let mut tasks = JoinSet::new();
    let (_left, _right, client, server) = doors(&mut tasks, &ends());
    let (client, server) = meet(&client, &server, 1).await;
    let (client, server) = (client.unwrap(), server.unwrap());
    // Nobody accepts any of them, so none makes room for another.
    for (connection, reports) in [(&client, 1), (&server, 0)] {
        let mut open = Vec::new();
        while let Some(stream) = connection.open_uni().now_or_never() {
            open.push(stream.unwrap());
        }
        assert_eq!(open.len(), 256);
        let mut open = Vec::new();
        while let Some(stream) = connection.open_bi().now_or_never() {
            open.push(stream.unwrap());
        }
        assert_eq!(open.len(), reports);
    }
}

#[tokio::test]
async fn quic_from_another_address_reaches_nobody_and_the_rest_reaches_the_stack_whoever_reads() {
    let mut tasks = JoinSet::new();
    let (left, right) = (Half::new(&mut tasks), Half::new(&mut tasks));
    right.chose(&left);
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut door = None;
    for round in 1..=3 {
        for first in 0..=255u8 {
            stranger.send_to(&[first; 100], right.address).unwrap();
        }
        // All that is not QUIC's: 0 to 79 and 128 to 191.
        right.has_had(round * 144).await;
        assert_eq!((right.switch.waiting(), right.left.load(Ordering::Relaxed)), (0, round * 144));
        // The stack reads, then QUIC does, and then the stack again.
        door = door.is_none().then(|| Door::new(&ends().1, &right.switch).unwrap().0);
    }
}

#[tokio::test]
async fn the_stack_gets_what_is_its_own_beside_bulk() {
    let mut tasks = JoinSet::new();
    let (left, right, client, server) = doors(&mut tasks, &ends());
    let (client, server) = meet(&client, &server, 1).await;
    let (client, server) = (client.unwrap(), server.unwrap());
    let pouring = async {
        let mut stream = client.open_uni().await.unwrap();
        for number in 0..MANY {
            stream.write_all(&[number as u8; 16 * 1024]).await.unwrap();
            left.send(right.address, &[22; 600]).await;
            // One burst has none of the stack's and the other nothing else.
            tokio::task::yield_now().await;
        }
        stream.finish().unwrap();
    };
    let drinking = async {
        let mut stream = server.accept_uni().await.unwrap();
        stream.read_to_end(usize::MAX).await.unwrap()
    };
    let ((), drunk) = timeout(Duration::from_secs(20), async { tokio::join!(pouring, drinking) }).await.unwrap();
    assert_eq!(drunk.len(), MANY * 16 * 1024);
    right.has_had(1).await;
    assert_eq!(right.switch.waiting(), 0);
}

#[tokio::test]
async fn a_turn_that_is_over_neither_reads_nor_sends() {
    let mut tasks = JoinSet::new();
    let (left, right) = (Half::new(&mut tasks), Half::new(&mut tasks));
    assert!(left.switch.enter().is_none(), "without a pair");
    left.chose(&right);
    let first = left.switch.enter().unwrap();
    assert!(first.way().is_some());
    let second = left.switch.enter().unwrap();
    assert!(first.way().is_none() && second.way().is_some());
    // The one that is over does not end the one that is not.
    drop(first);
    assert!(second.way().is_some());
    left.chose(&right);
    assert!(second.way().is_none(), "even the same pair is another turn");
    let mut buffer = [0; 100];
    let read = std::future::poll_fn(|cx| {
        std::task::Poll::Ready(second.poll(cx, &mut [IoSliceMut::new(&mut buffer)], &mut [RecvMeta::default()]))
    });
    right.send(left.address, &[100; 50]).await;
    right.send(left.address, &[22; 50]).await;
    left.has_had(1).await;
    assert!(read.await.is_pending());
    assert_eq!(left.switch.waiting(), 50, "the stack has read what is for the next turn");
}

#[tokio::test]
async fn a_full_burst_goes_out_with_what_follows_it_or_alone() {
    let mut tasks = JoinSet::new();
    let half = Half::new(&mut tasks);
    let peer = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    assert!(half.switch.set(Some(Pair { local: half.address, remote: peer.local_addr().unwrap() })));
    let socket = PairSocket::new(half.switch.enter().unwrap(), &quinn::TokioRuntime);
    for count in [10, 13, 30, 1] {
        let datagrams: Vec<u8> = (0..count).flat_map(|number| [number; 1200]).collect();
        for contents in datagrams.chunks(10 * 1200) {
            let segment_size = (contents.len() > 1200).then_some(1200);
            let transmit = quinn::udp::Transmit { destination: PEER, ecn: None, contents, segment_size, src_ip: None };
            socket.try_send(&transmit).unwrap();
        }
        let mut buffer = [0; 2000];
        for number in 0..count {
            let received = timeout(Duration::from_secs(20), peer.recv(&mut buffer)).await.unwrap().unwrap();
            assert_eq!((received, buffer[0]), (1200, number));
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_ended_says_so_and_another_takes_its_place() {
    let mut tasks = JoinSet::new();
    let ends = ends();
    let (left, _right, client, server) = doors(&mut tasks, &ends);
    assert!(left.switch.kill_endpoint());
    assert!(client.connect(1).await.unwrap_err().is_of_the_endpoint());
    let client = Door::new(&ends.0, &left.switch).unwrap().0;
    let (client, server) = meet(&client, &server, 2).await;
    assert!(client.is_ok() && server.is_some());
}

/// Chunks of 16 KiB: several times what a buffer holds.
const MANY: usize = 512;
