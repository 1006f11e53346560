//! Axes of a variable taken together, streamed block by block in the order of its chunks.
//!
//! The result lies in pieces: all of it where it is small, else what a slice shows. A piece that
//! is looked at is worked out once and kept; of a few scattered values only these are.

use std::sync::Arc;

use hyperslab_core::chunks::{ChunkGrid, ChunkPart};
use hyperslab_core::{Array, Buffer, Progress, Range, ReadContext, ReadError, Result, Section};

use super::operand::Operand;
use super::outline::{floats, lengths};
use super::shelf::{Piece, Shelf};
use crate::prep::broadcast::{dense_steps, for_each_row};
use crate::prep::reduce::{Block, Reduction, Statistic, Weights};
use crate::session::Within;

/// Values read at a time.
const BLOCK_VALUES: u64 = 1 << 20;
/// Most cells of a piece.
const PIECE_CELLS: u64 = 1 << 22;
/// Values that a piece is worked out of, where it can be smaller.
const PIECE_VALUES: u64 = 1 << 26;
/// A piece is worked out whole when so many values are all it takes.
const CHEAP_VALUES: u64 = 1 << 22;
/// Or when this part of it is wanted: a quarter.
const WANTED_SHARE: u64 = 4;

/// A variable without some of its axes.
pub struct Reduced {
    of: Operand,
    /// Of the operand: the part that counts.
    region: Section,
    /// Of the operand: taken together.
    is_reduced: Vec<bool>,
    by: Statistic,
    by_area: bool,
    /// Of the result.
    pieces: ChunkGrid,
    shape: Vec<u64>,
    name: u64,
    shelf: Arc<Shelf>,
}

impl Reduced {
    /// # Errors
    /// `Request` for axes that are not there.
    pub fn new(
        of: Operand,
        axes: &[usize],
        by: Statistic,
        within: &[Within],
        by_area: bool,
        shelf: Arc<Shelf>,
    ) -> Result<Self> {
        let shape = of.shape();
        let mut region = Section::all(&shape);
        for part in within {
            if let Some(range) = region.ranges.get_mut(part.axis) {
                let start = part.start.min(range.count.saturating_sub(1));
                *range = Range::new(start, part.count.min(range.count - start));
            }
        }
        if axes.is_empty() || axes.iter().any(|&axis| axis >= shape.len()) {
            return Err(ReadError::request("the variable has no such axis"));
        }
        let is_reduced: Vec<bool> = (0..shape.len()).map(|axis| axes.contains(&axis)).collect();
        let kept = region.ranges.iter().zip(&is_reduced).filter(|(_, is_reduced)| !**is_reduced);
        let kept: Vec<u64> = kept.map(|(range, _)| range.count).collect();
        let pieces = ChunkGrid::new(&kept, &piece_shape(&region, &is_reduced))?;
        let name = shelf.name();
        Ok(Self { of, region, is_reduced, by, by_area, pieces, shape: kept, name, shelf })
    }

