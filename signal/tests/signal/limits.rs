//! Every limit, from outside, and what hostile bytes achieve.

use crate::client::{Client, Ended, Local, PATIENCE, heard, room};
use nyx_signal::{Limits, Options, TrustedProxies};
use nyx_testkit::seed::Seeded;
use nyx_wire::signal::{MAX_PAYLOAD, Notice, Refusal, Request, RequestKind};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_frame_at_the_limit_passes_and_one_over_it_closes() {
    let service = Local::with(Limits { frame_bytes: 1_000, ..Limits::default() }).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    ann.say(room(1), &[5; 1_000]).await;
    assert_eq!(bob.hear().await, [5; 1_000]);
    ann.say(room(1), &[5; 1_001]).await;
    assert!(matches!(ann.ended().await, Ended::Closed(1009, _)));
    heard!(bob, Notice::PeerWent { .. });
}

#[tokio::test]
async fn a_message_larger_than_any_is_not_read() {
    let service = Local::start(Options::default()).await;
    let mut ann = service.connect().await;
    ann.join(room(1)).await;
    ann.send_raw(Message::Binary(vec![0; 4 * MAX_PAYLOAD].into())).await;
    assert!(matches!(ann.ended().await, Ended::Closed(1009, _) | Ended::Cut));
}

#[tokio::test]
async fn joins_a_minute_are_limited_by_address() {
    let service = Local::with(Limits { joins_per_minute: 3, ..Limits::default() }).await;
    let mut ann = service.connect().await;
    for name in 1..=3 {
        ann.join(room(name)).await;
    }
    // Another connection of the same address counts as the same client.
    for client in [&mut ann, &mut service.connect().await] {
        client.send(&Request::Join { room: room(9), seat: None, standing: false }).await;
        heard!(client, Notice::Refused { what: RequestKind::Join, why: Refusal::TooOften, retry_secs, .. } => {
            assert!((1..=21).contains(&retry_secs), "{retry_secs}");
        });
    }
}

#[tokio::test]
async fn numbers_are_handed_out_and_tried_at_a_limited_rate() {
    let service = Local::with(Limits { allocates_per_minute: 2, claims_per_minute: 2, ..Limits::default() }).await;
    let mut ann = service.connect().await;
    for _ in 0..2 {
        ann.send(&Request::Allocate).await;
        heard!(ann, Notice::Allocated { .. });
    }
    ann.send(&Request::Allocate).await;
    heard!(ann, Notice::Refused { what: RequestKind::Allocate, why: Refusal::TooOften, .. });
    for expected in [Refusal::UnknownNumber, Refusal::UnknownNumber, Refusal::TooOften] {
        ann.send(&Request::Claim { number: nyx_wire::signal::Number(5) }).await;
        heard!(ann, Notice::Refused { what: RequestKind::Claim, why, .. } => assert_eq!(why, expected));
    }
}

#[tokio::test]
async fn no_more_numbers_live_than_may_live() {
    let service = Local::with(Limits { numbers: 1, ..Limits::default() }).await;
    let mut ann = service.connect().await;
    ann.send(&Request::Allocate).await;
    heard!(ann, Notice::Allocated { .. });
    ann.send(&Request::Allocate).await;
    heard!(ann, Notice::Refused { what: RequestKind::Allocate, why: Refusal::ServiceFull, .. });
}

#[tokio::test]
async fn rooms_are_limited_by_connection() {
    let service = Local::with(Limits { rooms_per_connection: 2, ..Limits::default() }).await;
    let mut ann = service.connect().await;
    ann.join(room(1)).await;
    ann.join(room(2)).await;
    ann.send(&Request::Join { room: room(3), seat: None, standing: false }).await;
    heard!(ann, Notice::Refused { what: RequestKind::Join, why: Refusal::TooManyRooms, .. });
    ann.join(room(2)).await;
    ann.send(&Request::Leave { room: room(1) }).await;
    ann.join(room(3)).await;
}

#[tokio::test]
async fn rooms_in_all_are_limited_and_the_upgrade_says_503() {
    let service = Local::with(Limits { rooms: 2, ..Limits::default() }).await;
    let (mut ann, mut bob) = (service.connect().await, service.connect().await);
    ann.join(room(1)).await;
    ann.join(room(2)).await;
    ann.send(&Request::Join { room: room(3), seat: None, standing: false }).await;
    heard!(ann, Notice::Refused { what: RequestKind::Join, why: Refusal::ServiceFull, .. });
    // Who is expected in a room that exists still gets in.
    assert!(bob.join(room(1)).await.1);
    heard!(ann, Notice::PeerCame { .. });
    assert_eq!(Client::try_connect(service.address, &[]).await.err(), Some(503));
    ann.send(&Request::Leave { room: room(2) }).await;
    ann.join(room(4)).await;
}

