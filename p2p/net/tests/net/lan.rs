//! Meeting on a network that both are on.

use crate::ends::{PATIENCE, Post, anywhere, loopback, run};
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder,
    futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt},
    multiaddr::Protocol,
    noise,
    request_response::{self, ProtocolSupport},
    swarm::SwarmEvent,
    tcp, yamux,
};
use nyx_net::{
    carrier::{Carrier, CarrierEvent, Unsent},
    lan::{Lan, LanFailure},
    policy::{Grant, IceServer, Settings},
    signal::RoomId,
};
use nyx_testkit::{
    hosts::{Capture, INTERFACE, LEFT, Pair, RIGHT, possible},
    process::Process,
};
use nyx_wire::lan::{Announcement, Answer, MAX_FRAME, PROTOCOL, Request};
use std::{
    collections::BTreeSet,
    fs, io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::timeout;

const ROOM: RoomId = RoomId([7; 16]);

async fn lan(grant: Grant, hints: &[SocketAddr]) -> Lan {
    Lan::start(Arc::new(grant), ROOM, hints).await.unwrap()
}

/// On loopback, which tests share, so each has a room of its own.
async fn here(room: u8, hints: &[SocketAddr]) -> Lan {
    Lan::start(loopback().grant, RoomId([room; 16]), hints).await.unwrap()
}

async fn next(lan: &mut Lan) -> CarrierEvent {
    timeout(PATIENCE, lan.next()).await.expect("something happens").expect("the meeting is there")
}

/// Both say and hear the largest frame.
async fn meets(lan: &mut Lan) {
    assert_eq!(next(lan).await, CarrierEvent::Came);
    lan.send(&[1; MAX_FRAME]).unwrap();
    assert_eq!(next(lan).await, CarrierEvent::Frame(vec![1; MAX_FRAME]));
}

/// Stays until the other end has heard all, too: whoever goes takes along what was not carried yet.
async fn stays(post: &mut Post) {
    post.send(b"met");
    post.receive().await;
}

/// Waits until something is so that nobody tells.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn two_hosts_without_route_or_name_service_meet_and_speak_to_nobody_else() {
    if !possible("two_hosts_without_route_or_name_service_meet_and_speak_to_nobody_else") {
        return;
    }
    let pair = Pair::cable();
    let capture = Capture::start(&pair.left);
    let began = Instant::now();
    let meet = async |mut post: Post| {
        let mut lan = lan(anywhere(), &[]).await;
        meets(&mut lan).await;
        let took = began.elapsed();
        stays(&mut post).await;
        took
    };
    println!("met by multicast after {:?}", run(&pair.left, &pair.right, meet, meet));
    let group = Ipv4Addr::new(224, 0, 0, 251);
    let expected: BTreeSet<String> =
        [(LEFT, RIGHT), (RIGHT, LEFT), (LEFT, group), (RIGHT, group)].map(|(from, to)| format!("{from} > {to}")).into();
    let mut seen = capture.conversations();
    // The kernel tells switches which groups it is in.
    seen.retain(|line| !line.ends_with("> 224.0.0.22"));
    assert_eq!(seen, expected);
}

#[test]
fn without_multicast_they_meet_at_the_address_of_the_ticket_or_a_typed_one() {
    if !possible("without_multicast_they_meet_at_the_address_of_the_ticket_or_a_typed_one") {
        return;
    }
    for typed in [false, true] {
        let pair = Pair::cable();
        for namespace in [&pair.left, &pair.right] {
            namespace.filter("ip daddr 224.0.0.0/4 drop");
        }
        run(
            &pair.left,
            &pair.right,
            async |mut post: Post| {
                let mut lan = lan(anywhere(), &[]).await;
                let addresses = lan.addresses();
                assert!(!addresses.is_empty() && addresses.iter().all(|at| !at.ip().is_loopback() && at.port() != 0));
                assert_eq!(addresses[0].ip(), LEFT);
                post.send(addresses[0].to_string().as_bytes());
                meets(&mut lan).await;
                stays(&mut post).await;
            },
            async |mut post: Post| {
                let address = String::from_utf8(post.receive().await).unwrap().parse().unwrap();
                let mut lan = lan(anywhere(), if typed { &[] } else { std::slice::from_ref(&address) }).await;
                if typed {
                    lan.call_at(address).await;
                }
                meets(&mut lan).await;
                stays(&mut post).await;
            },
        );
    }
}

