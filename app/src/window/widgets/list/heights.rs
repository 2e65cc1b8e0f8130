//! How high every place of a list is.
//!
//! Places are numbered by `u64`; most of them were never looked at. A place is a gap (there is no row), a row of unknown
//! height (counted with the mean of the measured ones), a row whose height is guessed, or a measured row. Heights are
//! kept for blocks of 128 places in which at least one is known, under chunks of 128 blocks, under runs: stretches of
//! chunks that are all gaps or all unknown cost nothing, however long. Sums are made anew from their parts whenever one
//! changes, so they never drift.

mod cell;
mod chunk;
mod sum;

pub(super) use cell::Cell;
use chunk::{CHUNK, Chunk};
use std::ops::RangeInclusive;
use sum::{Mean, Sum};

/// Heights of all places, from 0 to the largest.
#[derive(Debug)]
pub(super) struct Heights {
    /// They follow each other from chunk 0 to the last, without holes.
    runs: Vec<Run>,
    /// The run that was asked for last, and its first chunk: the next question is nearly always about the same.
    near: std::cell::Cell<(usize, u64)>,
    mean: Mean,
}

impl Heights {
    /// All places are gaps.
    pub(super) fn new() -> Self {
        Self { runs: vec![Run::filled(CHUNKS, Filling::Gap)], near: std::cell::Cell::default(), mean: Mean::default() }
    }

    pub(super) fn get(&self, at: u64) -> Cell {
        let (run, _) = self.run_of(at / CHUNK);
        match (&self.runs[run].cells, self.runs[run].filling) {
            (Some(chunk), _) => chunk.get((at % CHUNK) as usize),
            (None, Filling::Gap) => Cell::Gap,
            (None, Filling::Unknown) => Cell::Unknown,
        }
    }

    /// The height that a place counts with.
    pub(super) fn height(&self, at: u64) -> f64 {
        match self.get(at) {
            Cell::Gap => 0.0,
            Cell::Unknown => self.mean(),
            Cell::Guessed(height) | Cell::Measured(height) => f64::from(height),
        }
    }

    /// What rows of unknown height count with.
    pub(super) fn mean(&self) -> f64 {
        self.mean.value()
    }

    pub(super) fn set(&mut self, at: u64, cell: Cell) {
        let earlier = self.get(at);
        if earlier == cell {
            return;
        }
        if let Cell::Measured(height) = cell
            && !matches!(earlier, Cell::Measured(_))
        {
            self.mean.learn(f64::from(height));
        }
        self.chunk_mut(at / CHUNK).set((at % CHUNK) as usize, cell);
        self.tidy(at / CHUNK);
    }

    /// Makes all these places gaps, or rows of unknown height.
    pub(super) fn fill(&mut self, places: RangeInclusive<u64>, with: Filling) {
        let (first, last) = (*places.start(), *places.end());
        if first > last {
            return;
        }
        let (mut from, mut to) = (first / CHUNK, last / CHUNK);
        if from == to {
            self.fill_part(from, (first % CHUNK) as usize..=(last % CHUNK) as usize, with);
            return;
        }
        if first % CHUNK != 0 {
            self.fill_part(from, (first % CHUNK) as usize..=CHUNK as usize - 1, with);
            from += 1;
        }
        if last % CHUNK != CHUNK - 1 {
            self.fill_part(to, 0..=(last % CHUNK) as usize, with);
            to -= 1;
        }
        if from <= to {
            self.fill_chunks(from, to, with);
        }
    }

    /// The same from one place up to, but not with, another; nothing if that is not after it.
    pub(super) fn fill_between(&mut self, from: u64, to: u64, with: Filling) {
        if from < to {
            self.fill(from..=to - 1, with);
        }
    }

    /// No measure is exact any more: another width. The mean is still a good beginning.
    pub(super) fn doubt(&mut self) {
        for run in &mut self.runs {
            if let Some(chunk) = &mut run.cells {
                chunk.doubt();
            }
        }
        self.mean.doubt();
    }