#[tokio::test]
async fn connections_are_limited_by_address_and_in_all() {
    let service = Local::with(Limits { connections_per_address: 2, ..Limits::default() }).await;
    let held = (service.connect().await, service.connect().await);
    assert_eq!(Client::try_connect(service.address, &[]).await.err(), Some(429));
    drop(held);
    retry_until_granted(&service).await;

    let service = Local::with(Limits { connections: 2, ..Limits::default() }).await;
    let held = (service.connect().await, service.connect().await);
    assert_eq!(Client::try_connect(service.address, &[]).await.err(), Some(503));
    drop(held);
    retry_until_granted(&service).await;
}

/// A place is free again once the service has noticed that its socket is gone.
async fn retry_until_granted(service: &Local) {
    let granted = async {
        while Client::try_connect(service.address, &[]).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, granted).await.unwrap();
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_it_names_is_counted() {
    let limits = Limits { connections_per_address: 1, ..Limits::default() };
    let proxies = TrustedProxies(vec!["127.0.0.0/8".parse().unwrap()]);
    let service = Local::start(Options { limits: limits.clone(), proxies, ..Options::default() }).await;
    let address = service.address;
    let from = async |client: &str| Client::try_connect(address, &[("x-forwarded-for", client)]).await;
    let first = from("203.0.113.1").await.unwrap();
    assert_eq!(from("203.0.113.1").await.err(), Some(429));
    let other = from("203.0.113.2").await.unwrap();
    let home = from("2001:db8:0:1::5").await.unwrap();
    assert_eq!(from("2001:db8:0:1::6").await.err(), Some(429));
    drop((first, other, home));

    // Without trust the header is only what a stranger says.
    let service = Local::with(limits).await;
    let _held = Client::try_connect(service.address, &[("x-forwarded-for", "203.0.113.1")]).await.unwrap();
    let second = Client::try_connect(service.address, &[("x-forwarded-for", "203.0.113.2")]).await;
    assert_eq!(second.err(), Some(429));
}

#[tokio::test]
async fn a_web_page_is_refused_unless_it_is_allowed() {
    let options = Options { allowed_origins: vec!["https://nyx.example".to_owned()], ..Options::default() };
    let service = Local::start(options).await;
    let from = async |origin: &str| Client::try_connect(service.address, &[("origin", origin)]).await;
    assert_eq!(from("https://evil.example").await.err(), Some(403));
    assert_eq!(from("null").await.err(), Some(403));
    assert!(from("https://nyx.example").await.is_ok());
}

#[tokio::test]
async fn a_connection_that_sends_too_fast_is_held_up_and_loses_nothing() {
    let limits = Limits { bytes_per_second: 40_000, burst_bytes: 20_000, ..Limits::default() };
    let service = Local::with(limits).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    let begun = Instant::now();
    let payload = [1; 10_000];
    for _ in 0..6 {
        ann.say(room(1), &payload).await;
    }
    for _ in 0..6 {
        assert_eq!(bob.hear().await, payload);
    }
    // 60,000 bytes of which 20,000 are free: the other 40,000 can't have taken less than a second.
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_flood_of_pings_is_held_up_like_any_other_message() {
    let limits = Limits { bytes_per_second: 12_800, burst_bytes: 20_000, ..Limits::default() };
    let service = Local::with(limits).await;
    let mut ann = service.connect().await;
    let begun = Instant::now();
    // Each counts 128 bytes at least: 156 are free, the other 100 take a second.
    for _ in 0..260 {
        ann.send_raw(Message::Ping(vec![0; 1].into())).await;
    }
    ann.join(room(1)).await;
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn rooms_are_limited_by_address_and_waiting_bytes_in_all() {
    let limits = Limits { rooms_per_address: 3, waiting_bytes_in_all: 1_000, ..Limits::default() };
    let service = Local::with(limits).await;
    let (mut ann, mut bob) = (service.connect().await, service.connect().await);
    ann.join(room(1)).await;
    ann.join(room(2)).await;
    bob.join(room(3)).await;
    bob.send(&Request::Join { room: room(4), seat: None, standing: false }).await;
    heard!(bob, Notice::Refused { what: RequestKind::Join, why: Refusal::TooManyRooms, .. });
    ann.say(room(1), &[0; 900]).await;
    ann.say(room(2), &[0; 900]).await;
    heard!(ann, Notice::Refused { what: RequestKind::Send, why: Refusal::WaitingFull, .. });
    // A socket that ends gives back what it held.
    drop(ann);
    bob.say(room(3), &[0; 100]).await;
    let freed = async {
        loop {
            bob.send(&Request::Join { room: room(4), seat: None, standing: false }).await;
            if let Notice::Joined { .. } = Notice::decode(&bob.next().await).unwrap() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, freed).await.unwrap();
    bob.say(room(4), &[0; 900]).await;
    bob.hears_nothing().await;
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_closed_and_the_sender_hears_it() {
    // The sender may be fast, so that only the reader is at fault.
    let limits = Limits { burst_bytes: 64 << 20, outgoing_bytes: 64 << 10, write_secs: 600, ..Limits::default() };
    let service = Local::with(limits).await;
    let (mut ann, bob) = service.pair(room(1)).await;
    let (mut sending, payload) = (0, [1; MAX_PAYLOAD]);
    let told = async {
        // The kernel's buffers take some megabytes before anything waits in the service.
        loop {
            ann.say(room(1), &payload).await;
            sending += 1;
            if sending % 16 == 0
                && let Ok(bytes) = timeout(Duration::from_millis(1), ann.try_next()).await
            {
                let bytes = bytes.unwrap();
                assert!(matches!(Notice::decode(&bytes), Ok(Notice::PeerWent { .. } | Notice::Refused { .. })));
                break;
            }
        }
    };
    timeout(PATIENCE, told).await.unwrap();
    drop(bob);
}

#[tokio::test]
async fn a_connection_that_answers_no_ping_is_ended() {
    let service = Local::with(Limits { ping_secs: 1, ..Limits::default() }).await;
    let (ann, mut bob) = service.pair(room(1)).await;
    // Ann's program hangs: its socket stays open and nobody reads it, while Bob's reads and so answers pings.
    heard!(bob, Notice::PeerWent { .. });
    drop(ann);
}

#[tokio::test]
async fn bytes_that_are_no_message_close_the_connection_and_harm_nobody_else() {
    let mut random = Seeded::from_environment("bytes_that_are_no_message");
    let service = Local::with(Limits { connections_per_address: 1_000, ..Limits::default() }).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    let text = service.connect().await.close_after(Message::Text("{\"type\":\"join\"}".into())).await;
    assert!(matches!(text, Ended::Closed(1003, _)), "{text:?}");
    for round in 0..200 {
        let mut bytes = match round % 4 {
            0 => random.bytes::<40>().to_vec(),
            1 => Request::Send { room: room(1), payload: &random.bytes::<30>() }.encode(),
            2 => Request::Join { room: room(1), seat: None, standing: false }.encode(),
            _ => Vec::new(),
        };
        match round % 4 {
            1 => bytes.truncate(random.below(bytes.len() as u64 - 1) as usize),
            // A length that is not there: the map's first key claims a longer room id.
            2 => bytes[4] = 0x5b,
            _ => {}
        }
        if Request::decode(&bytes).is_ok() {
            continue;
        }
        let ended = service.connect().await.close_after(Message::Binary(bytes.into())).await;
        assert!(matches!(ended, Ended::Closed(1002, _)), "{ended:?}");
    }
    ann.say(room(1), b"still here").await;
    assert_eq!(bob.hear().await, b"still here");
}

impl Client {
    async fn close_after(mut self, message: Message) -> Ended {
        self.send_raw(message).await;
        self.ended().await
    }
}

#[tokio::test]
async fn raw_garbage_on_the_socket_harms_nobody_else() {
    let mut random = Seeded::from_environment("raw_garbage_on_the_socket");
    let service = Local::with(Limits { connections_per_address: 1_000, ..Limits::default() }).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    let upgrade = "GET /v1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                   sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    for round in 0..100 {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        if round % 2 == 0 {
            stream.write_all(upgrade.as_bytes()).await.unwrap();
        }
        // The service may have closed in the middle of it.
        let _ = stream.write_all(&random.bytes::<300>()).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the service closes it");
    }
    let long_head = format!("GET /v1 HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let _ = stream.write_all(long_head.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the service closes it");
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&answer));
    ann.say(room(1), b"still here").await;
    assert_eq!(bob.hear().await, b"still here");
}

#[tokio::test]
async fn of_100_half_open_requests_none_is_held_after_12_seconds() {
    let service = Local::with(Limits { connections_per_address: 200, ..Limits::default() }).await;
    let mut held = Vec::new();
    for number in 0..100 {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        let head: &[u8] = match number % 3 {
            0 => b"",
            1 => b"GET /v1 HTTP/1.1\r\nhost: a\r\n",
            // One whole request first: the connection is kept for another.
            _ => b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nGET /v1 HT",
        };
        stream.write_all(head).await.unwrap();
        held.push(stream);
    }
    let begun = tokio::time::Instant::now();
    let mut still_open = 0;
    for mut stream in held {
        let mut answer = Vec::new();
        let closed = tokio::time::timeout_at(begun + Duration::from_secs(12), stream.read_to_end(&mut answer)).await;
        still_open += usize::from(closed.is_err());
    }
    assert_eq!(still_open, 0);
}