    /// The axes of the operand that are left, with the first index of each.
    pub fn kept(&self) -> impl Iterator<Item = (usize, Range)> + '_ {
        let axes = self.region.ranges.iter().zip(&self.is_reduced).enumerate();
        axes.filter(|(_, (_, is_reduced))| !**is_reduced).map(|(axis, (range, _))| (axis, *range))
    }

    /// The axes that were taken together: which, and how much of each.
    pub fn gone(&self) -> impl Iterator<Item = (usize, Range)> + '_ {
        let axes = self.region.ranges.iter().zip(&self.is_reduced).enumerate();
        axes.filter(|(_, (_, is_reduced))| **is_reduced).map(|(axis, (range, _))| (axis, *range))
    }

    /// What is worked out together, for who asks for it slice by slice.
    pub fn piece_shape(&self) -> Vec<u64> {
        piece_shape(&self.region, &self.is_reduced)
    }

    /// # Errors
    /// Of reading what it is made of; `Limit` for a section that is too large.
    pub fn read(&self, section: &Section, cx: &ReadContext) -> Result<Piece> {
        section.check(&self.shape)?;
        let count = cx.limits.claim_array(section.element_count(), 12)? / 12;
        let parts: Vec<ChunkPart> = self.pieces.parts(section).collect();
        let mut values = vec![f64::NAN; count];
        let mut counts = vec![0; count];
        // Known at once, so that progress does not begin anew with each piece.
        let todo = parts.iter().map(|part| self.cost(part)).sum::<u64>();
        cx.progress.expect(8 * todo);
        let steps = dense_steps(&lengths(section));
        for part in parts {
            let found = self.part(&part, cx)?;
            let (piece, piece_counts) = match &found {
                Part::Whole(piece) => (piece.as_ref(), lengths(&self.pieces.bounds(&part.index))),
                Part::Cut(piece) => (piece, lengths(&part.target)),
            };
            let is_whole = matches!(found, Part::Whole(_));
            copy(
                &part,
                (&mut values, &mut counts, &steps),
                (piece, &dense_steps(&piece_counts)),
                is_whole,
            );
        }
        Ok(Piece { values, counts })
    }

    fn key(&self, part: &ChunkPart) -> (u64, Vec<u64>) {
        (self.name, part.index.clone())
    }

    fn is_wanted_whole(&self, part: &ChunkPart) -> bool {
        let bounds = self.pieces.bounds(&part.index);
        let gone: u64 = self.gone().map(|(_, range)| range.count).product();
        let cells = bounds.element_count();
        cells.saturating_mul(gone) <= CHEAP_VALUES
            || part.within.element_count().saturating_mul(WANTED_SHARE) >= cells
    }

    /// Values that a part takes.
    fn cost(&self, part: &ChunkPart) -> u64 {
        if self.shelf.peek(&self.key(part)).is_some() {
            return 0;
        }
        let cells = match self.is_wanted_whole(part) {
            true => self.pieces.bounds(&part.index).element_count(),
            false => part.within.element_count(),
        };
        let gone: u64 = self.gone().map(|(_, range)| range.count).product();
        cells.saturating_mul(gone)
    }

    fn part(&self, part: &ChunkPart, cx: &ReadContext) -> Result<Part> {
        let key = self.key(part);
        let bounds = self.pieces.bounds(&part.index);
        if self.is_wanted_whole(part) || self.shelf.peek(&key).is_some() {
            let piece = self.shelf.get(&key, cx, || self.compute(&bounds, cx))?;
            return Ok(Part::Whole(piece));
        }
        let cut = bounds.ranges.iter().zip(&part.within.ranges).map(|(bounds, within)| {
            Range::strided(bounds.start + within.start, within.count, within.stride)
        });
        Ok(Part::Cut(self.compute(&Section::new(cut.collect::<Vec<_>>()), cx)?))
    }

    /// A section of the result, from the values.
    fn compute(&self, section: &Section, cx: &ReadContext) -> Result<Piece> {
        let source = source_section(&self.region, &self.is_reduced, section);
        let cells = section.element_count();
        let bytes = cx.limits.claim_array(cells, Reduction::CELL_BYTES)?;
        let cells = bytes / Reduction::CELL_BYTES as usize;
        let weights = self.weights(&source, cx)?;
        let mut reduction = Reduction::new(self.by, cells, weights.is_some());
        let steps = self.steps(section);
        let grid = ChunkGrid::new(&self.of.shape(), &self.block_shape())?;
        let mut quiet = cx.clone();
        quiet.progress = Progress::default();
        for part in grid.parts(&source) {
            let block = absolute(&grid, &part);
            let array = (self.of.read)(&block, &quiet)?;
            let values = match array.values {
                Buffer::F64(values) => values,
                other => {
                    other.to_f64().ok_or_else(|| ReadError::request("these are no numbers"))?
                }
            };
            let place = |steps: &[usize]| -> usize {
                let starts = part.target.ranges.iter().map(|range| range.start as usize);
                starts.zip(steps).map(|(start, step)| start * step).sum()
            };
            let counts = lengths(&block);
            let laid = weights.as_ref().map(|(values, steps)| Weights {
                values,
                steps,
                first: place(steps),
            });
            let block =
                Block { values: &values, counts: &counts, steps: &steps, first: place(&steps) };
            reduction.add(block, laid);
            cx.advance(8 * values.len() as u64)?;
        }
        let (values, counts) = reduction.finish();
        Ok(Piece { values, counts })
    }

    /// From one index of the operand to the next in a section of the result.
    fn steps(&self, section: &Section) -> Vec<usize> {
        let mut dense = dense_steps(&lengths(section)).into_iter();
        let step = |is_reduced: &bool| match is_reduced {
            true => 0,
            false => dense.next().unwrap_or(0),
        };
        self.is_reduced.iter().map(step).collect()
    }

    /// Blocks of whole chunks, long along the last axes.
    fn block_shape(&self) -> Vec<u64> {
        let shape = self.of.shape();
        let mut block = self.of.chunks().unwrap_or_else(|| vec![1; shape.len()]);
        for axis in (0..block.len()).rev() {
            let total: u64 = block.iter().product();
            let room = (BLOCK_VALUES / total.max(1)).max(1);
            let (Some(own), Some(&length)) = (block.get_mut(axis), shape.get(axis)) else { break };
            *own = own.saturating_mul(room.min(length.div_ceil(*own).max(1)));
            if *own < length {
                break;
            }
        }
        block
    }

    /// The areas of the cells of a section of the operand, and how they lie along it.
    fn weights(
        &self,
        source: &Section,
        cx: &ReadContext,
    ) -> Result<Option<(Vec<f64>, Vec<usize>)>> {
        if !self.by_area {
            return Ok(None);
        }
        let found = self.of.area_weights(source, cx)?;
        found.map(Some).ok_or_else(|| {
            ReadError::request("where the cells lie on the Earth is not known: no areas")
        })
    }
}

