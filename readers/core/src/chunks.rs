//! Chunk geometry: which chunks a section touches, and which elements go where.
//!
//! A tiled format reads chunk by chunk and copies runs; a viewer cuts a section into tiles
//! the same way. All counts are elements, all orders are C order (last axis fastest).

use crate::error::{ReadError, Result};
use crate::section::{Range, Section};

/// A shape cut into equal chunks; those at the far edges may be partly outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkGrid {
    shape: Vec<u64>,
    chunk: Vec<u64>,
}

/// A chunk that a section touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkPart {
    /// The chunk's position in the grid, per axis.
    pub index: Vec<u64>,
    /// What is wanted, counted from the chunk's own corner.
    pub within: Section,
    /// Where it goes in the result (unit strides).
    pub target: Section,
}

impl ChunkGrid {
    /// # Errors
    /// `Malformed` when the ranks differ or a chunk has a zero length.
    pub fn new(shape: &[u64], chunk: &[u64]) -> Result<Self> {
        if shape.len() != chunk.len() || chunk.contains(&0) {
            return Err(ReadError::malformed(format!(
                "chunks of shape {chunk:?} in a variable of shape {shape:?}"
            )));
        }
        Ok(Self { shape: shape.into(), chunk: chunk.into() })
    }

    /// How many chunks lie along each axis.
    pub fn counts(&self) -> Vec<u64> {
        self.shape.iter().zip(&self.chunk).map(|(&len, &chunk)| len.div_ceil(chunk)).collect()
    }

    /// The part of the variable that the chunk at `index` covers, edges cut off.
    pub fn bounds(&self, index: &[u64]) -> Section {
        let ranges = index.iter().zip(&self.chunk).zip(&self.shape).map(|((&k, &chunk), &len)| {
            let start = k.saturating_mul(chunk).min(len);
            Range::new(start, chunk.min(len - start))
        });
        Section::new(ranges.collect::<Vec<_>>())
    }

    /// The chunks `section` touches, in C order of their index. Lazy: nothing is held but the
    /// position, however many chunks there are.
    pub fn parts<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = ChunkPart> + 'a {
        let mut next = first_index(self, section);
        std::iter::from_fn(move || {
            let index = next.take()?;
            let part = self.part(&index, section);
            next = self.following(index, section);
            Some(part)
        })
    }

    fn part(&self, index: &[u64], section: &Section) -> ChunkPart {
        let (within, target) = index
            .iter()
            .zip(&self.chunk)
            .zip(&section.ranges)
            .map(|((&k, &chunk), range)| axis_part(k, chunk, range))
            .unzip::<_, _, Vec<_>, Vec<_>>();
        ChunkPart {
            index: index.into(),
            within: Section::new(within),
            target: Section::new(target),
        }
    }

    /// The next chunk index in C order that holds a selected element, skipping those that a
    /// long stride jumps over.
    fn following(&self, mut index: Vec<u64>, section: &Section) -> Option<Vec<u64>> {
        for axis in (0..index.len()).rev() {
            let (range, chunk) = (section.ranges.get(axis)?, *self.chunk.get(axis)?);
            let slot = index.get_mut(axis)?;
            let (_, target) = axis_part(*slot, chunk, range);
            let done = target.start + target.count;
            if done < range.count {
                *slot = range.index(done) / chunk;
                return Some(index);
            }
            *slot = range.start / chunk;
        }
        None
    }
}

fn first_index(grid: &ChunkGrid, section: &Section) -> Option<Vec<u64>> {
    if section.is_empty() || section.rank() != grid.chunk.len() {
        return None;
    }
    Some(
        section.ranges.iter().zip(&grid.chunk).map(|(range, &chunk)| range.start / chunk).collect(),
    )
}

/// The part of `range` in the `k`-th chunk of an axis: counted from the chunk's edge, and in
/// the result. Both are empty when the chunk holds no selected element.
pub fn axis_part(k: u64, chunk: u64, range: &Range) -> (Range, Range) {
    let begin = k.saturating_mul(chunk);
    let end = begin.saturating_add(chunk);
    let done = begin.saturating_sub(range.start).div_ceil(range.stride).min(range.count);
    let until = end.saturating_sub(range.start).div_ceil(range.stride).min(range.count);
    let within =
        Range::strided(range.index(done).saturating_sub(begin), until - done, range.stride);
    (within, Range::new(done, until - done))
}

/// One straight piece of a copy: `count` elements, `source_step` apart, to consecutive places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub source: u64,
    pub target: u64,
    pub count: u64,
    pub source_step: u64,
}

/// The runs that copy `section` of an array of `shape` to a dense array of the section's own
/// shape. Axes that lie whole and unstrided are merged, so a contiguous section is one run.
///
/// Build O(rank); each run O(rank).
pub fn runs(shape: &[u64], section: &Section) -> Result<impl Iterator<Item = Run>> {
    section.check(shape)?;
    let mut axes = strided_axes(shape, section)?;
    let inner = axes.pop().unwrap_or(StridedAxis { offset: 0, count: 1, step: 1 });
    let outer_count = axes.iter().try_fold(1u64, |n, axis| n.checked_mul(axis.count));
    let outer_count = if inner.count == 0 { Some(0) } else { outer_count };
    let outer_count = outer_count.ok_or_else(|| ReadError::request("more than 2^64 elements"))?;
    let base = axes.iter().map(|axis| axis.offset).sum::<u64>() + inner.offset;
    Ok((0..outer_count).map(move |k| {
        let mut rest = k;
        let mut source = base;
        for axis in axes.iter().rev() {
            source += rest % axis.count * axis.step;
            rest /= axis.count;
        }
        Run { source, target: k * inner.count, count: inner.count, source_step: inner.step }
    }))
}

