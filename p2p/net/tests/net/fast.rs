//! Bulk over QUIC on the pair of the link: comes up, steps back, and nobody who reads the lane can tell.

use crate::{
    ends::{CHUNK, PATIENCE, Post, anywhere, drain, linked, pour, run, up},
    log::Log,
    networks::HUNDRED_MB,
};
use nyx_net::{
    lane::Purpose,
    link::{BulkCarrier, Description, Link, Options, State},
};
use nyx_testkit::{
    hosts::{Namespace, Pair, possible},
    seed::Seeded,
};
use std::net::{SocketAddr, UdpSocket};
use tokio::time::timeout;

#[tokio::test]
async fn quic_comes_up_beside_a_direct_link_and_closing_loses_nothing_on_it() {
    let (left, right) = linked().await;
    carried_by(&left, BulkCarrier::Quic).await;
    carried_by(&right, BulkCarrier::Quic).await;
    let (bulk, chunks) = (right.lane(Purpose::Bulk), 100);
    let sender = tokio::spawn(async move {
        let sent = pour(&left, chunks, 3).await;
        left.close().await.unwrap();
        sent
    });
    let received = drain(&bulk, chunks).await;
    assert_eq!(bulk.receive().await, Ok(None));
    assert_eq!(timeout(PATIENCE, sender).await.unwrap().unwrap(), received);
}

#[test]
fn a_hundred_megabytes_each_way_go_over_quic_unchanged() {
    if !possible("a_hundred_megabytes_each_way_go_over_quic_unchanged") {
        return;
    }
    let end = async |link: Link, mut post: Post, seed: u8| {
        let mut carries = link.bulk_carrier();
        assert_eq!(*carries.borrow_and_update(), BulkCarrier::Quic);
        exchange(&link, &mut post, HUNDRED_MB, seed).await;
        assert!(!carries.has_changed().unwrap(), "and all of it did");
    };
    let pair = Pair::cable();
    run_fast(
        [&pair.left, &pair.right],
        async |link, post| end(link, post, 1).await,
        async |link, post| {
            end(link, post, 2).await;
        },
    );
}

#[test]
fn what_a_path_that_begins_to_drop_quic_has_swallowed_arrives_over_the_channel_and_quic_comes_back() {
    if !possible("what_a_path_that_begins_to_drop_quic_has_swallowed_arrives_over_the_channel") {
        return;
    }
    let pair = Pair::cable();
    let drop_quic = |is_dropped: bool| {
        for namespace in [&pair.left, &pair.right] {
            if is_dropped {
                namespace.swallow_quic();
            } else {
                namespace.swallow_nothing();
            }
        }
    };
    let end = async |link: Link, mut post: Post, seed: u8, network: &dyn Fn(bool)| {
        let log = Log::start();
        up(&link).await;
        let bulk = link.lane(Purpose::Bulk);
        for (carrier, said) in [
            (BulkCarrier::Quic, None),
            (BulkCarrier::Channel, Some("bulk goes on over the data channel")),
            (BulkCarrier::Quic, None),
        ] {
            let (before, after) = (FEW, FEW);
            if carrier == BulkCarrier::Channel {
                // In the middle: some of it is under way, and the rest is still to come.
                let first = tokio::join!(pour(&link, before, seed), drain(&bulk, before));
                network(true);
                let second = tokio::join!(pour(&link, after, seed), drain(&bulk, after));
                carried_by(&link, carrier).await;
                compare(&mut post, first).await;
                compare(&mut post, second).await;
                network(false);
            } else {
                carried_by(&link, carrier).await;
                exchange(&link, &mut post, before, seed).await;
            }
            if let Some(said) = said {
                assert!(log.said(said), "the reason is in the log");
            }
        }
    };
    run(
        &pair.left,
        &pair.right,
        async |mut post: Post| end(post.offer(Options::new(anywhere())).await, post, 1, &drop_quic).await,
        async |mut post: Post| end(post.answer(Options::new(anywhere())).await, post, 2, &|_| {}).await,
    );
}

#[test]
fn a_path_that_loses_one_packet_in_twenty_carries_a_hundred_megabytes() {
    if !possible("a_path_that_loses_one_packet_in_twenty_carries_a_hundred_megabytes") {
        return;
    }
    let pair = Pair::cable();
    run_fast(
        [&pair.left, &pair.right],
        async |link, mut post| {
            pair.lose(500);
            let sent = pour(&link, HUNDRED_MB, 1).await;
            assert_eq!(post.receive().await, sent);
            assert_eq!(*link.bulk_carrier().borrow(), BulkCarrier::Quic);
        },
        async |link, post| post.send(&drain(&link.lane(Purpose::Bulk), HUNDRED_MB).await),
    );
}