#[test]
fn an_address_that_comes_later_is_listened_on_and_one_that_goes_is_not() {
    if !possible("an_address_that_comes_later_is_listened_on_and_one_that_goes_is_not") {
        return;
    }
    let pair = Pair::cable();
    run(
        &pair.left,
        &pair.right,
        async |mut post: Post| {
            let mut lan = lan(anywhere(), &[]).await;
            pair.left.run("ip", &["address", "flush", "dev", INTERFACE]);
            until("no address", || lan.addresses().is_empty()).await;
            pair.left.run("ip", &["address", "add", "10.77.0.98/24", "dev", INTERFACE]);
            let new = Ipv4Addr::new(10, 77, 0, 98);
            until("the new address", || lan.addresses().iter().any(|at| at.ip() == new)).await;
            post.send(b"moved");
            meets(&mut lan).await;
            stays(&mut post).await;
        },
        async |mut post: Post| {
            post.receive().await;
            let mut lan = lan(anywhere(), &[]).await;
            meets(&mut lan).await;
            stays(&mut post).await;
        },
    );
}

#[test]
fn whoever_moves_is_met_again_and_hears_what_is_said_then() {
    if !possible("whoever_moves_is_met_again_and_hears_what_is_said_then") {
        return;
    }
    // By an announcement, or where there is no multicast at the address that the other one has not left.
    for multicast in [true, false] {
        let pair = Pair::cable();
        if !multicast {
            for namespace in [&pair.left, &pair.right] {
                namespace.filter("ip daddr 224.0.0.0/4 drop");
            }
        }
        run(
            &pair.left,
            &pair.right,
            async |mut post: Post| {
                let mut lan = lan(anywhere(), &[]).await;
                post.send(lan.addresses()[0].to_string().as_bytes());
                meets(&mut lan).await;
                stays(&mut post).await;
                if multicast {
                    pair.left.readdress(Ipv4Addr::new(10, 77, 0, 98));
                }
                meets_again(&mut lan).await;
                stays(&mut post).await;
            },
            async |mut post: Post| {
                let address = String::from_utf8(post.receive().await).unwrap().parse().unwrap();
                let mut lan = lan(anywhere(), &[address]).await;
                meets(&mut lan).await;
                stays(&mut post).await;
                if !multicast {
                    pair.right.readdress(Ipv4Addr::new(10, 77, 0, 99));
                }
                meets_again(&mut lan).await;
                stays(&mut post).await;
            },
        );
    }
}

