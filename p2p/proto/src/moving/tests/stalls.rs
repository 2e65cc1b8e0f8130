//! Nothing ever stands still without a reason that is told.

use super::world::{CONTROL, World};
use crate::moving::{Progress, Receiver, Sender, Stall};
use nyx_testkit::network::Conditions;

fn world() -> World {
    World::new(
        3,
        Conditions { delay_ms: (5, 5), bytes_per_sec: Some(500_000), queue_bytes: 1 << 30, ..Conditions::default() },
    )
}

#[test]
fn silence_of_ten_seconds_is_told_on_both_sides_and_so_is_its_end() {
    let mut world = world();
    let (mut cut_at, mut joined) = (None, false);
    world.run(120_000, |world| {
        if cut_at.is_none() && world.sent > 200_000 {
            cut_at = Some(world.now());
            // The link does not know: nothing passes, and nobody is told.
            world.network.cut(CONTROL[0], CONTROL[1]);
            world.network.cut(2, 3);
        }
        let Some(at) = cut_at else { return };
        let both = [world.old.stalls.first(), world.new.stalls.first()];
        if world.now() - at < 9_000 {
            assert_eq!(both, [None, None]);
        }
        if !joined && world.now() - at > 14_000 {
            assert_eq!(both, [Some(&Stall::Silence); 2]);
            joined = true;
            // What a driver does then: another link.
            world.unlink(10);
        }
    });
    assert!(joined);
    world.check_end("silence");
    assert!(world.old.machine.as_ref().unwrap().stalled().is_none());
}

#[test]
fn a_disk_that_does_not_answer_is_told_by_whose_it_is() {
    let mut world = world();
    let mut stuck = false;
    world.run(60_000, |world| {
        if world.sent > 200_000 && !stuck {
            stuck = true;
        }
        if stuck {
            // It never answers.
            world.new.pending.clear();
        }
    });
    assert_eq!((world.old.stalls.first(), world.new.stalls.first()), (Some(&Stall::TheirDisk), Some(&Stall::OwnDisk)));
}

#[test]
fn a_lost_link_is_told_at_once() {
    let mut world = world();
    let mut lost = false;
    world.run(60_000, |world| {
        if !lost && world.sent > 200_000 {
            lost = true;
            world.unlink(5_000);
            assert_eq!((&world.old.stalls[..], &world.new.stalls[..]), (&[Stall::Link][..], &[Stall::Link][..]));
        }
    });
    world.check_end("a lost link");
}

#[test]
fn progress_goes_up_to_the_end_and_knows_how_long_it_takes() {
    let mut world = world();
    let (mut before, mut seen): (Option<Progress>, u32) = (None, 0);
    world.run(60_000, |world| {
        let now = world.now();
        let (Some(old), Some(new)) = (&world.old.machine, &world.new.machine) else { return };
        let progress = Sender::progress(old, now);
        assert!(progress.done <= progress.total && before.is_none_or(|before| before.done <= progress.done));
        if progress.done > 400_000 && progress.done < 500_000 && progress.eta_secs.is_some() {
            // 500 kB a second, in windows of four chunks.
            assert!((150_000..=600_000).contains(&progress.rate), "{progress:?}");
            assert!(progress.eta_secs.is_some_and(|secs| (0..=4).contains(&secs)), "{progress:?}");
            seen += 1;
        }
        let theirs = Receiver::progress(new, now);
        assert!(theirs.done <= theirs.total);
        before = Some(progress);
    });
    let end = before.unwrap();
    assert!(seen > 0 && end.done == end.total && end.eta_secs == Some(0), "{end:?}");
}