#[test]
fn where_quic_never_gets_through_bulk_goes_over_the_channel() {
    if !possible("where_quic_never_gets_through_bulk_goes_over_the_channel") {
        return;
    }
    let pair = Pair::cable();
    pair.left.swallow_quic();
    let end = async |link: Link, mut post: Post, seed: u8| {
        let log = Log::start();
        up(&link).await;
        exchange(&link, &mut post, FEW, seed).await;
        log.says("bulk stays on the data channel").await;
        assert_eq!(*link.bulk_carrier().borrow(), BulkCarrier::Channel);
        // Whoever is done first must not take the link away from the other.
        post.send(b"seen");
        post.receive().await;
    };
    run(
        &pair.left,
        &pair.right,
        async |mut post: Post| end(post.offer(Options::new(anywhere())).await, post, 1).await,
        async |mut post: Post| {
            let link = post.answer(Options::new(anywhere())).await;
            up(&link).await;
            exchange(&link, &mut post, FEW, 2).await;
            assert_eq!(*link.bulk_carrier().borrow(), BulkCarrier::Channel);
            post.send(b"seen");
            post.receive().await;
        },
    );
}

#[test]
fn strangers_on_the_socket_harm_nothing() {
    if !possible("strangers_on_the_socket_harm_nothing") {
        return;
    }
    let pair = Pair::cable();
    run(
        &pair.left,
        &pair.right,
        async |mut post: Post| {
            let (link, offer) = Link::offer(Options::new(anywhere())).await.unwrap();
            post.send(&offer.encode());
            link.accept(&Description::decode(&post.receive().await).unwrap()).await.unwrap();
            up(&link).await;
            carried_by(&link, BulkCarrier::Quic).await;
            // Tells the other side where this one is.
            post.send(&offer.encode());
            compare(&mut post, (pour(&link, FEW, 1).await, drain(&link.lane(Purpose::Bulk), FEW).await)).await;
            assert_eq!(*link.bulk_carrier().borrow(), BulkCarrier::Quic);
            assert!(matches!(*link.state().borrow(), State::Up(_)));
        },
        async |mut post: Post| {
            let link = post.answer(Options::new(anywhere())).await;
            up(&link).await;
            let offer = Description::decode(&post.receive().await).unwrap();
            let flood = flood(&offer);
            let received = drain(&link.lane(Purpose::Bulk), FEW).await;
            compare(&mut post, (pour(&link, FEW, 2).await, received)).await;
            flood.join().unwrap();
        },
    );
}

/// Whatever might be mistaken for something, from another port than the one that was chosen.
fn flood(to: &Description) -> std::thread::JoinHandle<()> {
    let to: Vec<_> = to.candidates.iter().map(|to| SocketAddr::new(to.address, to.port)).collect();
    // The thread is born in the network of this one.
    std::thread::spawn(move || {
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        let mut seeded = Seeded::from_environment("strangers_on_the_socket_harm_nothing");
        for number in 0..20_000u32 {
            let mut datagram = seeded.bytes::<1200>();
            datagram[0] = match number % 4 {
                // A first packet of QUIC version 1, with identifiers of the usual length.
                0 => {
                    datagram[1..6].copy_from_slice(&[0, 0, 0, 1, 20]);
                    0xC3
                }
                1 => 0x40 | seeded.below(0x40) as u8,
                2 => 0xC0 | seeded.below(0x40) as u8,
                _ => seeded.below(0x40) as u8,
            };
            for to in &to {
                // A queue that is full is part of it.
                let _ = socket.send_to(&datagram, to);
            }
        }
    })
}

/// Runs the two ends of a link, from when QUIC carries its bulk on both sides on.
pub(crate) fn run_fast<A: Send, B: Send>(
    [left, right]: [&Namespace; 2],
    at_left: impl AsyncFnOnce(Link, Post) -> A + Send,
    at_right: impl AsyncFnOnce(Link, Post) -> B + Send,
) -> (A, B) {
    let there = async |link: &Link, post: &mut Post| {
        up(link).await;
        carried_by(link, BulkCarrier::Quic).await;
        post.send(b"there");
        post.receive().await;
    };
    run(
        left,
        right,
        async |mut post: Post| {
            let link = post.offer(Options::new(anywhere())).await;
            there(&link, &mut post).await;
            at_left(link, post).await
        },
        async |mut post: Post| {
            let link = post.answer(Options::new(anywhere())).await;
            there(&link, &mut post).await;
            at_right(link, post).await
        },
    )
}

/// Sends and takes so many chunks at once, and compares with the other side.
pub(crate) async fn exchange(link: &Link, post: &mut Post, chunks: usize, seed: u8) {
    let bulk = link.lane(Purpose::Bulk);
    compare(post, tokio::join!(pour(link, chunks, seed), drain(&bulk, chunks))).await;
}

/// Waits until bulk goes this way.
pub(crate) async fn carried_by(link: &Link, carrier: BulkCarrier) {
    let mut carries = link.bulk_carrier();
    timeout(PATIENCE, carries.wait_for(|now| *now == carrier)).await.expect("the way changes").unwrap();
}

async fn compare(post: &mut Post, (sent, received): ([u8; 32], [u8; 32])) {
    post.send(&sent);
    assert_eq!(post.receive().await, received);
}

/// Chunks: more than credit and buffers hold, so that some of it is still to come whenever something happens.
pub(crate) const FEW: usize = 24 * 1024 * 1024 / CHUNK;
