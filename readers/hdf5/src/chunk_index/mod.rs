//! Where the chunks of a dataset are (HDF5 File Format Specification 4.0, appendix C, and
//! III.A.1 for version 1 B-trees).
//!
//! B-trees are read whole and kept sorted, 32 bytes a chunk; arrays are addressed directly and
//! only the blocks that are asked for are read, each once.

mod btree;
mod entries;
mod extensible_array;
mod fixed_array;

use hyperslab_core::{Range, ReadContext, ReadError, Result, Section};

use crate::file::File;
use crate::layout::{Chunked, IndexKind};

pub use btree::Btree;
use extensible_array::ExtensibleArray;
use fixed_array::FixedArray;

/// Where a chunk is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub address: u64,
    /// Stored size.
    pub bytes: u64,
    /// Bit `k` is set when filter `k` was skipped.
    pub mask: u32,
}

/// The chunks of a dataset as a grid.
#[derive(Clone, Debug)]
pub struct Grid {
    pub chunk: Vec<u64>,
    /// Bytes of a chunk that is not filtered.
    pub chunk_bytes: u64,
    /// How many chunks there are along each axis.
    pub counts: Vec<u64>,
    /// How many there may become, `None` for any number.
    pub most: Vec<Option<u64>>,
}

pub enum ChunkIndex {
    /// Nothing was ever written.
    Empty,
    Single(Place),
    /// Address of the first chunk and steps along the axes.
    Implicit {
        address: u64,
        steps: Vec<u64>,
        chunk_bytes: u64,
    },
    FixedArray(FixedArray),
    ExtensibleArray(ExtensibleArray),
    Btree(Btree),
}

impl Grid {
    /// # Errors
    /// `Malformed` when the ranks differ.
    pub fn check(chunked: &Chunked, shape: &[u64]) -> Result<()> {
        if chunked.chunk.len() == shape.len() {
            return Ok(());
        }
        Err(ReadError::malformed(format!(
            "chunks of shape {:?} in a dataset of shape {shape:?}",
            chunked.chunk
        )))
    }

    /// # Errors
    /// Those of [`Grid::check`].
    pub fn new(chunked: &Chunked, shape: &[u64], max_shape: &[Option<u64>]) -> Result<Self> {
        Self::check(chunked, shape)?;
        let chunk_bytes = chunked
            .chunk
            .iter()
            .try_fold(chunked.element_bytes, |bytes, &len| bytes.checked_mul(len))
            .ok_or_else(|| ReadError::malformed("a chunk of more than 2^64 bytes"))?;
        let most = |(axis, &chunk): (usize, &u64)| match max_shape.get(axis) {
            Some(&most) => most.map(|len| len.div_ceil(chunk)),
            None => shape.get(axis).map(|len| len.div_ceil(chunk)),
        };
        Ok(Self {
            counts: shape
                .iter()
                .zip(&chunked.chunk)
                .map(|(len, &chunk)| len.div_ceil(chunk))
                .collect(),
            most: chunked.chunk.iter().enumerate().map(most).collect(),
            chunk: chunked.chunk.clone(),
            chunk_bytes,
        })
    }

    /// Bytes of a chunk of elements of `element` bytes, if in the values of a section, in C
    /// order, every whole chunk lies in one piece and in a place that is a multiple of that.
    pub fn dense_bytes(&self, section: &Section, element: usize) -> Option<usize> {
        // A chunk is as long as the section along the fast axes, and but one index of the slow
        // ones; between them is one axis along which chunks follow each other.
        let mut bytes = element;
        let mut axes = section.ranges.iter().zip(&self.chunk).rev();
        for (range, &chunk) in &mut axes {
            bytes = bytes.checked_mul(usize::try_from(chunk).ok()?)?;
            let is_at_border = range.stride == 1 && range.start.is_multiple_of(chunk);
            if !is_at_border {
                return None;
            }
            if range.count != chunk {
                let is_even = range.count.is_multiple_of(chunk);
                let is_slow =
                    |(range, chunk): (&Range, &u64)| range.count == 1 || (*chunk == 1 && is_even);
                return axes.all(|axis| *axis.1 == 1 && is_slow(axis)).then_some(bytes);
            }
        }
        Some(bytes)
    }

    /// The most chunks along each axis, where there is such a number for every axis.
    fn limited(&self) -> Result<Vec<u64>> {
        self.most.iter().copied().collect::<Option<_>>().ok_or_else(|| {
            ReadError::malformed("a chunk index for a fixed shape in a dataset that may grow")
        })
    }
}