    /// The height of everything.
    pub(super) fn total(&self) -> f64 {
        self.runs.iter().map(|run| run.sum().height(self.mean())).sum()
    }

    /// The height of everything before a place.
    pub(super) fn before(&self, at: u64) -> f64 {
        self.sum_before(at).height(self.mean())
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.runs.iter().fold(0, |rows, run| rows.saturating_add(run.sum().rows))
    }

    /// How many rows are before a place.
    pub(super) fn rows_before(&self, at: u64) -> u64 {
        self.sum_before(at).rows
    }

    /// The row at a height, and how much of it is above that. Beyond the end: the last row. `None`: there is no row.
    pub(super) fn find(&self, height: f64) -> Option<(u64, f64)> {
        let mean = self.mean();
        let mut left = height.max(0.0);
        let mut first = 0;
        for run in &self.runs {
            let within = run.sum().height(mean);
            if left < within {
                let (at, above) = if let Some(chunk) = &run.cells {
                    let (at, above) = chunk.find(left, mean);
                    (first * CHUNK + at as u64, above)
                } else {
                    let rows = ((left / mean) as u64).min(run.chunks.saturating_mul(CHUNK) - 1);
                    (first * CHUNK + rows, left - rows as f64 * mean)
                };
                return Some((at, above.clamp(0.0, self.height(at))));
            }
            left -= within;
            first += run.chunks;
        }
        let last = self.at_or_before(u64::MAX)?;
        Some((last, self.height(last)))
    }

    /// The first row that is not before a place.
    pub(super) fn at_or_after(&self, at: u64) -> Option<u64> {
        let (index, mut first) = self.run_of(at / CHUNK);
        let mut at = at;
        for run in &self.runs[index..] {
            match (&run.cells, run.filling) {
                (Some(chunk), _) => {
                    if let Some(within) = chunk.at_or_after((at % CHUNK) as usize) {
                        return Some(first * CHUNK + within as u64);
                    }
                }
                (None, Filling::Unknown) => return Some(at),
                (None, Filling::Gap) => {}
            }
            first += run.chunks;
            at = first.checked_mul(CHUNK)?;
        }
        None
    }

    /// The last row that is not after a place.
    pub(super) fn at_or_before(&self, at: u64) -> Option<u64> {
        let (index, mut first) = self.run_of(at / CHUNK);
        let mut at = at;
        for (index, run) in self.runs[..=index].iter().enumerate().rev() {
            match (&run.cells, run.filling) {
                (Some(chunk), _) => {
                    if let Some(within) = chunk.at_or_before((at % CHUNK) as usize) {
                        return Some(first * CHUNK + within as u64);
                    }
                }
                (None, Filling::Unknown) => return Some(at),
                (None, Filling::Gap) => {}
            }
            at = (first * CHUNK).checked_sub(1)?;
            first -= self.runs[index.checked_sub(1)?].chunks;
        }
        None
    }

    /// Bytes of memory.
    #[cfg(test)]
    fn bytes(&self) -> usize {
        let chunks = self.runs.iter().filter_map(|run| run.cells.as_deref());
        self.runs.capacity() * size_of::<Run>() + chunks.map(Chunk::bytes).sum::<usize>()
    }

    fn sum_before(&self, at: u64) -> Sum {
        let (index, first) = self.run_of(at / CHUNK);
        let mut sum = Sum::default();
        for earlier in &self.runs[..index] {
            sum.add(&earlier.sum());
        }
        let run = &self.runs[index];
        match (&run.cells, run.filling) {
            (Some(chunk), _) => sum.add(&chunk.before((at % CHUNK) as usize)),
            (None, Filling::Unknown) => sum.add(&Sum::unknown(at - first * CHUNK)),
            (None, Filling::Gap) => {}
        }
        sum
    }

