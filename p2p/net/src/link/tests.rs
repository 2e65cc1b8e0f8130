//! What the other end of QUIC can do that has proven itself, and what happens when a connection or an endpoint is killed.

/// The one of the tests of whole links.
#[path = "../../tests/net/log.rs"]
mod log;

use super::*;
use crate::{
    lane::{SendFailure, channel::Strand},
    policy::Settings,
};
use bytes::Bytes;
use log::Log;
use nyx_testkit::seed::Seeded;
use nyx_wire::lane::MAX_MESSAGE;
use sha2::{Digest, Sha256};
use tokio::time::sleep;

/// Two links to each other, with QUIC up on both.
async fn linked() -> (Link, Link) {
    let options = || Options::new(Settings { interfaces: vec!["lo".into()], ..Settings::default() }.decide().unwrap());
    let (left, offer) = Link::offer(options()).await.unwrap();
    let (right, answer) = Link::answer(options(), &offer).await.unwrap();
    left.accept(&answer).await.unwrap();
    for link in [&left, &right] {
        carried(link).await;
    }
    (left, right)
}

async fn carried(link: &Link) {
    carried_by(link, BulkCarrier::Quic).await;
}

async fn carried_by(link: &Link, carrier: BulkCarrier) {
    let mut carries = link.bulk_carrier();
    timeout(PATIENCE, carries.wait_for(|now| *now == carrier)).await.unwrap().unwrap();
}

fn strand(link: &Link) -> Strand {
    let [_, _, bulk] = &link.lanes;
    bulk.strand()
}