/// Chunks passed by one step along each axis, when chunks are numbered in C order.
fn steps(counts: &[u64]) -> Result<Vec<u64>> {
    let mut steps = vec![1u64; counts.len()];
    let mut step = 1u64;
    for (slot, &count) in steps.iter_mut().zip(counts).rev() {
        *slot = step;
        step = step
            .checked_mul(count.max(1))
            .ok_or_else(|| ReadError::unsupported("a dataset of more than 2^64 chunks"))?;
    }
    Ok(steps)
}

/// The number of the chunk at `scaled`.
fn number(scaled: &[u64], steps: &[u64]) -> u64 {
    scaled
        .iter()
        .zip(steps)
        .fold(0u64, |sum, (&k, &step)| sum.saturating_add(k.saturating_mul(step)))
}

impl ChunkIndex {
    /// Reads as much of the index as is needed before the first question.
    ///
    /// # Errors
    /// Whatever is wrong with it; `Limit` when a B-tree is larger than `cx.limits` allows.
    pub fn open(
        chunked: &Chunked,
        grid: &Grid,
        is_filtered: bool,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Self> {
        let Some(address) = chunked.address else { return Ok(Self::Empty) };
        let chunk_bytes = grid.chunk_bytes;
        Ok(match chunked.index {
            IndexKind::Single(filtered) => {
                let (bytes, mask) = filtered.unwrap_or((chunk_bytes, 0));
                Self::Single(Place { address, bytes, mask })
            }
            IndexKind::Implicit => {
                Self::Implicit { address, steps: steps(&grid.limited()?)?, chunk_bytes }
            }
            IndexKind::FixedArray => {
                Self::FixedArray(FixedArray::open(address, grid, is_filtered, file, cx)?)
            }
            IndexKind::ExtensibleArray => {
                Self::ExtensibleArray(ExtensibleArray::open(address, grid, is_filtered, file, cx)?)
            }
            IndexKind::BtreeV1 => Self::Btree(Btree::version_1(address, grid, file, cx)?),
            IndexKind::BtreeV2 => Self::Btree(Btree::version_2(address, grid, file, cx)?),
        })
    }

    /// Where the chunk at `scaled`, counted in chunks along each axis, is stored; `None` when
    /// it was never written.
    ///
    /// # Errors
    /// Whatever is wrong with the blocks of the index that are read for it.
    pub fn get(&self, scaled: &[u64], file: &File, cx: &ReadContext) -> Result<Option<Place>> {
        match self {
            Self::Empty => Ok(None),
            Self::Single(place) => Ok(scaled.iter().all(|&k| k == 0).then_some(*place)),
            Self::Implicit { address, steps, chunk_bytes } => {
                let address = number(scaled, steps)
                    .checked_mul(*chunk_bytes)
                    .and_then(|offset| offset.checked_add(*address))
                    .ok_or_else(|| ReadError::malformed("chunks past every file"))?;
                Ok(Some(Place { address, bytes: *chunk_bytes, mask: 0 }))
            }
            Self::FixedArray(array) => array.get(scaled, file, cx),
            Self::ExtensibleArray(array) => array.get(scaled, file, cx),
            Self::Btree(tree) => Ok(tree.get(scaled)),
        }
    }

    /// All chunks there are, where they are known without further reading.
    pub fn listed(&self) -> Option<&Btree> {
        match self {
            Self::Btree(tree) => Some(tree),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_that_follow_each_other_in_a_section_are_told() {
        let dense = |chunk: &[u64], ranges: &[Range]| {
            let grid = Grid { chunk: chunk.into(), chunk_bytes: 0, counts: vec![], most: vec![] };
            grid.dense_bytes(&Section::new(ranges.to_vec()), 4)
        };
        let all = |len| Range::new(0, len);
        assert_eq!(dense(&[2, 5, 7], &[all(9), all(5), all(7)]), Some(4 * 70));
        assert_eq!(dense(&[2, 5, 7], &[Range::new(4, 4), all(5), all(7)]), Some(4 * 70));
        assert_eq!(dense(&[2, 5, 7], &[Range::new(3, 4), all(5), all(7)]), None);
        assert_eq!(dense(&[2, 5, 7], &[all(9), all(5), all(6)]), None);
        assert_eq!(dense(&[1, 5, 7], &[all(9), all(10), all(7)]), Some(4 * 35));
        assert_eq!(dense(&[1, 5, 7], &[all(9), all(11), all(7)]), None);
        assert_eq!(dense(&[1, 5, 7], &[Range::one(3), all(11), all(7)]), Some(4 * 35));
        assert_eq!(dense(&[2, 5], &[all(9), all(10)]), None);
        assert_eq!(dense(&[], &[]), Some(4));
    }
}
