//! The signal client against the real service.

use crate::ends::{PATIENCE, Post, anywhere, loopback, run, up};
use bytes::Bytes;
use futures_util::future::poll_immediate;
use nyx_net::{
    carrier::{Carrier, CarrierEvent, End, Unsent},
    lane::Purpose,
    link::{Description, Link},
    policy::Settings,
    signal::{AskFailure, Refusal, Room, RoomEvent, RoomId, Service, SignalClient, Standing},
};
use nyx_signal::{Options, Server};
use nyx_testkit::{
    hosts::{Pair, RIGHT, possible},
    process::free_port,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    runtime::{Builder, Runtime},
    sync::oneshot,
    time::timeout,
};

/// The service in this process, on a runtime of its own, so that it can die with all its connections. Dropping it kills
/// it, as a crash would.
struct Local {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Local {
    async fn start(port: u16) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (told, bound) = oneshot::channel();
        runtime.spawn(async move {
            let server = Server::bind((Ipv4Addr::LOCALHOST, port).into(), Options::default()).await.unwrap();
            told.send(server.local_addr().unwrap()).unwrap();
            server.run(std::future::pending()).await;
        });
        Self { address: bound.await.unwrap(), runtime: Some(runtime) }
    }

    fn client(&self) -> SignalClient {
        let service = Service::parse(&format!("ws://{}", self.address)).unwrap();
        SignalClient::start(Arc::clone(&loopback().grant), service)
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn next(room: &mut Room) -> RoomEvent {
    timeout(PATIENCE, room.next()).await.expect("something happens").expect("the room is there")
}

/// Skips what else happens.
async fn frame(room: &mut Room) -> Vec<u8> {
    loop {
        if let RoomEvent::Frame(frame) = next(room).await {
            return frame;
        }
    }
}

#[test]
fn a_client_that_loses_its_address_comes_back_before_the_silence_tells_it() {
    if !possible("a_client_that_loses_its_address_comes_back_before_the_silence_tells_it") {
        return;
    }
    let pair = Pair::cable();
    run(
        &pair.left,
        &pair.right,
        async |mut post: Post| {
            let address = String::from_utf8(post.receive().await).unwrap();
            let service = Service::parse(&format!("ws://{address}")).unwrap();
            let client = SignalClient::start(Arc::new(anywhere()), service);
            let mut room = client.join(RoomId([1; 16]), false).await;
            assert_eq!(next(&mut room).await, RoomEvent::Joined { peer: false });
            pair.left.readdress(Ipv4Addr::new(10, 77, 0, 98));
            // By itself a connection is believed dead after 45 s.
            let again = timeout(Duration::from_secs(30), room.next()).await.expect("it comes back");
            assert_eq!(again, Some(RoomEvent::Joined { peer: false }));
            post.send(b"done");
        },
        async |mut post: Post| {
            let server = Server::bind((RIGHT, 0).into(), Options::default()).await.unwrap();
            post.send(server.local_addr().unwrap().to_string().as_bytes());
            server.run(async { drop(post.receive().await) }).await;
        },
    );
}

#[tokio::test]
async fn several_rooms_share_one_socket() {
    let service = Local::start(0).await;
    let (left, right) = (service.client(), service.client());
    for name in 1..=5u8 {
        let (mut a, mut b) = (left.join(RoomId([name; 16]), false).await, right.join(RoomId([name; 16]), true).await);
        a.send(vec![name]).await.unwrap();
        assert_eq!(frame(&mut b).await, [name]);
        b.send(vec![name, name]).await.unwrap();
        assert_eq!(frame(&mut a).await, [name, name]);
        // Both seats are taken.
        let third = service.client();
        let mut refused = third.join(RoomId([name; 16]), false).await;
        assert_eq!(next(&mut refused).await, RoomEvent::Refused(Refusal::RoomFull));
        assert_eq!(refused.next().await, None);
        while next(&mut a).await != RoomEvent::ThirdRefused {}
        // A seat that is given up is free, and the other member hears it.
        drop(b);
        while next(&mut a).await != RoomEvent::PeerWent {}
    }
}

#[tokio::test]
async fn a_room_carries_a_meeting_like_any_other_way() {
    async fn next(carrier: &mut dyn Carrier) -> CarrierEvent {
        timeout(PATIENCE, carrier.next()).await.expect("something happens").expect("the way is open")
    }
    let service = Local::start(0).await;
    let (left, right, third) = (service.client(), service.client(), service.client());
    let mut a: Box<dyn Carrier> = Box::new(left.join(RoomId([1; 16]), false).await);
    let opened = next(&mut *a).await;
    assert!(opened == CarrierEvent::Opened && opened.asks_again());
    a.send(b"waits").unwrap();
    assert_eq!(a.send(&[0; 20_000]), Err(Unsent::TooLarge));
    let mut b: Box<dyn Carrier> = Box::new(right.join(RoomId([1; 16]), false).await);
    assert_eq!(next(&mut *b).await, CarrierEvent::Came);
    assert_eq!(next(&mut *b).await, CarrierEvent::Frame(b"waits".to_vec()));
    assert_eq!(next(&mut *a).await, CarrierEvent::Came);
    let mut c: Box<dyn Carrier> = Box::new(third.join(RoomId([1; 16]), false).await);
    assert_eq!(next(&mut *c).await, CarrierEvent::Ended(End::Full));
    assert_eq!(c.next().await, None);
    assert_eq!(next(&mut *a).await, CarrierEvent::Stranger);
    drop(b);
    assert_eq!(next(&mut *a).await, CarrierEvent::Went);
    drop(left);
    assert_eq!(a.next().await, None);
    assert_eq!(a.send(b"late"), Err(Unsent::Over));
}

#[tokio::test]
async fn numbers_lead_to_their_room_once() {
    let service = Local::start(0).await;
    let (left, right) = (service.client(), service.client());
    let (number, room, ttl_secs) = left.allocate().await.unwrap();
    assert!(ttl_secs > 0);
    assert_eq!(right.claim(number).await, Ok(room));
    let again = right.claim(number).await;
    assert!(matches!(again, Err(AskFailure::Refused { why: Refusal::UnknownNumber, .. })), "{again:?}");
    let servers = left.ice_servers(room).await;
    assert!(matches!(servers, Err(AskFailure::Refused { .. })), "{servers:?}");
}

#[tokio::test]
async fn a_service_that_died_is_called_again_and_the_seats_are_taken_again() {
    let port = free_port();
    let service = Local::start(port).await;
    let (left, right) = (service.client(), service.client());
    let (mut a, mut b) = (left.join(RoomId([1; 16]), false).await, right.join(RoomId([1; 16]), false).await);
    a.send(b"before".to_vec()).await.unwrap();
    assert_eq!(frame(&mut b).await, b"before");
    drop(service);
    let mut standing = left.standing();
    timeout(PATIENCE, standing.wait_for(|standing| *standing == Standing::Waiting)).await.unwrap().unwrap();
    let _service = Local::start(port).await;
    // Both seats, one after the other, and what is said then arrives.
    loop {
        let event = next(&mut a).await;
        if matches!(event, RoomEvent::Joined { peer: true } | RoomEvent::PeerCame) {
            break;
        }
    }
    a.send(b"after".to_vec()).await.unwrap();
    assert_eq!(frame(&mut b).await, b"after");
}

#[tokio::test]
async fn a_room_that_nobody_reads_holds_up_no_other() {
    let service = Local::start(0).await;
    let (left, right) = (service.client(), service.client());
    let (a, _unread) = (left.join(RoomId([1; 16]), false).await, right.join(RoomId([1; 16]), false).await);
    let (c, mut d) = (left.join(RoomId([2; 16]), false).await, right.join(RoomId([2; 16]), false).await);
    for _ in 0..300 {
        a.send(vec![0; 100]).await.unwrap();
    }
    c.send(b"through".to_vec()).await.unwrap();
    assert_eq!(frame(&mut d).await, b"through");
}

#[tokio::test]
async fn lan_only_calls_no_service_elsewhere_and_looks_up_no_name() {
    let service = Local::start(0).await;
    let grant = Arc::new(Settings { lan_only: true, ..Settings::default() }.decide().unwrap());
    for url in [format!("ws://{}", service.address), "wss://signal.example".into(), "ws://198.51.100.7".into()] {
        let client = SignalClient::start(Arc::clone(&grant), Service::parse(&url).unwrap());
        let mut standing = client.standing();
        let denied = timeout(PATIENCE, standing.wait_for(|standing| *standing == Standing::Denied)).await;
        denied.unwrap().unwrap();
        assert_eq!(client.allocate().await, Err(AskFailure::NoAnswer));
    }
}

#[tokio::test]
async fn an_answer_that_leads_elsewhere_is_none() {
    // A service that would serve, if anybody were followed to it.
    let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = elsewhere.local_addr().unwrap();
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let asked = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let service = Service::parse(&format!("ws://{}", asked.local_addr().unwrap())).unwrap();
        let client = SignalClient::start(Arc::clone(&loopback().grant), service);
        let mut standing = client.standing();
        for _ in 0..2 {
            let (mut stream, _) = timeout(PATIENCE, asked.accept()).await.expect("it is called again").unwrap();
            let mut request = BufReader::new(&mut stream).lines();
            while request.next_line().await.unwrap().is_some_and(|line| !line.is_empty()) {}
            let answer = format!("HTTP/1.1 {status}\r\nLocation: ws://{target}/v1\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            timeout(PATIENCE, standing.wait_for(|standing| *standing == Standing::Waiting)).await.unwrap().unwrap();
        }
    }
    let followed = poll_immediate(elsewhere.accept()).await;
    assert!(followed.is_none(), "the client went where it was led");
}

#[tokio::test]
async fn a_link_made_over_a_service_outlives_it() {
    let service = Local::start(0).await;
    let (left, right) = (service.client(), service.client());
    let (mut a, mut b) = (left.join(RoomId([1; 16]), false).await, right.join(RoomId([1; 16]), false).await);
    let (offerer, offer) = Link::offer(loopback()).await.unwrap();
    a.send(offer.encode()).await.unwrap();
    let offer = Description::decode(&frame(&mut b).await).unwrap();
    let (answerer, answer) = Link::answer(loopback(), &offer).await.unwrap();
    b.send(answer.encode()).await.unwrap();
    offerer.accept(&Description::decode(&frame(&mut a).await).unwrap()).await.unwrap();
    up(&offerer).await;
    up(&answerer).await;
    drop(service);
    tokio::time::sleep(Duration::from_millis(200)).await;
    offerer.lane(Purpose::Chat).send(Bytes::from_static(b"still here")).await.unwrap();
    assert_eq!(answerer.lane(Purpose::Chat).receive().await.unwrap().unwrap(), "still here");
}
