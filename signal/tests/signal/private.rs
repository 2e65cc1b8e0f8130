//! A place that a device hosts for one meeting, and neighbours who would rather nobody met there.

use crate::client::{Client, Ended, Local, PATIENCE, heard, room};
use nyx_signal::{Options, Private};
use nyx_wire::signal::{Notice, Refusal, Request, RequestKind};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

async fn hosted(near: bool) -> (Local, Arc<Private>) {
    let private = Arc::new(Private::new(move |_| near));
    private.open(room(1));
    (Local::start(Options { private: Some(Arc::clone(&private)), ..Options::default() }).await, private)
}

#[tokio::test]
async fn only_who_knows_the_room_gets_a_seat_and_the_others_soon_go() {
    let (place, private) = hosted(true).await;
    let mut stranger = place.connect().await;
    stranger.send(&Request::Join { room: room(2), seat: None, standing: false }).await;
    heard!(stranger, Notice::Refused { what: RequestKind::Join, why: Refusal::ServiceFull, .. });
    let _both = place.pair(room(1)).await;
    assert_eq!(stranger.ended().await, Ended::Cut, "it sits nowhere");
    // The host names another room when the two want to come back.
    private.open(room(2));
    place.connect().await.join(room(2)).await;
}

#[tokio::test]
async fn a_crowd_that_connects_and_stays_keeps_nobody_out() {
    let (place, _) = hosted(true).await;
    let mut host = place.connect().await;
    host.join(room(1)).await;
    // Some with the whole upgrade, more with nothing.
    let mut crowd = Vec::new();
    for _ in 0..40 {
        crowd.push(place.connect().await);
    }
    let mut half = Vec::new();
    for _ in 0..300 {
        half.push(TcpStream::connect(place.address).await.unwrap());
    }
    assert!(place.connect().await.join(room(1)).await.1, "the host is there");
    heard!(host, Notice::PeerCame { .. });
    assert_eq!(crowd[0].ended().await, Ended::Cut);
}

#[tokio::test]
async fn who_is_not_near_is_told_nothing() {
    let (place, _) = hosted(false).await;
    let mut far = TcpStream::connect(place.address).await.unwrap();
    // It may be gone already.
    let _ = far.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut told = Vec::new();
    let _ = timeout(PATIENCE, far.read_to_end(&mut told)).await.unwrap();
    assert!(told.is_empty(), "{} bytes", told.len());
    assert!(Client::try_connect(place.address, &[]).await.is_err());
}
