//! Whatever happens to a list, what the reader looks at stays.

use super::reader::Reader;
use nyx_app::window::widgets::list::Align;
use proptest::prelude::*;

/// What can happen to a list beside the reader's own scrolling.
#[derive(Clone, Debug)]
enum Happening {
    Append(u64),
    Prepend(u64),
    Remove(u64),
    RemoveMany(u64, u64),
    Edit(u64, f32),
    Width(f32),
    Load,
    Forget,
    // And that.
    Scroll(f32),
    Jump(u64),
    Bottom,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let near = 0..60_u64;
    let happening = prop_oneof![
        2 => (1..40_u64).prop_map(Happening::Append),
        1 => (1..200_u64).prop_map(Happening::Prepend),
        2 => near.clone().prop_map(Happening::Remove),
        1 => (near.clone(), 1..100_u64).prop_map(|(at, count)| Happening::RemoveMany(at, count)),
        4 => (near, 8.0..300.0_f32).prop_map(|(at, height)| Happening::Edit(at, height)),
        2 => (200.0..900.0_f32).prop_map(Happening::Width),
        3 => Just(Happening::Load),
        1 => Just(Happening::Forget),
        4 => (-900.0..900.0_f32).prop_map(Happening::Scroll),
        1 => (0..2000_u64).prop_map(Happening::Jump),
        1 => Just(Happening::Bottom),
    ];
    proptest::collection::vec(happening, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_reader_looks_at_stays_whatever_happens(happenings in happenings(), is_slow in any::<bool>()) {
        let (mut first, mut last) = (5000_u64, 7000_u64);
        let mut reader = Reader::new(first..=last);
        reader.book.is_slow = is_slow;
        reader.look();
        reader.scroll(2000.0);
        for happening in happenings {
            let before = reader.drawn.clone();
            // Rows are named by their distance from the top of the view, half of them above it.
            let top = before.keys().next().copied().unwrap_or(last);
            let near = |at: u64| (top + at).saturating_sub(30).clamp(first, last);
            let (mut scrolls, mut goes_to_end) = (false, false);
            match happening {
                Happening::Append(count) => last += count,
                Happening::Prepend(count) => first -= count,
                Happening::Remove(at) => {
                    let at = near(at);
                    reader.book.gaps.push(at..=at);
                    reader.list.removed(at);
                }
                Happening::RemoveMany(at, count) => {
                    let (from, to) = (near(at), near(at + count));
                    reader.book.gaps.push(from..=to);
                    reader.list.gap(from..=to);
                }
                Happening::Edit(at, height) => {
                    reader.book.edited.insert(near(at), height);
                    reader.list.changed(near(at));
                }
                Happening::Width(width) => reader.size.x = width,
                Happening::Load => reader.load(),
                Happening::Forget => reader.book.loaded.clear(),
                Happening::Scroll(points) => {
                    reader.scroll(points);
                    scrolls = true;
                }
                Happening::Jump(at) => {
                    reader.list.jump_to(first + at, Align::Center);
                    scrolls = true;
                }
                Happening::Bottom => {
                    reader.list.to_bottom();
                    (scrolls, goes_to_end) = (true, true);
                }
            }
            reader.set_ends(first, last);
            let was_bottom = reader.seen.at_bottom;
            let was_settled = reader.is_settled;
            let seen = reader.look();
            if goes_to_end {
                prop_assert!(seen.at_bottom && seen.new == 0, "{seen:?}");
            }
            if reader.drawn.is_empty() {
                continue;
            }
            if seen.at_bottom {
                let end = *seen.places.unwrap().end();
                if reader.drawn.contains_key(&end) {
                    prop_assert!((reader.bottom_of(end) - reader.size.y).abs() <= 0.5);
                }
                continue;
            }
            // No hole, no overlap.
            let ends: Vec<(u64, f32, f32)> = reader.drawn.iter().map(|(at, top)| (*at, *top, reader.bottom_of(*at))).collect();
            prop_assert!(ends.windows(2).all(|pair| (pair[0].2 - pair[1].1).abs() <= 0.5), "{ends:?}");
            if scrolls || !was_settled {
                continue;
            }
            prop_assert!(!was_bottom, "the end was left without scrolling");
            let is_at_start = reader.drawn.iter().next().is_some_and(|(_, top)| *top >= -0.5);
            if is_at_start {
                continue;
            }
            // Of the rows that began in view one is held; another only takes its place when it is gone.
            let began: Vec<_> = before.iter().filter(|(_, top)| **top >= -0.5 && **top < reader.size.y).collect();
            let is_held = began.iter().any(|(at, y)| reader.drawn.get(*at).is_some_and(|now| (now - *y).abs() <= 0.5));
            let is_gone = began.iter().any(|(at, _)| reader.book.is_gap(**at));
            prop_assert!(began.is_empty() || is_gone || is_held, "{before:?} became {:?}", reader.drawn);
        }
    }
}