struct StridedAxis {
    offset: u64,
    count: u64,
    step: u64,
}

/// Offset, count and step in elements per axis, neighbours merged where one continues the other.
fn strided_axes(shape: &[u64], section: &Section) -> Result<Vec<StridedAxis>> {
    let overflow = || ReadError::request("a variable of more than 2^64 elements");
    let mut merged: Vec<StridedAxis> = Vec::with_capacity(shape.len());
    let mut pitch = 1u64;
    for (range, &len) in section.ranges.iter().zip(shape).rev() {
        let axis = StridedAxis {
            offset: range.start.checked_mul(pitch).ok_or_else(overflow)?,
            count: range.count,
            step: range.stride.saturating_mul(pitch),
        };
        match merged.last_mut() {
            // This axis steps exactly where the faster one ends: one longer axis.
            Some(faster) if faster.step.checked_mul(faster.count) == Some(axis.step) => {
                faster.offset += axis.offset;
                faster.count = faster.count.checked_mul(axis.count).ok_or_else(overflow)?;
            }
            // A single index only shifts what is there.
            Some(faster) if axis.count == 1 => faster.offset += axis.offset,
            _ => merged.push(axis),
        }
        pitch = pitch.checked_mul(len.max(1)).ok_or_else(overflow)?;
    }
    merged.reverse();
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A shape, a chunk shape and a section inside the shape.
    fn cases() -> impl Strategy<Value = (Vec<u64>, Vec<u64>, Section)> {
        let axis = (1u64..9, 1u64..5).prop_flat_map(|(len, chunk)| {
            (Just(len), Just(chunk), 0..len, 1u64..5).prop_flat_map(
                |(len, chunk, start, stride)| {
                    let most = (len - start).div_ceil(stride);
                    (0..=most)
                        .prop_map(move |count| (len, chunk, Range::strided(start, count, stride)))
                },
            )
        });
        prop::collection::vec(axis, 0..4).prop_map(|axes| {
            let section = Section::new(axes.iter().map(|a| a.2).collect::<Vec<_>>());
            (axes.iter().map(|a| a.0).collect(), axes.iter().map(|a| a.1).collect(), section)
        })
    }

    /// Flat positions of a section's elements, the slow and obvious way.
    fn positions(shape: &[u64], section: &Section) -> Vec<u64> {
        let mut found = vec![0u64];
        for (range, &len) in section.ranges.iter().zip(shape) {
            found = found
                .iter()
                .flat_map(|&p| (0..range.count).map(move |k| p * len + range.index(k)))
                .collect();
        }
        found
    }

    proptest! {
        #[test]
        fn runs_visit_each_selected_element_once_in_order((shape, _, section) in cases()) {
            let mut seen = Vec::new();
            for run in runs(&shape, &section).unwrap() {
                prop_assert_eq!(run.target, seen.len() as u64);
                seen.extend((0..run.count).map(|k| run.source + k * run.source_step));
            }
            prop_assert_eq!(seen, positions(&shape, &section));
        }

        #[test]
        fn chunk_parts_tile_the_section((shape, chunk, section) in cases()) {
            let grid = ChunkGrid::new(&shape, &chunk).unwrap();
            let want = positions(&shape, &section);
            let mut got = vec![None; want.len()];
            for part in grid.parts(&section) {
                prop_assert!(!part.within.is_empty());
                prop_assert!(part.within.check(&chunk).is_ok());
                let targets = positions(&section.shape(), &part.target);
                let within = positions_in_variable(&shape, &chunk, &part);
                for (target, source) in targets.into_iter().zip(within) {
                    prop_assert_eq!(got[target as usize].replace(source), None);
                }
            }
            prop_assert_eq!(got.into_iter().flatten().collect::<Vec<_>>(), want);
        }
    }

    fn positions_in_variable(shape: &[u64], chunk: &[u64], part: &ChunkPart) -> Vec<u64> {
        let ranges = part
            .within
            .ranges
            .iter()
            .zip(&part.index)
            .zip(chunk)
            .map(|((r, k), c)| Range::strided(k * c + r.start, r.count, r.stride));
        positions(shape, &Section::new(ranges.collect::<Vec<_>>()))
    }

    #[test]
    fn a_contiguous_section_is_one_run() {
        let section = Section::new([Range::new(2, 1), Range::new(1, 3), Range::new(0, 5)]);
        let runs: Vec<_> = runs(&[4, 6, 5], &section).unwrap().collect();
        assert_eq!(runs, [Run { source: 65, target: 0, count: 15, source_step: 1 }]);
    }

    #[test]
    fn a_long_stride_jumps_over_chunks() {
        let grid = ChunkGrid::new(&[u64::MAX], &[10]).unwrap();
        let section = Section::new([Range::strided(5, 3, 1 << 60)]);
        assert_eq!(grid.parts(&section).count(), 3);
    }
}
