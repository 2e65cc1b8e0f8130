//! What two members, and a third, see of a room.

use crate::client::{Ended, Local, heard, room};
use nyx_signal::{Limits, Options};
use nyx_wire::signal::{CloseReason, Notice, Number, Refusal, Request, RequestKind, SeatToken};
use std::time::Duration;

#[tokio::test]
async fn two_members_meet_exchange_frames_and_part() {
    let service = Local::start(Options::default()).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    ann.say(room(1), b"offer").await;
    assert_eq!(bob.hear().await, b"offer");
    bob.say(room(1), b"answer").await;
    assert_eq!(ann.hear().await, b"answer");
    bob.send(&Request::Leave { room: room(1) }).await;
    heard!(ann, Notice::PeerWent { .. });
}

#[tokio::test]
async fn a_third_joiner_is_refused_and_both_members_are_told() {
    let service = Local::start(Options::default()).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    let mut eve = service.connect().await;
    for seat in [None, Some(SeatToken([9; 16]))] {
        eve.send(&Request::Join { room: room(1), seat, standing: true }).await;
        heard!(eve, Notice::Refused { what: RequestKind::Join, why: Refusal::RoomFull, .. });
        heard!(ann, Notice::ThirdRefused { .. });
        heard!(bob, Notice::ThirdRefused { .. });
    }
    eve.say(room(1), b"let me in").await;
    heard!(eve, Notice::Refused { what: RequestKind::Send, why: Refusal::NotInRoom, .. });
    ann.hears_nothing().await;
}

#[tokio::test]
async fn frames_sent_before_the_other_arrives_wait_in_order() {
    let service = Local::start(Options::default()).await;
    let mut ann = service.connect().await;
    ann.join(room(1)).await;
    for number in 0..32u8 {
        ann.say(room(1), &[number; 100]).await;
    }
    ann.say(room(1), b"one too many").await;
    heard!(ann, Notice::Refused { what: RequestKind::Send, why: Refusal::WaitingFull, .. });
    let mut bob = service.connect().await;
    assert!(bob.join(room(1)).await.1);
    for number in 0..32u8 {
        assert_eq!(bob.hear().await, [number; 100]);
    }
    bob.hears_nothing().await;
}

#[tokio::test]
async fn no_more_bytes_wait_than_may_wait() {
    let service = Local::with(Limits { waiting_bytes: 1_000, ..Limits::default() }).await;
    let mut ann = service.connect().await;
    ann.join(room(1)).await;
    ann.say(room(1), &[0; 600]).await;
    ann.say(room(1), &[0; 600]).await;
    heard!(ann, Notice::Refused { what: RequestKind::Send, why: Refusal::WaitingFull, .. });
    ann.say(room(1), &[0; 400]).await;
    ann.hears_nothing().await;
}

#[tokio::test]
async fn a_seat_token_takes_over_a_seat_whose_socket_is_dead() {
    let service = Local::start(Options::default()).await;
    let mut ann = service.connect().await;
    let (seat, _) = ann.join(room(1)).await;
    let mut bob = service.connect().await;
    bob.join(room(1)).await;
    heard!(ann, Notice::PeerCame { .. });
    // Ann's old socket stays open and silent, as after a change of network.
    let mut again = service.connect().await;
    assert_eq!(again.join_with(room(1), Some(seat), false).await, (seat, true));
    heard!(bob, Notice::PeerCame { .. });
    heard!(ann, Notice::Closed { why: CloseReason::SeatTakenOver, .. });
    bob.say(room(1), b"welcome back").await;
    assert_eq!(again.hear().await, b"welcome back");
    // The old socket's end is nobody's departure.
    drop(ann);
    bob.hears_nothing().await;
}

#[tokio::test]
async fn a_closed_socket_frees_its_seats_at_once() {
    let service = Local::start(Options::default()).await;
    let (ann, mut bob) = service.pair(room(1)).await;
    drop(ann);
    heard!(bob, Notice::PeerWent { .. });
    let mut carol = service.connect().await;
    assert!(carol.join(room(1)).await.1);
}

