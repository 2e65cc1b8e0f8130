use super::*;
use proptest::prelude::*;

/// The same in the simplest way.
struct Naive(Vec<Cell>);

impl Naive {
    fn height(&self, at: usize, mean: f64) -> f64 {
        match self.0[at] {
            Cell::Gap => 0.0,
            Cell::Unknown => mean,
            Cell::Guessed(height) | Cell::Measured(height) => f64::from(height),
        }
    }

    fn before(&self, at: usize, mean: f64) -> f64 {
        (0..at).map(|at| self.height(at, mean)).sum()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Set(u64, Cell),
    Fill(u64, u64, bool),
    Doubt,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Places near the edges of blocks and chunks are where mistakes are.
    let place = prop_oneof![
        0..PLACES,
        (0..PLACES / CHUNK, 0..3_u64).prop_map(|(chunk, off)| (chunk * CHUNK + off).saturating_sub(1)),
        (0..PLACES / 128, 0..3_u64).prop_map(|(block, off)| (block * 128 + off).saturating_sub(1)),
    ]
    .boxed();
    let height = (1..400_u16).prop_map(|quarters| f32::from(quarters) / 4.0);
    let cell = prop_oneof![
        1 => Just(Cell::Gap),
        1 => Just(Cell::Unknown),
        1 => height.clone().prop_map(Cell::Guessed),
        4 => height.prop_map(Cell::Measured),
    ];
    let step = prop_oneof![
        8 => (place.clone(), cell).prop_map(|(at, cell)| Step::Set(at, cell)),
        4 => (place.clone(), place, any::<bool>()).prop_map(|(one, other, gap)| Step::Fill(one, other, gap)),
        1 => Just(Step::Doubt),
    ];
    proptest::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_tree_agrees_with_a_plain_list(steps in steps(), probes in proptest::collection::vec(0..PLACES, 8)) {
        let mut heights = Heights::new();
        let mut naive = Naive(vec![Cell::Gap; PLACES as usize]);
        for step in steps {
            match step {
                Step::Set(at, cell) => {
                    heights.set(at, cell);
                    naive.0[at as usize] = cell;
                }
                Step::Fill(one, other, is_gap) => {
                    let (first, last) = (one.min(other), one.max(other));
                    heights.fill(first..=last, if is_gap { Filling::Gap } else { Filling::Unknown });
                    naive.0[first as usize..=last as usize].fill(if is_gap { Cell::Gap } else { Cell::Unknown });
                }
                Step::Doubt => {
                    heights.doubt();
                    for cell in &mut naive.0 {
                        if let Cell::Measured(height) = *cell {
                            *cell = Cell::Guessed(height);
                        }
                    }
                }
            }
        }
        let mean = heights.mean();
        let whole = naive.before(PLACES as usize, mean);
        prop_assert!((heights.total() - whole).abs() < 1e-3, "{} {whole}", heights.total());
        prop_assert_eq!(heights.rows(), naive.0.iter().filter(|cell| **cell != Cell::Gap).count() as u64);
        for probe in probes {
            let at = probe as usize;
            prop_assert_eq!(heights.get(probe), naive.0[at]);
            let before = naive.before(at, mean);
            prop_assert!((heights.before(probe) - before).abs() < 1e-3);
            let is_row = |at: &usize| naive.0[*at] != Cell::Gap;
            prop_assert_eq!(heights.at_or_after(probe), (at..PLACES as usize).find(is_row).map(|at| at as u64));
            prop_assert_eq!(heights.at_or_before(probe), (0..=at).rev().find(is_row).map(|at| at as u64));
            if is_row(&at) {
                // Half a point into a row is in that row.
                let inside = naive.height(at, mean) / 2.0;
                let (found, above) = heights.find(before + inside).unwrap();
                prop_assert_eq!(found, probe);
                prop_assert!((above - inside).abs() < 1e-3);
            }
        }
    }
}

#[test]
fn a_million_measured_rows_take_less_than_five_megabytes() {
    let mut heights = Heights::new();
    heights.fill(1..=1_000_000, Filling::Unknown);
    assert!(heights.bytes() < 100_000, "{}", heights.bytes());
    for at in 1..=1_000_000_u64 {
        heights.set(at, Cell::Measured(20.0 + (at % 97) as f32));
    }
    assert!(heights.bytes() < 5_000_000, "{}", heights.bytes());
}

#[test]
fn a_gap_of_any_length_costs_nothing() {
    let mut heights = Heights::new();
    heights.fill(5..=u64::MAX, Filling::Unknown);
    heights.fill(100..=u64::MAX - 100, Filling::Gap);
    assert_eq!(heights.rows(), 95 + 100);
    assert_eq!(heights.at_or_after(100), Some(u64::MAX - 99));
    assert_eq!(heights.at_or_before(u64::MAX - 100), Some(99));
    heights.set(u64::MAX, Cell::Measured(30.0));
    assert_eq!(heights.find(f64::MAX), Some((u64::MAX, 30.0)));
    assert!(heights.bytes() < 200_000, "{}", heights.bytes());
}

#[test]
fn a_single_row_is_found_at_every_height() {
    let mut heights = Heights::new();
    assert_eq!(heights.find(0.0), None);
    assert_eq!(heights.at_or_before(u64::MAX), None);
    heights.set(0, Cell::Measured(10.0));
    assert_eq!(heights.find(-5.0), Some((0, 0.0)));
    assert_eq!(heights.find(4.0), Some((0, 4.0)));
    assert_eq!(heights.find(40.0), Some((0, 10.0)));
}

const PLACES: u64 = 3 * CHUNK + 77;
