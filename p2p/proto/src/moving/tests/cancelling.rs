//! Whoever cancels, and whenever: before the end both are as they were, after it nothing can be cancelled.

use super::{account::Account, world::World};
use crate::moving::{ReceiverView, Sender, SenderView};
use nyx_testkit::network::Conditions;
use nyx_wire::moving::StopReason;

fn world() -> World {
    World::new(1, Conditions { delay_ms: (2, 20), ..Conditions::default() })
}

/// Runs until `now` says so, cancels there, and runs on for a minute.
fn cancelled(mut now: impl FnMut(&World) -> bool, cancel: impl Fn(&mut World)) -> (World, u64) {
    let mut world = world();
    let mut at = None;
    world.run(60_000, |world| {
        if at.is_none() && now(world) {
            at = Some(world.now());
            cancel(world);
        }
    });
    let at = at.unwrap();
    (world, at)
}

#[test]
fn a_cancel_on_either_side_shows_on_the_other_within_a_second_and_leaves_both_as_they_were() {
    let mut cancels = 0;
    for moment in 0..60 {
        for by_old in [true, false] {
            let (mut events, mut at, mut took, mut too_late) = (0, None, None, false);
            let mut world = world();
            world.run(20_000, |world| {
                events += 1;
                if events == 5 + 3 * moment {
                    at = Some(world.now());
                    too_late = is_too_late(world, by_old);
                    let why = StopReason::Person;
                    if by_old {
                        world.tell_old(|old, now| old.handle_cancel(why, now));
                    } else {
                        world.tell_new(|new, now| new.handle_cancel(why, now));
                    }
                }
                if took.is_none() && world.old.stopped.is_some() && world.new.stopped.is_some() {
                    took = at.map(|at| world.now() - at);
                }
            });
            let what = alloc::format!("moment {moment}, by the old one: {by_old}: {:?}", world.views());
            if at.is_none() || too_late {
                assert!(world.is_done(), "{what}");
                continue;
            }
            cancels += 1;
            assert!(took.is_some_and(|took| took < 1_000), "{took:?}, {what}");
            assert!(world.old.has_key && !world.old.frozen && !world.new.active, "{what}");
            assert!(world.new.stored.is_empty(), "nothing stays behind: {what}");
        }
    }
    assert!(cancels > 30, "{cancels}");
}

fn is_too_late(world: &World, by_old: bool) -> bool {
    let (old, new) = world.views();
    if by_old {
        !matches!(old, Some(SenderView::Sending | SenderView::Finishing))
    } else {
        !matches!(new, Some(ReceiverView::Waiting | ReceiverView::Receiving | ReceiverView::Building))
    }
}

#[test]
fn whoever_is_ready_cannot_cancel_and_hears_it_from_the_old_device_alone() {
    let is_ready = |world: &World| world.views().1 == Some(ReceiverView::Ready);
    let (world, _) = cancelled(is_ready, |world| world.tell_new(|new, now| new.handle_cancel(StopReason::Person, now)));
    assert!(world.is_done());
}

#[test]
fn a_cancel_that_nobody_heard_is_said_when_they_meet_again_even_after_a_restart() {
    // The new device is ready, the link is gone, and the old one's person gives up.
    let mut gone = false;
    let mut world = world();
    world.run(120_000, |world| {
        if !gone && world.views().1 == Some(ReceiverView::Ready) && world.views().0 == Some(SenderView::Finishing) {
            gone = true;
            world.unlink(30_000);
            world.tell_old(|old, now| old.handle_cancel(StopReason::Person, now));
        }
        if gone && world.now() % 20 == 0 && !world.linked && world.new.machine.is_some() && world.random.below(4) == 0 {
            let at = world.links_at;
            world.kill_new();
            world.links_at = at;
        }
    });
    assert!(gone && world.old.stopped.is_some() && world.new.stopped.is_some(), "{:?}", world.views());
    assert!(world.old.has_key && !world.old.frozen && !world.new.active);
}

#[test]
fn after_it_was_let_go_nothing_is_cancelled() {
    let released = |world: &World| world.views().0 == Some(SenderView::Released);
    for by_peer in [true, false] {
        let (world, _) = cancelled(released, |world| {
            if by_peer {
                let frame = nyx_wire::moving::Frame::Cancel(StopReason::Person).to_bytes();
                world.tell_old(|old, now| old.handle_frame(&frame, now));
            } else {
                world.tell_old(|old, now| old.handle_cancel(StopReason::Person, now));
            }
        });
        world.check_end("cancelled too late");
    }
}

#[test]
fn a_retry_works_at_once() {
    let (world, _) = cancelled(
        |world| world.views().1 == Some(ReceiverView::Receiving),
        |world| world.tell_old(|old: Sender, now| old.handle_cancel(StopReason::Person, now)),
    );
    assert!(world.old.has_key && !world.old.frozen);
    let mut again = World::new(2, Conditions::default());
    again.account = Account::tiny();
    again.run(60_000, |_| {});
    assert!(again.is_done());
}