async fn ended(link: &Link) -> Closed {
    let mut state = link.state();
    match *timeout(PATIENCE, state.wait_for(|state| matches!(state, State::Closed(_)))).await.unwrap().unwrap() {
        State::Closed(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_connection_that_is_killed_in_the_middle_loses_and_repeats_nothing() {
    for killer_sends in [true, false] {
        let (left, right) = linked().await;
        let (to, from) = (left.lane(Purpose::Bulk), right.lane(Purpose::Bulk));
        let sending = tokio::spawn(async move {
            for number in 0..MESSAGES {
                let mut message = vec![0; 64 * 1024];
                message[..4].copy_from_slice(&number.to_be_bytes());
                to.send(message.into()).await.unwrap();
            }
        });
        for number in 0..MESSAGES {
            let message = timeout(PATIENCE, from.receive()).await.unwrap().unwrap().unwrap();
            assert_eq!(message[..4], number.to_be_bytes(), "in order, each once");
            if number == MESSAGES / 4 {
                let killer = if killer_sends { &left } else { &right };
                strand(killer).beside().unwrap().give_up();
            }
        }
        sending.await.unwrap();
        // It comes back by itself.
        carried(&left).await;
        assert!(matches!(*right.state().borrow(), State::Up(_)));
    }
}

#[tokio::test]
async fn an_endpoint_that_is_killed_in_the_middle_leaves_the_rest_to_the_channel_and_the_reason_in_the_log() {
    for killer_sends in [true, false] {
        let log = Log::start();
        let (left, right) = linked().await;
        let (to, from) = (left.lane(Purpose::Bulk), right.lane(Purpose::Bulk));
        let sending = tokio::spawn(async move {
            let mut hash = Sha256::new();
            let mut message = Seeded::from_environment("an_endpoint_that_is_killed").bytes::<{ 64 * 1024 }>();
            for number in 0..MESSAGES {
                message[..4].copy_from_slice(&number.to_be_bytes());
                hash.update(message);
                to.send(Bytes::copy_from_slice(&message)).await.unwrap();
            }
            hash.finalize()
        });
        let mut hash = Sha256::new();
        for number in 0..MESSAGES {
            hash.update(timeout(PATIENCE, from.receive()).await.unwrap().unwrap().unwrap());
            if number == MESSAGES / 4 {
                let killer = if killer_sends { &left } else { &right };
                assert!(killer.shared.gate.switch.kill_endpoint());
                for link in [&left, &right] {
                    carried_by(link, BulkCarrier::Channel).await;
                }
            }
        }
        assert_eq!(sending.await.unwrap(), hash.finalize());
        log.says("bulk goes on over the data channel").await;
        for link in [&left, &right] {
            assert!(matches!(*link.state().borrow(), State::Up(_)));
        }
    }
}

#[tokio::test]
async fn a_proven_peer_that_breaks_the_rules_over_quic_is_cut_off() {
    // A number twice, and a message that is larger than any.
    for numbers in [&[(0, 10), (0, 10)][..], &[(0, MAX_MESSAGE + 1)]] {
        let (left, right) = linked().await;
        let beside = strand(&left).beside().unwrap();
        for (number, len) in numbers {
            beside.put(*number, vec![0; *len].into()).await.unwrap();
        }
        assert_eq!(ended(&right).await, Closed::Protocol, "{numbers:?}");
    }
}

#[tokio::test]
async fn a_message_of_the_largest_size_goes_over_quic_and_one_byte_more_is_not_taken() {
    let (left, right) = linked().await;
    let (to, from) = (left.lane(Purpose::Bulk), right.lane(Purpose::Bulk));
    let mut largest = vec![7; MAX_MESSAGE];
    largest[MAX_MESSAGE - 1] = 8;
    for _ in 0..3 {
        to.send(largest.clone().into()).await.unwrap();
        assert_eq!(timeout(PATIENCE, from.receive()).await.unwrap().unwrap().unwrap(), largest);
    }
    assert_eq!(to.send(vec![7; MAX_MESSAGE + 1].into()).await, Err(SendFailure::TooLarge));
    for link in [&left, &right] {
        assert_eq!(*link.bulk_carrier().borrow(), BulkCarrier::Quic);
        assert!(matches!(*link.state().borrow(), State::Up(_)));
    }
}

#[tokio::test]
async fn a_proven_peer_that_leaves_a_gap_and_floods_what_is_beyond_fills_nothing() {
    let (left, right) = linked().await;
    let beside = strand(&left).beside().unwrap();
    let chunk = Bytes::from(vec![0; 64 * 1024]);
    let flood = async {
        // Eight times what the lane holds, and nothing of it can be given to a reader.
        for number in 1..=1024 {
            if beside.put(number, chunk.clone()).await.is_err() {
                return;
            }
        }
        panic!("nobody has stopped it");
    };
    timeout(PATIENCE, flood).await.unwrap();
    assert_eq!(ended(&right).await, Closed::Protocol);
}

#[tokio::test]
async fn what_was_under_way_when_a_way_broke_arrives_after_two_minutes_without_any() {
    let (left, right) = linked().await;
    let ends = [&left, &right];
    let (to, from) = (left.lane(Purpose::Chat), right.lane(Purpose::Chat));
    for end in ends {
        end.shared.gate.cut(true);
    }
    // Several packets each, so that nothing new can go out before them; both ways, so that neither helps the other.
    for number in 0..5 {
        to.send(vec![number; 20_000].into()).await.unwrap();
        from.send(vec![number; 20_000].into()).await.unwrap();
    }
    for end in ends {
        let mut state = end.state();
        timeout(PATIENCE, state.wait_for(|state| *state == State::Interrupted)).await.unwrap().unwrap();
        // From here on the stack's minutes are fractions of a second.
        end.shared.gate.clock.set_pace(100);
    }
    sleep(Duration::from_secs(120) / 100).await;
    for end in ends {
        end.shared.gate.clock.set_pace(1);
        end.shared.gate.cut(false);
    }
    for number in 0..5 {
        for lane in [&to, &from] {
            let message = timeout(PATIENCE, lane.receive()).await.unwrap().unwrap().unwrap();
            assert_eq!(message, vec![number; 20_000]);
        }
    }
    for end in ends {
        let mut state = end.state();
        timeout(PATIENCE, state.wait_for(|state| matches!(state, State::Up(_)))).await.unwrap().unwrap();
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
const MESSAGES: u32 = 400;
