//! Heights of many places that follow each other, in blocks that cost nothing while all of their places are alike.

use super::{
    Filling,
    cell::{Cell, GAP, UNKNOWN},
    sum::Sum,
};
use std::ops::RangeInclusive;

#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) sum: Sum,
    blocks: [Block; SPAN],
}

#[derive(Debug)]
struct Block {
    known: f64,
    unknown: u16,
    rows: u16,
    cells: Cells,
}

#[derive(Debug)]
enum Cells {
    Gap,
    Unknown,
    Mixed(Box<[f32; SPAN]>),
}

impl Chunk {
    pub(super) fn filled(filling: Filling) -> Self {
        let mut chunk = Self { sum: Sum::default(), blocks: std::array::from_fn(|_| Block::filled(filling)) };
        chunk.add_up();
        chunk
    }

    pub(super) fn get(&self, at: usize) -> Cell {
        Cell::unpack(self.blocks[at / SPAN].cell(at % SPAN))
    }

    pub(super) fn set(&mut self, at: usize, cell: Cell) {
        self.blocks[at / SPAN].write(at % SPAN..=at % SPAN, cell.pack());
        self.add_up();
    }

    pub(super) fn fill(&mut self, places: RangeInclusive<usize>, with: Filling) {
        let (from, to) = (*places.start(), *places.end());
        for index in from / SPAN..=to / SPAN {
            let first = index * SPAN;
            let (start, end) = (from.max(first) - first, to.min(first + SPAN - 1) - first);
            if (start, end) == (0, SPAN - 1) {
                self.blocks[index] = Block::filled(with);
            } else {
                self.blocks[index].write(start..=end, if with == Filling::Gap { GAP } else { UNKNOWN });
            }
        }
        self.add_up();
    }

    pub(super) fn doubt(&mut self) {
        for block in &mut self.blocks {
            if let Cells::Mixed(cells) = &mut block.cells {
                for cell in cells.iter_mut() {
                    *cell = if *cell > 0.0 { -*cell } else { *cell };
                }
            }
        }
    }

    pub(super) fn uniform(&self) -> Option<Filling> {
        let rows = self.sum.rows;
        if rows == 0 {
            Some(Filling::Gap)
        } else if self.sum.unknown == CHUNK {
            Some(Filling::Unknown)
        } else {
            None
        }
    }

    fn add_up(&mut self) {
        let mut sum = Sum::default();
        for block in &self.blocks {
            sum.add(&block.sum());
        }
        self.sum = sum;
    }

    pub(super) fn before(&self, at: usize) -> Sum {
        let mut sum = Sum::default();
        for block in &self.blocks[..at / SPAN] {
            sum.add(&block.sum());
        }
        let block = &self.blocks[at / SPAN];
        for index in 0..at % SPAN {
            sum.add_cell(block.cell(index));
        }
        sum
    }

    pub(super) fn find(&self, height: f64, mean: f64) -> (usize, f64) {
        let mut left = height;
        let mut last = 0;
        for (index, block) in self.blocks.iter().enumerate().filter(|(_, block)| block.rows > 0) {
            let within = block.sum().height(mean);
            last = index;
            if left < within {
                break;
            }
            left -= within;
        }
        let block = &self.blocks[last];
        let mut found = (last * SPAN, left);
        for index in (0..SPAN).filter(|index| block.cell(*index) != GAP) {
            let mut cell = Sum::default();
            cell.add_cell(block.cell(index));
            found = (last * SPAN + index, left);
            if left < cell.height(mean) {
                break;
            }
            left -= cell.height(mean);
        }
        found
    }

    pub(super) fn at_or_after(&self, at: usize) -> Option<usize> {
        let mut from = at % SPAN;
        for (index, block) in self.blocks.iter().enumerate().skip(at / SPAN) {
            if block.rows > 0
                && let Some(within) = (from..SPAN).find(|within| block.cell(*within) != GAP)
            {
                return Some(index * SPAN + within);
            }
            from = 0;
        }
        None
    }

    pub(super) fn at_or_before(&self, at: usize) -> Option<usize> {
        let mut to = at % SPAN;
        for (index, block) in self.blocks[..=at / SPAN].iter().enumerate().rev() {
            if block.rows > 0
                && let Some(within) = (0..=to).rev().find(|within| block.cell(*within) != GAP)
            {
                return Some(index * SPAN + within);
            }
            to = SPAN - 1;
        }
        None
    }

    /// Bytes of memory.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        let mixed = self.blocks.iter().filter(|block| matches!(block.cells, Cells::Mixed(_))).count();
        mixed * (size_of::<[f32; SPAN]>() + MALLOC) + size_of::<Self>() + MALLOC
    }
}

impl Block {
    fn filled(filling: Filling) -> Self {
        match filling {
            Filling::Gap => Self { known: 0.0, unknown: 0, rows: 0, cells: Cells::Gap },
            Filling::Unknown => Self { known: 0.0, unknown: SPAN as u16, rows: SPAN as u16, cells: Cells::Unknown },
        }
    }

    fn cell(&self, at: usize) -> f32 {
        match &self.cells {
            Cells::Gap => GAP,
            Cells::Unknown => UNKNOWN,
            Cells::Mixed(cells) => cells[at],
        }
    }

    fn write(&mut self, places: RangeInclusive<usize>, cell: f32) {
        let mut cells = match std::mem::replace(&mut self.cells, Cells::Gap) {
            Cells::Gap => Box::new([GAP; SPAN]),
            Cells::Unknown => Box::new([UNKNOWN; SPAN]),
            Cells::Mixed(cells) => cells,
        };
        cells[places].fill(cell);
        let mut sum = Sum::default();
        for cell in cells.iter() {
            sum.add_cell(*cell);
        }
        *self = match (sum.rows as usize, sum.unknown as usize) {
            (0, _) => Self::filled(Filling::Gap),
            (_, SPAN) => Self::filled(Filling::Unknown),
            (rows, unknown) => {
                Self { known: sum.known, unknown: unknown as u16, rows: rows as u16, cells: Cells::Mixed(cells) }
            }
        };
    }

    fn sum(&self) -> Sum {
        Sum { known: self.known, unknown: u64::from(self.unknown), rows: u64::from(self.rows) }
    }
}

/// Places in a block, and blocks in a chunk: adding up one level is as cheap as the other.
const SPAN: usize = 128;
/// Places in a chunk.
pub(super) const CHUNK: u64 = (SPAN * SPAN) as u64;
/// What an allocation costs besides.
#[cfg(test)]
const MALLOC: usize = 16;
