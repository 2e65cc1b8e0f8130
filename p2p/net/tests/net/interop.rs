//! Links to other implementations of WebRTC, so that the link is WebRTC and not merely what both of its own ends do.
//!
//! The other ends share no code with ours: they do what `p2p/docs/protocol/link.md` says, on the stack of a browser and on
//! aiortc. Where one is not installed, its tests say so and pass.

mod foreign;

use crate::ends::{PATIENCE, drain, hash, loopback, pour, reaches};
use bytes::Bytes;
use foreign::Foreign;
use nyx_net::{
    lane::{MAX_MESSAGE, Purpose},
    link::{Closed, Link, State},
};
use nyx_testkit::soak;
use tokio::time::timeout;

#[tokio::test]
async fn a_browser_and_a_link_exchange_a_hundred_megabytes_each_way() {
    let Some(mut browser) = Foreign::browser().await else { return };
    let link = browser.answers(loopback()).await;
    exchange(&link, &mut browser, HUNDRED_MB).await;
}

#[tokio::test]
async fn a_browser_gets_messages_whole_and_sees_a_link_close() {
    let Some(mut browser) = Foreign::browser().await else { return };
    let link = browser.answers(loopback()).await;
    echo(&link).await;
    exchange(&link, &mut browser, 16).await;
    link.close().await.unwrap();
    assert_eq!(browser.told("gone").await, "ended");
}

#[tokio::test]
async fn a_browser_may_offer_a_link_and_close_it() {
    let Some(mut browser) = Foreign::browser().await else { return };
    let link = browser.offers(loopback()).await;
    exchange(&link, &mut browser, 16).await;
    closes(&link, &mut browser).await;
}

#[tokio::test]
async fn a_link_to_a_browser_finds_a_new_way_whoever_offered_it() {
    let Some(mut browser) = Foreign::browser().await else { return };
    let link = browser.answers(loopback()).await;
    browser.answers_restart(&link).await;
    exchange(&link, &mut browser, 16).await;

    let Some(mut browser) = Foreign::browser().await else { return };
    let link = browser.offers(loopback()).await;
    browser.restarts(&link).await;
    exchange(&link, &mut browser, 16).await;
}

#[tokio::test]
async fn aiortc_answers_a_link_and_sees_it_close() {
    let Some(mut aiortc) = Foreign::aiortc().await else { return };
    let link = aiortc.answers(loopback()).await;
    echo(&link).await;
    exchange(&link, &mut aiortc, soak(32, HUNDRED_MB)).await;
    link.close().await.unwrap();
    assert_eq!(aiortc.told("gone").await, "ended");
}

#[tokio::test]
async fn aiortc_may_offer_a_link_and_close_it() {
    let Some(mut aiortc) = Foreign::aiortc().await else { return };
    let link = aiortc.offers(loopback()).await;
    exchange(&link, &mut aiortc, soak(32, HUNDRED_MB)).await;
    closes(&link, &mut aiortc).await;
}

/// Bulk both ways at once, compared by hash.
async fn exchange(link: &Link, other: &mut Foreign, chunks: usize) {
    other.tell("exchange", &format!("{chunks} {THEIRS}")).await;
    let bulk = link.lane(Purpose::Bulk);
    let (sent, received) = tokio::join!(pour(link, chunks, OURS), drain(&bulk, chunks));
    assert_eq!(received, hash(chunks, THEIRS));
    assert_eq!(other.told("exchanged").await, hex(&sent));
}

/// The other end sends back what it gets on the chat lane.
async fn echo(link: &Link) {
    let chat = link.lane(Purpose::Chat);
    for len in [0, 1, 1000, MAX_MESSAGE] {
        let message = Bytes::from(vec![7; len]);
        chat.send(message.clone()).await.unwrap();
        assert_eq!(timeout(PATIENCE, chat.receive()).await.unwrap().unwrap().unwrap(), message);
    }
}

async fn closes(link: &Link, other: &mut Foreign) {
    other.tell("close", "").await;
    assert_eq!(reaches(link, |state| matches!(state, State::Closed(_))).await, State::Closed(Closed::ByPeer));
    other.told("closed").await;
    assert_eq!(link.lane(Purpose::Bulk).receive().await, Ok(None));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const OURS: u8 = 1;
const THEIRS: u8 = 2;
/// In chunks of 64 KiB.
const HUNDRED_MB: usize = 1526;
