//! Lanes of a link over loopback.

use crate::ends::{CHUNK, PATIENCE, Post, drain, linked, loopback, pour, reaches, up};
use bytes::Bytes;
use nyx_net::{
    lane::{Broken, MAX_MESSAGE, Purpose, SendFailure},
    link::{Closed, Link, Options, Path, State},
    policy::Settings,
};
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn messages_arrive_whole_and_in_order_on_every_lane() {
    let (left, right) = linked().await;
    assert!(matches!(*left.state().borrow(), State::Up(Path::Lan)));
    for purpose in Purpose::ALL {
        let (to, from) = (left.lane(purpose), right.lane(purpose));
        for len in [0, 1, 1000, MAX_MESSAGE] {
            to.send(vec![7; len].into()).await.unwrap();
            let message = timeout(PATIENCE, from.receive()).await.unwrap().unwrap().unwrap();
            assert_eq!(message, vec![7; len]);
        }
        for number in 0..500u32 {
            from.send(Bytes::copy_from_slice(&number.to_be_bytes())).await.unwrap();
        }
        for number in 0..500u32 {
            let message = timeout(PATIENCE, to.receive()).await.unwrap().unwrap().unwrap();
            assert_eq!(message, &number.to_be_bytes()[..]);
        }
        assert_eq!(to.send(vec![0; MAX_MESSAGE + 1].into()).await, Err(SendFailure::TooLarge));
    }
}

#[tokio::test]
async fn closing_loses_nothing_that_was_queued() {
    let (left, right) = linked().await;
    let sender = tokio::spawn(async move {
        let hash = pour(&left, 64, 1).await;
        for number in 0..200u8 {
            left.lane(Purpose::Chat).send(vec![number; 100].into()).await.unwrap();
        }
        (left.close().await, hash)
    });
    // A reader that begins only when everything has been said and the other side has gone.
    let (bulk, chat) = (right.lane(Purpose::Bulk), right.lane(Purpose::Chat));
    let (closed, sent) = timeout(PATIENCE, sender).await.unwrap().unwrap();
    closed.unwrap();
    assert_eq!(reaches(&right, |state| matches!(state, State::Closed(_))).await, State::Closed(Closed::ByPeer));
    assert_eq!(drain(&bulk, 64).await, sent);
    for number in 0..200u8 {
        assert_eq!(chat.receive().await.unwrap().unwrap(), vec![number; 100]);
    }
    assert_eq!(chat.receive().await, Ok(None));
    assert_eq!(bulk.receive().await, Ok(None));
}

#[tokio::test]
async fn a_link_that_is_dropped_is_not_taken_for_one_that_was_closed() {
    let (left, right) = linked().await;
    left.lane(Purpose::Chat).send(Bytes::from_static(b"last words")).await.unwrap();
    let chat = right.lane(Purpose::Chat);
    assert_eq!(chat.receive().await.unwrap().unwrap(), "last words");
    drop(right);
    assert_eq!(timeout(PATIENCE, chat.receive()).await.unwrap(), Err(Broken));
    assert_eq!(chat.send(Bytes::new()).await, Err(SendFailure::Closed));
}

#[tokio::test]
async fn a_slow_reader_holds_its_writer_back() {
    let (left, right) = linked().await;
    let (to, from) = (left.lane(Purpose::Bulk), right.lane(Purpose::Bulk));
    let mut sent = 0;
    // Until nothing more is taken for a good while.
    while timeout(Duration::from_secs(2), to.send(vec![0; CHUNK].into())).await.is_ok() {
        sent += 1;
        assert!(sent * CHUNK <= 16 * 1024 * 1024, "{sent} chunks are under way and nobody reads");
    }
    // The others don't wait for it.
    left.lane(Purpose::Control).send(Bytes::from_static(b"still there")).await.unwrap();
    assert_eq!(right.lane(Purpose::Control).receive().await.unwrap().unwrap(), "still there");
    for _ in 0..sent {
        timeout(PATIENCE, from.receive()).await.unwrap().unwrap().unwrap();
    }
    to.send(Bytes::from_static(b"on again")).await.unwrap();
    // The one that was given up on was never sent.
    assert_eq!(from.receive().await.unwrap().unwrap(), "on again");
}

#[tokio::test]
async fn messages_sent_before_the_link_is_up_wait_for_it() {
    let (mut left, mut right) = Post::pair();
    let right = tokio::spawn(async move { right.answer(loopback()).await });
    let link = left.offer(loopback()).await;
    link.lane(Purpose::Control).send(Bytes::from_static(b"early")).await.unwrap();
    let right = right.await.unwrap();
    assert_eq!(right.lane(Purpose::Control).receive().await.unwrap().unwrap(), "early");
    up(&link).await;
}

#[tokio::test]
async fn an_answer_that_a_person_carries_may_take_its_time() {
    let patient = || Options { patience: Duration::from_secs(600), ..loopback() };
    let (left, offer) = Link::offer(patient()).await.unwrap();
    let (right, answer) = Link::answer(patient(), &offer).await.unwrap();
    // Longer than the other side tries by itself.
    tokio::time::sleep(Duration::from_secs(6)).await;
    left.accept(&answer).await.unwrap();
    up(&left).await;
    up(&right).await;
}

#[tokio::test]
async fn a_link_to_nobody_ends_with_a_reason() {
    let (link, _) = Link::offer(Options { patience: Duration::from_millis(300), ..loopback() }).await.unwrap();
    let ended = reaches(&link, |state| *state != State::Connecting).await;
    assert_eq!(ended, State::Closed(Closed::NoPath));
}

#[tokio::test]
async fn without_an_interface_nothing_starts() {
    let grant = Settings { interfaces: vec!["none0".into()], ..Settings::default() }.decide().unwrap();
    let failure = Link::offer(Options::new(grant)).await.unwrap_err();
    assert!(matches!(failure, nyx_net::link::LinkFailure::NoInterface), "{failure}");
}
