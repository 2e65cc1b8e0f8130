//! Several instances over one real Redis.

use crate::{
    client::{Client, heard, room},
    program::Program,
};
use nyx_testkit::process::redis;
use nyx_wire::signal::{CloseReason, Notice, Refusal, Request, RequestKind};
use std::time::Duration;

/// Clients come from one address here.
const ROOMY: [&str; 4] = ["--connections-per-address", "1000", "--joins-per-minute", "1000000"];

async fn instance(url: &str) -> Program {
    let program = Program::start(&[&["--redis", url][..], &ROOMY].concat());
    // Ready once it hears the others and is known to live.
    loop {
        let mut client = Client::connect(program.address).await;
        client.send(&Request::Join { room: room(0), seat: None, standing: false }).await;
        if let Notice::Joined { .. } = Notice::decode(&client.next().await).unwrap() {
            client.send(&Request::Leave { room: room(0) }).await;
            return program;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn members_on_different_instances_meet_and_a_third_is_refused() {
    let (_redis, url) = redis();
    let (one, two) = (instance(&url).await, instance(&url).await);
    let (mut ann, mut bob) = (Client::connect(one.address).await, Client::connect(two.address).await);
    ann.join(room(1)).await;
    ann.say(room(1), b"early").await;
    assert!(bob.join(room(1)).await.1);
    heard!(ann, Notice::PeerCame { .. });
    assert_eq!(bob.hear().await, b"early");
    for number in 0..50u8 {
        ann.say(room(1), &[number; 2_000]).await;
        assert_eq!(bob.hear().await, [number; 2_000]);
        bob.say(room(1), &[number; 2_000]).await;
        assert_eq!(ann.hear().await, [number; 2_000]);
    }
    for program in [&one, &two] {
        let mut eve = Client::connect(program.address).await;
        eve.send(&Request::Join { room: room(1), seat: None, standing: false }).await;
        heard!(eve, Notice::Refused { what: RequestKind::Join, why: Refusal::RoomFull, .. });
        heard!(ann, Notice::ThirdRefused { .. });
        heard!(bob, Notice::ThirdRefused { .. });
    }
    bob.send(&Request::Leave { room: room(1) }).await;
    heard!(ann, Notice::PeerWent { .. });
    let mut carol = Client::connect(two.address).await;
    assert!(carol.join(room(1)).await.1);
}

#[tokio::test]
async fn a_seat_moves_between_instances_and_a_number_is_claimed_on_another() {
    let (_redis, url) = redis();
    let (one, two) = (instance(&url).await, instance(&url).await);
    let (mut ann, mut bob) = (Client::connect(one.address).await, Client::connect(one.address).await);
    ann.send(&Request::Allocate).await;
    let (number, fresh) = heard!(ann, Notice::Allocated { number, room, .. } => (number, room));
    let (seat, _) = ann.join(fresh).await;
    let mut elsewhere = Client::connect(two.address).await;
    elsewhere.send(&Request::Claim { number }).await;
    heard!(elsewhere, Notice::Claimed { room, .. } => assert_eq!(room, fresh));
    bob.send(&Request::Claim { number }).await;
    heard!(bob, Notice::Refused { why: Refusal::UnknownNumber, .. });
    assert!(bob.join(fresh).await.1);
    heard!(ann, Notice::PeerCame { .. });

    assert_eq!(elsewhere.join_with(fresh, Some(seat), false).await, (seat, true));
    heard!(ann, Notice::Closed { why: CloseReason::SeatTakenOver, .. });
    // Bob hears that Ann's socket is gone, or only that she came again.
    loop {
        let bytes = bob.next().await;
        match Notice::decode(&bytes).unwrap() {
            Notice::PeerWent { .. } => {}
            Notice::PeerCame { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    // What waited at the instance that she left may be lost, and she hears it.
    heard!(elsewhere, Notice::FramesLost { .. });
    elsewhere.say(fresh, b"from another network").await;
    assert_eq!(bob.hear().await, b"from another network");
    bob.say(fresh, b"welcome back").await;
    assert_eq!(elsewhere.hear().await, b"welcome back");
}

#[tokio::test]
async fn an_instance_that_is_killed_frees_its_rooms_and_a_new_join_works() {
    let (_redis, url) = redis();
    let (mut one, two) = (instance(&url).await, instance(&url).await);
    let (mut ann, mut bob) = (Client::connect(one.address).await, Client::connect(two.address).await);
    ann.join_with(room(1), None, true).await;
    bob.join_with(room(1), None, true).await;
    heard!(ann, Notice::PeerCame { .. });
    // A room all of whose members die with the instance.
    let mut carol = Client::connect(one.address).await;
    carol.join(room(2)).await;
    let mut dave = Client::connect(one.address).await;
    dave.join(room(2)).await;

    one.process.kill();
    ann.ended().await;
    heard!(bob, Notice::PeerWent { .. });
    let mut ann = Client::connect(two.address).await;
    assert!(ann.join_with(room(1), None, true).await.1);
    heard!(bob, Notice::PeerCame { .. });
    ann.say(room(1), b"again").await;
    assert_eq!(bob.hear().await, b"again");
    let mut carol = Client::connect(two.address).await;
    assert!(!carol.join(room(2)).await.1);
}

#[tokio::test]
async fn without_its_store_an_instance_refuses_joins_and_keeps_what_it_has() {
    let (mut redis, url) = redis();
    let one = instance(&url).await;
    let (mut ann, mut bob) = (Client::connect(one.address).await, Client::connect(one.address).await);
    ann.join(room(1)).await;
    bob.join(room(1)).await;
    heard!(ann, Notice::PeerCame { .. });
    redis.kill();
    let mut carol = Client::connect(one.address).await;
    carol.send(&Request::Join { room: room(2), seat: None, standing: false }).await;
    heard!(carol, Notice::Refused { why: Refusal::Unavailable, .. });
    ann.say(room(1), b"still here").await;
    assert_eq!(bob.hear().await, b"still here");
}

#[tokio::test]
async fn a_seat_taken_over_on_one_instance_outlives_the_old_socket() {
    let (_redis, url) = redis();
    let (one, two) = (instance(&url).await, instance(&url).await);
    let (mut ann, mut bob) = (Client::connect(one.address).await, Client::connect(two.address).await);
    let (seat, _) = ann.join(room(1)).await;
    bob.join(room(1)).await;
    heard!(ann, Notice::PeerCame { .. });
    let mut again = Client::connect(one.address).await;
    again.join_with(room(1), Some(seat), false).await;
    heard!(bob, Notice::PeerCame { .. });
    heard!(ann, Notice::Closed { .. });
    drop(ann);
    // Longer than until the next comparison with the store.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    bob.say(room(1), b"still there?").await;
    assert_eq!(again.hear().await, b"still there?");
    let mut eve = Client::connect(two.address).await;
    eve.send(&Request::Join { room: room(1), seat: None, standing: false }).await;
    heard!(eve, Notice::Refused { why: Refusal::RoomFull, .. });
}

#[tokio::test]
async fn a_room_that_one_member_marks_as_standing_stands_for_both() {
    let (_redis, url) = redis();
    let arguments = ["--redis", &url, "--alone-secs", "3", "--room-secs", "3"];
    let (one, two) = (Program::start(&arguments), Program::start(&arguments));
    let (mut ann, mut bob) = (Client::connect(one.address).await, Client::connect(two.address).await);
    patient_join(&mut ann, false).await;
    patient_join(&mut bob, true).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    bob.say(room(1), b"still a room").await;
    loop {
        let bytes = ann.next().await;
        match Notice::decode(&bytes).unwrap() {
            Notice::Frame { payload, .. } => break assert_eq!(payload, b"still a room"),
            Notice::PeerCame { .. } | Notice::PeerWent { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Joins as soon as the instance has reached its store.
async fn patient_join(client: &mut Client, standing: bool) {
    loop {
        client.send(&Request::Join { room: room(1), seat: None, standing }).await;
        if let Notice::Joined { .. } = Notice::decode(&client.next().await).unwrap() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_store_that_comes_back_is_used_again_and_no_seat_is_locked() {
    let (mut redis, url) = redis();
    let port = url.trim_start_matches("redis://127.0.0.1:").trim_end_matches('/').to_owned();
    let one = instance(&url).await;
    let mut ann = Client::connect(one.address).await;
    ann.join(room(1)).await;
    redis.kill();
    // While the store is away: Ann leaves, and her seat must not stay taken.
    drop(ann);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut command = std::process::Command::new("redis-server");
    command.args(["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port", &port]);
    let _again = nyx_testkit::process::Process::start(command.stdout(std::process::Stdio::null()));
    let (mut bob, mut carol) = (Client::connect(one.address).await, Client::connect(one.address).await);
    patient_join(&mut bob, false).await;
    patient_join(&mut carol, false).await;
    bob.say(room(1), b"hello").await;
    loop {
        let bytes = carol.next().await;
        match Notice::decode(&bytes).unwrap() {
            Notice::Frame { payload, .. } => break assert_eq!(payload, b"hello"),
            Notice::PeerCame { .. } | Notice::PeerWent { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn frames_that_the_store_loses_are_reported() {
    let (_redis, url) = redis();
    let (one, two) = (instance(&url).await, instance(&url).await);
    let (mut ann, mut bob) = (Client::connect(one.address).await, Client::connect(two.address).await);
    ann.join(room(1)).await;
    bob.join(room(1)).await;
    heard!(ann, Notice::PeerCame { .. });
    // Every subscription is cut: what is published now reaches nobody.
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let cut: i64 =
        redis::cmd("CLIENT").arg("KILL").arg("TYPE").arg("pubsub").query_async(&mut connection).await.unwrap();
    assert_eq!(cut, 2);
    ann.say(room(1), b"lost").await;
    heard!(ann, Notice::FramesLost { .. });
    heard!(bob, Notice::FramesLost { .. });
}