#[tokio::test]
async fn a_room_with_one_member_ends_and_says_why() {
    let service = Local::with(Limits { alone_secs: 1, ..Limits::default() }).await;
    let mut ann = service.connect().await;
    ann.join(room(1)).await;
    heard!(ann, Notice::Closed { why: CloseReason::Alone, .. });
    ann.say(room(1), b"hello?").await;
    heard!(ann, Notice::Refused { why: Refusal::NotInRoom, .. });
    // The room can be opened anew.
    assert!(!ann.join(room(1)).await.1);
}

#[tokio::test]
async fn a_room_ends_after_its_time_and_a_standing_one_does_not() {
    let service = Local::with(Limits { room_secs: 1, alone_secs: 1, ..Limits::default() }).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    let mut carol = service.connect().await;
    carol.join_with(room(2), None, true).await;
    heard!(ann, Notice::Closed { why: CloseReason::Expired, .. });
    heard!(bob, Notice::Closed { why: CloseReason::Expired, .. });
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(ann.join(room(2)).await.1);
    heard!(carol, Notice::PeerCame { .. });
}

#[tokio::test]
async fn a_number_yields_its_room_once() {
    let service = Local::start(Options::default()).await;
    let (mut ann, mut bob) = (service.connect().await, service.connect().await);
    ann.send(&Request::Allocate).await;
    let (number, fresh) = heard!(ann, Notice::Allocated { number, room, ttl_secs } => {
        assert_eq!(ttl_secs, 120);
        (number, room)
    });
    assert!((100..1_000).contains(&number.0), "the first numbers have three digits");
    ann.join(fresh).await;
    bob.send(&Request::Claim { number }).await;
    let claimed = heard!(bob, Notice::Claimed { room, .. } => room);
    assert_eq!(claimed, fresh);
    assert!(bob.join(claimed).await.1);
    bob.send(&Request::Claim { number }).await;
    heard!(bob, Notice::Refused { what: RequestKind::Claim, why: Refusal::UnknownNumber, .. });
}

#[tokio::test]
async fn an_old_number_a_claimed_one_and_a_guess_look_alike() {
    let service = Local::with(Limits { number_secs: 1, ..Limits::default() }).await;
    let mut ann = service.connect().await;
    ann.send(&Request::Allocate).await;
    let number = heard!(ann, Notice::Allocated { number, .. } => number);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for number in [number, Number(7), Number(u32::MAX)] {
        ann.send(&Request::Claim { number }).await;
        heard!(
            ann,
            Notice::Refused { what: RequestKind::Claim, room: None, why: Refusal::UnknownNumber, retry_secs: 0 }
        );
    }
}

#[tokio::test]
async fn a_stopping_service_refuses_joins_lets_pairs_end_and_closes_with_try_again() {
    let service = Local::start(Options::default()).await;
    let (mut ann, mut bob) = service.pair(room(1)).await;
    let mut idle = service.connect().await;
    // All three are known to the service before it is stopped.
    idle.join(room(9)).await;
    let stopped = service.stop();
    for client in [&mut ann, &mut bob, &mut idle] {
        heard!(client, Notice::Draining { retry_ms } => assert!(retry_ms < 5_000));
    }
    idle.send(&Request::Join { room: room(2), seat: None, standing: false }).await;
    heard!(idle, Notice::Refused { what: RequestKind::Join, why: Refusal::Draining, .. });
    ann.say(room(1), b"just in time").await;
    assert_eq!(bob.hear().await, b"just in time");
    ann.send(&Request::Leave { room: room(1) }).await;
    let ended = idle.ended().await;
    assert!(matches!(&ended, Ended::Closed(1013, reason) if reason.starts_with("retry_ms=")), "{ended:?}");
    assert!(matches!(bob.ended().await, Ended::Closed(1013, _)));
    drop((ann, bob, idle));
    stopped.await.unwrap();
}