enum Part {
    Whole(Arc<Piece>),
    Cut(Piece),
}

/// The section of the operand that a section of the result is made of.
fn source_section(region: &Section, is_reduced: &[bool], section: &Section) -> Section {
    let mut wanted = section.ranges.iter();
    let mut ranges = Vec::with_capacity(region.rank());
    for (range, is_reduced) in region.ranges.iter().zip(is_reduced) {
        let wanted = if *is_reduced { None } else { wanted.next() };
        ranges.push(match wanted {
            Some(wanted) => Range { start: range.start + wanted.start, ..*wanted },
            None => *range,
        });
    }
    Section::new(ranges)
}

/// A part of a grid as a section of what the grid divides.
fn absolute(grid: &ChunkGrid, part: &ChunkPart) -> Section {
    let bounds = grid.bounds(&part.index);
    let ranges = bounds.ranges.iter().zip(&part.within.ranges).map(|(bounds, within)| {
        Range::strided(bounds.start + within.start, within.count, within.stride)
    });
    Section::new(ranges.collect::<Vec<_>>())
}

/// All of the result where it is small; else smaller from the first axis on, of those before the
/// first that is gone only so much that few values have to be read.
fn piece_shape(region: &Section, is_reduced: &[bool]) -> Vec<u64> {
    let first_gone = is_reduced.iter().position(|is_reduced| *is_reduced).unwrap_or(0);
    let kept = region.ranges.iter().zip(is_reduced).filter(|(_, is_reduced)| !**is_reduced);
    let mut shape: Vec<u64> = kept.map(|(range, _)| range.count.max(1)).collect();
    let gone = region.ranges.iter().zip(is_reduced).filter(|(_, is_reduced)| **is_reduced);
    let gone: u64 = gone.fold(1, |n: u64, (range, _)| n.saturating_mul(range.count));
    for axis in 0..shape.len() {
        let cells = shape.iter().fold(1, |n: u64, &length| n.saturating_mul(length));
        let too_many_cells = cells.div_ceil(PIECE_CELLS);
        let too_many_values = match axis < first_gone {
            true => cells.saturating_mul(gone).div_ceil(PIECE_VALUES),
            false => 1,
        };
        let excess = too_many_cells.max(too_many_values);
        if let Some(length) = shape.get_mut(axis).filter(|_| excess > 1) {
            *length = length.div_ceil(excess).max(1);
        }
    }
    shape
}

/// Copies what a part wants of a piece to where it belongs.
fn copy(
    part: &ChunkPart,
    (values, counts, steps): (&mut [f64], &mut [u32], &[usize]),
    (piece, piece_steps): (&Piece, &[usize]),
    is_whole: bool,
) {
    let along = lengths(&part.target);
    let first = |ranges: &[Range], steps: &[usize]| -> usize {
        ranges.iter().zip(steps).map(|(range, step)| range.start as usize * step).sum()
    };
    let to = first(&part.target.ranges, steps);
    let strides: Vec<usize> = match is_whole {
        true => {
            let ranges = part.within.ranges.iter().zip(piece_steps);
            ranges.map(|(range, step)| range.stride as usize * step).collect()
        }
        false => piece_steps.to_vec(),
    };
    let from = if is_whole { first(&part.within.ranges, piece_steps) } else { 0 };
    let mut rows = Vec::new();
    for_each_row(&along, &strides, |_, first, step| rows.push((first, step)));
    let mut rows = rows.into_iter();
    for_each_row(&along, steps, |row, start, step| {
        let Some((found, found_step)) = rows.next() else { return };
        for k in 0..row.len() {
            let (source, target) = (from + found + k * found_step, to + start + k * step);
            if let (Some(slot), Some(value)) = (values.get_mut(target), piece.values.get(source)) {
                *slot = *value;
            }
            if let (Some(slot), Some(count)) = (counts.get_mut(target), piece.counts.get(source)) {
                *slot = *count;
            }
        }
    });
}

/// Values less what they are along the axes that are gone.
///
/// # Errors
/// Of reading either.
pub fn anomaly(
    mean: &Reduced,
    section: &Section,
    float_bytes: u8,
    cx: &ReadContext,
) -> Result<Array> {
    let kept: Vec<Range> =
        mean.kept().filter_map(|(axis, _)| section.ranges.get(axis).copied()).collect();
    let kept = Section::new(kept);
    let means = mean.read(&kept, cx)?.values;
    let array = (mean.of.read)(section, cx)?;
    let mut values =
        array.values.to_f64().ok_or_else(|| ReadError::request("these are no numbers"))?;
    for_each_row(&lengths(section), &mean.steps(&kept), |row, first, step| {
        for (k, value) in values.get_mut(row).unwrap_or_default().iter_mut().enumerate() {
            *value -= means.get(first + k * step).copied().unwrap_or(f64::NAN);
        }
    });
    Ok(floats(array.shape, values, float_bytes))
}