    /// The run of a chunk, and the run's first chunk.
    fn run_of(&self, chunk: u64) -> (usize, u64) {
        let (mut index, mut first) = self.near.get();
        while chunk < first {
            index -= 1;
            first -= self.runs[index].chunks;
        }
        while index + 1 < self.runs.len() && chunk - first >= self.runs[index].chunks {
            first += self.runs[index].chunks;
            index += 1;
        }
        self.near.set((index, first));
        (index, first)
    }

    /// A chunk of its own for these places, whatever they were in.
    fn chunk_mut(&mut self, chunk: u64) -> &mut Chunk {
        let (mut index, first) = self.run_of(chunk);
        let Run { chunks, filling, .. } = self.runs[index];
        let (before, after) = (chunk - first, first + chunks - 1 - chunk);
        self.runs[index].chunks = 1;
        if before > 0 {
            self.near.set((index + 1, chunk));
        }
        if after > 0 {
            self.runs.insert(index + 1, Run::filled(after, filling));
        }
        if before > 0 {
            self.runs.insert(index, Run::filled(before, filling));
            index += 1;
        }
        self.runs[index].cells.get_or_insert_with(|| Box::new(Chunk::filled(filling)))
    }

    fn fill_part(&mut self, chunk: u64, places: RangeInclusive<usize>, with: Filling) {
        let (run, _) = self.run_of(chunk);
        if self.runs[run].cells.is_some() || self.runs[run].filling != with {
            self.chunk_mut(chunk).fill(places, with);
            self.tidy(chunk);
        }
    }

    fn fill_chunks(&mut self, from: u64, to: u64, with: Filling) {
        let mut runs = Vec::with_capacity(self.runs.len() + 2);
        let mut first = 0;
        for run in self.runs.drain(..) {
            let next = first + run.chunks;
            let (before, after) = (from.clamp(first, next) - first, next - (to + 1).clamp(first, next));
            if before + after == run.chunks {
                // It is outside.
                runs.push(run);
            } else {
                runs.extend((before > 0).then(|| Run::filled(before, run.filling)));
                runs.push(Run::filled(next - first - before - after, with));
                runs.extend((after > 0).then(|| Run::filled(after, run.filling)));
            }
            first = next;
        }
        self.runs = runs;
        self.join();
    }

    /// A chunk that became uniform needs no cells, and joins its neighbours.
    fn tidy(&mut self, chunk: u64) {
        let (index, _) = self.run_of(chunk);
        let run = &mut self.runs[index];
        if let Some(filling) = run.cells.as_ref().and_then(|cells| cells.uniform()) {
            *run = Run::filled(run.chunks, filling);
            self.join();
        }
    }

    fn join(&mut self) {
        self.near.take();
        self.runs.dedup_by(|run, earlier| {
            let is_same = run.cells.is_none() && earlier.cells.is_none() && run.filling == earlier.filling;
            if is_same {
                earlier.chunks += run.chunks;
            }
            is_same
        });
    }
}

/// What many places are made at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Filling {
    Gap,
    Unknown,
}

/// Chunks that follow each other: all filled so, or one with cells.
#[derive(Debug)]
struct Run {
    chunks: u64,
    filling: Filling,
    cells: Option<Box<Chunk>>,
}

impl Run {
    fn filled(chunks: u64, filling: Filling) -> Self {
        Self { chunks, filling, cells: None }
    }

    fn sum(&self) -> Sum {
        match (&self.cells, self.filling) {
            (Some(chunk), _) => chunk.sum,
            (None, Filling::Unknown) => Sum::unknown(self.chunks.saturating_mul(CHUNK)),
            (None, Filling::Gap) => Sum::default(),
        }
    }
}

/// Chunks of all places that a `u64` can number.
const CHUNKS: u64 = u64::MAX / CHUNK + 1;

#[cfg(test)]
mod tests;
