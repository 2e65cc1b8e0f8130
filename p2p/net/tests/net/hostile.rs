//! Peers that are not what they say, or want more than they may have.

use crate::{
    ends::{CHUNK, PATIENCE, loopback, reaches},
    sdp::{described, sdp},
};
use nyx_net::{
    lane::Purpose,
    link::{Closed, Description, DescriptionKind, Link, State},
};
use nyx_wire::lane::MESSAGE;
use rtc::{ice::mdns::MulticastDnsMode, peer_connection::configuration::setting_engine::SettingEngineBuilder};
use std::sync::Arc;
use tokio::{sync::Notify, time::timeout};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit},
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState, RTCSessionDescription,
    },
};

#[tokio::test]
async fn a_certificate_other_than_the_described_one_is_refused_on_either_side() {
    let deceive = async |wrong_in_offer: bool| {
        let (left, offer) = Link::offer(loopback()).await.unwrap();
        let swap = |description: &Description, wrong: bool| {
            let mut described = description.clone();
            described.fingerprint.0[31] ^= u8::from(wrong);
            described
        };
        let (right, answer) = Link::answer(loopback(), &swap(&offer, wrong_in_offer)).await.unwrap();
        left.accept(&swap(&answer, !wrong_in_offer)).await.unwrap();
        let deceived = if wrong_in_offer { &right } else { &left };
        let ended = reaches(deceived, |state| *state != State::Connecting).await;
        assert_eq!(ended, State::Closed(Closed::Unproven));
        // Not a byte was believed, in either direction.
        for link in [&left, &right] {
            assert!(!matches!(*link.state().borrow(), State::Up(_)));
        }
    };
    tokio::join!(deceive(true), deceive(false));
}

#[tokio::test]
async fn descriptions_that_do_not_fit_are_refused() {
    let (left, offer) = Link::offer(loopback()).await.unwrap();
    let (right, answer) = Link::answer(loopback(), &offer).await.unwrap();
    // An offer is no answer, the answerer does not restart, and the offerer does not answer.
    assert!(left.accept(&offer).await.is_err());
    assert!(right.restart().await.is_err());
    assert!(left.answer_restart(&offer).await.is_err());
    left.accept(&answer).await.unwrap();
    timeout(PATIENCE, left.opened()).await.unwrap().unwrap();
    // A restart never leads to another device.
    let mut restart = left.restart().await.unwrap();
    restart.fingerprint.0[0] ^= 1;
    assert!(right.answer_restart(&restart).await.is_err());
}

#[tokio::test]
async fn a_peer_that_opens_channels_of_its_own_is_cut_off() {
    let (link, stranger) = Stranger::linked().await;
    // Many may be on their way before the first is noticed.
    for number in 0..200 {
        let opened = stranger.peer.create_data_channel(&format!("more {number}"), None).await;
        if opened.is_err() {
            break;
        }
    }
    assert_eq!(ended(&link).await, Closed::Protocol);
}

#[tokio::test]
async fn a_peer_that_sends_more_than_it_may_is_cut_off_and_fills_nothing() {
    let (link, stranger) = Stranger::linked().await;
    let bulk = link.lane(Purpose::Bulk);
    let flood = async {
        let mut message = vec![0; CHUNK];
        message[0] = MESSAGE;
        // Eight times what the lane holds; nobody reads it.
        for _ in 0..1024 {
            if stranger.bulk.send(message.as_slice().into()).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(timeout(PATIENCE, flood), async {
        assert_eq!(ended(&link).await, Closed::Protocol);
        stranger.peer.close().await.unwrap();
    })
    .0
    .unwrap();
    let mut held = 0;
    while let Ok(Some(message)) = bulk.receive().await {
        held += message.len();
    }
    assert!(held <= 8 * 1024 * 1024, "{held} bytes were held");
}

#[tokio::test]
async fn frames_that_are_none_end_the_link() {
    // An unknown kind, a grant that is taken back, text, an end that is followed by more, an empty frame.
    let strange: [&[&[u8]]; 4] =
        [&[&[9, 1]], &[&[1, 0, 0, 0, 0, 0, 0, 0, 9], &[1, 0, 0, 0, 0, 0, 0, 0, 8]], &[&[2], &[0, 1]], &[&[]]];
    for frames in strange {
        let (link, stranger) = Stranger::linked().await;
        for frame in frames {
            stranger.bulk.send((*frame).into()).await.unwrap();
        }
        assert_eq!(ended(&link).await, Closed::Protocol, "{frames:?}");
    }
    let (link, stranger) = Stranger::linked().await;
    stranger.bulk.send_text("text").await.unwrap();
    assert_eq!(ended(&link).await, Closed::Protocol);
}

async fn ended(link: &Link) -> Closed {
    match reaches(link, |state| matches!(state, State::Closed(_))).await {
        State::Closed(why) => why,
        other => panic!("{other:?} is no end"),
    }
}

/// The other end, made of the bare stack: it proves itself and keeps to nothing else.
struct Stranger {
    peer: Arc<dyn PeerConnection>,
    bulk: Arc<dyn DataChannel>,
    _lanes: Vec<Arc<dyn DataChannel>>,
}

struct Gathered(Notify);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Gathered {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.notify_one();
        }
    }
}

impl Stranger {
    /// A link that is up, with a stranger at the other end.
    async fn linked() -> (Link, Self) {
        let gathered = Arc::new(Gathered(Notify::new()));
        let settings = SettingEngineBuilder::new()
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_include_loopback_candidate(true)
            .build();
        let peer = PeerConnectionBuilder::new()
            .with_setting_engine(settings)
            .with_handler(Arc::clone(&gathered) as Arc<_>)
            .with_udp_addrs(vec!["127.0.0.1:0"])
            .build()
            .await
            .unwrap();
        let peer: Arc<dyn PeerConnection> = Arc::new(peer);
        let mut lanes = Vec::new();
        for number in 0..3 {
            let init = RTCDataChannelInit { negotiated: Some(number), ..RTCDataChannelInit::default() };
            lanes.push(peer.create_data_channel("lane", Some(init)).await.unwrap());
        }
        let offer = peer.create_offer(None).await.unwrap();
        peer.set_local_description(offer).await.unwrap();
        timeout(PATIENCE, gathered.0.notified()).await.unwrap();
        let own = peer.local_description().await.unwrap();
        let (link, answer) = Link::answer(loopback(), &described(DescriptionKind::Offer, &own.sdp)).await.unwrap();
        peer.set_remote_description(RTCSessionDescription::answer(sdp(&answer)).unwrap()).await.unwrap();
        timeout(PATIENCE, link.opened()).await.unwrap().unwrap();
        let bulk = lanes.pop().unwrap();
        while !matches!(timeout(PATIENCE, bulk.poll()).await.unwrap(), Some(DataChannelEvent::OnOpen)) {}
        (link, Self { peer, bulk, _lanes: lanes })
    }
}