/// Somebody is there again, and hears what is said after that.
async fn meets_again(lan: &mut Lan) {
    let (mut came, mut heard) = (false, false);
    while !came || !heard {
        match next(lan).await {
            CarrierEvent::Came => {
                came = true;
                lan.send(b"again").unwrap();
            }
            CarrierEvent::Frame(frame) => heard |= frame == b"again",
            // The old connection is not seen to be dead, so for a while there are two.
            CarrierEvent::Went | CarrierEvent::Stranger | CarrierEvent::FramesLost => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_not_granted_opens_no_socket_and_what_ends_leaves_none() {
    if !possible("what_is_not_granted_opens_no_socket_and_what_ends_leaves_none") {
        return;
    }
    let pair = Pair::cable();
    let check = async |_: Post| {
        let turn = IceServer { url: "turn:10.77.0.3".into(), username: "u".into(), credential: "c".into() };
        let relay_only = Settings { relay_only: true, servers: vec![turn], ..Settings::default() };
        let refused = Lan::start(Arc::new(relay_only.decide().unwrap()), ROOM, &[]).await;
        assert!(matches!(refused, Err(LanFailure::NotGranted)));
        assert_eq!(sockets(), 0);
        let lan = lan(anywhere(), &[]).await;
        assert!(sockets() > 0, "the count sees what is there");
        drop(lan);
        until("no sockets", || sockets() == 0).await;
        // Where interfaces are named, no other is touched.
        let other = Settings { interfaces: vec!["other0".into()], ..Settings::default() };
        let nowhere = self::lan(other.decide().unwrap(), &[]).await;
        assert_eq!((sockets(), nowhere.addresses()), (0, vec![]));
    };
    run(&pair.left, &pair.right, check, async |_: Post| {});
}

/// TCP and UDP sockets of this thread's network.
fn sockets() -> usize {
    let lines = |kind| fs::read_to_string(format!("/proc/thread-self/net/{kind}")).unwrap().lines().count() - 1;
    ["tcp", "tcp6", "udp", "udp6"].into_iter().map(lines).sum()
}

#[tokio::test]
async fn last_words_arrive() {
    let mut a = here(1, &[]).await;
    let mut b = here(1, &a.addresses()).await;
    meets_each_other(&mut a, &mut b).await;
    assert_eq!(a.send(&[]), Err(Unsent::TooLarge));
    assert_eq!(a.send(&[0; MAX_FRAME + 1]), Err(Unsent::TooLarge));
    a.send(b"first").unwrap();
    a.send(b"last").unwrap();
    drop(a);
    let mut said = [next(&mut b).await, next(&mut b).await];
    // The order of two that are under way at once is nobody's promise.
    said.sort_by_key(|event| *event != CarrierEvent::Frame(b"first".to_vec()));
    assert_eq!(said, [CarrierEvent::Frame(b"first".to_vec()), CarrierEvent::Frame(b"last".to_vec())]);
    assert_eq!(next(&mut b).await, CarrierEvent::Went);
}

async fn meets_each_other(a: &mut Lan, b: &mut Lan) {
    tokio::join!(meets(a), meets(b));
}

#[tokio::test]
async fn a_second_device_with_the_room_is_noticed_and_heard_too() {
    let mut a = here(2, &[]).await;
    let mut b = here(2, &a.addresses()).await;
    meets_each_other(&mut a, &mut b).await;
    let mut c = here(2, &a.addresses()).await;
    assert_eq!(next(&mut a).await, CarrierEvent::Stranger);
    assert_eq!(next(&mut a).await, CarrierEvent::Came);
    assert_eq!(next(&mut c).await, CarrierEvent::Came);
    c.send(b"me too").unwrap();
    assert_eq!(next(&mut a).await, CarrierEvent::Frame(b"me too".to_vec()));
}

#[tokio::test]
async fn a_stranger_learns_nothing_says_nothing_and_is_cut_off() {
    let mut a = here(3, &[]).await;
    // One that has the wrong room, and one that does not even speak as we do.
    let mut other = here(99, &a.addresses()).await;
    let mut stranger = Stranger::new();
    let peer = stranger.connect(a.addresses()[0]).await;
    let knock = Request::Knock { nonce: [1; 16], mac: [2; 32] };
    // Each answer to the same wrong knock is another: there is nothing to be learnt from it.
    let mut answers = BTreeSet::new();
    for _ in 0..2 {
        let Answer::Knocked(mac) = Answer::decode(&stranger.ask(&peer, knock.encode()).await.unwrap()).unwrap() else {
            panic!("not the form of an answer")
        };
        answers.insert(mac);
    }
    assert_eq!(answers.len(), 2);
    let frame = Request::Frame(b"let me in".to_vec()).encode();
    assert_eq!(stranger.ask(&peer, frame.clone()).await, Some(Answer::Arrived.encode()));
    stranger.ends(&peer).await;
    // Larger than anything, and nothing at all.
    let peer = stranger.connect(a.addresses()[0]).await;
    for strange in [vec![1; MAX_FRAME + 2], vec![], vec![9]] {
        assert_eq!(stranger.ask(&peer, strange).await, None);
    }
    stranger.ends(&peer).await;
    // More than it may ask.
    let peer = stranger.connect(a.addresses()[0]).await;
    for _ in 0..200 {
        stranger.swarm.behaviour_mut().send_request(&peer, frame.clone());
    }
    stranger.ends(&peer).await;
    // The device that belongs here still gets through, and nothing was heard before it.
    let mut b = here(3, &a.addresses()).await;
    meets_each_other(&mut a, &mut b).await;
    assert!(timeout(Duration::ZERO, other.next()).await.is_err());
}

#[test]
fn ten_thousand_forged_announcements_are_not_believed_and_not_kept() {
    if !possible("ten_thousand_forged_announcements_are_not_believed_and_not_kept") {
        return;
    }
    let (pair, folder) = (Pair::cable(), tempfile::tempdir().unwrap());
    // A process of its own, whose memory nobody else uses.
    let mut command = pair.left.command(std::env::current_exe().unwrap().to_str().unwrap());
    command.args(["--exact", "lan::flooded", "--ignored", "--nocapture"]).env(FOLDER, folder.path());
    let mut flooded = Process::start(&mut command);
    wait_for(&folder.path().join(READY));
    pair.right.enter(|| {
        let socket = UdpSocket::bind((RIGHT, 0)).unwrap();
        for number in 0..10_000u32 {
            let mut forged = Announcement { key: [9; 32], port: 4000, mac: [5; 32] };
            forged.key[..4].copy_from_slice(&number.to_be_bytes());
            forged.mac[..4].copy_from_slice(&number.to_be_bytes());
            // A full buffer at the other end is no news to anybody.
            let _ = socket.send_to(&forged.encode(), (Ipv4Addr::new(224, 0, 0, 251), 5353));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut lan = lan(anywhere(), &[]).await;
            meets(&mut lan).await;
            until("the other has measured", || folder.path().join(DONE).exists()).await;
        });
    });
    let status = flooded.wait();
    assert!(status.success(), "{:#?}", flooded.stderr());
    println!("grew by {} KiB", fs::read_to_string(folder.path().join(DONE)).unwrap());
}

/// The one that is flooded.
#[tokio::test]
#[ignore = "a process that another test starts"]
async fn flooded() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("started by another test"));
    let mut lan = lan(anywhere(), &[]).await;
    let before = resident_kib();
    fs::write(folder.join(READY), "").unwrap();
    // The first that happens is that the right one came.
    meets(&mut lan).await;
    let grew = resident_kib().saturating_sub(before);
    assert!(grew < 10 * 1024, "grew by {grew} KiB");
    // In one step, so that nobody reads half of it.
    fs::write(folder.join("measured"), grew.to_string()).unwrap();
    fs::rename(folder.join("measured"), folder.join(DONE)).unwrap();
    // What was said last is on its way as long as this process is there.
    assert_eq!(next(&mut lan).await, CarrierEvent::Went);
}

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn wait_for(file: &Path) {
    let began = Instant::now();
    while !file.exists() {
        assert!(began.elapsed() < PATIENCE, "{} never comes", file.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

const FOLDER: &str = "NYX_TEST_FLOODED";
const READY: &str = "ready";
const DONE: &str = "done";

/// Somebody with the transport and without the room.
struct Stranger {
    swarm: Swarm<request_response::Behaviour<Raw>>,
}

impl Stranger {
    fn new() -> Self {
        let asking = request_response::Behaviour::with_codec(
            Raw,
            [(StreamProtocol::new(PROTOCOL), ProtocolSupport::Outbound)],
            request_response::Config::default(),
        );
        let swarm = SwarmBuilder::with_new_identity()
            .with_tokio()
            .with_tcp(tcp::Config::new(), noise::Config::new, yamux::Config::default)
            .unwrap()
            .with_behaviour(|_| asking)
            .unwrap()
            .build();
        Self { swarm }
    }

    async fn happens<T>(&mut self, wanted: impl Fn(SwarmEvent<RawEvent>) -> Option<T>) -> T {
        let found = async {
            loop {
                if let Some(found) = wanted(self.swarm.select_next_some().await) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, found).await.expect("it happens")
    }

    async fn connect(&mut self, at: SocketAddr) -> PeerId {
        self.swarm.dial(Multiaddr::from(at.ip()).with(Protocol::Tcp(at.port()))).unwrap();
        self.happens(|event| match event {
            SwarmEvent::ConnectionEstablished { peer_id, .. } => Some(peer_id),
            _ => None,
        })
        .await
    }

    /// The answer, or none.
    async fn ask(&mut self, peer: &PeerId, bytes: Vec<u8>) -> Option<Vec<u8>> {
        self.swarm.behaviour_mut().send_request(peer, bytes);
        self.happens(|event| match event {
            SwarmEvent::Behaviour(request_response::Event::Message {
                message: request_response::Message::Response { response, .. },
                ..
            }) => Some(Some(response)),
            SwarmEvent::Behaviour(request_response::Event::OutboundFailure { .. }) => Some(None),
            _ => None,
        })
        .await
    }

    async fn ends(&mut self, peer: &PeerId) {
        if self.swarm.is_connected(peer) {
            self.happens(|event| matches!(event, SwarmEvent::ConnectionClosed { .. }).then_some(())).await;
        }
    }
}

type RawEvent = request_response::Event<Vec<u8>, Vec<u8>>;

/// Any bytes at all.
#[derive(Clone)]
struct Raw;

#[async_trait::async_trait]
impl request_response::Codec for Raw {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T: AsyncRead + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        _: &mut T,
    ) -> io::Result<Vec<u8>> {
        Err(io::Error::other("it only asks"))
    }

    async fn read_response<T: AsyncRead + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io.read_to_end(&mut bytes).await?;
        if bytes.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
    }

    async fn write_request<T: AsyncWrite + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()> {
        io.write_all(&bytes).await
    }

    async fn write_response<T: AsyncWrite + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        _: &mut T,
        _: Vec<u8>,
    ) -> io::Result<()> {
        Err(io::Error::other("it only asks"))
    }
}
